"""How often files are sent to whom."""

import pytest

from bot.commands import rationing
from bot.commands.errors import FilesAgain, FilesQuota
from bot.commands.rationing import HOUR_S, PER_PIECE, Rations
from config.settings import Settings


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_the_same_comes_again_after_the_pause_that_was_said(clock):
    rations, settings = Rations(clock), Settings(_env_file=None, files_cooldown_s=10)
    rations.take("ann", "p", "files", settings)
    clock.now += 4
    with pytest.raises(FilesAgain) as refused:
        rations.take("ann", "p", "files", settings)
    clock.now += refused.value.wait_s
    rations.take("ann", "p", "files", settings)


def test_one_piece_comes_so_often_and_again_when_it_was_said(clock):
    rations, settings = Rations(clock), Settings(_env_file=None, files_cooldown_s=0)
    for _ in range(PER_PIECE):
        rations.take("ann", "p", "files", settings)
        clock.now += 1
    with pytest.raises(FilesQuota) as refused:
        rations.take("ann", "p", "pdf", settings)
    rations.take("ann", "another", "pdf", settings)
    clock.now += refused.value.wait_s
    rations.take("ann", "p", "pdf", settings)
    assert refused.value.wait_s < HOUR_S


def test_what_is_remembered_does_not_grow_for_ever(clock, monkeypatch):
    monkeypatch.setattr(rationing, "MOST_PEOPLE", 3)
    rations, settings = Rations(clock), Settings(_env_file=None)
    for who in "abcd":
        rations.take(who, "p", "files", settings)
    rations.take("a", "p", "files", settings)
    with pytest.raises(FilesAgain):
        rations.take("d", "p", "files", settings)
