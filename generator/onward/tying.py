"""Ties over the edges of new bars: what a bar that stays ties to is there, and what it was tied to sounds as it did.

A tie out of a bar that stays needs the same note at the beginning of the new one; and a note that stays may owe its
accidental to a tie from before it (`^c-|c`), which then needs the tie. So the first word of a new voice's bar, or its
last, becomes the notes that are needed, as long as it is; all others sound as they did.

Promises: bars that stay are not touched; no bar changes its length. Not covered: voices with overlays or transposed.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from generator.critic.sounding import SoundingNote, sounding_notes
from generator.notation import Bar, TokenKind, Tune, VoiceBar
from generator.notation.accidentals import find_notes
from generator.notation.tokens import SOUNDING, without_texts
from generator.onward.edges import tied_steps, timed_words
from generator.onward.notes import Event, Page, Pitch, pages_of


def with_ties(whole: Tune, original: Tune, new: Collection[int]) -> Tune:
    """The tune with what ties over the edges of new bars need."""
    standing = len(original.bars)
    into = [n for n in sorted(new) if n > 0 and n - 1 not in new and _is_tied(whole.bars[n - 1])]
    out_of = [n for n in sorted(new) if n + 1 < standing and n + 1 not in new and _is_tied(original.bars[n])]
    if not into and not out_of:
        return whole
    pages, bars = pages_of(whole), list(whole.bars)
    for number in into:
        bars[number] = _begun(bars[number], bars[number - 1], pages[number], pages[number - 1])
    if out_of:
        changed = _sounding_otherwise(original, replace(whole, bars=tuple(bars)), {n + 1 for n in out_of})
        before = pages_of(original)
        for number, voice in sorted(changed):
            bars[number - 1] = _ended(
                bars[number - 1], original.bars[number - 1], voice, pages[number - 1], before[number - 1]
            )
    return replace(whole, bars=tuple(bars))


def _is_tied(bar: Bar) -> bool:
    return any(tied_steps(voice) for voice in bar.voices)


def _begun(bar: Bar, before: Bar, page: Page | None, page_before: Page | None) -> Bar:
    """A new bar that begins with what the bar before ties to."""
    if page is None or page_before is None:
        return bar
    voices = []
    for voice in bar.voices:
        last = before.voice(voice.voice)
        wanted = _pitches(page_before, last, tied_steps(last)) if last else ()
        voices.append(_exchanged(voice, page, wanted, 0) if wanted else voice)
    return replace(bar, voices=tuple(voices))


def _ended(bar: Bar, original: Bar, voice: str, page: Page | None, page_before: Page | None) -> Bar:
    """A new bar whose last note in a voice is tied on as it was."""
    new, old = bar.voice(voice), original.voice(voice)
    if page is None or page_before is None or new is None or old is None:
        return bar
    if not (wanted := _pitches(page_before, old, tied_steps(old))):
        return bar
    changed = _tied_on(_exchanged(new, page, wanted, -1))
    return replace(bar, voices=tuple(changed if one.voice == voice else one for one in bar.voices))


def _pitches(page: Page, voice: VoiceBar, steps: set[int]) -> tuple[Pitch, ...]:
    """The notes on these steps of a voice's last word."""
    events = page.events(voice) if steps else []
    return tuple(pitch for pitch in (events[-1].pitches if events else ()) if pitch.steps in steps)


def _exchanged(voice: VoiceBar, page: Page, wanted: Sequence[Pitch], place: int) -> VoiceBar:
    """The voice's bar with these notes in place of its first word (0) or its last (-1), if it lacks one of them."""
    events, timed = page.events(voice), timed_words(voice)
    if not events or len(events) != len(timed):
        return voice
    at = place % len(events)
    if set(wanted) <= set(events[at].pitches):
        return voice
    word = voice.tokens[timed[at]]
    if (spelled := _length_of(word.text, is_chord=word.kind is TokenKind.CHORD)) is None:
        return voice

    def change(number: int, event: Event) -> Sequence[Event] | None:
        return [replace(event, pitches=tuple(wanted), spelled=spelled)] if number == at else None

    return page.exchanged(voice, change)


def _length_of(word: str, *, is_chord: bool) -> str | None:
    """How long a word says that it is: "3/2" of "^c3/2" and of "[CE]3/2"; None where it says so twice."""
    if not is_chord:
        return word.lstrip("^_=ABCDEFGabcdefgzxZX,'")
    inner, _, outer = word.rpartition("]")
    first = next(find_notes(inner), None)
    lengths = without_texts(inner)[first.end("note") :] if first else ""
    own = lengths[: len(lengths) - len(lengths.lstrip("0123456789/"))]
    return None if own and outer else own or outer


def _tied_on(voice: VoiceBar) -> VoiceBar:
    """The voice's bar with a tie behind its last word."""
    timed = timed_words(voice)
    if not timed or voice.tokens[timed[-1]].kind not in SOUNDING or tied_steps(voice):
        return voice
    texts = [token.text for token in voice.tokens]
    texts[timed[-1]] += "-"
    return replace(voice, music="".join(texts))


def _sounding_otherwise(original: Tune, whole: Tune, bars: set[int]) -> set[tuple[int, str]]:
    """Which voices of bars that stay sound otherwise than they did: number and voice."""
    old, now = (_heard(tune, bars) for tune in (original, whole))
    return {key for key in old | now if old.get(key) != now.get(key)}


def _heard(tune: Tune, bars: set[int]) -> dict[tuple[int, str], list[tuple[int, object]]]:
    found: dict[tuple[int, str], list[SoundingNote]] = {}
    for note in sounding_notes(tune):
        if note.bar in bars:
            found.setdefault((note.bar, note.voice), []).append(note)
    return {key: [(note.pitch, note.length) for note in notes] for key, notes in found.items()}
