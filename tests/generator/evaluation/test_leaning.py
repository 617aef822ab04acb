"""On which side of people's music composed pieces lie, from a few pieces."""

from math import nan
from pathlib import Path

import numpy as np

from config.settings import Settings
from generator.composer import SHIPPED_WEIGHTS
from generator.critic.features import FEATURES
from generator.critic.leaning import parse_leaning
from generator.evaluation.leaning import LEANED, SEED, STYLES, learn_leaning, make_leaning
from generator.evaluation.pieces import ComposedPiece, Shelf, best_covered, fingerprint, requests_for

MORE, UNKNOWN = FEATURES[3].name, FEATURES[5].name


def test_what_tells_people_from_the_network_is_learnt():
    rng = np.random.default_rng(1)
    people, composed = rng.normal(size=(200, len(FEATURES))), rng.normal(size=(100, len(FEATURES)))
    composed[:, 3] -= 1.5
    people[:, 5] = composed[:, 5] = nan
    worth = {name: lean.worth for name, lean in learn_leaning(people, composed).items()}
    assert worth[UNKNOWN] == 0
    assert all(abs(value) < worth[MORE] / 2 for name, value in worth.items() if name != MORE)


def test_nothing_is_worth_more_for_a_fault_or_for_another_end():
    names = {FEATURES[place].name for place in LEANED}
    assert not names & {"parallels", "out_of_range", "ends_on_tonic", "final_chord"}
    assert {"chromatic_motion", "repeated_bars"} <= names


def test_pieces_are_measured_beside_peoples_into_a_file_that_the_critic_reads(tmp_path: Path, corpus_file, rows):
    folder, out, told = tmp_path / "kept", tmp_path / "leaning.json", list[str]()
    styles = best_covered(rows, STYLES)
    for request, row in zip(requests_for(styles, 4, seed=SEED, candidates=1), rows, strict=False):
        composed = ComposedPiece(
            style=request.style,
            seed=request.seed,
            bars_asked=request.bars,
            abc=row["abc"],
            title="",
            credit="",
            counts={},
            compose_s=0.0,
            date="2026-11-30",
        )
        Shelf(folder / "pieces").keep(request, composed)
    settings = Settings(device="cpu", threads=1, _env_file=None)
    make_leaning(corpus_file, out, settings=settings, folder=folder, pieces=4, tell=told.append)
    leaning = parse_leaning(out.read_text())
    assert leaning.weights == fingerprint(SHIPPED_WEIGHTS)
    assert list(leaning.features) == [FEATURES[place].name for place in LEANED]
    assert told[0].startswith("4 composed pieces beside 16 by people")
