"""What jobs have to say: status, progress, result, by every way that is open."""

import asyncio
from dataclasses import replace

import discord
import pytest

from bot.chat.messages import Action, Attachment, Button, Reply
from bot.chat.messenger import TryLater, Unreachable
from bot.platforms.discord.messenger import TOTAL_LIMIT_BYTES

from .conftest import NAME, PIECE, noting_edits, picture, result, status_of

FIFTEEN_MINUTES = 15 * 60


@pytest.fixture
def messenger(platform):
    return platform.messenger


def shown(place) -> list[str]:
    """What is in the channel, oldest first, in short."""
    messages = sorted(place.channel.history(viewer=place.alice), key=lambda message: message.id)
    return [message.content or message.embeds[0].title for message in messages]


async def deliver(messenger, address, reply=None, *, in_doubt=False) -> str | None:
    return await messenger.deliver(address, "result", reply or result(), nonce="k3f9abcd.result", in_doubt=in_doubt)


async def test_the_status_is_edited_into_the_result(place, handlers, messenger):
    address = await status_of(place, handlers)
    assert await messenger.edit_status(address, Reply("bar 5 of 16"))
    assert shown(place) == ["bar 5 of 16"]
    assert await deliver(messenger, address) == address.message
    (message,) = place.channel.history(viewer=place.alice)
    assert message.content == ""
    assert message.embeds[0].image.url
    assert [file.filename for file in message.attachments] == [
        f"{NAME}{end}" for end in ("_p1.png", ".mp3", ".mid", ".xml", ".abc")
    ]
    assert message.attachments[0].description == "Page 1 of a piece for piano"
    assert await message.attachments[0].read() == picture()
    assert [button.label for button in message.components[0].children] == ["Again", "Delete"]


async def test_delivering_twice_in_time_shows_it_once(place, handlers, messenger):
    address = await status_of(place, handlers)
    await deliver(messenger, address)
    await deliver(messenger, address, in_doubt=True)
    (message,) = place.channel.history(viewer=place.alice)
    assert len(message.attachments) == 5


async def test_progress_that_comes_too_soon_is_dropped(place, handlers, messenger):
    address = await status_of(place, handlers)
    assert await messenger.edit_status(address, Reply("bar 1"))
    assert not await messenger.edit_status(address, Reply("bar 2"))
    assert shown(place) == ["bar 1"]


async def test_progress_without_a_message_or_with_a_removed_one_is_left_out(place, handlers, messenger):
    address = await status_of(place, handlers)
    assert not await messenger.edit_status(replace(address, message=None), Reply("bar 1"))
    assert not await messenger.edit_status(replace(address, message="123"), Reply("bar 1"))


async def test_after_fifteen_minutes_a_new_message_calls_the_person(place, handlers, messenger, simcord_env):
    address = await status_of(place, handlers)
    await simcord_env.advance_time(FIFTEEN_MINUTES)
    made = await deliver(messenger, address)
    (message,) = place.channel.history(viewer=place.alice)  # the old status is gone
    assert str(message.id) == made != address.message
    assert [user.id for user in message.mentions] == [place.alice.id]
    (sent,) = place.calls("POST", f"/channels/{place.channel.id}/messages")
    assert (sent["nonce"], sent["enforce_nonce"]) == ("k3f9abcd.result", True)


async def test_a_late_result_in_doubt_is_looked_for_first(place, handlers, messenger, simcord_env):
    address = await status_of(place, handlers)
    await simcord_env.advance_time(FIFTEEN_MINUTES)
    first = await deliver(messenger, address)
    assert await deliver(messenger, address, in_doubt=True) == first
    assert len(place.channel.history(viewer=place.alice)) == 1


async def test_a_result_edited_in_time_is_found_when_the_token_died_meanwhile(place, handlers, messenger, simcord_env):
    address = await status_of(place, handlers)
    await deliver(messenger, address)
    await simcord_env.advance_time(FIFTEEN_MINUTES)
    assert await deliver(messenger, address, in_doubt=True) == address.message
    assert len(place.channel.history(viewer=place.alice)) == 1


async def test_a_removed_status_does_not_lose_the_result_and_calls_nobody(place, handlers, messenger, platform):
    address = await status_of(place, handlers)
    await platform.wire.delete(address.chat, address.message)
    await deliver(messenger, address)
    (message,) = place.channel.history(viewer=place.alice)
    assert message.content == ""
    assert len(message.attachments) == 5


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10015)])
async def test_a_token_that_discord_forgot_early_does_not_lose_the_result(
    place, handlers, messenger, simcord_env, status, code
):
    address = await status_of(place, handlers)
    simcord_env.inject_error("PATCH", "/webhooks/*", status=status, code=code)
    await deliver(messenger, address)
    (message,) = place.channel.history(viewer=place.alice)
    assert message.content == f"<@{place.alice.id}>"


