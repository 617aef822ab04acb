import pytest

from generator.evaluation.excerpts import (
    BARS,
    draw_like,
    shuffle_bars,
    style_of,
    take_excerpt,
    take_excerpts,
)
from generator.training.corpus import Row
from tests.generator.evaluation.conftest import BACH, CHOPIN, make_row


def test_an_excerpt_is_the_beginning_with_the_ending_beside_it() -> None:
    row = make_row(1, CHOPIN, bars=20)
    excerpt = take_excerpt(row, bars=8)
    bars = row["abc"].splitlines()[7:]
    assert [str(bar) for bar in excerpt.tune.bars] == bars[:8]
    assert excerpt.ending is not None
    assert [str(bar) for bar in excerpt.ending.bars] == bars[-8:]
    assert (excerpt.style, excerpt.work) == (style_of(row), row["work"])


def test_a_short_piece_is_its_own_ending() -> None:
    excerpt = take_excerpt(make_row(1, CHOPIN, bars=6), bars=8)
    assert len(excerpt.tune.bars) == 6
    assert excerpt.ending is None


def test_voices_that_rest_are_put_in() -> None:
    row = make_row(1, BACH)
    row["abc"] = row["abc"].replace("|[V:2]", "|\n[V:2]", 1).replace("\n[V:2]", "\n[V:2]", 1)
    excerpt = take_excerpt(row, bars=2)
    assert all(len(bar.voices) == 2 for bar in excerpt.tune.bars)


def test_lengths_go_round_and_it_is_known_what_cannot_be_read() -> None:
    pieces = [make_row(number, BACH, bars=30) for number in range(4)]
    pieces[1]["abc"] = "no music"
    taken = take_excerpts(pieces)
    assert [len(excerpt.tune.bars) for excerpt in taken if excerpt.readable] == [BARS[0], BARS[2], BARS[0]]


def test_sets_like_ours_have_our_styles_and_lengths_and_share_no_piece(rows: list[Row]) -> None:
    wanted = [(style_of(rows[0]), 8)] * 5 + [(style_of(rows[20]), 4)] * 3
    first, second = draw_like(wanted, rows[:36], sets=2, seed=1)
    for drawn in (first, second):
        assert [(excerpt.style, len(excerpt.tune.bars)) for excerpt in drawn] == wanted
    assert not {excerpt.work for excerpt in first} & {excerpt.work for excerpt in second}
    again, _ = draw_like(wanted, rows[:36], sets=2, seed=1)
    assert [excerpt.work for excerpt in again] == [excerpt.work for excerpt in first]


def test_a_style_with_too_few_pieces_gives_what_it_has() -> None:
    pieces = [make_row(number, CHOPIN) for number in range(3)]
    pieces.append({**pieces[0], "abc": "no music"})
    first, second = draw_like([(style_of(pieces[0]), 8)] * 2, pieces, sets=2, seed=1)
    assert (len(first), len(second)) == (2, 1)


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_pieces_have_bars_of_their_style_in_no_order(rows: list[Row], seed: int) -> None:
    excerpts = take_excerpts(rows[:36])
    shuffled = shuffle_bars(excerpts, seed=seed)
    pool = {str(bar) for excerpt in excerpts for bar in excerpt.tune.bars if excerpt.style == style_of(rows[0])}
    for before, after in zip(excerpts, shuffled, strict=True):
        assert len(before.tune.bars) == len(after.tune.bars)
        if before.style == style_of(rows[0]):
            assert {str(bar) for bar in after.tune.bars} <= pool
    assert [str(one.tune) for one in shuffled] != [str(one.tune) for one in excerpts]
