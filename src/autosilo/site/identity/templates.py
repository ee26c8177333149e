"""Unsealing the templates of those expected now, in memory, for one session."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import structlog

from autosilo.vision.presence.eye import Embedding, Eye
from autosilo.wire.held import CannotOpen, unlock
from autosilo.wire.sealed import CannotUnseal, Sealed, unseal

log = structlog.get_logger(__name__)


def site_key(home: Path, site: str) -> bytes | None:
    """The site's raw X25519 private key, None when there is none: then faces cannot be served here, passes can."""
    path = home / "pki" / site / "sealing.key"
    try:
        return path.read_bytes()
    except OSError:
        log.warning("no sealing key: faces cannot be recognised at this site", file=str(path))
        return None


def open_templates(sealed: Iterable[tuple[UUID, Sealed]], *, key: bytes, eye: Eye) -> dict[UUID, Embedding]:
    """Embeddings by trial. One that cannot be opened is left out; its visitor has pass and code."""
    opened: dict[UUID, Embedding] = {}
    for trial, one in sealed:
        try:
            opened[trial] = eye.read_template(unseal(one, private_key=key, trial=trial))
        except (CannotUnseal, ValueError) as error:
            log.warning("a template could not be opened", trial=str(trial), error=type(error).__name__)
    return opened


def open_held(sealed: Sealed, *, key: bytes, pass_key: bytes, trial: UUID, eye: Eye) -> Embedding:
    """The embedding of a template that needs the site's key and the pass's. Raises ``CannotOpen``."""
    try:
        return eye.read_template(unlock(unseal(sealed, private_key=key, trial=trial), key=pass_key, trial=trial))
    except (CannotUnseal, ValueError) as error:
        raise CannotOpen("this template is not for this site, visit and pass") from error
