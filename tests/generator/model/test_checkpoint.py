import os
import pickle
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from generator.errors import CheckpointError
from generator.model import checkpoint, tensor_checks
from generator.model.checkpoint import load_network, save_network
from generator.model.metadata import SHA256, UNNAMED_SHARE, read_metadata, was_trained_with
from generator.model.network import Network, Shape
from generator.model.tensor_checks import sha256_of_tensors
from tests.refusals import refuses

Tensors = dict[str, torch.Tensor]


@pytest.fixture
def reference(tiny_path: Path) -> Tensors:
    """The tensors of the golden file under NotaGen's names."""
    return torch.load(tiny_path, weights_only=True)["model"]


def same_weights(one: Network, other: Network, *, tolerance: float = 0) -> bool:
    theirs = other.state_dict()
    return all((tensor - theirs[name]).abs().max() <= tolerance for name, tensor in one.state_dict().items())


def test_sizes_are_read_from_the_tensors(tiny: Network):
    assert tiny.shape == Shape(patch_layers=2, char_layers=1, hidden=128, context_patches=128)


def test_a_bare_half_precision_file_with_old_buffers_is_the_same_network(reference: Tensors, tmp_path: Path):
    old = {name: tensor.half() for name, tensor in reference.items()}
    old["patch_level_decoder.base.h.0.attn.bias"] = torch.ones(1, 1, 128, 128, dtype=torch.uint8)
    old["char_level_decoder.base.transformer.h.0.attn.masked_bias"] = torch.tensor(-1e4)
    old["patch_level_decoder.base.wte.weight"] = torch.ones(1, 128)
    torch.save(old, tmp_path / "old.pth")
    torch.save({name: tensor.half() for name, tensor in reference.items()}, tmp_path / "new.pth")
    assert same_weights(load_network(tmp_path / "old.pth"), load_network(tmp_path / "new.pth"))


@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 0), ("fp16", 2e-3), ("int8", 2e-2)])
def test_what_is_saved_is_loaded_again(tiny: Network, tmp_path: Path, precision: str, tolerance: float):
    path = tmp_path / "network.safetensors"
    save_network(tiny, path, precision=precision, metadata={"licence": "CC-BY-SA-4.0"})
    loaded = load_network(path)
    assert loaded.shape == tiny.shape
    assert same_weights(loaded, tiny, tolerance=tolerance)
    patches = torch.randint(128, (1, 5, 16), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        assert (loaded.teacher_forced(patches)[1] - tiny.teacher_forced(patches)[1]).abs().max() <= tolerance * 50


def test_int8_rows_are_as_near_as_their_scale_allows(tiny: Network, tmp_path: Path):
    path = tmp_path / "network.safetensors"
    save_network(tiny, path, precision="int8")
    stored = load_file(path)
    name = "patch_level.blocks.0.qkv.weight"
    error = (load_network(path).state_dict()[name] - tiny.state_dict()[name]).abs().amax(dim=1)
    assert stored[name].dtype == torch.int8
    assert (error <= stored[f"{name}.scale"] * 0.501).all()
    assert path.stat().st_size < sum(p.numel() for p in tiny.parameters()) * 1.2


def test_metadata_tells_shape_precision_and_provenance(tiny: Network, tmp_path: Path):
    path = tmp_path / "network.safetensors"
    save_network(tiny, path, precision="fp16", metadata={"sources": "OpenScore Lieder", "precision": "made up"})
    metadata = read_metadata(path)
    assert metadata["sources"] == "OpenScore Lieder"
    assert metadata["precision"] == "fp16"
    assert '"hidden": 128' in metadata["shape"]


@pytest.mark.parametrize(("share", "guidable"), [("0.15", True), ("0.0", False), (None, False)])
def test_a_file_says_whether_its_network_can_be_guided(
    tiny: Network, tmp_path: Path, share: str | None, guidable: bool
):
    path = tmp_path / "network.safetensors"
    save_network(tiny, path, precision="fp16", metadata={} if share is None else {"unnamed_share": share})
    assert was_trained_with(UNNAMED_SHARE, path) is guidable


def test_a_file_of_nonsense_about_guidance_is_refused(tiny: Network, tmp_path: Path):
    path = tmp_path / "network.safetensors"
    save_network(tiny, path, precision="fp16", metadata={"unnamed_share": "often"})
    with refuses(CheckpointError, match="'often', which is no number"):
        was_trained_with(UNNAMED_SHARE, path)


def test_a_save_that_fails_leaves_the_old_file_and_no_litter(
    tiny: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "network.safetensors"
    save_network(tiny, path, precision="fp16")
    before = path.read_bytes()

    def full_disk(_tensors: Tensors, name: str, **_: object) -> None:
        Path(name).write_bytes(b"half a fi")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full_disk)
    with pytest.raises(OSError, match="No space left"):
        save_network(tiny, path, precision="fp32")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("cut", [0, 7, 1000, -1])
@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_a_cut_off_file_is_refused(tiny: Network, reference: Tensors, tmp_path: Path, ending: str, cut: int):
    path = tmp_path / f"network{ending}"
    if ending == ".pth":
        torch.save({"model": reference}, path)
    else:
        save_network(tiny, path, precision="fp16")
    path.write_bytes(path.read_bytes()[:cut])
    with refuses(CheckpointError, match=path.name):
        load_network(path)


def test_a_missing_file_is_refused(tmp_path: Path):
    for ending in (".pth", ".safetensors"):
        with refuses(CheckpointError, match="no weights"):
            load_network(tmp_path / f"nothing{ending}")
    with pytest.raises(CheckpointError):
        read_metadata(tmp_path / "nothing.safetensors")


def test_a_hostile_pickle_runs_nothing(tmp_path: Path):
    class Hostile:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(tmp_path / "ran"),)

    for name, write in (("new.pth", torch.save), ("old.pth", lambda it, path: path.write_bytes(pickle.dumps(it)))):
        write({"model": Hostile()}, tmp_path / name)
        with refuses(CheckpointError, match=name):
            load_network(tmp_path / name)
    assert not (tmp_path / "ran").exists()


