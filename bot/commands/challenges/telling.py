"""How a challenge is put into words: what is demanded, from when to when, who entered what, and what came of it.

Promises: everything is true when it is said; a text fits every platform. Not covered: markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.challenges.demands import Demands, Finding
from bot.challenges.moments import said_in
from bot.challenges.plan import Plan
from bot.challenges.tally import Standing
from bot.chat.messages import Attachment, Button
from bot.commands.showing import shown_files
from bot.commands.wording import Facts
from bot.making.part_names import instrument_called
from bot.store import PieceView
from bot.store.challenges import ChallengeView, Entry
from bot.texts import Language, clean, join, moment, say, style_name
from bot.texts.report import key_words
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.ensembles import named_players
from generator.catalogue.style import Style
from generator.errors import GeneratorError
from generator.notation.keys import read_key

MOST_LINE_CHARS = 300
LINES_CHARS = 1850  # Discord takes 2000, the title is beside it
CAPTION_CHARS = 900  # Telegram takes 1024 below a picture
USUAL = Style("", "Chopin, Frederic", "Keyboard")  # of an example, where no style is asked for
SIGNS = {True: "✓", False: "✗", None: "?"}


def when(at: float, plan: Plan, language: Language) -> str:
    """A moment by the clock of the challenge: "5 December 2026, 18:00 (Europe/Berlin)"."""
    return say("challenge.moment", language, at=moment(said_in(at, plan.zone), language), zone=plan.zone)


def plan_lines(plan: Plan, catalogue: Catalogue, language: Language) -> list[str]:
    """What is demanded, how many pieces one may enter, the times, and how it is voted."""
    lines = [
        *demand_lines(plan.demands, catalogue, language),
        say("challenge.each", language, n=plan.each),
        say("challenge.opens", language, at=when(plan.opens, plan, language)),
        say("challenge.closes", language, at=when(plan.closes, plan, language)),
        say("challenge.ends", language, at=when(plan.ends, plan, language)),
        say(f"challenge.by_{plan.voting}", language),
    ]
    if plan.every:
        lines.append(say(f"challenge.every_{plan.every}", language))
    return [*lines, say("challenge.prompted", language)] if plan.prompted else lines


def demand_lines(demands: Demands, catalogue: Catalogue, language: Language) -> list[str]:
    """One for each: "Key: A minor"."""
    wanted = demands.to_json()
    bars = _bars(demands)
    reach = f"{demands.lowest or '…'}–{demands.highest or '…'}" if demands.lowest or demands.highest else ""
    players = ", ".join(demands.players)
    found = {
        "composer": wanted.get("composer", ""),
        "instrumentation": "" if players else wanted.get("instrumentation", ""),
        "players": _players(demands, language),
        "key": wanted.get("key", ""),
        "metre": demands.metre,
        "bars": bars,
        "motif": demands.motif,
        "range": reach,
    }
    return [
        say(f"challenge.demand_{name}", language, value=in_words(name, value, catalogue, language))
        for name, value in found.items()
        if value
    ]


def words_for(demands: Demands, catalogue: Catalogue, language: Language) -> str:
    """What to ask for to have a piece that is let in, as far as words can say it: "Chopin keyboard, 16 bars"."""
    composer, instrumentation = demands.composer, demands.instrumentation
    style = Style("", composer, instrumentation) if composer or instrumentation else USUAL
    bars = demands.most_bars or demands.least_bars
    parts = (
        _players(demands, language) or style_name(catalogue.complete(style), language).strip(),
        key_words(read_key(demands.key), language) if demands.key else "",
        demands.metre,
        say("count.bars", language, n=bars) if bars else "",
    )
    return ", ".join(filter(None, parts))


def in_words(demand: str, value: str, catalogue: Catalogue, language: Language) -> Any:
    """A value of a demand as people of a language say it."""
    if demand == "key":
        try:
            return read_key(value)
        except GeneratorError:
            return value
    if demand in ("composer", "instrumentation"):
        style = catalogue.complete(Style("", value, "") if demand == "composer" else Style("", "", value))
        named = style.composer_in(language, short=True) if demand == "composer" else style.instrumentation_in(language)
        return named or value
    if demand == "players":
        return join((instrument_called(name, language) for name in value.split(", ")), language)
    return value


def finding_line(finding: Finding, catalogue: Catalogue, language: Language) -> str:
    """For example "Key: A minor ✓", "Bars: 24 ✗ (wanted: 16)"."""
    found = in_words(finding.demand, finding.found, catalogue, language) if finding.found else "–"
    if finding.demand == "motif" and finding.found:
        found = say("challenge.motif_in", language, bar=finding.found)
    line = f"{say(f'challenge.demand_{finding.demand}', language, value=found)} {SIGNS[finding.holds]}"
    if finding.holds:
        return line
    wanted = in_words(finding.demand, finding.wanted, catalogue, language)
    return f"{line} ({say('challenge.wanted', language, value=wanted)})"


def entry_line(entry: Entry, language: Language) -> str:
    """Why an entry is out, "" if it is in."""
    return (
        ""
        if entry.is_in
        else say(f"challenge.is_{entry.state}", language, reason=clean(entry.reason or "–", limit=200))
    )


def score_words(standing: Standing, plan: Plan, language: Language) -> str:
    """For example "5 votes"."""
    if plan.voting == "ranking":
        return say("challenge.points", language, n=int(standing.score))
    if plan.voting == "pairs":
        return say("challenge.share", language, percent=round(100 * standing.score), n=standing.votes)
    return say("challenge.votes", language, n=int(standing.score))


def anonymous_files(
    entry: Entry, piece: PieceView, facts: Facts, paths: Callable[[str], Path], language: Language
) -> list[Attachment]:
    """The first page and what can be heard; by their names nobody can tell whose they are."""
    title = say("challenge.entry", language, number=entry.number)
    files = [file for file in shown_files(facts, piece, paths, language) if not file.optional]
    return [_renamed(file, f"entry_{entry.challenge}_{entry.number}", title) for file in files]


def _renamed(file: Attachment, name: str, title: str) -> Attachment:
    spare = None if file.spare is None else _renamed(file.spare, name, title)
    described = title if file.description else ""
    heard = title if file.kind == "audio" else ""
    return replace(
        file,
        name=f"{name}{_ending(file.name)}",
        description=described,
        title=heard,
        performer="" if not heard else "?",
        spare=spare,
    )


def _ending(name: str) -> str:
    """Of a piece's file: "_p1.png", ".mp3"."""
    stem, dot, last = name.rpartition(".")
    page = stem.rpartition("_")[2]
    return f"_{page}{dot}{last}" if page[:1] == "p" and page[1:].isdecimal() else f"{dot}{last}"


