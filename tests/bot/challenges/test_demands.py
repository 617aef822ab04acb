"""What pieces must be, and whether they are: read from words, checked in the notes."""

import pytest

from bot.challenges.demands import Demands, Music, NotAMotif, check, fails, steps_of_motif
from bot.challenges.words import read_challenge
from generator.catalogue.catalogue import load_catalogue
from generator.errors import BadRequest
from tests.bot.commands.conftest import TUNE

PIANO = Music(abc=TUNE, style={"composer": "Chopin, Frederic", "instrumentation": "Keyboard"})
SENT = Music(abc=TUNE, style={})


@pytest.mark.parametrize(
    ("demanded", "found", "holds"),
    [
        ({"key": "Amin"}, "Amin", True),
        ({"key": "C"}, "Amin", False),
        ({"metre": "3/4"}, "3/4", True),
        ({"least_bars": 2, "most_bars": 2}, "2", True),
        ({"least_bars": 3}, "2", False),
        ({"most_bars": 1}, "2", False),
        ({"motif": "A C E"}, "1", True),
        ({"motif": "D F A"}, "1", True),  # the same in another key
        ({"motif": "C D E"}, "", False),
        ({"motif": "E ^D C"}, "2", True),
        ({"lowest": "A2", "highest": "E5"}, "A2–E5", True),
        ({"highest": "C5"}, "A2–E5", False),
        ({"lowest": "C3"}, "A2–E5", False),
        ({"composer": "Chopin, Frederic"}, "Chopin, Frederic", True),
        ({"composer": "Bach, Johann Sebastian"}, "Chopin, Frederic", False),
        ({"players": ("violin", "cello")}, "piano", False),
    ],
)
def test_a_demand_is_found_to_hold_or_not(demanded, found, holds):
    (finding,) = check(Demands(**demanded), PIANO)
    assert (finding.found, finding.holds) == (found, holds)
    assert bool(fails([finding])) is not holds


def test_what_a_file_cannot_say_keeps_nobody_out():
    (finding,) = check(Demands(composer="Chopin, Frederic"), SENT)
    assert finding.holds is None
    assert fails([finding]) == []
    (played,) = check(Demands(instrumentation="Keyboard"), SENT)
    assert played.holds is True


@pytest.mark.parametrize("abc", ["", "X:1\n", "no music", "X:1\nK:C\n", "\x00", "X:1\nK:C\n[V:1]z4|\n"])
def test_what_is_no_music_fails_demands_without_a_word_too_many(abc):
    demands = Demands(key="C", metre="4/4", least_bars=4, motif="C D", lowest="C3", players=("violin",))
    assert fails(check(demands, Music(abc=abc, style={})))


@pytest.mark.parametrize("motif", ["", "C", "xyz", "C D Q", "1 2 3", "C " * 40])
def test_what_is_no_motif_is_refused(motif):
    with pytest.raises(NotAMotif):
        steps_of_motif(motif)


def test_motifs_are_the_same_however_they_are_written():
    assert steps_of_motif("C E G") == steps_of_motif("c,e,g") == steps_of_motif("CEG") == (4, 3)
    assert steps_of_motif("F# A") == steps_of_motif("^F A") == steps_of_motif("Gb A") == (3,)


@pytest.mark.parametrize(
    ("said", "theme", "values", "demands"),
    [
        (
            "a waltz in A minor for piano, 16 bars, must contain motif C D E G, two entries each, until friday 18:00, "
            "voting until sunday 20:00, ranking",
            "a waltz in A minor for piano, 16 bars",
            {"entries": 2, "until": "friday 18:00", "vote_until": "sunday 20:00", "voting": "ranking"},
            {"key": "Amin", "metre": "3/4", "least_bars": 16, "most_bars": 16, "motif": "C D E G"},
        ),
        (
            "ein Walzer in a-Moll, höchstens 8 Takte, bis Freitag 18 Uhr, Abstimmung bis Sonntag, je 2 Beiträge",
            "ein Walzer in a-Moll",
            {"entries": 2, "until": "Freitag 18 Uhr", "vote_until": "Sonntag"},
            {"key": "Amin", "most_bars": 8, "least_bars": 0},
        ),
        (
            "A小调圆舞曲 最多16小节 截止周五18点 投票到周日20点 每人2首 排名 每周五",
            "A小调圆舞曲",
            {"entries": 2, "until": "周五18点", "vote_until": "周日20点", "voting": "ranking", "every": "week"},
            {"key": "Amin", "most_bars": 16},
        ),
        ("Spring", "Spring", {}, {}),
        ("string quartet, range C3-C6", "string quartet", {}, {"lowest": "C3", "highest": "C6"}),
    ],
)
def test_free_words_say_theme_times_votes_and_demands(said, theme, values, demands):
    read = read_challenge(said, load_catalogue())
    assert read.theme == theme
    assert values.items() <= read.values.items()
    assert demands.items() <= read.demands.items()


