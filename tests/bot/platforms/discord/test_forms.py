"""Words that a button asks for: a form, and what somebody wrote into it."""

from dataclasses import replace

import pytest
from simcord.actors import _dispatch_actor_interaction, _visible_message
from simcord.backend import serializers
from simcord.builders import ChannelHandle
from simcord.enums import InteractionType

from bot.chat.messages import Action, Ask, Button, Reply
from bot.platforms.discord.message import build_message

from .conftest import PIECE, result, status_of

FORM = f"v1:hand:{PIECE}"


@pytest.fixture
async def piece(place, handlers, platform, registry):
    """The message of a delivered piece, whose button asks for words."""

    async def press(context, action):
        await context.ask(
            Ask(action=Action("hand", action.target), title="Bars", label="Lines", prefill="1: A|", is_long=True)
        )

    async def take(context, action, text):
        await context.reply(Reply(f"{action.verb} {action.target}: {text}", private=True))

    registry.actions["hand"], registry.answers["hand"] = press, take
    address = await status_of(place, handlers)
    shown = replace(result(), buttons=[[Button("By hand", Action("hand", PIECE))]])
    await platform.messenger.deliver(address, "result", shown, nonce="n", in_doubt=False)
    return place.channel.last_message


async def test_a_form_opens_with_what_stands_there_and_what_is_written_arrives_line_by_line(place, piece):
    shown = await place.alice.click(piece, label="By hand")
    assert shown.modal["title"] == "Bars"
    assert shown.modal["components"][0]["components"][0]["value"] == "1: A|"
    taken = await place.alice.submit_modal(shown, {"words": "1: B|\n2: C|"})
    assert taken.followups[0].content.replace("\\", "") == f"hand {PIECE}: 1: B|\n2: C|"
    assert taken.followups[0].ephemeral


# --- forms that somebody's own client made up -------------------------------------------------------------------------


async def forge(person, message, custom_id):
    """A form below a message, filled in without having been opened."""
    stored, backend = _visible_message(person, message), person._env.backend
    field = {"type": 4, "custom_id": "words", "value": "1: B|"}
    return await _dispatch_actor_interaction(
        person,
        InteractionType.MODAL_SUBMIT,
        ChannelHandle(person._env, person.guild, backend.get_channel(stored.channel_id)),
        {"custom_id": custom_id, "components": [{"type": 1, "components": [field]}]},
        extra={"message": dict(serializers.message_payload(backend, stored))},
        source_message_id=stored.id,
    )


@pytest.fixture
def changing(registry):
    """The answer changes the message of the button."""

    async def take(context, action, text):
        await context.edit(Reply("changed", private=True))

    registry.answers["hand"] = registry.answers["bars"] = take


def _contents(place, viewer):
    return [message.content for message in place.channel.history(viewer=viewer)]


async def test_a_form_may_change_the_message_that_it_was_opened_from(place, piece, changing):
    shown = await place.alice.click(piece, label="By hand")
    await place.alice.submit_modal(shown, {"words": "1: B|"})
    assert _contents(place, place.bob) == ["changed"]


@pytest.mark.parametrize("custom_id", [f"v1:bars:{PIECE}", "v1:hand:m2x7abcd"])
async def test_a_forged_form_changes_no_message_and_is_answered_to_its_author_alone(place, piece, changing, custom_id):
    before = _contents(place, place.alice)
    await forge(place.bob, piece, custom_id)
    assert _contents(place, place.alice) == before
    assert "changed" in _contents(place, place.bob)


async def test_a_forged_form_of_a_button_that_is_somebody_elses_changes_no_message(place, platform, changing):
    for_alice = Reply("For Alice", buttons=[[Button("By hand", Action("hand", PIECE))]])
    owned = build_message(for_alice, owner=str(place.alice.id))
    await platform.wire.post(str(place.channel.id), owned, nonce="1")
    await forge(place.bob, place.channel.last_message, FORM)
    assert _contents(place, place.alice) == ["For Alice"]
    await forge(place.alice, place.channel.last_message, FORM)
    assert _contents(place, place.alice) == ["changed"]
