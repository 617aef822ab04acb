"""The index of known melodies, made of a few invented pieces."""

import json
import lzma
from random import Random

import pytest

from generator.catalogue.style import Style
from generator.critic.originality import read_index
from generator.notation import parse_tune
from generator.training.errors import CorpusError
from generator.training.shipped.originality import make_originality
from tests.refusals import refuses

BACH = {"period": "Baroque", "composer": "Bach, Johann Sebastian", "instrumentation": "Choral"}
HEADER = '%%score 1\nL:1/8\nM:4/4\nK:C\nV:1 treble nm="Sopran"\n'
HYMN = "[V:1]C2 E2 A3 G|\n[V:1]F2 DE C2 B,2|\n[V:1]C>D EG ^F2 A2|\n[V:1]Bc dB G4|\n"


def piece(body, work, **changes):
    named = {"title": f"Song {work}", "source": "scores/songs@1a2b", "licence": "CC0-1.0", "id": f"songs/{work}"}
    return {**BACH, **named, "abc": HEADER + body, "work": work, "split": "train", **changes}


def invented(seed, *, bars=16):
    notes = iter(Random(seed).choices("CDEFGABcdefg", k=4 * bars))
    return "".join(f"[V:1]{next(notes)}2 {next(notes)}2 {next(notes)}2 {next(notes)}2|\n" for _ in range(bars))


def make(folder, rows):
    corpus = folder / "scores.jsonl.xz"
    with lzma.open(corpus, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    told = []
    make_originality(corpus, folder / "index.npz", tell=told.append)
    return "\n".join(told)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Enough pieces for a limit, and thirty versions of one."""
    rows = [piece(HYMN, "hymn", title="Chorale", id="chorales/007_Lobt_Gott")]
    rows += [piece(invented("away"), "away", split="held-out")]
    rows += [piece(invented(number), f"{number}") for number in range(120)]
    rows += [piece(invented("one") + invented(number, bars=4), f"version {number}") for number in range(200, 230)]
    folder = tmp_path_factory.mktemp("originality")
    told = make(folder, rows)
    return read_index(folder / "index.npz"), told


def test_pieces_to_train_on_are_indexed_and_held_out_ones_are_not(made):
    index, told = made
    names = [known.name for known in index.pieces]
    assert len(names) == 151
    assert "Bach, Johann Sebastian: Song 1" in names
    assert "Bach, Johann Sebastian: Song away" not in names
    assert "151 pieces" in told


def test_a_title_that_says_nothing_is_helped_out_by_the_name_of_the_file(made):
    index, _ = made
    found = index.check(parse_tune(HEADER + HYMN), Style(**BACH))
    assert found.piece == "Bach, Johann Sebastian: Chorale 007 Lobt Gott"
    assert (found.notes, found.source, found.licence) == (20, "scores/songs@1a2b", "CC0-1.0")


def test_versions_of_one_work_do_not_raise_the_limit(made):
    """Thirty of 151 pieces share 64 notes, but they are one work."""
    index, told = made
    assert "29 works are versions of others" in told
    assert index.limits["all pieces"][8] < 12


def test_too_few_pieces_for_a_limit_are_refused(tmp_path):
    with refuses(CorpusError, match="too few pieces"):
        make(tmp_path, [piece(HYMN, "hymn")])
    assert not (tmp_path / "index.npz").exists()
