import pytest

from generator.evaluation.bench import BenchResult, Point, run_bench
from generator.model.network import Shape

TINY = Shape(patch_layers=2, char_layers=1, hidden=64, context_patches=64)


def test_a_tiny_bench_measures_the_same_network_twice():
    result = run_bench(TINY, slots=4, contexts=(4, 60), patches=1)
    assert result.difference < 1e-4
    assert [point.context_patches for point in result.points] == [4, 60]
    assert result.batched_ratio > result.single_ratio > 1
    assert result.to_json()["batched_ratio"] == result.batched_ratio
    lines = result.table().splitlines()
    assert "4 slots" in lines[1]
    assert lines[-1].split()[:2] == ["whole", "piece"]


def test_the_piece_is_the_area_under_the_measured_points():
    points = (Point(10, 1.0, 0.1, 0.01), Point(110, 3.0, 0.1, 0.02))
    result = BenchResult(shape=TINY, slots=16, precision="fp32", threads=1, device="cpu", difference=0, points=points)
    assert result.piece.reference_s == pytest.approx(10 * 1 + 100 * 2)
    assert result.single_ratio == pytest.approx(210 / 11)


@pytest.mark.parametrize("contexts", [(), (8, 4), (0, 4), (4, 64)])
def test_contexts_that_do_not_fit_are_refused(contexts: tuple[int, ...]):
    with pytest.raises(ValueError, match="contexts must increase"):
        run_bench(TINY, contexts=contexts)
