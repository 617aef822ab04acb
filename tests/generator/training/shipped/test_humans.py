"""The figures of human pieces, measured on a waltz."""

import json
from math import isfinite
from pathlib import Path

from generator.catalogue.catalogue import load_catalogue
from generator.critic.features import FEATURES, measure
from generator.critic.human import Humans, parse_groups
from generator.notation import parse_tune
from generator.training.shipped.humans import collect, make_humans, measure_row, take_evenly, write
from tests.generator.training.conftest import write_corpus

WALTZ_ABC = (Path(__file__).parents[3] / "data" / "waltz.abc").read_text()
WALTZ = parse_tune(WALTZ_ABC)
CHOPIN = load_catalogue().find("chopin keyboard")


def row(abc, composer="Chopin, Frederic", **more):
    return {"period": "Romantic", "composer": composer, "instrumentation": "Keyboard", "abc": abc, **more}


def test_beginnings_and_ends_are_measured_and_endings_at_the_end_only():
    excerpts = {bars: vectors for _, bars, vectors in measure_row(row(WALTZ_ABC))}
    assert {bars: len(vectors) for bars, vectors in excerpts.items()} == {8: 2, 16: 1}
    ends_on_tonic = [feature.name for feature in FEATURES].index("ends_on_tonic")
    end, beginning = (vector[ends_on_tonic] for vector in excerpts[8])
    assert (end, isfinite(beginning)) == (0, False)


def test_what_cannot_be_read_is_left_out():
    assert measure_row(row("no music at all")) == []


def test_figures_that_were_written_are_read(tmp_path):
    rows = [row(WALTZ_ABC) for _ in range(20)] + [row(WALTZ_ABC, "Rare, Very")]
    groups = collect(map(measure_row, rows))
    write(groups, tmp_path / "human.json")
    read = Humans(parse_groups(json.loads((tmp_path / "human.json").read_text())))
    assert "Romantic | Rare, Very / Keyboard" not in read.groups
    assert read.report(measure(WALTZ), CHOPIN).pieces == 20
    assert all(comparison.inside for comparison in read.compare(measure(WALTZ), CHOPIN))


def test_a_style_with_many_pieces_is_thinned_evenly():
    rows = [row(str(number)) for number in range(10)] + [row("rare", "Rare, Very")]
    assert [taken["abc"] for taken in take_evenly(rows, 4)] == ["0", "3", "6", "9", "rare"]


def test_a_corpus_becomes_a_file(tmp_path):
    splits = ["train"] * 21 + ["held-out"]
    rows = [row(WALTZ_ABC, work=f"{number}", split=split) for number, split in enumerate(splits)]
    told, seen = [], []
    out = tmp_path / "human.json"
    make_humans(
        write_corpus(tmp_path / "tunes.jsonl", rows),
        out,
        most_of_a_style=30,
        tell=told.append,
        progress=lambda *count: seen.append(count),
    )
    read = Humans(parse_groups(json.loads(out.read_text())))
    assert read.report(measure(WALTZ), CHOPIN).pieces == 21
    assert seen[-1] == (21, 21)
    assert told == [f"21 pieces measured, {len(read.groups)} groups, {out.stat().st_size / 1000:.0f} kB in {out}"]
