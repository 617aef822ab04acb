"""The bars of a day: the same for all, each pair once in a cycle, alike in form, and within what may be committed."""

import json
import re
from pathlib import Path

import pytest

from bot.guesses.puzzles import (
    CHOICES,
    Pair,
    date_of,
    day_of,
    load_pairs,
    points,
    puzzle_of,
    result_line,
    streak_of,
    today,
)
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.style import Style
from generator.notation import check_bars, parse_tune, staves_of

FILE = Path(__file__).parents[3] / "config" / "bars.json"
DAY = 739_585
MOST_BYTES = 300_000


def pairs_of(count):
    return [
        Pair(
            style=("Romantic", f"Composer {number % 7}", "Keyboard"),
            title="",
            source="",
            licence="CC0",
            people=f"p{number}",
            ours=f"o{number}",
        )
        for number in range(count)
    ]


def test_a_day_has_the_same_bars_for_everybody_who_knows_the_secret():
    pairs = pairs_of(20)
    assert puzzle_of(DAY, "s", pairs) == puzzle_of(DAY, "s", pairs)
    assert any(puzzle_of(DAY + n, "s", pairs) != puzzle_of(DAY + n, "t", pairs) for n in range(5))


def test_each_pair_comes_once_in_a_cycle():
    pairs = pairs_of(20)
    first = DAY - DAY % 20
    assert len({puzzle_of(first + n, "s", pairs).pair.people for n in range(20)}) == 20


def test_chance_decides_which_is_human_and_where_the_composer_stands():
    puzzles = [puzzle_of(DAY + n, "s", pairs_of(20)) for n in range(200)]
    assert 60 < sum(puzzle.human == 1 for puzzle in puzzles) < 140
    assert {puzzle.composers.index(puzzle.composer) for puzzle in puzzles} == set(range(CHOICES))
    for puzzle in puzzles:
        assert len(set(puzzle.composers)) == CHOICES
        assert puzzle.abcs[puzzle.human - 1] == puzzle.pair.people


def test_points_and_the_line_for_others_spoil_nothing():
    assert [points(human=human, composer=composer) for human in (True, False) for composer in (True, None)] == [
        5,
        3,
        2,
        0,
    ]
    assert result_line(DAY, human=True, composer=False, streak=4) == f"🎼 {date_of(DAY)} 3/5 🟩🟥 🔥4"
    assert "🔥" not in result_line(DAY, human=True, composer=True, streak=1)


@pytest.mark.parametrize(("days", "streak"), [([], 0), ([9], 1), ([9, 8, 7, 5], 3), ([8, 7], 2), ([7], 0), ([9, 7], 1)])
def test_a_streak_goes_on_until_the_day_is_over(days, streak):
    assert streak_of(days, today=9) == streak


def test_a_day_begins_by_the_clock_of_its_zone():
    moment = 1_796_000_000.0  # 2026-11-30 00:53 in Berlin, an hour earlier in UTC
    assert today("Asia/Shanghai", now=moment) >= today("America/New_York", now=moment)
    assert {day_of("bars739585"), day_of("bars"), day_of("barsx"), day_of("739585"), day_of("bars123456789")} == {
        739585,
        None,
    }


# --- what is committed ------------------------------------------------------------------------------------------------


def test_the_file_is_small_and_every_bar_of_people_is_free_and_says_where_it_comes_from():
    assert FILE.stat().st_size <= MOST_BYTES
    rounds = json.loads(FILE.read_text("utf-8"))["rounds"]
    assert len(rounds) >= 50
    for one in rounds:
        assert one["licence"].lower().startswith(("cc0", "public domain"))
        assert "/" in one["source"]
        assert one["title"]


def test_bars_of_people_and_ours_are_typeset_alike():
    """Same metre, key, staves and clefs, whole bars; no words, marks, slurs, ornaments, repeats or names that tell."""
    for pair in load_pairs():
        tunes = [parse_tune(abc) for abc in (pair.people, pair.ours)]
        one, other = tunes
        assert [one.header.field(letter) for letter in "LMKQ"] == [other.header.field(letter) for letter in "LMKQ"]
        for tune in tunes:
            assert len(tune.bars) == 4
            assert check_bars(tune) == []
            assert {line[:2] for line in tune.header.lines} == {"%%", "L:", "Q:", "M:", "K:", "V:"}
            body = "".join(str(bar) for bar in tune.bars)
            assert not set(body.replace("[V:", "")) & set('"!{}~.&<>'), body
            assert re.search(r"\((?!\d)|\)", body) is None, body
        assert one.header.metre == other.header.metre
        names = [[voice.name for voice in tune.header.voices if voice.name] for tune in tunes]
        assert names[0] == names[1]
        assert len(staves_of(one.header)) == len(staves_of(other.header))


def test_the_styles_are_those_that_the_network_knows():
    catalogue = load_catalogue()
    assert all(catalogue.knows(catalogue.complete(Style(*pair.style))) for pair in load_pairs())
    assert len({pair.style[1] for pair in load_pairs()}) > 20
