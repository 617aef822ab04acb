"""The first page of a piece in the status message, before the result, against a Bot API on a real socket."""

from dataclasses import replace

import pytest

from bot.chat.messages import Address, Attachment, Reply
from bot.platforms.telegram.messenger import TelegramMessenger
from bot.platforms.telegram.pace import Pace
from bot.texts import say
from tests.bot.platforms.telegram.conftest import open_line, page, png
from tests.bot.platforms.telegram.test_messenger import WAITING, deliver, deliver_all

PLAYING = Reply(
    "almost there",
    title="The first page is there",
    buttons=WAITING.buttons,
    attachments=[Attachment("first_page.png", "picture", data=png(colour="grey"))],
)


@pytest.fixture
def to_group(telegram, ann):
    telegram.group(-1001)
    return Address("telegram", "77", chat="-1001", guild="-1001")


async def with_page(messenger, to_ann):
    """A status message that shows the first page."""
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    assert await messenger.edit_status(address, PLAYING)
    return address


async def test_the_first_page_is_shown_with_the_words_of_its_stage_and_becomes_the_result(
    telegram, messenger, to_ann, make_result
):
    address = await with_page(messenger, to_ann)
    [shown] = telegram.from_bot(77)
    assert telegram.content(shown).content == PLAYING.attachments[0].data
    assert shown["caption"] == "The first page is there\nalmost there"
    await deliver_all(messenger, address, make_result())
    result, *others = telegram.from_bot(77)
    assert str(result["message_id"]) == address.message
    assert telegram.content(result).content == page(1).data
    assert result["caption"].startswith("Nocturne")
    assert not any("photo" in each for each in others)


async def test_a_status_that_shows_a_page_goes_on_to_tell_in_a_process_that_does_not_remember_it(
    telegram, line, to_ann, make_result
):
    """A picture cannot become words again, so its caption says them."""
    address = await with_page(TelegramMessenger(line), to_ann)
    later = TelegramMessenger(line)
    for words in ("You are number 1.", "bar 3 of 8"):
        assert await later.edit_status(address, Reply(words))
        assert telegram.from_bot(77)[0]["caption"] == words
    assert await later.edit_status(address, PLAYING)
    await deliver(TelegramMessenger(line), address, "result", make_result(), in_doubt=True)
    [result] = telegram.from_bot(77)
    assert result["caption"].startswith("Nocturne")


@pytest.mark.parametrize("words", ["This did not work", "Cancelled"])
async def test_news_in_the_place_of_a_page_is_its_caption_without_the_button(telegram, line, to_ann, words):
    address = await with_page(TelegramMessenger(line), to_ann)
    assert await deliver(TelegramMessenger(line), address, "news", Reply(words)) == address.message
    [message] = telegram.from_bot(77)
    assert message["caption"] == words
    assert "reply_markup" not in message


async def test_a_group_that_forbids_photos_is_shown_the_words_and_is_not_asked_again(
    telegram, messenger, to_group, make_result
):
    address = await messenger.post_status(to_group, WAITING, nonce="k3f9-status")
    telegram.chats[-1001].forbids = frozenset({"photos"})
    assert await messenger.edit_status(address, PLAYING)
    assert telegram.from_bot(-1001)[0]["text"].startswith("The first page is there")
    assert await messenger.edit_status(address, replace(PLAYING, text="still there"))
    assert len(telegram.sent("editMessageMedia")) == 1
    await deliver(messenger, address, "result", make_result())
    [result] = telegram.from_bot(-1001)
    assert say("telegram.files_forbidden", "en") in result["text"]


async def test_a_group_that_forbids_photos_while_a_page_is_shown_gets_the_result_as_its_caption(
    telegram, messenger, to_group, make_result
):
    address = await messenger.post_status(to_group, WAITING, nonce="k3f9-status")
    assert await messenger.edit_status(address, PLAYING)
    telegram.chats[-1001].forbids = frozenset({"photos"})
    await deliver(messenger, address, "result", make_result())
    [result] = telegram.from_bot(-1001)
    assert result["caption"].startswith("Nocturne")


async def test_where_pieces_come_as_rich_messages_no_page_is_in_the_way_of_one(telegram, line, to_ann, make_result):
    rich = TelegramMessenger(line, rich=True)
    address = await with_page(rich, to_ann)
    assert telegram.from_bot(77)[0]["text"].startswith("The first page is there")
    await deliver(rich, address, "result", make_result())
    assert "rich_message" in telegram.from_bot(77)[0]


async def test_a_page_from_before_rich_messages_were_switched_on_still_becomes_the_result(
    telegram, line, to_ann, make_result
):
    address = await with_page(TelegramMessenger(line), to_ann)
    assert await deliver(TelegramMessenger(line, rich=True), address, "result", make_result()) == address.message
    [result] = telegram.from_bot(77)
    assert result["caption"].startswith("Nocturne")


async def test_a_page_may_follow_progress_at_once_but_only_where_the_chat_has_time(telegram, to_ann, monkeypatch):
    monkeypatch.setattr("bot.platforms.telegram.pace.PAGE_S", 0.0)
    async with open_line(telegram, Pace(messages_per_s=30, messages_per_group_per_minute=18)) as line:
        messenger = TelegramMessenger(line)
        address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
        assert await messenger.edit_status(address, Reply("bar 1 of 8"))
        assert await messenger.edit_status(address, PLAYING)
        assert not await messenger.edit_status(address, replace(PLAYING, text="still there")), "half is used up"
