import pytest

from generator.critic.sounding import sounding_notes
from generator.notation import parse_tune

HEADER = '%%score 1\nL:1/4\nQ:1/4=60\nM:4/4\nK:{key}\nV:1 treble nm="{name}"{more}\n'


def pitches(music, *, key="C", name="Violin", more=""):
    """MIDI numbers of one voice. music: bars separated by "|"."""
    lines = "".join(f"[V:1]{bar}|\n" for bar in music.split("|"))
    return [note.pitch for note in sounding_notes(parse_tune(HEADER.format(key=key, name=name, more=more) + lines))]


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("C, C c c'", [48, 60, 72, 84]),
        ("^F _B =B ^^C", [66, 70, 71, 62]),
        ("^F F F F|F F F F", [66] * 4 + [65] * 4),
        ("^F f F f", [66, 77, 66, 77]),
        ("^F4-|F2 F2", [66, 66, 65]),
        ("[^F4A4]-|[FA]2 F2", [66, 69, 66, 69, 65]),
        ("^F4-|{G}F4", [66, 67, 66]),
        ("[CEG]4", [60, 64, 67]),
        ('"Cmaj"C "^dolce"!f!E z2', [60, 64]),
        ("F [K:G] F F F", [65, 66, 66, 66]),
        ("F [K:bass] F F F", [65] * 4),
    ],
)
def test_notes_sound_as_a_musician_would_play_them(music, expected):
    assert pitches(music) == expected


def test_the_key_signature_counts_unless_an_accidental_says_otherwise():
    assert pitches("B E =B A", key="Bb") == [70, 63, 71, 69]
    assert pitches("G ^G F c", key="Amin") == [67, 68, 65, 72]


def test_a_transposing_instrument_sounds_where_it_sounds():
    assert pitches("D4", name="Clarinet in Bb", more=" transpose=-2") == [60]


def test_a_voice_can_have_a_key_signature_of_its_own():
    tune = parse_tune(
        '%%score 1 2\nL:1/4\nM:4/4\nK:F\nV:1 treble nm="Oboe"\nV:2 treble nm="Horn"\nK:C\n[V:1]B4|[V:2]B4|\n'
    )
    assert [note.pitch for note in sounding_notes(tune)] == [70, 71]


def test_lengths_are_shares_of_a_whole_note_and_grace_notes_have_none():
    tune = parse_tune(HEADER.format(key="C", name="Violin", more="") + "[V:1]{d}c2 (3efg [ce]|\n")
    assert [str(note.length) for note in sounding_notes(tune)] == ["0", "1/2", "1/6", "1/6", "1/6", "1/4", "1/4"]


def test_percussion_has_no_pitch():
    tune = parse_tune('%%score 1\nL:1/4\nM:4/4\nK:C\nV:1 perc nm="Triangle"\n[V:1]B4|\n')
    assert list(sounding_notes(tune)) == []


def test_notes_know_when_they_start_and_whether_a_tie_leads_to_them():
    tune = parse_tune(
        '%%score 1 2\nL:1/4\nM:4/4\nK:C\nV:1 treble nm="Violin"\nV:2 bass\n'
        "[V:1]z c2 [ce]-|[V:2]C4-|\n\n[V:1][ce]2 {f}e2|[V:2]C4 & D2 E2|\n"
    )
    notes = [(note.voice, note.pitch, float(note.start), note.held) for note in sounding_notes(tune)]
    assert notes == [
        ("1", 72, 0.25, False),
        ("1", 72, 0.75, False),
        ("1", 76, 0.75, False),
        ("2", 60, 0.0, False),
        ("1", 72, 2.0, True),
        ("1", 76, 2.0, True),
        ("1", 77, 2.5, False),
        ("1", 76, 2.5, False),
        ("2", 60, 2.0, True),
        ("2", 62, 2.0, False),
        ("2", 64, 2.5, False),
    ]


@pytest.mark.parametrize(
    ("clef", "music", "expected"),
    [
        ("treble-8", "C c", [48, 60]),
        ("bass+8", "C c", [72, 84]),
        ("treble-15", "c", [48]),
        ("treble", "C [K:treble-8] C [K:D] F [K:bass] G", [60, 48, 54, 67]),
        ("treble-8", "C [K:clef=treble] C", [48, 60]),
    ],
)
def test_under_a_clef_with_an_8_notes_sound_an_octave_away(clef, music, expected):
    abc = f'%%score 1\nL:1/4\nM:none\nK:C\nV:1 {clef} nm="Alto 8 treble+8"\n[V:1]{music}|\n'
    assert [note.pitch for note in sounding_notes(parse_tune(abc))] == expected
