"""xml2abc's ABC, voice after voice → a clean tune in NotaGen's form: interleaved, resting voices left out, plain ASCII.

Taken away: every header line but score, unit, tempo, metre, key and voices; lyrics, bar numbers, and text marks that
are no musical directions (titles, numbers, symbols, long remarks). Names of voices are cleaned.
Promises: the tune prints as it is read again. Raises Unusable for what cannot be put in bars.
"""

import re
import unicodedata

from rapidfuzz import fuzz

from generator.errors import NotationError
from generator.notation import (
    Bar,
    DefectKind,
    Header,
    Token,
    TokenKind,
    Tune,
    VoiceBar,
    check_bars,
    lex_music,
    parse_tune,
    reduce_rests,
)
from generator.training.layouts import clean_name
from generator.training.prepare.errors import Unusable

FEWEST_BARS = 4
LONGEST_MARK_CHARS = 40
FEWEST_MARK_LETTERS = 2
SAME_AS_TITLE = 85  # of 100, by rapidfuzz's partial_ratio
HEADER_ORDER = ("%%score", "L:", "Q:", "M:", "K:", "V:")
KEPT_FIELDS = ("[K:", "[M:", "[Q:", "[L:", "[I:staff")  # the last: a hand that plays on the other's staff
# Voices that do not end together cannot be read together; what the metre says is another question, as in chorales.
MISALIGNED = frozenset(
    {
        DefectKind.UNEQUAL_LENGTH,
        DefectKind.UNREADABLE,
        DefectKind.NO_BARLINE,
        DefectKind.VOICE_TWICE,
        DefectKind.UNKNOWN_VOICE,
    }
)
PLAIN_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "æ": "ae", "Æ": "Ae", "œ": "oe", "ı": "i"}
    | dict.fromkeys("‘’´`", "'")
    | dict.fromkeys("–—‐", "-")
)
_BAR_NUMBER = re.compile(r"\s*%\d*$")
_VOICE_LINE = re.compile(r"V:(\d+)\s*")
_NAME = re.compile(r'\s*\b(s?nm)="([^"]*)"')
_MARK = re.compile(r'"([\^_<>@]?)([^"]*)"')
_REPEATED_SIGN = re.compile(r"([^a-zA-Z0-9])\1+")


def clean_score(raw: str, *, title: str = "") -> Tune:
    """The tune in NotaGen's form. title: text marks that repeat it are left out. Raises Unusable."""
    header, voices = split_voices(raw)
    music = {voice: split_bars(clean_tokens(text, title=title)) for voice, text in voices.items()}
    tune = interleave(clean_header(header), music)
    try:
        read = parse_tune(str(reduce_rests(tune)))
    except NotationError as error:
        raise Unusable(f"the bars cannot be read: {error}") from error
    if len(read.bars) < FEWEST_BARS:
        raise Unusable(f"has fewer than {FEWEST_BARS} bars")
    if not str(read).isascii():
        raise Unusable("is not plain ASCII after cleaning")
    return read


def split_voices(raw: str) -> tuple[list[str], dict[str, str]]:
    """The header's lines, and the music of every voice in one line, without lyrics and bar numbers."""
    lines = raw.replace('\\"', "").splitlines()
    starts = [number for number, line in enumerate(lines) if _VOICE_LINE.fullmatch(line)]
    if not starts:
        raise Unusable("holds no voices")
    voices: dict[str, str] = {}
    voice = ""
    for line in lines[starts[0] :]:
        if found := _VOICE_LINE.fullmatch(line):
            voice = found[1]
        elif not re.match(r"[A-Za-z]:|%%", line):
            voices[voice] = f"{voices.get(voice, '')} {_BAR_NUMBER.sub('', line)}"
    return lines[: starts[0]], voices


# --- header -----------------------------------------------------------------------------------------------------------


def clean_header(lines: list[str]) -> Header:
    """The lines that NotaGen's headers have, in its order, with clean names."""
    kept = [plain_text(line).rstrip() for start in HEADER_ORDER for line in lines if line.startswith(start)]
    return Header(tuple(clean_voice(line) if line.startswith("V:") else line for line in kept))


def clean_voice(line: str) -> str:
    """A V: line whose names say an instrument or a singer, once; names that say nothing are left out."""
    names = {field: _name(text) for field, text in _NAME.findall(line)}
    bare = _NAME.sub("", line).rstrip()
    return bare + "".join(f' {field}="{name}"' for field, name in names.items() if name)


