"""The form that a person asks for, or that is drawn: sections by letters, "ABA", "AABA", "|:A:|BA", "ABA'".

Promises: what `parse_form` reads prints as it is written here, and `parse_form` reads that again.
Not covered: how many bars a section gets and what comes back in it (`plan.py`).
"""

import re
from dataclasses import dataclass

from generator.errors import BadRequest

LETTERS = "ABCDEFGH"
MOST_SECTIONS = 16
MOST_FORM_CHARS = 100
LEAST_BARS = 2  # of a section: what comes back, and a close

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


@dataclass(frozen=True)
class Form:
    """The sections of a piece in their order."""

    sections: tuple[Section, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.sections))

    def check_bars(self, bars: int) -> None:
        """Raises BadRequest if so many bars are too few for it."""
        least = LEAST_BARS * len(self.sections) if len(self.sections) > 1 else 1
        if bars < least:
            raise BadRequest(reason="form_bars", value=str(self), sections=len(self.sections), least=least, bars=bars)


def parse_form(text: str) -> Form:
    """Read "ABA", "a b a", "A-B-A", "|:A:| B A'". Raises BadRequest for what names no form."""
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
