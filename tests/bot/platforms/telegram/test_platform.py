"""The whole platform over a real socket: what people do on one side, small commands on the other."""

import asyncio
import json
import logging

import pytest

from bot.chat.messages import Action, Address, Button, Reply
from bot.errors import FileNotFetched, FileTooLarge
from bot.platforms.errors import BadToken, PlatformDown
from bot.texts import explain, languages, say
from tests.bot.platforms.telegram.serving import Commands, open_platform, serve, until
from tests.bot.store.making import add_job
from tests.fakes.telegram import TOKEN, Fault
from tests.refusals import refuses

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def commands():
    return Commands()


@pytest.fixture
async def served(telegram, commands, tmp_path):
    async with serve(telegram, commands, tmp_path) as platform:
        yield platform


async def handled(telegram):
    """Until everything that was said is confirmed."""
    await until(lambda: not telegram.waiting_updates)


async def compose(telegram, ann):
    """A message with the buttons of the small commands; returns its id."""
    telegram.say(ann, "/compose chopin")
    return (await until(lambda: telegram.from_bot(77)))[-1]["message_id"]


# --- words that are asked for ----------------------------------------------------------------------------------------


async def test_a_question_is_answered_by_an_answer_to_it_with_all_its_lines_also_by_another_process(
    telegram, commands, ann, tmp_path
):
    async with serve(telegram, commands, tmp_path):
        message = await compose(telegram, ann)
        telegram.press(ann, 77, message, "hand")
        await until(lambda: len(telegram.from_bot(77)) == 2)
    question = telegram.from_bot(77)[-1]
    assert "1: A|" in question["text"]
    async with serve(telegram, commands, tmp_path):
        telegram.say(ann, "1: B|\n2: C|", reply_to=question["message_id"])
        await until(lambda: len(telegram.from_bot(77)) == 3)
    assert telegram.from_bot(77)[-1]["text"] == "hand k3f9: 1: B|\n2: C|"


# --- words -----------------------------------------------------------------------------------------------------------


async def test_words_behind_a_command_become_its_options(telegram, served, commands, ann):
    telegram.say(ann, "/compose chopin keyboard bars=24")
    [message] = await until(lambda: telegram.from_bot(77))
    assert commands.calls() == [("compose", {"style": "chopin keyboard", "bars": 24})]
    assert "reply_to_message" not in message


async def test_a_command_alone_has_no_options(telegram, served, commands, ann):
    telegram.say(ann, "/compose")
    await until(lambda: commands.seen)
    assert commands.calls() == [("compose", {})]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("chopin keyboard", ("compose", {"style": "chopin keyboard", "spoken": True})),
        ("/compose@OurBot bach", ("compose", {"style": "bach"})),
        ("/COMPOSE@ourbot\nbach", ("compose", {"style": "bach"})),
        ("help", ("help", {})),
        ("/start", ("help", {})),
        ("/start job_k3f9ab", ("piece", {"id": "k3f9ab"})),
        ("/start something", ("help", {})),
    ],
)
async def test_in_private_everything_is_for_us(telegram, served, commands, ann, said, meant):
    telegram.say(ann, said)
    await until(lambda: commands.seen)
    assert commands.calls() == [meant]


@pytest.mark.parametrize("said", ["/compose bars=many", "/compose bars=999", "/nothing", "/piece"])
async def test_what_cannot_be_read_is_explained(telegram, served, commands, ann, said):
    telegram.say(ann, said)
    [message] = await until(lambda: telegram.from_bot(77))
    assert len(message["text"]) > 10
    assert commands.seen == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("/compose bach", ("compose", {"style": "bach"})),
        ("/compose@OurBot bach", ("compose", {"style": "bach"})),
        ("@OurBot chopin keyboard", ("compose", {"style": "chopin keyboard", "spoken": True})),
        ("chopin keyboard, @ourbot", ("compose", {"style": "chopin keyboard,", "spoken": True})),
        ("@OurBot /queue", ("queue", {})),
        ("@OurBot", ("help", {})),
    ],
)
async def test_in_a_group_we_answer_who_addresses_us(telegram, served, commands, ann, said, meant):
    telegram.group()
    asked = telegram.say(ann, said, chat=-1001)
    [message] = await until(lambda: telegram.from_bot(-1001))
    assert commands.calls() == [meant]
    assert message["reply_to_message"]["message_id"] == asked
    assert commands.seen[0][1].address.guild == "-1001"


