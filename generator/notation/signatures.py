"""Which key signature holds at a place of a tune.

Not covered: voices with signatures of their own.
"""

from collections.abc import Sequence

from generator.errors import NotationError
from generator.notation.accidentals import NO_SIGNATURE, Signature, signature_of
from generator.notation.tokens import TokenKind
from generator.notation.tune import Bar, Header


def signature_in(header: Header, bars: Sequence[Bar]) -> Signature | None:
    """The signature behind these bars; None where voices sound at another pitch than they are written, or at none."""
    if any("transpose=" in voice.text or voice.clef.startswith("perc") for voice in header.voices):
        return None
    fields = (
        token.text[3:-1]
        for bar in reversed(bars)
        for voice in bar.voices
        for token in reversed(voice.tokens)
        if token.kind is TokenKind.FIELD and token.text.startswith("[K:")
    )
    for words in (*fields, header.key):
        try:
            found = signature_of(words)
        except NotationError:
            return None
        if found is not None:
            return found
    return NO_SIGNATURE
