"""Scenes that no list knows: with the extra by the nearest example, without it as if there were none."""

import numpy as np
import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.wishes import scenes
from generator.wishes.reading import read_wishes

CATALOGUE = load_catalogue()
SCENE = "a cello piece like the smell of varnish in a forgotten workshop"


class LikeAutumn:
    """Stands for the network: whatever is asked is like the example of autumn."""

    def encode(self, texts):
        def one(text):
            return np.array([1.0, 0.0] if text in ("autumn", "herbst", "秋天") or "varnish" in text else [0.0, 1.0])

        return one(texts) if isinstance(texts, str) else np.stack([one(text) for text in texts])


@pytest.fixture
def like_autumn(monkeypatch):
    scenes._nearest.cache_clear()
    monkeypatch.setattr(scenes, "is_available", lambda: True)
    monkeypatch.setattr(scenes, "_encoder", LikeAutumn)
    monkeypatch.setattr(scenes, "_examples", scenes._examples.__wrapped__)
    yield
    scenes._nearest.cache_clear()


def test_without_the_extra_a_scene_is_named_as_not_understood(monkeypatch):
    monkeypatch.setattr(scenes, "PACKAGE", "no_such_package")
    wishes = read_wishes(SCENE, CATALOGUE, is_request=True, with_scenes=True)
    assert (wishes.moods, wishes.sort) == ((), "request")
    assert wishes.missed


def test_the_nearest_example_gives_the_mood_which_counts_as_following_from_the_words(like_autumn):
    wishes = read_wishes(SCENE, CATALOGUE, is_request=True, with_scenes=True)
    assert (wishes.moods, wishes.mode) == (("autumn",), "min")
    assert wishes.part("mode").how == "mood"


def test_a_mood_that_a_list_knows_goes_first(like_autumn):
    assert read_wishes(f"happy: {SCENE}", CATALOGUE, is_request=True, with_scenes=True).moods == ("happy",)
