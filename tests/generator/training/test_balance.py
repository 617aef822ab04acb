from collections import Counter
from pathlib import Path
from random import Random

import pytest

from generator.training.balance import draw_evenly, mixed_weights, planned_weights, style_weights
from generator.training.corpus import Row
from generator.training.plan import Plan
from generator.training.pretrain import Run
from generator.training.windows import Position, Windows
from tests.generator.training.conftest import make_row
from tests.generator.training.test_windows import take


def of_style(composer: str, count: int) -> list[Row]:
    return [{**make_row(number), "composer": composer} for number in range(count)]


@pytest.mark.parametrize(("balance", "share"), [(0.25, 0.91), (0.5, 0.82), (1.0, 0.5)])
def test_a_large_style_does_not_drown_a_small_one(balance: float, share: float) -> None:
    rows = of_style("Many", 40) + of_style("Few", 2)
    rows = [{**row, "instrumentation": "Keyboard"} for row in rows]
    weights = style_weights(rows, balance=balance)
    assert weights is not None
    assert sum(weights[:40]) / sum(weights) == pytest.approx(share, abs=0.01)
    drawn = Counter(rows[n]["composer"] for seed in range(200) for n in draw_evenly(weights, Random(seed)))
    assert drawn["Many"] / drawn.total() == pytest.approx(share, abs=0.01)


def test_without_balance_every_piece_comes_once_as_before(tiny_plan: Plan) -> None:
    rows = of_style("Many", 8)
    assert style_weights(rows, balance=0.0) is None
    assert sorted(Windows(rows, tiny_plan, None).draw_order(0)) == list(range(8))


def test_every_draw_order_meets_the_weights_to_within_one() -> None:
    weights = [1.0] * 10 + [3.5] * 4
    for seed in range(50):
        drawn = draw_evenly(weights, Random(seed))
        assert len(drawn) == len(weights)
        counts = Counter(drawn)
        for number, weight in enumerate(weights):
            assert abs(counts[number] - weight * len(weights) / sum(weights)) < 1


def test_a_focused_run_takes_its_share_from_the_best_covered_styles_that_have_a_name() -> None:
    counts = {"Many": 30, "Some": 10, "Few": 3, "Anonymous": 60}
    rows = [{**row, "instrumentation": "Keyboard"} for name, count in counts.items() for row in of_style(name, count)]
    weights = planned_weights(rows, Plan(focus_share=0.8, focus_styles=2, style_balance=1.0))
    assert weights is not None
    shares = Counter[str]()
    for row, weight in zip(rows, weights, strict=True):
        shares[row["composer"]] += weight / sum(weights)  # type: ignore[assignment]
    assert [round(shares[name], 6) for name in counts] == [0.4, 0.4, 0.1, 0.1]


def test_a_focus_on_all_styles_is_none() -> None:
    rows = of_style("Many", 4)
    assert planned_weights(rows, Plan(focus_share=0.8)) is None


def test_a_run_whose_focus_changes_begins_its_epoch_again(tiny_plan: Plan, tmp_path: Path) -> None:
    run = Run(tiny_plan)
    run.position = Position(2, 1, 3)
    run.save(tmp_path / "checkpoint.pt")
    for changes, expected in (({}, Position(2, 1, 3)), ({"focus_share": 0.5}, Position(2))):
        again = Run(tiny_plan.changed(changes))
        again.resume(tmp_path / "checkpoint.pt")
        assert again.position == expected


def test_a_replayed_corpus_has_its_share() -> None:
    weights = mixed_weights(of_style("Mine", 3), of_style("Others", 50), balance=0.0, share=0.3)
    assert sum(weights[:3]) == pytest.approx(0.7)
    assert sum(weights[3:]) == pytest.approx(0.3)


def test_a_weighted_stream_can_be_taken_up_at_any_place(tiny_plan: Plan) -> None:
    rows = of_style("Many", 8) + of_style("Few", 2)
    windows = Windows(rows, tiny_plan, None, weights=style_weights(rows, balance=1.0))
    whole = take(windows, Position(), 12)
    for done, (_, position) in enumerate(whole[:-1], start=1):
        assert take(windows, position, 1) == whole[done : done + 1]
