"""The leave of one piece: what it holds back, what it expects, and when too much of a voice is its own will."""

from dataclasses import replace
from fractions import Fraction

import pytest

from generator.guard.harmony import Harmony
from generator.guard.leave import STRAIN_BITS, Leave
from generator.guard.recall import Trust
from generator.model.patches import EOS
from generator.notation import BarChecker, parse_bar, parse_header
from generator.planning.chords import Tonality
from generator.planning.spans import Span

C_MAJOR = Tonality(tonic=0, is_minor=False)
TRUST = Trust(voice=(0.5, 0.0), steps=(0.0, 0.4), score=(-1.0, 0.5), tie=2.0, network=0.9, longest=0.0, beside_tie=0.0)
PIANO = parse_header(["%%score { 1 | 2 }", "L:1/8", "M:3/4", "K:C", 'V:1 treble nm="Piano"', "V:2 bass"])


def leave(*bars, is_last=False, **options):
    """That of a piano piece in which these bars stand."""
    checker, bars = BarChecker(PIANO), [parse_bar(bar) for bar in bars]
    for bar in bars:
        checker.accept(bar)
    one = Leave(PIANO, checker, **options)
    one.begin_bar(bars, checker, is_last=is_last)
    return one


def test_only_the_last_bar_may_be_short_and_only_as_the_pickup_wants():
    written = b"[r:2/0][V:1]c4|"
    for is_last in (False, True):
        one = leave("[r:0/2][V:1]c2|[V:2]C2|", "[r:1/1][V:1]c6|[V:2]C6|", is_last=is_last)
        assert one.allows(written, ord("\n")) is is_last
        assert not one.allows(b"[r:2/0][V:1]c3|", ord("\n"))
    assert not leave("[r:0/1][V:1]c6|[V:2]C6|", is_last=True).allows(b"[r:1/0][V:1]c4|", ord("\n"))


def test_most_notes_that_clash_are_shunned_and_cost_no_strain():
    assert leave().allows(b"[r:0/3][V:1]c2 d2 e2|[V:2]", ord("B"))
    one = leave(clash_share=0.3)
    line, chances = "[r:0/3][V:1]c2 d2 e2", []
    for tries in range(400):
        one.begin_patch(line, ended=False, tries=tries)
        chances.append(one.allows(b"|[V:2]E", ord("B")))  # between beats
        assert one.allows(b"|[V:2]E", ord("C"))
    assert sum(chances) / 400 == pytest.approx(0.18, abs=0.06)
    one.begin_patch(line, ended=False, tries=chances.index(False))
    assert not one.allows(b"|[V:2]E", ord("B")), "the same place is always judged alike"
    one.held_back({ord("B"): 0.999})
    assert one.strain.bits == 0
    assert not one.allows(b"|[V:2]", ord("%"))
    one.held_back({ord("B"): 0.25, ord("%"): 0.5})
    assert one.strain.bits == 1
    assert one.held_back_chars == 2


def test_a_piece_that_is_heard_in_another_key_is_led_home():
    away, home = "[V:1]A2 E2 A2|[V:2]A,4 E,2|", "[V:1]C2 E2 G2|[V:2]C4 G,2|"
    harmony = Harmony(tonality=C_MAJOR, spans=(), beat=Fraction(1, 4), basses=frozenset("2"))

    def times_allowed(*bars, letter, at_home=True):
        one, allowed = leave(*bars), 0
        one.begin_bar(one.bars_before, one.checker, is_last=False, harmony=replace(harmony, at_home=at_home))
        for number in range(100):
            one.begin_patch(f"[r:{number}/9][V:1]", ended=False, tries=0)
            allowed += one.allows(b"", ord(letter))
        return allowed

    assert times_allowed(away, away, letter="A") < 60
    assert times_allowed(away, away, letter="c") == 100
    assert times_allowed(home, home, letter="A") == 100
    assert times_allowed(away, away, letter="A", at_home=False) == 100, "there it is meant"


