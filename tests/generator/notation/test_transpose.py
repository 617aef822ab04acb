import random
import time

import pytest

from generator.errors import BadRequest, NotationError
from generator.notation.keys import KEYS_15, Key
from generator.notation.rests import add_countdown
from generator.notation.tokens import TokenKind, lex_music
from generator.notation.transpose import (
    Move,
    home_key,
    move_text,
    nearest_semitones,
    transpose,
    transpose_text,
    transpose_text_to,
    way_home,
)
from generator.notation.tune import parse_tune
from tests.generator.notation.heard import hear
from tests.refusals import refuses

TRIO = """%%score { 1 | 2 } 3
L:1/8
Q:1/4=96
M:4/4
K:D
V:1 treble nm="Piano" snm="Pno."
V:2 bass
V:3 treble transpose=-2 nm="Clarinet in Bb"
[V:1]"^Allegro"!p! D>F (3ABd ^c'2- c'=c'|[V:2][K:bass] [D,,A,,F,]4- [D,,A,,F,]2 {/^G,A,B,}A,2|[V:3][K:E] z8|
[V:1]{e}f_e!trill(!=e2 [^GBd]3/2[Gce]/ .F.G|[V:2]=C,4 ^^F,2 __B,2|[V:3](E/F/^^F/G/) A>B c4-|
[V:1]"_dolce CDE" f^A- A&^a4 z2[K:G] f2|[V:2]F,,,8-|[V:3]c4[K:A] d2 =g2|
[V:1]f''4 =f4|]
"""
CHORALE = """L:1/8
M:3/4
K:Amin
V:1 treble
V:2 bass
[V:1]A2 ^G2 ^F^G|[V:2]A,,4 E,2|
[V:1]A2 =G2 =F2|[V:2][A,,C,E,]4 ^C,2-|
[V:1]E2 _E2 z2|[V:2]C,2 x2 C,2|]
"""
TIMPANI = """L:1/8
M:2/4
K:F
V:1 treble
V:2 perc stafflines=1 nm="Triangle"
K:none
I:percmap E B 81 normal
V:3 bass nm="Bass"
[V:1]FABc|[V:2][K:C]E2 ^E2|[V:3]F,4|
"""
ATONAL = "L:1/8\nM:3/4\nK:none\nV:1 treble\n[V:1]C^CD _E=E^F|\n[V:1]^G^A_B ^Bcz|\n"
TUNES = {"trio": TRIO, "chorale": CHORALE, "timpani": TIMPANI, "atonal": ATONAL}


def higher(heard, semitones):
    return {
        voice: [None if pitch is None else pitch + semitones for pitch in pitches] for voice, pitches in heard.items()
    }


def body(abc):
    return [line for line in abc.split("\n") if line.startswith("[V:")]


def in_c(music, key="C"):
    return f"L:1/8\nM:4/4\nK:{key}\nV:1\n[V:1]{music}|\n"


def moved(music, semitones, key="C"):
    abc = transpose_text(in_c(music, key), semitones=semitones)
    return abc.split("[V:1]")[1].rstrip("|\n")


@pytest.mark.parametrize("semitones", [*range(-13, 14), 24, -36])
@pytest.mark.parametrize("name", TUNES)
def test_every_note_sounds_so_many_semitones_higher(name, semitones):
    tune = TUNES[name]
    assert hear(transpose_text(tune, semitones=semitones)) == higher(hear(tune), semitones)


@pytest.mark.parametrize("key", KEYS_15)
@pytest.mark.parametrize("name", TUNES)
def test_every_note_moves_by_the_same_way_into_each_of_the_fifteen_keys(name, key):
    tune = TUNES[name]
    home = home_key(tune) or Key("C")
    fifths = Key(key).fifths - home.fifths
    semitones = nearest_semitones(fifths)
    assert -5 <= semitones <= 6
    there = move_text(tune, fifths=fifths, semitones=semitones)
    assert hear(there) == higher(hear(tune), semitones)
    assert hear(move_text(there, fifths=-fifths, semitones=-semitones)) == hear(tune)


def test_a_random_tune_full_of_accidentals_sounds_right_in_every_key():
    rng = random.Random(7)
    for _ in range(40):
        notes = "".join(
            rng.choice(["", "", "^", "_", "=", "^^", "__"])
            + rng.choice("CDEFGABcdefgab")
            + rng.choice(["", "-", "|", "-|"])
            for _ in range(60)
        )
        abc = in_c(notes, rng.choice([*KEYS_15, "Emin", "none"]))
        semitones = rng.randint(-12, 12)
        assert hear(transpose_text(abc, semitones=semitones)) == higher(hear(abc), semitones), abc


