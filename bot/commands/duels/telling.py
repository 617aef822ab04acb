"""How a duel is put into words: what is shown while it is blind, how many chose what, what they were, and the ratings.

Promises: nothing that is shown before a duel is unveiled says what A and B are; names stand in an order of their own.
Not covered: who may see counts, and when (`bot.jobs.duelling`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.chat.messages import Action, Attachment, Button, Reply
from bot.duels.ratings import VERDICTS, Rating, Verdict, chance
from bot.duels.sides import Kind, Side
from bot.jobs.duelling import Poll
from bot.making.duel import LETTERS, heard_as
from bot.store import PieceView
from bot.store.duels import Counts, DuelView
from bot.texts import Language, has_text, join, say, style_name
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from renderers.formats import PAGES

MOST_RATED = 12  # of a kind; a message has only so much room
WEIGHTS_CHARS = 8


def duel_reply(piece: PieceView, catalogue: Catalogue, paths: Callable[[str], Path], language: Language) -> Reply:
    """Both pieces, blind, with the buttons. piece: the sheet, whose record says what they are."""
    duel = piece.record["duel"]
    sides = [Side.from_json(duel[letter.lower()]) for letter in LETTERS]
    named = sorted({style_words(side.style, catalogue, language) for side in sides if side.style})
    rules = say("duel.rules", language, n=int(duel.get("hours") or 0)) if piece.guild else say("duel.alone", language)
    lines = [join(named, language), say("duel.question", language), rules, say("result.id", language, id=piece.id)]
    buttons = [_button(verdict, piece.id, language) for verdict in VERDICTS]
    return Reply(
        "\n".join(filter(None, lines)),
        title=say("duel.title", language),
        buttons=(buttons[:2], buttons[2:]),
        attachments=_files(piece, paths, language),
        language=language,
    )


def _button(verdict: Verdict, duel: str, language: Language) -> Button:
    style = "primary" if verdict in ("a", "b") else "secondary"
    return Button(say(f"button.duel_{verdict}", language), Action("duel", duel, verdict), style)  # type: ignore[arg-type]


def _files(piece: PieceView, paths: Callable[[str], Path], language: Language) -> Sequence[Attachment]:
    name, described = f"duel_{piece.id}", say("duel.described", language)
    page = piece.file(PAGES.page_ending(1))
    files = [Attachment(f"{name}_p1.png", "picture", paths(page.sha256), description=described)] if page else []
    for letter in LETTERS:
        heard = piece.file(heard_as(letter))
        if heard is not None:
            path = paths(heard.sha256)
            files.append(Attachment(name + heard_as(letter), "audio", path, title=letter, performer="?"))
    return files


# --- votes ------------------------------------------------------------------------------------------------------------


def verdict_words(verdict: Verdict, language: Language) -> str:
    """For example "A is better"."""
    return say(f"button.duel_{verdict}", language)


def counts_line(counts: Counts, language: Language) -> str:
    """For example "A 3, B 2, both 1, neither 0"."""
    return say("duel.counts", language, **{verdict: counts.get(verdict, 0) for verdict in VERDICTS})


def counted_lines(poll: Poll, language: Language) -> list[str]:
    """For somebody whose vote was just taken."""
    assert poll.verdict is not None
    return [
        say("duel.counted", language, verdict=verdict_words(poll.verdict, language)),
        say("duel.so_far", language, counts=counts_line(poll.counts, language)),
        say("duel.may_change", language),
    ]


def unveiled_reply(poll: Poll, catalogue: Catalogue, language: Language, *, private: bool = False) -> Reply:
    """What they were, and how many chose what."""
    duel = poll.duel
    own = (
        [say("duel.yours", language, verdict=verdict_words(poll.verdict, language))] if private and poll.verdict else []
    )
    lines = [
        *was_lines(duel, catalogue, language),
        say("duel.votes", language, n=poll.voters, counts=counts_line(poll.counts, language)),
        *own,
    ]
    buttons = [
        Button(say("button.open", language, n=letter), Action("recall", side.piece))
        for letter, side in zip(LETTERS, (duel.a, duel.b), strict=True)
    ]
    title = say("duel.unveiled_title", language, id=duel.id)
    return Reply("\n".join(lines), title=title, buttons=(buttons,), private=private, language=language)


def was_lines(duel: DuelView, catalogue: Catalogue, language: Language) -> list[str]:
    """A line for each."""
    with_weights = duel.a.weights != duel.b.weights
    return [
        say("duel.was", language, letter=letter, what=side_words(side, catalogue, language, with_weights=with_weights))
        for letter, side in zip(LETTERS, (duel.a, duel.b), strict=True)
    ]


def side_words(side: Side, catalogue: Catalogue, language: Language, *, with_weights: bool) -> str:
    """For example "Chopin keyboard · Wild · k3f9k3f9k"."""
    parts = (
        style_words(side.style, catalogue, language) if side.style else "",
        setting_words(side.setting, language) if side.setting else "",
        say("duel.weights", language, name=side.weights[:WEIGHTS_CHARS]) if with_weights and side.weights else "",
        side.piece,
    )
    return " · ".join(filter(None, parts))


def style_words(written: str, catalogue: Catalogue, language: Language) -> str:
    """Of a side's style: "Chopin keyboard"."""
    period, composer, instrumentation = (*written.split("/"), "", "", "")[:3]
    return style_name(catalogue.complete(Style(period, composer, instrumentation)), language)


def setting_words(written: str, language: Language) -> str:
    """The name of a temperament, or the numbers as they are."""
    return say(f"choice.{written}", language) if has_text(f"choice.{written}") else written


# --- ratings ----------------------------------------------------------------------------------------------------------


def ratings_text(ratings: Mapping[Kind, Sequence[Rating]], catalogue: Catalogue, language: Language) -> str:
    """All kinds of which there are any, and how they are to be read."""
    lines: list[str] = []
    for kind, rated in ratings.items():
        if rated:
            lines.append(say(f"duel.ratings_{kind}", language))
            lines += [
                rating_line(place, kind, rating, catalogue, language)
                for place, rating in enumerate(rated[:MOST_RATED], 1)
            ]
    return "\n".join([*lines, say("duel.how_to_read", language)]) if lines else say("duel.no_ratings", language)


def rating_line(place: int, kind: Kind, rating: Rating, catalogue: Catalogue, language: Language) -> str:
    """For example "1. Wild: 62 % (55–68 %), 14 duels, 120 votes"."""
    values: dict[str, Any] = {
        "place": place,
        "name": contestant_words(kind, rating.name, catalogue, language),
        "percent": _percent(rating.strength),
        "duels": say("count.duels", language, n=rating.duels),
        "votes": say("challenge.votes", language, n=rating.votes),
    }
    if rating.low is None or rating.high is None:
        return say("duel.rating_unsure", language, **values)
    return say("duel.rating", language, low=_percent(rating.low), high=_percent(rating.high), **values)


def contestant_words(kind: Kind, name: str, catalogue: Catalogue, language: Language) -> str:
    """What stood against others."""
    if kind == "style":
        return style_words(name, catalogue, language)
    return setting_words(name, language) if kind == "setting" else name[:WEIGHTS_CHARS]


def _percent(strength: float) -> int:
    return round(100 * chance(strength))
