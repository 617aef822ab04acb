"""People in groups and channels, over a real socket: what is private stays private, and nobody meets silence."""

import pytest

from bot.store import ServerRules
from tests.bot.platforms.telegram.serving import Commands, serve, until

pytestmark = pytest.mark.usefixtures("quick")
GROUP, CHANNEL = -1001, -1009


@pytest.fixture
def commands():
    return Commands()


@pytest.fixture
async def served(telegram, commands, tmp_path):
    telegram.group()
    async with serve(telegram, commands, tmp_path, admins="telegram:99") as platform:
        yield platform


@pytest.fixture
def ben(telegram):
    return telegram.person(78, "Ben", language_code="de")


async def handled(telegram):
    """Until everything that was said is confirmed."""
    await until(lambda: not telegram.waiting_updates)


def in_group(telegram):
    return [message.get("text", "") for message in telegram.from_bot(GROUP)]


def button_of(message, label="pick"):
    rows = message["reply_markup"]["inline_keyboard"]
    return next(each["callback_data"] for row in rows for each in row if each["text"] == label)


# --- private stays private -------------------------------------------------------------------------------------------


async def test_what_is_for_one_person_goes_into_the_private_chat_and_a_sign_says_so(telegram, served, ann):
    asked = telegram.say(ann, "/settings", chat=GROUP)
    [message] = await until(lambda: telegram.from_bot(77))
    assert message["text"] == "your settings"
    await until(lambda: telegram.reactions.get((GROUP, asked)) == "👌")
    assert in_group(telegram) == []


async def test_who_never_pressed_start_gets_one_line_with_a_link_that_asks_again(telegram, served, commands, ann):
    telegram.chats[77].closed = "Forbidden: bot can't initiate conversation with a user"
    telegram.say(ann, "/settings", chat=GROUP)
    [line] = await until(lambda: in_group(telegram))
    assert "https://t.me/OurBot?start=do_settings" in line
    assert "your settings" not in line
    telegram.chats[77].closed = None
    telegram.say(ann, "/start do_settings")
    [message] = await until(lambda: telegram.from_bot(77))
    assert message["text"] == "your settings"


@pytest.mark.parametrize("link", ["do_admin_stats", "do_compose", "do_", "do_nothing", "see_delete_k3f9", "see_pick"])
async def test_a_link_can_only_show_something(telegram, served, commands, ann, link):
    telegram.say(ann, f"/start {link}")
    await until(lambda: commands.seen)
    assert [name for name, _ in commands.seen] == ["help"]


async def test_long_figures_of_a_button_go_into_the_private_chat(telegram, served, ann):
    shown = await shown_in_group(telegram, ann)
    query = telegram.press_data(ann, GROUP, shown, "v1:details:k3f9")
    await until(lambda: telegram.from_bot(77))
    await until(lambda: query in telegram.answers)
    assert len(in_group(telegram)) == 1


async def test_a_button_opens_the_private_chat_of_who_never_started_it(telegram, served, ann, commands):
    shown = await shown_in_group(telegram, ann)
    telegram.chats[77].closed = "Forbidden: bot can't initiate conversation with a user"
    query = telegram.press_data(ann, GROUP, shown, "v1:details:k3f9")
    answer = await until(lambda: telegram.answers.get(query))
    assert answer["url"] == "https://t.me/OurBot?start=see_details_k3f9"
    assert len(in_group(telegram)) == 1
    telegram.chats[77].closed = None
    telegram.say(ann, "/start see_details_k3f9")
    assert "figures" in (await until(lambda: telegram.from_bot(77)))[0]["text"]


async def shown_in_group(telegram, who):
    telegram.say(who, "/compose chopin", chat=GROUP)
    return (await until(lambda: telegram.from_bot(GROUP)))[0]["message_id"]


async def test_a_question_to_one_person_is_answered_by_that_person_only(telegram, served, commands, ann, ben):
    telegram.say(ann, "/styles", chat=GROUP)
    [question] = await until(lambda: telegram.from_bot(GROUP))
    query = telegram.press(ben, GROUP, question["message_id"], "pick")
    answer = await until(lambda: telegram.answers.get(query))
    assert "für die Person" in answer["text"]
    assert answer["show_alert"] == "true"
    assert in_group(telegram) == ["which?"]
    telegram.press(ann, GROUP, question["message_id"], "pick")
    await until(lambda: in_group(telegram) == ["page 0"])
    query = telegram.press(ben, GROUP, question["message_id"], "pick")  # still hers after a step
    assert "text" in await until(lambda: telegram.answers.get(query))
    assert in_group(telegram) == ["page 0"]


