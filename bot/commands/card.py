"""The request card: each part of a request, to be changed by a button, before the piece is composed and after.

A button holds which request it is about, what has been changed so far, and the step it leads to; the request itself is
looked up. Before a piece is begun its request is changed in its place; afterwards another piece is asked for, which
belongs to whoever asks; form and chords that do not fit any more are left out. Not covered: players, which go along as
far as they fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.chat.messages import Action, Button, Menu, Reply
from bot.commands.command import Context
from bot.commands.errors import NotYourRequest, StaleButton
from bot.commands.picker import style_digits
from bot.commands.pieces import composition_of, find_piece
from bot.commands.preferences import TEMPERAMENTS
from bot.commands.requests import CARD, ask_to_compose, check_length, longest
from bot.making.compose import Compose
from bot.texts import Language, say, style_name
from bot.texts.report import key_words
from bot.texts.titles import beat_words, pace_of, pace_words
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.ensembles import NOBODY
from generator.catalogue.style import Style
from generator.errors import BadRequest
from generator.notation.keys import Key, parse_key
from generator.notation.limits import parse_metre
from generator.planning.chords import Progression, parse_progression
from generator.planning.form import Form, parse_form
from generator.request import Request, sample_seed, sampling_for

STEPS = {
    "s": "style",
    "k": "key",
    "m": "metre",
    "b": "bars",
    "t": "tempo",
    "f": "form",
    "h": "chords",
    "w": "mood",
}
GO, CLOSE = "go", "x"
NONE = "0"  # as suits the style
MAJORS = ("C", "G", "D", "A", "E", "B", "F#", "Db", "Ab", "Eb", "Bb", "F")
MINORS = ("Am", "Em", "Bm", "F#m", "C#m", "G#m", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm")
METRES = ("2/4", "3/4", "4/4", "2/2", "3/8", "6/8", "9/8", "12/8", "5/4")
LENGTHS = (4, 8, 12, 16, 24, 32, 48, 64, 96, 128)
TEMPOS = (46, 56, 66, 80, 92, 108, 120, 132, 152, 176, 200)
# By their places here; at most nine of each, since a button has one figure for them.
FORMS = ("AB", "ABA", "AABA", "|:A:||:B:|", "ABACA", "rondo", "variations", "strophes")
CHORDS = (
    *("I V vi IV", "I vi IV V", "ii V I", "I IV V I", "I V vi iii IV I IV V"),
    *("i VII VI V", "i iv V i", "i VI III VII", "i V i iv i V i V"),
)
MOST_CHOICES = 25
_CHANGES = re.compile(
    r"(?:b(?P<bars>\d{1,3}))?(?:t(?P<tempo>\d{1,3}))?(?:m(?P<metre>\d{1,2}x\d{1,2}|0))?"
    r"(?:k(?P<key>[a-g][sb]?(?:[a-z]{3})?|0))?(?:w(?P<mood>[0-3]))?"
    r"(?:f(?P<form>[0-8]))?(?:h(?P<chords>[0-9]))?"
)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What shall be otherwise, as the buttons have it; None for what stays.

    form, chords: the place in `FORMS` and `CHORDS`, counted from 1; style: `style_digits`.
    """

    bars: str | None = None
    tempo: str | None = None
    metre: str | None = None
    key: str | None = None
    mood: str | None = None
    form: str | None = None
    chords: str | None = None
    style: str | None = None

    def encode(self) -> str:
        """At most 26 signs, and 6 with a style."""
        letters = (
            *(("b", self.bars), ("t", self.tempo), ("m", self.metre), ("k", self.key)),
            *(("w", self.mood), ("f", self.form), ("h", self.chords)),
        )
        written = "".join(f"{letter}{value}" for letter, value in letters if value is not None)
        return f"{written},{self.style}" if self.style else written

    @classmethod
    def decode(cls, text: str) -> Changes:
        """Raises StaleButton for what `encode` has not written."""
        written, _, style = text.partition(",")
        found = _CHANGES.fullmatch(written)
        if found is None:
            raise StaleButton
        return cls(**found.groupdict(), style=style or None)

    def applied(self, task: Compose, catalogue: Catalogue) -> Compose:
        """The task with these changes. Raises StaleButton, BadRequest."""
        request = task.request
        values: dict[str, Any] = {}
        if self.style is not None:
            values |= {"style": _style(self.style, catalogue), "players": NOBODY}
        if self.bars is not None:
            values["bars"] = int(self.bars)
        if self.tempo is not None:
            values["tempo"] = int(self.tempo) or None
        if self.metre is not None:
            values["metre"] = None if self.metre == NONE else parse_metre(self.metre.replace("x", "/"))
        if self.key is not None:
            values["key"] = None if self.key == NONE else _read_key(self.key)
        if self.form is not None:
            values["form"] = None if self.form == NONE else parse_form(FORMS[int(self.form) - 1])
        if self.chords is not None:
            values["chords"] = None if self.chords == NONE else parse_progression(CHORDS[int(self.chords) - 1])
        style = values.get("style", request.style)
        if self.mood is not None:
            values["sampling"] = sampling_for(catalogue, style, temperament=TEMPERAMENTS[int(self.mood)])
        elif self.style is not None:
            values["sampling"] = sampling_for(catalogue, style)
        notes = tuple(note for note in task.notes if note.kind != "preset") if "sampling" in values else task.notes
        return replace(task, request=fitting(request, values), notes=notes)


