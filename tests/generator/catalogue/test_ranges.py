import pytest

from generator.catalogue.ranges import find_range, midi_pitch, note_name


@pytest.mark.parametrize(
    ("name", "instrument"),
    [
        ("Violino I", "violin"),
        ("Vlas.", "viola"),
        ("Violoncellos", "violoncello"),
        ("Clarinetti in B", "clarinet"),
        ("Bb Bass Clarinet", "bass clarinet"),
        ("Trombone basso", "bass trombone"),
        ("B, D, E Timpani", "timpani"),
        ("Singstimme\\nVoice", "voice"),
        ("Flöte", "flute"),
        ("Fortepian", "piano"),
        ("A", "alto"),
        ("Sopran/Alt", "soprano, alto"),
    ],
)
def test_a_printed_name_finds_its_instrument(name, instrument):
    assert find_range(name).instrument == instrument


@pytest.mark.parametrize("name", ["", "empty", "Allegro", "12", "🎻"])
def test_a_name_that_is_no_instrument_finds_none(name):
    assert find_range(name) is None


def test_two_singers_on_one_staff_have_the_range_of_both():
    pair = find_range("Sopran/Alt")
    assert (pair.low, pair.high) == (find_range("A").low, find_range("S").high)


def test_a_contrabass_part_may_be_written_an_octave_above_its_sound():
    contrabass = find_range("Contrabass")
    assert contrabass.as_written().high == contrabass.high + 12
    assert contrabass.as_written().low == contrabass.low


def test_a_violin_cannot_go_below_its_lowest_string():
    assert find_range("Violin").low == midi_pitch("G3") == 55


@pytest.mark.parametrize(("name", "pitch"), [("C4", 60), ("A0", 21), ("Bb1", 34), ("C#6", 85)])
def test_note_names_are_read(name, pitch):
    assert midi_pitch(name) == pitch


def test_note_names_are_written():
    assert [note_name(pitch) for pitch in (21, 60, 61)] == ["A0", "C4", "C#4"]
