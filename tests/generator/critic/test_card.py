import json

import pytest

from bot.texts import FALLBACK
from bot.texts.report import report_line
from generator.critic import report_card
from generator.critic.key import Relation
from generator.critic.length import parse_tempo
from generator.notation import Key, Metre, parse_key, parse_tune

WALTZ_HEADER = '%%score { 1 | 2 }\nL:1/8\nQ:1/4=90\nM:3/4\nK:Amin\nV:1 treble nm="Piano" snm="Pno."\nV:2 bass\n'
WALTZ = (
    "[V:1]A2 c2 e2|[V:2]A,,2 [E,A,C]2 [E,A,C]2|\n"
    "[V:1]e2 d2 c2|[V:2]A,,2 [E,A,C]2 [E,A,C]2|\n"
    '[V:1]"^dolce"!p! (A2 c2 e2)|[V:2]A,,2 [E,A,C]2 [E,A,C]2|\n'
    "[V:1]B2 ^G2 E2|[V:2]E,,2 [E,^G,B,]2 [E,G,B,]2|\n"
    "[V:1]A6|]\n"
)


def line_of(card):
    return report_line(card.to_json(), FALLBACK)


def waltz_card(body=WALTZ, header=WALTZ_HEADER, **asked):
    return report_card(parse_tune(header + body), **asked)


def test_a_good_piece_reads_well():
    card = waltz_card(key=Key("A", "min"), metre=Metre(3, 4), bars=5)
    assert line_of(card) == "5 bars, all aligned · A minor as asked · 3/4 · 10 s · ranges fit · 20 % repeated bars"


def test_the_figures_survive_json():
    card = waltz_card(key=Key("A", "min"), metre=Metre(3, 4), bars=5, counts={"bars_repaired": 0})
    figures = json.loads(json.dumps(card.to_json()))
    assert figures["bars"] == figures["bars_aligned"] == 5
    assert figures["key_relation"] == "same"
    assert figures["seconds"] == 10.0
    assert figures["repeated_share"] == 0.2
    assert figures["ranges"][0] == {
        "voice": "1",
        "instrument": "piano",
        "lowest": "E4",
        "highest": "E5",
        "possible_low": "A0",
        "possible_high": "C8",
        "notes": 13,
        "notes_outside": 0,
    }


def test_a_bar_that_is_too_long_is_counted_and_named():
    card = waltz_card(WALTZ.replace("[V:1]e2 d2 c2|", "[V:1]e2 d2 c2 B2|"))
    assert card.bars_aligned == 4
    assert card.defects
    assert "5 bars, 4 of 5 aligned" in line_of(card)


@pytest.mark.parametrize(
    ("asked", "relation", "words"),
    [
        ("C", Relation.RELATIVE, "sounds in A minor, the relative of C major"),
        ("D minor", Relation.DOMINANT, "sounds in A minor, the dominant of D minor"),
        ("A", Relation.PARALLEL, "sounds in A minor, the parallel of A major"),
        ("F#", Relation.OTHER, "sounds in A minor, F♯ major asked"),
        (None, None, "sounds in A minor"),
    ],
)
def test_another_key_than_asked_is_said(asked, relation, words):
    card = waltz_card(key=parse_key(asked) if asked else None)
    assert card.key_relation is relation
    assert words in line_of(card).split(" · ")


def test_a_note_below_the_lowest_string_is_out_of_range():
    header = '%%score 1\nL:1/4\nM:4/4\nK:C\nV:1 treble nm="Violino I"\n'
    card = waltz_card("[V:1]G,, C D G,|\n", header)
    assert card.ranges[0].instrument == "violin"
    assert "1 note out of range" in line_of(card)


def test_the_second_hand_plays_the_instrument_of_the_first():
    assert [voice.instrument for voice in waltz_card().ranges] == ["piano", "piano"]


def test_what_was_asked_but_not_done_is_said():
    line = line_of(waltz_card(bars=8, metre=Metre(4, 4), counts={"bars_repaired": 2}))
    assert "5 bars of 8 asked" in line
    assert "3/4, 4/4 asked" in line
    assert "2 bars repaired" in line


def test_dynamics_words_slurs_and_barlines_do_not_make_another_bar_but_notes_and_length_do():
    assert waltz_card().repeated_bars == 1
    assert waltz_card(WALTZ.replace("(A2 c2 e2)", "(A2 c2 f2)")).repeated_bars == 0


def test_silence_is_neither_repeated_nor_in_a_key():
    card = waltz_card("[V:1]z6|\n[V:1]z6|\n")
    assert (card.repeated_bars, card.key_found, card.ranges) == (0, None, ())
    assert line_of(card) == "2 bars, all aligned · 3/4 · 4 s · 0 % repeated bars"


def test_a_tempo_change_counts_from_its_bar_on():
    slower = WALTZ.replace("[V:1]B2 ^G2 E2", "[V:1][Q:1/4=45]B2 ^G2 E2")
    assert waltz_card().seconds == 10.0
    assert waltz_card(slower).seconds == 3 * 2 + 2 * 4


@pytest.mark.parametrize(
    ("text", "whole_notes_a_minute"),
    [("1/4=90", 22.5), ("3/8=60", 22.5), ('"Allegro" 1/4=120', 30), ("1/4 1/8=60", 22.5), ("1/4=90.5", 22.625)],
)
def test_tempos_are_read(text, whole_notes_a_minute):
    assert parse_tempo(text) == whole_notes_a_minute


@pytest.mark.parametrize("text", [None, "", "Allegro", '"1/4=90"', "1/0=90", "1/4=0"])
def test_a_tempo_without_a_number_is_none(text):
    assert parse_tempo(text) is None
