import json

import pytest

from bot.bench.report import Report
from bot.errors import BadInput


def test_a_part_that_is_measured_again_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "new" / "bench.json"
    Report(path).add("cold", [1])
    report = Report(path)
    report.add("composing", [2])
    report.add("cold", [3])
    kept = json.loads(path.read_text())
    assert {name: part["figures"] for name, part in kept.items()} == {"cold": [3], "composing": [2]}
    assert kept["cold"]["machine"]["processors"] >= 1


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {}}', "\x00\xff"])
def test_another_file_is_refused_and_stays(tmp_path, text):
    path = tmp_path / "bench.json"
    path.write_text(text)
    with pytest.raises(BadInput):
        Report(path)
    assert path.read_text() == text
