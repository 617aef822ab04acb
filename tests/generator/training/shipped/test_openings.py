"""The openings that ship, collected from a few invented pieces."""

import json
import lzma

import pytest

from generator.training.shipped.openings import make_openings

CHOPIN = {"period": "Romantic", "composer": "Chopin, Frederic", "instrumentation": "Keyboard"}
FRANZ = {"period": "Romantic", "composer": "Franz, Robert", "instrumentation": "Art Song"}


def piece(style, header, **changes):
    return {**style, "work": "w", "aligned": True, "split": "train", "abc": f"{header}\n[V:1]C8|[V:2]C8|\n", **changes}


def mazurka(key="Amin", tempo="Q:1/4=132\n", name="PIANO.PIANO."):
    return f'%%score [ 1 | 2 ]\nL:1/8\n{tempo}M:3/4\nK:{key}\nV:1 treble nm="{name}" snm="P"\nV:2 bass nm="{name}"'


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    pieces = [
        *[piece(CHOPIN, mazurka(name=name)) for name in ("PIANO.PIANO.", "Fortepian", "Piano Forte", "", "Score")],
        piece(CHOPIN, mazurka(key="Fbmin", tempo="Q:3/8=60\n")),
        piece(CHOPIN, mazurka(key="G"), split="held-out"),
        piece(CHOPIN, mazurka(key="D"), aligned=False),
        piece(CHOPIN, 'L:1/8\nM:none\nK:C\nV:1 bass nm="Piano"'),
        piece(
            FRANZ,
            '%%score 1 { ( 2 4 ) | 3 }\nL:1/8\nQ:1/2=300\nM:2/2\nK:Bb\nV:1 alto1 nm="Singstimme\\nVoice"\n'
            'V:2 treble nm="Klavier"\nV:4 treble\nV:3 bass3 stafflines=5 nm="x"',
        ),
    ]
    folder = tmp_path_factory.mktemp("scores")
    with lzma.open(folder / "scores.jsonl.xz", "wt", encoding="utf-8") as rows:
        rows.writelines(json.dumps(row) + "\n" for row in pieces)
    out = folder / "openings.json"
    told = []
    make_openings(folder / "scores.jsonl.xz", out, tell=told.append)
    assert told[0].startswith("2 of ")
    return json.loads(out.read_text("utf-8"))


def test_pianos_of_all_names_and_brackets_become_one_layout_of_two_hands(collected):
    chopin = collected["styles"]["Romantic|Chopin, Frederic|Keyboard"]
    ((number, weight),) = chopin["layouts"]
    assert weight == 6
    assert collected["layouts"][number] == ["%%score { 1 | 2 }", ['V:1 treble nm="Piano" snm="Pno."', "V:2 bass"]]


def test_only_aligned_training_pieces_with_a_metre_and_a_key_that_can_be_printed_count(collected):
    chopin = collected["styles"]["Romantic|Chopin, Frederic|Keyboard"]
    assert chopin["pieces"] == 7
    assert chopin["signatures"] == [["3/4", "Amin", 132, 5]]


def test_a_song_has_a_voice_a_piano_and_modern_clefs_and_keeps_the_numbers_of_its_voices(collected):
    franz = collected["styles"]["Romantic|Franz, Robert|Art Song"]
    score, voices = collected["layouts"][franz["layouts"][0][0]]
    assert score == "%%score 1 { ( 2 4 ) | 3 }"
    assert voices == ['V:1 treble nm="Voice"', 'V:2 treble nm="Piano" snm="Pno."', "V:4 treble", "V:3 bass"]


def test_a_style_of_few_pieces_leaves_its_signatures_to_its_family(collected):
    assert collected["styles"]["Romantic|Franz, Robert|Art Song"]["signatures"] == []
    assert collected["families"]["Romantic|Keyboard"]["signatures"] == [["3/4", "Amin", 132, 5]]


def test_tempos_are_collected_by_metre(collected):
    assert collected["tempos"]["Keyboard|3/4"] == [[132, 3]]
    assert collected["tempos"]["|3/4"] == [[132, 3]]


def test_how_many_pieces_were_taught_is_counted_in_the_corpus_that_the_weights_were_trained_on(tmp_path):
    grown, taught, out = (tmp_path / name for name in ("grown.jsonl", "taught.jsonl", "openings.json"))
    grown.write_text("".join(json.dumps(piece(CHOPIN, mazurka())) + "\n" for _ in range(5)))
    taught.write_text(json.dumps(piece(CHOPIN, mazurka())) + "\n")
    make_openings(grown, out, taught=taught, tell=lambda _: None)
    chopin = json.loads(out.read_text())["styles"]["Romantic|Chopin, Frederic|Keyboard"]
    assert (chopin["pieces"], chopin["layouts"][0][1]) == (1, 5)