@pytest.mark.parametrize("said", ["chopin keyboard", "/compose@OtherBot bach", "/nothing", "hello @OurBotany"])
async def test_in_a_group_we_keep_out_of_what_is_not_for_us(telegram, served, commands, ann, said):
    telegram.group().sees_all = True
    telegram.say(ann, said, chat=-1001)
    await handled(telegram)
    assert commands.seen == []
    assert telegram.from_bot(-1001) == []


async def test_an_answer_to_us_is_a_wish_if_it_names_a_style(telegram, served, commands, ann):
    telegram.group()
    telegram.say(ann, "/queue", chat=-1001)
    [ours] = await until(lambda: telegram.from_bot(-1001))
    telegram.say(ann, "thanks a lot!", chat=-1001, reply_to=ours["message_id"])
    telegram.say(ann, "chopin keyboard", chat=-1001, reply_to=ours["message_id"])
    await handled(telegram)
    await until(lambda: len(commands.seen) == 2)
    assert commands.calls()[1] == ("compose", {"style": "chopin keyboard", "spoken": True})


async def test_a_topic_is_answered_in_its_topic(telegram, served, ann):
    telegram.group(forum=True)
    telegram.say(ann, "/queue", chat=-1001, topic=42)
    [message] = await until(lambda: telegram.from_bot(-1001))
    assert message["message_thread_id"] == 42


async def test_other_bots_and_empty_messages_are_left_alone(telegram, served, commands, ann):
    update = {"message_id": 1, "date": 0, "chat": telegram.chats[77].to_json()}
    telegram.push({"message": {**update, "from": {"id": 5, "is_bot": True, "first_name": "B"}, "text": "/help"}})
    telegram.push({"message": {**update, "from": ann.to_json()}})
    await handled(telegram)
    assert commands.seen == []


# --- languages and menus ---------------------------------------------------------------------------------------------


async def test_the_client_says_the_language_until_the_person_does(telegram, served, commands):
    li = telegram.person(88, "Li", language_code="zh-hans")
    telegram.say(li, "/queue")
    await until(lambda: len(commands.seen) == 1)
    context = commands.seen[0][1]
    assert (context.language, context.person.key) == ("zh", "telegram:88")
    await context.services.store.people.change("telegram:88", language="en")
    telegram.say(li, "/queue")
    await until(lambda: len(commands.seen) == 2)
    assert commands.seen[1][1].language == "en"


async def test_menus_differ_by_language_and_only_admins_see_admin(telegram, commands, tmp_path, ann):
    async with serve(telegram, commands, tmp_path, admins="telegram:77,telegram:99,discord:5"):
        codes = {language.partition("-")[0] for language in languages()}  # Telegram's have two letters
        menus = await until(lambda: len(telegram.menus) == 4 * len(codes) and telegram.menus)
    names = {key: [command["command"] for command in menu] for key, menu in menus.items()}
    scopes = {json.loads(scope)["type"] for scope, _ in names}
    assert scopes == {"all_private_chats", "all_group_chats", "all_chat_administrators", "chat"}
    for (scope, language), menu in names.items():
        assert language in {"", *codes}
        assert ("admin" in menu) == ("77" in scope)
        assert ("server" in menu) == ("administrators" in scope)
    described = {menus[key][0]["description"] for key in menus}
    assert len(described) == len(codes)


# --- buttons ---------------------------------------------------------------------------------------------------------


async def test_a_picker_is_edited_page_by_page(telegram, served, ann):
    message = await compose(telegram, ann)
    for page in range(3):
        query = telegram.press(ann, 77, message, "pick")
        await until(lambda query=query: query in telegram.answers)
        await until(lambda page=page: telegram.messages[77, message]["text"] == f"page {page}")
    assert len(telegram.from_bot(77)) == 1


