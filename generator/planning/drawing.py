"""Draws the plan of a piece: the form for its length, what comes back in it, how its phrases close.

Promises: the same seed, style, form and number of bars give the same plan; every number of bars has one.
Not covered: what is known of styles stands in `config/forms.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from typing import Any

from config.files import load_toml
from generator.planning.form import Form, Kind, Section, parse_form
from generator.planning.plan import (
    LETTERS,
    PHRASE_BARS,
    Area,
    Cadence,
    Keep,
    Phrase,
    Plan,
    bars_said_again,
    find_source,
    phrase_lengths,
    phrase_order,
    section_lengths,
)

LONG_BARS = 40  # from here on a piece has sections in other keys
THREE_SECTIONS, FOUR_SECTIONS, RONDO = 24, 32, 64  # bars from which a piece may have so many
AREA_BARS = 8  # a section in another key is at least so long
DECEPTIVE_SHARE, WITHIN_SHARE = 0.1, 0.3  # of the cadences
COPIED_SHARE = 0.8  # of the bars that may be equal to others, so many are planned; some become equal by chance
FREE_MANNERS = (Keep.MELODY, Keep.ACCOMPANIMENT, Keep.RHYTHM)
VARIATIONS = (Keep.MELODY, Keep.ACCOMPANIMENT, Keep.RHYTHM)  # the first, the second ...
OPEN_SHARE, SHORT_OPEN_SHARE = 0.7, 0.6  # of the phrases that may close on the dominant
# For each length, from so many bars on: forms in which the beginning comes back, and one in which it does not.
FORMS = {
    RONDO: (("ABACA", "ABA", "AABA'", "ABA'C"), "ABC"),
    FOUR_SECTIONS: (("AABA", "ABA", "ABA'", "AA'BA"), "ABC"),
    THREE_SECTIONS: (("ABA", "ABA'"), "ABC"),
    0: (("A",), "AB"),
}


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What is usual in a style; see `config/forms.toml`."""

    phrase_bars: int
    returns: float
    copies: float
    most_equal: float
    kinds: Mapping[str, float] = field(default_factory=dict)


class _Keeping:
    """How much of each phrase that comes back stays. left: bars that may still be equal to earlier ones."""

    def __init__(self, form: Form, habits: Habits, bars: int, rng: Random) -> None:
        self.form, self.habits, self.rng = form, habits, rng
        self.left = int(habits.most_equal * COPIED_SHARE * bars)

    def near(self, said_again: int) -> Keep:
        """Of a phrase that follows upon the one that it says again."""
        return self._copied(said_again) or self.rng.choice(FREE_MANNERS)

    def far(self, said_again: int, *, section: int, varied: bool) -> Keep:
        """Of a phrase of a section that comes back: people know it again by its melody."""
        if self.form.kind is Kind.VARIATIONS:
            return VARIATIONS[(section - 1) % len(VARIATIONS)]
        return Keep.MELODY if varied else self._copied(said_again) or Keep.MELODY

    def _copied(self, said_again: int) -> Keep | None:
        if self.rng.random() >= self.habits.copies or said_again > self.left:
            return None
        self.left -= said_again
        return Keep.ALL


@cache
def habits_of(composer: str, instrumentation: str) -> Habits:
    """The habits of a style."""
    loaded: Mapping[str, Any] = load_toml("forms.toml")
    own = loaded["styles"].get(f"{composer} / {instrumentation}", {})
    return Habits(**(loaded["default"] | loaded["instrumentations"].get(instrumentation, {}) | own))


def draw_plan(form: Form | None, *, bars: int, habits: Habits, seed: int) -> Plan:
    """A plan for so many bars, in the form asked for or a drawn one. Raises BadRequest if the form asks for more."""
    rng = Random(f"form {seed}")
    comes_back = form is not None or rng.random() < habits.returns
    chosen = form or _draw_form(bars, habits, rng, comes_back=comes_back)
    chosen.check_bars(bars)
    chosen = chosen.for_bars(bars)
    keeping = _Keeping(chosen, habits, bars, rng)
    sections: list[tuple[Section, int]] = []
    phrases: list[Phrase] = []
    first = 0
    for section, length in zip(chosen.sections, section_lengths(chosen, bars, habits.phrase_bars), strict=True):
        earlier = next((number for number, (one, _) in enumerate(sections) if one.letter == section.letter), None)
        sections.append((section, first))
        number = len(sections) - 1
        if earlier is None:
            new = _new_phrases(number, first, length, keeping, comes_back=comes_back)
            if bars >= LONG_BARS and number and length >= AREA_BARS and comes_back:
                new = _in_another_area(new, phrases, rng)
        else:
            old = [one for one in phrases if one.section == earlier]
            new = _again(number, first, length, old, section, keeping)
        phrases += new
        first += length
    return Plan(
        form=chosen, bars=bars, sections=tuple(sections), phrases=tuple(_with_letters(_with_cadences(phrases, rng)))
    )


def quiet_plan(bars: int) -> Plan:
    """The plan of a piece whose form is there already: nothing is said again, and only its end closes."""
    whole = Phrase(letter="a", section=0, first=0, bars=bars)
    return Plan(form=Form((Section(letter="A"),)), bars=bars, sections=((Section(letter="A"), 0),), phrases=(whole,))


