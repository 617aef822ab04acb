import math

import pytest
import torch

from generator.errors import BadRequest
from generator.model.sampling import Hint, Sampling, sample_rows, stack_settings
from tests.generator.model.distribution import truncate_distribution
from tests.refusals import refuses

CPU = torch.device("cpu")


def probabilities(*values: float) -> torch.Tensor:
    """One row that begins with these probabilities; the other characters share nothing."""
    row = torch.zeros(1, 128)
    row[0, : len(values)] = torch.tensor(values)
    return row


def test_top_k_keeps_the_likeliest_and_gives_the_others_exactly_nothing():
    kept = truncate_distribution(probabilities(0.1, 0.4, 0.3, 0.2), [Sampling(temperature=1, top_k=2, top_p=1)])
    assert kept[0, :4].tolist() == pytest.approx([0, 4 / 7, 3 / 7, 0])
    assert (kept == 0).sum() == 126


def test_top_p_keeps_the_character_that_reaches_the_share():
    kept = truncate_distribution(probabilities(0.5, 0.3, 0.15, 0.05), [Sampling(temperature=1, top_k=0, top_p=0.6)])
    assert kept[0, :4].tolist() == pytest.approx([0.625, 0.375, 0, 0])


def test_top_p_counts_shares_of_what_top_k_left():
    kept = truncate_distribution(probabilities(0.4, 0.3, 0.3), [Sampling(temperature=1, top_k=2, top_p=0.55)])
    # 0.4 of the remaining 0.7 is 0.57, which is enough alone; of the whole it would not be.
    assert kept[0, :3].tolist() == [1, 0, 0]


def test_low_temperature_sharpens_and_high_temperature_flattens():
    row = probabilities(0.8, 0.2)
    cold, warm = (truncate_distribution(row, [Sampling(temperature=heat, top_k=0, top_p=1)])[0, 0] for heat in (0.5, 2))
    assert cold.item() == pytest.approx(0.64 / 0.68)
    assert warm.item() == pytest.approx(2 / 3)


def test_a_temperature_near_zero_takes_the_likeliest_without_overflow():
    kept = truncate_distribution(probabilities(0.3, 0.4, 0.3), [Sampling(temperature=0.001, top_k=0, top_p=1)])
    assert kept[0, :3].tolist() == [0, 1, 0]


def test_rows_keep_their_own_settings_whatever_the_other_rows_ask_for():
    logits = torch.randn(5, 128, generator=torch.Generator().manual_seed(3))
    settings = [
        Sampling(),
        Sampling(top_k=0, top_p=1),
        Sampling(temperature=0.4),
        Sampling(top_k=1),
        Sampling(top_p=0.2, guidance=1.5),
    ]
    others = logits.flip(0).softmax(-1)
    together = truncate_distribution(logits.softmax(-1), settings, others)
    for row in range(5):
        one = slice(row, row + 1)
        alone = truncate_distribution(logits[one].softmax(-1), settings[one], others[one])
        assert torch.equal(alone[0], together[row])


def test_guidance_weighs_what_the_filters_left_by_how_much_likelier_the_prompt_makes_it():
    own, other = probabilities(0.5, 0.3, 0.2), probabilities(0.5, 0.1, 0.4)
    kept = truncate_distribution(own, [Sampling(temperature=1, top_k=2, top_p=1, guidance=2)], other)
    # 0.5 * 1 ** 2 against 0.3 * 3 ** 2; the third was cut and stays so.
    assert kept[0, :3].tolist() == pytest.approx([0.5 / 3.2, 2.7 / 3.2, 0])


def test_guidance_of_nothing_changes_no_bit_and_none_brings_back_what_was_cut():
    rng = torch.Generator().manual_seed(11)
    own, other = (torch.randn(40, 128, generator=rng).mul(4).softmax(-1) for _ in range(2))
    plain = truncate_distribution(own, [Sampling()] * 40)
    assert torch.equal(truncate_distribution(own, [Sampling()] * 40, other), plain)
    guided = truncate_distribution(own, [Sampling(guidance=5)] * 40, other)
    assert not torch.equal(guided, plain)
    assert (guided[plain == 0] == 0).all()
    assert guided.sum(-1).allclose(torch.ones(40))


def test_guidance_bears_a_character_that_is_impossible_without_the_prompt():
    kept = truncate_distribution(probabilities(0.5, 0.5), [Sampling(guidance=5)], probabilities(0.0, 1.0))
    assert kept[0, :2].tolist() == pytest.approx([1, 0])


