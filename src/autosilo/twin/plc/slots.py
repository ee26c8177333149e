"""A small file that is rewritten often and may be cut off at any moment: two slots, written in turn, in place.

The newest whole slot counts. A kill in the middle of a write spoils the slot that is being written and leaves the
other. To replace a file by ``rename`` is as safe and three times as slow: that writes directory and inode as well.
"""

import os
from contextlib import suppress
from pathlib import Path
from zlib import crc32

HEADER_BYTES = 64
MAGIC = "autosilo-slot"
SMALLEST_SLOT = 16 * 1024


class SlotsUnreadable(Exception):
    """Neither slot is whole."""


class Slots:
    """``flush``: a write is on the disk when it returns; without it a kill is survived, a dead machine is not."""

    def __init__(self, path: Path, *, flush: bool) -> None:
        self._path = path
        self._flush = flush
        self._file = -1
        self._size = 0
        self._serial = 0

    def read(self) -> bytes | None:
        """The newest whole content, None when nothing was ever written. Raises ``SlotsUnreadable``."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return None
        if raw and not raw.strip():
            return None  # killed between making the file and the first write
        half = len(raw) // 2
        found = [one for one in (_whole(raw[:half]), _whole(raw[half:])) if one is not None]
        if not found:
            raise SlotsUnreadable("neither of its two slots is whole")
        self._serial, content = max(found)
        return content

    def write(self, content: bytes) -> None:
        """Put ``content`` into the slot that holds the older one."""
        needed = HEADER_BYTES + len(content)
        if self._file < 0 or needed > self._size:
            self._make(needed)
        self._serial += 1
        header = f"{MAGIC} {self._serial} {len(content)} {crc32(content)}".encode().ljust(HEADER_BYTES - 1) + b"\n"
        if os.pwrite(self._file, header + content, (self._serial % 2) * self._size) != needed:
            raise OSError(f"{self._path}: could not be written to its end")
        if self._flush:
            os.fdatasync(self._file)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _make(self, needed: int) -> None:
        """Open the file with slots of enough room; what the old ones held is carried over in one step."""
        self.close()
        if not self._serial:
            with suppress(SlotsUnreadable):
                self.read()  # or an older content would win over this one
        if self._path.exists() and self._path.stat().st_size // 2 >= needed:
            self._size = self._path.stat().st_size // 2
        else:
            self._grow(2 * max(needed, SMALLEST_SLOT))
        self._file = os.open(self._path, os.O_RDWR)

    def _grow(self, size: int) -> None:
        """Room to spare, so that it happens seldom."""
        old = self._path.read_bytes() if self._serial else b""
        half = len(old) // 2
        temporary = self._path.with_suffix(".tmp")
        with temporary.open("wb") as file:
            file.write(old[:half].ljust(size) + old[half:].ljust(size))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)
        flush_folder(self._path.parent)
        self._size = size


def flush_folder(folder: Path) -> None:
    """Names of new and replaced files are on the disk when this returns."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole(slot: bytes) -> tuple[int, bytes] | None:
    """(serial, content) of a slot that was written to its end."""
    words = slot[:HEADER_BYTES].split()
    if len(words) != 4 or words[0] != MAGIC.encode() or not all(word.isdigit() for word in words[1:]):
        return None
    serial, length, crc = (int(word) for word in words[1:])
    content = slot[HEADER_BYTES : HEADER_BYTES + length]
    return (serial, content) if len(content) == length and crc32(content) == crc else None