def test_a_voice_is_strained_when_too_little_was_left_and_a_new_try_begins_without_strain():
    one = leave()
    assert not one.allows(b"[r:0/3][V:1]", ord("%"))
    one.held_back({ord("%"): 1 - 0.9 * 2**-STRAIN_BITS})
    assert one.is_strained
    one.begin_patch("", ended=False, tries=1)
    assert not one.is_strained, "a further try bears more"
    one.begin_voice()
    one.begin_patch("", ended=False, tries=0)
    assert not one.is_strained


@pytest.mark.parametrize(
    ("written", "char"), [(b'[r:0/3][V:1]"^dolc', "q"), (b"[r:0/3][V:1]!tr", "q"), (b"[r:0/3][V:1]c6|", "]")]
)
def test_words_signs_and_kinds_of_barlines_cost_no_strain(written, char):
    one = leave(plain_barlines=True)
    assert not one.allows(written, ord(char))
    one.held_back({ord(char): 0.99})
    assert one.strain.bits == 0


def test_what_its_own_earlier_bars_would_say_again_is_expected():
    assert leave(trust=TRUST).hint(b"[r:0/3][V:1]c2") is None
    bar = "[r:0/3][V:1]c/d/c/d/ e/d/e/d/ c/f/e/d/|[V:2]C6|"
    one = leave(bar, trust=TRUST)
    assert one.hint(b"[r:1/2][V:1]c/d/c/d/ e/d/e/").char == ord("d")
    assert one.hint(b"[r:1/2][V:1]c/d/c/d/ e/d/e/d/ c/f/e/d/").char == EOS
    assert leave(bar).hint(b"[r:1/2][V:1]c/d/c/d/ e/d/e/") is None, "without a trust nothing is believed"


def test_what_would_clash_now_is_no_reason_to_say_it_again():
    one = leave("[r:0/3][V:1]e2 d2 e2|[V:2]C/D/C/D/ C/D/C/ B,2 C/|", trust=TRUST, clash_share=0.5)
    assert one.hint(b"[r:1/2][V:1]e2 d2 e2|[V:2]C/D/C/D/ C/D/C/ ").char == ord("B")
    assert one.hint(b"[r:1/2][V:1]e2 c2 e2|[V:2]C/D/C/D/ C/D/C/ ") is None


def test_where_a_note_is_held_back_another_note_has_to_come_until_none_suits():
    """Of the bass only one letter says which chord it is; six that do not say it must not open the way to anything."""
    tonality = Tonality(tonic=0, is_minor=False)
    spans = [Span(start=Fraction(0), end=Fraction(3, 4), chord=tonality.chord("V7"))]
    harmony = Harmony(tonality=tonality, spans=spans, beat=Fraction(1, 4), basses=frozenset("2"))
    checker = BarChecker(PIANO)
    one = Leave(PIANO, checker)
    one.begin_bar([], checker, is_last=False, harmony=harmony)
    one.begin_patch("[r:0/3][V:1]d6", ended=True, tries=0)
    assert [letter for letter in "ABCDEFab^[(z" if one.allows(b"|[V:2]", ord(letter))] == []
    assert one.allows(b"|[V:2]", ord("G"))


def test_where_the_key_has_no_signs_nobody_writes_a_double_sharp_or_flat():
    harmony = Harmony(tonality=Tonality(tonic=9, is_minor=True), spans=[], beat=Fraction(1, 4), basses=frozenset())
    checker = BarChecker(PIANO)
    one = Leave(PIANO, checker)
    one.begin_bar([], checker, is_last=False, harmony=harmony)
    one.begin_patch("", ended=False, tries=0)
    for sign in "^_":
        assert one.allows(b"[r:0/3][V:1]", ord(sign))
        assert not one.allows(f"[r:0/3][V:1]{sign}".encode(), ord(sign))
    assert one.allows(b"[r:0/3][V:1]^", ord("G"))


def test_an_accidental_comes_only_where_a_note_can_follow_it():
    one = leave()
    assert one.allows(b"[r:0/3][V:1]c2 ", ord("^"))
    one.reach = Nothing()
    assert not one.allows(b"[r:0/3][V:1]c2 ", ord("^"))


class Nothing:
    """Players who reach no note."""

    def allows(self, _line, letter, _signature, _windows):
        return letter not in set("ABCDEFGabcdefg")
