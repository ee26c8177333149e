"""The lock file of donated files: which package, which member of it, and what comes out."""

import tomllib
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Member:
    """One file inside a donor's archive and the file that is made of it.

    `sha256` is of the member as it lies in the archive, `output_sha256` of the finished file. `convert` names the
    transform between the two ("copy": none).
    """

    path: str
    sha256: str
    output: str
    convert: str
    output_sha256: str


@dataclass(frozen=True)
class Donor:
    """One archive of one package, the same for all platforms. `sha256` is of the archive as the registry serves it."""

    package: str
    version: str
    kind: Literal["wheel", "sdist"]
    sha256: str
    members: tuple[Member, ...]

    @property
    def requirement(self) -> str:
        """The line for pip's hash-checking mode."""
        return f"{self.package}=={self.version} --hash=sha256:{self.sha256}"


def read_lock(text: str) -> tuple[Donor, ...]:
    """Parse a lock file (TOML, `[[donor]]` tables with `[[donor.member]]`). KeyError names a key that is missing."""
    return tuple(_donor(table) for table in tomllib.loads(text)["donor"])


def _donor(table: dict[str, Any]) -> Donor:
    kind = table["kind"]
    if kind not in ("wheel", "sdist"):
        raise ValueError(f"{table['package']}: kind must be wheel or sdist, not {kind!r}")
    return Donor(
        package=table["package"],
        version=table["version"],
        kind=kind,
        sha256=table["sha256"],
        members=tuple(_member(m) for m in table["member"]),
    )


def _member(table: dict[str, str]) -> Member:
    convert = table.get("convert", "copy")
    return Member(
        path=table["path"],
        sha256=table["sha256"],
        output=table["output"],
        convert=convert,
        output_sha256=table["sha256"] if convert == "copy" else table["output_sha256"],
    )