async def test_a_refusal_of_a_button_is_an_alert(telegram, served, ann):
    message = await compose(telegram, ann)
    query = telegram.press(ann, 77, message, "refuse")
    answer = await until(lambda: telegram.answers.get(query))
    assert (answer["text"], answer["show_alert"]) == ("Only Ann may do that.", "true")
    assert len(telegram.from_bot(77)) == 1


async def test_a_slow_button_is_acknowledged_within_a_second(telegram, served, commands, ann):
    message = await compose(telegram, ann)
    query = telegram.press(ann, 77, message, "slow")
    await until(lambda: query in telegram.answers)
    assert "text" not in telegram.answers[query]
    commands.gate.set()
    assert (await until(lambda: telegram.from_bot(77)[1:]))[0]["text"] == "at last"


@pytest.mark.parametrize("data", ["fail", "v1:unknown:", "../../etc/passwd", "v1:pick:k3f9:" + "9" * 40])
async def test_every_button_is_answered_whatever_it_says(telegram, served, ann, data):
    message = await compose(telegram, ann)
    query = telegram.press_data(ann, 77, message, "v1:fail:k3f9" if data == "fail" else data)
    answer = await until(lambda: telegram.answers.get(query))
    assert len(answer["text"]) > 10
    assert "secret" not in answer["text"]


async def test_a_button_of_a_message_that_is_gone_gets_a_new_message(telegram, served, ann):
    message = await compose(telegram, ann)
    telegram.remove(77, message)
    telegram.press_data(ann, 77, message, "v1:pick:k3f9:0")
    assert (await until(lambda: telegram.from_bot(77)))[0]["text"] == "page 0"


async def test_a_press_that_a_message_does_not_offer_leaves_it_as_it_is(telegram, served, ann):
    message = await compose(telegram, ann)
    before = dict(telegram.messages[77, message])
    telegram.press_data(ann, 77, message, "v1:pick:zzzz:5")
    assert (await until(lambda: telegram.from_bot(77)[1:]))[0]["text"] == "page 5"
    assert telegram.messages[77, message] == before


async def test_delete_takes_the_message_away(telegram, served, ann):
    message = await compose(telegram, ann)
    telegram.press(ann, 77, message, "delete")
    await until(lambda: (77, message) in telegram.deleted)


async def test_what_is_too_old_to_be_deleted_loses_its_buttons(telegram, served, ann):
    message = await compose(telegram, ann)
    telegram.fail("deleteMessage", Fault("status", 400, "Bad Request: message can't be deleted for everyone"))
    telegram.press(ann, 77, message, "delete")
    await until(lambda: "reply_markup" not in telegram.messages[77, message])


async def test_a_file_for_one_person_does_not_come_into_the_group(telegram, served, ann):
    telegram.group()
    telegram.say(ann, "/mydata", chat=-1001)
    await until(lambda: "document" in str(telegram.from_bot(77)))
    assert telegram.from_bot(-1001) == []


async def test_who_never_wrote_to_us_is_asked_to_before_a_private_file(telegram, served, ann):
    telegram.group()
    telegram.chats[77].closed = "Forbidden: bot can't initiate conversation with a user"
    telegram.say(ann, "/mydata", chat=-1001)
    [hint] = await until(lambda: telegram.from_bot(-1001))
    assert "document" not in hint
    assert telegram.from_bot(77) == []


async def test_a_refusal_is_said_once_and_a_sign_says_that_it_still_holds(telegram, served, ann):
    """Ten requests too many were ten sentences in the group, which then had no room for anybody's piece."""
    telegram.group()
    asked = [telegram.say(ann, "/compose bars=nothing", chat=-1001) for _ in range(4)]
    await until(lambda: len(telegram.reactions) == 3)
    assert len(telegram.from_bot(-1001)) == 1
    assert set(telegram.reactions) <= {(-1001, message) for message in asked}
    ben = telegram.person(78, "Ben")
    telegram.say(ben, "/compose bars=nothing", chat=-1001)
    await until(lambda: len(telegram.from_bot(-1001)) == 2)


