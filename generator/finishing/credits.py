"""Title and credit of a piece: pleasant, and honest about who wrote it.

Never "Nocturne by Chopin": the title says what kind of piece it is, the credit says that Notabot wrote it.
"""

from generator.catalogue.ensembles import NOBODY, Ensemble, named_players
from generator.catalogue.style import Style

# Who stands behind a style that no single composer does.
COLLECTIVES = {
    "Anonymous": "anonymous Polish composers",
    "Traditional": "traditional tunes",
    "Unknown": "composers nobody remembers",
}

MANNERS = {
    "Baroque": "the Baroque",
    "Classical": "the Classical period",
    "Romantic": "the Romantic period",
    "Renaissance": "the Renaissance",
    "Ragtime": "ragtime",
    "Folk": "folk music",
    "Unknown": "times past",
}

PIECE_WORDS = {
    "Art Song": "Art song",
    "Chamber": "Chamber piece",
    "Choral": "Choral piece",
    "Guitar": "Guitar piece",
    "Keyboard": "Keyboard piece",
    "Orchestral": "Orchestral piece",
    "Vocal-Orchestral": "Piece for voices and orchestra",
}


def piece_title(style: Style, key_name: str | None, *, players: Ensemble = NOBODY) -> str:
    """For example "Keyboard piece in A minor", or "Piece for flute and piano in A minor".

    key_name None: music without a key signature. players: who was asked for by name.
    """
    word = _piece_for(players) or PIECE_WORDS.get(style.instrumentation, f"{style.instrumentation} piece")
    return f"{word} in {key_name}" if key_name else word


def _piece_for(players: Ensemble) -> str:
    names = [name.text for name in named_players(players)]
    if not names:
        return ""
    if len(names) == 1 and len(players) > 2:
        return names[0][0].upper() + names[0][1:]
    *others, last = names
    return f"Piece for {', '.join(others)} and {last}" if others else f"Piece for {last}"


def credit_line(style: Style, *, known: bool = True) -> str:
    """For example "Notabot, after Chopin"; of a style that is not known "Notabot, in the manner of the Baroque"."""
    if not known and style.composer not in COLLECTIVES:
        return f"Notabot, in the manner of {MANNERS.get(style.period, style.period)}"
    return f"Notabot, after {COLLECTIVES.get(style.composer) or style.called or style.surname}"
