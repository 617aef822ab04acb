import pytest

from generator.errors import BadRequest, NotationError
from generator.notation.keys import (
    KEYS_15,
    MODE_FIFTHS,
    Key,
    key_with_fifths,
    parse_key,
    printable_fifths,
    read_key_field,
    signature,
)
from tests.refusals import refuses


@pytest.mark.parametrize(
    ("words", "abc", "name", "fifths"),
    [
        ("Am", "Amin", "A minor", 0),
        ("A minor", "Amin", "A minor", 0),
        ("amin", "Amin", "A minor", 0),
        ("C", "C", "C major", 0),
        ("CM", "C", "C major", 0),
        ("Cmaj", "C", "C major", 0),
        ("F#", "F#", "F# major", 6),
        ("f sharp minor", "F#min", "F# minor", 3),
        ("Bb major", "Bb", "Bb major", -2),
        ("B♭", "Bb", "Bb major", -2),
        ("bb", "Bb", "Bb major", -2),
        ("E-flat minor", "Ebmin", "Eb minor", -6),
        ("Ddor", "Ddor", "D Dorian", 0),
        ("D dorian", "Ddor", "D Dorian", 0),
        ("E phrygian", "Ephr", "E Phrygian", 0),
        ("G Mixolydian", "Gmix", "G Mixolydian", 0),
        ("a-moll", "Amin", "A minor", 0),
        ("Fis-Dur", "F#", "F# major", 6),
        ("es-Moll", "Ebmin", "Eb minor", -6),
        ("As", "Ab", "Ab major", -4),
        ("la mineur", "Amin", "A minor", 0),
        ("si bémol majeur", "Bb", "Bb major", -2),
        ("do dièse mineur", "C#min", "C# minor", 4),
        ("sol maggiore", "G", "G major", 1),
        ("fa sostenido menor", "F#min", "F# minor", 3),
        ("ля минор", "Amin", "A minor", 0),
        ("ре-бемоль мажор", "Db", "Db major", -5),
        ("A小调", "Amin", "A minor", 0),
        ("降B大调", "Bb", "Bb major", -2),
        ("升f小調", "F#min", "F# minor", 3),
        ("嬰ハ短調", "C#min", "C# minor", 4),
        ("変ホ長調", "Eb", "Eb major", -3),
    ],
)
def test_a_key_is_understood_as_people_write_it(words, abc, name, fifths):
    key = parse_key(words)
    assert (key.abc, key.name, key.fifths) == (abc, name, fifths)


def test_the_german_b_is_b_flat_and_h_is_b():
    assert [parse_key(words).abc for words in ("B-Dur", "b-Moll", "H-Dur", "h-moll", "B major")] == [
        "Bb",
        "Bbmin",
        "B",
        "Bmin",
        "B",
    ]


@pytest.mark.parametrize("words", ["", "Q", "none", "min", "Cbb", "key of C please", "H" * 10_000, "!", "大调"])
def test_what_is_no_key_is_refused_with_examples(words):
    with refuses(BadRequest, match="Write it like C, F#, Bb major, Am or D dorian"):
        parse_key(words)


@pytest.mark.parametrize(("words", "instead"), [("G# major", "A♭ major"), ("Dbm", "C♯ minor"), ("H#", "C major")])
def test_a_key_beyond_seven_accidentals_is_refused_and_the_same_sound_offered(words, instead):
    with refuses(BadRequest, match=instead):
        parse_key(words)


def test_every_key_can_be_read_back_from_its_abc_and_its_name():
    keys = [key_with_fifths(fifths, mode) for mode in MODE_FIFTHS for fifths in range(-7, 8)]
    assert [parse_key(key.abc) for key in keys] == keys
    assert [parse_key(key.name) for key in keys] == keys


def test_the_fifteen_keys_run_from_seven_sharps_to_seven_flats():
    assert [Key(tonic).fifths for tonic in KEYS_15] == list(range(7, -8, -1))
    assert [key_with_fifths(fifths, "min").tonic for fifths in (7, 0, -7)] == ["A#", "A", "Ab"]


def test_pitch_classes_count_semitones_from_c():
    assert [Key(tonic).pitch_class for tonic in ("C", "C#", "Eb", "B", "Cb", "B#")] == [0, 1, 3, 11, 11, 0]


def test_a_signature_alters_letters_in_the_order_of_fifths():
    assert signature(2) == (1, 0, 0, 1, 0, 0, 0)  # F# and C#
    assert signature(-3) == (0, 0, -1, 0, 0, -1, -1)  # Bb, Eb and Ab
    assert signature(9) == (2, 1, 1, 2, 1, 1, 1)  # D# major, as a modulation may have it


def test_signatures_too_full_to_print_become_their_enharmonic_twin():
    assert [printable_fifths(fifths) for fifths in (7, 8, -8, 21, -7)] == [7, -4, 4, -3, -7]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Bb", Key("Bb")),
        ("Amin", Key("A", "min")),
        ("Am clef=bass", Key("A", "min")),
        (" D Mixolydian", Key("D", "mix")),
        ("C treble", Key("C")),
        ("C alto1", Key("C")),
        ("D#", Key("D#")),
        ("none", None),
    ],
)
def test_a_key_field_is_read_with_whatever_stands_around_it(words, key):
    key_field = read_key_field(words)
    assert key_field.key == key
    assert key_field.moved(0) == words


@pytest.mark.parametrize("words", ["", "bass", "treble-8", "clef=alto", " "])
def test_a_clef_alone_is_no_key(words):
    assert read_key_field(words) is None


@pytest.mark.parametrize("words", ["HP", "Hp", "X", "D =c", "C xyz", "G exp ^f _b"])
def test_a_signature_we_cannot_move_is_refused(words):
    with refuses(NotationError, match="cannot be read"):
        read_key_field(words)
