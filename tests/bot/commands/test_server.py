"""The rules of a server: who may set them, how they are listed, changed and taken back, and that each one holds."""

import pytest

from bot.commands.command import Here
from bot.store import ServerRules
from tests.bot.commands.conftest import button

GUILD = "77"


def in_channel(*places, managed=False):
    """Somebody's place in the server: the id of the channel; "managed" for those who manage the server."""

    async def is_managed():
        return managed

    names = {"5": "#music", "6": "#bots", "7": "#talk"}
    return Here(places=places, name_of=lambda place, language: names.get(place, ""), is_managed=is_managed)


async def say(world, line, who="ann", *, channel="5", managed=False, **circumstances):
    """As `World.say`, in a channel of the server; returns the last answer."""
    here = in_channel(channel, managed=managed)
    context = await world.say(line, who, guild=GUILD, here=here, **circumstances)
    return context.replies[-1]


async def rules(world):
    return await world.services.store.servers.rules(f"test:{GUILD}")


async def test_in_a_private_talk_it_says_what_it_is_for(still_world):
    answer = (await still_world.say("/server")).replies[0]
    assert "for a server or group" in answer.text
    assert "Use it there" in answer.text


@pytest.mark.parametrize("line", ["/server", "/server show", "/server set quota=5", "/server undo", "/server forget"])
async def test_it_is_for_those_who_manage_the_server(still_world, line):
    answer = await say(still_world, line)
    assert "for the administrators" in answer.text
    assert answer.private
    assert await rules(still_world) == ServerRules()


async def test_all_rules_are_listed_changed_and_taken_back(still_world):
    line = "/server set channels=#6,here quota=50 bars=64 language=zh delete=both"
    line = line.replace("#6", "<#6>")
    changed = await say(still_world, line, managed=True)
    assert await rules(still_world) == ServerRules(
        channels=("6", "5"), quota=50, bars=64, language="zh", deleting="both"
    )
    assert changed.private
    await still_world.services.store.people.change("test:ann", language="en")
    shown = await say(still_world, "/server", managed=True)
    for words in ("#bots, #music", "50 pieces", "64 bars", "中文", "Whoever asked, and the administrators", "test:ann"):
        assert words in shown.text
    undone = await press(still_world, button(shown, "server"))
    assert undone.edits[0].title == "The last change is taken back"
    assert "taken back" in undone.edits[0].text
    assert await rules(still_world) == ServerRules()
    again = await say(still_world, "/server undo", managed=True)
    assert again.title == "There is no change to take back"


async def press(world, pressed, *, managed=True, channel="5", who="ann"):
    return await world.press(pressed, who, guild=GUILD, here=in_channel(channel, managed=managed))


async def test_buttons_below_the_rules_are_for_those_who_manage_the_server(still_world):
    shown = await say(still_world, "/server set quota=5", managed=True)
    refused = await press(still_world, button(shown, "server"), managed=False, who="ben")
    assert "for the administrators" in refused.replies[0].text
    assert (await rules(still_world)).quota == 5


async def test_options_stand_for_setting_them_and_a_place_without_channels_names_none(still_world):
    assert (await say(still_world, "/server quota=5", managed=True)).title == "Rules for everybody here, changed"
    context = await still_world.say("/server channels=here", guild=GUILD, here=in_channel(managed=True))
    assert "is no channel or topic here" in context.replies[0].text
    assert await rules(still_world) == ServerRules(quota=5)
    await still_world.services.store.servers.change(f"test:{GUILD}", by="test:ann", channels=("5",))
    context = await still_world.say("/compose chopin keyboard", guild=GUILD, here=in_channel())
    assert context.replies[0].title == "On its way"


async def test_what_is_usual_can_be_set_again_and_all_can_be_forgotten(still_world):
    await say(still_world, "/server set channels=here quota=5 bars=8 language=en", managed=True)
    await say(still_world, "/server set channels=all quota=0 bars=0 language=each", managed=True)
    assert await rules(still_world) == ServerRules()
    await say(still_world, "/server set quota=5", managed=True)
    question = await say(still_world, "/server forget", managed=True)
    assert (await rules(still_world)).quota == 5
    done = await press(still_world, button(question, "server"))
    assert "forgotten" in done.edits[0].text
    assert await rules(still_world) == ServerRules()
    assert "Last changes" not in (await say(still_world, "/server", managed=True)).text


@pytest.mark.parametrize("wrong", ["channels=kitchen", "channels=99", "channels=<#99>", "quota=-1", "delete=nobody"])
async def test_a_rule_that_cannot_be_is_refused_and_changes_nothing(still_world, wrong):
    answer = await say(still_world, f"/server set {wrong}", managed=True)
    assert answer.private
    assert await rules(still_world) == ServerRules()


async def test_the_bot_speaks_in_the_named_channels_only_and_in_their_threads(still_world):
    await say(still_world, "/server set channels=here", managed=True)
    refused = await say(still_world, "/compose chopin keyboard", channel="7")
    assert refused.text == "Here I may speak in #music only. Ask there, or write to me privately."
    assert refused.private
    assert (await say(still_world, "/compose chopin keyboard")).title == "On its way"
    thread = Here(places=("9", "5"), name_of=lambda place, language: "#x")
    context = await still_world.say("/compose chopin keyboard", "ben", guild=GUILD, here=thread)
    assert context.replies[0].title == "On its way"
    assert (await still_world.say("/compose chopin keyboard", "cid")).replies[0].title == "On its way"


