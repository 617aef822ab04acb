"""The first page of a piece in the status message, before the result."""

from dataclasses import replace

import pytest

from bot.chat.messages import Action, Attachment, Button, Reply

from .conftest import NAME, PIECE, noting_edits, picture, result, status_of

FIFTEEN_MINUTES = 15 * 60
PAGE = "first_page.png"
PLAYING = Reply(
    "almost there",
    title="The first page is there",
    buttons=[[Button("Cancel", Action("cancel", PIECE))]],
    attachments=[Attachment(PAGE, "picture", data=picture(side=50), description="Chopin keyboard")],
)


@pytest.fixture
def messenger(platform):
    return platform.messenger


@pytest.fixture
def quick(monkeypatch):
    """Progress may be shown at any time."""
    monkeypatch.setattr("bot.platforms.discord.messenger.PROGRESS_EVERY_S", 0.0)
    monkeypatch.setattr("bot.platforms.discord.messenger.PAGE_EVERY_S", 0.0)


async def deliver(messenger, address, reply=None, *, part="result", in_doubt=False) -> str | None:
    return await messenger.deliver(address, part, reply or result(), nonce=f"k3f9abcd.{part}", in_doubt=in_doubt)


def only(place):
    (message,) = place.channel.history(viewer=place.alice)
    return message


def files(message) -> list[str]:
    return [file.filename for file in message.attachments]


async def test_the_first_page_is_shown_and_the_result_takes_its_place(place, handlers, messenger):
    address = await status_of(place, handlers)
    assert await messenger.edit_status(address, PLAYING)
    assert only(place).embeds[0].title == "The first page is there"
    assert only(place).embeds[0].image.url
    assert files(only(place)) == [PAGE]
    assert await deliver(messenger, address) == address.message
    assert files(only(place)) == [f"{NAME}{end}" for end in ("_p1.png", ".mp3", ".mid", ".xml", ".abc")]


async def test_a_page_that_is_shown_again_after_a_restart_and_other_words_is_there_once(
    place, handlers, messenger, quick
):
    address = await status_of(place, handlers)
    for reply in (PLAYING, Reply("bar 3 of 16"), PLAYING, PLAYING):
        assert await messenger.edit_status(address, reply)
        assert files(only(place)) == [PAGE]


@pytest.mark.parametrize("words", ["This did not work", "Cancelled"])
async def test_news_in_the_place_of_a_page_takes_it_away(place, handlers, messenger, words):
    address = await status_of(place, handlers)
    await messenger.edit_status(address, PLAYING)
    await deliver(messenger, address, Reply(words), part="news")
    message = only(place)
    assert (message.content, files(message), message.components) == (words, [], [])


@pytest.mark.parametrize("in_doubt", [False, True])
async def test_a_page_is_not_mistaken_for_the_result_when_the_token_has_died(
    place, handlers, messenger, simcord_env, in_doubt
):
    """By the names of its files a result is found that may have arrived."""
    address = await status_of(place, handlers)
    await messenger.edit_status(address, PLAYING)
    await simcord_env.advance_time(FIFTEEN_MINUTES)
    assert await deliver(messenger, address, in_doubt=in_doubt) != address.message
    assert files(only(place))[0] == f"{NAME}_p1.png"


async def test_a_page_that_discord_refuses_is_not_sent_again(place, handlers, messenger, simcord_env):
    address = await status_of(place, handlers)
    simcord_env.inject_error("PATCH", "/webhooks/*", status=403, code=50013)
    assert await messenger.edit_status(address, PLAYING), "done with"
    assert files(only(place)) == []
    await deliver(messenger, address)
    assert len(files(only(place))) == 5


async def test_a_page_that_discord_puts_in_the_place_of_the_result_is_put_right_by_a_later_look(
    place, handlers, messenger, platform
):
    address = await status_of(place, handlers)
    make_again = noting_edits(platform)
    await messenger.edit_status(address, PLAYING)
    await deliver(messenger, address)
    await make_again()  # once more, as a slow server would
    assert files(only(place)) == [PAGE]
    await deliver(messenger, address, in_doubt=True)
    assert len(files(only(place))) == 5
    assert only(place).embeds[0].title == "Nocturne in A minor"


async def test_a_page_does_not_wait_as_long_as_other_progress(place, handlers, messenger, monkeypatch):
    monkeypatch.setattr("bot.platforms.discord.messenger.PAGE_EVERY_S", 0.0)
    address = await status_of(place, handlers)
    assert await messenger.edit_status(address, Reply("bar 16 of 16"))
    assert not await messenger.edit_status(address, Reply("drawing"))
    assert await messenger.edit_status(address, PLAYING)
    assert await messenger.edit_status(replace(address, message=None), PLAYING) is False