def fitting(request: Request, values: Mapping[str, Any]) -> Request:
    """The request with these values, and with its form and chords if these still fit. Raises BadRequest."""
    for without in ({}, {"form": None}, {"chords": None}, {"form": None, "chords": None}):
        try:
            return replace(request, **{**values, **without})
        except BadRequest as error:
            if len(without) == 2:
                raise error
    raise AssertionError("one of them was returned or raised")


async def press_card(context: Context, action: Action) -> None:
    """Open the card, choose a part, take a value, ask for the piece, or leave all as it was."""
    task, is_waiting = await _source(context, action.target)
    step, _, written = action.argument.partition("-")
    catalogue = context.services.catalogue
    changes = Changes.decode(written)
    wanted = changes.applied(task, catalogue)
    if step == CLOSE:
        await context.edit(Reply(say("card.closed", context.language), private=True, language=context.language))
    elif step == GO:
        await _ask(context, action.target, replace(wanted, way="changed"), is_waiting=is_waiting)
    elif step == "":
        await context.reply(card_reply(context, action.target, wanted, changes))
    elif step == "c":
        await context.edit(card_reply(context, action.target, wanted, changes))
    elif step in STEPS:
        await context.edit(_choose(context, action.target, step, wanted, changes))
    else:
        raise StaleButton


async def _source(context: Context, target: str) -> tuple[Compose, bool]:
    """The request that is meant, and whether it still waits. Raises NotYourRequest, NoSuchPiece, PieceIsGone ..."""
    job = await context.services.store.jobs.get(target)
    if job is not None and job.state in ("queued", "running"):
        if job.person != context.person.key:
            raise NotYourRequest
        if not isinstance(job.task, Compose):
            raise StaleButton
        return job.task, job.state == "queued"
    return composition_of(await find_piece(context, target)), False


async def _ask(context: Context, target: str, wanted: Compose, *, is_waiting: bool) -> None:
    language = context.language
    check_length(context, wanted)
    if is_waiting and await context.services.jobs.change(target, wanted, by=context.person.key):
        await context.edit(Reply(say("card.changed", language), private=True, language=language))
        return
    request = replace(wanted.request, seed=sample_seed())
    if await ask_to_compose(context, replace(wanted, request=request, parent=target)):
        what = wanted.describe(context.services.catalogue, language)
        await context.edit(Reply(say("card.asked", language, what=what), private=True, language=language))


def card_reply(context: Context, target: str, wanted: Compose, changes: Changes) -> Reply:
    """All parts with a button each."""
    language = context.language
    parts = [Button(say(f"card.{part}", language), _action(target, step, changes)) for step, part in STEPS.items()]
    ends = (
        Button(say("card.go", language), _action(target, GO, changes), "primary"),
        Button(say("card.leave", language), _action(target, CLOSE, changes)),
    )
    lines = [
        say("card.line", language, part=say(f"card.{part}", language), value=_value(wanted, part, changes, context))
        for part in STEPS.values()
    ]
    title = say("card.title", language)
    return Reply("\n".join(lines), title=title, buttons=(parts[:4], parts[4:], ends), private=True, language=language)


