"""How much human pieces share, on invented ones: everything is compared with trying every pair of places."""

import numpy as np
import pytest

from generator.critic.originality_melody import Melody
from generator.training.shipped.sharing import (
    EXCERPT_BARS,
    Excerpt,
    HumanPiece,
    Melodies,
    compare_excerpts,
    measure_limits,
    merge_versions,
)

STEPS_A_BAR = 4


def piece(intervals, *, work, indexed=True, groups=("all pieces",)):
    """Quavers, four steps a bar, in one melody."""
    count = len(intervals)
    melody = Melody(
        np.array(intervals, np.int8), np.zeros(count, np.int8), np.arange(count, dtype=np.int32) // STEPS_A_BAR
    )
    return HumanPiece(melodies=[melody], bars=count // STEPS_A_BAR, work=work, groups=groups, indexed=indexed)


def random_steps(rng, count, *, widest=12):
    return rng.integers(-widest, widest + 1, count).tolist()


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def longest_by_trying(melodies, works, indexed):
    """For each step the longest run in an indexed piece of another work."""
    steps, piece_of = melodies.steps.tolist(), melodies.piece_of.tolist()
    longest = [0] * len(steps)
    for here in range(len(steps)):
        for there in range(len(steps)):
            if works[piece_of[here]] != works[piece_of[there]] and indexed[piece_of[there]]:
                length = 0
                while steps[here + length] == steps[there + length] and steps[here + length]:
                    length += 1
                longest[here] = max(longest[here], length)
    return longest


def test_the_longest_runs_in_other_works_are_those_that_trying_finds(rng):
    for _ in range(10):
        pieces = [piece(random_steps(rng, int(rng.integers(3, 25)), widest=1), work="") for _ in range(7)]
        melodies = Melodies(pieces)
        works, indexed = rng.integers(0, 4, 7), rng.random(7) < 0.7
        lengths, partners = melodies.longest_runs(works, indexed)
        assert lengths.tolist() == longest_by_trying(melodies, works, indexed)
        met = lengths > 0
        partner_pieces = melodies.piece_of[partners[met]]
        assert indexed[partner_pieces].all()
        assert (works[partner_pieces] != works[melodies.piece_of[met]]).all()


def test_a_very_long_run_is_measured_whole(rng):
    theme = random_steps(rng, 700)
    melodies = Melodies([piece(theme, work="one"), piece([*theme, 5], work="two")])
    lengths, _ = melodies.longest_runs(np.array([0, 1]), np.array([True, True]))
    assert lengths.max() == 700


def test_versions_are_one_work_and_pieces_that_share_a_voice_are_not(rng):
    theme, hymn = random_steps(rng, 60), random_steps(rng, 30)
    pieces = [
        piece([*theme, *random_steps(rng, 10)], work="first edition"),
        piece([*theme, *random_steps(rng, 20)], work="later edition"),
        piece([*theme[:40], *random_steps(rng, 10)], work="arrangement"),
        piece([*hymn, *random_steps(rng, 90)], work="chorale 1"),
        piece([*hymn, *random_steps(rng, 90)], work="chorale 2"),
    ]
    works = merge_versions(pieces, Melodies(pieces))
    assert works[0] == works[1] == works[2]
    assert len(set(works.tolist())) == 3


def test_a_repeated_note_does_not_make_versions_of_two_pieces(rng):
    pieces = [piece([*[0] * 80, *random_steps(rng, 8)], work=name) for name in ("one", "two")]
    assert len(set(merge_versions(pieces, Melodies(pieces)).tolist())) == 2


def test_excerpts_are_compared_with_indexed_pieces_of_other_works_only(rng):
    theme = random_steps(rng, 15)
    pieces = [
        piece([*theme, *random_steps(rng, 49)], work="one"),
        piece([*random_steps(rng, 10), *theme, *random_steps(rng, 39)], work="two"),
        piece([*theme, *random_steps(rng, 49)], work="unknown", indexed=False),
    ]
    excerpts = compare_excerpts(pieces, Melodies(pieces), np.array([0, 1, 2]), seed=1)
    whole = {one.piece: one for one in excerpts if one.bars == 16}
    assert [whole[number].notes for number in range(3)] == [16, 16, 16]
    alone = compare_excerpts(pieces, Melodies(pieces), np.array([0, 0, 2]), seed=1)
    notes = {one.piece: one.notes for one in alone if one.bars == 16}
    assert notes[0] < 6
    assert notes[1] < 6
    assert notes[2] == 16


def test_a_run_is_cut_where_the_excerpt_ends(rng):
    theme = random_steps(rng, 64)
    pieces = [piece(theme, work="one"), piece(theme, work="two")]
    excerpts = compare_excerpts(pieces, Melodies(pieces), np.array([0, 1]), seed=1)
    assert {(one.bars, one.notes) for one in excerpts} == {(8, 33), (16, 65)}


def test_a_limit_is_the_99th_percentile_of_groups_that_are_large_enough():
    pieces = [piece([0, 0, 0], work=str(number), groups=("large", "all pieces")) for number in range(100)]
    pieces += [piece([0, 0, 0], work="small", groups=("small", "all pieces"))] * 60
    works = np.array([*range(100), *[100] * 60])
    excerpts = [Excerpt(number, bars, bars + number // 2) for bars in EXCERPT_BARS[:2] for number in range(100)] * 3
    excerpts += [Excerpt(number, 8, 99) for number in range(100, 160)] * 4
    assert measure_limits(pieces, excerpts, works) == {"large": {8: 57, 16: 65}, "all pieces": {8: 99, 16: 65}}
