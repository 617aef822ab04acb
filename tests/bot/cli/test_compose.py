"""`notabot compose` with a real composer and renderer, and a network that knows nothing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import run
from bot.cli.compose import NOT_GUIDED
from bot.making import files as pieces
from generator.notation import check_bars, parse_tune

REPOSITORY = Path(__file__).parents[3]
SMALL = ["--bars", "2", "--seed", "7", "--formats", "abc", "--out", "out"]


@pytest.fixture(autouse=True)
def tiny_model(tiny_weights, monkeypatch):
    monkeypatch.setenv("NOTABOT_WEIGHTS", str(tiny_weights))
    monkeypatch.setenv("NOTABOT_THREADS", "1")
    monkeypatch.setenv("NOTABOT_TRIES_PER_BAR", "1")


def files_in(folder="out"):
    return sorted(path.name for path in Path(folder).iterdir()) if Path(folder).exists() else []


def test_a_piece_arrives_with_its_record_and_its_report(capsys):
    assert run(["compose", "chopin", "keyboard", *SMALL, "--key", "Am", "--metre", "3/4", "--tempo", "90"]) == 0
    abc, record = files_in()
    assert abc.startswith("chopin_keyboard_20")
    assert record == abc.replace(".abc", ".json")
    tune = parse_tune((Path("out") / abc).read_text())
    assert check_bars(tune) == []
    assert {"K:Amin", "M:3/4", "Q:1/4=90"} <= set(tune.header.lines)
    said = capsys.readouterr()
    assert "Andantino in A minor — Notabot, after Chopin, seed 7" in said.out
    assert abc in said.out
    assert "2 bars, all aligned" in said.out
    assert "No seven notes in a row are as in a known piece" in said.out
    assert "bar 2 of 2" in said.err


def test_the_record_says_how_to_make_the_piece_again(capsys):
    assert (
        run(
            [
                "compose",
                "chopin",
                "keyboard",
                *SMALL,
                "--temperament",
                "wild",
                "--top-k",
                "5",
                "--guidance",
                "1",
                "--json",
            ]
        )
        == 0
    )
    printed = json.loads(capsys.readouterr().out)
    (record,) = [json.loads((Path("out") / name).read_text()) for name in files_in() if name.endswith(".json")]
    assert printed == record
    assert record["seed"] == 7
    assert record["sampling"] == {"temperature": 2.0, "top_k": 5, "top_p": 0.9, "guidance": 1.0}
    assert record["request"]["composer"] == "Chopin, Frederic"
    assert record["request"]["bars"] == 2
    assert record["report_card"]["bars_aligned"] == 2
    assert record["model"]["metadata"]["trained"] == "not at all"
    assert len(record["model"]["sha256"]) == 64
    assert {"python", "torch", "verovio"} <= set(record["versions"])
    assert {"compose_s", "render_s"} <= set(record["timings"])
    assert record["files"] == [name for name in files_in() if name.endswith(".abc")]


def test_who_asks_for_guidance_is_told_once_if_the_weights_cannot_be_guided(capsys, monkeypatch, unguidable_weights):
    asked = ["compose", "chopin", "keyboard", *SMALL, "--guidance", "2"]
    assert run(asked) == 0
    assert NOT_GUIDED not in capsys.readouterr().err
    monkeypatch.setenv("NOTABOT_WEIGHTS", str(unguidable_weights))
    assert run([*asked, "--json", "--count", "2"]) == 0
    said = capsys.readouterr()
    assert said.err.count(NOT_GUIDED) == 1
    assert [json.loads(line)["sampling"]["guidance"] for line in said.out.splitlines()] == [0.0, 0.0]
    assert run(["compose", "chopin", "keyboard", *SMALL]) == 0, "by itself the style asks for guidance too"
    assert NOT_GUIDED not in capsys.readouterr().err


def test_several_pieces_have_seeds_one_after_the_other_and_json_has_a_line_for_each(capsys):
    assert run(["compose", "chopin", "keyboard", *SMALL, "--count", "2", "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["seed"] for record in records] == [7, 8]
    assert len(files_in()) == 4


def test_of_several_candidates_one_is_delivered_and_the_record_says_which_and_why(capsys):
    assert run(["compose", "chopin", "keyboard", *SMALL, "--candidates", "2", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    choice = record["choice"]
    assert len(choice["candidates"]) == record["report_card"]["counts"]["pieces"] == 2
    won = choice["candidates"][choice["winner"] - 1]
    assert won["liking"] == max(one["liking"] for one in choice["candidates"])
    assert choice["candidates"][0]["seed"] == record["seed"] == 7
    assert len(files_in()) == 2


def test_the_same_seed_gives_the_same_piece():
    for _ in range(2):
        assert run(["compose", "chopin", "keyboard", *SMALL]) == 0
    first, second = [(Path("out") / name).read_text() for name in files_in() if name.endswith(".abc")]
    assert first == second


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["xyzzy", "plugh"], "xyzzy"),
        (["weber"], "no music by Carl Maria"),
        (["hello"], "sad waltz"),
        (["chopin", "--bars", "0"], "bars"),
        (["chopin", "--bars", "10000"], "bars"),
        (["chopin", "--metre", "4/5"], "4/5"),
        (["chopin", "--key", "H#"], "sharps"),
        (["chopin", "--tempo", "0"], "tempo"),
        (["chopin", "--temperature", "9"], "emperature"),
        (["chopin", "--temperature", "nan"], "emperature"),
        (["chopin", "--top-p", "2"], "top"),
        (["chopin", "--seed", "-1"], "seed"),
    ],
)
def test_impossible_wishes_are_one_sentence_and_leave_nothing(arguments, words, capsys):
    assert run(["compose", *arguments, "--out", "out"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert words in said
    assert files_in() == []
    assert not Path("out").exists()


@pytest.mark.parametrize("content", [None, b"", b"not weights at all", b"\x08\0\0\0\0\0\0\0{}      "])
def test_missing_and_corrupt_weights_are_one_sentence_and_leave_nothing(content, capsys, monkeypatch, tmp_path):
    path = tmp_path / "broken.safetensors"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("NOTABOT_WEIGHTS", str(path))
    assert run(["compose", "chopin", *SMALL]) == 2
    said = capsys.readouterr().err.splitlines()
    assert "broken.safetensors" in said[-1]
    assert not any("Traceback" in line for line in said)
    assert not Path("out").exists()


def test_a_setting_that_makes_no_sense_is_one_sentence(capsys, monkeypatch):
    monkeypatch.setenv("NOTABOT_SLOTS", "many")
    assert run(["compose", "chopin", *SMALL]) == 2
    said = capsys.readouterr().err
    assert "NOTABOT_SLOTS" in said
    assert len(said.splitlines()) == 1


def test_a_disk_that_is_full_is_one_sentence_and_leaves_nothing(capsys, monkeypatch):
    def fsync(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pieces.os, "fsync", fsync)
    assert run(["compose", "chopin", *SMALL, "--json"]) == 2
    said = capsys.readouterr()
    assert "disk is full" in json.loads(said.out)["error"]
    assert not Path("out").exists()


def test_ctrl_c_while_composing_stops_at_once_and_leaves_nothing(tmp_path):
    """The model composes in a thread: interrupting must neither wait for the piece nor leave its folder."""
    command = [sys.executable, "-m", "bot", "compose", "chopin", "keyboard", "--bars", "200", "--out", "out"]
    process = subprocess.Popen(
        [*command, "--formats", "abc"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell may have it ignored
    )
    while not (line := process.stderr.readline()).startswith("bar "):
        assert line, "the command ended before its first bar"
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert out == ""
    assert not (tmp_path / "out").exists()
