"""Which chord is wanted when: cadences at the ends of phrases, and chords that were asked for."""

from fractions import Fraction
from itertools import pairwise

import pytest

from generator.notation.limits import parse_metre
from generator.planning.chords import Tonality, parse_progression
from generator.planning.form import Section, parse_form
from generator.planning.plan import Area, Cadence, Phrase, Plan
from generator.planning.spans import Wishes

C_MAJOR, A_MINOR = Tonality(tonic=0, is_minor=False), Tonality(tonic=9, is_minor=True)


def wishes(*phrases, tonality=C_MAJOR, chords=None):
    bars = sum(phrase.bars for phrase in phrases)
    plan = Plan(form=parse_form("A"), bars=bars, sections=((Section(letter="A"), 0),), phrases=phrases)
    return Wishes(plan=plan, tonality=tonality, progression=parse_progression(chords) if chords else None)


def roots(wished, bar, metre):
    return [(span.chord.root, span.start, span.end) for span in wished.in_bar(bar, parse_metre(metre))]


@pytest.mark.parametrize("metre", ["4/4", "3/4", "6/8", "2/2", "5/4", "1/4", "9/8", "2/4", "3/8"])
def test_spans_lie_within_their_bar_in_every_metre(metre):
    phrases = [
        Phrase(letter="a", section=0, first=first, bars=2, cadence=cadence, within=within)
        for first, cadence, within in (
            (0, Cadence.HALF, True),
            (2, Cadence.DECEPTIVE, False),
            (4, Cadence.AUTHENTIC, True),
        )
    ]
    whole = parse_metre(metre).length
    for wished in (wishes(*phrases), wishes(*phrases, chords="I IV V7 | ii V | I"), wishes(*phrases, tonality=A_MINOR)):
        for bar in range(6):
            spans = wished.in_bar(bar, parse_metre(metre))
            assert all(0 <= span.start < span.end <= whole for span in spans)
            assert all(one.end <= other.start for one, other in pairwise(spans))


def test_the_last_bar_is_the_tonic_behind_a_dominant_before_its_barline():
    one = wishes(Phrase(letter="a", section=0, first=0, bars=4, within=True))
    half = Fraction(1, 2)
    assert roots(one, 1, "4/4") == []
    assert roots(one, 2, "4/4") == [(7, half, 1)]
    assert roots(one, 3, "4/4") == [(0, 0, 1)]


def test_within_the_piece_a_cadence_may_have_room_in_one_bar():
    phrases = (
        Phrase(letter="a", section=0, first=0, bars=4, within=True),
        Phrase(letter="b", section=0, first=4, bars=4),
    )
    assert roots(wishes(*phrases), 2, "4/4") == []
    assert [root for root, _, _ in roots(wishes(*phrases), 3, "4/4")] == [7, 0]
    assert [root for root, _, _ in roots(wishes(*phrases), 2, "3/4")] == [7], "three beats cannot be halved"


def test_a_half_cadence_stops_on_the_dominant_and_a_deceptive_one_goes_past_the_tonic():
    half = Phrase(letter="a", section=0, first=0, bars=2, cadence=Cadence.HALF)
    past = Phrase(letter="b", section=0, first=2, bars=2, cadence=Cadence.DECEPTIVE)
    end = Phrase(letter="c", section=0, first=4, bars=2)
    assert [root for root, _, _ in roots(wishes(half, past, end), 1, "4/4")] == [7]
    assert [root for root, _, _ in roots(wishes(half, past, end), 3, "4/4")] == [9]
    assert [root for root, _, _ in roots(wishes(half, past, end, tonality=A_MINOR), 3, "4/4")] == [5]


def test_a_phrase_in_the_dominant_cadences_there():
    away = Phrase(letter="a", section=0, first=0, bars=2, area=Area.DOMINANT)
    assert [root for root, _, _ in roots(wishes(away, Phrase(letter="b", section=0, first=2, bars=2)), 1, "4/4")] == [7]


def test_chords_that_are_asked_for_come_one_a_bar_or_share_it_and_begin_again():
    one = wishes(Phrase(letter="a", section=0, first=0, bars=5), chords="C | F G")
    assert [[root for root, _, _ in roots(one, bar, "4/4")] for bar in range(4)] == [[0], [5, 7], [0], [5, 7]]
    assert one.same_chords(0, 2)
    assert not one.same_chords(0, 1)