def test_a_diatonic_tune_gets_no_accidental_in_any_key():
    scale = in_c("CDEFGABc c'BAG FEDC,")
    for key in KEYS_15:
        assert not set("^_=") & set(transpose_text_to(scale, key).split("[V:1]")[1])


def test_everything_but_pitch_stays_as_it_was():
    there = transpose_text(TRIO, semitones=3)
    assert there.split("\n")[:4] == TRIO.split("\n")[:4]
    assert body(there) == [
        "[V:1]\"^Allegro\"!p! F>A (3cdf =e'2- e'_e'|[V:2][K:bass] [F,,C,A,]4- [F,,C,A,]2 {/=B,CD}C2|[V:3][K:G] z8|",
        "[V:1]{g}a_g!trill(!=g2 [=Bdf]3/2[Beg]/ .A.B|[V:2]_E,4 ^A,2 __D2|[V:3](G/A/^A/B/) c>d e4-|",
        '[V:1]"_dolce CDE" a^c- c&^c\'4 z2[K:Bb] a2|[V:2]A,,,8-|[V:3]e4[K:C] f2 _b2|',
        "[V:1]a''4 _a4|]",
    ]


def test_an_accidental_lasts_through_the_bar_for_its_own_octave_only():
    assert moved("^FFf F|F", 2) == "^GGg G|G"
    assert hear(in_c("^FFf F|F"))["1"] == [66, 66, 77, 66, 65]
    assert moved("_B B =B|B", 5) == "_e e =e|e"


def test_a_needed_accidental_is_written_and_a_courtesy_one_is_kept():
    assert moved("=F =F", 2) == "=G =G"
    assert moved("^C D =C D C", -2) == "=B, C _B, C B,"
    assert moved("A A|D", 6, key="none") == "^d d|^G"


def test_a_tie_carries_an_alteration_over_the_barline_without_altering_the_bar():
    assert moved("^F4-|F2 F2", 2) == "^G4-|G2 G2"
    assert hear(in_c("^F4-|F2 F2"))["1"] == [66, 66, 65]
    assert moved("[^FA]4-|[FA]2 F2", 5) == "[=Bd]4-|[Bd]2 B2"
    assert moved("^F4-{F}|F2 F2", 2) == "^G4-{G}|G2 G2"


def test_two_notes_that_were_not_tied_are_not_tied_elsewhere():
    # Random tunes found it: a tied D double sharp became F double sharp, and the bare F after it took the tie.
    there = transpose_text(in_c("^^D-|E_E", "Gb"), semitones=-9)
    assert hear(there)["1"] == [55, 54, 54]


def test_two_voices_do_not_share_their_accidentals():
    abc = "L:1/8\nK:C\nV:1\nV:2\n[V:1]^F[V:2]F[V:1]F|\n"
    assert transpose_text(abc, semitones=2).split("\n")[4] == "[V:1]^G[V:2]G[V:1]G|"


def test_an_overlay_starts_without_the_accidentals_of_the_bar():
    assert moved("^F4&F4", 2) == "^G4&G4"


def test_registers_change_their_marks():
    assert moved("C,, C, C c c'", -1).split() == ["B,,,", "B,,", "B,", "B", "b"]
    assert moved("B,, B, B b b'", 1).split() == ["C,", "C", "c", "c'", "c''"]


@pytest.mark.parametrize("name", TUNES)
@pytest.mark.parametrize("semitones", [-4, 1, 5])
def test_all_tokens_that_hold_no_pitch_are_the_same_afterwards(name, semitones):
    pitched = {TokenKind.NOTE, TokenKind.CHORD, TokenKind.GRACE, TokenKind.FIELD}
    tunes = TUNES[name], transpose_text(TUNES[name], semitones=semitones)
    here, there = (lex_music("\n".join(body(abc))) for abc in tunes)
    assert [token.kind for token in here] == [token.kind for token in there]
    for before, after in zip(here, there, strict=True):
        assert before.kind in pitched or before == after


def test_a_parsed_tune_moves_like_its_text():
    tune = add_countdown(parse_tune(CHORALE))
    there = transpose(tune, semitones=-2)
    assert str(there) == transpose_text(str(tune), semitones=-2)
    assert there.header.key == "Gmin"
    assert there.bars[0].countdown == (0, 2)
    assert transpose_text_to(str(there), "a-moll") == str(tune)


def test_letters_in_text_decorations_and_fields_are_not_notes():
    music = '"^ABC def"!accent!!D.C.!+accent+T(3:2:3[I:staff +1][M:3/4][Q:1/4=60][L:1/4][r:0/15]z2x2'
    assert moved(music, 5) == music


def test_a_triple_accidental_is_respelled_as_its_neighbour():
    there = move_text(in_c("^^B __F"), fifths=7, semitones=1)
    assert there.split("[V:1]")[1] == "^^c _F|\n"
    assert hear(there)["1"] == [74, 64]


