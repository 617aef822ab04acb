"""What a batch file may say, and its journal."""

import json
from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.making.batch.journal import open_journal
from bot.making.batch.plan import read_plan
from bot.texts import explain, languages
from generator.catalogue.catalogue import load_catalogue

GOOD = """
out = "night"
pause_s = 0
bars = 8
[[pieces]]
words = "chopin keyboard"
count = 3
temperature = 1.1
[[pieces]]
words = "bach chorale"
seed = 7
key = "G minor"
"""


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


def plan(tmp_path, catalogue, text):
    file = tmp_path / "night.toml"
    file.write_text(text)
    return read_plan(file, catalogue)


def test_entries_become_pieces_with_seeds_of_their_own(tmp_path, catalogue):
    found = plan(tmp_path, catalogue, GOOD)
    assert [item.number for item in found.items] == [1, 2, 3, 4]
    assert (found.out, found.pause_s) == (Path("night"), 0)
    first, second, _, bach = (item.task.request for item in found.items)
    assert (first.bars, first.sampling.temperature) == (8, 1.1)
    assert second.seed == first.seed + 1
    assert (bach.seed, bach.key.abc) == (7, "Gmin")
    assert len({item.id for item in found.items}) == 4


def test_the_same_entry_is_the_same_pieces_whatever_stands_beside_it(tmp_path, catalogue):
    before = plan(tmp_path, catalogue, GOOD).items
    more = GOOD.replace("count = 3", "count = 5").replace(
        "[[pieces]]", '[[pieces]]\nwords = "haydn keyboard"\n[[pieces]]', 1
    )
    after = {item.id: item.task.request for item in plan(tmp_path, catalogue, more).items}
    assert len(after) == 7
    assert all(after[item.id] == item.task.request for item in before)
    twice = plan(tmp_path, catalogue, '[[pieces]]\nwords = "chopin keyboard"\n' * 2).items
    assert twice[0].id != twice[1].id


@pytest.mark.parametrize(
    ("text", "reason", "said"),
    [
        ("pieces = [", "batch_toml", "is not TOML"),
        ("", "batch_empty", "[[pieces]]"),
        ("pieces = 3", "batch_value", "pieces"),
        ("[[pieces]]\ncount = 2", "batch_words", "number 1"),
        ('[[pieces]]\nwords = "chopin"\ncount = 0', "batch_count", "0"),
        ('[[pieces]]\nwords = "chopin"\ncount = 99999', "batch_count", "99999"),
        ('[[pieces]]\nwords = "chopin"\ncount = "2"', "batch_value", "count"),
        ('[[pieces]]\nwords = "chopin"\nbars = true', "batch_value", "bars"),
        ('[[pieces]]\nwords = "chopin"\nbarz = 3', "batch_name", "barz"),
        ('tempratur = 1\n[[pieces]]\nwords = "chopin"', "batch_name", "tempratur"),
        ('pause_s = -1\n[[pieces]]\nwords = "chopin"', "batch_pause", "-1"),
        ('[[pieces]]\nwords = "chopin keyboard"\ntemperature = 9', "batch_piece", "number 1"),
        ('[[pieces]]\nwords = "chopin keyboard"\nkey = "H sharp"', "batch_piece", "B♯ major"),
        ('[[pieces]]\nwords = "chopin keyboard"\n[[pieces]]\nwords = "asdf qwer"', "batch_piece", "number 2"),
        ('[[pieces]]\nwords = "chopin keyboard"\nbars = 9999', "batch_piece", "9999"),
        (('[[pieces]]\nwords = "chopin keyboard"\ncount = 6000\n' * 2), "batch_many", "10000"),
    ],
)
def test_every_mistake_is_said_with_its_place(tmp_path, catalogue, text, reason, said):
    with pytest.raises(BadInput) as refused:
        plan(tmp_path, catalogue, text)
    assert refused.value.reason == reason
    assert said in explain(refused.value)
    assert all(str(tmp_path / "night.toml") in explain(refused.value, language) for language in languages())


def test_a_file_that_is_none_is_said(tmp_path, catalogue):
    for path, reason in ((tmp_path / "none.toml", "no_such_file"), (tmp_path, "unreadable")):
        with pytest.raises(BadInput) as refused:
            read_plan(path, catalogue)
        assert refused.value.reason == reason
    (tmp_path / "latin.toml").write_bytes(b"words = '\xff'")
    with pytest.raises(BadInput) as refused:
        read_plan(tmp_path / "latin.toml", catalogue)
    assert refused.value.reason == "batch_toml"


@pytest.mark.parametrize("broken", [b'{"id": "c", "num', b'{"id": "c"}', b"\x00\x00\x00\n", b'["c"]\n', b"\xff\n"])
def test_a_line_that_is_no_whole_one_is_taken_out(tmp_path, broken):
    path = tmp_path / "night.jsonl"
    path.write_bytes(b'{"id": "a"}\n' + (broken if broken.endswith(b"\n") else b"") + b'{"id": "b"}\n' + broken)
    with open_journal(path) as journal:
        assert set(journal.lines) == {"a", "b"}
        journal.note({"id": "d", "words": "肖邦"})
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["a", "b", "d"]


def test_two_processes_never_write_one_journal(tmp_path):
    path = tmp_path / "night.jsonl"
    with open_journal(path), pytest.raises(BadInput) as refused, open_journal(path):
        pass
    assert refused.value.reason == "batch_running"
