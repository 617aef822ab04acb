"""How whole pieces and requests are put into words.

Promises: a caption has at most `CAPTION_CHARS` characters, its title included; whatever a record lacks, because it is
old, is left out. Not covered: markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.making.kinds import kind_of
from bot.making.merge import ranges_words
from bot.making.part_names import instrument_called
from bot.texts import FALLBACK, Language, clean, grammar, has_text, join, moment, say, signs, style_name
from bot.texts.remarks import remark_words
from bot.texts.report import (
    bad_lines,
    count_lines,
    human_line,
    report_line,
    shared_line,
    time_words,
    timing_line,
    unusual_line,
)
from bot.texts.titles import Named, beat_words, pace_of, pace_words
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.ensembles import in_score_order, named_players
from generator.catalogue.ranges import midi_pitch
from generator.catalogue.style import Style
from generator.finishing.credits import COLLECTIVES
from generator.notation.keys import read_key
from renderers.formats import FORMATS

CAPTION_CHARS = 960  # Telegram takes 1024, and a link to the piece comes behind it
DETAILS_CHARS = 1900  # Discord takes 2000
HANDS_TOLD = 8  # the newest
REMARKS_IN_CAPTION = 3  # Details have the others
BAR_SIGNS = 12
FIGURES_TOLD = 12  # of those beside human pieces


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
        """The one that is heard, where that is known."""
        return self.record.get("title_key") or self.record.get("key") or self.request.get("key")

    @property
    def metre(self) -> str | None:
        return self.card.get("metre") or self.request.get("metre")

    @property
    def tempo(self) -> str | None:
        """As in a tune: "1/4=90"."""
        asked = self.request.get("tempo")
        return self.card.get("tempo") or (f"1/4={asked}" if asked else None)

    @property
    def pace(self) -> str:
        return str(self.record.get("pace") or pace_of(self.tempo))

    @property
    def bars(self) -> int | None:
        return self.card.get("bars") or self.request.get("bars")

    @property
    def seconds(self) -> float | None:
        """As it is played, repeats and all."""
        return self.record.get("seconds") or self.card.get("seconds")

    def caption(self, language: Language, note: str = "", asker: str = "") -> str:
        """Who plays and how long; what it was made from; what is wrong with it; what else there is to say; the id.

        asker: who asked for it, where others read along.
        """
        whose = say("result.asked_by", language, name=asker) if asker else ""
        lines = [self.music(language), *kind_of(self.record).how_made(self.record, language), whose]
        lines += [
            self.hands(language),
            *self.bad(language),
            self.missing(language),
            note,
            *self._remarks_in_caption(language),
        ]
        text, last = "\n".join(filter(None, lines)), "\n" + say("result.id", language, id=self.id)
        room = CAPTION_CHARS - len(last) - len(self.title(language)) - 1
        return (text if len(text) <= room else text[: room - 1] + "…") + last

    def hands(self, language: Language) -> str:
        """Who of several people changed which bars."""
        hands = self.record.get("hands") or ()
        told = [
            say(
                "together.hand",
                language,
                name=clean(str(hand.get("name") or ""), limit=40) or say("together.somebody", language),
                bars=ranges_words(hand.get("bars") or (), language),
            )
            for hand in hands[-HANDS_TOLD:]
        ]
        return say("together.hands", language, who=say("heard.between", language).join(told)) if told else ""

    def title(self, language: Language) -> str:
        """What the piece is called; of music that somebody sent, or that is older than titles, what is printed."""
        printed = str(self.record.get("title") or "")
        is_said = language == FALLBACK or not self.style.composer or bool(self.record.get("sheet"))
        if "genre" not in self.record and printed and is_said:
            return printed[:200]
        genre = str(self.record.get("genre") or "")
        key = read_key(self.key) if self.key and self.key != "none" else None
        return Named(genre=genre, metre=self.metre or "", pace=self.pace, key=key).title(language)[:200]

    def music(self, language: Language) -> str:
        """What the title does not say: "Chopin keyboard · 3/4 · Andante (♩ = 90) · 16 bars, 38 s"."""
        beat, pace = beat_words(self.tempo, language), pace_words(self.pace, language)
        tempo = (
            beat if not pace or pace in self.title(language) else say("result.tempo", language, pace=pace, beat=beat)
        )
        metre = say("report.no_metre", language) if self.metre == "none" else self.metre
        return " · ".join(filter(None, (self.players(language), metre, tempo, self.length(language))))

    def players(self, language: Language) -> str:
        """The style, and who was asked for by name."""
        style = style_name(self.style, language) if self.style.composer else ""
        named = named_players(in_score_order(self.request.get("players") or ()))
        return " · ".join(filter(None, (style, join((name.named(language) for name in named), language))))

    def length(self, language: Language) -> str:
        """As it is played: "16 bars, 38 s"."""
        bars = say("count.bars", language, n=self.bars) if self.bars else ""
        return join(filter(None, (bars, time_words(self.seconds, language) if self.seconds else "")), language)

    def line(self, language: Language) -> str:
        """In a list: "Andante in A minor · Chopin keyboard · 16 bars, 38 s"."""
        return " · ".join(filter(None, (self.title(language), self.players(language), self.length(language))))

    def bad(self, language: Language) -> list[str]:
        """What the report finds wrong with it, each in a sentence."""
        part = (self.record.get("transposed") or {}).get("part") or {}
        return (
            bad_lines(
                self.card,
                language,
                key=self.record.get("key"),
                style=self.style,
                told=part.get("voice"),
                called=instrument_called,
            )
            if self.card
            else []
        )

    def report(self, language: Language) -> str:
        """The report card in one line."""
        return report_line(self.card, language) if self.card else str(self.record.get("report") or "")

    def missing(self, language: Language) -> str:
        """What could not be made of it, and why, in a sentence; "" where all is there."""
        whys: dict[str, str] = dict(self.record.get("missing") or {})
        rows = [row for row in FORMATS if row.offered and not row.for_some and row.name in whys]
        formats = join(dict.fromkeys(say(f"format.{row.name}", language) for row in rows), language)
        reasons = dict.fromkeys(f"why.{whys[row.name]}" for row in rows)
        why = join((say(reason, language) for reason in reasons if has_text(reason)), language)
        if not formats:
            return ""
        return say("result.missing_why" if why else "result.missing", language, formats=formats, why=why)

    def not_of_this(self, language: Language) -> str:
        """What only some pieces can be written as, and this one cannot, in a sentence; "" where all is there."""
        whys: dict[str, str] = dict(self.record.get("missing") or {})
        rows = [row for row in FORMATS if row.for_some and has_text(f"why.{whys.get(row.name)}")]
        said = (
            say(
                "result.not_of_this",
                language,
                formats=say(f"format.{row.name}", language),
                why=say(f"why.{whys[row.name]}", language),
            )
            for row in rows
        )
        return "\n".join(said)

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
            title=self.title(language),
            music=self.music(language),
        )


def progress_bar(done: int, count: int) -> str:
    """For example "▰▰▰▱▱▱▱▱▱▱▱▱"."""
    filled = BAR_SIGNS * max(0, min(done, count)) // max(1, count)
    return "▰" * filled + "▱" * (BAR_SIGNS - filled)


# --- everything -------------------------------------------------------------------------------------------------------


def details(facts: Facts, language: Language) -> str:
    """All there is to know about a piece, line by line: what would make it again, and its figures."""
    record = facts.record
    model = record.get("model") or {}
    lines = [
        facts.music(language),
        *kind_of(record).how_made(record, language),
        facts.hands(language),
        say("details.made", language, made=_made(facts, language), credit=_credit(facts, language)),
        *kind_of(record).recipe(record, language),
        *(line for line in facts.bad(language) if line != unusual_line(facts.card, facts.style, language)),
        say("details.voices", language, voices=_voices(facts, language)) if facts.card.get("ranges") else "",
        *_human_lines(facts, language),
        shared_line(facts.card, language),
        *count_lines(facts.card, language),
        timing_line(record.get("timings") or {}, language),
        say("details.model", language, file=model.get("file", "?"), fingerprint=str(model.get("sha256", "?"))[:12]),
        _pairs("details.versions", record.get("versions"), language),
        facts.missing(language),
        *facts.remarks(language),
        say("result.id", language, id=facts.id),
    ]
    text = "\n".join(filter(None, lines))
    return text if len(text) <= DETAILS_CHARS else text[: DETAILS_CHARS - 1] + "…"


def _made(facts: Facts, language: Language) -> str:
    return moment(str(facts.record.get("made", "?")), language)


def _voices(facts: Facts, language: Language) -> str:
    """How low and how high each instrument goes, as the key spells it: "Piano B♭1–A♭5"."""
    reach: dict[str, tuple[str, str]] = {}
    for voice in facts.card["ranges"]:
        name = str(voice.get("instrument") or voice.get("voice"))
        low, high = reach.get(name, (voice["lowest"], voice["highest"]))
        reach[name] = min(low, voice["lowest"], key=midi_pitch), max(high, voice["highest"], key=midi_pitch)
    in_flats = bool(facts.key and facts.key != "none" and read_key(facts.key).fifths < 0)
    return join(
        (
            f"{instrument_called(name, language)} {_note(low, in_flats, language)}–{_note(high, in_flats, language)}"
            for name, (low, high) in reach.items()
        ),
        language,
    )


def _note(name: str, in_flats: bool, language: Language) -> str:
    """For example A#4 as the language and the key have it: B♭4."""
    letter = name.rstrip("-0123456789")
    octave = name[len(letter) :]
    if in_flats and letter.endswith("#"):
        letter = chr((ord(letter[0]) - ord("A") + 1) % 7 + ord("A")) + "b"
    return grammar(language).keys.note(letter) + octave


def _credit(facts: Facts, language: Language) -> str:
    """Who wrote it, after whom, in the language."""
    style = facts.style
    credit = str(facts.record.get("credit") or "?")
    if language == FALLBACK or not credit.startswith("Notabot, after ") or style.composer in COLLECTIVES:
        return credit
    return say("details.credit", language, composer=style.composer_in(language, short=True))


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
