"""Openings: complete tune headers with voices somebody would expect, for every style."""

import random
from collections import Counter
from fractions import Fraction

import pytest

from config.files import load_json
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.openings import Openings
from generator.catalogue.style import Style
from generator.notation import parse_header, staves_of
from generator.notation.keys import Key, parse_key
from generator.notation.limits import Metre, parse_metre

CATALOGUE = load_catalogue()
CHOPIN = CATALOGUE.find("chopin keyboard")


def openings(style, count=12, **asked):
    return [CATALOGUE.opening(style, rng=random.Random(seed), **asked) for seed in range(count)]


def of_each(styles, count=12):
    assert styles
    return [(style, opening) for style in styles for opening in openings(style, count)]


def family(name):
    return [style for style in CATALOGUE.styles if style.family == name]


def test_every_style_opens_with_a_complete_header_in_notagens_order():
    for style, opening in of_each(CATALOGUE.styles, count=4):
        letters = [line[:2] for line in opening.lines if not line.startswith("%%score")]
        assert letters == ["L:", "Q:", "M:", "K:"] + ["V:"] * opening.voices, style.name
        assert all(line.isascii() and "\n" not in line for line in opening.lines), style.name
        header = parse_header(opening.lines)
        assert (header.unit, header.key) == (Fraction(1, 8), opening.key), style.name
        assert 30 <= opening.tempo <= 240, style.name
        assert Fraction(opening.metre) <= 2, style.name
        assert abs(parse_key(opening.key).fifths) <= 7, style.name


def test_the_score_line_and_the_voices_name_the_same_voices():
    for style, opening in of_each(CATALOGUE.styles, count=4):
        header = parse_header(opening.lines)
        voices = [voice.id for voice in header.voices]
        assert len(set(voices)) == len(voices) >= 1, style.name
        if header.score is not None:
            assert sorted(voice for staff in staves_of(header) for voice in staff) == sorted(voices), style.name
        else:
            assert len(voices) == 1, style.name


def test_keyboard_music_has_two_hands_right_above_left():
    for style, opening in of_each(family("keyboard")):
        header = parse_header(opening.lines)
        staves = staves_of(header)
        assert len(staves) == 2, style.name
        clefs = {voice.id: voice.clef for voice in header.voices}
        assert [clefs[staff[0]] for staff in staves] == ["treble", "bass"], style.name
        assert header.score.split()[0] == "{", style.name


def test_songs_have_one_or_two_singers_and_a_piano():
    for style, opening in of_each(family("song"), count=6):
        header = parse_header(opening.lines)
        assert 3 <= len(staves_of(header)) <= 4, style.name
        assert {"Piano", "Organ", "Harpsichord", "Guitar"} & {voice.name for voice in header.voices}, style.name


def test_every_staff_has_the_name_of_its_instrument_but_the_left_hand():
    for style in CATALOGUE.styles:
        for opening in openings(style, count=3):
            header = parse_header(opening.lines)
            names = {voice.id: voice.name for voice in header.voices}
            unnamed = [staff for staff in staves_of(header) if not names[staff[0]]]
            assert len(unnamed) <= header.score.count("{") if header.score else not unnamed, opening.lines


def test_no_opening_has_more_voices_than_a_page_has_room_for():
    assert max(opening.voices for style in CATALOGUE.styles for opening in openings(style, count=6)) <= 24


def test_key_metre_and_tempo_asked_stand_in_the_header():
    for opening in openings(CHOPIN, key=Key("B", "min"), metre=Metre(5, 8), tempo=77):
        assert {"K:Bmin", "M:5/8", "Q:1/4=77"} <= set(opening.lines)
        assert (opening.key, opening.metre, opening.tempo) == ("Bmin", "5/8", 77)


@pytest.mark.parametrize("style", CATALOGUE.styles[::9], ids=lambda style: style.name)
def test_every_key_and_metre_can_be_had_of_every_style(style):
    for key in ("C", "F#min", "Cb", "C#", "Ddor"):
        for metre in ("4/4", "7/16", "1/1", "32/32"):
            opening = CATALOGUE.opening(style, rng=random.Random(1), key=parse_key(key), metre=parse_metre(metre))
            assert (opening.key, opening.metre) == (key, metre)


def test_same_random_numbers_give_the_same_opening_and_others_give_others():
    assert openings(CHOPIN) == openings(CHOPIN)
    assert len({opening.lines for opening in openings(CHOPIN, count=30)}) > 10


def test_a_style_opens_as_its_pieces_do():
    metres = Counter(opening.metre for opening in openings(CHOPIN, count=200))
    assert metres["3/4"] > 60  # mazurkas and waltzes
    assert metres["4/4"] > 10
    chorales = openings(CATALOGUE.find("bach chorale"), count=50)
    assert Counter(opening.metre for opening in chorales).most_common(1)[0][0] == "4/4"
    assert {opening.voices for opening in chorales} <= {4, 5}


def test_a_style_without_pieces_opens_like_its_instrumentation_in_its_period():
    tchaikovsky = CATALOGUE.find("tchaikovsky orchestral")
    assert CATALOGUE.pieces(tchaikovsky) == 0
    for opening in openings(tchaikovsky):
        assert any("Violin 1" in line for line in opening.lines)
    stranger = Style("Romantic", "Nobody", "Keyboard")
    assert openings(stranger)[0].voices >= 2


def test_without_a_tempo_in_any_source_a_moderate_one_is_written():
    entry = {"pieces": 1, "layouts": [[0, 1]], "signatures": [["5/4", "C", None, 1]]}
    bare = Openings(
        {"layouts": [["", ['V:1 treble nm="Piano"']]], "styles": {}, "families": {"|Keyboard": entry}, "tempos": {}}
    )
    opening = bare.sample(CHOPIN, rng=random.Random(1))
    assert opening.lines == ("L:1/8", "Q:1/4=96", "M:5/4", "K:C", 'V:1 treble nm="Piano"')


def test_the_file_of_openings_is_small_and_knows_only_styles_of_the_catalogue():
    loaded = load_json("openings.json")
    known = {f"{style.period}|{style.composer}|{style.instrumentation}" for style in CATALOGUE.styles}
    assert set(loaded["styles"]) <= known
    used = {
        number for entry in [*loaded["styles"].values(), *loaded["families"].values()] for number, _ in entry["layouts"]
    }
    assert used == set(range(len(loaded["layouts"])))
    assert all(len(entry["layouts"]) <= 6 for entry in loaded["styles"].values())


def test_a_tempo_is_written_in_the_beat_of_the_metre_and_known_in_quarters():
    for opening in openings(CHOPIN, metre=Metre(6, 8), tempo=90):
        assert "Q:3/8=60" in opening.lines
        assert opening.tempo == 90
