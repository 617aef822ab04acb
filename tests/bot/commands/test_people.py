"""Who may, what one likes, what is known about one, and what operators decide."""

import json
import logging

import pytest

from bot.commands import run_command, run_suggest
from bot.commands.command import Command, Here, Option
from generator.model.published import PUBLISHED
from tests.bot.commands.conftest import button, open_world


async def test_whoever_is_blocked_is_refused_privately_and_operators_never_are(still_world):
    await still_world.say("/admin block test:ann", "root")
    answer = (await still_world.say("/help")).replies[0]
    assert answer.private
    assert "not open to everybody" in answer.text
    assert (await still_world.say("/help", "bob")).replies[0].title == "What I can do"
    await still_world.say("/admin unblock test:ann", "root")
    assert (await still_world.say("/help")).replies[0].title == "What I can do"
    await still_world.say("/admin block 1", "root")
    assert (await still_world.say("/help", "root")).replies[0].title == "What I can do"


async def test_a_blocked_server_is_closed_to_everybody_in_it(still_world):
    await still_world.say("/admin block test:77 kind=guild", "root")
    assert "not open" in (await still_world.say("/help", guild="77")).replies[0].text
    assert "not open" not in (await still_world.say("/help", guild="78")).replies[0].text


async def test_with_an_allow_list_nobody_else_is_let_in(tmp_path):
    async with open_world(tmp_path, running=False, allowed_people={"discord:5"}) as world:
        assert "not open" in (await world.say("/compose chopin")).replies[0].text
        assert (await world.say("/admin allow test:ann", "root")).replies[0].text == "test:ann is allowed."
        assert (await world.say("/compose chopin")).replies[0].title == "On its way"


@pytest.mark.parametrize(
    "name", ["pause", "resume", "drain", "queue", "clear", "stats", "rules", "block x", "quota x 3"]
)
async def test_operators_commands_are_for_operators(still_world, name):
    answer = (await still_world.say(f"/admin {name}")).replies
    assert [reply.text for reply in answer] == [
        "This command is for those who run the bot. Look at /help for what you can do."
    ]
    assert answer[0].private
    assert not (await still_world.services.jobs.board.summary()).paused


async def test_operators_see_pause_limit_and_clear(still_world):
    await still_world.say("/compose chopin keyboard")
    assert "test:ann" in (await still_world.say("/admin queue", "root")).replies[0].text
    assert "Paused" in (await still_world.say("/admin pause", "root")).replies[0].text
    assert "1 waiting" in (await still_world.say("/admin stats", "root")).replies[0].text
    assert "1 waiting request is cancelled" in (await still_world.say("/admin clear", "root")).replies[0].text
    await still_world.say("/admin resume", "root")
    assert "3 pieces a day" in (await still_world.say("/admin quota test:ann 3", "root")).replies[0].text
    assert await still_world.services.store.rules.quota("person", "test:ann") == 3
    assert "is no id" in (await still_world.say("/admin block ;-)", "root")).replies[0].text


async def test_help_shows_operators_more(still_world):
    assert "/admin" not in (await still_world.say("/help")).replies[0].text
    assert "/admin" in (await still_world.say("/help", "root")).replies[0].text


async def test_settings_change_by_words_and_by_buttons(still_world):
    shown = (await still_world.say("/settings bars=8 temperament=wild language=zh")).replies[0]
    assert "常用小节数：8" in shown.text
    choice = next(each for row in shown.buttons for each in row if each.action.argument == "language.en")
    assert "Usual number of bars: 8" in (await still_world.press(choice)).edits[0].text
    await still_world.say("/compose chopin keyboard")
    (waiting,) = await still_world.services.jobs.board.waiting()
    assert (waiting.job.task.bars, waiting.job.task.request.sampling.temperature) == (8, 2.0)
    assert "bars: 16" in (await still_world.say("/settings bars=0 language=auto")).replies[0].text


async def test_settings_are_in_ones_own_language_whatever_a_server_speaks(still_world):
    await still_world.services.store.servers.change("test:77", by="test:ann", language="zh")
    assert (await still_world.say("/settings", guild="77")).replies[0].title == "Your settings"
    alone = (await still_world.say("/settings")).replies[0]
    assert alone.title == "Your settings"
    choice = next(each for row in alone.buttons for each in row if each.action.argument == "pages.pdf")
    changed = (await still_world.press(choice)).edits[0]
    assert changed.title == "Your settings, changed"
    assert [[each.label for each in row] for row in changed.buttons] == [
        [each.label for each in row] for row in alone.buttons
    ]


async def test_a_queue_shows_ones_own_and_cancels(still_world):
    assert "nothing on its way" in (await still_world.say("/cancel")).replies[0].text
    first = (await still_world.say("/compose chopin keyboard")).replies[0]
    shown = (await still_world.say("/queue")).replies[0]
    assert "Waiting: 1 ·" in shown.text
    assert "Chopin keyboard" in shown.text
    assert "Chopin" not in (await still_world.say("/queue", "bob")).replies[0].text
    stranger = (await still_world.press(button(first, "cancel"), "bob")).replies[0]
    assert "only they can cancel" in stranger.text
    await still_world.say("/compose bach keyboard")
    which = (await still_world.say("/cancel")).replies[0]
    assert len(which.buttons[0]) == 2
    assert "is cancelled" in (await still_world.press(which.buttons[0][0])).replies[0].text
    assert "is cancelled" in (await still_world.say("/cancel")).replies[0].text


