import pytest

from bot.bench.figure import Figure, table


def test_a_ratio_is_that_of_turns_beside_each_other():
    figure = Figure(name="a piece", unit="s", now=(1.0, 4.0, 1.0), before=(4.0, 8.0, 5.0))
    assert figure.ratio == pytest.approx(0.25)
    assert figure.to_json()["ratio"] == figure.ratio
    assert table([figure]).splitlines()[1].split() == ["a", "piece", "1", "s", "5", "s", "0.250"]


def test_a_version_alone_has_no_ratio():
    figure = Figure(name="a piece", unit="MiB", now=(412.4,))
    assert figure.ratio is None
    assert table([figure]).splitlines()[1].split() == ["a", "piece", "412", "MiB"]
