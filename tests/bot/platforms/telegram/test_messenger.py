"""The messenger against a Bot API on a real socket."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from bot.chat.messages import Action, Address, Attachment, Button, Reply
from bot.chat.messenger import MaybeSent, PlatformError, TryLater, Unreachable
from bot.platforms.telegram.messenger import TelegramMessenger
from bot.platforms.telegram.pace import Pace
from bot.platforms.telegram.sender import album_messages
from bot.texts import say
from tests.bot.platforms.telegram.conftest import open_line, page, png
from tests.bot.platforms.unreadable import BODIES
from tests.fakes.telegram import Fault

WAITING = Reply("You are number 2.", buttons=[[Button("Cancel", Action("cancel", "k3f9"))]])


async def deliver(messenger, address, part, reply, *, in_doubt=False):
    return await messenger.deliver(address, part, reply, nonce=f"k3f9{part}", in_doubt=in_doubt)


async def deliver_all(messenger, address, reply):
    return [await deliver(messenger, address, part, reply) for part in messenger.parts(reply)]


async def test_a_result_has_four_parts_and_only_needed_ones(messenger, make_result):
    assert messenger.parts(make_result(pages=3)) == ("result", "audio", "files", "pages")
    assert messenger.parts(make_result()) == ("result", "audio", "files")
    assert messenger.parts(Reply("cancelled")) == ("result",)


async def test_the_status_becomes_the_result_and_the_files_answer_it(telegram, messenger, to_ann, make_result):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    await deliver_all(messenger, address, make_result(pages=3))
    result, audio, *files, page_2, page_3 = telegram.from_bot(77)
    assert str(result["message_id"]) == address.message
    assert telegram.content(result).content == page(1).data
    assert result["caption"] == "Nocturne in the style of Chopin\nChopin, keyboard · A minor · 3/4"
    labels = [button["text"] for row in result["reply_markup"]["inline_keyboard"] for button in row]
    assert labels == ["Again", "Delete"]
    assert (audio["audio"]["title"], audio["audio"]["performer"], audio["audio"]["duration"]) == (
        "Nocturne",
        "Notabot",
        32,
    )
    assert [telegram.content(each).content for each in files] == [b"mid", b"xml", b"abc"]
    assert len({each["media_group_id"] for each in files}) == 1
    assert [telegram.content(each).name[-6:] for each in (page_2, page_3)] == ["p2.png", "p3.png"]
    assert "caption" not in page_2, "what is for screen readers would be seen by all"
    assert {each["reply_to_message"]["message_id"] for each in (audio, *files, page_2)} == {result["message_id"]}


async def test_the_cover_of_the_audio_is_a_small_jpeg(telegram, messenger, to_ann, make_result):
    await deliver_all(messenger, replace(to_ann, message=None), make_result())
    [call] = telegram.sent("sendAudio")
    covers = [each for each in call.files.values() if each.content != b"ID3"]
    image = Image.open(io.BytesIO(covers[0].content))
    assert (image.format, max(image.size)) == ("JPEG", 320)


async def test_a_video_is_the_message_itself_and_says_its_sides(telegram, messenger, to_ann):
    film = Attachment("x.mp4", "video", data=b"moov", duration_s=34.8, sides=(1280, 720))
    reply = Reply("Piece k3f9 as a video", attachments=(film,), buttons=[[Button("Delete", Action("delete", "k3f9"))]])
    assert messenger.parts(reply) == ("result",)
    await deliver_all(messenger, await messenger.post_status(to_ann, WAITING, nonce="k3f9"), reply)
    await deliver_all(messenger, replace(to_ann, message=None), reply)
    edited, posted = telegram.from_bot(77)
    for message in (edited, posted):
        assert telegram.content(message).content == b"moov"
        assert message["video"]["file_name"] == "x.mp4"
        assert message["caption"] == "Piece k3f9 as a video"
    (call,) = telegram.sent("sendVideo")
    told = [call.values[name] for name in ("width", "height", "duration", "supports_streaming")]
    assert [str(value) for value in told] == ["1280", "720", "35", "true"]


async def test_a_voice_note_is_one_and_no_file(telegram, messenger, to_ann, make_result):
    voice = Attachment("waltz_voice.ogg", "voice", data=b"OggS", duration_s=12.4)
    reply = replace(make_result(), attachments=(voice,))
    await deliver_all(messenger, replace(to_ann, message=None), reply)
    [call] = telegram.sent("sendVoice")
    assert [each.content for each in call.files.values()] == [b"OggS"]
    assert call.values["duration"] == 12
    assert telegram.sent("sendAudio") == telegram.sent("sendDocument") == []


async def test_a_result_delivered_twice_is_one_message(telegram, messenger, to_ann, make_result):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    await deliver(messenger, address, "result", make_result())
    again = await deliver(messenger, address, "result", make_result(), in_doubt=True)
    assert again == address.message
    assert len(telegram.from_bot(77)) == 1
    assert any("not modified" in said for _, said in telegram.refused)


async def test_an_edit_that_was_cut_off_can_be_said_again(telegram, messenger, to_ann, make_result):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    telegram.fail("editMessageMedia", Fault("cut after"))
    with pytest.raises(TryLater) as cut_off:
        await deliver(messenger, address, "result", make_result())
    assert cut_off.value.sent is True
    await deliver(messenger, address, "result", make_result(), in_doubt=True)
    assert len(telegram.from_bot(77)) == 1


async def test_a_deleted_status_is_replaced_by_one_new_result(telegram, messenger, to_ann, make_result):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    telegram.remove(77, int(address.message))
    new = await deliver(messenger, address, "result", make_result())
    assert new != address.message
    with pytest.raises(MaybeSent):
        await deliver(messenger, address, "result", make_result(), in_doubt=True)
    assert [message["message_id"] for message in telegram.from_bot(77)] == [int(new)]


@pytest.mark.parametrize("part", ["audio", "files", "pages"])
async def test_what_follows_is_not_sent_again_in_doubt(telegram, messenger, to_ann, make_result, part):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    result = make_result(pages=2)
    await deliver(messenger, address, "result", result)
    for _ in range(2):
        with pytest.raises(MaybeSent):
            await deliver(messenger, address, part, result, in_doubt=True)
    assert len(telegram.from_bot(77)) == 1


async def test_a_result_that_is_there_takes_other_words_and_keeps_its_picture(telegram, messenger, to_ann, make_result):
    result = make_result(pages=2)
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    await deliver(messenger, address, "result", result)
    await deliver(messenger, address, "result", replace(result, text="The audio may be missing."), in_doubt=True)
    [message] = telegram.from_bot(77)
    assert message["caption"].endswith("The audio may be missing.")
    assert {"photo", "reply_markup"} <= message.keys()


async def test_news_takes_the_place_of_the_status(telegram, messenger, to_ann):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    await deliver(messenger, address, "news", Reply("Cancelled."))
    [message] = telegram.from_bot(77)
    assert message["text"] == "Cancelled."
    assert "reply_markup" not in message


async def test_many_pages_come_in_several_albums(telegram, messenger, to_ann, make_result):
    result = make_result(pages=12)
    assert messenger.parts(result) == ("result", "audio", "files", "pages", "pages2")
    await deliver_all(messenger, to_ann, result)
    albums = [len(call.values["media"]) for call in telegram.sent("sendMediaGroup")]
    assert albums == [3, 5, 6]


@pytest.mark.parametrize("size", [{"width": 20, "height": 9990}, {"width": 20, "height": 500}])
async def test_a_page_that_is_no_photo_for_telegram_comes_as_a_document(telegram, messenger, to_ann, size):
    reply = Reply("a tall score", attachments=[page(1, **size)])
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    await deliver(messenger, address, "result", reply)
    await deliver(messenger, to_ann, "result", reply)
    edited, new = telegram.from_bot(77)
    assert "document" in edited
    assert "document" in new
    assert edited["caption"] == new["caption"] == f"a tall score\n{say('telegram.no_photo', 'en')}"


async def test_an_album_with_one_tall_page_is_an_album_of_documents(telegram, messenger, to_ann):
    reply = Reply("pages", attachments=[page(1), page(2), page(3, width=20, height=9990)])
    await deliver_all(messenger, to_ann, reply)
    assert [set(message) & {"photo", "document"} for message in telegram.from_bot(77)] == [
        {"photo"},
        {"document"},
        {"document"},
    ]


async def test_a_file_that_is_too_large_is_left_out_and_the_text_says_so(telegram, messenger, to_ann, tmp_path):
    path = tmp_path / "huge.mp3"
    with path.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    reply = Reply("a long piece", attachments=[page(1), Attachment("huge.mp3", "audio", path=path)])
    assert await deliver_all(messenger, to_ann, reply) == ["1", None]
    [message] = telegram.from_bot(77)
    assert "MP3" in message["caption"]


async def test_a_refusal_for_size_leaves_the_words_and_the_buttons(telegram, messenger, to_ann, make_result):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    telegram.fail("editMessageMedia", Fault("status", 413, "Request Entity Too Large"))
    await deliver(messenger, address, "result", make_result())
    [message] = telegram.from_bot(77)
    assert message["text"].startswith("Nocturne")
    assert len(message["text"].splitlines()) == 3
    assert "reply_markup" in message


async def test_an_audio_refused_for_its_size_is_explained(telegram, messenger, to_ann, make_result):
    telegram.fail("sendAudio", Fault("status", 413, "Request Entity Too Large"))
    await deliver_all(messenger, to_ann, make_result())
    assert len(telegram.sent("sendMessage")) == 1


async def test_a_long_caption_is_cut(telegram, messenger, to_ann):
    await deliver(messenger, to_ann, "result", Reply("你" * 3000, attachments=[page(1)]))
    assert len(telegram.from_bot(77)[0]["caption"]) == 1024


async def test_a_single_document_comes_with_its_words_and_buttons_in_one_message(telegram, messenger, to_ann):
    buttons = [[Button("Again", Action("again", "k3f9"))]]
    pdf = Attachment("a.pdf", "document", data=b"%PDF")
    await deliver_all(messenger, to_ann, Reply("Here is the PDF.", buttons=buttons, attachments=[pdf]))
    [message] = telegram.from_bot(77)
    assert (message["caption"], telegram.content(message).content) == ("Here is the PDF.", b"%PDF")
    assert "reply_markup" in message


async def test_a_text_too_long_for_a_caption_stands_above_its_document(telegram, messenger, to_ann):
    pdf = Attachment("a.pdf", "document", data=b"%PDF")
    await deliver_all(messenger, to_ann, Reply("x" * 2000, attachments=[pdf]))
    text, document = telegram.from_bot(77)
    assert len(text["text"]) == 2000
    assert "document" in document


async def test_a_part_that_the_reply_no_longer_has_is_nothing_to_send(telegram, messenger, to_ann, make_result):
    assert await deliver(messenger, to_ann, "pages2", make_result()) is None
    assert telegram.from_bot(77) == []


# --- progress --------------------------------------------------------------------------------------------------------


async def test_progress_is_shown_on_change_only(telegram, messenger, to_ann):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    assert await messenger.edit_status(address, WAITING)
    assert await messenger.edit_status(address, Reply("bar 1 of 8"))
    assert await messenger.edit_status(address, Reply("bar 1 of 8"))
    assert len(telegram.sent("editMessageText")) == 1


async def test_progress_that_would_have_to_wait_is_left_out(telegram, to_ann):
    async with open_line(telegram, Pace(messages_per_s=30, messages_per_group_per_minute=18)) as line:
        messenger = TelegramMessenger(line)
        address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
        assert await messenger.edit_status(address, Reply("bar 1 of 8"))
        assert not await messenger.edit_status(address, Reply("bar 2 of 8"))
    assert telegram.from_bot(77)[0]["text"] == "bar 1 of 8"


async def test_progress_never_follows_the_result(telegram, messenger, to_ann, make_result):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    await deliver(messenger, address, "result", make_result())
    await messenger.edit_status(address, Reply("bar 8 of 8"))
    assert telegram.from_bot(77)[0]["caption"].startswith("Nocturne")


async def test_progress_of_a_deleted_status_is_given_up(telegram, messenger, to_ann):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    telegram.remove(77, int(address.message))
    for bar in range(3):
        await messenger.edit_status(address, Reply(f"bar {bar} of 8"))
    assert len(telegram.sent("editMessageText")) == 1


# --- what goes wrong -------------------------------------------------------------------------------------------------


async def test_flood_control_holds_this_chat_and_no_other(telegram, messenger, to_ann):
    telegram.person(78, "Ben")
    too_fast = Fault("status", 429, "Too Many Requests: retry after 9", retry_after=9, chat=77)
    telegram.fail("sendMessage", too_fast)
    with pytest.raises(TryLater) as refused:
        await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    assert (refused.value.after_s, refused.value.sent) == (9, False)
    with pytest.raises(TryLater):
        await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    assert len(telegram.sent("sendMessage")) == 1
    await messenger.post_status(Address("telegram", "78", chat="78"), WAITING, nonce="k3f0")
    assert len(telegram.from_bot(78)) == 1


async def test_a_short_hold_is_waited_out(telegram, messenger, to_ann):
    telegram.fail("sendMessage", Fault("status", 429, "Too Many Requests: retry after 1", retry_after=1))
    await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    assert len(telegram.from_bot(77)) == 1


async def test_flood_control_of_one_chat_only_leaves_its_progress_out(telegram, messenger, to_ann):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    telegram.fail("editMessageText", Fault("status", 429, "Too Many Requests: retry after 200", retry_after=200))
    assert not await messenger.edit_status(address, Reply("bar 1 of 8"))
    assert not await messenger.edit_status(address, Reply("bar 2 of 8"))
    assert len(telegram.sent("editMessageText")) == 1


async def test_a_chat_that_takes_no_pictures_gets_the_words(telegram, messenger, to_ann, make_result):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    no_pictures = "Bad Request: not enough rights to send photos to the chat"
    telegram.fail("editMessageMedia", Fault("status", 400, no_pictures))
    await deliver(messenger, address, "result", make_result())
    assert telegram.from_bot(77)[0]["text"].startswith("Nocturne")


@pytest.fixture
def to_group(telegram, ann):
    """Ann has asked in a group with the message that is answered."""
    telegram.group(-1001)
    asked = telegram.say(ann, "/compose@OurBot chopin", chat=-1001)
    return Address("telegram", "77", chat="-1001", guild="-1001", reply_to=str(asked))


@pytest.mark.parametrize("forbids", [{"photos", "audios"}, {"audios"}])
async def test_a_group_that_forbids_files_is_told_so_once_in_words_that_are_true(
    telegram, messenger, to_group, make_result, forbids
):
    """The same sentence came three times for a piece, and blamed the size of the files."""
    address = await messenger.post_status(to_group, WAITING, nonce="k3f9-status")
    telegram.chats[-1001].forbids = frozenset(forbids)
    await deliver_all(messenger, address, make_result(pages=2))
    said = [str(each.get("text") or each.get("caption")) for each in telegram.from_bot(-1001)]
    note = say("telegram.files_forbidden", "en")
    assert sum(note in words for words in said) == 1
    assert say("telegram.file_refused", "en") not in "".join(said)
    assert "Nocturne" in said[0]


async def test_a_group_that_forbids_words_is_answered_in_private(telegram, messenger, to_group, make_result):
    telegram.chats[-1001].forbids = frozenset({"text messages", "photos", "audios"})
    address = await messenger.post_status(to_group, WAITING, nonce="k3f9-status")
    await deliver_all(messenger, address, make_result())
    assert telegram.from_bot(-1001) == []
    status, *others = telegram.from_bot(77)
    assert "photo" in status
    assert "audio" in others[0]


async def test_a_group_that_was_closed_meanwhile_does_not_keep_the_piece_from_whoever_asked(
    telegram, messenger, to_group, make_result
):
    address = await messenger.post_status(to_group, WAITING, nonce="k3f9-status")
    telegram.chats[-1001].closed = "Forbidden: bot was kicked from the supergroup chat"
    assert await deliver(messenger, address, "result", make_result()) is None
    [piece] = telegram.from_bot(77)
    assert say("telegram.group_closed", "en") in piece["caption"]


async def test_where_somebody_waits_already_a_sign_is_the_answer_and_the_piece_answers_the_request(
    telegram, messenger, to_group, ann, make_result
):
    first = await messenger.post_status(to_group, WAITING, nonce="aaaa-status")
    asked = telegram.say(ann, "/compose@OurBot bach", chat=-1001)
    second = await messenger.post_status(replace(to_group, reply_to=str(asked)), WAITING, nonce="bbbb-status")
    assert (first.message is None, second.message) == (False, None)
    assert telegram.reactions == {(-1001, asked): "👀"}
    await messenger.deliver(second, "result", make_result(), nonce="bbbb-result", in_doubt=False)
    assert telegram.from_bot(-1001)[-1]["reply_to_message"]["message_id"] == asked


async def test_a_piece_of_a_crowd_that_may_have_arrived_is_not_sent_again(telegram, messenger, to_group, make_result):
    with pytest.raises(MaybeSent):
        await messenger.deliver(to_group, "result", make_result(), nonce="bbbb-result", in_doubt=True)
    assert telegram.from_bot(-1001) == []


async def test_files_other_than_the_player_do_not_follow_into_a_group(telegram, messenger, to_group, make_result):
    address = await messenger.post_status(to_group, WAITING, nonce="k3f9-status")
    await deliver_all(messenger, address, make_result())
    assert not any("document" in each for each in telegram.from_bot(-1001))


async def test_a_refusal_nobody_foresaw_is_no_closed_chat(telegram, messenger, to_ann):
    telegram.fail("sendMessage", Fault("status", 400, "Bad Request: SOMETHING_NEW"))
    with pytest.raises(PlatformError, match=r"(?i)something_new") as refused:
        await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    assert not isinstance(refused.value, (TryLater, Unreachable))


@pytest.mark.parametrize("closed", ["Forbidden: bot was blocked by the user", "Forbidden: bot was kicked"])
async def test_a_closed_chat_is_out_of_reach(telegram, messenger, to_ann, make_result, closed):
    telegram.chats[77].closed = closed
    with pytest.raises(Unreachable):
        await deliver(messenger, to_ann, "result", make_result())


async def test_an_unknown_chat_is_out_of_reach(messenger, to_ann):
    with pytest.raises(Unreachable):
        await deliver(messenger, replace(to_ann, chat="5"), "result", Reply("hello"))


@pytest.mark.parametrize(("fault", "sent"), [(Fault("status", 502, "Bad Gateway"), True), (Fault("cut"), True)])
async def test_an_outage_means_to_try_later(telegram, messenger, to_ann, fault, sent):
    telegram.fail("sendMessage", fault)
    with pytest.raises(TryLater) as outage:
        await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    assert outage.value.sent is sent


async def test_a_line_that_was_never_open_sent_nothing(messenger, telegram, to_ann, quick):
    telegram.base = "http://127.0.0.1:9"
    async with open_line(telegram) as line:
        with pytest.raises(TryLater) as outage:
            await TelegramMessenger(line).post_status(to_ann, WAITING, nonce="k3f9")
    assert outage.value.sent is False


async def test_a_group_that_got_a_new_id_is_followed(telegram, messenger):
    telegram.group(-5)
    telegram.group(-1005)
    telegram.chats[-5].moved_to = -1005
    old = Address("telegram", "77", chat="-5", guild="-5")
    await messenger.post_status(old, WAITING, nonce="k3f9")
    await messenger.post(old, WAITING, patience_s=1)
    assert len(telegram.from_bot(-1005)) == 2


async def test_a_topic_is_answered_in_its_topic(telegram, messenger, make_result):
    telegram.group(-1001, forum=True)
    address = Address("telegram", "77", chat="-1001", guild="-1001", topic="42", reply_to="5")
    placed = await messenger.post_status(address, WAITING, nonce="k3f9")
    await deliver_all(messenger, placed, make_result(pages=3))
    assert {message["message_thread_id"] for message in telegram.from_bot(-1001)} == {42}


async def test_a_picture_that_is_none_comes_as_a_document(telegram, messenger, to_ann):
    await deliver(messenger, to_ann, "result", Reply("odd", attachments=[Attachment("a.png", "picture", data=b"no")]))
    assert "document" in telegram.from_bot(77)[0]


def test_a_photo_of_the_largest_size_is_a_photo():
    from bot.platforms.telegram.media import is_photo

    assert is_photo(png(4000, 6000))
    assert not is_photo(png(4001, 6000))


# --- what is too large -----------------------------------------------------------------------------------------------


def too_large():
    return Fault("status", 413, "Request Entity Too Large")


def with_spares(reply, *, mp3=b"ID3", small=b"small"):
    """With a small MP3 and a PDF behind the pages."""
    spares = {
        "audio": Attachment("chopin_k3f9_small.mp3", "audio", data=small, title="Nocturne"),
        "picture": Attachment("chopin_k3f9.pdf", "document", data=b"%PDF"),
    }
    files = [replace(each, spare=spares.get(each.kind)) for each in reply.attachments]
    return replace(reply, attachments=[replace(each, data=mp3) if each.kind == "audio" else each for each in files])


@pytest.mark.parametrize(("language", "words"), [("en", "lower bit rate"), ("zh", "码率较低")])
async def test_an_mp3_above_the_limit_comes_at_a_lower_bit_rate(
    telegram, messenger, to_ann, make_result, language, words
):
    reply = replace(with_spares(make_result(), mp3=bytes(1001)), language=language)
    await deliver_all(messenger, replace(to_ann, file_limit=1000), reply)
    result, audio, *_ = telegram.from_bot(77)
    assert telegram.content(audio).content == b"small"
    assert words in result["caption"]
    assert "caption" not in audio


async def test_an_mp3_that_the_server_finds_too_large_comes_at_a_lower_bit_rate(
    telegram, messenger, to_ann, make_result
):
    telegram.fail("sendAudio", too_large())
    await deliver(messenger, to_ann, "audio", with_spares(make_result()))
    [audio] = telegram.from_bot(77)
    assert telegram.content(audio).content == b"small"
    assert audio["caption"] == say("fitting.smaller", "en", names="MP3")


async def test_an_mp3_that_is_refused_even_when_small_is_explained(telegram, messenger, to_ann, make_result):
    for _ in range(2):
        telegram.fail("sendAudio", too_large())
    await deliver(messenger, to_ann, "audio", replace(with_spares(make_result()), language="zh"))
    [note] = telegram.from_bot(77)
    assert note["text"] == say("telegram.file_refused", "zh")


@pytest.mark.parametrize("method", ["editMessageMedia", "sendPhoto"])
async def test_a_page_that_the_server_finds_too_large_is_replaced_by_the_pdf(
    telegram, messenger, to_ann, make_result, method
):
    is_edit = method == "editMessageMedia"
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9") if is_edit else to_ann
    telegram.fail(method, too_large())
    await deliver(messenger, address, "result", with_spares(make_result()))
    [message] = telegram.from_bot(77)
    assert telegram.content(message).content == b"%PDF"
    assert "1 page does not fit here as a picture; it is in the PDF." in message["caption"]
    assert "reply_markup" in message


async def test_a_page_above_the_limit_is_in_the_pdf(telegram, messenger, to_ann, make_result):
    reply = with_spares(make_result())
    limit = len(page(1).data) - 1
    await deliver_all(messenger, replace(to_ann, file_limit=limit), reply)
    assert b"%PDF" in [telegram.content(each).content for each in telegram.from_bot(77) if "document" in each]
    assert "it is in the PDF" in telegram.from_bot(77)[0]["text"]


async def test_the_messages_of_an_album_can_be_found_again(messenger, to_ann, make_result):
    result, audio, files = await deliver_all(messenger, to_ann, make_result())
    assert [album_messages(each) for each in (result, audio)] == [[result], [audio]]
    first = int(files.partition("+")[0])
    assert album_messages(files) == [str(first), str(first + 1), str(first + 2)]


# --- answers that are not Telegram's ---------------------------------------------------------------------------------


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("status", [200, 302, 401, 403, 404])
async def test_an_answer_that_cannot_be_read_is_an_outage_and_may_have_arrived(
    telegram, messenger, to_ann, body, status
):
    telegram.fail("sendMessage", Fault("unreadable", body=body, status=status))
    with pytest.raises(TryLater) as caught:
        await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    assert caught.value.sent
    assert (await messenger.post_status(to_ann, WAITING, nonce="k3f9")).message is not None


@pytest.mark.parametrize("result", [b"true", b"[]", b'"yes"', b"{}", b'{"message_id": "x"}', b"null", b"[[]]"])
async def test_a_result_of_another_kind_is_an_outage_too(telegram, messenger, to_ann, make_result, result):
    address = await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    for method in ("sendMediaGroup", "sendAudio"):
        telegram.fail(method, Fault("unreadable", body=b'{"ok": true, "result": %s}' % result))
    for part in ("audio", "files"):
        with pytest.raises(TryLater):
            await deliver(messenger, address, part, make_result())


async def test_what_an_unreadable_answer_held_is_not_in_the_log(telegram, messenger, to_ann, caplog):
    caplog.set_level(0)
    telegram.fail("sendMessage", Fault("unreadable", body=b"the words of somebody"))
    with pytest.raises(TryLater):
        await messenger.post_status(to_ann, WAITING, nonce="k3f9")
    assert "the words of somebody" not in caplog.text
