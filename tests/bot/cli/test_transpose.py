"""`notabot transpose`: what FILE_OR_ID may be, and what comes out."""

import json
from pathlib import Path

import pytest

from bot.cli import run
from tests.midi_files import SCALE, midi_file

SCORES = Path(__file__).parents[2] / "data" / "scores"
TUNE = """X:1
T:Keyboard piece in A minor
C:Notabot, after Chopin
L:1/8
Q:1/4=90
M:3/4
K:Amin
V:1 treble nm="Piano"
[V:1]A2 c2 e2|
[V:1]e2 ^d2 c2|]
"""
NAME = "chopin_keyboard_20261121_142312_k3f9"
RECORD = {
    "id": "k3f9",
    "name": NAME,
    "title": "Keyboard piece in A minor",
    "credit": "Notabot, after Chopin",
    "key": "Amin",
    "request": {"period": "Romantic", "composer": "Chopin, Frederic", "instrumentation": "Keyboard"},
    "seed": 7,
}


@pytest.fixture
def piece(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / f"{NAME}.abc").write_text(TUNE)
    (folder / f"{NAME}.json").write_text(json.dumps(RECORD))
    return folder


def made(folder):
    return next(path for path in folder.glob("*.abc") if path.stem != NAME).read_text()


@pytest.mark.parametrize("named", ["k3f9", "#K3F9", f"out/{NAME}.json", f"out/{NAME}.abc", f"out/{NAME}_p1.png"])
def test_a_piece_is_named_by_its_id_or_by_any_of_its_files(piece, named, capsys):
    (piece / f"{NAME}_p1.png").write_bytes(b"PNG")
    assert run(["transpose", named, "--to", "Cm", "--formats", "abc"]) == 0
    assert {"T:Keyboard piece in C minor", "C:Notabot, after Chopin, transposed", "K:Cmin"} <= set(
        made(piece).split("\n")
    )
    said = capsys.readouterr().out
    assert "From piece k3f9: up a minor third" in said
    assert "seed" not in said
    assert (piece / f"{NAME}.abc").read_text() == TUNE


def test_the_new_piece_has_an_id_of_its_own_and_can_be_transposed_again(piece, capsys):
    assert run(["transpose", "k3f9", "--by", "-M2", "--formats", "abc", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["kind"], record["parent"], record["key"]) == ("transpose", "k3f9", "Gmin")
    assert record["name"].startswith("chopin_keyboard_")
    assert run(["transpose", record["id"], "--by", "M2", "--formats", "abc", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["title"], again["credit"]) == (RECORD["title"], "Notabot, after Chopin, transposed")
    assert "[V:1]e2 ^d2 c2|]" in (piece / f"{again['name']}.abc").read_text()


def test_any_abc_file_will_do_and_a_part_is_checked_in_words(piece, capsys):
    Path("My reel!.abc").write_text('X:1\nM:4/4\nL:1/8\nK:Ador\n"Am"eA AA A,4|"G"G,4 e4|]\n')
    assert run(["transpose", "My reel!.abc", "--for", "B-flat clarinet", "--formats", "abc", "--out", "parts"]) == 0
    said = capsys.readouterr().out
    assert "part 1 for Clarinet in B♭" in said
    assert "Every note can be played" in said
    (written,) = Path("parts").glob("My_reel_transposed_*.abc")
    assert "K:Bdor\nV:1 treble transpose=-2" in written.read_text()
    assert '"Bm"f' in written.read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["zzzz", "--to", "C"], "no piece “zzzz”"),
        (["no such file.abc", "--to", "C"], "There is no file"),
        (["k3f9"], "to a key, by an interval, or for an instrument"),
        (["k3f9", "--to", "C major"], "Ask for C minor"),
        (["k3f9", "--by", "third"], "minor or major"),
        (["k3f9", "--for", "kazoo"], "Do you mean"),
        (["k3f9", "--for", "horn", "--part", "tuba"], "1 (Piano)"),
        (["other.pdf", "--to", "C"], "of another kind (PDF)"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_leaves_nothing(piece, arguments, words, capsys):
    Path("other.pdf").write_bytes(b"%PDF")
    before = sorted(piece.iterdir())
    assert run(["transpose", *arguments]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert words in said
    assert sorted(piece.iterdir()) == before


@pytest.mark.parametrize("name", ["prelude.musicxml", "mazurka.krn", "air.mid"])
def test_a_file_of_any_notation_is_transposed(name, piece, capsys):
    path = SCORES / name
    if name.endswith(".mid"):
        path = piece.parent / name
        path.write_bytes(midi_file(SCALE, []))
    assert run(["transpose", str(path), "--by", "M2", "--formats", "abc"]) == 0
    assert f"From piece {name}: up a tone" in capsys.readouterr().out
    assert made(piece).count("[V:1]") > 1


def test_lines_that_hold_several_bars_are_not_counted_as_bars(piece, capsys):
    Path("song.abc").write_text("X:1\nT:Song\nL:1/4\nM:4/4\nK:C\nV:1\n[V:1]CDEF|GABc|cBAG|\n[V:1]FEDC|\n")
    assert run(["transpose", "song.abc", "--by", "m3", "--formats", "abc", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["report_card"] is None  # foreign ABC is not measured; it had "2 bars" that were too long
