"""Pass and face: what opens a template, and everything that does not."""

from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from autosilo.wire import held, passes
from autosilo.wire.held import CannotOpen
from autosilo.wire.sealed import seal, unseal

TOKEN = "AS1-7K3M-QX2P-90ZT"
FACE = b"numbers of a face"


def test_the_pass_carries_the_key_and_the_same_token() -> None:
    key = held.new_key()
    text = passes.with_key(TOKEN, key)
    shown = passes.read(text)
    assert (shown.key, shown.token) == (key, passes.normalise(TOKEN))
    assert passes.token_digest(shown.token) == passes.token_digest(TOKEN)
    assert passes.read(text.lower().replace("-", " ")) == shown
    assert key.hex() not in repr(shown)
    assert passes.read(TOKEN).key is None
    for edge in (bytes(32), b"\xff" * 32):
        assert passes.read(passes.with_key(TOKEN, edge)).key == edge


@pytest.mark.parametrize(
    "text", ["", "AS2", "AS2-7K3M-QX2P-90ZT", f"AS2-7K3M-QX2P-90ZT-{'0' * 51}", f"AS2-7K3M-QX2P-90ZT-{'Z' * 52}", "AS3"]
)
def test_half_a_pass_is_none(text: str) -> None:
    with pytest.raises(passes.NotAPass):
        passes.read(text)


def test_only_this_pass_opens_it_for_only_this_visit_and_unaltered() -> None:
    key, trial = held.new_key(), uuid4()
    locked = held.lock(FACE, key=key, trial=trial)
    assert held.unlock(locked, key=key, trial=trial) == FACE
    assert FACE not in locked
    altered = locked[:-1] + bytes([locked[-1] ^ 1])
    for content, by, whose in ((locked, held.new_key(), trial), (locked, key, uuid4()), (altered, key, trial)):
        with pytest.raises(CannotOpen):
            held.unlock(content, key=by, trial=whose)
    for broken in (b"", locked[:5], locked[: held.NONCE_BYTES]):
        with pytest.raises(CannotOpen):
            held.unlock(broken, key=key, trial=trial)


def test_the_site_key_alone_finds_only_what_is_locked_still() -> None:
    site, key, trial = X25519PrivateKey.generate(), held.new_key(), uuid4()
    public = site.public_key().public_bytes_raw()
    sealed = seal(held.lock(FACE, key=key, trial=trial), public_key=public, trial=trial)
    inside = unseal(sealed, private_key=site.private_bytes_raw(), trial=trial)
    assert FACE not in inside
    assert held.unlock(inside, key=key, trial=trial) == FACE
