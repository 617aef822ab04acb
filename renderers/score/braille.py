"""Braille music for one player, as the file (`.brf`) that embossers and braille displays read: music21 writes it.

What is promised: every note of the score is there, with its length and its accidental; repeats are written out; there
are 40 cells a line and 25 lines a page. What would come out wrong is not written at all (NotInBraille): several parts,
staves or voices, grace notes, drums, and tuplets whose sign music21 leaves out. What is not covered: chord symbols,
lyrics, trills and other ornaments, and words in other scripts, which are left out.
"""

import textwrap
import unicodedata
import warnings
from typing import Any

from renderers.errors import NotInBraille
from renderers.score.parts import parse_score

CELLS, LINES = 40, 25  # of a page
NOT_WRITTEN = ("None", "not--supported", "Gracenote")


def write_braille(musicxml: str, *, title: str = "", composer: str = "") -> str:
    """The file in ASCII braille. Raises NotInBraille."""
    _check_it_is_one_voice(musicxml)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # music21 warns about deprecations of its own
        try:
            music = _transcribe(musicxml)
        except NotInBraille:
            raise
        except Exception as error:  # music21 raises its own, KeyError, AttributeError, IndexError ...
            raise NotInBraille(reason="other") from error
        head = [line for words in (title, composer) for line in _lines_of_words(words)]
    lines = [*head, *music]
    pages = ["\r\n".join(lines[start : start + LINES]) for start in range(0, len(lines), LINES)]
    return "\r\n\f".join(pages) + "\r\n"


def _check_it_is_one_voice(musicxml: str) -> None:
    """From the document itself: music21 takes seconds for an orchestra."""
    score = parse_score(musicxml)
    parts = score.findall("part")
    if len(parts) != 1 or any(int(staves.text or 1) > 1 for staves in parts[0].iter("staves")):
        raise NotInBraille(reason="parts")
    if score.find(".//grace") is not None:
        raise NotInBraille(reason="graces")
    if any(measure.find("backup") is not None for measure in parts[0].iterfind("measure")):
        raise NotInBraille(reason="voices")
    if score.find(".//unpitched") is not None:
        raise NotInBraille(reason="drums")


def _transcribe(musicxml: str) -> list[str]:
    from music21 import converter

    braille = _braille()
    score: Any = converter.parseData(musicxml, format="musicxml")
    part = score.parts[0]
    if part.recurse().getElementsByClass("Repeat"):
        part = _write_out_repeats(part)
    _leave_out(part)
    text = braille.translate.objectToBraille(part, inPlace=True, maxLineLength=CELLS)
    if braille.lookup.symbols["basic_exception"] in text:
        raise NotInBraille(reason="other")
    _check_all_is_there(part)
    return [line.rstrip() for line in braille.basic.brailleUnicodeToBrailleAscii(text).splitlines()]


def _braille() -> Any:
    """The package of music21, which takes a second to import and has no types."""
    from music21 import braille

    return braille


def _write_out_repeats(part: Any) -> Any:
    """Music21 has no cells for repeats: it writes the signs as ends of the piece."""
    played = part.expandRepeats()
    measures = list(played.getElementsByClass("Measure"))
    for number, measure in enumerate(measures, 1):
        measure.number, measure.numberSuffix = number, None
        measure.leftBarline = None
        measure.rightBarline = "final" if number == len(measures) else None
    _leave_out_what_holds_already(measures)
    return played


def _leave_out_what_holds_already(measures: list[Any]) -> None:
    """Key and metre of a repeated passage."""
    for kind in ("KeySignature", "TimeSignature"):
        holds: Any = None
        for measure in measures:
            for sign in list(measure.getElementsByClass(kind)):
                if sign == holds:
                    measure.remove(sign)
                holds = sign


def _leave_out(part: Any) -> None:
    """What music21 would write as something else: chord symbols as chords, words that have no cells as a mistake."""
    for symbol in list(part.recurse().getElementsByClass("ChordSymbol")):
        symbol.activeSite.remove(symbol)
    for words in list(part.recurse().getElementsByClass(["TextExpression", "TempoText"])):
        said = str(getattr(words, "content", "") or getattr(words, "text", ""))
        if not said.strip() or not all(_has_cells(word, isTextExpression=True) for word in said.split()):
            words.activeSite.remove(words)


def _check_all_is_there(part: Any) -> None:
    """By what music21 says that it wrote. Raises NotInBraille."""
    for note in part.recurse().notesAndRests:
        said = note.editorial.get("brailleEnglish") or ["None"]
        if any(sign in line for line in said for sign in NOT_WRITTEN):
            raise NotInBraille(reason="other")
        for tuplet in note.duration.tuplets:
            if tuplet.type in ("start", "startStop") and not any(line.startswith(tuplet.fullName) for line in said):
                raise NotInBraille(reason="tuplets")


def _lines_of_words(words: str) -> list[str]:
    """In uncontracted braille, centred; nothing for a script that has no cells here."""
    return [line.center(CELLS).rstrip() for line in textwrap.wrap(_in_cells(words), CELLS)]


def _in_cells(words: str) -> str:
    """In ASCII braille, without signs that have no cell; "" where one of them is a letter."""
    basic, cells = _braille().basic, []
    for word in unicodedata.normalize("NFC", words).split():
        known = "".join(sign for sign in word if _has_cells(sign))
        if any(sign.isalpha() for sign in set(word) - set(known)):
            return ""
        cells += [str(basic.brailleUnicodeToBrailleAscii(basic.wordToBraille(known)))] if known else []
    return " ".join(cells)


def _has_cells(word: str, **kind: bool) -> bool:
    """kind: of text, as music21 calls it."""
    basic = _braille().basic
    try:
        return bool(basic.wordToBraille(word, **kind))
    except basic.BrailleBasicException:
        return False