async def test_data_are_shown_exported_and_erased_for_their_owner_only(world):
    await world.piece()
    shown = (await world.say("/mydata")).replies[0].text
    assert "and in groups the name you have there; 1 piece with 8 files." in shown
    (file,) = (await world.say("/mydata export")).replies[0].attachments
    assert json.loads(file.read())["pieces"][0]["record"]["seed"] == 7
    question = (await world.say("/mydata erase")).replies[0]
    yes, no = question.buttons[0]
    assert "for whoever asked" in (await world.press(yes, "bob")).replies[0].text
    assert "Nothing is changed" in (await world.press(no)).edits[0].text
    assert "Gone: 1 piece, 1 request." in (await world.press(yes)).edits[0].text
    assert "0 pieces" in (await world.say("/mydata")).replies[0].text


@pytest.mark.parametrize("line", ["/about", "/styles", "/styles quartet", "/help"])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_informs_fits_into_one_message(still_world, line, language):
    (reply,) = (await still_world.say(line, "root", language=language)).replies
    assert len(reply.title + reply.text) < 3500  # Discord takes 4,096 below a headline, Telegram in all


async def test_a_mistake_of_ours_is_a_reference_number_and_never_a_traceback(still_world, caplog):
    async def break_down(context, *rest):
        raise RuntimeError("secret of /home/bot")

    context = still_world.context()
    with caplog.at_level(logging.CRITICAL, logger="asyncio"):
        await run_command(Command("broken", break_down), context)
    (reply,) = context.replies
    assert reply.private
    assert "reference" in reply.text
    assert "secret" not in reply.text
    assert await run_suggest(Option("x", suggest=break_down), context, "") == ()
    assert any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize(
    ("weights", "said", "not_said"),
    [
        (None, "CC BY-SA 4.0", "NotaGen"),
        (
            PUBLISHED["notagen-small"].file,
            "notagen-small, as the makers of NotaGen publish them. They were pre-",
            "CC BY",
        ),
        (PUBLISHED["notagen-x"].file, "notagen-x, as the makers of NotaGen publish them.", "pre-trained"),
        ("mine.safetensors", "those of whoever runs this bot", "CC BY"),
    ],
)
async def test_about_says_whose_the_weights_are_and_what_they_do_not_know(tmp_path, weights, said, not_said):
    changes = {} if weights is None else {"weights": tmp_path / weights}
    async with open_world(tmp_path, running=False, **changes) as world:
        [reply] = (await world.say("/about")).replies
    assert said in reply.text
    assert not_said not in reply.text


async def test_operators_see_the_rules_they_made(still_world):
    assert "Nobody is blocked" in (await still_world.say("/admin rules", "root")).replies[0].text
    await still_world.say("/admin block test:ann", "root")
    await still_world.say("/admin quota test:77 3 kind=guild", "root")
    shown = (await still_world.say("/admin rules", "root")).replies[0]
    assert shown.title == "2 rules"
    assert "Person test:ann: blocked" in shown.text
    assert "Server or group test:77: 3 pieces a day" in shown.text
    assert "/admin unblock" in shown.text
    assert shown.personal


async def test_an_empty_queue_is_said_in_words(still_world):
    answer = (await still_world.say("/admin queue", "root")).replies[0]
    assert answer.text == "Nobody waits, and nothing is being composed."


@pytest.mark.parametrize("who", ["@bob", "Bob Smith", "#bots", "t.me/bob"])
async def test_who_is_no_id_gets_told_how_to_find_one(still_world, who):
    answer = (await still_world.say(f'/admin block "{who}"', "root")).replies[0]
    assert "On Discord you may mention" in answer.text
    assert "answer a message of theirs" in answer.text
    assert await still_world.services.store.rules.all() == []


async def test_a_mention_names_somebody(still_world):
    await still_world.say("/admin block <@4711>", "root")
    [rule] = await still_world.services.store.rules.all()
    assert rule.key == "discord:4711"


async def test_about_gives_the_invitation_with_what_is_needed(still_world):
    here = Here(invitation="https://example.org/invite")
    text = (await still_world.say("/about", here=here)).replies[0].text
    assert "https://example.org/invite" in text
    assert "no privileged intent" in text
    assert "invite" not in (await still_world.say("/about")).replies[0].text


@pytest.mark.parametrize(
    ("said", "answer"),
    [("hallo", "Hello!"), ("你好", "Hello!"), ("good evening", "Hello!"), ("danke dir!", "welcome"),
     ("谢谢", "welcome"), ("thanks a lot", "welcome"), ("tschüss", "Goodbye"), ("再见", "Goodbye")],
)  # fmt: skip
async def test_greetings_and_thanks_are_answered_as_such(still_world, said, answer):
    context = still_world.context(options={"style": said, "spoken": True})
    await run_command(still_world.registry.command("compose"), context)
    assert answer in context.replies[0].text
    assert await still_world.services.jobs.board.waiting() == []


async def test_a_person_has_a_time_zone_for_private_talks(still_world):
    shown = (await still_world.say("/settings zone=Asia/Shanghai")).replies[0]
    assert "Asia/Shanghai (" in shown.text
    assert "is no time zone" in (await still_world.say("/settings zone=CEST")).replies[0].text
    assert "UTC (" in (await still_world.say("/settings zone=usual")).replies[0].text
