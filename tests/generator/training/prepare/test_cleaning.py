import pytest

from generator.notation import Tune
from generator.training.prepare.cleaning import clean_mark, clean_score, clean_voice, is_aligned, plain_text
from generator.training.prepare.errors import Unusable

HEADER = (
    "X:1\nT:A Title\nC:Somebody\n%%score { 1 | 2 }\nL:1/8\nM:4/4\nI:linebreak $\nK:C\n"
    'V:1 treble nm="Klavier"\nV:2 bass\n'
)


def clean(first: str, second: str, **options: str) -> Tune:
    return clean_score(f"{HEADER}V:1\n{first}\nV:2\n{second}\n", **options)


def bars(tune: Tune) -> list[str]:
    return [str(bar) for bar in tune.bars]


def test_lyrics_bar_numbers_and_foreign_fields_are_left_out() -> None:
    tune = clean("C4 D4 | E4 F4 | %2\nw: la la la\n [I:repeat 1]G8 | c8 |]", "C,8 | C,8 | C,8 | C,8 |] %4")
    assert bars(tune)[2:] == ["[V:1]G8|[V:2]C,8|", "[V:1]c8|][V:2]C,8|]"]
    assert [line[:2] for line in tune.header.lines] == ["%%", "L:", "M:", "K:", "V:", "V:"]


def test_a_hand_on_the_other_staff_stays_where_it_is_written() -> None:
    tune = clean("[I:staff +1]C8 | C8 | C8 | C8 |", "C,8 | C,8 | C,8 | C,8 |")
    assert bars(tune)[0] == "[V:1][I:staff +1]C8|[V:2]C,8|"


def test_resting_voices_are_left_out_of_the_bar() -> None:
    tune = clean("C8 | z8 | C8 | C8 |", "z8 | z8 | C,8 | C,8 |")
    assert bars(tune)[:3] == ["[V:1]C8|", "", "[V:1]C8|[V:2]C,8|"]


def test_two_barlines_in_a_row_become_one() -> None:
    tune = clean("|: C8 :| |: C8 | C8 | C8 :|", "|: C,8 :| |: C,8 | C,8 | C,8 :|")
    assert bars(tune)[0] == "[V:1]|:C8::[V:2]|:C,8::"


@pytest.mark.parametrize(
    ("mark", "kept"),
    [
        ('"^Allegro"', '"^Allegro"'),
        ('"_dolce  e  legato"', '"_dolce e legato"'),
        ('"^più mosso…"', '"^piu mosso."'),
        ('"plain"', '"^plain"'),
        ('"^S"', ""),
        ('"^12"', ""),
        ('"^⚠"', ""),
        ('"^a remark of the editor that nobody will ever play"', ""),
        ('"^1|2 x"', ""),
        ('"^Sonata in A major"', ""),
    ],
)
def test_text_marks_stay_if_a_player_needs_them(mark: str, kept: str) -> None:
    assert clean_mark(mark, title="Sonata in A major, K.331") == kept


def test_names_are_said_once_in_plain_letters() -> None:
    assert clean_voice('V:1 treble nm="CANTO.CANTO." snm="V:V"') == 'V:1 treble nm="Voice" snm="V:V"'
    assert clean_voice('V:3 bass nm="Tenor/Bass" snm=" "') == 'V:3 bass nm="Tenor/Bass"'


def test_accents_go_and_letters_without_plain_form_are_spelled() -> None:
    assert plain_text("Dvořák – Fröhliche Straße, łódź ♪") == "Dvorak - Frohliche Strasse, lodz "


def test_voices_of_unequal_length_are_seen() -> None:
    assert is_aligned(clean("C8 | C8 | C8 | C8 |", "C,8 | C,8 | C,8 | C,8 |"))
    assert not is_aligned(clean("C8 | C6 | C8 | C8 |", "C,8 | C,8 | C,8 | C,8 |"))


def test_a_metre_that_bars_do_not_keep_is_no_misalignment() -> None:
    assert is_aligned(clean("C8 | C6 | C8 | C8 |", "C,8 | C,6 | C,8 | C,8 |"))


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("C8 | C8 | C8 |", "C,8 | C,8 | C,8 |", "fewer than 4 bars"),
        ("C8 | C8 | C8 | C8 |", "C,8 | C,8 | C,8 |", "different numbers of bars"),
    ],
)
def test_what_cannot_be_put_in_bars_is_refused(first: str, second: str, reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        clean(first, second)


def test_text_without_voices_is_refused() -> None:
    with pytest.raises(Unusable, match="no voices"):
        clean_score("X:1\nK:C\n")
