"""Words about a piece that is there: which bars, whose hand, what of it; and what is none."""

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.onward.hands import Hand
from generator.onward.said import read_edit, sounds_like_edit
from generator.onward.step import Does, Step


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


def steps(words, catalogue):
    return read_edit(words, catalogue).steps


@pytest.mark.parametrize(
    ("words", "does", "first", "last"),
    [
        ("bars 5-8 calmer", Does.REWRITE, 5, 8),
        ("Bars 5 to 8: simpler, please", Does.SIMPLIFY, 5, 8),
        ("rewrite measure 3", Does.REWRITE, 3, 3),
        ("Takte 5 bis 8 einfacher", Does.SIMPLIFY, 5, 8),
        ("Takt 7 anders", Does.REWRITE, 7, 7),
        ("第 5 到 8 小节重写", Does.REWRITE, 5, 8),
        ("把第5到8小节变得更平静", Does.REWRITE, 5, 8),
        ("第5-8小節更豐富", Does.ENRICH, 5, 8),
        ("第三小节换一个", Does.REWRITE, 3, 3),
        ("bars 5–8", Does.REWRITE, 5, 8),
        ("nimm die letzten vier Takte anders", Does.REWRITE, -4, -1),
        ("最后四小节换一下", Does.REWRITE, -4, -1),
        ("the last two bars slower", Does.TEMPO, -2, -1),
        ("the first bar with ornaments", Does.ORNAMENT, 1, 1),
        ("make the ending better", Does.REWRITE, -2, -1),
    ],
)
def test_bars_and_what_is_done_to_them_are_read(words, does, first, last, catalogue):
    (step,) = steps(words, catalogue)
    assert (step.does, step.first, step.last) == (does, first, last)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("left hand simpler", Step(does=Does.SIMPLIFY, hand=Hand.LEFT)),
        ("左手简单一点", Step(does=Does.SIMPLIFY, hand=Hand.LEFT)),
        ("the melody higher in bars 1-4", Step(does=Does.SHIFT, first=1, last=4, hand=Hand.MELODY, aim="7")),
        ("die Melodie eine Terz höher", Step(does=Does.SHIFT, hand=Hand.MELODY, aim="2")),
        ("the bass an octave lower in bars 2-3", Step(does=Does.SHIFT, first=2, last=3, hand=Hand.BASS, aim="-7")),
        ("end in major", Step(does=Does.ENDING, aim="maj")),
        ("in Moll enden", Step(does=Does.ENDING, aim="min")),
        ("结尾用大调", Step(does=Does.ENDING, aim="maj")),
        ("transpose it to D", Step(does=Does.TRANSPOSE, aim="to:D")),
        ("transponiere es nach D-Dur", Step(does=Does.TRANSPOSE, aim="to:D-Dur")),
        ("移到D大调", Step(does=Does.TRANSPOSE, aim="to:D大调")),
        ("an octave lower", Step(does=Does.TRANSPOSE, aim="by:octave down")),
        ("faster", Step(does=Does.TEMPO, factor=1.25)),
        ("a bit faster", Step(does=Does.TEMPO, factor=1.118)),
        ("too fast", Step(does=Does.TEMPO, factor=0.894)),
        ("twice as fast", Step(does=Does.TEMPO, factor=2.0)),
        ("tempo 96", Step(does=Does.TEMPO, tempo=96)),
        ("das gleiche aber in Moll", Step(does=Does.MODE, aim="min")),
        ("twice as slow", Step(does=Does.TEMPO, factor=0.5)),
        ("half speed", Step(does=Does.TEMPO, factor=0.5)),
        ("doppeltes Tempo", Step(does=Does.TEMPO, factor=2.0)),
        ("louder", Step(does=Does.LOUDNESS, aim="+1")),
        ("die linke Hand leiser", Step(does=Does.LOUDNESS, aim="-1", hand=Hand.LEFT)),
        ("第5到8小节更响", Step(does=Does.LOUDNESS, aim="+1", first=5, last=8)),
        ("much softer", Step(does=Does.LOUDNESS, aim="-2")),
        ("zu laut", Step(does=Does.LOUDNESS, aim="-1")),
        ("pianissimo in bars 1-2", Step(does=Does.LOUDNESS, aim="=pp", first=1, last=2)),
        ("a crescendo in bars 3-6", Step(does=Does.LOUDNESS, aim="crescendo", first=3, last=6)),
        ("without ornaments", Step(does=Does.BARE)),
        ("keine Triller", Step(does=Does.BARE)),
        ("去掉装饰音", Step(does=Does.BARE)),
        ("fewer ornaments", Step(does=Does.BARE)),
        ("less busy", Step(does=Does.SIMPLIFY)),
        ("mehr Noten", Step(does=Does.ENRICH)),
        ("repeat bars 5-8", Step(does=Does.REPEAT, first=5, last=8)),
        ("füge eine Wiederholung hinzu", Step(does=Does.REPEAT)),
        ("重复第5到8小节", Step(does=Does.REPEAT, first=5, last=8)),
        ("ohne Wiederholungen", Step(does=Does.ONCE)),
        ("make bar 4 the same as bar 2", Step(does=Does.COPY, first=4, last=4, aim="2-2")),
        ("kopiere Takt 1 bis 4 nach Takt 5 bis 8", Step(does=Does.COPY, first=5, last=8, aim="1-4")),
        ("第4小节和第2小节一样", Step(does=Does.COPY, first=4, last=4, aim="2-2")),
        ("ritardando", Step(does=Does.TEMPO, factor=0.8, first=-2, last=-1)),
        ("change the key to G major", Step(does=Does.TRANSPOSE, aim="to:G major")),
    ],
)
def test_hands_endings_keys_and_tempos_are_read(words, expected, catalogue):
    assert steps(words, catalogue) == (expected,)


