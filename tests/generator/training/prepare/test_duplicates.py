from random import Random

import pytest

from generator.notation import parse_tune, transpose
from generator.training.prepare.duplicates import SAME, find_alike, sketch
from tests.generator.training.conftest import make_row


@pytest.mark.parametrize("semitones", [-5, 1, 7])
def test_the_same_piece_in_another_key_has_the_same_sketch(semitones: int) -> None:
    tune = parse_tune(make_row(1, bars=20)["abc"])
    assert len(sketch(tune)) > 10
    assert sketch(transpose(tune, semitones=semitones)) == sketch(tune)


def test_copies_and_excerpts_are_found_and_strangers_are_not() -> None:
    tunes = [parse_tune(make_row(number, bars=24)["abc"]) for number in range(4)]
    excerpt = type(tunes[0])(tunes[0].header, tunes[0].bars[:12])
    copy = transpose(tunes[1], semitones=3)
    pairs = find_alike([sketch(tune) for tune in (*tunes, excerpt, copy)])
    assert {(pair.first, pair.second) for pair in pairs} == {(0, 4), (1, 5)}
    assert all(pair.share >= SAME for pair in pairs)


def test_a_repeated_note_is_no_melody() -> None:
    line = "[V:1]" + "C" * 8 + "|\n"
    assert sketch(parse_tune("L:1/8\nM:4/4\nK:C\nV:1 treble\n" + line * 10)) == frozenset()


def test_notes_that_cannot_be_read_give_an_empty_sketch() -> None:
    assert sketch(parse_tune("L:1/8\nM:4/4\nK:Cxyz\nV:1 treble\n[V:1]C8|\n")) == frozenset()


def test_the_order_of_the_pieces_changes_nothing() -> None:
    sketches = [sketch(parse_tune(make_row(number % 3, bars=24)["abc"])) for number in range(6)]
    places = list(range(6))
    Random(1).shuffle(places)
    found = {frozenset((pair.first, pair.second)) for pair in find_alike(sketches)}
    moved = {frozenset((places[pair.first], places[pair.second])) for pair in find_alike([sketches[n] for n in places])}
    assert found == moved
    assert len(found) == 3
