"""Where a key stands in a TOML text."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosilo.tower.toml_lines import Path, line_of, lines_of

TEXT = '''# a comment = no key
title = "a # b = [c]"
"quoted.key" = 1
dotted.name = """
two = lines
"""
list = [
  1,
  { x = 1, y = "}" }, # [not a table]
]

[one]
[one.two]
value = 2 # last

[[many]]
n = 1
[[many.inner]]
deep = 1
[[many.inner]]
deep = 2

[[many]]
n = 2
[many.sub]
z = '"'
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("quoted.key",), 3),
        (("dotted", "name"), 4),
        (("list", 1, "y"), 9),
        (("one", "two", "value"), 14),
        (("many", 0, "inner", 1, "deep"), 21),
        (("many", 1, "n"), 24),
        (("many", 1, "sub", "z"), 26),
    ],
)
def test_every_key_has_its_line(path: Path, line: int) -> None:
    assert lines_of(TEXT)[path] == line


def test_a_missing_key_has_the_line_of_what_is_around_it() -> None:
    lines = lines_of(TEXT)
    assert line_of(lines, ("one", "two", "missing")) == 13
    assert line_of(lines, ("many", 1, "missing")) == 23
    assert line_of(lines, ("nothing", "at", "all")) is None


def _paths(value: Any, path: Path = ()) -> list[Path]:
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in [(*path, key), *_paths(inner, (*path, key))]]
    if isinstance(value, list):
        return [one for index, inner in enumerate(value) for one in [(*path, index), *_paths(inner, (*path, index))]]
    return []


def test_it_sees_what_the_parser_sees() -> None:
    lines = lines_of(TEXT)
    assert [path for path in _paths(tomllib.loads(TEXT)) if path not in lines] == []


@given(st.text(alphabet="ab\"'[]{}#=,\\\n ", max_size=12))
def test_strings_hide_what_is_in_them(words: str) -> None:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    text = f'first = "{escaped}"\nlast = 1\n'
    assert tomllib.loads(text) == {"first": words, "last": 1}
    assert lines_of(text) == {("first",): 1, ("last",): 2}
