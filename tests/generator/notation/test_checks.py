"""What a bar must obey, and the repair of bars that do not."""

from fractions import Fraction
from random import Random

import pytest

from generator.errors import NotationError
from generator.notation import (
    BarChecker,
    DefectKind,
    check_bars,
    lex_music,
    parse_bar,
    parse_header,
    parse_tune,
    repair_bar,
    time_music,
)
from tests.generator.notation.test_tune import QUARTET


def header(metre="4/4"):
    return parse_header(["L:1/8", f"M:{metre}", "K:C", "V:1 treble", "V:2 bass"])


def found(*lines, metre="4/4"):
    """Kinds of defects with the number of their bar."""
    text = "".join(f"{line}\n" for line in lines)
    return {(defect.bar, defect.kind) for defect in check_bars(parse_tune(f"{header(metre)}{text}"))}


def length(music, unit=Fraction(1, 8)):
    return time_music(lex_music(music), unit=unit, metre=None).length


@pytest.mark.parametrize(
    ("music", "eighths"),
    [
        ("c4", 4),
        ("c/", Fraction(1, 2)),
        ("c//", Fraction(1, 4)),
        ("c3/2", Fraction(3, 2)),
        ("[C2E2G2]2", 4),
        ("{ab}c", 1),
        ("c>d", 2),
        ("c<<d", 2),
        ("(3cde f", 3),
        ("(3:2:2c2d f", 3),
        ("(5:4:5c/d/e/f/g/", 2),
        ("(3:2:4c(3:2:3d/e/f/", Fraction(4, 3)),
        ("z2 x2 y", 4),
        ("c2[L:1/16]c2", 3),
        ('"^c4 d4"c!p!', 1),
        ("c4&e2f2", 4),
    ],
)
def test_music_lasts_as_long_as_it_sounds(music, eighths):
    assert length(music) == Fraction(eighths, 8)


@pytest.mark.parametrize("music", ["c0", "c/0", "c99999999999999", "(3cd", "c>", ">c", "(0c", "[L:0]c", "[M:4/5]c"])
def test_music_without_a_length_is_refused(music):
    with pytest.raises(NotationError):
        length(music)


def test_a_right_tune_has_no_defects():
    assert check_bars(parse_tune(QUARTET)) == []


def test_voices_must_be_as_long_as_the_metre_says():
    full = "[V:1]c8|[V:2]C8|"
    assert found(full, "[V:1]c8|[V:2]C7|", full) == {(1, DefectKind.UNEQUAL_LENGTH)}
    assert found(full, "[V:1]c9|[V:2]C9|", full) == {(1, DefectKind.TOO_LONG)}
    assert found(full, "[V:1]c7|[V:2]C7|", full) == {(1, DefectKind.TOO_SHORT)}
    assert found(full, "[V:1]c9|", full, metre="none") == set()


def test_pickup_and_last_bar_may_be_short():
    assert found("[V:1]c2|", "[V:1]c8|", "[V:1]c6|") == set()


def test_a_barline_may_split_a_bar_in_parts_that_make_a_whole():
    full = "[V:1]c8|"
    assert found(full, "[V:1]c6:|", "[V:1]d2|", full) == set()
    assert found(full, "[V:1]c6||", "[V:1]d4|", full) == {(2, DefectKind.TOO_SHORT)}
    assert found("[V:1]c2|", full, "[V:1]c6:|", "[V:1]d4|", full) == set(), "the pickup was made up for before"


def test_a_change_of_metre_holds_for_all_voices_from_its_bar_on():
    assert found("[V:1]c8|", "[V:1][M:3/4]c6|[V:2]C6|", "[V:2]C6|", "[V:2]C8|", "[V:1]c6|") == {
        (3, DefectKind.TOO_LONG)
    }


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("[V:3]c8|", DefectKind.UNKNOWN_VOICE),
        ("[V:1]c8|[V:1]c8|", DefectKind.VOICE_TWICE),
        ("[V:1]c8", DefectKind.NO_BARLINE),
        ("[V:1]c8|[V:2]C8||", DefectKind.BARLINES_DISAGREE),
        ("[V:1]c4|c4|", DefectKind.UNREADABLE),
        ("[V:1]c8[CE|", DefectKind.UNREADABLE),
        ('[V:1]"c8|', DefectKind.UNREADABLE),
        ("[V:1]c0c8|", DefectKind.UNREADABLE),
        ("[V:1][K:H]c8|", DefectKind.UNREADABLE),
        ("oops[V:1]c8|", DefectKind.UNREADABLE),
    ],
)
def test_every_kind_of_mistake_is_named(line, kind):
    assert kind in {defect.kind for defect in BarChecker(header()).check(parse_bar(line))}


def test_checking_changes_nothing_and_accepting_does():
    checker = BarChecker(header())
    short = parse_bar("[V:1]c2|")
    assert checker.check(short) == checker.check(short) == []
    checker.accept(short)
    assert [defect.kind for defect in checker.check(short)] == [DefectKind.TOO_SHORT]
    assert checker.check(short, last=True) == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("[V:1]c4|[V:2]C8|", "[V:1]c4 z4|[V:2]C8|"),
        ("[V:1]c4 d4 e4|[V:2]C8|", "[V:1]c4 d4|[V:2]C8|"),
        ("[V:1]c6(3def|[V:2]C8|", "[V:1]c6(3def|[V:2]C8|"),
        ("[V:1]c7(3def|[V:2]C8|", "[V:1]c7 z|[V:2]C8|"),
        ("[V:1]c4-c6|[V:2]C8|", "[V:1]c4 z4|[V:2]C8|"),
        ("[V:1]c8|[V:7]C8|", "[V:1]c8|"),
        ("[V:1]c4%d4:|[V:2]C8:|", "[V:1]c4d4:|[V:2]C8:|"),
        ("[r:1/2]", "[r:1/2][V:1]z8|"),
    ],
)
def test_repair_completes_and_cuts_and_keeps_the_rest(wrong, right):
    checker = BarChecker(header())
    checker.accept(parse_bar("[V:1]c8|"))
    assert str(repair_bar(parse_bar(wrong), checker)) == right


def test_whatever_goes_into_repair_comes_out_right():
    rng = Random(2)
    words = (
        "[V:1] [V:2] [V:9] | || :| |: |1 |] c ^c'2 [CEG]2 [ z4 x (3 (3:2:1 (5:4:5 > << - ( ) {ag} { !p! ! \" & [M:3/4] "
        "[M:4/5] [M:none] [K:G] [K:H] [L:1/16] [L:0] / // 0 3/2 c0 Z Z9 % é y [1 . ~ d8 e4 a16 : \\ C99999999999"
    )
    parts = words.split(" ")
    for metre in ("4/4", "6/8", "5/4", "none"):
        checker = BarChecker(header(metre))
        for _ in range(300):
            bar = parse_bar("".join(rng.choice(parts) for _ in range(rng.randrange(30))))
            last = rng.random() < 0.2
            repaired = repair_bar(bar, checker, last=last)
            assert checker.check(repaired, last=last) == [], (str(bar), str(repaired))
            assert parse_bar(str(repaired)) == repaired
            checker.accept(repaired)
