"""Foreign ABC in, ABC that is safe to hand to the converter out.

What is promised: `sanitise` returns text or raises InputRefused with a sentence that says what to do, and nothing else.
Its result is one tune that names no file and holds no metre, duration or size that the converter or verovio is known
to choke on. Fields and directives pass by a list of what is known to be harmless, never the other way round.

What is not: the result may still be musical nonsense, or take more time than there is. It is rendered in a process
that may die (renderers/process/child.py).
"""

import re
import unicodedata
from collections.abc import Iterator

from renderers.errors import InputRefused
from renderers.limits import MusicLimits

MAX_CHARS = 200_000
MAX_LINE_CHARS = 20_000
MAX_TEXT_CHARS = 200
MAX_NAME_CHARS = 60  # a longer instrument name pushes the music off the page
MAX_SCORE_DEPTH = 6
MAX_METRE = 64

TEXT_FIELDS = frozenset("TCP")
INLINE_FIELDS = frozenset("KLMQVP")
SCORE_DIRECTIVES = ("%%score", "%%staves")
GOES_ON_AFTER_A_GAP = ("[V:", "[r:", "V:")  # interleaved ABC may have an empty line where all voices rest
CLOSES = {")": "(", "]": "[", "}": "{"}
NO_BRACKETS = str.maketrans("[]", "()", "%")  # the converter sees fields and comments even inside text
PLACES = ("^", "_", "<", ">", "@")  # of an annotation: above, below, left, right, anywhere
NO_STRAY_PLACES = str.maketrans("^_", "  ")

_WHITE_SPACE = {ord(char): " " for char in "\t\n\v\f\r"} | dict.fromkeys([*range(9), *range(14, 32), 127])
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
_FIELD_LINE = re.compile(r"([A-Zw+]):(.*)")
_INLINE_FIELD = re.compile(r"\[\s*([A-Za-z])\s*:([^\]]*)(?:\]|$)")
_METRE_ANYWHERE = re.compile(r"(?:\[\s*|^)M\s*:\s*([^\]\n]*)", re.MULTILINE)
_QUOTED = re.compile(r'"[^"]*"')
_METRE = re.compile(r"(\d{1,3}(?:\+\d{1,3}){0,7})\s*/\s*(\d{1,3})", re.ASCII)
_UNIT_LENGTH = re.compile(r"\d{1,2}(?:/(\d{1,3}))?", re.ASCII)
_TEMPO = re.compile(r'(?:"[^"]*"\s*)?(?:(?:\d/\d{1,2}\s*=\s*)?(\d{1,4})(?:\.\d{1,3})?)?\s*(?:"[^"]*")?', re.ASCII)
_STAFF_CHANGE = re.compile(r"staff\s*[+-]?\d", re.ASCII)
_VOICE = re.compile(r"(\w{1,20})(?:\s+(.*))?", re.ASCII)
_PROPERTY = re.compile(r'(?:(\w+)=)?("[^"]*"|\S+)', re.ASCII)
_MIDI_TRANSPOSE = re.compile(r"%%MIDI transpose -?\d{1,2}", re.ASCII)
_SCORE_TOKEN = re.compile(r"\s*([()\[\]{}|*]|\w+)", re.ASCII)

# The properties of a `V:` or `K:` line that are let through, with what they may say.
_PROPERTIES = {
    "clef": re.compile(r"[\w+-]{1,20}", re.ASCII),
    "middle": re.compile(r"[A-Ga-g][,']{0,3}"),
    "octave": re.compile(r"-?[0-3]"),
    "transpose": re.compile(r"-?\d{1,2}", re.ASCII),
    "stafflines": re.compile(r"[1-6]"),
    **dict.fromkeys(("nm", "name", "snm", "sname", "subname"), _QUOTED),
}