@pytest.mark.parametrize(
    "said", ["a piece that waits until dawn", "a song from May", "a song from last summer", "music until 1820"]
)
def test_what_only_sounds_like_a_time_is_part_of_the_theme(said):
    read = read_challenge(said, load_catalogue())
    assert (read.theme, read.untimely) == (said, "")


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("a waltz until 31/12", "31/12"),
        ("a waltz until last friday", "last friday"),
        ("a waltz until fryday", "fryday"),
        ("a waltz, until next week, in pairs", "next week"),
        ("ein Walzer bis Weihnachten", "Weihnachten"),
        ("圆舞曲 截止上周五", "上周五"),
        ("a waltz for -3 days", "-3 days"),
        ("a waltz until 3 days before Christmas, ranking", "3 days before Christmas"),
        ("ein Walzer bis drei Tage vor Weihnachten", "drei Tage vor Weihnachten"),
        ("圆舞曲 圣诞节前3天截止", "圣诞节前3天"),
        ("a waltz until 18:00 on friday", "18:00 on friday"),
        ("a waltz until tomorrow evening at 8", "tomorrow evening"),
        ("a waltz until the end of the week", "the end of"),
        ("ein Walzer bis Freitagabend", "Freitagabend"),
        ("圆舞曲 截止周五晚上8点", "周五晚上"),
    ],
)
def test_what_is_meant_as_a_time_and_cannot_be_read_is_named(said, when):
    assert read_challenge(said, load_catalogue()).untimely == when


@pytest.mark.parametrize(
    "said",
    ["a waltz until friday after Chopin", "a waltz until friday on piano", "a waltz until friday before a march"],
)
def test_what_stands_behind_a_time_and_is_none_leaves_it_as_it_is(said):
    read = read_challenge(said, load_catalogue())
    assert (read.values["until"], read.untimely) == ("friday", "")


def test_more_bars_than_we_compose_may_be_asked_of_what_people_bring():
    demands = read_challenge("a waltz, 500 bars", load_catalogue()).demands
    assert (demands["least_bars"], demands["most_bars"]) == (500, 500)


def test_a_demand_that_contradicts_itself_is_none():
    with pytest.raises((ValueError, BadRequest)):
        Demands(least_bars=8, most_bars=4)
    with pytest.raises(ValueError, match="above"):
        Demands(lowest="C5", highest="C3")


@pytest.mark.parametrize(
    ("said", "theme", "values"),
    [
        ("until 24 December a carol", "a carol", {"until": "24 December"}),
        (
            "a carol open for 3 days, vote for two days",
            "a carol",
            {"until": "3 days", "vote_until": "two days"},
        ),
        ("drei Tage lang ein Walzer", "ein Walzer", {"until": "drei Tage"}),
        ("two pieces each: a nocturne", "a nocturne", {"entries": 2}),
        ("a two minute march", "a two minute march", {}),
        ("a piece for three horns", "a piece for three horns", {}),
    ],
)
def test_times_are_told_from_what_is_wanted(said, theme, values):
    read = read_challenge(said, load_catalogue())
    assert (read.theme, read.values) == (theme, values)


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ("every friday 18:00 a waltz", "friday 18:00"),
        ("every Friday from 18:00 until sunday 20:00, a waltz", "friday 18:00"),
        ("every friday, from 2026-12-11 18:00, a waltz", "2026-12-11 18:00"),
        ("jeden Freitag um 18 Uhr ein Walzer", "friday 18 Uhr"),
        ("每周五18点一首圆舞曲", "friday 18点"),
        ("every day at 8:00 a waltz", "8:00"),
    ],
)
def test_a_time_of_day_belongs_to_the_day_on_which_a_series_comes(said, opens):
    read = read_challenge(said, load_catalogue())
    assert read.values["from"] == opens
    assert read.theme in ("a waltz", "ein Walzer", "一首圆舞曲")
