import json

import pytest
from sqlalchemy import select, text, update

from bot.chat.messages import Person
from bot.store import Erased, PersonSettings
from bot.store.tables import deliveries, jobs, metadata, people
from tests.bot.store.making import add_job, add_piece

ANNA = Person("discord", "1", "zh-CN")


async def last_seen(store):
    async with store.reading() as connection:
        return (await connection.execute(select(people.c.last_seen))).scalar_one()


async def see(store):
    met = await store.people.meet(ANNA.key)
    await store.people.remember(ANNA.key, met)
    return met.likes


async def test_somebody_new_has_the_usual_settings(store):
    assert await store.people.settings(ANNA.key) == PersonSettings()
    assert await see(store) == PersonSettings()


async def test_settings_are_remembered_and_changed_one_by_one(store):
    await store.people.change(ANNA.key, language="zh", bars=24)
    assert await store.people.change(ANNA.key, audio=False) == PersonSettings(language="zh", bars=24, audio=False)
    assert await see(store) == PersonSettings(language="zh", bars=24, audio=False)
    assert await store.people.change(ANNA.key, language=None) == PersonSettings(bars=24, audio=False)


WRONG = [
    {"language": "tlh"},
    {"bars": 0},
    {"bars": 257},
    {"bars": True},
    {"temperament": ""},
    {"temperament": "\ud800"},
    {"temperament": 3},
    {"pages": "wall"},
    {"audio": 1},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PersonSettings(**wrong)


async def test_a_wrong_setting_changes_nothing(store):
    await store.people.change(ANNA.key, bars=8)
    for wrong in WRONG:
        with pytest.raises(ValueError, match=next(iter(wrong))):
            await store.people.change(ANNA.key, **wrong)
    assert await store.people.settings(ANNA.key) == PersonSettings(bars=8)


async def test_a_setting_that_does_not_exist_is_refused(store):
    with pytest.raises(TypeError, match="colour"):
        await store.people.change(ANNA.key, colour="red")


async def test_what_another_version_wrote_is_as_if_not_chosen(store):
    await store.people.change(ANNA.key, language="zh", bars=8)
    odd = {"bars": 8, "pages": "hologram", "audio": "loud", "colour": "red"}
    async with store.writing() as connection:
        await connection.execute(update(people).values(settings=odd, language="tlh"))
    assert await store.people.settings(ANNA.key) == PersonSettings(bars=8)


async def test_seeing_somebody_again_soon_writes_nothing(store):
    await see(store)
    before = await last_seen(store)
    await see(store)
    assert await last_seen(store) == before
    async with store.writing() as connection:
        await connection.execute(update(people).values(last_seen=before - 4000))
    await see(store)
    assert await last_seen(store) >= before


async def fill(store):
    """Two people; each has everything that the tables can hold."""
    for person, number in (("discord:1", "a"), ("discord:2", "b")):
        await store.people.change(person, bars=12)
        await add_job(store, f"job{number}", person=person)
        await add_piece(store, f"job{number}", person=person)
        await store.rules.set("person", person, "block")


async def test_an_export_holds_everything_about_the_person_and_nothing_about_others(store):
    await fill(store)
    exported = await store.people.export("discord:1")
    text = json.dumps(exported)
    assert {name: len(exported[name]) for name in ("people", "jobs", "pieces", "files", "deliveries", "rules")} == {
        "people": 1,
        "jobs": 1,
        "pieces": 1,
        "files": 2,
        "deliveries": 1,
        "rules": 1,
    }
    assert exported["settings"]["bars"] == 12
    assert "discord:2" not in text
    assert "jobb" not in text
    assert "interaction-secret" not in text


async def test_an_export_knows_every_table_about_people(store):
    """A new table with people in it must be exported and erased, or be named here with a reason."""
    about_nobody = {"switches", "lineage"}  # lineage: which piece was made from which, by ids
    exported = await store.people.export("discord:1")
    assert set(metadata.tables) - about_nobody == set(exported) - {"person", "settings"}


async def test_erasing_leaves_nothing_but_what_operators_decided(store):
    await fill(store)
    own = store.blobs.path((await store.pieces.get("joba")).file(".abc").sha256)
    shared = store.blobs.path((await store.pieces.get("joba")).file(".mp3").sha256)
    assert await store.people.erase("discord:1") == Erased(pieces=1, jobs=1)
    exported = await store.people.export("discord:1")
    assert [name for name in ("people", "jobs", "pieces", "files", "deliveries") if exported[name]] == []
    assert await store.rules.verdicts([("person", "discord:1")]) == {("person", "discord:1"): "block"}
    assert not own.exists()
    assert shared.exists(), "somebody else's piece has the same content"


async def test_who_reads_a_server_s_reports_is_forgotten_there_too(store):
    await store.servers.change("discord:9", by="discord:2", reports="discord:1", words=("darn",))
    await store.servers.change("discord:9", by="discord:2", quota=5)
    assert (await store.people.export("discord:1"))["servers"] == [{"key": "discord:9", "reports": "discord:1"}]
    await store.people.erase("discord:1")
    rules = await store.servers.rules("discord:9")
    assert (rules.reports, rules.words, rules.quota) == (None, ("darn",), 5)
    assert "discord:1" not in str(await store.servers.changes("discord:9"))


async def test_erasing_leaves_others_alone(store):
    await fill(store)
    before = await store.people.export("discord:2")
    await store.people.erase("discord:1")
    assert await store.people.export("discord:2") == before


async def test_erasing_nobody_is_harmless(store):
    assert await store.people.erase("discord:404") == Erased(0, 0)


async def test_a_person_with_very_many_files_can_be_erased(store):
    """Databases limit how many values one statement may have (SQLite: 32,766)."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 100000 UNION ALL SELECT i + 1 FROM n WHERE i < 133000)"
    rows = f"SELECT 'abc', '.' || i, 'x', '{'0' * 58}' || i, 1 FROM n"
    await add_piece(store, "abc", contents={})
    async with store.writing() as connection:
        await connection.execute(text(f"INSERT INTO files (piece, ending, name, sha256, size) {numbers} {rows}"))
    assert (await store.pieces.counts()).files == 33_001
    assert await store.people.erase(ANNA.key) == Erased(pieces=1, jobs=0)
    assert (await store.pieces.counts()).files == 0


async def test_deliveries_go_with_their_job(store):
    await add_job(store, "a")
    await store.people.erase("discord:1")
    async with store.reading() as connection:
        assert (await connection.execute(select(deliveries))).all() == []
        assert (await connection.execute(select(jobs))).all() == []
