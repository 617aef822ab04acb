"""Names of instruments as scores write them."""

import pytest

from renderers.score.instruments import INSTRUMENTS, find_instrument, programs_for

PIANO, ORGAN, VIOLIN, VIOLA, CELLO, CONTRABASS, TIMPANI, VOICE = 0, 19, 40, 41, 42, 43, 47, 52
TRUMPET, TROMBONE, HORN, OBOE, ENGLISH_HORN, BASSOON, CLARINET, FLUTE = 56, 57, 60, 68, 69, 70, 71, 73


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("Violin 1", VIOLIN),
        ("Violino II", VIOLIN),
        ("Violine", VIOLIN),
        ("Violon", VIOLIN),
        ("Skrzypce", VIOLIN),
        ("Vlns. 2", VIOLIN),
        ("Violins 1", VIOLIN),
        ("Violas", VIOLA),
        ("V-la", VIOLA),
        ("Bratsche", VIOLA),
        ("Altówka", VIOLA),
        ("Wiolonczela", CELLO),
        ("Violoncello e Basso", CONTRABASS),
        ("Kontrabass", CONTRABASS),
        ("Flauti", FLUTE),
        ("Große Flöte", FLUTE),
        ("Flety", FLUTE),
        ("Hautbois", OBOE),
        ("Cor anglais", ENGLISH_HORN),
        ("Clarinetti in B", CLARINET),
        ("Fagotti", BASSOON),
        ("Corni in F", HORN),
        ("2 Hörner in Es", HORN),
        ("A Tpt.", TRUMPET),
        ("Trąbki", TRUMPET),
        ("Trombone basso", TROMBONE),
        ("Tbn. B.", TROMBONE),
        ("Timpani in A.E.", TIMPANI),
        ("Pianoforte", PIANO),
        ("Fortepian.", PIANO),
        ("P-no", PIANO),
        ("Singstimme\\nVoice", VOICE),
        ("Głos", VOICE),
        ("Glos", VOICE),
        ("Soprano", VOICE),
        ("S 1", VOICE),
        ("Women", VOICE),
        ("PipeOrgan", ORGAN),
        ("Guitar", 24),
        ("Cembalo", 6),
        ("Harpsichord", 6),
        ("Arpa", 46),
    ],
)
def test_a_name_from_a_score_finds_its_program(name, program):
    assert programs_for([name], default=-1) == [program]


def test_an_unknown_or_empty_name_gives_the_default():
    assert programs_for(["Mazur", "", "2do"], default=7) == [7, 7, 7]


def test_one_letter_counts_only_when_it_stands_alone():
    assert find_instrument("A").name == "alto"
    assert find_instrument("A Trb").name == "trombone"


def test_the_longest_name_decides_between_a_clarinet_and_a_bass():
    assert find_instrument("Clarinetto basso").name == "bass clarinet"
    assert find_instrument("Soprano Recorder").name == "recorder"


def test_basso_is_sung_beside_a_soprano_and_bowed_among_strings():
    assert programs_for(["Soprano", "Alto", "Tenore", "Basso"]) == [VOICE] * 4
    assert programs_for(["Violino I", "Viola", "Basso"]) == [VIOLIN, VIOLA, CONTRABASS]


def test_every_instrument_has_a_possible_range_and_words_that_find_it():
    for instrument in INSTRUMENTS:
        assert 0 <= instrument.program <= 127
        assert 0 <= instrument.lowest < instrument.highest <= 127
        for word in instrument.words:
            assert find_instrument(word) is instrument, word
