"""How whole pieces and requests are put into words.

Promises: a caption has at most `CAPTION_CHARS` characters, its title included; whatever a record lacks, because it is
old, is left out. Not covered: markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.making.kinds import kind_of
from bot.texts import FALLBACK, Language, has_text, join, moment, say, signs, style_name
from bot.texts.remarks import remark_words
from bot.texts.report import human_line, key_words, report_line, shared_line
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from renderers.formats import FORMATS

CAPTION_CHARS = 1000  # Telegram takes 1024
DETAILS_CHARS = 1900  # Discord takes 2000
REMARKS_IN_CAPTION = 3  # Details have the others
BAR_SIGNS = 12
FIGURES_TOLD = 12  # of those beside human pieces
_TEMPO = re.compile(r"=\s*(\d{1,3})")


@dataclass(frozen=True)
class Facts:
    """What a piece's record says, with None for what it does not say."""

    record: Mapping[str, Any]
    catalogue: Catalogue

    @property
    def id(self) -> str:
        return str(self.record.get("id", ""))

    @property
    def request(self) -> Mapping[str, Any]:
        return self.record.get("request") or {}

    @property
    def card(self) -> Mapping[str, Any]:
        """The report card."""
        return self.record.get("report_card") or {}

    @cached_property
    def style(self) -> Style:
        named = self.record.get("style") or self.request
        period, composer, instrumentation = (
            str(named.get(name) or "") for name in ("period", "composer", "instrumentation")
        )
        return self.catalogue.complete(Style(period, composer, instrumentation))

    @property
    def key(self) -> str | None:
        return self.record.get("key") or self.request.get("key")

    @property
    def metre(self) -> str | None:
        return self.card.get("metre") or self.request.get("metre")

    @property
    def tempo(self) -> int | None:
        """Quarter notes a minute."""
        found = _TEMPO.search(str(self.card.get("tempo") or ""))
        return int(found[1]) if found else self.request.get("tempo")

    @property
    def bars(self) -> int | None:
        return self.card.get("bars") or self.request.get("bars")

    @property
    def seconds(self) -> float | None:
        """As it is played, repeats and all."""
        return self.record.get("seconds") or self.card.get("seconds")

    def caption(self, language: Language, note: str = "") -> str:
        """Style, key, metre, tempo; how it was made; the report card; what else there is to say; a note; the id."""
        report, (how, *remarks) = self.report(language), kind_of(self.record).how_made(self.record, language) or ("",)
        remarks += [self.missing(language), note, *self._remarks_in_caption(language)]
        lines = [self.music(language), how, report, *remarks, say("result.id", language, id=self.id)]
        excess = sum(map(len, lines)) + len(lines) + len(self.title(language)) - CAPTION_CHARS
        if excess > 0:
            lines[2] = report[: max(0, len(report) - excess - 1)] + "…"
        return "\n".join(line for line in lines if line)

    def title(self, language: Language) -> str:
        """The headline: what stands above the music, where that is in this language."""
        printed = self.record.get("title") if language == FALLBACK else None
        named = " · ".join(filter(None, (style_name(self.style, language), key_words(self.key, language))))
        return str(printed or named)[:200]

    def music(self, language: Language) -> str:
        """For example "Chopin keyboard · A minor · 3/4 · ♩ = 90"."""
        tempo = f"♩ = {self.tempo}" if self.tempo else ""
        metre = say("report.no_metre", language) if self.metre == "none" else self.metre
        return " · ".join(filter(None, (style_name(self.style, language), key_words(self.key, language), metre, tempo)))

    def report(self, language: Language) -> str:
        """The report card in one line."""
        return report_line(self.card, language) if self.card else str(self.record.get("report") or "")

    def missing(self, language: Language) -> str:
        """What could not be made of it, in a sentence; "" where all is there."""
        rows = [row for row in FORMATS if row.offered and row.name in self.record.get("missing", ())]
        named = [say(f"format.{row.name}", language) for row in rows]
        return say("result.missing", language, formats=join(named, language)) if named else ""

    def remarks(self, language: Language) -> list[str]:
        """What could not be kept of the notation that came in, each in a sentence."""
        return [remark_words(remark, language) for remark in self.record.get("remarks") or ()]

    def _remarks_in_caption(self, language: Language) -> list[str]:
        remarks = self.remarks(language)
        told, others = remarks[:REMARKS_IN_CAPTION], len(remarks) - REMARKS_IN_CAPTION
        return [*told, say("result.more_remarks", language, n=others)] if others > 0 else told

    def describe_page(self, page: int, pages: int, language: Language) -> str:
        """For somebody who cannot see the picture."""
        return say(
            "result.page_description",
            language,
            page=page,
            pages=pages,
            bars=say("count.bars", language, n=self.bars or "?"),
            music=self.music(language),
        )


