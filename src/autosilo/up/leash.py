"""Run a program on a leash: it gets a signal when the process that started it dies, however it dies.

A tiny program of its own (``python -I -S leash.py …``), because the kernel's parent-death signal must be asked for
in the child, after it has given up its privileges (a change of user clears it) and before it becomes the real program.
It imports the standard library alone, so it starts in a few milliseconds.

Linux ``prctl(2)``, PR_SET_PDEATHSIG. Elsewhere the request is left out and only an orderly stop is clean.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
"""``linux/prctl.h``"""
EXIT_ORPHANED = 125
"""The starter was gone before the leash was on."""
EXIT_NO_PROGRAM = 127


def wrap(argv: Sequence[str], *, on_death: signal.Signals, user: tuple[int, int] | None = None) -> list[str]:
    """The command line that runs ``argv`` on a leash held by this process; ``user`` is (uid, gid) to become."""
    who = "-" if user is None else f"{user[0]}:{user[1]}"
    return [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), str(int(on_death)), who, *argv]


def die_with_parent(on_death: signal.Signals) -> None:
    """Ask the kernel to send this process ``on_death`` when the thread that started it ends."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, int(on_death), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _main(arguments: Sequence[str]) -> int:
    parent, on_death, who, *argv = arguments
    if who != "-":
        uid, gid = (int(part) for part in who.split(":"))
        _become(uid, gid)
    die_with_parent(signal.Signals(int(on_death)))
    if os.getppid() != int(parent):  # it died between the fork and the prctl
        return EXIT_ORPHANED
    try:
        os.execv(argv[0], argv)  # noqa: S606  running the given program is this program's purpose
    except OSError as error:
        sys.stderr.write(f"cannot run {argv[0]}: {error.strerror}\n")
    return EXIT_NO_PROGRAM


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
