"""`/admin`: for those whom the settings name. `run_command` refuses everybody else before anything here is called."""

from __future__ import annotations

import re
from typing import Any, cast

from bot.chat.messages import Reply
from bot.commands.command import Context
from bot.commands.errors import NoSuchTarget
from bot.commands.queueing import cancel_buttons, waiting_line
from bot.store import Rule
from bot.texts import Language, clean, duration, join, say

KINDS = ("person", "guild", "chat")
QUOTA_KINDS = ("person", "guild")
MOST_LISTED, MOST_RULES = 15, 40
_WHO = re.compile(r"(?:(?P<platform>[a-z]{1,20}):)?(?:<@!?)?(?P<id>-?[0-9A-Za-z_]{1,40})>?")


async def handle_pause(context: Context) -> None:
    """Accept, but begin nothing."""
    await context.services.jobs.pause()
    await _say(context, "admin.paused")


async def handle_resume(context: Context) -> None:
    """Begin again."""
    await context.services.jobs.resume()
    await _say(context, "admin.resumed")


async def handle_drain(context: Context) -> None:
    """Accept nothing more and wait for what runs, before a restart."""
    limit_s = context.services.settings.drain_s
    await _say(context, "admin.draining", time=duration(limit_s, context.language))
    done = await context.services.jobs.drain(limit_s)
    await _say(context, "admin.drained" if done else "admin.not_drained")


async def handle_queue(context: Context) -> None:
    """Everybody's jobs in the order they will be made."""
    language, services = context.language, context.services
    everything = await services.jobs.board.waiting()
    lines = [
        f"{waiting_line(each, services.catalogue, language)} · {each.job.person}" for each in everything[:MOST_LISTED]
    ]
    if len(everything) > MOST_LISTED:
        lines.append(say("admin.more", language, n=len(everything) - MOST_LISTED))
    title = say("admin.queue", language, n=len(everything))
    buttons = cancel_buttons(everything[:MOST_LISTED], language)
    text = "\n".join(lines) or say("admin.nothing_waits", language)
    await context.reply(Reply(text, title=title, buttons=buttons, private=True, personal=True, language=language))


async def handle_clear(context: Context) -> None:
    """Cancel all that wait."""
    await _say(context, "admin.cleared", n=await context.services.jobs.clear())


async def handle_retry(context: Context) -> None:
    """Try again to deliver what was given up."""
    await _say(context, "admin.retried", n=await context.services.jobs.retry())


async def handle_block(context: Context) -> None:
    """From now on a polite no."""
    kind, key = _target(context)
    await context.services.store.rules.set(kind, key, "block")
    await _say(context, "admin.blocked", key=key)


async def handle_allow(context: Context) -> None:
    """Let in, whatever the lists of the settings say."""
    kind, key = _target(context)
    await context.services.store.rules.set(kind, key, "allow")
    await _say(context, "admin.allowed", key=key)


async def handle_unblock(context: Context) -> None:
    """Take back what was decided: the lists of the settings count again."""
    kind, key = _target(context)
    await context.services.store.rules.set(kind, key, None)
    await _say(context, "admin.unblocked", key=key)


async def handle_quota(context: Context) -> None:
    """Pieces a day for one person or guild; without a number, as the settings say."""
    kind, key = _target(context)
    pieces = context.options.get("pieces")
    await context.services.store.rules.set_quota(kind, key, pieces)
    if pieces is None:
        await _say(context, "admin.quota_usual", key=key)
    else:
        await _say(context, "admin.quota", key=key, n=pieces)


async def handle_rules(context: Context) -> None:
    """Who is blocked or allowed, and whose quota is another one."""
    language = context.language
    rules = await context.services.store.rules.all()
    lines = [_rule_line(rule, language) for rule in rules[:MOST_RULES]]
    if len(rules) > MOST_RULES:
        lines.append(say("admin.more", language, n=len(rules) - MOST_RULES))
    lines.append(say("admin.rules_hint" if rules else "admin.no_rules", language))
    title = say("count.rules", language, n=len(rules))
    await context.reply(Reply("\n".join(lines), title=title, private=True, personal=True, language=language))


def _rule_line(rule: Rule, language: Language) -> str:
    """For example "Person discord:4711: blocked, 3 pieces a day"."""
    verdicts = {"block": "admin.rule_block", "allow": "admin.rule_allow"}
    said = [say(verdicts[rule.verdict], language)] if rule.verdict is not None else []
    if rule.quota is not None:
        said.append(say("admin.rule_quota", language, n=rule.quota))
    return say(
        "admin.rule", language, kind=say(f"choice.{rule.kind}", language), key=rule.key, what=join(said, language)
    )


async def handle_stats(context: Context) -> None:
    """How the bot is doing."""
    services, language = context.services, context.language
    summary, counts = await services.jobs.board.summary(), await services.store.pieces.counts()
    rules = await services.store.rules.all()
    text = say(
        "admin.stats",
        language,
        running=summary.running,
        slots=summary.slots,
        queued=summary.queued,
        oldest=duration(summary.oldest_s, language) if summary.oldest_s is not None else "–",
        done=summary.done_today,
        failed=summary.failed_today,
        undelivered=summary.undelivered,
        doubtful=summary.doubtful,
        unreachable=summary.unreachable,
        pieces=say("count.pieces", language, n=counts.pieces),
        files=say("count.files", language, n=counts.files),
        megabytes=f"{counts.bytes / 1e6:.1f}",
        rules=say("count.rules", language, n=len(rules)),
        health=services.jobs.board.health().detail,
    )
    state = [say("status.paused", language)] * summary.paused + [say("error.Draining", language)] * summary.draining
    title = say("admin.stats_title", language)
    await context.reply(Reply("\n".join([text, *state]), title=title, private=True, personal=True, language=language))


async def _say(context: Context, key: str, /, **values: Any) -> None:
    await context.reply(
        Reply(say(key, context.language, **values), private=True, personal=True, language=context.language)
    )


def _target(context: Context) -> tuple[Any, str]:
    """The kind and the key "discord:4711", whose platform may be left out, of whom a rule is about."""
    who = str(context.options["who"]).strip()
    found = _WHO.fullmatch(who)
    if found is None:
        raise NoSuchTarget(value=clean(who))
    platform = found["platform"] or context.person.platform
    return cast(Any, context.options.get("kind", "person")), f"{platform}:{found['id']}"
