import pytest

from generator.finishing.marks import drop_unknown_marks
from generator.notation import parse_tune
from generator.notation.marks import load_marks

HEADER = "L:1/8\nM:4/4\nK:C\nV:1 treble\n"


@pytest.mark.parametrize(
    "text", ["^dolce", "_poco a poco cresc.", "^Tempo I.", "m.g.", "^ad lib.", "^Andante con moto", "^Tempo primo."]
)
def test_what_players_know_stays(text):
    assert load_marks().know(text)


@pytest.mark.parametrize(
    "text",
    [
        "^M.odestioso",
        "^2013 Alle mein mastucutte",
        "^",
        "_3",
        "^dolce_cresc.",
        "^Fine",
        "^poco 8brn(f",
        "Am7b5",
        "^Secondo.",
        "_Ped.",  # there is a sign for it
    ],
)
def test_what_nobody_knows_goes(text):
    assert not load_marks().know(text)


@pytest.mark.parametrize("text", ["", "^", "^p", "^poco a p", "^Dolce", "^Nicht ", "^l.", "^Temp", "^dolce."])
def test_a_mark_may_go_on_while_it_can_become_one_that_is_known(text):
    assert load_marks().begin(text)


@pytest.mark.parametrize(
    "text", ["^x", "^poco x", "^dolcex", "^3.", "^GEB", "^dolce|", "^dolce, ", "^Lento. e", "^dolce.."]
)
def test_a_mark_may_not_go_on_where_nobody_knows_it(text):
    assert not load_marks().begin(text)


def test_only_the_text_goes():
    tune = parse_tune(HEADER + '[V:1]"^Leghaft" !p!(c2 "_dolce"d2) e4|\n[V:1]c8|]\n')
    assert str(drop_unknown_marks(tune)) == HEADER + '[V:1]!p!(c2 "_dolce"d2) e4|\n[V:1]c8|]\n'
