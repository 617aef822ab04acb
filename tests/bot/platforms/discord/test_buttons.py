"""Buttons and the message menu, also after a restart."""

import asyncio

import pytest

from bot.chat.messages import Action, Button, Menu, Reply
from bot.platforms.discord.pointing import find_piece, find_score

from .conftest import NAME, PIECE, result, status_of


@pytest.fixture
async def piece(place, handlers, platform):
    """The message of a delivered piece."""
    address = await status_of(place, handlers)
    await platform.messenger.deliver(address, "result", result(), nonce="n", in_doubt=False)
    return place.channel.last_message


async def test_a_button_does_what_its_id_says(place, piece, handlers):
    pressed = await place.bob.click(piece, label="Again")
    assert [(answer.content, answer.ephemeral) for answer in pressed.followups] == [(f"pressed again {PIECE}", True)]
    assert handlers.contexts[-1].person.key == f"discord:{place.bob.id}"


async def test_a_button_still_works_after_a_restart(place, piece, simcord_env):
    await simcord_env.restart_bot()
    pressed = await place.alice.click(place.channel.last_message, label="Again")
    assert pressed.followups[0].content == f"pressed again {PIECE}"


async def test_a_button_of_a_stranger_is_answered_in_words(place, simcord_env, registry):
    del registry.actions["pick"]
    message = await _message_with(place, "v1:pick:x")
    pressed = await place.alice.click(message, custom_id="v1:pick:x")
    assert pressed.followups[0].ephemeral
    assert pressed.followups[0].content


@pytest.mark.parametrize("custom_id", ["cmp:reroll", "v1:pick:../../etc", "v9:x", "v1:" + "a" * 90])
async def test_an_id_we_never_wrote_is_answered_in_words(place, handlers, custom_id):
    message = await _message_with(place, custom_id)
    pressed = await place.alice.click(message, custom_id=custom_id)
    assert pressed.followups[0].ephemeral
    assert handlers.contexts[1:] == []  # the one that made the message


async def test_a_picker_is_edited_in_place_and_may_answer_besides(place, piece, handlers):
    async def pick(context, action):
        await context.reply(Reply("Accepted"))
        await context.edit(Reply("You chose Chopin.", private=True))

    handlers.press = pick
    pressed = await place.alice.click(piece, label="Again")
    assert [answer.content for answer in pressed.followups] == ["Accepted"]
    messages = sorted(place.channel.history(viewer=place.alice), key=lambda message: message.id)
    assert [message.content for message in messages] == ["You chose Chopin.", "Accepted"]
    assert messages[0].attachments == []


async def test_a_picker_that_only_this_person_sees_is_edited_after_an_answer(place, handlers):
    async def show(context):
        await context.reply(Reply("choose", buttons=result().buttons, private=True))

    async def pick(context, action):
        await context.reply(Reply("Accepted"))
        await context.edit(Reply("You chose."))

    handlers.compose, handlers.press = show, pick
    shown = await place.alice.slash(place.channel, "compose")
    pressed = await place.alice.click(shown.response, label="Again")
    assert [(answer.content, answer.ephemeral) for answer in pressed.followups] == [("Accepted", False)]
    assert (shown.response.content, shown.response.ephemeral) == ("You chose.", True)


async def test_editing_is_the_only_answer_a_button_needs(place, piece, handlers):
    async def turn(context, action):
        await context.edit(Reply("page 2"))

    handlers.press = turn
    pressed = await place.alice.click(piece, label="Again")
    assert pressed.acknowledged
    assert not pressed.deferred
    assert place.channel.last_message.content == "page 2"


async def test_a_slow_button_is_acknowledged_in_time_and_answered_privately(place, piece, handlers, simcord_env):
    async def slow(context, action):
        await asyncio.sleep(1.2)
        await context.reply(Reply("not yours", private=True))

    handlers.press = slow
    pressed = await place.bob.click(piece, label="Delete")
    await simcord_env.advance_time(1)
    assert pressed.acknowledged
    await simcord_env.advance_time(2)
    assert [(answer.content, answer.ephemeral) for answer in pressed.followups] == [("not yours", True)]
    assert place.channel.last_message.attachments  # untouched


async def test_a_message_can_be_removed_by_its_button(place, piece, handlers):
    async def remove(context, action):
        await context.delete()

    handlers.press = remove
    await place.alice.click(piece, label="Delete")
    assert place.channel.history(viewer=place.alice) == []


async def test_a_button_that_sends_files_is_acknowledged_before_they_are_sent(place, piece, handlers):
    async def send(context, action):
        await context.reply(result())

    handlers.press = send
    pressed = await place.alice.click(piece, label="Again")
    assert pressed.deferred
    assert len(pressed.followups[0].attachments) == 5


# --- about this piece -------------------------------------------------------------------------------------------------


async def test_the_menu_finds_the_piece_by_its_files(place, piece, monkeypatch):
    asked = []

    async def about(piece_id, context):
        asked.append(piece_id)
        await context.reply(Reply("about it", private=True))

    monkeypatch.setattr("bot.platforms.discord.platform.run_about", about)
    answered = await place.bob.context_menu(place.channel, "About this piece", piece)
    assert asked == [PIECE]
    assert answered.ephemeral


