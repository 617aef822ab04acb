"""Intervals as people name them."""

import pytest

from generator.errors import BadRequest
from generator.notation.transpose import simplest_fifths
from generator.transposing.interval import name_interval, parse_interval


@pytest.mark.parametrize(
    ("words", "fifths", "semitones"),
    [
        ("m3", -3, 3),
        ("M3", 4, 4),
        ("-M2", -2, -2),
        ("P5", 1, 7),
        ("p4", -1, 5),
        ("d5", -6, 6),
        ("A4", 6, 6),
        ("tritone", 6, 6),
        ("octave", 0, 12),
        ("two octaves down", 0, -24),
        ("minor third down", 3, -3),
        ("Perfect Fifth", 1, 7),
        ("a whole tone lower", -2, -2),
        ("down a fifth", -1, -7),
        ("−m2", 5, -1),
        ("M9", 2, 14),
        ("3 semitones down", None, -3),
        ("+3", None, 3),
        ("-11", None, -11),
        ("kleine Terz höher", -3, 3),
        ("eine große Sekunde nach unten", -2, -2),
        ("um eine Quinte tiefer", -1, -7),
        ("Übermäßige Quarte", 6, 6),
        ("zwei Oktaven tiefer", 0, -24),
        ("Halbton abwärts", 5, -1),
        ("3 Halbtöne tiefer", None, -3),
        ("小三度", -3, 3),
        ("向下纯五度", -1, -7),
        ("升大二度", 2, 2),
        ("低八度", 0, -12),
        ("降兩個八度", 0, -24),
        ("3个半音", None, 3),
        ("增四度", 6, 6),
    ],
)
def test_intervals_are_read_as_people_write_them(words, fifths, semitones):
    interval = parse_interval(words)
    assert (interval.fifths, interval.semitones) == (fifths, semitones)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("", "interval"),
        ("x", "interval"),
        ("P3", "interval"),
        ("m0", "interval"),
        ("minor fifth", "interval"),
        ("kleine Quinte", "interval"),
        ("Terz", "which_interval"),
        ("三度", "which_interval"),
        ("third", "which_interval"),
        ("0", "no_move"),
        ("unison", "no_move"),
        ("37", "semitones"),
        ("99999999", "interval"),
    ],
)
def test_what_is_no_interval_is_refused_with_its_reason(words, reason):
    with pytest.raises(BadRequest) as refused:
        parse_interval(words)
    assert refused.value.reason == reason


def test_the_name_of_an_interval_means_it_again():
    for semitones in range(1, 37):
        name = name_interval(simplest_fifths(0, semitones), semitones)
        assert parse_interval(name).semitones == semitones
        assert name_interval(-simplest_fifths(0, semitones), -semitones) == name
