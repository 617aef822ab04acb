"""`/tree`: the picture, the words beside it, the buttons, and who sees what."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import insert

from bot.store.tables import jobs
from tests.bot.commands.conftest import PNG, record_of
from tests.bot.tasks import composing


async def put(world, id_, parent=None, *, who="ann", chat="room", guild=None, name=None, created=1.0, **record):
    """A finished piece and the job that made it."""
    store = world.services.store
    files = await store.pieces.put_files(id_, {"_p1.png": PNG + id_.encode()})
    written = {**record_of(id_, composing(7).request), "parent": parent, "way": "hotter", **record}
    address = {"platform": "test", "person": who, "chat": chat, "guild": guild, "name": name}
    async with store.writing() as connection:
        await store.pieces.add(
            connection, id=id_, person=f"test:{who}", platform="test", guild=guild, record=written, files=files,
            created=created,
        )  # fmt: skip
        await connection.execute(
            insert(jobs).values(
                id=id_, person=f"test:{who}", platform="test", guild=guild, language="en", state="done", task={},
                address=address, event_key=id_, turn=1, created=created,
            )
        )  # fmt: skip


def targets(reply, verb="recall"):
    return [button.action.target for row in reply.buttons for button in row if button.action.verb == verb]


async def tree(world, piece="", **circumstances):
    return (await world.say(f"/tree {piece}".strip(), **circumstances)).replies[0]


async def test_it_is_a_picture_with_words_and_a_button_for_each_piece(still_world):
    await put(still_world, "aaaa")
    await put(still_world, "bbbb", "aaaa", created=2.0)
    await put(
        still_world, "cccc", "bbbb", created=3.0, kind="continue", worked={"kind": "continue", "bars": 8, "first": 9}
    )
    reply = await tree(still_world, "piece=bbbb")
    image = Image.open(BytesIO(reply.attachments[0].data))
    assert image.width == 1080
    lines = [line.strip() for line in reply.text.splitlines()]
    assert lines[0].startswith("1 · ")
    assert lines[1] == "2 · bbbb · Keyboard piece in A minor · bolder · you"
    assert lines[2].startswith("3 · cccc · you · 8 more bars")  # too long for all of it
    assert targets(reply) == ["aaaa", "bbbb", "cccc", "aaaa"]  # the last one is the way back
    assert [row[-1].label for row in reply.buttons][-1] == "Undo: back to 1"


async def test_without_an_id_it_is_ones_newest_and_alone_it_says_so(still_world):
    assert "No piece of yours" in (await tree(still_world)).text or (await tree(still_world)).text
    await put(still_world, "aaaa")
    assert "made from no other piece" in (await tree(still_world)).text


async def test_the_piece_that_is_answered_is_meant(still_world):
    await put(still_world, "aaaa")
    await put(still_world, "zzzz", created=5.0)
    context = still_world.context(options={"about": "aaaa"})
    await still_world.registry.command("tree").handle(context)
    assert targets(context.replies[0]) == ["aaaa"]


async def test_a_long_family_is_bounded_and_says_so(still_world):
    for number in range(20):
        await put(still_world, f"p{number:02}", f"p{number - 1:02}" if number else None, created=float(number))
    reply = await tree(still_world, "piece=p10")
    assert len(reply.text.splitlines()) == 13
    assert "12 of 20 pieces are shown" in reply.text
    assert len(targets(reply)) == 13
    assert all(len(row) <= 5 for row in reply.buttons)
    assert len(reply.text) <= 900


async def test_private_pieces_of_others_are_not_shown(still_world):
    """Bob made his from Ann's public one; what Ann made from his in private is hers alone."""
    await put(still_world, "anns", who="ann", chat="group", guild="77", name="Ann")
    await put(still_world, "bobs", "anns", who="bob", chat="bobs-talk", created=2.0)
    await put(still_world, "secret", "bobs", who="ann", chat="anns-talk", created=3.0)
    await put(still_world, "shown", "secret", who="bob", chat="bobs-talk", created=4.0)
    await put(still_world, "hidden", "shown", who="ann", chat="anns-talk", created=5.0)
    reply = await tree(still_world, "piece=shown", who="bob")
    assert targets(reply) == ["anns", "bobs", "shown"]
    assert "A piece of somebody else, which is not shown here" in reply.text
    assert "secret" not in reply.text
    assert "hidden" not in reply.text


async def test_in_a_group_only_what_was_made_there_is_shown(still_world):
    await put(still_world, "here", who="ann", chat="room", guild="77", name="Ann @everyone")
    await put(still_world, "mine", "here", who="ann", chat="private", created=2.0)
    await put(still_world, "mods", "here", who="bob", chat="mods", guild="77", created=3.0)
    reply = await tree(still_world, "piece=here", guild="77")
    assert targets(reply) == ["here"]
    assert "Ann" in reply.text


async def test_of_the_erased_a_node_without_a_name_is_left(still_world):
    await put(still_world, "aaaa", who="bob")
    await put(still_world, "bbbb", "aaaa", who="bob", created=2.0)
    await put(still_world, "cccc", "bbbb", created=3.0)
    await put(still_world, "dddd", "aaaa", created=4.0)
    await still_world.services.store.people.erase("test:bob")
    reply = await tree(still_world, "piece=cccc")
    assert targets(reply) == ["cccc", "dddd"]
    assert reply.text.count("not there any more") == 2


@pytest.mark.parametrize("language", ["zh"])
async def test_it_speaks_the_language_of_whoever_asks(still_world, language):
    await put(still_world, "aaaa")
    assert "家谱" in (await tree(still_world, language=language)).title


async def test_opening_shows_the_piece(still_world):
    await put(still_world, "aaaa")
    opening = (await tree(still_world)).buttons[0][0]
    assert (await still_world.press(opening)).replies[0].piece == "aaaa"
