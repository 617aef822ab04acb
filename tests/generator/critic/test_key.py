import pytest

from generator.critic.key import FoundKey, Relation, find_key, relate_keys

C_MAJOR_SCALE = {0: 3, 2: 1, 4: 2, 5: 1, 7: 2, 9: 1, 11: 1}
A_HARMONIC_MINOR = {9: 3, 11: 1, 0: 2, 2: 1, 4: 2, 5: 1, 8: 1}


def shifted(times, semitones):
    return {(pitch_class + semitones) % 12: time for pitch_class, time in times.items()}


@pytest.mark.parametrize("semitones", range(12))
def test_a_major_scale_is_found_in_every_key(semitones):
    found = find_key(shifted(C_MAJOR_SCALE, semitones))
    assert (found.tonic, found.is_minor) == (semitones, False)


@pytest.mark.parametrize("semitones", range(12))
def test_a_minor_scale_with_its_leading_note_is_found_in_every_key(semitones):
    found = find_key(shifted(A_HARMONIC_MINOR, semitones))
    assert (found.tonic, found.is_minor) == ((9 + semitones) % 12, True)


def test_keys_have_the_names_musicians_use():
    assert find_key(A_HARMONIC_MINOR).name == "A minor"
    assert FoundKey(10, False, 1.0).name == "Bb major"


@pytest.mark.parametrize("times", [{}, {0: 5}])
def test_silence_and_a_single_note_have_no_key(times):
    assert find_key(times) is None


def test_all_twelve_notes_alike_correlate_with_nothing():
    assert find_key(dict.fromkeys(range(12), 1)).correlation == 0


@pytest.mark.parametrize(
    ("found", "asked", "relation"),
    [
        ((9, True), (9, True), Relation.SAME),
        ((0, False), (9, True), Relation.RELATIVE),
        ((9, True), (0, False), Relation.RELATIVE),
        ((9, False), (9, True), Relation.PARALLEL),
        ((4, True), (9, True), Relation.DOMINANT),
        ((2, True), (9, True), Relation.SUBDOMINANT),
        ((7, False), (9, True), Relation.OTHER),
    ],
)
def test_the_relation_to_the_key_asked_for_is_named(found, asked, relation):
    assert relate_keys(FoundKey(*found, 1.0), tonic=asked[0], is_minor=asked[1]) is relation