@pytest.mark.parametrize("words", ["less sad", "weniger traurig", "不那么悲伤", "too sad", "happier"])
def test_less_sad_is_brighter_by_mode_and_tempo_and_nothing_else(words, catalogue):
    mode, tempo = steps(words, catalogue)
    assert (mode.does, mode.aim) == (Does.MODE, "maj")
    assert (tempo.does, tempo.factor > 1) == (Does.TEMPO, True)


def test_several_wishes_in_one_sentence_are_several_steps(catalogue):
    first, second, third = steps("bars 5–8 calmer, end in major, left hand simpler", catalogue)
    assert (first.aim, first.first, first.last) == ("calmer", 5, 8)
    assert (second.does, third.hand, third.first) == (Does.ENDING, Hand.LEFT, None)


def test_what_an_and_joins_speaks_of_the_same_bars(catalogue):
    assert [(step.first, step.last) for step in steps("bars 5-8 calmer and richer", catalogue)] == [(5, 8), (5, 8)]
    one, whole = steps("bars 5-8 richer, slower", catalogue)
    assert (one.first, whole.first) == (5, None)


def test_what_is_not_understood_is_named(catalogue):
    said = read_edit("bars 5-8 calmer and with more banjo", catalogue)
    assert (len(said.steps), said.missed) == (1, ("banjo",))
    said = read_edit("bars 3-4 without change", catalogue)
    assert (said.steps, said.missed) == ((), ("change",))
    said = read_edit("bars 3-4 purple", catalogue)
    assert (said.steps, said.missed) == ((), ("purple",))


@pytest.mark.parametrize(
    "words",
    [
        "8 bars",
        "bars 8",
        "a waltz of 16 bars, calmer",
        "bach 8 bars new",
        "a sadder waltz",
        "the same but for violin and piano",
        "something calmer by Bach",
        "bars 5-8 of Chopin",
        "that was lovely",
        "a soft waltz",
        "a loud march for brass",
        "very sad",
        "again",
        "longer",
        "",
        "x" * 500,
    ],
)
def test_lengths_pieces_of_their_own_and_talk_are_none(words, catalogue):
    assert read_edit(words, catalogue) is None


@pytest.mark.parametrize(("words", "is_sure"), [("in E flat", False), ("so slow", False), ("slower", True)])
def test_what_can_be_a_wish_for_another_piece_is_not_sure(words, is_sure, catalogue):
    assert read_edit(words, catalogue).is_sure is is_sure


@pytest.mark.parametrize(
    "words", ["more rests", "swap the hands", "lösche Takt 3", "tausche die Hände", "交换左右手", "删除第3小节"]
)
def test_changes_that_nobody_here_knows_are_told_from_those_that_are_made_and_from_talk(words, catalogue):
    assert read_edit(words, catalogue) is None
    assert sounds_like_edit(words)
    assert not sounds_like_edit("that was lovely")
