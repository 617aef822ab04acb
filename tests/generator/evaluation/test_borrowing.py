"""An index of one piece, asked about that piece and about noise."""

from random import Random

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.critic.human import ALL
from generator.critic.originality import KnownPiece, build_index
from generator.critic.originality_melody import melodies
from generator.evaluation import borrowing as module
from generator.evaluation.borrowing import borrowing
from generator.evaluation.excerpts import Excerpt

STYLE = load_catalogue().find("bach choral")
HEADER = "L:1/8\nM:4/4\nK:C\nV:1 treble\n"


def noise(seed: int, *, bars: int = 8) -> Excerpt:
    """Leaps and lengths at random."""
    rng = Random(seed)
    lines = []
    for _ in range(bars):
        notes = "".join(rng.choice("CDEFGABcdefgab") for _ in range(8))
        lines.append(f"[V:1]{notes}|")
    return Excerpt(STYLE, "", HEADER + "\n".join(lines) + "\n")


@pytest.fixture(autouse=True)
def one_known_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    known = KnownPiece("Somebody: A tune", "us/tunes", "CC0-1.0")
    index = build_index([(known, melodies(noise(7, bars=4).tune))], {ALL: {8: 12}})
    monkeypatch.setattr(module, "load_index", lambda: index)


def test_a_piece_that_goes_on_like_a_known_one_is_a_copy() -> None:
    found = borrowing([noise(7), noise(1), noise(2), noise(3)])
    assert found is not None
    assert (found["copies"], found["copied"][0]) == (1, 0.25)
    assert found["notes_most"] > 12 >= found["notes_median"]
    assert found["nearest"][0] == {
        "style": STYLE.name,
        "notes": found["notes_most"],
        "limit": 12,
        "piece": "Somebody: A tune",
    }


def test_noise_copies_nobody() -> None:
    seen: list[tuple[int, int]] = []
    found = borrowing([noise(1), noise(2)], progress=lambda *now: seen.append(now))
    assert found is not None
    assert (found["pieces"], found["copies"], found["copied"][0]) == (2, 0, 0)
    assert seen == [(1, 2), (2, 2)]


def test_of_no_pieces_nothing_is_known() -> None:
    assert borrowing([]) is None
