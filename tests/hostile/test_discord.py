"""Discord: raw interactions, also such as no client of Discord's would send, through discord.py and simcord's rules."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from simcord import Env
from simcord.backend.serializers import message_payload
from simcord.interactions import base_payload

from bot.chat.messages import Action
from bot.platforms.discord import platform as platform_module
from bot.platforms.discord.commands import CHAT_INPUT, MESSAGE_MENU, OPTION_TYPES, SUBCOMMAND
from bot.platforms.discord.platform import open_discord
from bot.texts import say
from tests.fakes.discord import checks
from tests.hostile import volumes, words
from tests.hostile.judge import check_words
from tests.hostile.throwing import hostile, several, throw_all

COMMAND, PRESSED, TYPING = 2, 3, 4  # kinds of interaction
TALKS = "/users/@me/channels"  # private ones, which are opened before anything is said in them
LOOK_AGAIN_S = 0.002
NEVER_S = 120.0  # a slow machine is no reason to answer in another way
UNSEEN_IN_MENTION = "@\u200b"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NOT_READ = re.compile(r"https?://[^\s<]+|\\.", re.DOTALL)  # an address, and what is escaped
_MARKUP = re.compile(r"[\\*_~|`<\[]|^\s*[>#-]", re.MULTILINE)
_OUR_HEADLINE = re.compile(r"\A\*\*(.*)\*\*$", re.MULTILINE)


class Server:
    """A channel with three people on simcord's virtual Discord, in the stage's event loop."""

    def __init__(self, stage, env, platform):
        self.stage, self.env, self.platform = stage, env, platform
        self.guild = env.create_guild()
        self.channel = self.guild.create_text_channel("music")
        self.people = [self.guild.add_member(env.create_user(name)) for name in ("ann", "bob", "eve")]

    def throw(self, who, kind, data, *, message=None):
        """One interaction; returns all that the bot asked of Discord because of it."""
        self.stage.thrown += 1
        before = len(self.env.http_requests)
        self.stage.run(self._throw(self.people[who], kind, data, message))
        assert not self.env.errors
        return self.env.http_requests[before:]

    async def _throw(self, person, kind, data, message):
        """What simcord's people do, without the checks of a client."""
        backend = self.env.backend
        with self.env.time_context():
            record, payload = base_payload(
                backend, type=kind, channel_id=self.channel.id, guild_id=self.guild.id, user_id=person.id, data=data
            )
            if message is not None:
                record.source_message_id = message.id
                payload["message"] = self.payload_of(message)
            backend.emit("INTERACTION_CREATE", payload)
            await self.env.settle(idle=LOOK_AGAIN_S)

    def payload_of(self, message):
        return dict(message_payload(self.env.backend, self.env.backend.get_message(self.channel.id, message.id)))

    def slash(self, who, path, options, *, kind=COMMAND):
        """A command with options as they come over the line, whatever was described."""
        name, _, subcommand = path.partition(" ")
        given = [{"name": subcommand, "type": SUBCOMMAND, "options": options}] if subcommand else options
        return self.throw(who, kind, {"id": "1", "name": name, "type": CHAT_INPUT, "options": given})

    def press(self, who, custom_id, message):
        return self.throw(who, PRESSED, {"custom_id": custom_id, "component_type": 2}, message=message)


