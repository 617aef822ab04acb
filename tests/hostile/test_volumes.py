"""The promise of how much is tried."""

from tests.hostile import volumes


def test_five_thousand_hostile_messages_are_tried():
    assert sum(volumes.ALL) >= volumes.PROMISED
