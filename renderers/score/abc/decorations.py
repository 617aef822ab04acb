"""Decorations: `!trill!`, `+trill+`, `T`, and the letters that a `U:` field gives a meaning.

Each is drawn in one of a few ways: in a note's `<notations>`, as a direction that stands in time, as a dynamic mark, as
the beginning or end of a line, or as a property of the note.
"""

from dataclasses import dataclass

DYNAMICS = frozenset({
    "pppppp", "ppppp", "pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "fffff", "ffffff", "sf",
    "sfz", "sffz", "sfp", "sfpp", "fp", "fz", "rf", "rfz", "n", "pf", "sfzp",
})  # fmt: skip
# name → (the group in <notations>, the element)
SIGNS = {
    **dict.fromkeys(("accent", ">", "emphasis"), ("articulations", "accent")),
    **dict.fromkeys(("^", "marcato"), ("articulations", "strong-accent")),
    "staccato": ("articulations", "staccato"),
    "tenuto": ("articulations", "tenuto"),
    "wedge": ("articulations", "staccatissimo"),
    "breath": ("articulations", "breath-mark"),
    "caesura": ("articulations", "caesura"),
    "slide": ("articulations", "scoop"),
    "trill": ("ornaments", "trill-mark"),
    "turn": ("ornaments", "turn"),
    **dict.fromkeys(("roll", "~"), ("ornaments", "turn")),  # the Irish roll has no sign of its own in MusicXML
    "turnx": ("ornaments", "turn"),
    **dict.fromkeys(("invertedturn", "invertedturnx"), ("ornaments", "inverted-turn")),
    **dict.fromkeys(("mordent", "lowermordent"), ("ornaments", "mordent")),
    **dict.fromkeys(("uppermordent", "pralltriller"), ("ornaments", "inverted-mordent")),
    **dict.fromkeys(("upbow", "u"), ("technical", "up-bow")),
    **dict.fromkeys(("downbow", "v"), ("technical", "down-bow")),
    "open": ("technical", "open-string"),
    "thumb": ("technical", "thumb-position"),
    "snap": ("technical", "snap-pizzicato"),
    **dict.fromkeys(("plus", "+"), ("technical", "stopped")),
    **{str(finger): ("technical", f"fingering {finger}") for finger in range(6)},
    "fermata": ("", "fermata upright"),
    "invertedfermata": ("", "fermata inverted"),
    "arpeggio": ("", "arpeggiate"),
    **{"/" * strokes: ("ornaments", f"tremolo {strokes}") for strokes in range(1, 5)},
}
# Signs that begin or end something drawn along the notes: name → (element, what it is, start or stop).
LINES = {
    **dict.fromkeys(("<(", "crescendo("), ("wedge", "crescendo", "start")),
    **dict.fromkeys(("<)", "crescendo)"), ("wedge", "crescendo", "stop")),
    **dict.fromkeys((">(", "diminuendo("), ("wedge", "diminuendo", "start")),
    **dict.fromkeys((">)", "diminuendo)"), ("wedge", "diminuendo", "stop")),
    "ped": ("pedal", "", "start"),
    "ped-up": ("pedal", "", "stop"),
    **{
        f"{size}{way}{end}": ("octave-shift", f"{size} {way}", "start" if end == "(" else "stop")
        for size, ways in (("8", ("va", "vb")), ("15", ("ma", "mb")))
        for way in ways
        for end in "()"
    },
}
# Lines from one note to another.
SPANS = {
    "trill(": ("trill", "start"),
    "trill)": ("trill", "stop"),
    **dict.fromkeys(("-(", "slide("), ("slide", "start")),
    **dict.fromkeys(("-)", "slide)"), ("slide", "stop")),
    **dict.fromkeys(("~(", "glissando("), ("glissando", "start")),
    **dict.fromkeys(("~)", "glissando)"), ("glissando", "stop")),
}
# Where playing jumps: name → (the sign or the words, the attribute of <sound>, its value).
JUMPS = {
    "segno": ("segno", "segno", "segno"),
    "coda": ("coda", "coda", "coda"),
    "fine": ("Fine", "fine", "yes"),
    **dict.fromkeys(("D.C.", "dacapo", "D.C"), ("D.C.", "dacapo", "yes")),
    "D.C.alfine": ("D.C. al Fine", "dacapo", "yes"),
    "D.C.alcoda": ("D.C. al Coda", "dacapo", "yes"),
    **dict.fromkeys(("D.S.", "D.S"), ("D.S.", "dalsegno", "segno")),
    "D.S.alfine": ("D.S. al Fine", "dalsegno", "segno"),
    "D.S.alcoda": ("D.S. al Coda", "dalsegno", "segno"),
    "dacoda": ("To Coda", "tocoda", "coda"),
}
PROPERTIES = frozenset({"courtesy", "editorial", "stemless", "xstem"})
TREMOLO_ENDS = {"/" * strokes + "-": strokes for strokes in range(1, 5)}  # to the next note
SILENT = frozenset({"beambr1", "beambr2", "beamon", "beamoff", "nil", "shortphrase", "mediumphrase", "longphrase"})

USUAL_SYMBOLS = {
    ".": "staccato",
    "~": "roll",
    "H": "fermata",
    "J": "slide",
    "L": "accent",
    "M": "lowermordent",
    "O": "coda",
    "P": "uppermordent",
    "R": "roll",
    "S": "segno",
    "T": "trill",
    "u": "upbow",
    "v": "downbow",
}
_KNOWN = (
    DYNAMICS | SIGNS.keys() | LINES.keys() | SPANS.keys() | JUMPS.keys() | PROPERTIES | TREMOLO_ENDS.keys() | SILENT
)


@dataclass(frozen=True)
class UserSymbol:
    """What a `U:` field says: a letter, and the decoration or the text in quotation marks that it stands for."""

    letter: str
    meaning: str


def is_known(name: str) -> bool:
    """Whether a decoration means something here."""
    return name in _KNOWN


def parse_user_symbol(value: str) -> UserSymbol | None:
    """Read the value of a `U:` field, such as `W = !trill!`; None if it is not one."""
    letter, equals, meaning = value.partition("=")
    letter, meaning = letter.strip(), meaning.strip()
    if not equals or len(letter) != 1 or not (letter in "~." or "H" <= letter <= "Y" or "h" <= letter <= "w"):
        return None
    if len(meaning) > 2 and meaning[0] == meaning[-1] and meaning[0] in "!+":
        meaning = meaning[1:-1]
    return UserSymbol(letter, meaning) if meaning else None