async def test_the_menu_on_another_message_says_that_there_is_no_piece(place):
    message = await place.alice.send(place.channel, "hello")
    answered = await place.bob.context_menu(place.channel, "About this piece", message)
    assert answered.ephemeral
    assert "works on a message with one of my pieces" in answered.response.content


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ({"attachments": [{"filename": f"{NAME}_p2.png"}]}, PIECE),
        ({"attachments": [{"filename": "holiday.png"}]}, None),
        ({"components": [{"components": [{"custom_id": f"v1:details:{PIECE}"}]}]}, PIECE),
        ({"components": [{"components": [{"custom_id": "v1:pick::0.3"}]}]}, None),
        ({"components": [{"components": [{"url": "https://x.y"}]}]}, None),
        ({}, None),
    ],
)
def test_a_piece_is_found_in_names_of_files_and_in_buttons(message, found):
    assert find_piece({"resolved": {"messages": {"1": message}}}) == found


@pytest.mark.parametrize(
    ("file", "is_score"),
    [
        ({"filename": "waltz.abc"}, True),
        ({"filename": "waltz.mid", "content_type": "audio/midi"}, True),
        ({"filename": "song.mp3", "content_type": "audio/mpeg"}, False),
        ({"filename": "holiday.png", "content_type": "image/png"}, False),
    ],
)
def test_a_score_that_somebody_posted_is_found_too(file, is_score):
    found = find_score({"resolved": {"messages": {"1": {"attachments": [file | {"url": "x", "size": 9}]}}}})
    assert (found is not None) is is_score


async def _message_with(place, custom_id):
    """A message of the bot with a button that the bot would not make."""
    from bot.platforms.discord.message import Message

    platform = place.env.bot._platform
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "old", "custom_id": custom_id}]}
    await platform.wire.post(str(place.channel.id), Message({"content": "old", "components": [row]}), nonce="1")
    return place.channel.last_message


async def test_what_is_chosen_from_a_list_is_done_and_the_list_may_become_another(place, piece, handlers):
    keys = [Button(name, Action("again", PIECE, f"k{name.lower()}")) for name in ("C", "D")]

    async def open_list(context, action):
        await context.edit(Reply("Key", menu=Menu("Which key?", keys)))

    handlers.press = open_list
    await place.alice.click(piece, label="Again")
    message = place.channel.message(piece.id) if hasattr(place.channel, "message") else place.channel.last_message
    done = []

    async def choose(context, action):
        done.append(action.argument)
        await context.edit(Reply("Chosen"))

    handlers.press = choose
    await place.alice.select(message, [keys[1].action.encode()])
    assert done == ["kd"]
    assert place.channel.last_message.content == "Chosen"


# --- presses that somebody's own client made up -----------------------------------------------------------------------


async def forge(person, message, custom_id, values=None):
    """A press below a message that has no such button, or a choice that its list does not have."""
    from simcord.actors import _component_interaction, _visible_message

    chosen = {"component_type": 2} if values is None else {"component_type": 3, "values": values}
    return await _component_interaction(person, _visible_message(person, message), {"custom_id": custom_id, **chosen})


def _as_seen(place, message):
    """What everybody sees of a message; None if it is gone."""
    for seen in place.channel.history(viewer=place.alice):
        if seen.id == message.id:
            parts = [part.to_dict() for part in (*seen.embeds, *seen.components)]
            return seen.content, parts, [(file.id, file.filename) for file in seen.attachments]
    return None


FORGED = [
    pytest.param(f"v1:pick:{PIECE}:x", None, id="a button that is not there"),
    pytest.param("v1:menu:", [f"v1:pick:{PIECE}:x"], id="a choice of a list that is not there"),
]


@pytest.mark.parametrize("act", ["edit", "edit with files", "delete", "slowly edit"])
@pytest.mark.parametrize(("custom_id", "values"), FORGED)
async def test_a_forged_press_changes_no_message_of_somebody_else(place, piece, handlers, act, custom_id, values):
    async def press(context, action):
        if act == "slowly edit":
            await context.acknowledge()
        if act == "delete":
            await context.delete()
        else:
            await context.edit(result() if act == "edit with files" else Reply("forged", private=True))

    handlers.press = press
    before = _as_seen(place, piece)
    await forge(place.bob, piece, custom_id, values)
    assert handlers.contexts[-1].person.key == f"discord:{place.bob.id}"  # it came through
    assert _as_seen(place, piece) == before


@pytest.mark.parametrize(("custom_id", "values"), FORGED)
@pytest.mark.parametrize("is_slow", [False, True])
async def test_what_a_forged_press_would_have_shown_to_one_is_not_shown_to_all(
    place, piece, handlers, custom_id, values, is_slow
):
    async def press(context, action):
        if is_slow:
            await context.acknowledge()
        await context.edit(Reply("for one alone", private=True))

    handlers.press = press
    before = [message.id for message in place.channel.history(viewer=place.alice)]
    await forge(place.bob, piece, custom_id, values)
    assert [message.id for message in place.channel.history(viewer=place.alice)] == before
    assert "for one alone" in [message.content for message in place.channel.history(viewer=place.bob)]
