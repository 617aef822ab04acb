"""The main job, as a person starts it: one command, the shipped weights, and every file it leaves.

Other programs judge the result: verovio, music21 and abctoolkit read it, mido and mutagen measure it.
"""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import mido
import mutagen.mp3
import pytest
from PIL import Image

from generator.notation import check_bars, parse_tune
from tests.renderers.sound.midi_files import midi_length_s

BARS = 6


def compose(folder, *more):
    """In a folder without a .env, so that the developer's own settings do not count."""
    command = [sys.executable, "-m", "bot", "compose", "chopin", "keyboard", "--out", str(folder)]
    options = ["--bars", str(BARS), "--seed", "11", "--key", "Am", "--metre", "3/4", "--tempo", "90", *more]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NOTABOT_")}
    environment["PYTHONPATH"] = str(Path(__file__).parents[1])
    done = subprocess.run(
        [*command, *options], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("piece")
    compose(folder)
    return folder


def the(folder, ending):
    (path,) = folder.glob(f"*{ending}")
    return path


def test_all_seven_kinds_of_file_and_the_record_are_there_and_nothing_else(folder):
    endings = sorted(path.name.split("_")[-1].partition(".")[2] for path in folder.iterdir() if ".png" not in path.name)
    assert endings == ["abc", "json", "mid", "mp3", "musicxml", "pdf"]
    assert all(path.stat().st_size > 0 for path in folder.iterdir())
    with Image.open(the(folder, "_p1.png")) as page:
        assert page.width >= 1000
        assert page.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_the_abc_has_what_was_asked_and_passes_our_check_and_abctoolkits(folder):
    from abctoolkit.check import check_alignment_rotated

    text = the(folder, ".abc").read_text()
    tune = parse_tune(text)
    assert len(tune.bars) == BARS
    assert (tune.header.field("K"), tune.header.field("M"), tune.header.tempo) == ("Amin", "3/4", "1/4=90")
    assert check_bars(tune) == []
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(("X:", "T:", "C:"))]
    _, same_number_of_bars, same_lengths = check_alignment_rotated(lines)
    assert (same_number_of_bars, same_lengths) == (True, True)


def test_verovio_and_music21_read_the_musicxml(folder):
    import verovio
    from music21 import converter

    path = the(folder, ".musicxml")
    toolkit = verovio.toolkit()
    assert toolkit.loadFile(str(path))
    assert toolkit.getPageCount() >= 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # music21's own, about itself
        score = converter.parse(path, format="musicxml", forceSource=True)
    assert len(score.parts) == 2
    assert {len(part.getElementsByClass("Measure")) for part in score.parts} == {BARS}
    assert score.flatten().notes


def test_the_midi_has_notes_in_two_hands(folder):
    tracks = mido.MidiFile(the(folder, ".mid")).tracks
    playing = [track for track in tracks if any(message.type == "note_on" and message.velocity for message in track)]
    assert len(playing) == 2


def test_the_mp3_lasts_as_long_as_the_score_and_says_what_it_is(folder):
    recording = mutagen.mp3.MP3(the(folder, ".mp3"))
    length_s = midi_length_s(the(folder, ".mid").read_bytes())
    assert length_s <= recording.info.length <= length_s + 3
    assert str(recording["TIT2"]).endswith(" in A minor")
    assert "Notabot" in str(recording["TPE1"])
    assert recording.tags.getall("APIC")


def test_the_record_names_request_seed_model_and_report(folder):
    record = json.loads(the(folder, ".json").read_text())
    assert record["seed"] == 11
    assert record["request"]["key"] == "Amin"
    assert record["report_card"]["bars_aligned"] == BARS
    assert record["analysis"]["num_measures"] == BARS
    assert record["model"]["sha256"]


def test_the_same_seed_gives_the_same_music_again(folder, tmp_path):
    compose(tmp_path, "--formats", "abc")
    assert the(tmp_path, ".abc").read_text() == the(folder, ".abc").read_text()
