"""`notabot continue` and its like: what FILE_OR_ID may be, and what comes out."""

import json

import pytest

from bot.cli import run

TUNE = """X:1
T:Air
C:Anna
M:3/4
L:1/4
K:G
GAB|cBA|G2B|A3|G3|]
"""


@pytest.fixture
def air(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "air.abc").write_text(TUNE)
    return tmp_path


def made(folder, ending=".abc"):
    return sorted((folder / "out").glob(f"*{ending}"))


def test_a_tune_of_ones_own_is_continued_and_what_came_of_it_rewritten(air, capsys):
    assert run(["continue", "air.abc", "--bars", "1", "--seed", "3", "--formats", "abc"]) == 0
    (first,) = made(air)
    text = first.read_text()
    assert {"T:Air", "C:Anna, continued by Notabot"} <= set(text.splitlines())
    assert [line for line in text.splitlines() if line.startswith("[V:1]")][:5] == [
        "[V:1]G2 A2 B2|",
        "[V:1]c2 B2 A2|",
        "[V:1]G4 B2|",
        "[V:1]A6|",
        "[V:1]G6|]",
    ]
    assert "1 more bar, from bar 6 on" in capsys.readouterr().out
    record = json.loads(made(air, ".json")[0].read_text())
    assert run(["rewrite", record["id"], "--bars", "2", "--seed", "3", "--formats", "abc", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["parent"], told["worked"]["changed"]) == (record["id"], [2])
    new = next(path for path in made(air) if path != first).read_text().splitlines()
    old = text.splitlines()
    differing = [number for number, pair in enumerate(zip(old, new, strict=True)) if len(set(pair)) > 1]
    assert {old[number][:5] for number in differing} <= {"C:Ann", "[V:1]"}
    assert sum(old[number].startswith("[V:") for number in differing) <= 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["rewrite", "air.abc", "--bars", "4-6"], "Bars 4 to 6 are not all there: the music ends with bar 5"),
        (["rewrite", "air.abc", "--bars", "99"], "There is no bar 99: the music ends with bar 5"),
        (["continue", "air.abc", "--from-bar", "1"], "nothing would stay before bar 1"),
        (["rewrite", "air.abc", "--bars", "x"], "Write 5-8"),
        (["continue", "nothing.mid"], "nothing.mid"),
        (["vary", "air.abc", "--how", "louder"], "how to vary"),
        (["vary", "air.abc", "--how-far", "2"], "2 is no share of the bars"),
        (["restyle", "air.abc", "--style", "kazoo"], "kazoo"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_no_file(air, words, complaint, capsys):
    assert run([*words, "--formats", "abc"]) == 2
    assert complaint in capsys.readouterr().err
    assert made(air) == []
