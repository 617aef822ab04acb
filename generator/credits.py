"""Title and credit of a piece: pleasant, and honest about who wrote it.

Never "Nocturne by Chopin": the title says what kind of piece it is, the credit says that Notabot wrote it.
"""

from generator.styles import Style

# Surnames that stand for several composers in the catalogue: these are told apart by their initials.
SHARED_SURNAMES = frozenset({"Bach", "Haydn", "Mendelssohn", "Mozart", "Scarlatti", "Schumann", "Strauss"})

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


def short_name(composer: str) -> str:
    """The name people use: "Chopin, Frederic" → "Chopin", "Bach, Johann Sebastian" → "J. S. Bach"."""
    surname, _, given = composer.partition(", ")
    if surname not in SHARED_SURNAMES or not given:
        return surname
    initials = " ".join(f"{name[0]}." for name in given.replace("-", " ").split())
    return f"{initials} {surname}"


def credit_line(style: Style) -> str:
    """For example "Notabot, after Chopin"."""
    if style.composer == "Unknown":
        return f"Notabot, in the {style.period} manner"
    return f"Notabot, after {short_name(style.composer)}"
