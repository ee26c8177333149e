"""Which user a server runs as that refuses to be root, and what that user can reach."""

import os
import pwd
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from autosilo.up import leash

DEFAULT_USER = "nobody"
USER_VARIABLE = "AUTOSILO_PG_USER"
REACH_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Account:
    """An unprivileged user of this machine."""

    name: str
    uid: int
    gid: int

    @property
    def ids(self) -> tuple[int, int]:
        return (self.uid, self.gid)


class NoSuchAccount(Exception):
    """The configured user does not exist here; safe to show."""


def unprivileged() -> Account | None:
    """The user to become, or None when this process is not root and needs no change.

    Raises:
        NoSuchAccount: ``AUTOSILO_PG_USER`` (default ``nobody``) is unknown on this machine, or is root.
    """
    if os.geteuid() != 0:
        return None
    name = os.environ.get(USER_VARIABLE, DEFAULT_USER)
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise NoSuchAccount(f"no user {name!r} on this machine; name one in {USER_VARIABLE}") from None
    if entry.pw_uid == 0:
        raise NoSuchAccount(f"{USER_VARIABLE} must not be root: PostgreSQL refuses to run as root")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can(account: Account | None, test: str, path: Path) -> bool:
    """Does ``test -r|-w|-x path`` hold for that user? Asked by becoming the user, so ACLs and mounts count too."""
    argv = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
    user = account.ids if account else None
    command = leash.wrap(argv, on_death=signal.SIGKILL, user=user)
    return subprocess.run(command, cwd="/", timeout=REACH_TIMEOUT_S, check=False).returncode == 0  # noqa: S603
