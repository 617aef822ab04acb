"""`/server`: what those who manage a server or group set there for everybody in it: listed, changed, taken back.

Everybody else is told in a sentence that it is not for them; in a private talk it says what it is for. The rules are
kept where they matter: channels and language in `running.py`, the longest piece in `requests.py`, the quota where
requests are counted, deleting in `pieces.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.chat.messages import Action, Button, Reply
from bot.commands.access import is_admin, server_key
from bot.commands.command import Context
from bot.commands.errors import (
    MayNotSpeakThere,
    NoServerHere,
    NoSuchChannel,
    NotAWordHere,
    NotManager,
    NowhereToShare,
    StaleButton,
)
from bot.commands.requests import most_bars
from bot.commands.zones import zone_meant, zone_words
from bot.jobs.curating import USUAL_STARS, place_name_of
from bot.store import ServerChange, ServerRules
from bot.store.servers import MOST_CHANNELS, MOST_WORD_CHARS, MOST_WORDS
from bot.texts import Language, clean, join, languages, moment, say

DELETING_CHOICES = ("asker", "both", "managers")
LANGUAGE_CHOICES = ("each", *languages())
CHANGES_LISTED = 5
HERE, EVERYWHERE = ("here", "hier", "这里", "這裡"), ("all", "everywhere", "alle", "überall", "全部")
NONE, ME = ("none", "off", "no", "keine", "kein", "aus", "无", "無", "关", "關"), ("me", "mir", "mich", "我")
_CHANNEL = re.compile(r"<?#?(?P<id>[0-9]{1,25})>?")
UNDO, RESET = "undo", "reset"


async def handle_show(context: Context) -> None:
    """All rules, and the last changes."""
    await check_manager(context)
    await context.reply(await _reply(context, context.rules, title="server.title"))


async def handle_set(context: Context) -> None:
    """Change what was given, and show all. What stands for "as usual" takes a rule away."""
    key = await check_manager(context)
    changes = _changes(context, context.options)
    rules = await context.services.store.servers.change(key, by=context.person.key, **changes)
    title = "server.changed" if rules != context.rules else "server.title"
    await context.reply(await _reply(context, rules, title=title))


async def handle_undo(context: Context) -> None:
    """Take the last change back."""
    await context.reply(await _undo(context))


async def handle_forget(context: Context) -> None:
    """Ask once, then forget all rules and who set them."""
    await check_manager(context)
    language = context.language
    button = Button(say("button.forget_rules", language), Action("server", argument=RESET), "danger")
    text = say("server.question", language)
    await context.reply(Reply(text, buttons=((button,),), private=True, language=language))


async def press_server(context: Context, action: Action) -> None:
    """The buttons below the rules."""
    if action.argument == UNDO:
        await context.edit(await _undo(context))
        return
    if action.argument != RESET:
        raise StaleButton
    key = await check_manager(context)
    await context.services.store.servers.reset(key)
    text = say("server.forgotten", context.language)
    await context.edit(Reply(text, private=True, language=context.language))


async def _undo(context: Context) -> Reply:
    key = await check_manager(context)
    servers = context.services.store.servers
    undone = await servers.undo(key)
    title = "server.undone" if undone is not None else "server.nothing_to_undo"
    return await _reply(context, await servers.rules(key), title=title)


async def handle_gallery(context: Context) -> None:
    """Where pieces are shown that so many people liked; "none" ends it. Raises NowhereToShare, MayNotSpeakThere."""
    key = await check_manager(context)
    changes: dict[str, Any] = {name: context.options[name] or None for name in ("stars",) if name in context.options}
    if named := str(context.options.get("where") or "").strip():
        changes["gallery"] = None if named.lower() in NONE else await _place_of_server(context, named)
    rules = await context.services.store.servers.change(key, by=context.person.key, **changes)
    language = context.language
    notes = [say("server.gallery_how" if rules.gallery else "server.gallery_none", language)]
    if rules.gallery and not await context.here.hears_reactions():
        notes.append(say("server.reactions_unheard", language))
    lines = "\n".join([*_community_lines(context, rules)[:2], *notes])
    await context.reply(Reply(lines, title=say("server.gallery_title", language), private=True, language=language))


async def handle_reported(context: Context) -> None:
    """Where those who manage it hear of reports: "me" for a private talk, "none" for nowhere."""
    key = await check_manager(context)
    named = str(context.options["to"]).strip()
    if named.lower() in NONE:
        place = None
    elif named.lower() in ME:
        place = context.person.key
    else:
        place = await _place_of_server(context, named)
    rules = await context.services.store.servers.change(key, by=context.person.key, reports=place)
    language = context.language
    text = "\n".join([_community_lines(context, rules)[2], say("server.reported_how", language)])
    await context.reply(Reply(text, title=say("server.title", language), private=True, language=language))


async def handle_words(context: Context) -> None:
    """The words that titles and themes must not hold: added, removed, listed. Raises NotAWordHere."""
    key = await check_manager(context)
    language, rules = context.language, context.rules
    words = list(rules.words)
    for word in _words(context.options.get("remove")):
        if word not in words:
            raise NotAWordHere(reason="unknown", value=word)
        words.remove(word)
    for word in _words(context.options.get("add")):
        if not any(char.isalnum() for char in word):
            raise NotAWordHere(value=clean(word))
        words += [word] if word not in words else []
    if len(words) > MOST_WORDS:
        raise NotAWordHere(reason="many", value="", limit=MOST_WORDS)
    if tuple(words) != rules.words:
        await context.services.store.servers.change(key, by=context.person.key, words=tuple(words))
    listed = say("server.words_list", language, words=join(words, language)) if words else ""
    text = "\n".join(filter(None, (listed or say("server.words_none", language), say("server.words_how", language))))
    title = say("server.words_title", language)
    await context.reply(Reply(text[:3500], title=title, private=True, personal=True, language=language))


def _words(text: Any) -> list[str]:
    """Each between commas."""
    parts = re.split(r"[,;，、；]", str(text or ""))
    return [word for part in parts if (word := clean(part.lower(), limit=MOST_WORD_CHARS))]


async def _place_of_server(context: Context, named: str) -> str:
    """As rules name a place: one of this server, or one that whoever asks manages as well.

    Raises NowhereToShare, MayNotSpeakThere, NotManager.
    """
    here = context.address
    if named.lower() in HERE:
        return place_name_of(here)
    found = await context.here.find_place(named, context.language)
    if found is None:
        raise NowhereToShare(value=clean(named))
    if found.address.guild != here.guild and not await context.here.manages(found.address.chat):
        raise NotManager
    if not found.bot_may_speak:
        raise MayNotSpeakThere(name=found.name)
    return place_name_of(found.address)


async def check_manager(context: Context) -> str:
    """The key of the server. Raises NoServerHere, NotManager."""
    key = server_key(context.address)
    if key is None:
        raise NoServerHere
    if not (is_admin(context.services.settings, context.person) or await context.here.is_managed()):
        raise NotManager
    return key


# --- changing ---------------------------------------------------------------------------------------------------------


def _changes(context: Context, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as the store has them: 0 is no number of the server's own, "each" no language.

    Raises NoSuchChannel, NoSuchZone.
    """
    changes: dict[str, Any] = {name: options[name] or None for name in ("quota", "bars") if name in options}
    if "language" in options:
        changes["language"] = None if options["language"] == "each" else options["language"]
    if "delete" in options:
        changes["deleting"] = options["delete"]
    if "zone" in options:
        changes["zone"] = zone_meant(str(options["zone"]))
    if "channels" in options:
        changes["channels"] = _channels(context, str(options["channels"]))
    return changes