async def test_a_closed_channel_sends_the_result_into_a_private_talk(place, handlers, messenger, simcord_env):
    address = await status_of(place, handlers)
    await simcord_env.advance_time(FIFTEEN_MINUTES)
    simcord_env.inject_error("POST", f"/channels/{place.channel.id}/messages", status=403, code=50013)
    await deliver(messenger, address)
    message = place.alice.user.dm_channel.last_message
    assert len(message.attachments) == 5
    assert message.content == ""


async def test_a_channel_where_files_are_forbidden_sends_it_into_a_private_talk(
    place, handlers, messenger, simcord_env
):
    everybody = place.guild.default_role
    closed = place.guild.create_text_channel(
        "closed", overwrites={everybody: discord.PermissionOverwrite(attach_files=False, send_messages=False)}
    )
    address = replace(await status_of(place, handlers), chat=str(closed.id))
    await simcord_env.advance_time(FIFTEEN_MINUTES)
    await deliver(messenger, address)
    assert len(place.alice.user.dm_channel.last_message.attachments) == 5


async def test_where_nothing_is_open_the_person_is_unreachable(place, handlers, messenger, simcord_env):
    address = await status_of(place, handlers)
    await simcord_env.advance_time(FIFTEEN_MINUTES)
    simcord_env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
    with pytest.raises(Unreachable):
        await deliver(messenger, address)


@pytest.mark.parametrize("status", [429, 401])
async def test_flood_control_and_a_wrong_token_are_for_later(place, handlers, messenger, simcord_env, status):
    address = await status_of(place, handlers)
    await simcord_env.advance_time(FIFTEEN_MINUTES)
    simcord_env.inject_error("POST", "/channels/*/messages", status=status)
    with pytest.raises(TryLater) as caught:
        await deliver(messenger, address)
    assert not caught.value.sent
    assert await deliver(messenger, address)  # nothing was lost


async def test_without_a_connection_everything_is_for_later(platform, messenger):
    from bot.chat.messages import Address

    with pytest.raises(TryLater) as caught:
        await deliver(messenger, Address("discord", "7", "8"))
    assert not caught.value.sent


async def test_a_file_that_is_too_large_is_left_out_and_the_caption_says_so(place, handlers, messenger):
    address = replace(await status_of(place, handlers), file_limit=1000)
    await deliver(messenger, address, result(mp3=bytes(1001)))
    (message,) = place.channel.history(viewer=place.alice)
    assert f"{NAME}.mp3" not in [file.filename for file in message.attachments]
    assert "MP3" in message.embeds[0].description


async def test_413_makes_the_message_smaller_until_it_is_taken(place, handlers, messenger, simcord_env):
    address = replace(await status_of(place, handlers), file_limit=4000)
    simcord_env.inject_error("PATCH", "/webhooks/*", status=413, code=40005, times=2)
    await deliver(messenger, address, result(mp3=bytes(1500)))
    (message,) = place.channel.history(viewer=place.alice)
    assert f"{NAME}.mp3" not in [file.filename for file in message.attachments]
    assert len(message.attachments) == 4


def with_spares(reply: Reply) -> Reply:
    """With a small MP3 of 900 bytes, and a PDF of as many."""
    small = Attachment(f"{NAME}_small.mp3", "audio", data=bytes(900))
    pdf = Attachment(f"{NAME}.pdf", "document", data=bytes(900))
    spares = {"audio": small, "picture": pdf}
    return replace(reply, attachments=[replace(each, spare=spares.get(each.kind)) for each in reply.attachments])


def endings(message) -> list[str]:
    return [file.filename.removeprefix(NAME) for file in message.attachments]


@pytest.mark.parametrize(("language", "words"), [("en", "lower bit rate"), ("zh", "码率较低")])
async def test_an_mp3_above_the_limit_of_the_server_comes_at_a_lower_bit_rate(
    place, handlers, messenger, language, words
):
    address = replace(await status_of(place, handlers), file_limit=1000)
    await deliver(messenger, address, replace(with_spares(result(mp3=bytes(1001))), language=language))
    (message,) = place.channel.history(viewer=place.alice)
    assert endings(message) == ["_p1.png", "_small.mp3", ".mid", ".xml", ".abc"]
    assert words in message.embeds[0].description


async def test_413_ends_at_the_lower_bit_rate_and_the_caption_says_so(place, handlers, messenger, simcord_env):
    address = replace(await status_of(place, handlers), file_limit=4000)
    simcord_env.inject_error("PATCH", "/webhooks/*", status=413, code=40005, times=2)
    await deliver(messenger, address, with_spares(result(mp3=bytes(1500))))
    (message,) = place.channel.history(viewer=place.alice)
    assert endings(message) == ["_p1.png", "_small.mp3", ".mid", ".xml", ".abc"]
    assert "lower bit rate" in message.embeds[0].description