def rows(buttons: Sequence[Button], wide: int = 5) -> Sequence[Sequence[Button]]:
    """At most five rows of five."""
    kept = list(buttons)[:25]
    return [kept[start : start + wide] for start in range(0, len(kept), wide)]


def cut_lines(lines: Sequence[str], limit: int = LINES_CHARS) -> str:
    """As many lines as fit."""
    text = "\n".join(line if len(line) <= MOST_LINE_CHARS else line[: MOST_LINE_CHARS - 1] + "…" for line in lines)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def listed(view: ChallengeView, language: Language) -> str:
    """A challenge in one line."""
    stage = say(f"challenge.stage_{view.stage}", language)
    return say("challenge.listed", language, id=view.id, theme=view.plan.theme, stage=stage)


def places_of(standings: Sequence[Standing]) -> Mapping[int, Standing]:
    """By number of the entry."""
    return {standing.number: standing for standing in standings}


def _players(demands: Demands, language: Language) -> str:
    if not demands.players:
        return ""
    try:
        return join((named.named(language) for named in named_players(demands.players)), language)
    except GeneratorError:
        return ", ".join(demands.players)


def _bars(demands: Demands) -> str:
    least, most = demands.least_bars, demands.most_bars
    if least and least == most:
        return str(least)
    if least and most:
        return f"{least}–{most}"
    return f"≤ {most}" if most else f"≥ {least}" if least else ""
