import pytest

from bot.store import Rule


async def test_a_rule_is_found_by_kind_and_key(store):
    await store.rules.set("person", "discord:1", "block")
    places = [("person", "discord:1"), ("guild", "discord:1"), ("person", "telegram:1")]
    assert await store.rules.verdicts(places) == {("person", "discord:1"): "block"}


async def test_verdict_and_quota_do_not_disturb_each_other(store):
    await store.rules.set("guild", "discord:9", "allow")
    await store.rules.set_quota("guild", "discord:9", 3)
    await store.rules.set("guild", "discord:9", "block")
    [rule] = await store.rules.all()
    assert rule == Rule(kind="guild", key="discord:9", verdict="block", quota=3, changed=rule.changed)
    assert await store.rules.quota("guild", "discord:9") == 3


async def test_a_rule_taken_back_is_gone(store):
    await store.rules.set("chat", "telegram:-5", "block")
    await store.rules.set_quota("chat", "telegram:-5", 0)
    await store.rules.set("chat", "telegram:-5", None)
    assert await store.rules.quota("chat", "telegram:-5") == 0, "the quota is a rule of its own"
    await store.rules.set_quota("chat", "telegram:-5", None)
    assert await store.rules.all() == []


async def test_what_cannot_be_a_rule_is_refused(store):
    with pytest.raises(ValueError, match="kind of rule"):
        await store.rules.set("planet", "discord:1", "block")
    with pytest.raises(ValueError, match="verdict"):
        await store.rules.set("person", "discord:1", "perhaps")
    with pytest.raises(ValueError, match="quota"):
        await store.rules.set_quota("person", "discord:1", -1)
    for key in ("", "4711", "discord:", "discord:\x00", "discord:\ud800", "discord:" + "1" * 80):
        with pytest.raises(ValueError, match="key"):
            await store.rules.set("person", key, "block")
    assert await store.rules.all() == []


async def test_a_switch_keeps_its_value(store):
    assert await store.switches.get("paused", False) is False
    for value in (True, False, None, {"since": 1.5}):
        await store.switches.set("paused", value)
        assert await store.switches.get("paused", "default") == value
