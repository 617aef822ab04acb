"""Bars by people for guessing: free pieces of known styles only, one of a work."""

from random import Random

from generator.catalogue.catalogue import load_catalogue
from generator.training.shipped.bars import by_people
from generator.training.shipped.excerpts import plain_excerpt
from tests.generator.training.shipped.test_excerpts import EDITION


def test_only_free_pieces_of_known_styles_are_taken_and_one_of_a_work():
    row = {
        "period": "Romantic",
        "composer": "Chopin, Frederic",
        "instrumentation": "Keyboard",
        "licence": "CC0-1.0",
        "title": "Mazurka",
        "source": "somebody/scores@1234",
        "id": "1",
        "work": "one",
        "split": "train",
        "abc": EDITION,
    }
    rows = [
        row,
        row | {"id": "2"},
        row | {"work": "two", "licence": "CC BY 4.0"},
        row | {"work": "three", "composer": "Nobody, Anyone"},
        row | {"work": "four", "abc": "K:C\n"},
        row | {"work": "five", "licence": "Public domain", "source": "another/scores@5678"},
    ]
    found = list(by_people(rows, load_catalogue(), rng=Random(1)))
    assert sorted(one["source"] for one in found) == ["another/scores@5678", "somebody/scores@1234"]
    assert all(
        one["people"] == plain_excerpt(EDITION, instrumentation="Keyboard") and one["metre"] == "3/4" for one in found
    )
