"""A build back-end that builds nothing.

`pip download` asks the build back-end of a source distribution for its metadata, which means running the donor's code.
This module stands in for it (see `fetch.py`): it hands back the `PKG-INFO` that every source distribution carries.
It is loaded in pip's subprocess under the back-end's name, so it must not import anything of autosilo.
"""

import email
import re
from pathlib import Path
from typing import Any


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    return []


def get_requires_for_build_sdist(config_settings: Any = None) -> list[str]:
    return []


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: Any = None) -> str:
    """Called by pip with the unpacked source as working directory; returns the name of the folder it made."""
    metadata = Path("PKG-INFO").read_text(encoding="utf-8")
    head = email.message_from_string(metadata)
    name = re.sub(r"[-_.]+", "_", head["Name"]).lower()
    folder = Path(metadata_directory) / f"{name}-{head['Version']}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(metadata, encoding="utf-8")
    (folder / "WHEEL").write_text("Wheel-Version: 1.0\nTag: py3-none-any\n", encoding="utf-8")
    return folder.name


def build_wheel(*_: Any, **__: Any) -> str:
    raise RuntimeError("a donor package is unpacked, never built")


build_sdist = build_wheel


class _Legacy:
    """pip asks for `setuptools.build_meta:__legacy__` where a project has a setup.py alone."""

    get_requires_for_build_wheel = staticmethod(get_requires_for_build_wheel)
    get_requires_for_build_sdist = staticmethod(get_requires_for_build_sdist)
    prepare_metadata_for_build_wheel = staticmethod(prepare_metadata_for_build_wheel)
    build_wheel = staticmethod(build_wheel)
    build_sdist = staticmethod(build_wheel)


__legacy__ = _Legacy
