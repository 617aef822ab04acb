"""What a tune shares with known pieces, on a small index made of the tunes in tests/data and a few invented ones."""

import json
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.texts import FALLBACK
from bot.texts.report import shared_line
from generator.catalogue.style import Style
from generator.critic import report_card
from generator.critic.judge import Critic
from generator.critic.judgement import Originality
from generator.critic.originality import (
    INDEX_FILE,
    KnownPiece,
    OriginalityIndex,
    build_index,
    load_index,
    read_index,
    write_index,
)
from generator.critic.originality_melody import join_melodies, melodies
from generator.critic.originality_search import WINDOW_STEPS, Searcher, number_windows
from generator.notation import parse_tune, transpose

DATA = Path(__file__).parents[2] / "data"
HEADER = '%%score 1\nL:{unit}\nQ:1/4=90\nM:{metre}\nK:{key}\nV:1 treble nm="Violin"\n'
ARIA = ("C2 E2 A3 G", "F2 DE C2 B,2", "C>D EG ^F2 A2", "Bc dB G4")  # 20 notes
FIGURE = ("CGEG CGEG", "CGEG CGEG", "CGEG CGEG", "CGEG C4")
HYMN = ("D F A>A", "A A B2", "A2 z A", "d A d/e/f", "e d c B", "A2 z A", "d A B F", "G/F/E D2")  # "Wachet auf"
LIMITS = {
    "all pieces": {8: 9, 16: 12, 32: 14},
    "Romantic | Chopin, Frederic / Keyboard": {16: 15},
}
CHOPIN = Style("Romantic", "Chopin, Frederic", "Keyboard")
SATIE = Style("Modern", "Satie, Erik", "Keyboard")


def solo(*bars, unit="1/8", metre="4/4", key="C"):
    return parse_tune(HEADER.format(unit=unit, metre=metre, key=key) + "".join(f"[V:1]{bar}|\n" for bar in bars))


def known(name):
    return KnownPiece(name, f"scores/{name.lower()}@1a2b", "CC0-1.0")


@pytest.fixture(scope="module")
def index() -> OriginalityIndex:
    tunes = {name: parse_tune((DATA / f"{name}.abc").read_text("ascii")) for name in ("waltz", "quartet_with_rests")}
    tunes |= {"Aria": solo(*ARIA), "Figure": solo(*FIGURE)}
    return build_index([(known(name), melodies(tune)) for name, tune in tunes.items()], LIMITS)


def shared(index, tune):
    found = index.check(tune, SATIE)
    return found.notes, found.piece


def test_a_known_piece_is_found_with_its_name_source_and_licence(index):
    found = index.check(solo("z8", *ARIA), SATIE)
    assert found == Originality(
        notes=20, piece="Aria", source="scores/aria@1a2b", licence="CC0-1.0", bar=1, limit=9, of="all pieces"
    )
    assert found.copied


@pytest.mark.parametrize("semitones", [6, -5, 1])
def test_a_known_piece_is_found_in_another_key(index, semitones):
    assert shared(index, transpose(solo(*ARIA), semitones=semitones)) == (20, "Aria")


@pytest.mark.parametrize("unit", ["1/4", "1/16"])
def test_a_known_piece_is_found_in_longer_and_shorter_note_values(index, unit):
    assert shared(index, solo(*ARIA, unit=unit, metre="none")) == (20, "Aria")


def test_a_tritone_higher_and_half_as_fast_is_the_same_piece(index):
    assert shared(index, transpose(solo(*ARIA, unit="1/4", metre="8/4"), semitones=6)) == (20, "Aria")


@pytest.mark.parametrize(
    "bars",
    [
        ('!p!(C2 "^dolce"E2) A3 G', *ARIA[1:]),
        ("C2 E2 A2-A G", *ARIA[1:]),
        ("C2 E2 {B}A3 G", *ARIA[1:]),
        ("[A,C]2 [CE]2 [CFA]3 G", *ARIA[1:]),
        ("C2 E z A3 G", *ARIA[1:]),
    ],
    ids=["with words", "with a tie", "with a grace note", "with chords below", "with a rest"],
)
def test_what_does_not_change_the_melody_does_not_hide_it(index, bars):
    assert shared(index, solo(*bars)) == (20, "Aria")