def _channels(context: Context, text: str) -> tuple[str, ...]:
    """Those that are named, each once; none for "all"."""
    words = re.split(r"[\s,;，、]+", text.strip())
    if any(word.lower() in EVERYWHERE for word in words):
        return ()
    named = dict.fromkeys(channel_called(context, word) for word in words if word)
    if len(named) > MOST_CHANNELS:
        raise NoSuchChannel(value=clean(text))
    return tuple(named)


def channel_called(context: Context, word: str) -> str:
    """The id of a channel or topic of this server. Raises NoSuchChannel."""
    if word.lower() in HERE and context.here.places:
        return context.here.places[0]
    found = _CHANNEL.fullmatch(word)
    if found is None or not context.here.name_of(found["id"], context.language):
        raise NoSuchChannel(value=clean(word))
    return found["id"]


# --- showing ----------------------------------------------------------------------------------------------------------


async def _reply(context: Context, rules: ServerRules, *, title: str) -> Reply:
    language = context.language
    key = server_key(context.address)
    changes = await context.services.store.servers.changes(key) if key is not None else []
    lines = [*_lines(context, rules), say("server.hint", language)]
    if changes:
        lines += [say("server.changes", language), *(_line(context, change) for change in changes[:CHANGES_LISTED])]
    can_undo = any(not change.undone for change in changes)
    buttons = ((Button(say("button.undo", language), Action("server", argument=UNDO)),),) if can_undo else ()
    return Reply(
        "\n".join(lines),
        title=say(title, language),
        buttons=buttons,
        private=True,
        language=language,
    )


