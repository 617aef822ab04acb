"""Title and credit of a piece: pleasant, and honest about who wrote it.

Never "Nocturne by Chopin": the title says what kind of piece it is, the credit says that Notabot wrote it.
"""

from generator.catalogue.style import Style

# Who stands behind a style that no single composer does.
COLLECTIVES = {
    "Anonymous": "anonymous Polish composers",
    "Traditional": "traditional tunes",
    "Unknown": "composers nobody remembers",
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


def piece_title(style: Style, key_name: str | None) -> str:
    """For example "Keyboard piece in A minor". key_name None: music without a key signature."""
    word = PIECE_WORDS.get(style.instrumentation, f"{style.instrumentation} piece")
    return f"{word} in {key_name}" if key_name else word


def credit_line(style: Style) -> str:
    """For example "Notabot, after Chopin"."""
    return f"Notabot, after {COLLECTIVES.get(style.composer) or style.called or style.surname}"
