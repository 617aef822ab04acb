"""A network as plain arrays: what it is, what it is not read from, and that composing with it needs no torch."""

import os
import subprocess
import sys
from pathlib import Path
from weakref import ref

import numpy as np
import pytest
import torch

from generator.composer import SHIPPED_WEIGHTS
from generator.hearing.numbers import NUMBERS
from generator.model.checkpoint import load_network, save_network
from generator.model.engine import Engine
from generator.model.network import Network, Shape
from generator.model.patches import BOS_PATCH, encode_text
from generator.model.plain import load_plain, plain_of
from generator.model.precision import count_parameters, with_precision
from generator.model.sampling import Sampling
from tests.generator.model.conftest import random_network


@pytest.fixture(scope="module")
def network() -> Network:
    network = random_network(Shape(patch_layers=2, char_layers=1, hidden=128, context_patches=48, heard=NUMBERS))
    assert network.hearing is not None
    for seed, layer in enumerate((network.hearing.direct, network.hearing.outer)):
        torch.nn.init.normal_(layer.weight, std=0.1, generator=torch.Generator().manual_seed(seed))
    return network.eval()


@pytest.mark.parametrize("precision", ["int8", "fp16", "fp32"])
def test_the_arrays_are_those_of_the_torch_network_to_the_last_bit(network: Network, precision: str, tmp_path: Path):
    save_network(network, tmp_path / "a.safetensors", precision=precision)
    plain, loaded = load_plain(tmp_path / "a.safetensors"), load_network(tmp_path / "a.safetensors")
    wanted = plain_of(with_precision(loaded, "int8"))
    assert plain is not None
    assert plain.shape == wanted.shape
    assert set(plain.arrays) == set(wanted.arrays)
    for name, array in plain.arrays.items():
        assert array.dtype == wanted.arrays[name].dtype
        assert np.array_equal(array, wanted.arrays[name]), name
    assert plain.parameters == count_parameters(loaded)


def test_the_shipped_weights_are_read_as_arrays():
    assert load_plain(SHIPPED_WEIGHTS) is not None


def test_both_write_the_same_piece(network: Network, tmp_path: Path):
    save_network(network, tmp_path / "a.safetensors", precision="int8")
    plain = load_plain(tmp_path / "a.safetensors")
    assert plain is not None
    pieces = []
    for one in (plain, load_network(tmp_path / "a.safetensors")):
        engine = Engine(one, slots=1, precision="int8", guided=False)
        slot = engine.open_slot([BOS_PATCH, *encode_text("%Chopin\n")], sampling=Sampling(), seed=3)
        pieces.append([engine.step({slot: ""})[slot] for _ in range(60)])
    assert pieces[0] == pieces[1]


def test_an_engine_keeps_its_own_order_of_the_weights_only(network: Network, tmp_path: Path):
    save_network(network, tmp_path / "a.safetensors", precision="int8")
    plain = load_plain(tmp_path / "a.safetensors")
    assert plain is not None
    weights = ref(plain.arrays["patch_level.blocks.0.qkv.weight"])
    engine = Engine(plain, slots=1, guided=False)
    del plain
    assert weights() is None
    assert engine.count_parameters() == count_parameters(network)


def test_what_is_damaged_cut_off_or_no_file_of_ours_is_left_to_torch(network: Network, tmp_path: Path):
    path = tmp_path / "a.safetensors"
    save_network(network, path, precision="int8")
    whole = path.read_bytes()
    for content in (whole[:-1], whole[:-5] + bytes((whole[-5] ^ 1,)) + whole[-4:], b"", b"{}", whole[:200]):
        path.write_bytes(content)
        assert load_plain(path) is None
    assert load_plain(tmp_path / "missing.safetensors") is None
    assert load_plain(tmp_path / "a.pth") is None


def test_a_piece_of_the_shipped_network_is_composed_without_torch_and_without_what_draws_pictures(tmp_path: Path):
    program = f"""
import sys
sys.modules["torch"] = sys.modules["PIL"] = None  # to import them is an error
sys.argv = ["notabot", "compose", "chopin keyboard", "--bars", "1", "--formats", "abc", "--out", {str(tmp_path)!r}]
from bot.cli import main
main()
"""
    environment = {**os.environ, "NOTABOT_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("*.abc"))