@pytest.fixture(scope="module")
def server(stage):
    """The platform, connected and serving jobs."""
    services = stage.world.services
    chosen = services.settings.model_copy(
        update={"discord_token": SecretStr("never.used"), "discord_messages_per_s": 10_000}
    )
    opened = open_discord(chosen, stage.world.registry, services)
    platform = stage.run(opened.__aenter__())
    env = Env(platform.client, settle_timeout=NEVER_S)
    stage.run(env.start())
    with env.time_context():  # what is delivered goes by simcord's clock
        services.jobs.add_messenger(platform.messenger)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(platform_module, "ACKNOWLEDGE_AFTER_S", NEVER_S)
        patch.setattr(platform_module, "SUGGEST_LIMIT_S", NEVER_S)
        yield Server(stage, env, platform)
    stage.run(env.shutdown())
    stage.run(opened.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def shown(server):
    """A message of the bot that everybody sees, to press buttons on."""
    server.slash(0, "compose", [{"name": "style", "type": 3, "value": "chopin keyboard"}])
    return server.channel.last_message


# --- what Discord shows -----------------------------------------------------------------------------------------------


def check_shown(text, thrown):
    """Nothing in it is markup, calls anybody, or is a secret: `text` as it goes over the line."""
    assert "@everyone" not in text
    assert "@here" not in text
    plain = _NOT_READ.sub("x", _OUR_HEADLINE.sub(r"\1", text))
    assert not _MARKUP.search(plain), text
    check_words(_ESCAPED.sub(r"\1", text).replace(UNSEEN_IN_MENTION, "@"), thrown=thrown)


def check_message(data, thrown):
    names = [file["filename"] for file in data.get("attachments") or ()]
    checks.check_message(data, fields=checks.CALLBACK_FIELDS | checks.CREATE_FIELDS, new_files=names, kept=())
    assert data.get("allowed_mentions", {}) in ({}, {"parse": [], "users": []})
    shown = [data.get("content") or ""]
    for embed in data.get("embeds") or ():
        shown += [embed.get("title") or "", embed.get("description") or ""]
    for text in filter(None, shown):
        check_shown(text, thrown)
    for row in data.get("components") or ():
        for button in row["components"]:
            check_words(button["label"], thrown=thrown)
    assert all(re.fullmatch(r"[\w-][\w.-]*", name) for name in names)


def check_choices(choices):
    assert len(choices) <= 25
    for choice in choices:
        checks.check_choice(choice, where="choices")
        check_words(choice["name"])


def answers_in(calls):
    return [call for call in calls if call.path.endswith("/callback")]


def check(calls, thrown):
    """Answered, and everything that was said may be seen. simcord has refused what is beyond Discord's limits."""
    assert len(answers_in(calls)) == 1
    for call in calls:
        body = call.json or {}
        if call.path.endswith("/callback"):
            body = body.get("data") or {}
        if "choices" in body:
            check_choices(body["choices"])
        elif call.method in ("POST", "PATCH") and not call.path.endswith(TALKS):
            check_message(body, thrown)


def is_said(calls):
    """Whether words were shown, and not only an acknowledgement."""
    bodies = [call.json.get("data") or call.json for call in calls if call.json]
    return any(body.get("content") or body.get("embeds") for body in bodies) or any(c.method == "DELETE" for c in calls)


# --- what is thrown ---------------------------------------------------------------------------------------------------


def options_of(command, ids):
    """Values of every kind, for options that are there and for others."""
    names = st.sampled_from([*(option.name for option in command.options), "style", "nothing", "b*a*d", "@everyone"])
    given = st.fixed_dictionaries(
        {"name": names, "type": st.sampled_from(list(OPTION_TYPES.values())), "value": words.typed_values(ids)}
    )
    return st.lists(given, max_size=4, unique_by=lambda option: option["name"])


def paths(registry):
    for command in registry.commands:
        if command.subcommands:
            yield from ((f"{command.name} {each.name}", each) for each in command.subcommands)
        else:
            yield command.name, command


def test_any_command_is_answered_without_markup(server, victim):
    known = list(paths(server.stage.world.registry))
    calls_of = st.sampled_from(known).flatmap(
        lambda found: st.tuples(st.just(found[0]), options_of(found[1], victim.ids))
    )
    unknown = st.tuples(words.text, st.just([]))

    @hostile(volumes.DISCORD_COMMANDS)
    @given(several(st.one_of(*[calls_of] * 9, unknown), st.sampled_from(range(3))))
    def throw(called):
        for (path, options), who in called:
            calls = server.slash(who, path, options)
            check(calls, (path, options))
            assert is_said(calls), (path, options)

    throw_all(server.stage, throw, at_least=volumes.DISCORD_COMMANDS)
    server.stage.run(victim.check_untouched())


def test_any_button_is_answered_without_markup(server, victim, shown):
    verbs = tuple(server.stage.world.registry.actions)

    @hostile(volumes.DISCORD_BUTTONS)
    @given(several(words.callbacks(verbs, victim.ids + server.stage.own), st.sampled_from(range(3))))
    def throw(pressed):
        for data, who in pressed:
            calls = server.press(who, data, shown)
            check(calls, data)
            assert is_said(calls), data

    throw_all(server.stage, throw, at_least=volumes.DISCORD_BUTTONS)
    server.stage.run(victim.check_untouched())


def test_any_typing_gets_a_list(server, victim):
    fields = [
        (path, option) for path, each in paths(server.stage.world.registry) for option in each.options if option.suggest
    ]

    @hostile(volumes.DISCORD_TYPING)
    @given(several(st.sampled_from(fields), words.typed_values(victim.ids), st.sampled_from(range(3))))
    def throw(typed):
        for (path, option), value, who in typed:
            focused = {"name": option.name, "type": 3, "value": value, "focused": True}
            calls = server.slash(who, path, [focused], kind=TYPING)
            check(calls, value)
            [answer] = answers_in(calls)  # there may be news of a job among them
            assert "choices" in answer.json["data"]

    throw_all(server.stage, throw, at_least=volumes.DISCORD_TYPING)


def test_any_message_can_be_asked_about(server, victim, shown):
    """The message menu looks at names of files and at buttons that anybody may have sent."""
    named = st.one_of(words.text, st.sampled_from(victim.ids).map("a_20261121_142312_{}_p1.png".format))

    @hostile(volumes.DISCORD_MENU)
    @given(several(named, words.callbacks(("again", "delete", "files"), victim.ids), st.sampled_from(range(3))))
    def throw(asked):
        for name, custom_id, who in asked:
            message = server.payload_of(shown) | {
                "attachments": [{"id": "1", "filename": name, "size": 1, "url": "https://x", "proxy_url": "https://x"}],
                "components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": custom_id}]}],
            }
            data = {
                "id": "1",
                "name": say("discord.about", "en"),
                "type": MESSAGE_MENU,
                "target_id": message["id"],
                "resolved": {"messages": {message["id"]: message}},
            }
            calls = server.throw(who, COMMAND, data)
            check(calls, (name, custom_id))
            assert is_said(calls), (name, custom_id)

    throw_all(server.stage, throw, at_least=volumes.DISCORD_MENU)
    server.stage.run(victim.check_untouched())


def test_somebody_else_s_piece_is_refused_on_discord_too(server, victim, shown):
    piece = victim.pieces[0]
    for verb in ("delete", "sure"):
        calls = server.press(1, Action(verb, piece).encode(), shown)
        bodies = [call.json.get("data") or call.json for call in calls if call.json]
        assert say("error.NotYourPiece", "en") in [body.get("content") for body in bodies]
    server.stage.run(victim.check_untouched())