async def test_what_is_said_to_all_has_buttons_for_all(telegram, served, ann, ben):
    shown = await shown_in_group(telegram, ann)
    telegram.press(ben, GROUP, shown, "pick")
    await until(lambda: in_group(telegram) == ["page 0"])


# --- nobody meets silence --------------------------------------------------------------------------------------------


async def test_a_corrected_typing_error_is_read_again(telegram, served, commands, ann):
    said = telegram.say(ann, "/compose chopin bars=many")
    await until(lambda: telegram.from_bot(77))
    telegram.correct(77, said, "/compose chopin bars=4")
    await until(lambda: commands.seen)
    assert commands.calls() == [("compose", {"style": "chopin", "bars": 4})]


async def test_what_was_not_for_us_can_be_corrected_into_what_is(telegram, served, commands, ann):
    telegram.chats[GROUP].sees_all = True
    said = telegram.say(ann, "@OurBto chopin", chat=GROUP)
    telegram.correct(GROUP, said, "@OurBot chopin")
    await until(lambda: commands.seen)
    assert commands.calls() == [("compose", {"style": "chopin", "spoken": True})]


@pytest.mark.parametrize(("text", "after_s"), [("/compose chopin", 5), ("/compose  chopin ", 5), ("/queue", 7200)])
async def test_a_change_that_corrects_nothing_or_comes_too_late_asks_for_nothing(
    telegram, served, commands, ann, text, after_s
):
    said = telegram.say(ann, "/compose chopin")
    await until(lambda: commands.seen)
    telegram.correct(77, said, text, after_s=after_s)
    telegram.say(ann, "/help")
    await until(lambda: len(commands.seen) > 1)
    await handled(telegram)
    assert [name for name, _ in commands.seen] == ["compose", "help"]


async def test_an_anonymous_administrator_is_answered_in_the_group_s_name(telegram, served, commands, ann):
    asked = telegram.say(ann, "/compose chopin", chat=GROUP, in_the_name_of=GROUP)
    [message] = await until(lambda: telegram.from_bot(GROUP))
    assert message["reply_to_message"]["message_id"] == asked
    assert commands.seen[0][1].person.key == f"telegram:{GROUP}"
    assert await commands.seen[0][1].here.is_managed()


async def test_an_anonymous_administrator_s_question_is_answered_by_any_administrator(telegram, served, ann, ben):
    telegram.chats[GROUP].managers.add(77)
    telegram.say(ann, "/styles", chat=GROUP, in_the_name_of=GROUP)
    [question] = await until(lambda: telegram.from_bot(GROUP))
    query = telegram.press(ben, GROUP, question["message_id"], "pick")
    assert "text" in await until(lambda: telegram.answers.get(query))
    telegram.press(ann, GROUP, question["message_id"], "pick")
    await until(lambda: in_group(telegram) == ["page 0"])


async def test_what_is_for_an_anonymous_administrator_alone_is_offered_by_a_link(telegram, served, ann):
    telegram.say(ann, "/settings", chat=GROUP, in_the_name_of=GROUP)
    [line] = await until(lambda: in_group(telegram))
    assert "start=do_settings" in line


async def test_who_writes_as_a_channel_is_answered(telegram, served, commands, ann, ben):
    telegram.channel(CHANNEL)
    telegram.say(ann, "@OurBot chopin", chat=GROUP, in_the_name_of=CHANNEL)
    await until(lambda: telegram.from_bot(GROUP))
    assert commands.seen[0][1].person.key == f"telegram:{CHANNEL}"
    telegram.say(ann, "/styles", chat=GROUP, in_the_name_of=CHANNEL)
    question = (await until(lambda: telegram.from_bot(GROUP)[1:]))[0]
    telegram.press(ann, GROUP, question["message_id"], "pick")  # nobody can tell that it is she
    await until(lambda: in_group(telegram)[1] == "page 0")


async def test_a_channel_s_post_is_a_command_or_nothing(telegram, served, commands):
    channel = telegram.channel(CHANNEL)
    telegram.post(channel, "tonight: chopin keyboard")
    telegram.post(channel, "/nothing")
    post = telegram.post(channel, "/compose chopin")
    [message] = await until(lambda: telegram.from_bot(CHANNEL))
    assert message["reply_to_message"]["message_id"] == post
    assert commands.calls() == [("compose", {"style": "chopin"})]
    telegram.correct(CHANNEL, post, "/compose bach")
    await until(lambda: len(commands.seen) == 2)


