import asyncio
import time

import pytest

from bot.chat.messenger import TryLater
from bot.platforms.telegram.pace import CHAT_BURST, PROGRESS_GROUP_S, Budget, Pace, Rank


def make_pace(per_s=1000, per_minute=18):
    return Pace(messages_per_s=per_s, messages_per_group_per_minute=per_minute)


async def use_up(pace, chat, count):
    for _ in range(count):
        await pace.turn(chat, patience_s=0)


async def test_a_chat_takes_a_burst_and_then_one_message_a_second():
    pace = make_pace()
    await use_up(pace, "7", CHAT_BURST)
    with pytest.raises(TryLater) as refused:
        await pace.turn("7", patience_s=0.5)
    assert refused.value.sent is False
    assert 0.5 < refused.value.after_s <= 5


async def test_a_busy_chat_does_not_keep_another_waiting():
    pace = make_pace()
    await use_up(pace, "7", CHAT_BURST)
    began = time.monotonic()
    await pace.turn("8", patience_s=0)
    assert time.monotonic() - began < 0.5


async def test_a_group_takes_no_more_than_its_messages_a_minute(monkeypatch):
    monkeypatch.setattr("bot.platforms.telegram.pace.CHAT_BURST", 1000)
    pace = make_pace(per_minute=18)
    await use_up(pace, "-100", 18)
    assert 50 < pace.wait_s("-100") <= 60


async def test_an_album_costs_as_much_as_its_items():
    pace = make_pace(per_minute=4)
    await pace.turn("-100", cost=3, patience_s=0)
    assert pace.wait_s("-100") == 0
    assert pace.wait_s("-100", 2) > 0


async def test_everything_together_is_held_to_the_rate_overall():
    pace = make_pace(per_s=20)
    began = time.monotonic()
    for chat in range(30):
        await pace.turn(str(chat), patience_s=5)
    assert time.monotonic() - began >= 0.9


async def test_a_held_chat_waits_as_long_as_telegram_said_and_others_do_not():
    pace = make_pace()
    pace.hold("7", 0.2)
    began = time.monotonic()
    await pace.turn("8", patience_s=0)
    assert pace.wait_s("7") > 0
    await pace.turn("7", patience_s=1)
    assert time.monotonic() - began >= 0.2


async def test_progress_comes_at_most_every_few_seconds_and_per_chat(monkeypatch):
    pace = make_pace()
    assert pace.may_progress("-100")
    assert not pace.may_progress("-100")
    assert pace.may_progress("7")
    later = time.monotonic() + PROGRESS_GROUP_S + 0.1
    monkeypatch.setattr("bot.platforms.telegram.pace.time.monotonic", lambda: later)
    assert pace.may_progress("-100")


async def test_progress_leaves_half_of_a_budget_to_results():
    pace = make_pace(per_minute=6)
    await use_up(pace, "-100", 3)
    assert pace.wait_s("-100") == 0
    assert not pace.may_progress("-100")


async def arrivals(*turns):
    """In which order they get their turn, all having come in this one."""
    order = []

    async def one(name, turn):
        await turn
        order.append(name)

    tasks = []
    for name, turn in turns:
        tasks.append(asyncio.create_task(one(name, turn)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return order


async def test_answers_go_before_pieces_and_these_before_what_follows_them(monkeypatch):
    """Somebody's question was answered after all files of others, or not at all."""
    monkeypatch.setattr("bot.platforms.telegram.pace.MINUTE_S", 0.3)
    pace = make_pace(per_minute=1)
    await use_up(pace, "-1", 1)
    order = await arrivals(
        ("player", pace.turn("-1", patience_s=5, rank=Rank.FOLLOWER)),
        ("piece", pace.turn("-1", patience_s=5, rank=Rank.RESULT)),
        ("answer", pace.turn("-1", patience_s=5)),
    )
    assert order == ["answer", "piece", "player"]


async def test_a_little_of_a_groups_minute_is_kept_for_answers():
    pace = make_pace(per_minute=4)
    for _ in range(3):
        await pace.turn("-1", patience_s=0, rank=Rank.RESULT)
    with pytest.raises(TryLater):
        await pace.turn("-1", patience_s=0, rank=Rank.RESULT)
    await pace.turn("-1", patience_s=0)


async def test_what_follows_a_piece_leaves_room_for_those_to_come():
    pace = make_pace(per_minute=8)
    for job in "abcd":
        pace.expect("-1", job)
    await use_up(pace, "-1", 4)
    with pytest.raises(TryLater):
        await pace.turn("-1", patience_s=0, rank=Rank.FOLLOWER)
    for job in "abcd":
        pace.met("-1", job)
    await pace.turn("-1", patience_s=0, rank=Rank.FOLLOWER)


async def test_nothing_follows_while_a_finished_piece_waits():
    pace = make_pace()
    pace.expect("-1", "a", is_finished=True)
    with pytest.raises(TryLater):
        await pace.turn("-1", patience_s=0, rank=Rank.FOLLOWER)


async def test_a_piece_that_never_comes_is_not_waited_for(monkeypatch):
    pace = make_pace()
    pace.expect("-1", "a")
    assert pace.is_crowded("-1")
    monkeypatch.setattr("bot.platforms.telegram.pace.EXPECTED_S", 0.0)
    assert pace.coming("-1") == 0
    assert not pace.is_crowded("-1")


async def test_a_private_chat_is_never_crowded():
    pace = make_pace()
    pace.expect("77", "a")
    assert not pace.is_crowded("77")


async def test_quiet_chats_are_forgotten(monkeypatch):
    monkeypatch.setattr("bot.platforms.telegram.pace.MAX_CHATS", 3)
    pace = make_pace()
    for chat in range(3):
        pace.wait_s(str(chat))
    await use_up(pace, "2", 1)
    pace.wait_s("3")
    assert set(pace._chats) == {"2", "3"}


async def test_a_budget_that_is_free_makes_nobody_wait():
    budget = Budget(2, 10)
    assert budget.is_unused
    await budget.take(1)
    assert budget.wait_s() == 0
    assert budget.wait_s(2) > 9