async def press_for_files(telegram, ann):
    """Somebody presses a button for files in a group; returns the query."""
    telegram.group()
    message = telegram.say(ann, "/compose x", chat=-1001)
    await until(lambda: telegram.from_bot(-1001))
    return telegram.press_data(ann, -1001, message, Action("files", "k3f9").encode())


async def test_files_asked_for_in_a_group_come_into_the_private_chat_and_cost_the_group_nothing(telegram, served, ann):
    query = await press_for_files(telegram, ann)
    await until(lambda: len(telegram.from_bot(77)) == 3)
    answer = await until(lambda: telegram.answers.get(query))
    assert answer["text"] == say("telegram.sent_privately", "en")
    assert len(telegram.from_bot(-1001)) == 1


async def test_who_never_wrote_to_us_is_led_to_the_private_chat_where_the_files_then_come(telegram, served, ann):
    telegram.chats[77].closed = "Forbidden: bot can't initiate conversation with a user"
    query = await press_for_files(telegram, ann)
    await until(lambda: query in telegram.answers)
    assert telegram.answers[query]["url"] == "https://t.me/OurBot?start=see_files_k3f9"
    telegram.chats[77].closed = None
    telegram.say(ann, "/start see_files_k3f9")
    await until(lambda: len(telegram.from_bot(77)) == 3)
    assert len(telegram.from_bot(-1001)) == 1


# --- updates ---------------------------------------------------------------------------------------------------------


async def test_one_who_waits_keeps_nobody_waiting(telegram, served, commands, ann):
    ben = telegram.person(78, "Ben")
    commands.held = {"slow"}
    telegram.say(ann, "/compose slow")
    await until(lambda: commands.seen)
    telegram.say(ben, "/compose bach")
    await until(lambda: telegram.from_bot(78))
    assert telegram.from_bot(77) == []


async def test_an_update_is_not_forgotten_before_it_is_taken_in(telegram, served, commands, ann):
    commands.held = {"slow"}
    telegram.say(ann, "/compose slow")
    [update] = telegram.waiting_updates
    telegram.say(ann, "/queue")
    await until(lambda: len(commands.seen) == 2)
    polls = len(telegram.sent("getUpdates"))
    await until(lambda: len(telegram.sent("getUpdates")) > polls + 1)
    assert update in telegram.waiting_updates
    assert len(commands.seen) == 2, "what comes again is not handled again"
    commands.gate.set()
    await handled(telegram)
    assert len(commands.seen) == 2


async def test_what_was_cut_off_before_it_was_taken_in_comes_again_with_the_same_key(telegram, commands, tmp_path, ann):
    commands.held = {"slow"}
    async with serve(telegram, commands, tmp_path):
        telegram.say(ann, "/compose slow")
        await until(lambda: commands.seen)
    assert telegram.waiting_updates
    commands.gate.set()
    async with serve(telegram, commands, tmp_path):
        await until(lambda: telegram.from_bot(77))
    first, second = (context.event_key for _, context in commands.seen)
    assert first == second
    assert first.startswith("telegram:666:")


async def test_what_was_answered_does_not_come_again_after_an_orderly_end(telegram, commands, tmp_path, ann):
    async with serve(telegram, commands, tmp_path):
        telegram.say(ann, "/queue")
        await until(lambda: telegram.from_bot(77))
    assert telegram.waiting_updates == []


async def test_a_hundred_people_at_once_are_all_answered(telegram, commands, tmp_path):
    people = [telegram.person(1000 + number, f"P{number}") for number in range(100)]
    async with serve(telegram, commands, tmp_path, telegram_messages_per_s=1000):
        for person in people:
            telegram.say(person, "/queue")
        await until(lambda: all(telegram.from_bot(person.id) for person in people), limit_s=20)
    assert len(commands.seen) == 100


# --- the line --------------------------------------------------------------------------------------------------------