def sanitise(abc: str) -> str:
    """Make ABC safe: one tune beginning with `X:1`.

    `%Period` prompt lines, `[r:0/15]` remarks, comments and fields that do not show in a score are dropped.
    Raises InputRefused.
    """
    if len(abc) > MAX_CHARS:
        raise InputRefused(f"This piece is too long to draw (over {MAX_CHARS:,} characters). Ask for fewer bars.")
    music = MusicLimits()
    clean_lines = ["X:1"]
    for line in _first_tune(abc):
        if len(line) > MAX_LINE_CHARS:
            raise InputRefused(f"A line has more than {MAX_LINE_CHARS:,} characters. Write one bar on a line.")
        if line.startswith("%"):
            clean_lines += _clean_directive(line)
        elif field := _FIELD_LINE.fullmatch(line):
            value = _clean_field(field[1], field[2])
            if value is not None:
                clean_lines.append(f"{field[1]}:{value}")
                music.read_field(field[1], value)
        elif clean := _clean_music(line):
            clean_lines.append(clean)
            music.read(clean)
    music.finish()
    clean_abc = "\n".join([*clean_lines, ""])
    for metre in _METRE_ANYWHERE.finditer(clean_abc):  # also one that is pieced together over two lines
        _clean_metre(metre[1])
    return clean_abc


