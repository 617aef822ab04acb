"""Composed pieces beside human ones: figures, the table, and two results side by side."""

from dataclasses import replace

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.evaluation.music.comparing import Counted, as_table, count_composed, count_people, group_figures
from generator.evaluation.music.groups import GROUPS, human_pieces
from generator.evaluation.music.measures import MEASURES
from generator.evaluation.pieces import ComposedPiece
from generator.training.corpus import Row

CHORALE = GROUPS[-1]
ABC = (
    "%%score 1 2\nL:1/4\nM:4/4\nK:C\nV:1 treble nm=\"Soprano\"\nV:2 bass nm=\"Bass\"\n"
    + "[V:1]cdef|[V:2]C,4|\n" * 6 + "[V:1]d2 c2|[V:2]G,2 C,2|\n[V:1]c4|[V:2]C,4|\n[V:1]c4|[V:2]F,4|\n"
)  # fmt: skip


def row(number: int, **other: str) -> Row:
    named = {"period": "Baroque", "composer": "Bach, Johann Sebastian", "instrumentation": "Choral"}
    return {"abc": ABC, "work": f"work {number}", "split": "train", **named, **other}


def counted(above: float, below: float, *, work: str = "one") -> Counted:
    return Counted(work, dict.fromkeys(MEASURES, (above, below)))


def test_every_composer_of_every_group_has_a_style() -> None:
    for group in GROUPS:
        styles = group.styles(load_catalogue())
        assert [style.composer.split(",")[0] for style in styles] == list(group.composers)
        assert {style.instrumentation for style in styles} == {group.instrumentation}


def test_human_pieces_are_of_the_group_as_long_as_composed_ones_and_always_the_same() -> None:
    rows = [row(number) for number in range(6)]
    rows += [row(7, composer="Haydn, Joseph"), row(8, instrumentation="Keyboard"), row(9, abc="nothing")]
    chosen = human_pieces(CHORALE, rows, count=4)
    assert [piece.work for piece in chosen] == [piece.work for piece in human_pieces(CHORALE, rows, count=4)]
    assert len(chosen) == 4
    assert len(human_pieces(CHORALE, rows, count=20)) == 6
    assert len(chosen[0].tune.bars) == 8


def test_a_quartet_is_four_staves_of_strings() -> None:
    quartet = GROUPS[2]
    strings = (
        '%%score 1 2 3 4\nL:1/4\nM:4/4\nK:C\nV:1 treble nm="Violin I"\nV:2 treble nm="Violin II"\n'
        'V:3 alto nm="Viola"\nV:4 bass nm="Violoncello"\n[V:1]c4|[V:2]c4|[V:3]c4|[V:4]C,4|\n'
    )
    named = {"composer": "Haydn, Joseph", "instrumentation": "Chamber"}
    assert quartet.has(row(1, abc=strings, **named))
    assert not quartet.has(row(2, abc=strings.replace('Violin I"', 'Flute"'), **named))
    assert not quartet.has(row(3, abc=ABC, **named))


def test_the_end_of_a_human_piece_is_its_own_and_not_that_of_its_beginning() -> None:
    plagal = count_people(CHORALE, [row(1)], 1, tell=lambda *_: None)[0]
    assert plagal.counts["ends_after_dominant"] == (0, 1)
    ends_well = ABC.replace("[V:1]c4|[V:2]F,4|\n", "")
    authentic = count_people(CHORALE, [row(1, abc=ends_well)], 1, tell=lambda *_: None)[0]
    assert authentic.counts["ends_after_dominant"] == (1, 1)


def test_a_piece_that_failed_counts_nothing() -> None:
    whole = ComposedPiece(
        style=CHORALE.styles(load_catalogue())[0], seed=1, bars_asked=8, abc=ABC, title="", credit="", counts={},
        compose_s=1.0, date="",
    )  # fmt: skip
    assert len(count_composed(CHORALE, [whole, replace(whole, failure="no memory")])) == 1


def test_a_figure_is_a_ratio_of_sums_with_an_interval_and_says_of_how_many_pieces() -> None:
    figures = group_figures(
        [counted(1, 2), counted(3, 2), counted(0, 0)], [counted(n, 10, work=str(n)) for n in range(11)]
    )
    ours, human = figures["measures"]["clashes"]["ours"], figures["measures"]["clashes"]["human"]
    assert (ours["value"], ours["pieces"], figures["pieces"]) == (1.0, 2, 3)
    assert human["low"] < human["value"] == 0.5 < human["high"]
    assert figures["measures"]["clashes"]["human_high"] == pytest.approx(0.9)


def test_the_table_sets_ours_beside_people_and_beside_an_earlier_result() -> None:
    now = {"groups": {"song": group_figures([counted(1, 4)], [counted(1, 2)])}}
    before = {"groups": {"song": group_figures([counted(1, 8)], [counted(1, 2)])}}
    line = f"| {MEASURES['clashes'].what} | 0.25 [0.25, 0.25] | 0.50 [0.50, 0.50] | 50% | 0.50 |"
    assert line in as_table(now).splitlines()
    assert line.replace("| 0.25", "| 0.12 [0.12, 0.12] | 0.25", 1) in as_table(now, before).splitlines()


def test_what_nobody_says_anything_about_is_a_dash() -> None:
    table = as_table({"groups": {"song": group_figures([], [counted(0, 0)])}})
    assert f"| {MEASURES['theme_returns'].what} | - | - | - | - |" in table.splitlines()