def test_an_expected_character_has_the_odds_of_its_hint_and_the_others_share_the_rest():
    row, sampling = probabilities(0.2, 0.4, 0.3, 0.1), Sampling(temperature=1, top_k=2, top_p=1)
    # Log odds of 0.2 are -1.386; half of that and 1 are 0.307, or 0.576 as a probability.
    kept = truncate_distribution(row, [sampling], hints=[Hint(0, 1.0, 0.5)])[0]
    assert kept[:4].tolist() == pytest.approx([0.576, 0.424 * 4 / 7, 0.424 * 3 / 7, 0], abs=1e-3)
    assert kept.sum() == pytest.approx(1)


def test_beside_a_likely_repetition_a_way_out_stays_open():
    row, sampling = probabilities(0.96, 0.03, 0.01), Sampling(temperature=1, top_k=0, top_p=0.9)
    assert truncate_distribution(row, [sampling])[0, :2].tolist() == [1, 0]
    kept = truncate_distribution(row, [sampling], hints=[Hint(0, 0.0, 1.0)])[0]
    assert kept[:3].tolist() == pytest.approx([0.96, 0.03, 0.01], abs=1e-6)


@pytest.mark.parametrize(
    "hint",
    [
        Hint(1, -1.0, 1.0),  # as unlikely as what top-p cuts
        Hint(5, 9.0, 1.0),  # may not come
        None,
    ],
)
def test_an_expectation_that_does_not_count_changes_no_bit(hint: Hint | None):
    row, sampling = probabilities(0.8, 0.1, 0.1), Sampling(temperature=1.3, top_k=0, top_p=0.9)
    assert torch.equal(truncate_distribution(row, [sampling], hints=[hint]), truncate_distribution(row, [sampling]))


def test_where_only_the_expected_character_is_possible_it_comes():
    kept = truncate_distribution(probabilities(1.0), [Sampling()], hints=[Hint(0, -1.0, 1.0)])
    assert kept[0, 0] == pytest.approx(1)


def test_a_hint_in_one_row_changes_no_bit_of_another():
    rows = torch.randn(3, 128, generator=torch.Generator().manual_seed(2)).mul(3).softmax(-1)
    settings = [Sampling(guidance=1.0)] * 3
    other = rows.flip(1)
    hinted = truncate_distribution(rows, settings, other, [None, Hint(int(rows[1].argmax()), 2.0, 1.0), None])
    plain = truncate_distribution(rows, settings, other)
    assert torch.equal(hinted[[0, 2]], plain[[0, 2]])
    assert not torch.equal(hinted[1], plain[1])


def test_what_is_drawn_follows_the_distribution():
    rows = 20_000
    rng = torch.Generator().manual_seed(5)
    logits = torch.randn(1, 128, generator=rng) * 2
    settings = [Sampling()] * rows
    drawn = sample_rows(
        logits.expand(rows, -1), stack_settings(settings, device=CPU), torch.rand(rows, 1, generator=rng)
    )
    wanted = truncate_distribution(logits.softmax(-1), settings[:1])[0]
    shares = drawn.bincount(minlength=128) / rows
    assert (shares - wanted).abs().max() < 0.015
    assert (shares[wanted == 0] == 0).all()


@pytest.mark.parametrize("uniform", [0.0, 0.5, 1 - 2**-24])
def test_the_ends_of_the_random_numbers_never_reach_a_cut_character(uniform: float):
    logits = torch.randn(64, 128, generator=torch.Generator().manual_seed(7))
    settings = [Sampling(top_k=3)] * 64
    drawn = sample_rows(logits, stack_settings(settings, device=CPU), torch.full((64, 1), uniform))
    kept = truncate_distribution(logits.softmax(-1), settings)
    assert (kept.gather(1, drawn[:, None]) > 0).all()


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": 0},
        {"temperature": 2.1},
        {"temperature": math.nan},
        {"top_k": -1},
        {"top_k": 129},
        {"top_p": 0},
        {"top_p": 1.5},
        {"top_p": math.nan},
        {"guidance": -0.1},
        {"guidance": 5.1},
        {"guidance": math.nan},
    ],
)
def test_impossible_settings_are_refused_with_a_sentence(values: dict[str, float]):
    with refuses(BadRequest, match=r"must be .*not"):
        Sampling(**values)