async def test_pages_beyond_an_album_come_as_the_pdf(place, handlers, messenger):
    address = await status_of(place, handlers)
    await deliver(messenger, address, with_spares(result(pages=6)))
    (message,) = place.channel.history(viewer=place.alice)
    assert endings(message)[-4:] == ["_p2.png", "_p3.png", "_p4.png", ".pdf"]
    assert len({embed.url for embed in message.embeds}) == 1
    assert len(message.embeds) == 4
    assert "2 pages do not fit here as pictures; they are in the PDF." in message.embeds[0].description


async def test_a_request_is_never_larger_than_discord_takes(place, handlers, messenger):
    address = await status_of(place, handlers)
    await deliver(messenger, replace(address, file_limit=2 * TOTAL_LIMIT_BYTES), result(mp3=bytes(TOTAL_LIMIT_BYTES)))
    (message,) = place.channel.history(viewer=place.alice)
    assert sum(file.size for file in message.attachments) <= TOTAL_LIMIT_BYTES


async def test_a_status_that_was_never_said_is_put_into_the_promised_answer(place, handlers, messenger):
    async def only_promise(context):
        await context.acknowledge()
        addresses.append(context.address)

    addresses = []
    handlers.compose = only_promise
    await place.alice.slash(place.channel, "compose")
    address = await messenger.post_status(addresses[0], Reply("Accepted"), nonce="k3f9abcd.status")
    again = await messenger.post_status(addresses[0], Reply("Accepted"), nonce="k3f9abcd.status")
    assert address.message == again.message
    assert shown(place) == ["Accepted"]


async def test_a_status_for_a_button_leaves_the_pressed_message_alone(place, handlers, messenger):
    async def only_promise(context, action):
        await context.acknowledge()
        addresses.append(context.address)

    addresses = []
    handlers.press = only_promise
    await deliver(messenger, await status_of(place, handlers))
    await place.alice.click(place.channel.last_message, label="Again")
    address = await messenger.post_status(addresses[0], Reply("Accepted"), nonce="k3f9abcd.status")
    assert shown(place) == ["Nocturne in A minor", "Accepted"]
    assert address.message != addresses[0].reply_to


async def test_a_status_after_the_token_died_is_a_message_that_becomes_the_result(
    place, handlers, messenger, simcord_env
):
    address = replace(await status_of(place, handlers), message=None)
    await simcord_env.advance_time(FIFTEEN_MINUTES)
    address = await messenger.post_status(address, Reply("Accepted"), nonce="k3f9abcd.status")
    assert address.token is None
    assert await deliver(messenger, address) == address.message


async def test_a_result_is_one_part(messenger):
    assert list(messenger.parts(result(pages=9))) == ["result"]


async def test_a_style_called_everyone_stays_text(place, handlers, messenger):
    address = await status_of(place, handlers)
    await deliver(messenger, address, replace(result(), title="@everyone", text="**@here** by <@&1>"))
    (message,) = place.channel.history(viewer=place.alice)
    assert message.embeds[0].title == "@\u200beveryone"
    assert message.embeds[0].description == "\\*\\*@\u200bhere\\*\\* by \\<@&1>"
    assert not message.mention_everyone


async def test_progress_that_discord_makes_late_takes_no_file_away(place, handlers, messenger, platform):
    """What was sent as progress is applied once more after the result, as a slow server would."""
    address = await status_of(place, handlers)
    make_again = noting_edits(platform)
    assert await messenger.edit_status(address, Reply("bar 5 of 16"))
    await deliver(messenger, address)
    await make_again()
    (message,) = place.channel.history(viewer=place.alice)
    assert len(message.attachments) == 5
    await deliver(messenger, address, in_doubt=True)
    (message,) = place.channel.history(viewer=place.alice)
    assert message.embeds[0].title == "Nocturne in A minor"
    assert len(message.attachments) == 5


async def test_progress_without_an_answer_is_said_to_be_in_doubt(place, handlers, messenger, platform, monkeypatch):
    monkeypatch.setattr("bot.platforms.discord.messenger.PROGRESS_LIMIT_S", 0.05)
    address = await status_of(place, handlers)

    async def never(token, which, message):
        await asyncio.Event().wait()

    platform.wire.edit_answer = never
    with pytest.raises(TryLater) as caught:
        await messenger.edit_status(address, Reply("bar 5 of 16"))
    assert caught.value.sent


async def test_a_first_message_that_stands_twice_is_found_and_removed(place, handlers, messenger):
    """The bot died between posting it and writing that down, and posted it once more."""
    waiting = Reply("Accepted: you are next.", buttons=[[Button("Cancel", Action("cancel", PIECE))]])
    another = Reply("Accepted: you are next.", buttons=[[Button("Cancel", Action("cancel", "k3f9zzzz"))]])
    address = await status_of(place, handlers)
    for nonce in ("k3f9abcd.status", "again"):
        posted = await messenger.post_status(replace(address, token=None), waiting, nonce=nonce)
    kept = await messenger.post_status(replace(address, token=None), another, nonce="another")
    await messenger.sweep(posted, PIECE)
    left = {str(message.id) for message in place.channel.history(viewer=place.alice)}
    assert left == {address.message, posted.message, kept.message}
