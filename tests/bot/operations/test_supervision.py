"""A platform is kept in service, whatever happens to it."""

import asyncio
import logging
from dataclasses import replace

import pytest

from bot.operations import supervision
from bot.operations.supervision import Backoff, Supervised
from bot.platforms.errors import BadToken, PlatformDown

AT_ONCE = Backoff(first_s=0.001, longest_s=0.002)


class Scripted:
    """A platform whose service ends as the script says, and then holds."""

    name = "scripted"
    messenger = None

    def __init__(self, *script):
        self.script, self.served, self.ready = list(script), 0, False
        self.holding = asyncio.Event()
        self.answers = None  # what it is checked for: None for well

    async def check(self):
        if self.answers is not None:
            raise self.answers

    async def serve(self):
        self.served += 1
        if self.script:
            event = self.script.pop(0)
            if isinstance(event, Exception):
                raise event
            return
        self.ready = True
        self.holding.set()
        await asyncio.Event().wait()


async def serve_until_it_holds(supervised):
    task = asyncio.create_task(supervised.serve())
    await asyncio.wait_for(supervised.platform.holding.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_after_an_outage_a_mistake_of_ours_and_a_silent_end_it_is_served_again(caplog):
    platform = Scripted(PlatformDown("no network"), ZeroDivisionError("oops"), None)
    supervised = Supervised(platform, backoff=AT_ONCE)
    await serve_until_it_holds(supervised)
    assert platform.served == 4
    assert supervised.ready
    assert supervised.trouble == ""
    assert "no network" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_refused_token_is_one_clear_line_and_tried_again_minutes_later(caplog):
    platform = Scripted(BadToken("Discord refuses the token. Copy it again."))
    supervised = Supervised(platform, backoff=AT_ONCE)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(supervised.serve(), 0.05)
    assert platform.served == 1
    assert supervised.lost.is_set()
    assert not supervised.ready
    assert supervised.trouble == "Discord refuses the token. Copy it again."
    [line] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert line.getMessage() == "without scripted for now: Discord refuses the token. Copy it again."


async def test_a_token_that_is_good_again_is_served_again():
    supervised = Supervised(
        Scripted(BadToken("refused"), BadToken("refused")), backoff=replace(AT_ONCE, refused_s=0.001)
    )
    await serve_until_it_holds(supervised)
    assert supervised.platform.served == 3
    assert supervised.ready
    assert supervised.refused is None


async def test_a_token_that_was_good_and_is_refused_does_not_end_the_program(monkeypatch):
    monkeypatch.setattr(supervision, "SERVED_S", 0.0)
    supervised = Supervised(Scripted(BadToken("taken back")), backoff=AT_ONCE)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(supervised.serve(), 0.05)
    assert not supervised.lost.is_set()


async def test_while_it_is_down_it_is_not_ready_and_says_why():
    supervised = Supervised(Scripted(PlatformDown("no network")), backoff=Backoff(first_s=60))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(supervised.serve(), 0.05)
    assert (supervised.ready, supervised.trouble) == (False, "no network")


async def test_what_may_be_asked_often_is_not_waited_for_long():
    platform = Scripted(PlatformDown("taken", again_s=0.001))
    await serve_until_it_holds(Supervised(platform, backoff=Backoff(first_s=60.0)))
    assert platform.served == 2


def test_pauses_grow_up_to_a_limit_and_are_a_little_uneven():
    backoff = Backoff(first_s=1, factor=2, longest_s=300, uneven=0.2)
    for failures, steady_s in ((1, 1), (2, 2), (5, 16), (20, 300), (10_000, 300)):
        pauses = [backoff.pause_s(failures) for _ in range(50)]
        assert all(0.8 * steady_s <= pause <= 1.2 * steady_s for pause in pauses)
        assert len(set(pauses)) > 1


async def test_after_long_good_service_the_first_pause_comes_again(monkeypatch):
    asked = []
    monkeypatch.setattr(Backoff, "pause_s", lambda _self, failures: asked.append(failures) or 0.0)
    always_healthy = Backoff(healthy_s=0.0)
    await serve_until_it_holds(Supervised(Scripted(*[PlatformDown()] * 3), backoff=always_healthy))
    never_healthy = Backoff(healthy_s=60.0)
    await serve_until_it_holds(Supervised(Scripted(*[PlatformDown()] * 3), backoff=never_healthy))
    assert asked == [1, 1, 1, 1, 2, 3]
