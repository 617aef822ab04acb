"""Scores in good order before anything is learnt from them; every mending leaves the same notes sounding."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from generator.critic.sounding import sounding_notes
from generator.notation import Tune, parse_tune
from generator.training.prepare.mending import MENDINGS, mend
from generator.training.prepare.mending.barlines import share_barlines
from generator.training.prepare.mending.pickups import cut_invisible_rests
from generator.training.prepare.mending.tempos import mend_tempos
from generator.training.prepare.mending.texts import known_marks, tidy_texts

DATA = Path(__file__).parents[3] / "data"
PIANO = "%%score { ( 1 3 ) | 2 }\nL:1/8\nQ:1/4=168\nM:3/4\nK:G\nV:1 treble\nV:3 treble\nV:2 bass\n"
# One piece with all that is mended: a filled pickup, endings in one voice, a hand that stays away, flags, texts.
NEGLECTED = PIANO + "\n".join([
    '[V:1]x4 "^Vivace. M.M. = 56."d2|[V:2]x4 z2|',
    '[V:1]"^S"g a b c\' d\' e\'|[V:2]G,2 [I:staff -1] c2 d2|',
    "[V:1]g/ a/ b c'2 d'2|1[V:2]G,,2 B,,2 D,2|",
    '[V:1]!p!!f! g4 z2:|2[V:2][I:staff +1] G,4 z2:|',
    '[V:1]^f2 "^dolce"=f2 (3e f g|[V:3]d6|[V:2]c d e f g a|',
    "[V:1]g6|][V:2]G,6|]",
]) + "\n"  # fmt: skip


def heard(tune: Tune) -> Iterator[tuple[int, str, int, Fraction, bool, Fraction]]:
    """What sounds, by bar: a pickup may begin earlier in its bar than it did."""
    notes = list(sounding_notes(tune))
    first: dict[int, Fraction] = {}
    for note in notes:
        first[note.bar] = min(first.get(note.bar, note.start), note.start)
    return ((note.bar, note.voice, note.pitch, note.length, note.held, note.start - first[note.bar]) for note in notes)


def bars_of(tune: Tune, number: int) -> list[str]:
    return [voice.music for voice in tune.bars[number].voices]


@pytest.mark.parametrize("name", MENDINGS)
@pytest.mark.parametrize("text", [NEGLECTED, *((DATA / name).read_text() for name in ("quartet.abc", "waltz.abc"))])
def test_no_mending_changes_what_sounds_and_each_is_done_once(name: str, text: str) -> None:
    tune = parse_tune(text)
    mended = MENDINGS[name](tune)
    assert list(heard(mended)) == list(heard(tune))
    assert MENDINGS[name](mended) == mended


def test_a_neglected_piece_is_in_good_order_afterwards_and_the_report_says_what_was_done() -> None:
    mended = mend(parse_tune(NEGLECTED))
    assert mended.touched == tuple(MENDINGS)
    assert mend(mended.tune).touched == ()
    assert mended.tune.header.tempo == "3/4=56"
    assert [bars_of(mended.tune, number) for number in range(6)] == [
        ['"^Vivace."d2|', "z2|"],
        ["gabc'd'e'|", "G,2 [I:staff -1] c2 d2[I:staff +1]|"],
        ["g/a/b c'2 d'2|1", "G,,2 B,,2 D,2|1"],
        ["!p! g4 z2:|2", "G,4 z2:|2"],
        ['^f2 "^dolce"=f2 (3efg|', "d6|", "cdefga|"],
        ["g6|]", "G,6|]"],
    ]


def test_a_pickup_stays_whole_where_a_staff_visibly_rests() -> None:
    tune = parse_tune(PIANO + "[V:1]x4 d2|[V:2]z4 z2|\n[V:1]g6|[V:2]G,6|\n")
    assert cut_invisible_rests(tune) == tune


def test_rests_behind_a_pickup_go_too_and_what_is_longer_stays_invisible_for_the_rest() -> None:
    tune = parse_tune(PIANO + "[V:1]d2 x4|[V:2]x6|\n[V:1]g6|[V:2]G,6|\n")
    assert bars_of(cut_invisible_rests(tune), 0) == ["d2|", "x2|"]


@pytest.mark.parametrize(
    ("barlines", "expected"),
    [(("|1", "|"), "|1"), ((":|2", ":|"), ":|2"), (("|", "||"), "||"), (("|", ":|"), ":|"), (("||", "::"), "::")],
)
def test_all_voices_get_the_barline_that_says_most(barlines: tuple[str, str], expected: str) -> None:
    first, second = barlines
    tune = share_barlines(parse_tune(PIANO + f"[V:1]d6{first}[V:2]G,6{second}\n[V:1]g6|[V:2]G,6|\n"))
    assert bars_of(tune, 0) == [f"d6{expected}", f"G,6{expected}"]


def test_a_number_that_contradicts_its_word_goes_also_within_a_piece() -> None:
    text = PIANO.replace("1/4=168", "1/4=160") + '[V:1]"^Lento"d6|[V:2]G,6|\n[V:1][Q:1/4=40]"^Presto" g6|[V:2]G,6|\n'
    tune = mend_tempos(parse_tune(text))
    assert tune.header.tempo is None
    assert bars_of(tune, 1)[0] == '"^Presto" g6|'


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ('"^S"', []),
        ('"^I.^Allegro. M.M. = 60."', ['"^I."', '"^Allegro."']),
        ('"_dolce^Andante"', ['"_dolce"', '"_Andante"']),
        ('"^[segno]"', []),
        ('"^Un poco animato (. = 92)"', ['"^Un poco animato"']),
    ],
)
def test_texts_that_run_together_are_parted_and_unknown_ones_go(text: str, marks: list[str]) -> None:
    assert known_marks(text) == marks


def test_of_several_dynamics_on_one_note_the_first_stays_and_an_accent_beside_it() -> None:
    tune = parse_tune(PIANO + "[V:1]!f!!f! d2 !p!!sfz!!mf! e4|[V:2]!pp! G,6|\n")
    assert bars_of(tidy_texts(tune), 0) == ["!f! d2 !p!!sfz! e4|", "!pp! G,6|"]