def clean_text(text: str, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """A title or name on one line, without characters that nobody can see, cut to a length that can be drawn."""
    line = " ".join(_visible(text).split())
    return line if len(line) <= max_chars else line[: max_chars - 1].rstrip() + "…"


def _first_tune(abc: str) -> Iterator[str]:
    """The lines of the first tune, without its `X:` and without empty lines.

    Free text before `X:` is left out. An empty line ends a tune, except where interleaved ABC goes on below it.
    """
    lines = [_visible(line).strip() for line in abc.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    start = next((number for number, line in enumerate(lines, 1) if line.startswith("X:")), 0)
    has_begun = after_gap = False
    for line in lines[start:]:
        if line.startswith("X:") or (line and after_gap and not line.startswith(GOES_ON_AFTER_A_GAP)):
            return
        after_gap = has_begun and not line
        has_begun = has_begun or bool(line)
        if line:
            yield line


def _visible(text: str) -> str:
    """Without control characters, half surrogates and the like, which XML forbids; white space becomes a blank.

    U+2028 and its kin go too: the converter would begin a new line there, behind our back.
    """
    spaced = text.translate(_WHITE_SPACE)
    return "".join(char for char in spaced if char.isascii() or unicodedata.category(char) not in _INVISIBLE)


def _clean_directive(line: str) -> list[str]:
    """`%%score`, `%%staves` and `%%MIDI transpose` if they are in order; nothing for anything else with a `%`."""
    if _MIDI_TRANSPOSE.fullmatch(line):
        return [line]
    name, _, layout = line.partition(" ")
    return [f"{name} {_clean_score(layout)}"] if name in SCORE_DIRECTIVES and layout.strip() else []


def _clean_score(layout: str) -> str:
    """The staves of `%%score`: brackets closed in the order they were opened, and not nested without end."""
    opened: list[str] = []
    tokens: list[str] = []
    position = 0
    layout = layout.partition("%")[0].rstrip()
    while position < len(layout):
        token = _SCORE_TOKEN.match(layout, position)
        if token is None:
            raise InputRefused(f"The %%score line holds {layout[position:].strip()[:1]!r}, which means nothing there.")
        position = token.end()
        tokens.append(token[1])
        if token[1] in "([{":
            opened.append(token[1])
        elif token[1] in CLOSES and (not opened or opened.pop() != CLOSES[token[1]]):
            raise InputRefused("The brackets of the %%score line do not match. Close each one in turn.")
        if len(opened) > MAX_SCORE_DEPTH:
            raise InputRefused("The brackets of the %%score line are nested too deeply. Write ( 1 2 ) | 3 instead.")
    if opened:
        raise InputRefused("A bracket of the %%score line is not closed. Close each one in turn.")
    return " ".join(tokens)


def _clean_music(line: str) -> str:
    """A line of music without comments, and with only those fields in it that show in a score."""
    line = _QUOTED.sub(_clean_quoted, line)
    line = line.partition("%")[0].rstrip()
    while (clean := _INLINE_FIELD.sub(_clean_inline, line)) != line:  # what is left may close up to a new field
        line = clean
    return line


def _clean_quoted(quoted: re.Match[str]) -> str:
    """A chord name, or an annotation: its first sign says where it stands, and stray ones were left by converters."""
    text = clean_text(quoted[0][1:-1].translate(NO_BRACKETS))
    if not text.startswith(PLACES):
        return f'"{text}"'
    said = " ".join(text[1:].translate(NO_STRAY_PLACES).split())
    return f'"{text[0]}{said}"'


def _clean_inline(field: re.Match[str]) -> str:
    letter, value = field[1], field[2].strip()
    if letter == "I":
        return f"[I:{value}]" if _STAFF_CHANGE.fullmatch(value) else ""
    clean = _clean_field(letter, value) if letter in INLINE_FIELDS and field[0].endswith("]") else None
    return "" if clean is None else f"[{letter}:{clean}]"


def _clean_field(letter: str, value: str) -> str | None:
    """The value of a field as it may stand; None for a field to drop."""
    value = value.strip()
    if letter == "w":
        return value.translate(NO_BRACKETS)
    if letter in TEXT_FIELDS:
        return clean_text(value.translate(NO_BRACKETS)) or None
    value = value.partition("%")[0].strip()
    cleaners = {"M": _clean_metre, "L": _clean_unit_length, "Q": _clean_tempo, "K": _clean_key, "V": _clean_voice}
    return cleaners[letter](value) if letter in cleaners else None


def _clean_metre(value: str) -> str:
    """Checked to the last character: neither the converter nor the engraver checks what it is given."""
    if value in ("C", "C|", "none"):
        return value
    metre = _METRE.fullmatch(value.strip())
    if metre is not None:
        beats, beat_type = sum(map(int, metre[1].split("+"))), int(metre[2])
        if 1 <= beats <= MAX_METRE and beat_type in (1, 2, 4, 8, 16, 32, 64):
            return "+".join(str(int(part)) for part in metre[1].split("+")) + f"/{beat_type}"
    raise InputRefused(f"M:{value[:20]} is not a metre that can be drawn. Write one such as M:4/4 or M:6/8.")


def _clean_unit_length(value: str) -> str:
    unit = _UNIT_LENGTH.fullmatch(value)
    if unit is None or int(value.partition("/")[0]) == 0 or int(unit[1] or 1) not in (1, 2, 4, 8, 16, 32, 64):
        raise InputRefused(f"L:{value[:20]} is not a length that can be drawn. Write one such as L:1/8.")
    return value


def _clean_tempo(value: str) -> str | None:
    """None for a tempo that makes no sense: the piece can do without."""
    tempo = _TEMPO.fullmatch(value.translate(NO_BRACKETS))
    if tempo is None or (tempo[1] is not None and not 5 <= int(tempo[1]) <= 1000):
        return None
    return tempo[0].strip() or None


def _clean_key(value: str) -> str:
    return " ".join(_clean_properties(value.translate(NO_BRACKETS)))


def _clean_voice(value: str) -> str:
    voice = _VOICE.fullmatch(value.translate(NO_BRACKETS))
    if voice is None:
        raise InputRefused(f"V:{value[:20]} does not name a voice. Call voices by a number or a word.")
    return " ".join([voice[1], *_clean_properties(voice[2] or "")])


def _clean_properties(text: str) -> Iterator[str]:
    """`treble nm="Violin I" octave=-1`, one by one; those not known are dropped."""
    for name, value in _PROPERTY.findall(text):
        if not name and len(value) <= MAX_NAME_CHARS and '"' not in value and "=" not in value[1:]:
            yield value
        elif name in _PROPERTIES and _PROPERTIES[name].fullmatch(value):
            quoted = value.startswith('"')
            yield f'{name}="{clean_text(value[1:-1], max_chars=MAX_NAME_CHARS)}"' if quoted else f"{name}={value}"