def progress_bar(done: int, count: int) -> str:
    """For example "▰▰▰▱▱▱▱▱▱▱▱▱"."""
    filled = BAR_SIGNS * max(0, min(done, count)) // max(1, count)
    return "▰" * filled + "▱" * (BAR_SIGNS - filled)


# --- everything -------------------------------------------------------------------------------------------------------


def details(facts: Facts, language: Language) -> str:
    """All there is to know about a piece, line by line."""
    record = facts.record
    model = record.get("model") or {}
    lines = [
        facts.caption(language),
        say("details.made", language, made=_made(facts, language), credit=record.get("credit", "?")),
        say("details.voices", language, voices=_voices(facts.card, language)) if facts.card.get("ranges") else "",
        *_human_lines(facts, language),
        shared_line(facts.card, language),
        _pairs("details.counts", facts.card.get("counts"), language),
        _pairs("details.timings", record.get("timings"), language),
        say("details.model", language, file=model.get("file", "?"), fingerprint=str(model.get("sha256", "?"))[:12]),
        _pairs("details.versions", record.get("versions"), language),
        *facts.remarks(language)[REMARKS_IN_CAPTION:],
    ]
    text = "\n".join(filter(None, lines))
    return text if len(text) <= DETAILS_CHARS else text[: DETAILS_CHARS - 1] + "…"


def _made(facts: Facts, language: Language) -> str:
    return moment(str(facts.record.get("made", "?")), language)


def _voices(card: Mapping[str, Any], language: Language) -> str:
    ranges = (
        f"{voice.get('instrument') or voice.get('voice')} {voice.get('lowest')}–{voice.get('highest')}"
        for voice in card["ranges"]
    )
    return join(ranges, language)


def _human_lines(facts: Facts, language: Language) -> list[str]:
    """The piece beside human ones: how many figures are usual, those that are not, and some that are."""
    human = facts.card.get("human")
    if not human or not human.get("figures"):
        return []
    figures = [figure for figure in human["figures"] if has_text(f"feature.{figure['name']}")]
    outside = [figure for figure in figures if not figure["inside"]]
    inside = [figure for figure in figures if figure["inside"]]
    told = {
        "details.unusual": outside[:FIGURES_TOLD],
        "details.usual": inside[: max(0, FIGURES_TOLD - len(outside))],
    }
    return [
        human_line(facts.card, facts.style, language),
        *(say(key, language, figures=_figures(chosen, language)) for key, chosen in told.items() if chosen),
    ]


def _figures(figures: Sequence[Mapping[str, Any]], language: Language) -> str:
    """For example "leaps 24 % (0–12 %), polyphony 3.2 (1.5–2.9)"."""
    return join((_figure(figure, language) for figure in figures), language)


def _figure(figure: Mapping[str, Any], language: Language) -> str:
    name, value, low, high = (figure[part] for part in ("name", "value", "low", "high"))
    if figure["unit"] == "share":
        value, low, high = (signs(f"{100 * number:.3g}", language) for number in (value, low, high))
        key = "details.percentage"
    else:
        value, low, high = (signs(f"{number:.3g}", language) for number in (value, low, high))
        key = "details.number"
    return say(key, language, name=say(f"feature.{name}", language), value=value, low=low, high=high)


def _pairs(key: str, values: Mapping[str, Any] | None, language: Language) -> str:
    if not values:
        return ""
    return say(key, language, pairs=tuple(f"{name} {value}" for name, value in values.items()))
