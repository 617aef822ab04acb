"""The figures of grades, from a few pieces of our own."""

import json
from pathlib import Path

from generator.critic.grade import GRADES
from generator.critic.human import ALL, parse_groups
from generator.training.shipped.grades import grade_row, make_grades, take_by_instrumentation
from tests.generator.training.conftest import make_row, write_corpus


def test_excerpts_are_graded_and_an_end_only_where_there_is_one():
    lengths = dict(grade_row(make_row(1, bars=16)))
    assert {bars: len(excerpts) for bars, excerpts in lengths.items()} == {8: 2, 16: 1}
    ends = [one.name for one in GRADES].index("ends_after_dominant")
    last, first = (excerpt[ends] for excerpt in lengths[8])
    assert last in (0, 1)
    assert first != first, "nobody knows how a beginning ends"
    assert grade_row(make_row(1) | {"abc": "no music"}) == []


def test_of_an_instrumentation_every_composer_has_a_turn():
    rows = [make_row(number) | {"instrumentation": "Keyboard", "composer": f"C{number % 3}"} for number in range(9)]
    assert {row["composer"] for row in take_by_instrumentation(rows, 3)} == {"C0", "C1", "C2"}


def test_a_corpus_becomes_a_file_that_the_critic_reads(tmp_path: Path):
    rows = [make_row(number, bars=8) | {"instrumentation": "Keyboard"} for number in range(24)]
    corpus = write_corpus(tmp_path / "tunes.jsonl", [*rows, make_row(30, split="held-out")])
    told: list[str] = []
    make_grades(corpus, tmp_path / "grades.json", tell=told.append)
    groups = parse_groups(json.loads((tmp_path / "grades.json").read_text()))
    assert set(groups) == {"Keyboard", ALL}
    assert "chord_notes" in groups["Keyboard"][0].spreads
    assert told[0].startswith("24 pieces graded")
