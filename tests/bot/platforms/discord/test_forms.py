"""Words that a button asks for: a form, and what somebody wrote into it."""

import pytest

from bot.chat.messages import Action, Ask, Reply

from .conftest import PIECE, result, status_of


@pytest.fixture
async def piece(place, handlers, platform, registry):
    """The message of a delivered piece, whose button asks for words."""

    async def press(context, action):
        await context.ask(
            Ask(action=Action("hand", action.target), title="Bars", label="Lines", prefill="1: A|", is_long=True)
        )

    async def take(context, action, text):
        await context.reply(Reply(f"{action.verb} {action.target}: {text}", private=True))

    handlers.press, registry.answers["hand"] = press, take
    address = await status_of(place, handlers)
    await platform.messenger.deliver(address, "result", result(), nonce="n", in_doubt=False)
    return place.channel.last_message


async def test_a_form_opens_with_what_stands_there_and_what_is_written_arrives_line_by_line(place, piece):
    shown = await place.alice.click(piece, label="Again")
    assert shown.modal["title"] == "Bars"
    assert shown.modal["components"][0]["components"][0]["value"] == "1: A|"
    taken = await place.alice.submit_modal(shown, {"words": "1: B|\n2: C|"})
    assert taken.followups[0].content.replace("\\", "") == f"hand {PIECE}: 1: B|\n2: C|"
    assert taken.followups[0].ephemeral