async def test_a_wrong_token_is_said_and_not_shown(telegram, commands, tmp_path):
    async with open_platform(telegram, commands, tmp_path, token="666:wrong") as platform:
        with pytest.raises(BadToken) as refused:
            await platform.serve()
    assert "BotFather" in explain(refused.value)
    assert "666:wrong" not in explain(refused.value)
    assert not platform.ready


async def test_another_poller_ends_the_service_with_a_sentence(telegram, commands, tmp_path):
    telegram.fail("getUpdates", Fault("status", 409, "Conflict: terminated by other getUpdates request"))
    async with open_platform(telegram, commands, tmp_path) as platform:
        with refuses(PlatformDown, match="Another program"):
            await platform.serve()


async def test_telegram_out_of_reach_at_the_start_is_said(telegram, commands, tmp_path):
    telegram.base = "http://127.0.0.1:9"
    async with open_platform(telegram, commands, tmp_path) as platform:
        with refuses(PlatformDown, match="cannot be reached"):
            await platform.serve()


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", 502, "Bad Gateway", times=2),
        Fault("cut", times=1),
        Fault("status", 429, "Too Many Requests: retry after 1", retry_after=1),
    ],
)
async def test_an_outage_is_waited_out(telegram, commands, tmp_path, ann, fault):
    telegram.fail("getUpdates", Fault(**vars(fault)))
    async with serve(telegram, commands, tmp_path) as platform:
        assert not platform.ready
        telegram.say(ann, "/queue")
        await until(lambda: telegram.from_bot(77))
        assert platform.ready
    assert not platform.ready


async def test_the_log_holds_no_token_and_no_words(telegram, commands, tmp_path, ann, caplog):
    caplog.set_level(logging.INFO)
    async with serve(telegram, commands, tmp_path):
        telegram.say(ann, "/compose my-secret-words")
        await until(lambda: telegram.from_bot(77))
        message = telegram.from_bot(77)[0]["message_id"]
        telegram.press(ann, 77, message, "fail")
        await until(lambda: telegram.answers)
    assert TOKEN not in caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text
    assert "my-secret-words" not in caplog.text


async def test_a_chat_that_shut_us_out_disturbs_nobody(telegram, served, ann):
    telegram.chats[77].closed = "Forbidden: bot was blocked by the user"
    ben = telegram.person(78, "Ben")
    telegram.say(ann, "/queue")
    telegram.say(ben, "/queue")
    await until(lambda: telegram.from_bot(78))
    await asyncio.wait_for(handled(telegram), 5)


# --- updates that cannot be converted --------------------------------------------------------------------------------

