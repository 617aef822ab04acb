"""A note means what its signature and the accidentals before it say."""

import pytest

from generator.notation.accidentals import NO_SIGNATURE, Accidentals, find_notes, semitones, signature_of


def test_a_key_field_has_a_signature_unless_it_names_a_clef():
    assert signature_of("D") == (1, 0, 0, 1, 0, 0, 0)
    assert signature_of("none") == NO_SIGNATURE == (0,) * 7
    assert signature_of("bass") is None


def test_an_accidental_holds_for_its_octave_until_it_is_taken_back():
    accidentals = Accidentals(signature_of("F") or NO_SIGNATURE)
    assert [accidentals.read(note)[1] for note in ("B", "=B", "B", "b", "_B", "B")] == [-1, 0, 0, -1, -1, -1]


def test_a_tie_holds_an_alteration_that_no_accidental_contradicts():
    accidentals = Accidentals(NO_SIGNATURE)
    assert accidentals.read("F", held={3: 1}) == (3, 1)
    assert accidentals.read("=F", held={3: 1}) == (3, 0)


def test_texts_have_no_notes():
    found = [(one["note"], bool(one["tie"])) for one in find_notes('["^dolce"^c2-!f!e]')]
    assert found == [("^c", True), ("e", False)]


@pytest.mark.parametrize(("steps", "alteration", "height"), [(0, 0, 0), (-1, 0, -1), (7, 1, 13), (3, -1, 4)])
def test_steps_are_counted_in_semitones(steps, alteration, height):
    assert semitones(steps, alteration) == height
