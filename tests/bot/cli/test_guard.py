"""How commands end: exit codes, and what is said where."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot import texts
from bot.cli import app as cli_app
from bot.cli import guard, run
from bot.errors import BadInput, BotError, CannotWrite
from config.errors import NotabotError


@pytest.fixture
def command_that_raises(monkeypatch):
    """`notabot styles` raises what it is told to, at the place where the command is carried out."""

    def arrange(error):
        def fail(*_arguments, **_options):
            raise error

        monkeypatch.setattr(cli_app.styles, "_table", fail)

    return arrange


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compse"], "No such command"),
        (["compose"], "Missing argument"),
        (["compose", "chopin", "--count", "0"], "--count"),
        (["compose", "chopin", "--tempo", "abc"], "--tempo"),
        (["compose", "chopin", "--formats", "wav"], "There is no format “wav”"),
        (["compose", "chopin", "--nonsense"], "No such option"),
        (["compose", "chopin", "--temperament", "sleepy"], "--temperament"),
        (["compose", "chopin", "--form", "XYZ?"], "|:A:|BA"),
        (["train", "export", "run.pt", "out.safetensors", "--precision", "int3"], "int3"),
        (["train", "pretrain", "corpus", "folder", "--set", "hidden"], "NAME=VALUE"),
    ],
)
def test_what_the_person_can_fix_is_one_sentence_and_exit_code_2(arguments, words, capsys):
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert words in said.err


def test_with_json_the_sentence_is_also_on_standard_output(capsys):
    assert run(["compose", "chopin", "--formats", "wav", "--json"]) == 2
    said = capsys.readouterr()
    assert json.loads(said.out) == {"error": said.err.strip()}


def test_the_help_of_every_command_has_an_example(capsys):
    for command in ("compose", "styles", "render", "train", "evaluate", "bench"):
        assert run([command, "--help"]) == 0
        assert f"notabot {command} " in capsys.readouterr().out.replace("Usage: notabot", "")


def test_no_help_turns_signs_of_music_into_pictures(capsys):
    """What stands between two colons is a picture to the library that prints the help: |:A:|BA."""
    for command in ("compose", "styles", "render", "transpose", "continue", "rewrite", "vary", "restyle", "harmonise"):
        assert run([command, "--help"]) == 0
        assert not [char for char in capsys.readouterr().out if ord(char) > 0xFFFF]


def test_words_that_no_style_could_mean_are_said_to_be_unknown(capsys):
    assert run(["styles", "xyzzy"]) == 2
    said = capsys.readouterr()
    assert (said.out, "xyzzy" in said.err) == ("", True)
    assert run(["styles", "chopn"]) == 0


def test_an_unexpected_error_is_one_honest_line_and_a_traceback_in_the_log(capsys, command_that_raises, tmp_path):
    command_that_raises(RuntimeError("a surprise"))
    assert run(["styles"]) == 1
    said = capsys.readouterr()
    reference = said.err.split("Reference ")[1].split(";")[0]
    assert "Traceback" not in said.err
    assert len(said.err.splitlines()) == 1
    log = (tmp_path / "data" / "notabot.log").read_text()
    assert reference in log
    assert "RuntimeError: a surprise" in log


def test_ctrl_c_ends_with_130_and_no_traceback(capsys, command_that_raises):
    command_that_raises(KeyboardInterrupt())
    assert run(["styles"]) == 130
    assert capsys.readouterr().err.strip() == texts.STOPPED


def test_ctrl_c_while_the_command_still_starts_is_no_traceback_either():
    """It was one whenever Ctrl-C came in the second or two in which modules are imported."""
    stopped = """
import sys

class Stopping:
    def find_spec(self, name, path, target=None):
        if name == "bot.cli.guard":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Stopping())
from bot.__main__ import main
main()
"""
    ended = subprocess.run([sys.executable, "-c", stopped], capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr.strip()) == (130, "", texts.STOPPED)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_what_is_printed_on_a_full_disk_is_said_to_be_lost():
    command = [sys.executable, "-m", "bot", "styles"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    assert "could not be written: the disk is full" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_every_family_of_errors_has_a_sentence_that_ends_like_one():
    families = [NotabotError, *NotabotError.__subclasses__()]  # tests/bot/texts looks at every class
    assert BotError in families
    for family in families:
        sentence = texts.explain(family())
        assert sentence, family
        assert sentence.endswith((".", "?")), sentence
        assert "\n" not in sentence


def test_a_foreign_error_has_no_sentence():
    assert texts.explain(ValueError("no")) is None
    assert texts.explain(BadInput("yes.")) == "yes."
    assert issubclass(CannotWrite, BotError)


def test_help_and_styles_load_no_heavy_library():
    """All in one process: what comes first loads nothing for what comes behind it."""
    commands = [["--version"], ["--help"], ["compose", "--help"], ["styles"]]
    script = (
        "import sys\nfrom bot.cli import run\n"
        f"for arguments in {commands}:\n"
        "    code = run(arguments)\n"
        "    heavy = {'torch', 'music21', 'verovio', 'numpy', 'transformers'} & set(sys.modules)\n"
        "    if code or heavy:\n"
        "        sys.exit(f'{arguments} ended with {code} and loaded {heavy}')\n"
        "    print('done')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.split("done\n")
    assert len(said) == len(commands) + 1
    assert all("otabot" in each or "eyboard" in each for each in said[:-1])


@pytest.mark.parametrize(
    ("number", "ctrl_c"),
    [
        (signal.SIGINT, signal.SIG_DFL),
        (signal.SIGTERM, signal.SIG_DFL),
        (signal.SIGTERM, signal.SIG_IGN),  # as for a command that a script has put into the background
    ],
)
def test_a_signal_unwinds_and_leaves_nothing_half_written(tmp_path, number, ctrl_c):
    script = f"""
import sys, time
from pathlib import Path
from bot.cli import app, guard
from bot.making.files import open_piece_folder
def wait(*_arguments, **_options):
    with open_piece_folder(Path({str(tmp_path / "out")!r})):
        print("ready", flush=True)
        time.sleep(30)
app.styles._table = wait
sys.exit(guard.run(["styles"]))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        preexec_fn=lambda: signal.signal(signal.SIGINT, ctrl_c),
    )
    assert process.stdout.readline() == "ready\n"
    started = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == guard.EXIT_STOPPED
    assert said.strip() == texts.STOPPED
    assert time.monotonic() - started < 10
    assert not (tmp_path / "out").exists()


def test_a_training_that_is_refused_shows_no_traceback():
    """`train` shows what is logged, and the refusal was logged with its traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "train", "pretrain", "nowhere.jsonl", "folder"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == guard.EXIT_FIXABLE
    assert done.stderr.splitlines() == ["There is no corpus at nowhere.jsonl. Name a .jsonl or .jsonl.xz file."]
