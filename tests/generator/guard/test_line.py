from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from generator.guard.line import Line
from generator.guard.reading import Readings
from generator.guard.states import States, states_of
from generator.guard.time_left import Target, target_of
from generator.model.patches import EOS, PAD, encode_text, split_body_line
from generator.notation import BarChecker, parse_tune
from generator.notation.limits import parse_metre

DATA = Path(__file__).parents[2] / "data"
EIGHTH, FOUR_FOUR = Fraction(1, 8), parse_metre("4/4")


def target(length: Fraction = Fraction(1), *, fixed: str = "") -> Target:
    return target_of(longest=length, exact=length, fixed=frozenset(fixed))


def line(text: str, *, ended: bool = False, fixed: str = "") -> Line:
    found = Line(("1", "2", "3"), lambda _text: target(fixed=fixed), Readings(states_of(EIGHTH, FOUR_FOUR)))
    found.begin_patch(text, ended=ended)
    return found


def may_follow(text: str, char: str, *, fixed: str = "") -> bool:
    """Whether `char` ("" for the end of the patch) may follow a voice's music."""
    return line("[r:0/15][V:1]", fixed=fixed).allows(text, ord(char) if char else EOS)


@pytest.mark.parametrize(
    ("music", "char"),
    [
        ("A2B2c2", "d"),  # one note has room
        ("A2B2c2d", "2"),  # and this length
        ("A2B2c3", "/"),  # which may become 3/2
        ("A2B2c2d2", ""),  # full
        ("A2B2c2d2", "|"),
        ("A2B2c2d2", ")"),
        ("A4 ", "("),
        ("A4 (", "3"),
        ("A6 [", "C"),
        ("A6 [CE]", "2"),
        ("A4 (3abc", "d"),
        ("A6 .", "["),
        ("A8", "!"),
        ("A8!>", ")"),  # a hairpin ends behind the last note
        ("A6 [K:ba", "s"),
        ("[I:staff -1]A8", "["),  # the way home
        ("[K:", "G"),
        ('"^poco ri', "t"),
        ('"^Nicht zu', " "),
        ('"^dolce', '"'),
        ("c>", "d"),
        ("A4 c2>", "d"),
        ("A7 c", "/"),
    ],
)
def test_what_can_still_become_a_right_bar_may_follow(music: str, char: str) -> None:
    assert may_follow(music, char)


@pytest.mark.parametrize(
    ("music", "char"),
    [
        ("A2B2c2", ""),  # a quarter note is missing
        ("A2B2c2", "|"),
        ("A2B2c2d", "4"),  # too long, and even numbers stay
        ("A8", "c"),  # no room
        ("A8", " "),
        ("A8", '"'),
        ("A8!", "f"),
        ("A8-", "-"),
        ("A6 (3ab", ""),  # the triplet waits for its last note
        ("A6 c", "5"),  # no note lasts five eighths
        ("A2 &", "&"),
        ("A6 %", "%"),
        ("A6 [", "V"),
        ("[", "M"),  # the metre was chosen
        ("[K:bass][", "K:bass"[0]),
        ("!f!!", "f!"[1]),
        ("A2 Z", "2"),
        ("", ""),
        ("A8", "["),  # another clef can begin the next bar
        ("A6 ^", "["),  # a sharp chord
        ('"^Nicht ', "x"),  # no mark goes on like this
        ('"^geSC', "H"),
        ('"^Nich', '"'),
        ("c>d", ">"),  # d would belong to two pairs
        ("A6 d3/2", ">"),  # its other note has no room
    ],
)
def test_what_no_continuation_can_make_right_is_held_back(music: str, char: str) -> None:
    assert not may_follow(music, char)


@pytest.mark.parametrize("music", ["c", "[ce]", "c2 d", "(3c"])
def test_a_note_of_no_length_is_held_back_and_judged_at_once(music: str) -> None:
    assert not may_follow(music, "0")


