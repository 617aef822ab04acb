"""The voices of a choir stand in their order, the upper ones within an octave of each other."""

import pytest

from generator.guard.leave import STRICT_TRIES, Leave
from generator.guard.reach import Reach
from generator.guard.spacing import voices_above
from generator.notation import BarChecker, parse_header

CHOIR = parse_header(
    [
        "%%score [ ( 1 2 ) ( 3 4 ) ]",
        "L:1/4",
        "M:4/4",
        "K:C",
        'V:1 treble nm="Soprano/Alto"',
        "V:2 treble",
        'V:3 bass nm="Tenor/Bass"',
        "V:4 bass",
    ]
)


def leave():
    return Leave(CHOIR, BarChecker(CHOIR), reach=Reach(CHOIR), above=voices_above(CHOIR.voices))


@pytest.mark.parametrize(
    ("line", "char", "allowed"),
    [
        ("[V:1]c4|[V:2]c", "4", True),
        ("[V:1]c4|[V:2]d", "4", False),  # above the soprano
        ("[V:1]c4|[V:2]D", "4", True),
        ("[V:1]e4|[V:2]D", "4", False),  # more than an octave below
        ("[V:1]e4|[V:2]", "D", False),
        ("[V:1]e4|[V:2]", "d", True),
        ("[V:1]ec3|[V:2]E", "D", True),
        ("[V:1]e4|[V:2]E4|[V:3]G", "4", False),  # the tenor above the alto
        ("[V:1]e4|[V:2]E4|[V:3]G,", "4", True),
        ("[V:1]e4|[V:2]E4|[V:3]E4|[V:4]E,", "4", True),
        ("[V:1]e4|[V:2]E4|[V:3]C4|[V:4]E", "4", False),
    ],
)
def test_nobody_crosses_and_only_the_bass_is_far_away(line, char, allowed):
    one = leave()
    one.begin_patch(line, ended=False, tries=0)
    assert one.allows(b"", ord(char)) is allowed


def test_after_many_tries_a_voice_may_stand_where_it_likes():
    one = leave()
    one.begin_patch("[V:1]c4|[V:2]d", ended=False, tries=STRICT_TRIES)
    assert one.allows(b"", ord("4"))


def test_a_tenor_who_reads_an_octave_higher_stands_where_he_sounds():
    lines = [line.replace("V:3 bass", "V:3 treble-8") for line in CHOIR.lines]
    choir = parse_header(lines)
    one = Leave(choir, BarChecker(choir), reach=Reach(choir), above=voices_above(choir.voices))
    one.begin_patch("[V:1]e4|[V:2]E4|[V:3]c", ended=False, tries=0)
    assert one.allows(b"", ord("4"))
    one.begin_patch("[V:1]e4|[V:2]E4|[V:3]f", ended=False, tries=0)
    assert not one.allows(b"", ord("4")), "above the alto"


@pytest.mark.parametrize("ornament", list("TMPR~"))
def test_nobody_in_a_choir_trills(ornament):
    one = leave()
    one.begin_patch("[V:1]e2", ended=False, tries=0)
    assert not one.allows(b"", ord(ornament))
    solo = Leave(CHOIR, BarChecker(CHOIR), reach=Reach(CHOIR))
    solo.begin_patch("[V:1]e2", ended=False, tries=0)
    assert solo.allows(b"", ord(ornament))


def test_words_over_a_choir_may_have_any_letter():
    one = leave()
    one.begin_patch('[V:1]"^', ended=False, tries=0)
    assert one.allows(b"", ord("M"))