def test_without_a_key_notes_keep_at_most_one_sharp_or_flat():
    there = transpose_text(ATONAL, semitones=6)
    assert "K:none" in there
    assert "^^" not in there
    assert "__" not in there


def test_percussion_is_left_alone():
    there = transpose_text(TIMPANI, semitones=2)
    assert there.split("\n")[2:8] == ["K:G", "V:1 treble", *TIMPANI.split("\n")[4:8]]
    assert body(there) == ["[V:1]GBcd|[V:2][K:C]E2 ^E2|[V:3]G,4|"]


@pytest.mark.parametrize(
    ("key", "semitones", "there"),
    [
        ("C", 2, "D"),
        ("C", 6, "F#"),
        ("C", -1, "B"),
        ("C", 1, "Db"),
        ("Amin", 3, "Cmin"),
        ("Am", 3, "Cm"),
        ("A minor clef=bass", 3, "C minor clef=bass"),
        ("Ddor", 2, "Edor"),
        ("Bb", 12, "Bb"),
        ("D#", 1, "E"),
        ("none", 5, "none"),
        ("C treble", -2, "Bb treble"),
    ],
)
def test_the_signature_moves_to_the_fewest_accidentals_and_keeps_its_words(key, semitones, there):
    assert f"\nK:{there}\n" in transpose_text(in_c("C", key), semitones=semitones)


def test_a_modulation_beyond_seven_sharps_goes_on_in_flats():
    there = transpose_text_to(in_c("C4|[K:G]F4 B4|[K:C]C4"), "C#")
    assert there.split("[V:1]")[1] == "C4|[K:Ab]G4 c4|[K:C#]C4|\n"


def test_a_first_key_line_after_the_voices_counts_for_all_of_them():
    abc = "L:1/8\nM:4/4\nV:1\nV:2\nK:Bb\n[V:1]B|[V:2]E|\n"
    assert transpose_text(abc, semitones=2).split("\n")[4:6] == ["K:C", "[V:1]c|[V:2]F|"]


@pytest.mark.parametrize(
    ("wanted", "key"), [("C", "Cmin"), ("fis-moll", "F#min"), ("F major", "Fmin"), ("Db", "C#min")]
)
def test_a_tune_moved_to_a_tonic_keeps_its_mode(wanted, key):
    assert home_key(transpose_text_to(CHORALE, wanted)).abc == key


@pytest.mark.parametrize("key", KEYS_15)
def test_the_way_home_leads_to_no_signature_and_back_to_the_same_text(key):
    piece = transpose_text_to("X:1\nL:1/8\nM:4/4\nK:C\n[V:1]C2 ^D2 =B,2 (G_A)|[V:2][C,E,]4 c''4|\n", str(key))
    move = way_home(piece)
    assert -5 <= move.semitones <= 6
    moved = move.apply(piece)
    assert "K:C\n" in moved
    assert move.back.apply(moved) == piece
    assert move.prompt == f"%{move.semitones:+d}"


def test_at_home_nothing_moves():
    assert way_home("K:Amin\nA2") == way_home("K:none\nA2") == Move(0, 0)
    assert Move(0, 0).apply("K:Amin\nA2") == "K:Amin\nA2"
    with pytest.raises(NotationError):
        way_home("A2")


def test_a_tune_moves_to_a_key_by_the_nearest_way():
    assert [hear(transpose_text_to(in_c("C"), key))["1"] for key in ("F", "F#", "G", "B", "C")] == [
        [65],
        [66],
        [55],
        [59],
        [60],
    ]


def test_a_key_that_nobody_knows_is_refused():
    with refuses(BadRequest, match="Write it like"):
        transpose_text_to(CHORALE, "H9")


def test_no_semitone_changes_nothing():
    assert transpose_text(TRIO, semitones=0) == TRIO


def test_what_cannot_be_moved_is_refused_with_a_sentence():
    with refuses(NotationError, match="no K: line"):
        transpose_text("L:1/8\n[V:1]C|", semitones=2)
    with refuses(NotationError, match="cannot be read") as caught:
        transpose_text(in_c("C|[K:D =c]C"), semitones=2)
    assert caught.value.line == 5
    with refuses(BadRequest, match="semitones"):
        transpose_text(TRIO, semitones=37)
    with pytest.raises(ValueError, match="are not"):
        move_text(TRIO, fifths=1, semitones=1)


@pytest.mark.parametrize(
    "piece", ["[", '"', "!", "{", "[^", "C'", "C,", "^", "[V:", "[K:", "(3", "A1", "A/", "-", "%", "|", "\\", "é", "\0"]
)
def test_hostile_music_is_read_in_linear_time(piece):
    start = time.process_time()
    transpose_text(in_c(piece * 20_000), semitones=2)
    assert time.process_time() - start < 2