def test_a_changed_note_ends_the_run(index):
    # C2 E2 A3 G F2 DE C2 B,2 are the nine notes before the change, seven stand behind it
    assert shared(index, solo(*ARIA[:2], "_D>D EG ^F2 A2", ARIA[3])) == (9, "Aria")


def test_another_rhythm_ends_the_run(index):
    assert shared(index, solo(*ARIA[:2], "CD EG ^F2 A2", ARIA[3])) == (9, "Aria")


def test_a_melody_is_found_in_an_inner_voice(index):
    header = '%%score { 1 | 2 }\nL:1/8\nM:4/4\nK:C\nV:1 treble nm="Piano"\nV:2 bass\n'
    bars = "".join(f"[V:1]c8|[V:2]{bar}|\n" for bar in ("z8", *ARIA))
    found = index.check(parse_tune(header + bars), SATIE)
    assert (found.notes, found.piece, found.bar) == (20, "Aria", 1)


def test_what_comes_back_in_a_figure_does_not_count(index):
    # 29 notes in a row, but only five different turns: CGEG, GEGC, EGCG, GCGE, and GEGC that ends on a long note
    found = index.check(solo(*FIGURE), SATIE)
    assert (found.notes, found.piece) == (8, "Figure")
    assert not found.copied


@pytest.mark.parametrize("bar", ["CCCC CCCC", "CDCD CDCD"], ids=["a repeated note", "a trill"])
def test_a_run_in_which_nothing_happens_is_not_looked_for(bar):
    index = build_index([(known("Dull"), melodies(solo(*[bar] * 4)))], LIMITS)
    assert shared(index, solo(*[bar] * 4)) == (0, "")


def line_of(found):
    return shared_line({"originality": found.to_json()}, FALLBACK)


def test_a_new_melody_shares_nothing(index):
    found = index.check(solo("e3 B c2 ^G2", "A4 _B2 e2", "d>^f ac' b3 d", "^c2 g4 z2"), SATIE)
    assert (found.notes, found.piece, found.copied) == (0, "", False)
    assert line_of(found) == "No seven notes in a row are as in a known piece."


def test_a_long_rest_ends_a_melody(index):
    # nine notes before the rest, eleven behind it
    tune = solo(*ARIA[:2], "z8", "z8", *ARIA[2:])
    assert shared(index, tune) == (11, "Aria")


@pytest.mark.parametrize("bars", [("z8", "z8"), ("C8",), ("C4 E4",)])
def test_a_tune_without_a_melody_copies_nothing(index, bars):
    assert shared(index, solo(*bars)) == (0, "")


def test_a_tune_may_share_as_much_as_human_pieces_do_and_no_more():
    found = Originality(notes=12, piece="Aria", source="", licence="", bar=0, limit=12, of="all pieces")
    assert not found.copied
    assert replace(found, notes=13).copied


def test_the_report_card_says_what_is_shared_if_the_critic_has_looked():
    hymn = solo(*HYMN, metre="2/4", key="D")
    card = report_card(hymn, judgement=Critic().judge(hymn, SATIE, seed=1))
    assert "Wachet auf" in card.originality.piece
    told = json.loads(json.dumps(card.to_json()))["originality"]
    assert told["notes"] == card.originality.notes
    assert told["copied"] == card.originality.copied
    assert report_card(solo(*ARIA)).to_json()["originality"] is None


def test_the_line_names_the_piece_and_the_limit():
    name = "Schubert, Franz: Ständchen"
    found = Originality(notes=9, piece=name, source="", licence="", bar=0, limit=16, of="all pieces")
    assert line_of(found).endswith("has too: 9 (Schubert, Franz: Ständchen); works by people share up to 16.")
    assert len(line_of(replace(found, piece="Anonymous: " + "la " * 90))) < 200


@pytest.mark.parametrize(
    ("style", "bars", "limit"),
    [
        (SATIE, 1, 9),
        (SATIE, 8, 9),
        (SATIE, 15, 9),
        (SATIE, 16, 12),
        (SATIE, 100, 14),
        (CHOPIN, 8, 15),
        (CHOPIN, 64, 15),
    ],
)
def test_the_limit_is_that_of_the_nearest_human_pieces_no_longer_than_the_tune(index, style, bars, limit):
    assert index.limit(style, bars=bars)[0] == limit


