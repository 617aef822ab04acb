"""Words that change the tempo from where they stand: slower, quicker, as before. Everybody who plays has to know them.

Covered: what scores say in Italian, German, English and French. Not covered: words that name a tempo, such as "Adagio".
"""

SLOWER = (
    "rit",
    "rall",
    "allarg",
    "smorz",
    "calando",
    "morendo",
    "perdendo",
    "slentando",
    "slower",
    "langsamer",
    "cédez",
)
QUICKER = ("accel", "string", "affrett", "faster", "schneller", "animando", "pressez")
AGAIN = ("a tempo", "tempo i", "tempo primo", "im tempo", "in tempo", "au mouvement")


def slows_down(words: str) -> bool:
    """Whether it becomes slower from here on."""
    return any(word.startswith(SLOWER) for word in words.casefold().split())


def gets_quicker(words: str) -> bool:
    """Whether it becomes quicker from here on."""
    return any(word.startswith(QUICKER) for word in words.casefold().split())


def is_as_before(words: str) -> bool:
    """Whether the tempo is the old one again."""
    return words.casefold().startswith(AGAIN)


def changes_tempo(words: str) -> bool:
    """Whether it is one of these."""
    return slows_down(words) or gets_quicker(words) or is_as_before(words)
