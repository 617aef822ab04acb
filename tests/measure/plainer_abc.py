"""Tunes said in plainer ABC: what a program has to add by itself stands in the text, so that all of them can read it.

Each function rewrites one kind of place, and looks at nothing but the text and the ABC standard; none knows how we
read. So a tune that two programs play in two ways, and in one way once it is said plainer, differs by such a place.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_FIELD = r"^[A-Za-z+]:(?![|:]).*$|^%.*$|\[[A-Za-z]:[^\]]*\]"
_HEAD = r"[\^_=]*[A-Ga-g][,']*\d*/*\d*"
_MUSIC = re.compile(
    rf'(?P<field>{_FIELD})|(?P<quoted>"[^"]*")|(?P<sign>:*\|[|\]]*:*|::+|\[\|\]?|(?<=[\s:|])\|?\](?=\s|$))'
    r"(?P<ending>[ \t]*(?:\\[ \t]*\n[ \t]*)?\[?(?=[1-9])|(?=\[\"))?",
    re.MULTILINE,
)


@dataclass
class _Voice:
    """Where a voice is. section: the place behind the sign with which its section began; in_endings: behind a `[1`."""

    section: int
    is_open: bool = False
    in_endings: bool = False
    added: list[int] = field(default_factory=list)

    def begin(self, place: int, *, is_open: bool = False) -> None:
        self.section, self.is_open, self.in_endings = place, is_open, False

    def open(self) -> None:
        """A repeat is known to have begun with the section."""
        if not self.is_open:
            self.added.append(self.section)
        self.is_open = True


def with_start_signs(abc: str) -> str:
    """Every repeat begins with a start sign: behind the repeat, double bar or label before it (standard, 4.8)."""
    header, body = _parted(abc)
    voices = {"": _Voice(0)}
    voice = voices[""]
    for match in _MUSIC.finditer(body):
        text = match["field"]
        behind = match.end() + (body[match.end() : match.end() + 1] == "\n")
        if text and (name := re.match(r"\[?V:\s*([^\s\]]+)", text)):
            voice = voices.setdefault(name[1], _Voice(behind))
        elif text and text.lstrip("[").startswith("P:"):
            voice.begin(behind)
        elif match["sign"]:
            _pass_sign(voice, match)
    places = sorted({place for voice in voices.values() for place in voice.added}, reverse=True)
    for place in places:
        body = f"{body[:place]} |: {body[place:]}"
    return header + body


def _pass_sign(voice: _Voice, match: re.Match[str]) -> None:
    sign, has_ending = match["sign"], match["ending"] is not None
    behind = match.start() + len(sign)
    if has_ending and not voice.in_endings:
        voice.open()
        voice.in_endings = True
    if sign.startswith(":"):
        voice.open()
        if not has_ending:
            voice.begin(behind)
    elif not has_ending and (voice.in_endings or not voice.is_open) and sign not in ("|", "|:"):
        voice.begin(behind)
    if sign.endswith(":") and sign != ":":
        voice.begin(behind, is_open=True)


def with_single_signs(abc: str) -> str:
    """No sign is two signs in one, and no double bar stands before the start of a repeat."""
    header, body = _parted(abc)
    body = re.sub(r":\|?\|?:", ":| |:", body)
    return header + re.sub(r"\|[|\]][ \t]*(?:\\?\n)?[ \t]*\|?:", "|:", body)


def with_endings_at_bars(abc: str) -> str:
    """The number of an ending stands behind its barline, in the same line."""
    header, body = _parted(abc)
    body = re.sub(r"\|[ \t]*\\[ \t]*\n[ \t]*\|?[ \t]*([1-9])(?![0-9/])", r"|\1", body)
    return header + re.sub(r"\|\|(?=[1-9])", "|", body)


def with_ends_for_starts(abc: str) -> str:
    """A start sign that no end sign answers, before the next start sign or the end of the tune, is a double bar."""
    header, body = _parted(abc)
    return header + re.sub(r"\|:(?=(?:[^:]|:(?!\||:))*?(?:\|:|\Z))", "||", body)


def with_whole_lines(abc: str) -> str:
    """The music in one line: no line ends within a chord or a note."""
    header, body = _parted(abc)
    body = re.sub(r"\\[ \t]*\n", "\n", body)
    return f"{header}\n" + re.sub(r"(?m)(^(?![A-Za-z]:|%).*)\n[ \t]*(?![A-Za-z]:|%)", r"\1", body.lstrip("\n"))


def with_brackets(abc: str) -> str:
    """Chords as they are written since 1996: `+CEG+` is `[CEG]`."""
    header, body = _parted(abc)
    return header + re.sub(r"\+([\^_=A-Ga-g,'\d/]+)\+", r"[\1]", body)


def with_notes_once(abc: str) -> str:
    """No note stands twice in a chord."""

    def once(match: re.Match[str]) -> str:
        return f"[{''.join(dict.fromkeys(re.findall(_HEAD, match[1])))}]"

    header, body = _parted(abc)
    return header + re.sub(rf"\[((?:{_HEAD})+)\]", once, body)


def without_empty_lines(abc: str) -> str:
    """No empty line ends the tune before its music."""
    return re.sub(r"\n\s*\n", "\n", abc)


def with_written_tuplets(abc: str) -> str:
    """`(5` in a metre that is not compound as `(5:2:5` (standard, 4.13)."""
    header, body = _parted(abc)
    metres = re.findall(r"(?m)^M:\s*(\S+)", header)
    if metres and metres[-1] in ("6/8", "9/8", "12/8"):
        return abc
    return header + re.sub(r"\(([579])(?![\d:])", r"(\1:2:\1", body)


def without_old_line_ends(abc: str) -> str:
    """No `!` as the end of a line of the page, as before 2010."""
    header, body = _parted(abc)
    return header + re.sub(r"(![^!\s|]+!)|!", lambda sign: sign[1] or "", body)


def with_endings_closed(abc: str) -> str:
    """The last of several endings ends in a plain barline, not in the sign that would lead back to its own start."""
    header, body = _parted(abc)
    return header + re.sub(
        r"((?:\||\[)[2-9](?:(?!\|[1-9:]|\[[1-9]|:\||::|\|\]|\|\|)[^%])*)(::|:\|(?![ \t\\\n]*\[?[1-9]))",
        lambda match: match[1] + ("|:" if match[2] == "::" else "||"),
        body,
    )


def _parted(abc: str) -> tuple[str, str]:
    """All up to the key and the voices that are declared behind it, and the music."""
    key = re.search(r"(?m)^K:.*\n?(?:(?:V:|%).*\n(?=V:|%|\[V:))*", abc)
    return (abc[: key.end()], abc[key.end() :]) if key else (abc, "")


# What is said plainer, in the order in which it is tried: the reason in one line, the rewriting.
PLAINER: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("the last ending ends in a repeat sign: abc2midi goes back once more, abcjs and we do not", with_endings_closed),
    ("the number of an ending stands in the next line or behind ||: abc2midi does not see it", with_endings_at_bars),
    (
        "a part has no start sign: abc2midi adds none once it has seen endings, or repeats in several voices",
        with_start_signs,
    ),
    ("a double bar and the start of a repeat in one: abc2midi goes back elsewhere, abcjs as we do", with_single_signs),
    (
        "(5, (7, (9 outside 6/8, 9/8, 12/8 are in the time of two by the standard; in 3/4 abc2midi takes three",
        with_written_tuplets,
    ),
    (
        "two old line ends (!) in a line: abc2midi and abcjs take the music between them for a sign",
        without_old_line_ends,
    ),
    (
        "a start sign that no end answers: abc2midi repeats up to the next start, abcjs and we do not",
        with_ends_for_starts,
    ),
    ("a mail program broke the lines inside chords and notes, which we put together", with_whole_lines),
    ("a chord holds one note twice: we strike it once", with_notes_once),
    ("chords between plus signs, as before 1996: abc2midi loses them", with_brackets),
    ("an empty line behind the key: abc2midi sees no music at all", without_empty_lines),
)
