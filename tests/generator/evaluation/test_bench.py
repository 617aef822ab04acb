import pytest

from generator.evaluation.bench import NOTAGEN_SMALL, BenchResult, Point, contexts_of, run_bench
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
    assert lines[-3].split()[:2] == ["whole", "piece"]
    assert "context 4 to 60" in lines[-2]
    assert "name a checkout" in lines[-1]


def test_the_piece_is_the_area_under_the_measured_points():
    points = (Point(10, 1.0, 0.1, 0.01), Point(110, 3.0, 0.1, 0.02))
    result = BenchResult(shape=TINY, slots=16, precision="fp32", threads=1, device="cpu", difference=0, points=points)
    assert result.piece.reference_s == pytest.approx(10 * 1 + 100 * 2)
    assert result.single_ratio == pytest.approx(210 / 11)


@pytest.mark.parametrize("contexts", [(), (8, 4), (0, 4), (4, 64)])
def test_contexts_that_do_not_fit_are_refused(contexts: tuple[int, ...]):
    with pytest.raises(ValueError, match="contexts must increase"):
        run_bench(TINY, contexts=contexts)


def test_a_piece_is_no_longer_than_512_patches_and_growth_goes_to_the_longest_context():
    points = (Point(16, 1.0, 0.1, 0.01, 2.0), Point(512, 1.0, 0.1, 0.01, 2.0), Point(1024, 9.0, 0.3, 0.02, 9.0))
    result = BenchResult(shape=TINY, slots=16, precision="fp32", threads=1, device="cpu", difference=0, points=points)
    assert result.piece.context_patches == 512
    assert result.single_ratio == pytest.approx(20)
    assert result.batched_ratio == pytest.approx(200)
    assert result.growth == pytest.approx((3, 2))


def test_contexts_are_the_usual_ones_where_they_fit():
    assert contexts_of(NOTAGEN_SMALL) == (16, 128, 512, 1024)
    assert contexts_of(TINY) == (16, 32, 52)