def _name(text: str) -> str:
    """The usual word for a name that is known, else the name itself if it is short and plain."""
    text = " ".join(plain_text(text).replace("\\n", " ").split())
    half = len(text) // 2
    once = text[:half] if half and text[:half] == text[half:] else text
    return clean_name(once) or (once if any(map(str.isalpha, once)) and len(once) <= LONGEST_MARK_CHARS else "")


# --- music ------------------------------------------------------------------------------------------------------------


def clean_tokens(music: str, *, title: str) -> list[Token]:
    """The words of a voice's music that stay."""
    kept: list[Token] = []
    for token in lex_music(music):
        if token.kind is TokenKind.QUOTED:
            mark = clean_mark(token.text, title=title)
            if mark and (not kept or kept[-1].text != mark):
                kept.append(token._replace(text=mark))
        elif token.kind is TokenKind.FIELD:
            if token.text.startswith(KEPT_FIELDS) and token.text.isascii():
                kept.append(token)
        elif token.text.isascii() and not (token.kind is TokenKind.OTHER and not token.text.strip()):
            kept.append(token)
    return kept


def clean_mark(text: str, *, title: str) -> str:
    """A text mark that a player needs, such as "^dolce"; empty for others."""
    found = _MARK.fullmatch(text)
    if found is None:
        return ""
    words = " ".join(_REPEATED_SIGN.sub(r"\1", plain_text(found[2]).replace("\\n", " ")).split()).strip(" _")
    if len(words) > LONGEST_MARK_CHARS or "|" in words or sum(map(str.isalpha, words)) < FEWEST_MARK_LETTERS:
        return ""
    if title and len(words) >= 8 and fuzz.partial_ratio(words.lower(), plain_text(title).lower()) >= SAME_AS_TITLE:
        return ""
    return f'"{found[1] or "^"}{words}"'


def plain_text(text: str) -> str:
    """Text in ASCII: accents are dropped, and what has no plain letter."""
    decomposed = unicodedata.normalize("NFKD", text.translate(PLAIN_LETTERS))
    return "".join(char for char in decomposed if " " <= char <= "~")


def split_bars(tokens: list[Token]) -> list[str]:
    """The bars of a voice, each with its barline; the barline that the music begins with stands in the first."""
    bars: list[str] = []
    current: list[Token] = []
    for token in tokens:
        current.append(token)
        if token.kind is not TokenKind.BAR:
            continue
        music = any(one.kind not in (TokenKind.BAR, TokenKind.SPACE) for one in current)
        if music:
            bars.append(_text(current))
            current = []
        elif bars:  # a barline behind a barline, as at the end of a repeat that is followed by another
            bars[-1] = _join_barlines(bars[-1], token.text)
            current = []
    if _text(current):
        bars.append(_text(current) + "|")
    return bars


def _join_barlines(bar: str, barline: str) -> str:
    """The bar with both its barlines in one."""
    if bar.endswith(":|") and barline.startswith("|:"):
        return f"{bar[:-2]}::"
    return f"{bar[:-1]}{barline}" if bar.endswith("|") and not bar.endswith((":|", "||")) else bar


def _text(tokens: list[Token]) -> str:
    """The tokens as a bar of text: one space where there was space, none around barlines."""
    text = ""
    for token in tokens:
        if token.kind is TokenKind.SPACE:
            text += "" if text.endswith(" ") else " "
        else:
            text = text.rstrip() + token.text if token.kind is TokenKind.BAR else text + token.text
    text = text.strip()
    first = next((token for token in tokens if token.kind is not TokenKind.SPACE), None)
    lead = first.text if first is not None and first.kind is TokenKind.BAR else ""
    return lead + text[len(lead) :].strip()


def interleave(header: Header, music: dict[str, list[str]]) -> Tune:
    """One line a bar, all voices in it. Raises Unusable if the voices have different numbers of bars."""
    counts = {len(bars) for bars in music.values()}
    if len(counts) != 1:
        raise Unusable("the voices have different numbers of bars")
    ordered = sorted(music, key=int)
    bars = (
        Bar(voices=tuple(VoiceBar(voice, music[voice][number]) for voice in ordered)) for number in range(counts.pop())
    )
    return Tune(header, tuple(bars))


def is_aligned(tune: Tune) -> bool:
    """Whether all voices of every bar can be read and are equally long."""
    return not any(defect.kind in MISALIGNED for defect in check_bars(tune))