async def test_what_telegram_repeats_from_a_channel_is_left_alone(telegram, served, commands, ann):
    channel = telegram.channel(CHANNEL)
    number = telegram.post(channel, "/queue")
    await until(lambda: commands.seen)
    post = telegram.messages[CHANNEL, number]
    repeated = {**post, "chat": telegram.chats[GROUP].to_json(), "message_id": 900, "is_automatic_forward": True}
    telegram.push({"message": {**repeated, "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}}})
    await handled(telegram)
    assert len(commands.seen) == 1


FILE = {"file_id": "f1", "file_unique_id": "u1", "file_size": 9}
VOICE = {"voice": FILE | {"duration": 3, "mime_type": "audio/ogg"}}
MUSIC = {"audio": FILE | {"duration": 3, "mime_type": "audio/mpeg", "file_name": "song.mp3"}}
PHOTO = {"photo": [FILE | {"width": 9, "height": 9}]}
STICKER = {"sticker": FILE | {"width": 9, "height": 9, "type": "regular", "is_animated": False, "is_video": False}}
PLACE = {"location": {"latitude": 1.0, "longitude": 2.0}}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (VOICE, "Aufnahmen"),
        (MUSIC, "Aufnahmen"),
        (PHOTO, "Bilder von Noten"),
        (STICKER, "nur Worte"),
        (PLACE, "nichts anfangen"),
    ],
)
async def test_what_cannot_be_read_is_told_in_private_and_in_answers_to_us(telegram, served, ben, content, words):
    telegram.send(ben, content)
    [message] = await until(lambda: telegram.from_bot(78))
    assert words in message["text"]
    telegram.chats[GROUP].sees_all = True
    telegram.send(ben, content, chat=GROUP)
    telegram.say(ben, "/compose chopin", chat=GROUP)
    [ours] = await until(lambda: telegram.from_bot(GROUP))
    telegram.send(ben, content, chat=GROUP, reply_to=ours["message_id"])
    await until(lambda: len(in_group(telegram)) == 2)
    assert words in in_group(telegram)[1]


@pytest.mark.parametrize(("content", "name"), [(VOICE, "voice"), (MUSIC, "song.mp3")])
async def test_a_bot_with_ears_listens_to_what_is_sent(telegram, served, commands, ann, monkeypatch, content, name):
    monkeypatch.setattr("renderers.score.hum.recordings.PACKAGES", ())
    telegram.send(ann, content)
    await until(lambda: commands.seen)
    [(command, options)] = commands.calls()
    assert (command, options["file"].name) == ("render", name)


async def test_several_photos_at_once_get_one_sentence(telegram, served, ann):
    for _ in range(3):
        telegram.send(ann, PHOTO | {"media_group_id": "g1"})
    await handled(telegram)
    assert len(telegram.from_bot(77)) == 1


async def test_a_photo_with_a_command_below_it_is_that_command(telegram, served, commands, ann):
    telegram.send(ann, PHOTO | {"caption": "/compose chopin bars=2"})
    await until(lambda: commands.seen)
    assert commands.calls() == [("compose", {"style": "chopin", "bars": 2})]


async def test_midi_is_a_score_however_telegram_sends_it(telegram, served, commands, ann):
    telegram.send(ann, {"audio": FILE | {"duration": 3, "mime_type": "audio/midi", "file_name": "waltz.mid"}})
    await until(lambda: commands.seen)
    [(name, options)] = commands.calls()
    assert (name, options["file"].name) == ("render", "waltz.mid")


async def test_words_below_a_score_look_at_it_unless_they_ask_for_a_piece(telegram, served, commands, ann):
    telegram.send_document(ann, "waltz.abc", b"X:1", "please play this for me")
    await until(lambda: commands.seen)
    assert [name for name, _ in commands.seen] == ["render"]
    telegram.send_document(ann, "waltz.abc", b"X:1", "a sad waltz in the manner of chopin")
    await until(lambda: any("cannot compose from a file" in message["text"] for message in telegram.from_bot(77)))
    assert len(commands.seen) == 1


async def test_a_score_in_answer_to_us_or_beside_our_name_is_looked_at(telegram, served, commands, ann):
    telegram.chats[GROUP].sees_all = True
    document = {"document": FILE | {"file_name": "waltz.abc"}}
    telegram.send(ann, document, chat=GROUP)  # not for us
    telegram.send(ann, document | {"caption": "@OurBot"}, chat=GROUP)
    await until(lambda: telegram.from_bot(GROUP))
    ours = telegram.from_bot(GROUP)[-1]
    telegram.send(ann, document, chat=GROUP, reply_to=ours["message_id"])
    await until(lambda: len(commands.seen) == 2)
    sent = telegram.send(ann, document, chat=GROUP)
    telegram.say(ann, "@OurBot", chat=GROUP, reply_to=sent)
    await until(lambda: len(commands.seen) == 3)
    assert [(name, options["file"].name) for name, options in commands.calls()] == [("render", "waltz.abc")] * 3


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("about a minute of chopin", ("compose", {"style": "about a minute of chopin", "spoken": True})),
        ("piece for piano", ("compose", {"style": "piece for piano", "spoken": True})),
        ("help me please", ("help", {})),
        ("piece k3f9abcd", ("piece", {"id": "k3f9abcd"})),
        ("compose chopin", ("compose", {"style": "chopin", "spoken": True})),
    ],
)
async def test_words_that_begin_like_a_command_are_read_as_they_are_meant(telegram, served, commands, ann, said, meant):
    telegram.say(ann, said)
    await until(lambda: commands.seen)
    assert commands.calls() == [meant]


