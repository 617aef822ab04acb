"""The promise of how much is tried."""

import re
from pathlib import Path

from tests.hostile import volumes

THROWS = re.compile(r"@hostile\(volumes\.(\w+)\).*?throw_all\([\w.]+, throw, at_least=volumes\.(\w+)\)", re.DOTALL)


def test_five_thousand_hostile_messages_are_tried():
    """Each number stands in one test that asserts it has thrown that many; together they are the promise."""
    named = {name: value for name, value in vars(volumes).items() if name.isupper() and isinstance(value, int)}
    assert named.pop("PROMISED") == 5000
    sources = [path.read_text() for path in sorted(Path(__file__).parent.glob("test_*.py")) if path.name != __name__]
    thrown = [found for source in sources for found in THROWS.findall(source)]
    assert all(drawn == asserted for drawn, asserted in thrown)
    assert sorted(name for name, _ in thrown) == sorted(named)
    assert sum(named.values()) >= volumes.PROMISED
