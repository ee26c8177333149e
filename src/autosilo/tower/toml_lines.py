"""On which line of a TOML text a key stands; ``tomllib`` does not tell. Pure."""

from collections.abc import Mapping

Path = tuple[str | int, ...]
_STRINGS = ('"""', "'''", '"', "'")


def lines_of(text: str) -> Mapping[Path, int]:
    """Path of every key, table and element of an array -> its line, from 1. ``text`` must be valid TOML."""
    return _Scanner(text).scan()


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """Line of ``path``, or of the nearest part around it (of a key that is missing, say); None for the whole file."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        """Arrays of tables -> how many tables they have so far."""

    def scan(self) -> Mapping[Path, int]:
        table: Path = ()
        while self._skip():
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _header(self) -> Path:
        line, many = self._line(), self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        *parents, last = self._keys()
        path: Path = ()
        for part in parents:
            path = self._last_of((*path, part))
            self._lines.setdefault(path, line)
        path = (*path, last)
        if many:
            self._lines.setdefault(path, line)
            self._counts[path] = self._counts.get(path, 0) + 1
            path = self._last_of(path)
        self._at = self._text.index("]", self._at) + (2 if many else 1)
        self._lines[path] = line
        return path

    def _last_of(self, path: Path) -> Path:
        """The table that was begun last, where ``path`` is an array of tables."""
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _pair(self, table: Path) -> None:
        line = self._line()
        keys = self._keys()
        for length in range(1, len(keys) + 1):
            self._lines.setdefault((*table, *keys[:length]), line)
        path = (*table, *keys)
        self._at = self._text.index("=", self._at) + 1
        self._skip(newlines=False)
        self._value(path)

    def _keys(self) -> list[str]:
        """A dotted key; stops before what follows it."""
        parts = []
        while True:
            self._skip(newlines=False)
            if self._text[self._at] in "\"'":
                begin = self._at + 1
                self._string()
                parts.append(self._text[begin : self._at - 1])
            else:
                begin = self._at
                while self._text[self._at] not in " \t.=]":
                    self._at += 1
                parts.append(self._text[begin : self._at])
            self._skip(newlines=False)
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _value(self, path: Path) -> None:
        first = self._text[self._at]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            while self._at < len(self._text) and self._text[self._at] not in ",]}\n#":
                self._at += 1

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        while self._skip(also=",") and self._text[self._at] != "]":
            self._lines[(*path, index)] = self._line()
            self._value((*path, index))
            index += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._skip(also=",") and self._text[self._at] != "}":
            self._pair(path)
        self._at += 1

    def _string(self) -> None:
        quotes = next(mark for mark in _STRINGS if self._text.startswith(mark, self._at))
        self._at += len(quotes)
        while not self._text.startswith(quotes, self._at):
            self._at += 2 if quotes[0] == '"' and self._text[self._at] == "\\" else 1
        self._at += len(quotes)

    def _skip(self, *, newlines: bool = True, also: str = "") -> bool:
        """Pass over blanks and comments; False at the end of the text."""
        blanks = " \t" + ("\n" if newlines else "") + also
        while self._at < len(self._text):
            if self._text[self._at] == "#" and newlines:
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._text[self._at] in blanks:
                self._at += 1
            else:
                return True
        return False

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1
