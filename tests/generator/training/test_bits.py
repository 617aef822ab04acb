import math

import pytest
import torch

from generator.model.network import Network, Shape
from generator.model.patches import EOS, PAD, decode_patch
from generator.training.bits import score_network, untrained_like
from generator.training.corpus import Row, encode_tune, prompt_lines
from generator.training.held_out import held_out_windows, window_text


@pytest.fixture
def network() -> Network:
    network = Network(Shape(1, 1, 64, 64))
    network.init_weights(seed=3)
    return network


def test_bits_are_those_of_the_networks_own_probabilities(network: Network, rows: list[Row]) -> None:
    window = next(held_out_windows(rows[:1], limit=64))
    patches = torch.from_numpy(window.astype("int64")).unsqueeze(0)
    _, logits = network.teacher_forced(patches)
    targets = patches[0, 1:]
    logs = logits[0].log_softmax(-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    expected = -logs[targets != PAD].sum().item() / math.log(2) / int((targets > EOS).sum())
    assert score_network(network, rows[:1]).overall.bits_per_character == pytest.approx(expected, rel=1e-5)


def test_groups_add_up_to_the_whole(network: Network, rows: list[Row]) -> None:
    scores = score_network(network, rows)
    for groups in (scores.by_instrumentation, scores.by_corpus):
        assert sum(score.characters for score in groups.values()) == scores.overall.characters
        assert sum(score.pieces for score in groups.values()) == len(rows)
    assert scores.by_instrumentation.keys() == {"Keyboard", "Chamber"}


def test_an_untrained_network_knows_next_to_nothing(network: Network, rows: list[Row]) -> None:
    bits = score_network(untrained_like(network), rows).overall.bits_per_character
    # 7 bits for each of 128 characters, and a little more for the patch ends it pays for too
    assert 7 < bits < 9


def test_pieces_are_judged_in_their_own_key_or_at_home(network: Network, rows: list[Row]) -> None:
    moved = [{**row, "abc": row["abc"].replace("K:C", "K:Eb")} for row in rows]
    own, home = ([window_text(one).decode() for one in held_out_windows(moved, home=home)] for home in (False, True))
    assert all("K:Eb\n" in text and "%-3" not in text for text in own)
    assert all("\n%-3\n" in text and "K:C\n" in text for text in home)
    assert score_network(network, moved).overall != score_network(network, moved, home=True).overall


def test_progress_counts_the_pieces(network: Network, rows: list[Row]) -> None:
    seen: list[int] = []
    score_network(network, rows, progress=seen.append)
    assert seen == list(range(1, len(rows) + 1))


def test_scoring_leaves_the_network_as_it_was(network: Network, rows: list[Row]) -> None:
    network.train()
    score_network(network, rows[:1])
    assert network.training


def test_the_text_of_a_window_is_what_its_patches_spell(rows: list[Row]) -> None:
    window = encode_tune(prompt_lines(rows[0]), rows[0]["abc"]).window(0, 40)
    assert window_text(window).decode() == "".join(map(decode_patch, window[1:]))