WORDS = "the private words of somebody"
ANN = {"id": 77, "is_bot": False, "first_name": WORDS}
CHAT = {"id": 77, "type": "private", "first_name": WORDS}
MESSAGE = {"message_id": 5, "date": 1, "chat": CHAT, "from": ANN, "text": WORDS}
STRANGE = {
    "a date beyond all calendars": {"message": {**MESSAGE, "date": 10**20}},
    "a chat that is a word": {"message": {**MESSAGE, "chat": WORDS}},
    "a poll of an older server": {"message": {**MESSAGE, "poll": {"id": "1", "question": WORDS}}},
    "an unknown entity": {"message": {**MESSAGE, "entities": [WORDS]}},
    "a message that is none": {"message": WORDS},
    "a button without a person": {"callback_query": {"id": "1", "data": WORDS}},
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
async def test_an_update_that_cannot_be_read_keeps_nobody_from_being_heard(
    telegram, commands, tmp_path, ann, caplog, strange
):
    caplog.set_level(0)
    telegram.push(strange)
    telegram.say(ann, "/help")
    async with serve(telegram, commands, tmp_path) as platform:
        await until(lambda: commands.calls() == [("help", {})])
        assert platform.skipped == 1
        await until(lambda: not telegram.waiting_updates)
        telegram.say(ann, "/queue")
        await until(lambda: commands.calls()[1:] == [("queue", {})])
    assert WORDS not in caplog.text
    assert "skipped" in caplog.text


@pytest.mark.parametrize(
    "batch", [b"true", b"{}", b'[1, "two", null, {}]', b'[{"update_id": "five"}]', b'{"updates": []}'],
)  # fmt: skip
async def test_a_batch_that_is_none_is_an_outage_that_passes(telegram, commands, tmp_path, ann, batch):
    telegram.fail("getUpdates", Fault("unreadable", body=b'{"ok": true, "result": %s}' % batch, times=2))
    telegram.say(ann, "/help")
    async with serve(telegram, commands, tmp_path):
        await until(lambda: commands.calls() == [("help", {})])


async def test_one_update_at_a_time_that_cannot_be_read_is_skipped_though_it_has_no_number(
    telegram, commands, tmp_path, ann
):
    telegram.push({"message": WORDS})
    async with serve(telegram, commands, tmp_path) as platform:
        await until(lambda: platform.skipped == 1)
        assert platform.ready


# --- first messages that were posted twice ---------------------------------------------------------------------------


@pytest.mark.parametrize("touch", ["answer", "a word of its own"])
async def test_a_left_over_message_is_finished_when_somebody_answers_it(telegram, commands, tmp_path, ann, touch):
    async with serve(telegram, commands, tmp_path) as platform:
        store = platform._services.store
        await add_job(store, "k3f9")
        address = Address("telegram", "77", chat="77")
        waiting = Reply("On its way", buttons=[[Button("Cancel", Action("cancel", "k3f9"))]])
        left_over = await platform.messenger.post_status(address, waiting, nonce="k3f9")
        telegram.say(ann, "/help", reply_to=int(left_over.message) if touch == "answer" else None)
        await until(lambda: commands.calls() == [("help", {})])
        text = telegram.messages[77, int(left_over.message)]["text"]
        assert text == (say("status.elsewhere", "en") if touch == "answer" else "On its way")


# --- files -----------------------------------------------------------------------------------------------------------


async def content_of(file, most=100):
    return await file.fetch(most)


@pytest.mark.parametrize("caption", ["/render", "/render@OurBot tune=2", ""])
async def test_a_file_with_the_command_below_it_or_alone_in_private_is_the_commands_file(
    telegram, served, commands, ann, caption
):
    telegram.send_document(ann, "song.mxl", b"PK what it holds", caption)
    await until(lambda: commands.seen)
    [(name, context)] = commands.seen
    file = context.options["file"]
    assert (name, file.name, file.size) == ("render", "song.mxl", 16)
    assert context.options.get("tune") == ("2" if "tune" in caption else None)
    assert await content_of(file) == b"PK what it holds"


async def test_a_file_that_is_answered_with_the_command_is_its_file(telegram, served, commands, ann):
    group = telegram.group()
    sent = telegram.send_document(ann, "song.mei", b"<mei/>", chat=group.id)
    telegram.say(ann, "/render", chat=group.id, reply_to=sent)
    await until(lambda: commands.seen)
    assert await content_of(commands.seen[0][1].options["file"]) == b"<mei/>"


async def test_a_file_in_a_group_that_nobody_asked_about_is_left_alone(telegram, served, commands, ann):
    group = telegram.group()
    telegram.send_document(ann, "song.mei", b"<mei/>", "look at this", chat=group.id)
    telegram.say(ann, "/help", chat=group.id)
    await until(lambda: commands.seen)
    assert [name for name, _ in commands.seen] == ["help"]


async def test_a_file_that_is_larger_than_it_says_is_not_taken_into_memory(telegram, served, commands, ann):
    telegram.send_document(ann, "song.mxl", b"x" * 200_000, "/render", size=10)
    await until(lambda: commands.seen)
    with pytest.raises(FileTooLarge):
        await content_of(commands.seen[0][1].options["file"], most=100_000)


async def test_a_file_that_telegram_does_not_give_us_is_an_error_of_ours_without_the_token(
    telegram, served, commands, ann
):
    telegram.send_document(ann, "song.mxl", b"gone", "/render")
    await until(lambda: commands.seen)
    telegram.files.clear()
    with pytest.raises(FileNotFetched) as raised:
        await content_of(commands.seen[0][1].options["file"])
    assert TOKEN not in repr(raised.value) + str(raised.value)