def test_an_index_is_the_same_after_it_was_written_and_read(index, tmp_path):
    for name in ("one.npz", "two.npz"):
        write_index(index, tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    again = read_index(tmp_path / "one.npz")
    assert (again.steps == index.steps).all()
    assert (again.pieces, again.limits) == (index.pieces, index.limits)
    assert again.check(solo(*ARIA), CHOPIN) == index.check(solo(*ARIA), CHOPIN)


def test_the_search_finds_what_comparing_everything_with_everything_finds():
    rng = np.random.default_rng(3)
    for _ in range(10):
        here, there = (
            np.concatenate([[0], np.where(rng.random(90) < 0.02, 0, rng.integers(1, 4, 90)), [0]]).astype(np.uint16)
            for _ in range(2)
        )
        found = Searcher(there).longest_run(here)
        assert (found.notes if found else 0) == most_notes_in_common(here.tolist(), there.tolist())


def most_notes_in_common(here, there):
    """By trying every pair of places. Short runs, and those in which nothing happens, are not looked for."""
    most = 0
    for start in range(len(here)):
        for place in range(len(there)):
            length = 0
            while here[start + length] == there[place + length] and here[start + length]:
                length += 1
            run = here[start : start + length]
            turns = [tuple(run[at : at + 3]) for at in range(length - 2)]
            eventful = any(len(set(turns[at : at + 4])) >= 3 for at in range(length - WINDOW_STEPS + 1))
            if eventful:
                most = max(most, len(set(turns)) + 3)
    return most


def test_windows_that_differ_but_have_the_same_number_hide_nothing():
    """The first step of a run was taken for another one before it, whose window has the same number as the run's."""
    run, first = np.arange(100, 110), np.arange(1, 2000)
    numbers = [int(number_windows(np.array([one, *run], np.uint16))[0]) for one in first]
    here, there = next(
        (first[numbers.index(number)], one)
        for place, (one, number) in enumerate(zip(first, numbers, strict=True))
        if number in numbers[:place]
    )
    sought, known = (np.array([0, one, *run, 0], np.uint16) for one in (here, there))
    found = Searcher(known).longest_run(sought)
    assert found is not None
    assert (found.start, found.end, found.notes) == (2, 2 + len(run), len(run) + 1)


def test_reading_an_index_takes_little_more_memory_than_it_has(tmp_path):
    steps = np.random.default_rng(1).integers(1, 2000, 1_000_000).astype(np.uint16)
    index = OriginalityIndex(steps, pieces=[known("Noise")], first_steps=np.array([1], np.int32), limits=LIMITS)
    write_index(index, tmp_path / "index.npz")
    tracemalloc.start()
    try:
        kept = read_index(tmp_path / "index.npz")
        of_a_step = [size / len(kept.steps) for size in tracemalloc.get_traced_memory()]
    finally:
        tracemalloc.stop()
    assert of_a_step[0] < 4.5  # two bytes each for the step and the number of the window that it begins
    assert of_a_step[1] < 6


# --- the index that ships -------------------------------------------------------------------------------------------


def test_the_shipped_index_is_small_and_credits_every_piece():
    assert INDEX_FILE.stat().st_size < 6e6
    index = load_index()
    assert len(index.pieces) > 4000
    assert all(piece.name and piece.source and piece.licence for piece in index.pieces)
    assert all(name == sorted(name) for name in map(list, index.limits.values()))


def test_the_shipped_index_knows_a_famous_hymn():
    found = load_index().check(solo(*HYMN, metre="2/4", key="D"), SATIE)
    assert "Wachet auf" in found.piece
    assert found.licence == "CC0-1.0"
    assert found.notes >= 12


def test_originality_is_told_without_loading_torch():
    code = "import sys, generator.critic.originality as o; o.load_index(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0


def test_melodies_are_joined_with_separators_around_them():
    steps, bars = join_melodies(melodies(solo(*ARIA)))
    assert (steps[0], steps[-1], len(steps)) == (0, 0, 19 + 2)
    assert bars.tolist() == [-1, *[0] * 4, *[1] * 5, *[2] * 6, *[3] * 4, -1]