def _lines(context: Context, rules: ServerRules) -> list[str]:
    """One for each rule."""
    settings, language = context.services.settings, context.language
    quota = settings.pieces_per_guild_per_day
    usual_quota = say("count.pieces", language, n=quota) if quota else say("server.no_limit", language)
    longest = say("count.bars", language, n=most_bars(settings))
    said = _said(context, rules)
    usual = {
        "channels": say("server.everywhere", language),
        "language": say("choice.each", language),
        "quota": say("server.as_usual", language, value=usual_quota),
        "bars": say("server.as_usual", language, value=longest),
    }
    return [
        say("server.channels", language, value=said["channels"] or usual["channels"]),
        say("server.language", language, value=said["language"] or usual["language"]),
        say("server.quota", language, value=said["quota"] or usual["quota"]),
        say("server.bars", language, value=said["bars"] or usual["bars"]),
        say("server.deleting", language, value=said["deleting"]),
        say("server.zone", language, value=zone_words(rules.zone, settings)),
        *_community_lines(context, rules),
    ]


def _said(context: Context, rules: ServerRules) -> dict[str, str]:
    """Each rule in words, "" for what was not set."""
    language = context.language
    names = [place_name(context, place, language) for place in rules.channels]
    return {
        "channels": join(names, language),
        "language": say(f"choice.{rules.language}", language) if rules.language else "",
        "quota": say("count.pieces", language, n=rules.quota) if rules.quota is not None else "",
        "bars": say("count.bars", language, n=rules.bars) if rules.bars is not None else "",
        "deleting": say(f"choice.{rules.deleting}", language),
        "zone": rules.zone or "",
        "gallery": _named_place(context, rules.gallery),
        "stars": str(rules.stars or ""),
        "reports": _named_place(context, rules.reports),
        "words": str(len(rules.words) or ""),
    }


def _named_place(context: Context, place: str | None) -> str:
    """A place of the rules as people know it."""
    if place is None:
        return ""
    if place == context.person.key:
        return say("server.you_in_private", context.language)
    if place.startswith(f"{context.person.platform}:"):
        return say("server.one_in_private", context.language)
    chat, _, topic = place.partition("/")
    return place_name(context, topic or chat, context.language)


def _community_lines(context: Context, rules: ServerRules) -> list[str]:
    """The gallery, how many stars it takes, where reports go, how many words are not wanted."""
    said, language = _said(context, rules), context.language
    return [
        say("server.gallery", language, value=said["gallery"] or "–"),
        say("server.stars", language, value=said["stars"] or str(USUAL_STARS)),
        say("server.reports", language, value=said["reports"] or say("server.reports_kept", language)),
        say("server.words", language, value=said["words"] or "–"),
    ]


def _line(context: Context, change: ServerChange) -> str:
    """For example "2026-11-29 20:41 · discord:77 · quota=20"."""
    language = context.language
    before, after = _said(context, change.before), _said(context, change.after)
    what = join(
        (say(f"server.{name}", language, value=after[name] or "–") for name in after if after[name] != before[name]),
        language,
    )
    at = moment(datetime.fromtimestamp(change.at, UTC).isoformat(timespec="minutes"), language)
    who = change.person or "–"
    line = say("server.change", language, at=at, who=who, what=what)
    return f"{line} ({say('server.taken_back', language)})" if change.undone else line


def place_name(context: Context, place: str, language: Language) -> str:
    """As people know it, else its number."""
    return context.here.name_of(place, language) or place
