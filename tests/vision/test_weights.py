import shutil
from pathlib import Path

import numpy as np
import pytest

from autosilo.vision import samples, weights
from autosilo.vision.donors import Donor, Member
from autosilo.vision.donors.fetch import CannotFetch, fetch
from autosilo.vision.donors.placing import CannotPlace, place
from autosilo.vision.runtime import open_onnx
from autosilo.vision.weights import WeightsAltered, WeightsMissing, WeightStore
from autosilo.vision.weights.command import main
from autosilo.vision.weights.setup import set_up

OUTPUTS = [member.output for donor in weights.lock() for member in donor.members]


def test_every_weight_file_is_as_the_lock_says(weights_dir: Path) -> None:
    assert WeightStore(weights_dir).problems() == []
    assert set(OUTPUTS) <= {path.name for path in weights_dir.iterdir()}


def test_a_missing_file_is_named_with_what_mends_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"yunet\.onnx.*autosilo weights"):
        WeightStore(tmp_path).read("yunet.onnx")
    assert len(WeightStore(tmp_path).problems()) == len(OUTPUTS)


def test_an_altered_file_is_named_with_what_mends_it(weights_dir: Path, tmp_path: Path) -> None:
    data = bytearray((weights_dir / "yunet.onnx").read_bytes())
    data[-1] ^= 1
    (tmp_path / "yunet.onnx").write_bytes(data)
    with pytest.raises(WeightsAltered, match=r"yunet\.onnx.*autosilo weights"):
        WeightStore(tmp_path).read("yunet.onnx")


def test_a_second_set_up_fetches_nothing(weights_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Path:
        raise AssertionError("nothing should be fetched")

    monkeypatch.setattr("autosilo.vision.donors.placing.fetch", refuse)
    said: list[str] = []
    set_up(weights_dir, said.append)
    assert [line.rsplit(": ")[-1] for line in said] == ["already there"] * len(weights.lock())


def test_the_command_checks(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOSILO_HOME", str(cache))
    assert main(["--check"]) == 0
    monkeypatch.setenv("AUTOSILO_HOME", str(tmp_path))
    assert main(["--check"]) == 1


def test_set_up_mends_an_altered_file(weights_dir: Path, tmp_path: Path) -> None:
    """Fetches the smallest donor again, through pip, and converts it to the very same bytes."""
    copy = tmp_path / "weights"
    shutil.copytree(weights_dir, copy)
    (copy / "minifasnet_v2.onnx").write_bytes(b"not a model")
    set_up(copy, lambda _: None)
    assert WeightStore(copy).problems() == []
    assert [path.name for path in copy.iterdir() if path.name.startswith(".")] == [], "no temporary file is left"


def test_a_donor_with_another_hash_is_not_taken(tmp_path: Path) -> None:
    real = next(donor for donor in samples.lock() if donor.package == "open-image-models")
    wrong = Donor(real.package, real.version, real.kind, "0" * 64, real.members)
    with pytest.raises(CannotFetch, match="open-image-models"):
        fetch(wrong, tmp_path)


def test_a_member_with_another_hash_is_not_put_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib
    import zipfile

    wheel = tmp_path / "donor-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("donor/file.bin", b"content")
    monkeypatch.setattr("autosilo.vision.donors.placing.fetch", lambda *_: wheel)
    good = hashlib.sha256(b"content").hexdigest()
    whole = hashlib.sha256(wheel.read_bytes()).hexdigest()

    def donor(member_hash: str, output_hash: str) -> Donor:
        member = Member("donor/file.bin", member_hash, "file.out", "copy", output_hash)
        return Donor("donor", "1", "wheel", whole, (member,))

    out = tmp_path / "out"
    for wrong in (donor("0" * 64, good), donor(good, "0" * 64)):
        with pytest.raises(CannotPlace, match="sha256"):
            place(wrong, out, {}, lambda _: None)
        assert list(out.iterdir()) == []
    place(donor(good, good), out, {}, lambda _: None)
    assert (out / "file.out").read_bytes() == b"content"


def test_no_code_of_a_source_distribution_runs() -> None:
    """The stand-in back-end refuses to build, so nothing of a donor can be executed by pip."""
    from autosilo.vision.donors import inert_backend

    with pytest.raises(RuntimeError, match="never built"):
        inert_backend.build_wheel("anywhere")


@pytest.mark.parametrize("name", [name for name in OUTPUTS if name.endswith(".onnx")])
def test_each_onnx_model_runs_and_gives_finite_numbers(weights_dir: Path, name: str) -> None:
    session = open_onnx(WeightStore(weights_dir).read(name))
    (spec,) = session.get_inputs()
    shape = [size if isinstance(size, int) else 64 for size in spec.shape]
    values = np.random.default_rng(0).random(shape, np.float32)
    for output in session.run(None, {spec.name: values}):
        assert np.isfinite(output).all()
