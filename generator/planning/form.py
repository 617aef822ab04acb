"""The form that a person asks for, or that is drawn: sections by letters ("ABA", "|:A:|BA'") or a name ("rondo").

Promises: what `parse_form` reads prints as it is written here, and `parse_form` reads that again.
The names people use stand in `config/forms.toml`.
Not covered: how many bars a section gets and what comes back in it (`plan.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from config.files import load_toml
from generator.errors import BadRequest

LETTERS = "ABCDEFGH"
MOST_SECTIONS = 16
MOST_FORM_CHARS = 100
LEAST_BARS = 2  # of a section: what comes back, and a close
LONG_RONDO = 64  # bars from which a rondo has a third episode
STROPHE_BARS, MOST_STROPHES, MOST_VARIATIONS = 12, 4, 8
THEME_BARS = (8, 4, 2)  # of variations: the longest that leaves room for two

_OTHER_SIGNS = str.maketrans({"’": "'", "′": "'", "`": "'", "：": ":", "｜": "|", "‖": "|"})
_SEPARATORS = re.compile(r"[\s,;–-]+|(?<!:)\|\|(?!:)")
_SECTION = re.compile(r"(?P<opens>\|:)?(?P<letter>[A-Z])(?P<varied>'{0,3})(?P<closes>:\|)?")


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section. letter: those of one letter say the same; varied: but in other notes; repeated: played twice."""

    letter: str
    varied: bool = False
    repeated: bool = False

    def __str__(self) -> str:
        name = self.letter + "'" * self.varied
        return f"|:{name}:|" if self.repeated else name


class Kind(StrEnum):
    """Forms that have a name. How many sections they get depends on the length."""

    RONDO = "rondo"
    VARIATIONS = "variations"
    STROPHES = "strophes"


@dataclass(frozen=True)
class Form:
    """The sections of a piece in their order; of a named form they come with the number of bars (`for_bars`)."""

    sections: tuple[Section, ...] = ()
    kind: Kind | None = None

    def __str__(self) -> str:
        return self.kind.value if self.kind else "".join(map(str, self.sections))

    def for_bars(self, bars: int) -> "Form":
        """The same with its sections."""
        return replace(self, sections=self.sections or _sections_of(self.kind, bars))

    def check_bars(self, bars: int) -> None:
        """Raises BadRequest if so many bars are too few for it."""
        sections = len(self.for_bars(0).sections)
        least = LEAST_BARS * sections if sections > 1 else 1
        if bars < least:
            raise BadRequest(reason="form_bars", value=str(self), sections=sections, least=least, bars=bars)


def _sections_of(kind: Kind | None, bars: int) -> tuple[Section, ...]:
    """A rondo comes back to its refrain; strophes and variations say the same again, more often the longer it is."""
    if kind is Kind.RONDO:
        return tuple(Section(letter=letter) for letter in ("ABACA" if bars < LONG_RONDO else "ABACABA"))
    theme_bars = next((long for long in THEME_BARS if bars >= 2 * long), LEAST_BARS)
    strophes = kind is Kind.STROPHES
    number = min(MOST_STROPHES, bars // STROPHE_BARS) if strophes else min(MOST_VARIATIONS, bars // theme_bars)
    return (Section(letter="A"), *(Section(letter="A", varied=not strophes) for _ in range(max(2, number) - 1)))


@cache
def _names() -> Mapping[str, Kind]:
    """The named forms by all that people call them."""
    return {name: Kind(kind) for kind, names in load_toml("forms.toml")["names"].items() for name in (kind, *names)}


def parse_form(text: str) -> Form:
    """Read "ABA", "a b a", "A-B-A", "|:A:| B A'", "rondo". Raises BadRequest for what names no form."""
    if kind := _names().get(" ".join(text.casefold().replace("-", " ").split())):
        return Form(kind=kind)
    signs = _SEPARATORS.sub("", text.translate(_OTHER_SIGNS).upper().replace("::", ":||:"))
    found = list(_SECTION.finditer(signs))
    if not signs or len(text) > MOST_FORM_CHARS or "".join(one[0] for one in found) != signs:
        raise BadRequest(reason="form", value=text[:MOST_FORM_CHARS])
    if unknown := next((one["letter"] for one in found if one["letter"] not in LETTERS), ""):
        raise BadRequest(reason="form_letter", value=unknown, last=LETTERS[-1])
    if len(found) > MOST_SECTIONS:
        raise BadRequest(reason="form_sections", value=len(found), most=MOST_SECTIONS)
    if any(bool(one["opens"]) != bool(one["closes"]) for one in found):
        raise BadRequest(reason="form", value=text[:MOST_FORM_CHARS])
    return Form(
        tuple(Section(letter=one["letter"], varied=bool(one["varied"]), repeated=bool(one["closes"])) for one in found)
    )
