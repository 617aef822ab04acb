"""What a player meets on the page before a note sounds: notes that the instrument lacks, flags, lost staves, tempos."""

from __future__ import annotations

from generator.catalogue.ranges import ONE_NOTE_AT_A_TIME
from generator.critic.range_check import check_ranges, voice_ranges
from generator.critic.sounding import sounding_notes
from generator.notation import Metre, TokenKind, Tune, count_flags
from generator.notation.checks import inner_tokens
from generator.notation.crossing import staff_move
from generator.notation.tempos import contradicts, names_tempo
from generator.notation.tokens import SOUNDING, without_texts

Count = tuple[int, int]  # how many of how many


def notes_outside(tune: Tune) -> Count:
    """Notes that their instrument cannot play, of those whose instrument is known."""
    voices = [voice for voice in check_ranges(tune, list(sounding_notes(tune))) if voice.instrument]
    return sum(voice.notes_outside for voice in voices), sum(voice.notes for voice in voices)


def chords_in_single_lines(tune: Tune) -> Count:
    """Chords of a singer or a wind player, of what these strike."""
    ranges = voice_ranges(tune.header)
    single = {voice for voice, found in ranges.items() if found and found.instrument in ONE_NOTE_AT_A_TIME}
    struck = [
        token
        for bar in tune.bars
        for voice in bar.voices
        if voice.voice in single
        for token in voice.tokens
        if token.kind in SOUNDING
    ]
    chords = sum(token.kind is TokenKind.CHORD and _notes_in(token.text) > 1 for token in struck)
    return chords, len(struck)


def _notes_in(chord: str) -> int:
    return sum(char in "ABCDEFGabcdefg" for char in without_texts(chord))


def unbeamed(tune: Tune) -> Count:
    """Pairs of neighbours with flags in the same beat that no beam joins, of all such pairs (`notation.beaming`)."""
    counts = count_flags(tune).values()
    return sum(apart for apart, _ in counts), sum(pairs for _, pairs in counts)


def on_wrong_staff(tune: Tune) -> Count:
    """Bars of a voice that begin on another staff than its own without saying so, of its bars with notes."""
    away = {voice.id: 0 for voice in tune.header.voices}
    lost = bars = 0
    for bar in tune.bars:
        for voice in bar.voices:
            before = away.get(voice.voice, 0)
            if voice.sounds:
                words = [token for token in inner_tokens(voice.tokens) if token.kind is not TokenKind.SPACE]
                bars, lost = bars + 1, lost + bool(before and words and staff_move(words[0]) is None)
            away[voice.voice] = before + sum(staff_move(token) or 0 for token in voice.tokens)
    return lost, bars


def contradicting_tempos(tune: Tune) -> Count:
    """Tempo words that contradict the number beside them, of those with a number (`notation.tempos`)."""
    wrong = words = 0
    tempo, metre = tune.header.tempo, tune.header.metre
    for bar in tune.bars:
        texts: list[str] = []
        for voice in bar.voices:
            for token in voice.tokens:
                if token.kind is TokenKind.QUOTED:
                    texts.append(token.text[1:-1])
                elif token.kind is TokenKind.FIELD and token.text.startswith("[Q:"):
                    tempo = token.text[3:-1]
        judged = _judge(texts, tempo, metre)
        wrong, words = wrong + judged[0], words + judged[1]
    return wrong, words


def _judge(texts: list[str], tempo: str | None, metre: Metre | None) -> Count:
    named = [text for text in dict.fromkeys(texts) if tempo and names_tempo(text)]
    return sum(contradicts(text, tempo or "", metre) for text in named), len(named)
