"""NotaGen's code is another's and stays outside: here stands something small with the same names, of our own making."""

import sys

import pytest
import torch

import config
from generator.errors import BadRequest
from generator.evaluation.bench import random_opening, random_pair, run_bench
from generator.evaluation.notagen import NotaGen, load_notagen
from generator.model.network import Shape
from generator.model.sampling import Sampling

TINY = Shape(patch_layers=1, char_layers=1, hidden=64, context_patches=32)
CONFIG = "PATCH_SIZE = 16\n"
CODE = """
import torch
from config import *
from generator.evaluation.reference import CharLevel, PatchLevel
from generator.model.network import Shape


class NotaGenLMHeadModel(torch.nn.Module):
    def __init__(self, encoder_config, decoder_config):
        super().__init__()
        shape = Shape(encoder_config.n_layer, decoder_config.n_layer, encoder_config.n_embd, encoder_config.n_positions)
        self.patch_level_decoder, self.char_level_decoder = PatchLevel(shape), CharLevel(shape)

    def generate(self, patches, top_k, top_p, temperature):
        given = patches.reshape(1, -1, PATCH_SIZE)
        self.calls = [(given, self.patch_level_decoder(given))]
        return [0] * PATCH_SIZE
"""


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "inference").mkdir()
    (tmp_path / "inference" / "config.py").write_text(CONFIG)
    (tmp_path / "inference" / "utils.py").write_text(CODE)
    return tmp_path


def test_its_code_is_timed_in_place_of_ours_and_told_of_if_it_is_another_version(checkout):
    result = run_bench(TINY, slots=2, contexts=(4, 8), patches=1, notagen=checkout)
    assert [point.theirs_s for point in result.points] == [point.notagen_s for point in result.points]
    assert result.single_ratio == result.piece.notagen_s / result.piece.single_s
    assert result.table().splitlines()[-1].startswith("NotaGen's code is another version")


def test_its_network_has_our_weights_and_is_given_the_opening_in_patches(checkout):
    reference, _ = random_pair(TINY, seed=1, device="cpu")
    opening = random_opening(5, seed=1)
    own = NotaGen(checkout, TINY, reference.state_dict(), device="cpu")
    assert own.write_patch(opening, Sampling()) == [0] * 16
    ((given, encoded),) = own._network.calls
    assert given.tolist() == [list(map(list, opening))]
    assert torch.equal(encoded, reference.patch_level_decoder(given))


def test_our_own_package_of_its_file_s_name_is_there_again_afterwards(checkout):
    load_notagen(checkout)
    assert sys.modules["config"] is config
    assert sys.modules["config.errors"].NotabotError in BadRequest.__mro__


@pytest.mark.parametrize("missing", ["inference/utils.py", "inference/config.py"])
def test_a_folder_without_notagen_is_refused(checkout, missing):
    (checkout / missing).unlink()
    with pytest.raises(BadRequest) as refusal:
        load_notagen(checkout)
    assert refusal.value.reason == "no_notagen"


def test_a_package_that_it_needs_is_named_and_config_is_ours_again(checkout):
    (checkout / "inference" / "utils.py").write_text("from config import *\nimport no_such_samplings\n")
    with pytest.raises(BadRequest) as refusal:
        load_notagen(checkout)
    assert refusal.value.values == {"package": "no_such_samplings"}
    assert sys.modules["config"] is config
