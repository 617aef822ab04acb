"""The style of music that somebody brings: who plays by the names of its voices, whose it is by its `C:` line.

Promises: there always is one; where nobody is named whom the catalogue knows, the prompt names nobody, which a network
is taught, too. Not covered: what a person asks for.
"""

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.ranges import find_range
from generator.catalogue.style import Style
from generator.notation import Header, staves_of

SINGERS = frozenset({"soprano", "alto", "tenor", "bass", "baritone", "mezzo-soprano", "voice", "singer"})
KEYBOARDS = frozenset({"piano", "harpsichord", "organ", "keyboard", "harp", "clavichord"})
MOST_CHAMBER_STAVES = 6


def style_of(header: Header, catalogue: Catalogue) -> Style:
    """The style that the tune header tells of."""
    instrumentation = instrumentation_of(header)
    said = catalogue.lexicon.read(header.field("C") or "").meanings
    for meaning in (one for one in said if one.kind == "composer"):
        for style in sorted(meaning.weights, key=catalogue.pieces, reverse=True):
            if style.instrumentation == instrumentation:
                return style
    return Style("", "", instrumentation)


def instrumentation_of(header: Header) -> str:
    """One of the words of the prompt's third line."""
    staves = staves_of(header)
    names = {voice.id: voice.name for voice in header.voices}
    players = [_player(next((names[voice] for voice in staff if names.get(voice)), "")) for staff in staves]
    named = [player for player in players if player]
    if any("guitar" in player for player in named) and len(staves) == 1:
        return "Guitar"
    if named and all(player in SINGERS for player in players) and len(staves) > 1:
        return "Choral"
    sings, plays = any(player in SINGERS for player in named), any(player in KEYBOARDS for player in named)
    if sings:
        return "Art Song" if plays and len(staves) <= MOST_CHAMBER_STAVES else "Choral"
    if not any(player not in KEYBOARDS for player in named):
        return "Keyboard"
    return "Chamber" if len(staves) <= MOST_CHAMBER_STAVES else "Orchestral"


def _player(name: str) -> str:
    found = find_range(name) if name else None
    return found.instrument.lower() if found else ""
