"""Pieces as rich messages, as the documentation of Bot API 10.2 has them."""

from dataclasses import replace

import pytest

from bot.chat.messages import Reply
from bot.chat.messenger import MaybeSent, TryLater
from bot.platforms.telegram.messenger import TelegramMessenger
from tests.fakes.telegram import Fault

WAITING = Reply("Place 1 in the queue", title="On its way")


@pytest.fixture
def messenger(line):
    return TelegramMessenger(line, rich=True)


async def deliver(messenger, address, reply, part="result", *, in_doubt=False):
    return await messenger.deliver(address, part, reply, nonce=f"k3f9-{part}", in_doubt=in_doubt)


def kinds(message):
    return [block["type"] for block in message["rich_message"]["blocks"]]


@pytest.mark.parametrize("pages", [1, 3])
async def test_page_caption_player_and_buttons_are_one_message(telegram, messenger, to_ann, make_result, pages):
    result = make_result(pages=pages)
    optional = [replace(each, optional=each.name.endswith(("p2.png", "p3.png"))) for each in result.attachments]
    result = replace(result, attachments=[each for each in optional if each.kind != "document"])
    assert messenger.parts(result) == ("result",)
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9-status")
    await deliver(messenger, address, result)
    [message] = telegram.from_bot(77)
    assert str(message["message_id"]) == address.message
    assert kinds(message) == ["slideshow" if pages > 1 else "photo", "heading", "paragraph", "audio"]
    player = message["rich_message"]["blocks"][-1]["audio"]
    assert (player["title"], player["duration"]) == ("Nocturne", 32)
    if pages > 1:
        assert len(message["rich_message"]["blocks"][0]["blocks"]) == pages
    assert message["reply_markup"]["inline_keyboard"]


async def test_the_same_again_is_no_error_and_one_message(telegram, messenger, to_ann, make_result):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9-status")
    telegram.fail("editMessageText", Fault("cut after"))
    with pytest.raises(TryLater):
        await deliver(messenger, address, make_result())
    await deliver(messenger, address, make_result(), in_doubt=True)
    assert len(telegram.from_bot(77)) == 1


async def test_where_the_status_is_gone_it_is_posted_once(telegram, messenger, to_ann, make_result):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9-status")
    telegram.remove(77, int(address.message))
    await deliver(messenger, address, make_result())
    with pytest.raises(MaybeSent):
        await deliver(messenger, address, make_result(), in_doubt=True)
    [message] = telegram.from_bot(77)
    assert "photo" in kinds(message)


@pytest.mark.parametrize("is_placed", [True, False])
async def test_a_server_that_does_not_know_them_gets_pieces_as_before(
    telegram, messenger, to_ann, make_result, is_placed
):
    telegram.knows_rich = False
    if not is_placed:
        telegram.fail("sendRichMessage", Fault("status", 404, "Not Found"))
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9-status") if is_placed else to_ann
    with pytest.raises(TryLater) as refused:
        await deliver(messenger, address, make_result())
    assert (refused.value.sent, refused.value.after_s) == (False, 0.0)
    assert messenger.parts(make_result()) == ("result", "audio", "files")
    await deliver(messenger, address, make_result())
    await deliver(messenger, address, make_result(), "audio")
    photo, audio = telegram.from_bot(77)
    assert ("photo" in photo, "audio" in audio) == (True, True)


async def test_a_flood_is_no_reason_to_give_them_up(telegram, messenger, to_ann, make_result):
    telegram.fail("sendRichMessage", Fault("status", 429, "Too Many Requests: retry after 30", retry_after=30))
    with pytest.raises(TryLater) as refused:
        await deliver(messenger, to_ann, make_result())
    assert refused.value.after_s == 30
    assert messenger.parts(replace(make_result(), attachments=make_result().attachments[:2])) == ("result",)


async def test_a_group_that_forbids_photos_does_not_end_them_for_all_others(
    telegram, messenger, ann, to_ann, make_result
):
    telegram.group(-1001)
    to_group = replace(to_ann, chat="-1001", guild="-1001")
    telegram.fail("sendRichMessage", Fault("status", 400, "Bad Request: not enough rights to send photos to the chat"))
    telegram.fail("sendPhoto", Fault("status", 400, "Bad Request: not enough rights to send photos to the chat"))
    await deliver(messenger, to_group, make_result())
    assert "permissions" in telegram.from_bot(-1001)[0]["text"]
    await deliver(messenger, to_ann, make_result())
    assert "photo" in kinds(telegram.from_bot(77)[0])
