import json

import pytest

from bot.store import ServerRules
from bot.store.servers import MOST_CHANGES

HERE, ANN, BEN = "discord:9", "discord:1", "discord:2"


async def test_a_server_has_the_usual_rules_until_somebody_sets_others(store):
    assert await store.servers.rules(HERE) == ServerRules()
    await store.servers.change(HERE, by=ANN, quota=20, channels=("5", "6"))
    await store.servers.change(HERE, by=BEN, language="zh")
    expected = ServerRules(quota=20, channels=("5", "6"), language="zh")
    assert await store.servers.rules(HERE) == expected
    assert await store.servers.rules("telegram:9") == ServerRules()


async def test_changes_say_who_made_what_of_what_and_the_newest_stands_first(store):
    await store.servers.change(HERE, by=ANN, quota=20)
    await store.servers.change(HERE, by=BEN, quota=5)
    await store.servers.change(HERE, by=BEN, quota=5)  # nothing new
    newest, oldest = await store.servers.changes(HERE)
    assert (newest.person, newest.before.quota, newest.after.quota) == (BEN, 20, 5)
    assert (oldest.person, oldest.before.quota, oldest.after.quota) == (ANN, None, 20)


async def test_changes_are_taken_back_one_after_another_until_none_is_left(store):
    await store.servers.change(HERE, by=ANN, quota=20)
    await store.servers.change(HERE, by=BEN, bars=32)
    assert (await store.servers.undo(HERE)).after.bars == 32
    assert await store.servers.rules(HERE) == ServerRules(quota=20)
    assert (await store.servers.undo(HERE)).after.quota == 20
    assert await store.servers.undo(HERE) is None
    assert await store.servers.rules(HERE) == ServerRules()
    assert [change.undone for change in await store.servers.changes(HERE)] == [True, True]


async def test_what_is_changed_after_taking_back_can_be_taken_back_too(store):
    await store.servers.change(HERE, by=ANN, quota=20)
    await store.servers.undo(HERE)
    await store.servers.change(HERE, by=ANN, quota=7)
    await store.servers.undo(HERE)
    assert await store.servers.rules(HERE) == ServerRules()


async def test_only_the_newest_changes_are_kept(store):
    for quota in range(MOST_CHANGES + 5):
        await store.servers.change(HERE, by=ANN, quota=quota)
    kept = await store.servers.changes(HERE)
    assert [change.after.quota for change in kept] == list(range(MOST_CHANGES + 4, 4, -1))


WRONG = [{"channels": ["5"]}, {"channels": ("",)}, {"language": "tlh"}, {"quota": -1}, {"bars": 0}, {"deleting": "all"}]


@pytest.mark.parametrize("wrong", WRONG)
def test_rules_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ServerRules(**wrong)


async def test_a_server_is_welcomed_once_until_the_bot_leaves_it(store):
    assert await store.servers.welcome(HERE)
    assert not await store.servers.welcome(HERE)
    await store.servers.change(HERE, by=ANN, quota=3)
    await store.servers.reset(HERE)
    assert not await store.servers.welcome(HERE)
    await store.servers.leave(HERE)
    assert await store.servers.welcome(HERE)


async def test_a_server_with_rules_is_welcomed_and_keeps_them(store):
    await store.servers.change(HERE, by=ANN, quota=3)
    assert await store.servers.welcome(HERE)
    assert await store.servers.rules(HERE) == ServerRules(quota=3)


async def test_a_server_that_was_left_is_forgotten(store):
    await store.servers.change(HERE, by=ANN, quota=3)
    await store.servers.leave(HERE)
    assert await store.servers.rules(HERE) == ServerRules()
    assert await store.servers.changes(HERE) == []


async def test_resetting_forgets_rules_and_changes(store):
    await store.servers.change(HERE, by=ANN, quota=3)
    await store.servers.reset(HERE)
    assert await store.servers.rules(HERE) == ServerRules()
    assert await store.servers.changes(HERE) == []


async def test_a_group_that_gets_another_id_keeps_its_rules(store):
    await store.servers.welcome("telegram:-5")
    await store.servers.change("telegram:-5", by="telegram:1", quota=3)
    await store.servers.move("telegram:-5", "telegram:-1005")
    assert await store.servers.rules("telegram:-1005") == ServerRules(quota=3)
    assert len(await store.servers.changes("telegram:-1005")) == 1
    assert not await store.servers.welcome("telegram:-1005")
    assert await store.servers.rules("telegram:-5") == ServerRules()


async def test_who_is_forgotten_leaves_the_change_without_a_name(store):
    await store.servers.change(HERE, by=ANN, quota=3)
    [row] = (await store.people.export(ANN))["server_changes"]
    assert json.dumps(row)
    await store.people.erase(ANN)
    assert (await store.people.export(ANN))["server_changes"] == []
    [change] = await store.servers.changes(HERE)
    assert (change.person, change.after.quota) == (None, 3)
