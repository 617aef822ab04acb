"""Composers are told apart by short runs of what they write."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generator.critic.manner import in_steps, load_manners, shipped_manners, vector_of
from generator.critic.manner_runs import PLACES
from generator.notation import parse_tune
from generator.notation.transpose import transpose
from generator.training.shipped.manner import learn_manners
from tests.generator.evaluation.conftest import BACH, CHOPIN, make_row

WALTZ = parse_tune((Path(__file__).parents[2] / "data" / "waltz.abc").read_text())


def tune(number, style, **options):
    return parse_tune(make_row(number, style, **options)["abc"])


@pytest.fixture(scope="module")
def manners():
    styles = [style for style in (CHOPIN, BACH) for _ in range(10)]
    vectors = np.array([vector_of(tune(number, style)) for number, style in enumerate(styles)])
    return learn_manners(vectors, [composer for _, composer, _ in styles])


def test_new_pieces_are_more_like_their_composer_than_like_another(manners):
    for style, other in ((CHOPIN, BACH), (BACH, CHOPIN)):
        for number in range(50, 55):
            piece = tune(number, style)
            assert manners.likeness(piece, style[1]) > 0.1 > manners.likeness(piece, other[1])


def test_a_composer_who_is_not_known_is_as_far_from_one_tune_as_from_another(manners):
    assert manners.likeness(tune(1, BACH), "Nobody, Ever") == manners.likeness(tune(1, CHOPIN), "Nobody, Ever") == 0


@pytest.mark.parametrize("semitones", [-5, 2, 14])
def test_another_key_makes_no_difference(semitones):
    np.testing.assert_allclose(vector_of(transpose(WALTZ, semitones=semitones)), vector_of(WALTZ))


def test_a_tune_of_rests_and_one_of_a_single_note_have_vectors():
    header = "L:1/4\nM:4/4\nK:C\nV:1 treble\n"
    assert not vector_of(parse_tune(f"{header}[V:1]z4|\n")).any()
    single = vector_of(parse_tune(f"{header}[V:1]c4|\n"))
    assert single.shape == (PLACES,)
    assert np.isfinite(single).all()


def test_only_the_beginning_is_heard():
    long = tune(1, BACH, bars=40)
    np.testing.assert_array_equal(vector_of(long), vector_of(replace(long, bars=long.bars[:30])))


def test_weights_are_kept_in_steps_small_enough(tmp_path: Path, manners):
    manners.save(tmp_path / "manner.npz")
    piece, again = tune(99, BACH), load_manners(tmp_path / "manner.npz")
    assert again.likeness(piece, BACH[1]) == pytest.approx(manners.likeness(piece, BACH[1]), abs=1e-4)
    weights = np.random.default_rng(1).normal(size=(PLACES, 2))
    stepped = in_steps(["a", "b"], np.zeros(PLACES), weights)
    np.testing.assert_allclose(stepped.weights * stepped.units, weights, atol=np.abs(weights).max() / 127)


def test_the_file_that_ships_knows_the_great():
    shipped = shipped_manners()
    assert {"Bach, Johann Sebastian", "Chopin, Frederic", "Schubert, Franz"} <= set(shipped.composers)
    assert shipped.weights.shape == (PLACES, len(shipped.composers))