def _draw_form(bars: int, habits: Habits, rng: Random, *, comes_back: bool) -> Form:
    forms, through = next(found for least, found in FORMS.items() if bars >= least)
    drawn, chance = rng.choice(forms), rng.random()
    if not comes_back and bars >= 4:
        return parse_form(through)
    for kind, share in habits.kinds.items():
        if bars >= (LONG_BARS if kind == Kind.RONDO else THREE_SECTIONS) and chance < share:
            return Form(kind=Kind(kind))
        chance -= share
    return parse_form(drawn)


def _new_phrases(section: int, first: int, length: int, keeping: _Keeping, *, comes_back: bool) -> list[Phrase]:
    """The phrases of a section that is there for the first time; some of them say the first again."""
    lengths = phrase_lengths(length, keeping.habits.phrase_bars)
    phrases: list[Phrase] = []
    for order, bars in zip(phrase_order(len(lengths)), lengths, strict=True):
        letter = f"{section}{order}"
        source = find_source(phrases, letter) if comes_back else None
        said_again = 0 if source is None else bars_said_again(bars, source.bars)
        phrases.append(
            Phrase(
                letter=letter if comes_back else f"{section}{len(phrases)}",
                section=section,
                first=first,
                bars=bars,
                source=None if source is None else source.first,
                said_again=said_again,
                keep=Keep.ALL if source is None else keeping.near(said_again),
            )
        )
        first += bars
    return phrases


def _again(
    section: int, first: int, length: int, earlier: list[Phrase], named: Section, keeping: _Keeping
) -> list[Phrase]:
    """The phrases of a section that comes back: each says again what its first occurrence said."""
    phrases: list[Phrase] = []
    left = length
    for number, old in enumerate(earlier):
        bars = left if number == len(earlier) - 1 or left < 2 * old.bars else old.bars
        said_again = bars_said_again(bars, old.bars)
        phrases.append(
            replace(
                old,
                section=section,
                first=first + length - left,
                bars=bars,
                source=old.first,
                said_again=said_again,
                keep=keeping.far(said_again, section=section, varied=named.varied),
            )
        )
        left -= bars
        if not left:
            break
    return phrases


def _in_another_area(new: list[Phrase], before: list[Phrase], rng: Random) -> list[Phrase]:
    """The section in the key of the dominant, or the relative key, where none has been: it begins with the theme there.

    Its last phrase leads home.
    """
    been = {phrase.area for phrase in before}
    areas = [area for area in (Area.DOMINANT, Area.RELATIVE) if area not in been]
    if not areas:
        return new
    area, theme = rng.choice(areas), before[0]
    moved = replace(
        new[0], source=theme.first, said_again=bars_said_again(new[0].bars, theme.bars), area=area, keep=Keep.ALL
    )
    rest = [_anew(one) if one.source == new[0].first else one for one in new[1:]]
    return [moved, *(replace(one, area=area) if one.source is None else one for one in rest[:-1]), *rest[-1:]]


def _anew(phrase: Phrase) -> Phrase:
    """The phrase as one that says nothing again, with a letter of its own."""
    return replace(phrase, letter=f"{phrase.letter} {phrase.first}", source=None, said_again=0)


def _with_cadences(phrases: list[Phrase], rng: Random) -> list[Phrase]:
    """How each phrase closes: in pairs, the first open and the second closed; the last of all on the tonic.

    Short ones, as between the fermatas of a chorale, are no pairs, and fewer close.
    """
    closed: list[Phrase] = []
    for number, phrase in enumerate(phrases):
        place = number - next(n for n, other in enumerate(phrases) if other.section == phrase.section)
        ends_section = number == len(phrases) - 1 or phrases[number + 1].section != phrase.section
        if phrase.bars < PHRASE_BARS:
            is_open = number < len(phrases) - 1 and rng.random() < SHORT_OPEN_SHARE
        else:
            is_open = not ends_section and place % 2 == 0 and rng.random() < OPEN_SHARE
        cadence = Cadence.HALF if is_open else Cadence.AUTHENTIC
        if number < len(phrases) - 1 and cadence is Cadence.AUTHENTIC and rng.random() < DECEPTIVE_SHARE:
            cadence = Cadence.DECEPTIVE
        closed.append(_close(replace(phrase, cadence=cadence, within=rng.random() < WITHIN_SHARE), closed))
    return closed


def _close(phrase: Phrase, before: list[Phrase]) -> Phrase:
    """The phrase with room for its cadence: if it closes otherwise than the one it says again, a bar more is new."""
    source = next((other for other in before if other.first == phrase.source), None)
    if source is None:
        return phrase
    if source.cadence is phrase.cadence:
        return replace(phrase, within=source.within)
    if phrase.cadence is Cadence.HALF or phrase.bars <= 2:
        return replace(phrase, within=True)
    return replace(phrase, said_again=min(phrase.said_again, phrase.bars - 2))


def _with_letters(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases with letters from "a" on, in the order of their first coming."""
    known = list(dict.fromkeys(phrase.letter for phrase in phrases))
    return [replace(phrase, letter=_letter(known.index(phrase.letter))) for phrase in phrases]


def _letter(number: int) -> str:
    """a, b ... z, a2, b2 ..."""
    rounds, place = divmod(number, len(LETTERS))
    return LETTERS[place] + (str(rounds + 1) if rounds else "")
