"""What a voice's bar begins and ends with, and which of its last notes are tied on.

Not covered: overlays (`&`), of which the first layer is read; grace notes, which stand between a note and what it is
tied to.
"""

from generator.notation import TokenKind, VoiceBar
from generator.notation.accidentals import find_notes
from generator.notation.durations import TIMED
from generator.notation.pitches import read_note
from generator.notation.tokens import SOUNDING


def timed_words(voice: VoiceBar | None) -> list[int]:
    """The numbers of the tokens that take time, of the first layer."""
    found: list[int] = []
    for number, token in enumerate(voice.tokens if voice else ()):
        if token.kind is TokenKind.OVERLAY:
            break
        if token.kind in TIMED and not token.text.startswith("y"):
            found.append(number)
    return found


def tied_steps(voice: VoiceBar | None) -> set[int]:
    """The notes at the end of a voice's bar that are tied on, as steps above middle C."""
    timed = timed_words(voice)
    if voice is None or not timed or voice.tokens[timed[-1]].kind not in SOUNDING:
        return set()
    word = voice.tokens[timed[-1]]
    all_tied = any(token.kind is TokenKind.TIE for token in voice.tokens[timed[-1] + 1 :][:1])
    return {read_note(found["note"])[1] for found in find_notes(word.text) if all_tied or found["tie"]}
