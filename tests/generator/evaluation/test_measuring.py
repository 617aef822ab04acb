from pathlib import Path

import numpy as np
import pytest

from generator.critic.features import ENDING_FEATURES, FEATURES, measure
from generator.evaluation import measuring
from generator.evaluation.excerpts import Excerpt, take_excerpts
from generator.evaluation.histograms import describe
from generator.evaluation.measuring import Measurer
from generator.training.corpus import Row


@pytest.fixture
def excerpts(rows: list[Row]) -> list[Excerpt]:
    return take_excerpts(rows[16:20])


def test_a_piece_is_measured_by_the_critic_and_by_its_histograms(tmp_path: Path, excerpts: list[Excerpt]) -> None:
    measured = Measurer(tmp_path).measure(excerpts)
    assert len(measured) == 4
    for row, histograms, excerpt in zip(measured.features, measured.histograms, excerpts, strict=True):
        assert np.array_equal(histograms, describe(excerpt.tune))
        own, at_end = measure(excerpt.tune), measure(excerpt.ending or excerpt.tune)
        expected = [(at_end if feature.name in ENDING_FEATURES else own)[feature.name] for feature in FEATURES]
        assert np.array_equal(row, expected, equal_nan=True)


def test_an_ending_is_measured_on_the_last_bars(tmp_path: Path, rows: list[Row]) -> None:
    beginnings = take_excerpts(rows[:1])
    assert beginnings[0].ending is not None
    cut_short = Excerpt(beginnings[0].style, "", str(beginnings[0].tune))
    place = [feature.name for feature in FEATURES].index("dominant_before")
    with_end, without = Measurer(tmp_path).measure([*beginnings, cut_short]).features[:, place]
    assert with_end == measure(beginnings[0].ending)["dominant_before"]
    assert without == measure(cut_short.tune)["dominant_before"]


def test_a_piece_is_measured_once(tmp_path: Path, excerpts: list[Excerpt], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    first = Measurer(tmp_path).measure(excerpts, progress=lambda done, count: seen.append((done, count)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    monkeypatch.setattr(measuring, "measure_excerpt", None)
    again = Measurer(tmp_path).measure(excerpts[::-1])
    assert np.array_equal(again.features, first.features[::-1], equal_nan=True)
    assert np.array_equal(again.histograms, first.histograms[::-1])


def test_what_other_code_measured_is_not_used(
    tmp_path: Path, excerpts: list[Excerpt], monkeypatch: pytest.MonkeyPatch
) -> None:
    Measurer(tmp_path).measure(excerpts[:1])
    assert Measurer(tmp_path).known
    monkeypatch.setattr(measuring, "code_fingerprint", lambda: "changed")
    assert not Measurer(tmp_path).known


def test_a_broken_store_is_only_forgotten(tmp_path: Path, excerpts: list[Excerpt]) -> None:
    (tmp_path / measuring.STORE).write_bytes(b"PK nonsense")
    assert len(Measurer(tmp_path).measure(excerpts[:1])) == 1


def test_several_processes_measure_the_same(tmp_path: Path, rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    excerpts = take_excerpts(rows[:5])
    monkeypatch.setattr(measuring, "CHUNK", 1)
    several = Measurer(tmp_path / "several", processes=2).measure(excerpts)
    alone = Measurer(tmp_path / "alone").measure(excerpts)
    assert np.array_equal(several.features, alone.features, equal_nan=True)


def test_what_cannot_be_read_is_left_out_and_said(tmp_path: Path, excerpts: list[Excerpt]) -> None:
    broken = Excerpt(excerpts[0].style, "", "no music")
    measured = Measurer(tmp_path).measure([excerpts[0], broken, excerpts[1]])
    assert measured.places == (0, 2)
    assert np.array_equal(measured.histograms, [describe(one.tune) for one in excerpts[:2]])


def test_a_classifier_does_not_hear_the_tempo(tmp_path: Path, excerpts: list[Excerpt]) -> None:
    measured = Measurer(tmp_path).measure(excerpts)
    assert measured.heard.shape[1] == measured.features.shape[1] + measured.histograms.shape[1] - 1
    assert len(measured.take([0, 2])) == 2