def _value(wanted: Compose, part: str, changes: Changes, context: Context) -> str:
    """What a part is now."""
    request, language = wanted.request, context.language
    open_ = say("card.open", language)
    if part == "style":
        return style_name(context.services.catalogue.complete(request.style), language)
    if part == "key":
        return key_words(request.key, language) or open_
    if part == "metre":
        return str(request.metre or "") or open_
    if part == "bars":
        return say("count.bars", language, n=request.bars)
    if part == "tempo":
        return _tempo_words(request.tempo, language) if request.tempo else open_
    if part == "form":
        return _form_words(request.form, language) if request.form else open_
    if part == "chords":
        return str(request.chords or "") or open_
    return say(f"choice.{TEMPERAMENTS[int(changes.mood)]}", language) if changes.mood else say("card.as_is", language)


def _tempo_words(tempo: int, language: Language) -> str:
    written = f"1/4={tempo}"
    return say(
        "result.tempo", language, pace=pace_words(pace_of(written), language), beat=beat_words(written, language)
    )


def _form_words(form: Form, language: Language) -> str:
    """Its letters, or its name."""
    return say(f"card.{form.kind.value}", language) if form.kind else str(form)


def _choose(context: Context, target: str, step: str, wanted: Compose, changes: Changes) -> Reply:
    """The values that one part may have."""
    language, part = context.language, STEPS[step]
    choices = [
        Button(label, _action(target, "c", replace(changes, **{part: value})))
        for value, label in _values(context, part, wanted)
    ]
    back = Button(say("button.back", language), _action(target, "c", changes))
    title = say("card.title", language)
    label = say(f"card.{part}", language)
    menu = Menu(label, choices[:MOST_CHOICES])
    return Reply(label, title=title, buttons=((back,),), menu=menu, private=True, language=language)


def _values(context: Context, part: str, wanted: Compose) -> Sequence[tuple[str, str]]:
    """What a button holds and says for each."""
    language, open_ = context.language, (NONE, say("card.open", context.language))
    if part == "style":
        return [(style_digits(style), style_name(style, language)[:80]) for style in _styles(context, wanted)]
    if part == "key":
        keys = [parse_key(name) for name in (*MAJORS, *MINORS)]
        return [open_, *((_write_key(key), key_words(key, language)) for key in keys)]
    if part == "metre":
        return [open_, *((metre.replace("/", "x"), metre) for metre in METRES)]
    if part == "bars":
        most = longest(context)
        return [(str(bars), say("count.bars", language, n=bars)) for bars in LENGTHS if bars <= most]
    if part == "tempo":
        return [open_, *((str(tempo), _tempo_words(tempo, language)) for tempo in TEMPOS)]
    if part == "form":
        forms = {str(number): parse_form(name) for number, name in enumerate(FORMS, 1)}
        return [
            open_,
            *((number, _form_words(form, language)) for number, form in forms.items() if _fits(form, wanted)),
        ]
    if part == "chords":
        all_chords = {str(number): parse_progression(name) for number, name in enumerate(CHORDS, 1)}
        return [open_, *((number, str(chords)) for number, chords in all_chords.items() if _fits(chords, wanted))]
    return [(str(index), say(f"choice.{name}", language)) for index, name in enumerate(TEMPERAMENTS)]


def _fits(what: Form | Progression, wanted: Compose) -> bool:
    """Whether the piece is long enough for it."""
    try:
        what.check_bars(wanted.request.bars)
    except BadRequest:
        return False
    return True


def _styles(context: Context, wanted: Compose) -> list[Style]:
    """What else there is of the composer, what people like, and most known of what is for the same instruments."""
    catalogue, now = context.services.catalogue, wanted.request.style
    offered = sorted(catalogue.offered(), key=catalogue.pieces, reverse=True)
    near = [
        *(style for style in offered if style.composer == now.composer),
        *catalogue.popular(MOST_CHOICES),
        *(style for style in offered if style.instrumentation == now.instrumentation),
    ]
    return list(dict.fromkeys(style for style in near if style != now))[:MOST_CHOICES]


def _style(digits: str, catalogue: Catalogue) -> Style:
    found = next((style for style in catalogue.styles if style_digits(style) == digits), None)
    if found is None:
        raise StaleButton
    return found


def _action(target: str, step: str, changes: Changes) -> Action:
    return Action(CARD, target, f"{step}-{changes.encode()}")


def _write_key(key: Key) -> str:
    return key.abc.lower().replace("#", "s")


def _read_key(text: str) -> Key:
    """Raises StaleButton, BadRequest."""
    step, rest = text[0].upper(), text[1:]
    sign = rest[0] if len(rest) in (1, 4) else ""
    return parse_key(step + sign.replace("s", "#") + rest[len(sign) :])