# --- coming and leaving ----------------------------------------------------------------------------------------------


async def test_being_added_is_welcomed_once(telegram, served, ben):
    group = telegram.chats[GROUP]
    telegram.put_bot(ben, group, "left", "member")
    telegram.put_bot(ben, group, "member", "administrator")
    telegram.put_bot(ben, group, "left", "member")  # told again
    telegram.say(ben, "/compose chopin", chat=GROUP)
    await until(lambda: len(in_group(telegram)) == 2)
    await handled(telegram)
    welcome = next(text for text in in_group(telegram) if not text.startswith("compose"))
    assert "Ich komponiere Noten" in welcome
    assert len(in_group(telegram)) == 2


async def test_who_comes_back_is_welcomed_again_and_what_was_set_is_forgotten(telegram, served, commands, ann):
    servers = served._services.store.servers
    group = telegram.chats[GROUP]
    telegram.put_bot(ann, group, "left", "member")
    await until(lambda: len(in_group(telegram)) == 1)
    await servers.change(f"telegram:{GROUP}", by="telegram:77", quota=3)
    telegram.put_bot(ann, group, "member", "kicked")
    await handled(telegram)
    assert await servers.rules(f"telegram:{GROUP}") == ServerRules()
    telegram.put_bot(ann, group, "kicked", "member")
    await until(lambda: len(in_group(telegram)) == 2)


async def test_a_channel_is_welcomed_and_a_private_chat_is_not(telegram, served, ann):
    telegram.put_bot(ann, telegram.channel(CHANNEL), "left", "administrator")
    telegram.put_bot(ann, telegram.chats[77], "kicked", "member")
    [welcome] = await until(lambda: telegram.from_bot(CHANNEL))
    assert "/compose" in welcome["text"]
    await handled(telegram)
    assert telegram.from_bot(77) == []


async def test_a_group_that_takes_no_words_is_no_error(telegram, served, ann, caplog):
    telegram.chats[GROUP].closed = "Forbidden: bot was kicked from the supergroup chat"
    telegram.put_bot(ann, telegram.chats[GROUP], "left", "member")
    await handled(telegram)
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


async def test_a_group_that_becomes_a_supergroup_keeps_its_rules(telegram, served, ann):
    servers = served._services.store.servers
    await servers.change("telegram:-5", by="telegram:77", quota=3)
    telegram.group(-5)
    old = {"chat": {"id": -5, "type": "group", "title": "Quartet"}, "message_id": 5, "date": 0, "from": ann.to_json()}
    telegram.push({"message": old | {"migrate_to_chat_id": -1005}})
    await handled(telegram)
    assert await servers.rules("telegram:-1005") == ServerRules(quota=3)


# --- operators, and a group's own rules ------------------------------------------------------------------------------


async def test_an_operator_names_somebody_by_answering_them(telegram, served, commands, ann):
    root = telegram.person(99, "Root")
    said = telegram.say(ann, "/compose chopin", chat=GROUP)
    await until(lambda: commands.seen)
    telegram.say(root, "/admin block", chat=GROUP, reply_to=said)
    await until(lambda: len(commands.seen) == 2)
    assert commands.calls()[1] == ("block", {"who": "77"})


async def test_in_a_closed_topic_nothing_is_said_and_a_sign_or_a_private_word_tells_why(
    telegram, served, commands, ann, ben
):
    telegram.group(-1002, forum=True)
    await served._services.store.servers.change("telegram:-1002", by="telegram:77", channels=("42",))
    telegram.say(ann, "/compose chopin", chat=-1002, topic=42)
    await until(lambda: telegram.from_bot(-1002))
    asked = telegram.say(ann, "/compose chopin", chat=-1002, topic=43)
    [private] = await until(lambda: telegram.from_bot(77))
    assert "topic 42" in private["text"]
    await until(lambda: telegram.reactions.get((-1002, asked)) == "🙊")
    telegram.chats[78].closed = "Forbidden: bot can't initiate conversation with a user"
    asked = telegram.say(ben, "/compose chopin", chat=-1002, topic=43)
    await until(lambda: telegram.reactions.get((-1002, asked)) == "🙊")
    assert len(telegram.from_bot(-1002)) == 1