def test_a_decoration_that_the_note_has_is_not_written_again() -> None:
    assert may_follow("!f", "f")
    assert not may_follow("!f!!f", "!")


def test_no_sign_ends_on_the_note_where_it_begins() -> None:
    assert may_follow("!ped!c!ped", "-")
    assert not may_follow("!ped!!ped", "-")
    assert not may_follow("!<(!!<", ")")


def test_key_and_tempo_change_only_where_they_were_not_asked_for() -> None:
    assert may_follow("[K:", "G")
    assert not may_follow("[K:", "G", fixed="K")
    assert may_follow("[K:t", "r", fixed="K")  # a clef is no key
    assert may_follow("[", "Q")
    assert not may_follow("[", "Q", fixed="Q")


def test_the_next_voice_is_one_that_is_not_there_yet() -> None:
    behind = line("[r:0/15][V:1]A8|[V:2]C8", ended=True)
    assert behind.allows("", ord("|"))
    assert behind.allows("|", ord("["))
    assert behind.allows("|[V:", ord("3"))
    assert not behind.allows("|[V:", ord("2"))
    assert not behind.allows("|[V:", ord("7"))
    assert not behind.allows("|", ord("\n"))  # the line ends with its last voice's patch, not with one of its own


def test_voices_follow_each_other_by_their_numbers() -> None:
    assert not line("[r:0/15][V:2]A8", ended=True).allows("|[V:", ord("1"))
    assert line("[r:0/15][V:2]A8", ended=True).allows("|[V:", ord("3"))
    # one that had to be there was put behind the third
    assert line("[r:0/15][V:3]A8|[V:1]A8", ended=True).allows("|[V:", ord("2"))


def test_voices_share_their_barline() -> None:
    behind = line("[r:0/15][V:1]A8:|[V:2]C8")
    assert behind.allows("", ord(":"))
    assert not behind.allows("", ord("|"))


def test_a_voice_that_filled_its_patch_exactly_may_be_followed_by_another() -> None:
    full = line("[r:0/15][V:1]A2A2A2A2")
    assert full.allows("", ord("|"))
    assert full.allows("|", ord("["))
    assert full.allows("|", ord("\n"))
    assert not full.allows("|\n", ord("A"))


def held_back(abc: str) -> list[str]:
    """The places of a real piece where the guard would have held back what stands there."""
    tune = parse_tune(abc)
    checker = BarChecker(tune.header)
    voices = [voice.id for voice in tune.header.voices]
    found = []
    for bar in tune.bars:
        wanted = target_of(longest=checker.bar_length, exact=checker.timing(bar.voices[0]).length)
        states = states_of(tune.header.unit, tune.header.metre)
        found += held_back_in_line("".join(map(str, bar.voices)) + "\n", voices, wanted, states)
        checker.accept(bar)
    return found


def held_back_in_line(text: str, voices: Sequence[str], wanted: Target, states: States) -> list[str]:
    found, so_far, ended = [], "[r:0/1]", False
    line = Line(tuple(voices), lambda _text: wanted, Readings(states))
    for patch in (patch for piece in split_body_line(text) for patch in encode_text(piece)):
        line.begin_patch(so_far, ended=ended)
        written = ""
        for char in patch:
            if char != PAD and not line.allows(written, char):
                found.append(f"{so_far}{written} → {chr(char)!r}")
            written += chr(char) if char not in (PAD, EOS) else ""
        so_far, ended = so_far + written, EOS in patch
    return found


@pytest.mark.parametrize("name", ["quartet.abc", "waltz.abc"])
def test_real_music_passes(name: str) -> None:
    assert held_back((DATA / name).read_text(encoding="utf-8")) == []


def test_a_spoilt_bar_does_not_pass() -> None:
    abc = (DATA / "waltz.abc").read_text(encoding="utf-8")
    tune = parse_tune(abc)
    longer = abc.replace(str(tune.bars[1].voices[-1]), str(tune.bars[1].voices[-1]).replace("|", " z8|"))
    assert longer != abc
    assert held_back(longer)