async def test_in_a_closed_channel_what_nobody_else_sees_goes_on_and_buttons_that_speak_do_not(still_world):
    await say(still_world, "/server set channels=here", managed=True)
    assert (await say(still_world, "/settings", channel="7")).title == "Your settings"
    assert (await say(still_world, "/server", channel="7", managed=True)).title == "Rules for everybody here"
    refused = await still_world.press("v1:pick:", guild=GUILD, here=in_channel("7"))
    assert "#music only" in refused.replies[0].text
    assert (await say(still_world, "/compose chopin keyboard", "root", channel="7")).title == "On its way"


async def test_the_language_is_that_of_the_server_for_those_who_chose_none(still_world):
    await say(still_world, "/server set language=zh", managed=True)
    assert (await say(still_world, "/compose chopin keyboard")).title == "已接受"
    await still_world.services.store.people.change("test:ben", language="en")
    assert (await say(still_world, "/compose chopin keyboard", "ben")).title == "On its way"


async def test_the_longest_piece_is_kept_by_words_and_by_numbers(still_world):
    await say(still_world, "/server set bars=8", managed=True)
    refused = await say(still_world, "/compose chopin keyboard bars=9")
    assert refused.text == "Here a piece can have at most 8 bars, not 9. Ask for fewer, or write to me privately."
    assert "8 bars" in (await say(still_world, "/compose chopin keyboard")).text
    context = await still_world.say("/compose chopin keyboard bars=9", "ben")
    assert "9 bars" in context.replies[0].text


async def test_the_quota_of_a_server_is_kept_beside_that_of_the_operators(still_world):
    await say(still_world, "/server set quota=1", managed=True)
    assert (await say(still_world, "/compose chopin keyboard")).title == "On its way"
    assert "Here 1 piece may be made" in (await say(still_world, "/compose chopin keyboard", "ben")).text
    await say(still_world, "/server set quota=9", managed=True)
    await still_world.say(f"/admin quota test:{GUILD} 1 kind=guild", "root")
    assert "Here 1 piece may be made" in (await say(still_world, "/compose chopin keyboard", "ben")).text


async def piece_in_server(world, who="ann"):
    """A piece that somebody asked for in the server; its id."""
    await world.say("/compose chopin keyboard bars=4", who, guild=GUILD)
    result = await world.messenger.next_delivery()
    return button(result, "delete").action.target


@pytest.mark.parametrize(
    ("deleting", "asker", "manager", "anybody"),
    [("asker", True, False, False), ("both", True, True, False), ("managers", False, True, False)],
)
async def test_who_may_delete_is_as_the_server_says(world, deleting, asker, manager, anybody):
    await say(world, f"/server set delete={deleting}", "boss", managed=True)
    piece = await piece_in_server(world)
    for who, managed, may in (("ann", False, asker), ("boss", True, manager), ("ben", False, anybody)):
        asked = await press(world, f"v1:delete:{piece}", who=who, managed=managed)
        assert bool(asked.replies[0].buttons) is may, who
        assert may or re_sentence(asked.replies[0].text)


def re_sentence(text):
    return text.count(".") >= 2


async def test_who_manages_a_server_deletes_only_what_was_made_there(world):
    await say(world, "/server set delete=both", "boss", managed=True)
    elsewhere = button(await world.piece(), "delete").action.target
    asked = await press(world, f"v1:delete:{elsewhere}", who="boss", managed=True)
    assert not asked.replies[0].buttons


async def test_what_was_asked_in_a_group_s_name_belongs_to_each_who_manages_it(world):
    """On Telegram anonymous administrators ask so, and press buttons as themselves."""
    piece = await piece_in_server(world, GUILD)
    asked = await press(world, f"v1:delete:{piece}", who="boss", managed=True)
    assert asked.replies[0].buttons
    asked = await press(world, f"v1:delete:{piece}", who="ben", managed=False)
    assert not asked.replies[0].buttons


async def test_what_waits_in_a_group_s_name_is_cancelled_by_who_manages_it(still_world):
    await still_world.say("/compose chopin keyboard", GUILD, guild=GUILD)
    [waiting] = await still_world.services.jobs.board.waiting(f"test:{GUILD}")
    refused = await press(still_world, f"v1:cancel:{waiting.job.id}", who="ben", managed=False)
    assert "Somebody else" in refused.replies[0].text
    await press(still_world, f"v1:cancel:{waiting.job.id}", who="boss", managed=True)
    assert await still_world.services.jobs.board.waiting(f"test:{GUILD}") == []


async def test_a_server_has_a_time_zone_of_its_own(still_world):
    shown = await say(still_world, "/server set zone=berlin", managed=True)
    assert "Europe/Berlin (" in shown.text
    assert (await rules(still_world)).zone == "Europe/Berlin"
    refused = await say(still_world, "/server set zone=Atlantis", managed=True)
    assert "“Atlantis” is no time zone" in refused.text
    assert "UTC (" in (await say(still_world, "/server set zone=usual", managed=True)).text
    assert (await rules(still_world)).zone is None
