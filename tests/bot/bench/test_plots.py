import json
import sys
from pathlib import Path

import pytest

from bot.bench.plots import PLOTS, draw_plots
from bot.cli.guard import EXIT_DONE, EXIT_FIXABLE, run

POINTS = [
    {"context_patches": 16, "notagen_s": 0.3, "reference_s": 0.28, "single_s": 0.01, "batched_s": 0.002},
    {"context_patches": 512, "notagen_s": 1.8, "reference_s": 1.7, "single_s": 0.011, "batched_s": 0.003},
]
PARTS = {
    "engine": {
        "figures": [
            {
                "shape": {"patch_layers": 12, "char_layers": 3, "hidden": 768},
                "points": POINTS,
                "precision": "int8",
                "slots": 16,
            }
        ]
    },
    "cold": {
        "figures": [{"name": "one bar", "unit": "s", "ratio": 0.41}, {"name": "alone", "unit": "s", "ratio": None}]
    },
    "load": {"figures": {"figures": [], "memory_mib": [463.0, 464.0, 464.0]}},
    "arrivals": {
        "figures": {"per_minute": 12.0, "bars": 8, "slots": 4, "first_bar_s": [1.0, 3.0], "page_s": [4.0, 5.0]}
    },
}


def test_each_part_that_was_measured_has_its_picture_and_no_other(tmp_path):
    assert [path.stem for path in draw_plots(PARTS, tmp_path / "all")] == list(PLOTS)
    assert draw_plots({}, tmp_path / "none") == []
    without = {"engine": {"figures": [{**PARTS["engine"]["figures"][0], "points": [POINTS[0] | {"notagen_s": None}]}]}}
    (path,) = draw_plots(without, tmp_path / "one")
    assert path.name == "engine.svg"


def test_the_same_figures_give_the_same_pictures(tmp_path):
    first, second = (draw_plots({"cold": PARTS["cold"]}, tmp_path / name) for name in "ab")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_without_the_package_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "figures.json"
    figures.write_text(json.dumps(PARTS))
    asked = ["bench", "plots", "--plots", str(tmp_path), "--out", str(figures)]
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert run(asked) == EXIT_FIXABLE
    assert "notabot[bench]" in capsys.readouterr().err
    monkeypatch.undo()
    assert run(asked) == EXIT_DONE
