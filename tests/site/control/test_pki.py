"""Keys of a site: made once, kept private, rotated without losing sealed templates."""

from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509

from autosilo.site.control.pki import ensure_pki, main, rotate
from autosilo.wire.mailbox import controller_uri, plc_uri
from autosilo.wire.sealed import seal, unseal

PRIVATE = ("controller.key.pem", "plc.key.pem", "sealing.key")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_is_made_once(tmp_path: Path) -> None:
    first = contents(ensure_pki(tmp_path, "x"))
    assert contents(ensure_pki(tmp_path, "x")) == first
    assert set(first) == {*PRIVATE, "controller.cert.der", "plc.cert.der", "sealing.pub"}
    assert contents(ensure_pki(tmp_path, "y"))["sealing.key"] != first["sealing.key"]


def test_private_keys_are_private(tmp_path: Path) -> None:
    folder = ensure_pki(tmp_path, "x")
    assert {(folder / name).stat().st_mode & 0o777 for name in PRIVATE} == {0o600}


@pytest.mark.parametrize(("part", "uri"), [("controller", controller_uri("x")), ("plc", plc_uri("x"))])
def test_certificates_carry_their_application(tmp_path: Path, part: str, uri: str) -> None:
    der = (ensure_pki(tmp_path, "x") / f"{part}.cert.der").read_bytes()
    names = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.value.get_values_for_type(x509.UniformResourceIdentifier) == [uri]


def test_the_sealing_pair_fits(tmp_path: Path) -> None:
    folder, trial = ensure_pki(tmp_path, "x"), uuid4()
    sealed = seal(b"template", public_key=(folder / "sealing.pub").read_bytes(), trial=trial)
    assert unseal(sealed, private_key=(folder / "sealing.key").read_bytes(), trial=trial) == b"template"


def test_rotation_changes_certificates_only(tmp_path: Path) -> None:
    before = contents(ensure_pki(tmp_path, "x"))
    after = contents(rotate(tmp_path, "x"))
    assert {name for name in before if before[name] == after[name]} == {"sealing.key", "sealing.pub"}


def test_a_real_plcs_certificate_is_never_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ensure_pki(tmp_path, "x")
    (folder / "plc.key.pem").unlink()
    (folder / "plc.cert.der").write_bytes(b"the machine's own")
    before = contents(folder)
    monkeypatch.setenv("AUTOSILO_HOME", str(tmp_path))
    assert main(["x", "--rotate"]) == 1
    assert contents(folder) == before
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert str(folder / "plc.cert.der") in said
    assert "Make a new one at the PLC" in said
    assert contents(ensure_pki(tmp_path, "x")) == before


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AUTOSILO_HOME", str(tmp_path))
    assert main(["x"]) == 0
    folder = tmp_path / "pki" / "x"
    assert capsys.readouterr().out.strip() == str(folder)
    before = (folder / "plc.cert.der").read_bytes()
    assert main(["x", "--rotate"]) == 0
    assert (folder / "plc.cert.der").read_bytes() != before
