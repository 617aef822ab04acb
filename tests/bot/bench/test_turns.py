"""Turns of small versions that do next to nothing, in processes of their own."""

from pathlib import Path

import pytest

from bot.bench.cold import measure_cold
from bot.bench.turns import Turns, Versions, take_turn
from bot.errors import BadInput, BenchFailed


def make_version(folder: Path, program: str) -> Path:
    (folder / "bot").mkdir(parents=True)
    (folder / "bot" / "__init__.py").touch()
    (folder / "bot" / "__main__.py").write_text(program)
    return folder


def test_a_turn_tells_what_it_cost_and_what_was_said(tmp_path):
    version = make_version(tmp_path / "one", "import json, os\nprint(json.dumps(dict(os.environ)))\n")
    turn = take_turn(version, ["-m", "bot"], slots="3")
    assert 0 < turn.processor_s < 60
    assert turn.memory_mib > 1
    assert turn.found["NOTABOT_SLOTS"] == "3"


def test_what_the_bench_itself_holds_is_not_counted(tmp_path):
    version, held = make_version(tmp_path / "one", ""), b"x" * (300 << 20)
    assert take_turn(version, ["-m", "bot"]).memory_mib < 100 < len(held) / 2**20


def test_a_person_s_own_settings_change_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTABOT_CANDIDATES", "9")
    version = make_version(tmp_path / "one", "import json, os\nprint(json.dumps(dict(os.environ)))\n")
    assert "NOTABOT_CANDIDATES" not in take_turn(version, ["-m", "bot"]).found


def test_a_program_that_fails_is_told_of_with_its_last_words(tmp_path):
    version = make_version(tmp_path / "one", "raise SystemExit('no music today')\n")
    with pytest.raises(BenchFailed) as refusal:
        take_turn(version, ["-m", "bot"])
    assert refusal.value.ending == "no music today"
    assert refusal.value.version == version


def test_versions_take_turns_and_the_other_begins_every_second_round(tmp_path):
    versions, turns = Versions(now=tmp_path / "now", before=tmp_path / "before"), Turns()
    order = [[version.name for version, _ in versions.in_turn(number, turns)] for number in range(3)]
    assert order == [["now", "before"], ["before", "now"], ["now", "before"]]
    assert [version.name for version, _ in Versions(now=tmp_path / "now").in_turn(1, turns)] == ["now"]


def test_a_folder_without_a_version_is_refused(tmp_path):
    with pytest.raises(BadInput):
        Versions.beside(tmp_path)
    with pytest.raises(BadInput):
        Versions.beside(tmp_path / "nowhere")
    assert Versions.beside(make_version(tmp_path / "one", "")).before == tmp_path / "one"


def test_the_cold_command_is_measured_once_a_round_behind_one_that_warms_up(tmp_path):
    counts = "from pathlib import Path\nwith Path({!r}).open('a') as told: told.write('x')\n"
    now, before = (make_version(tmp_path / one, counts.format(str(tmp_path / f"{one}.txt"))) for one in ("a", "b"))
    figures = measure_cold(Versions(now=now, before=before), rounds=2)
    assert [len(figure.now) == len(figure.before) == 2 for figure in figures] == [True] * 6
    assert [(tmp_path / f"{one}.txt").read_text() for one in ("a", "b")] == ["x" * 6] * 2