def without(tensors: Tensors, name: str) -> Tensors:
    return {key: tensor for key, tensor in tensors.items() if key != name}


QKV = "patch_level_decoder.base.h.1.attn.c_attn.weight"
POSITIONS = "patch_level_decoder.base.wpe.weight"
HEAD = "char_level_decoder.base.lm_head.weight"
DAMAGE = {
    "a foreign network": lambda t: {"conv1.weight": torch.ones(3, 3)},
    "nothing at all": lambda t: {},
    "numbers instead of tensors": lambda t: {"model": 3},
    "a tensor missing": lambda t: without(t, QKV),
    "no positions": lambda t: without(t, POSITIONS),
    "positions of one dimension": lambda t: {**t, POSITIONS: torch.ones(128)},
    "a wrong size": lambda t: {**t, QKV: torch.ones(128, 128)},
    "a name too many": lambda t: {**t, "char_level_decoder.extra": torch.ones(2)},
    "a layer with a huge number": lambda t: {**t, QKV.replace("1", "999999999"): t[QKV]},
    "numbers that are not finite": lambda t: {**t, QKV: torch.full_like(t[QKV], torch.nan)},
    "a head of its own": lambda t: {**t, HEAD: t[HEAD] + 1},
    "a width that is no multiple of 64": lambda t: {**t, POSITIONS: torch.ones(128, 100)},
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_no_notagen_network_is_refused(reference: Tensors, tmp_path: Path, damage: str):
    path = tmp_path / "damaged.pth"
    torch.save(DAMAGE[damage](reference), path)
    with refuses(CheckpointError, match=r"damaged\.pth"):
        load_network(path)


def test_an_int8_file_without_its_scales_is_refused(tiny: Network, tmp_path: Path):
    path = tmp_path / "network.safetensors"
    save_network(tiny, path, precision="int8")
    save_file({name: tensor for name, tensor in load_file(path).items() if not name.endswith("scale")}, path)
    with refuses(CheckpointError, match="damaged"):
        load_network(path)


# --- what fills memory, is damaged or is no numbers -------------------------------------------------------------------


def test_damage_inside_the_tensors_is_noticed(tiny: Network, tmp_path: Path):
    path = tmp_path / "network.safetensors"
    save_network(tiny, path, precision="int8")
    content = bytearray(path.read_bytes())
    content[-1000] ^= 1
    path.write_bytes(content)
    with refuses(CheckpointError, match=r"network\.safetensors was damaged after it was written"):
        load_network(path)


def test_a_file_without_a_checksum_is_loaded_as_before(tiny: Network, tmp_path: Path):
    path = tmp_path / "network.safetensors"
    save_network(tiny, path, precision="fp16")
    save_file(load_file(path), path, metadata={"format": "notabot-network-1"})
    assert same_weights(load_network(path), tiny, tolerance=2e-3)


def test_the_weights_that_ship_have_their_checksum():
    path = checkpoint.__file__.replace("model/checkpoint.py", "weights/notabot.safetensors")
    assert read_metadata(path)[SHA256] == sha256_of_tensors(load_file(path))


UNFIT = {
    "sparse": (lambda matrix: matrix.to_sparse(), "is no plain array"),
    "booleans": (lambda matrix: matrix.bool(), "holds bool, not the numbers"),
    "whole numbers": (lambda matrix: matrix.long(), "holds int64, not the numbers"),
    "complex numbers": (lambda matrix: matrix.to(torch.complex64), "holds complex64, not the numbers"),
    "stretched": (lambda matrix: matrix[:1, :1].clone().expand(10**5, 10**5), "more than it has room for"),
    "zeros": (lambda matrix: torch.zeros_like(matrix), "nothing but zeros"),
    "quantised": (
        lambda matrix: torch.quantize_per_tensor(matrix, 0.1, 0, torch.qint8),
        "cannot be read|no plain array",
    ),
    "without content": (lambda matrix: matrix.to("meta"), "cannot be read|no plain array"),
}


@pytest.mark.filterwarnings("ignore")  # torch is about to do without some of these
@pytest.mark.parametrize("kind", UNFIT)
@pytest.mark.parametrize("zipped", [True, False])
def test_what_is_no_plain_array_of_numbers_is_refused(reference: Tensors, tmp_path: Path, kind: str, zipped: bool):
    change, sentence = UNFIT[kind]
    path = tmp_path / "unfit.pth"
    torch.save({"model": {**reference, QKV: change(reference[QKV])}}, path, _use_new_zipfile_serialization=zipped)
    with refuses(CheckpointError, match=sentence):
        load_network(path)


@pytest.mark.parametrize("dtype", [torch.bool, torch.int64, torch.uint8])
def test_our_own_files_with_other_numbers_are_refused_too(tiny: Network, tmp_path: Path, dtype: torch.dtype):
    path = tmp_path / "network.safetensors"
    save_network(tiny, path, precision="fp16")
    tensors = load_file(path)
    tensors["patch_level.blocks.0.qkv.weight"] = tensors["patch_level.blocks.0.qkv.weight"].to(dtype)
    save_file(tensors, path)
    with refuses(CheckpointError, match="not the numbers of a network"):
        load_network(path)


def test_many_names_for_one_tensor_do_not_fill_memory(reference: Tensors, tmp_path: Path):
    path = tmp_path / "same.pth"
    torch.save({f"patch_level_decoder.base.h.{number}.mlp": reference[QKV] for number in range(3000)}, path)
    with refuses(CheckpointError, match="more than it has room for"):
        load_network(path)


def test_a_packed_file_is_not_unpacked(reference: Tensors, tmp_path: Path):
    path, packed = tmp_path / "plain.pth", tmp_path / "packed.pth"
    torch.save({"model": {name: torch.zeros_like(tensor) for name, tensor in reference.items()}}, path)
    with zipfile.ZipFile(path) as plain, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in plain.infolist():
            archive.writestr(member.filename, plain.read(member))
    assert packed.stat().st_size < path.stat().st_size / 10
    with refuses(CheckpointError, match="when unpacked"):
        load_network(packed)


def test_a_file_that_is_too_large_is_not_read(reference: Tensors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    torch.save(reference, tmp_path / "large.pth")
    monkeypatch.setattr(tensor_checks, "MOST_FILE_BYTES", 1000)
    with refuses(CheckpointError, match=r"large\.pth has 0 GB, and no network"):
        load_network(tmp_path / "large.pth")
