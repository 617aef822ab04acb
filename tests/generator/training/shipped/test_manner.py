"""The file of manners, from a few pieces of our own."""

from pathlib import Path

from generator.critic.manner import load_manners
from generator.training.shipped.manner import FEWEST_PIECES, make_manners
from tests.generator.training.conftest import make_row, write_corpus


def test_a_corpus_becomes_a_file_of_the_composers_who_have_a_name_and_enough_pieces(tmp_path: Path):
    composers = {"Known, Well": FEWEST_PIECES + 1, "Other, Well": FEWEST_PIECES, "Few, Too": 3, "Anonymous": 20}
    rows = [
        make_row(number, bars=2) | {"composer": composer}
        for composer, count in composers.items()
        for number in range(count)
    ]
    rows[0]["abc"] = "no music"
    corpus, told = write_corpus(tmp_path / "tunes.jsonl", [*rows, make_row(99, split="held-out")]), list[str]()
    make_manners(corpus, tmp_path / "manner.npz", tell=told.append)
    assert load_manners(tmp_path / "manner.npz").composers == ("Known, Well", "Other, Well")
    assert told[0].startswith(f"{2 * FEWEST_PIECES} pieces, 2 composers")
