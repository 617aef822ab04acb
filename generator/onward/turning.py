"""What is changed about a piece by rule: its register, its mode, how it ends, how fast it goes.

Promises: every bar is as long as it was; rhythm, slurs and texts stay, character by character; bars that are not named
print as they did. A note that is tied to one outside the bars stays where it is.
Not covered: transposing instruments, whose notes sound elsewhere; scales that a change of mode leaves with the raised
seventh beside the lowered sixth.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from generator.errors import NotationError
from generator.notation import Bar, Tune, VoiceBar, cut_bars, staves_of
from generator.notation.accidentals import Accidentals, Signature
from generator.notation.checks import barlines
from generator.notation.keys import STEPS, Key, read_key_field, signature
from generator.notation.limits import TEMPO_MAX, TEMPO_MIN
from generator.notation.pitches import ACCIDENTALS, NOTE_PATTERN, bare_note, read_note
from generator.notation.tempos import contradicts, read_tempo
from generator.notation.tokens import SOUNDING, TEXT_PATTERN, Token, TokenKind
from generator.onward.hands import plays_chords
from generator.onward.notes import Event, Pitch, pages_of
from generator.planning.again import written_note

USUAL_TEMPO = 100
QUARTER = Fraction(1, 4)
OCTAVE_STEPS = 7
SEVENTH, THIRD = 6, 2  # steps above the tonic
THIRDS = {"maj": 4, "min": 3}  # semitones
_NOTES = re.compile(f"{NOTE_PATTERN}|{TEXT_PATTERN}")
_PITCHED = frozenset({*SOUNDING, TokenKind.GRACE})
_TEMPO_FIELD = re.compile(r"\[Q:([^\]\n]*)\]")


# --- higher and lower ------------------------------------------------------------------------------------------------


def shifted(tune: Tune, bars: Sequence[int], voices: Sequence[str], steps: int) -> dict[int, Bar]:
    """The bars whose notes stand so many steps of the scale higher, by their numbers; by octaves nothing else moves."""
    pages, new = pages_of(tune), {}
    for number in bars:
        page, bar = pages[number], tune.bars[number]
        if page is None and steps % OCTAVE_STEPS:
            continue
        changed = []
        for voice in bar.voices:
            if voice.voice not in voices:
                changed.append(voice)
                continue
            staying = _tied_outside(tune, number, voice, bars)
            sign = page.signature if page is not None else ()
            changed.append(_moved(voice, staying, lambda note, sign=sign: _shifted_note(note, steps, sign)))  # type: ignore[misc]
        other = replace(bar, voices=tuple(changed))
        if other != bar:
            new[number] = other
    return new


def _shifted_note(note: str, steps: int, sign: Sequence[int]) -> str:
    """By octaves the letter alone; else to the note of the scale, without its accidental."""
    at = read_note(note)[1] + steps
    if steps % OCTAVE_STEPS == 0:
        return note[: len(note) - len(note.lstrip("^_="))] + bare_note(at)
    return ACCIDENTALS[sign[at % OCTAVE_STEPS]] + bare_note(at) if note[0] in "^_=" else bare_note(at)


def _moved(voice: VoiceBar, staying: frozenset[int], move: Callable[[str], str]) -> VoiceBar:
    """A voice's bar with its notes moved; staying: the numbers of the tokens that are not."""
    texts = []
    for number, token in enumerate(voice.tokens):
        is_moved = token.kind in _PITCHED and number not in staying
        texts.append(_exchanged(token.text, move) if is_moved else token.text)
    return replace(voice, music="".join(texts))


def _exchanged(text: str, move: Callable[[str], str]) -> str:
    return _NOTES.sub(lambda found: move(found["note"]) if found["note"] else found[0], text)


def _tied_outside(tune: Tune, number: int, voice: VoiceBar, bars: Sequence[int]) -> frozenset[int]:
    """The tokens that are tied to notes of bars that stay."""
    sounding = [at for at, token in enumerate(voice.tokens) if token.kind in SOUNDING]
    if not sounding:
        return frozenset()
    staying = set()
    if number - 1 not in bars and number > 0:
        before = tune.bars[number - 1].voice(voice.voice)
        if before is not None and _leads_on(before.tokens):
            staying.add(sounding[0])
    if number + 1 not in bars and number + 1 < len(tune.bars) and _leads_on(voice.tokens):
        staying.add(sounding[-1])
    return frozenset(staying)


def _leads_on(tokens: Sequence[Token]) -> bool:
    """Whether the last note is tied to what follows."""
    last = max((at for at, token in enumerate(tokens) if token.kind in SOUNDING), default=None)
    if last is None:
        return False
    behind = tokens[last + 1 :]
    return any(token.kind is TokenKind.TIE for token in behind[:2]) or "-" in tokens[last].text


# --- major and minor -------------------------------------------------------------------------------------------------


def in_mode(tune: Tune, mode: str) -> Tune:
    """The tune in major or minor on the same tonic: what is in the other mode moves, what is in this one stays.

    Of minor the leading note stays raised.
    """
    header = tune.header
    key = _key_in(header.key)
    if key is not None and _is_other(key, mode):
        header = header.with_field("K", _in_parallel(header.key, mode))
    keys = {voice.id: _key_in(tune.header.key) for voice in tune.header.voices}
    bars = []
    for bar in tune.bars:
        voices = []
        for voice in bar.voices:
            music, keys[voice.voice] = _voice_in_mode(voice, keys.get(voice.voice), mode)
            voices.append(replace(voice, music=music))
        bars.append(replace(bar, voices=tuple(voices)))
    return replace(tune, header=header, bars=tuple(bars))


def _voice_in_mode(voice: VoiceBar, key: Key | None, mode: str) -> tuple[str, Key | None]:
    """The music, and the key that holds behind it, as it was before."""
    heard, written = _accidentals(key), _accidentals(_parallel(key, mode))
    texts = []
    for token in voice.tokens:
        text = token.text
        if token.kind is TokenKind.FIELD and text.startswith("[K:") and (said := _key_in(text[3:-1])) is not None:
            key = said
            heard, written = _accidentals(key), _accidentals(_parallel(key, mode))
            text = f"[K:{_in_parallel(text[3:-1], mode)}]" if _is_other(key, mode) else text
        elif token.kind in _PITCHED and key is not None and _is_other(key, mode):
            text = _turned(text, key, mode, heard, written)
        texts.append(text)
    return "".join(texts), key


def _turned(text: str, key: Key, mode: str, heard: Accidentals, written: Accidentals) -> str:
    old, new = signature(key.fifths), signature(_parallel_key(key, mode).fifths)
    tonic = STEPS.index(key.tonic[0])

    def exchange(found: re.Match[str]) -> str:
        if not found["note"]:
            return found[0]
        steps, alter = heard.read(found["note"])
        step = steps % OCTAVE_STEPS
        stays = mode == "min" and (step - tonic) % OCTAVE_STEPS == SEVENTH
        if alter == old[step] and not stays:
            alter = new[step]
        bare = bare_note(steps)
        return bare if written.read(bare) == (steps, alter) else written_note(written, bare, alter)

    return _NOTES.sub(exchange, text)


def _accidentals(key: Key | None) -> Accidentals:
    sign: Signature = signature(key.fifths if key else 0)
    return Accidentals(sign)


def _key_in(words: str) -> Key | None:
    try:
        found = read_key_field(words)
    except NotationError:
        return None
    return found.key if found is not None else None


def _is_other(key: Key, mode: str) -> bool:
    return key.mode in ("maj", "min") and key.mode != mode and abs(_parallel_key(key, mode).fifths) <= OCTAVE_STEPS


def _parallel_key(key: Key, mode: str) -> Key:
    return Key(key.tonic, mode)


def _parallel(key: Key | None, mode: str) -> Key | None:
    return _parallel_key(key, mode) if key is not None and _is_other(key, mode) else key


def _in_parallel(words: str, mode: str) -> str:
    """What a key field says, in the other mode; what stands beside the key stays."""
    found = read_key_field(words)
    assert found is not None
    assert found.key is not None
    rest = re.sub(r"^\s*(?:minor|major|min|maj|m(?![a-z]))", "", found.after)
    return f"{found.before}{found.key.tonic}{'' if mode == 'maj' else 'min'}{rest}"


# --- how it ends -----------------------------------------------------------------------------------------------------


def ended(tune: Tune, mode: str) -> dict[int, Bar]:
    """The bars that change so that the last chord is major, or minor, by their numbers."""
    last = max((n for n, bar in enumerate(tune.bars) if any(voice.sounds for voice in bar.voices)), default=None)
    page = pages_of(tune)[last] if last is not None else None
    key = _key_behind(tune)
    if last is None or page is None or key is None:
        return {}
    step = (STEPS.index(key.tonic[0]) + THIRD) % OCTAVE_STEPS
    alter = _third(key, mode)[1]
    new: dict[int, Bar] = {}
    for number in range(last, -1, -1):
        bar, tied = tune.bars[number], []
        voices = []
        for voice in bar.voices:
            is_wanted = number == last or _leads_on(voice.tokens)
            other = _with_third(tune, number, voice, step, alter, only_last=number < last) if is_wanted else voice
            voices.append(other)
            tied += [True] if other != voice and number and _is_tied_into(tune, number, voice.voice) else []
        if tuple(voices) != bar.voices:
            new[number] = replace(bar, voices=tuple(voices))
        if not tied:
            break
    return new or _with_a_third(tune, last, key, mode)


def _key_behind(tune: Tune) -> Key | None:
    """The key that the piece ends in, as its first voice says it."""
    key = _key_in(tune.header.key)
    for bar in tune.bars:
        for token in bar.voices[0].tokens if bar.voices else ():
            if token.kind is TokenKind.FIELD and token.text.startswith("[K:"):
                key = _key_in(token.text[3:-1]) or key
    return key


def _third(key: Key, mode: str) -> tuple[int, int]:
    """The step, within an octave above C, and the alteration of the third above the tonic."""
    step = (STEPS.index(key.tonic[0]) + THIRD) % OCTAVE_STEPS
    height = (key.pitch_class + THIRDS[mode]) % 12
    natural = Pitch(step, 0).height
    return step, (height - natural + 6) % 12 - 6


def _with_third(tune: Tune, number: int, voice: VoiceBar, step: int, alter: int, *, only_last: bool) -> VoiceBar:
    """The voice's bar with its thirds as they are wanted, those of its last note alone if so."""
    page = pages_of(tune)[number]
    if page is None:
        return voice
    last = max((at for at, token in enumerate(voice.tokens) if token.kind in SOUNDING), default=-1)
    heard, written = Accidentals(page.signature), Accidentals(page.signature)
    texts = []
    for at, token in enumerate(voice.tokens):
        is_meant = at == last or not only_last

        def exchange(found: re.Match[str], is_meant: bool = is_meant) -> str:
            if not found["note"]:
                return found[0]
            steps, is_now = heard.read(found["note"])
            to = alter if is_meant and steps % OCTAVE_STEPS == step else is_now
            bare = bare_note(steps)
            before = dict(written.marks)
            if to == is_now and written.read(found["note"]) == (steps, to):
                return found["note"]
            written.marks = before
            return bare if written.read(bare) == (steps, to) else written_note(written, bare, to)

        texts.append(_NOTES.sub(exchange, token.text) if token.kind in _PITCHED else token.text)
    return replace(voice, music="".join(texts))


def _is_tied_into(tune: Tune, number: int, voice: str) -> bool:
    before = tune.bars[number - 1].voice(voice)
    return before is not None and _leads_on(before.tokens)


def _with_a_third(tune: Tune, last: int, key: Key, mode: str) -> dict[int, Bar]:
    """An empty fifth, or an octave, becomes a chord where somebody can play one."""
    page, bar = pages_of(tune)[last], tune.bars[last]
    staves = staves_of(tune.header)
    step, alter = _third(key, mode)
    if page is None or _has_third(page.events, bar, key):
        return {}
    for staff in staves:
        for voice in bar.voices:
            if voice.voice not in staff or not voice.sounds or not plays_chords(tune.header, staff):
                continue
            events = page.events(voice)
            final = max((at for at, event in enumerate(events) if event.pitches), default=None)
            if final is None or not events[final].plain or (_is_tied_into(tune, last, voice.voice) and final == 0):
                continue

            def chord(at: int, event: Event, final: int = final) -> Sequence[Event] | None:
                if at != final:
                    return None
                low = event.pitches[-1].steps - OCTAVE_STEPS
                third = Pitch(low + (step - low) % OCTAVE_STEPS, alter)
                return [replace(event, pitches=tuple(sorted({*event.pitches, third})))]

            other = page.exchanged(voice, chord)
            voices = tuple(other if each is voice else each for each in bar.voices)
            return {last: replace(bar, voices=voices)}
    return {}


def _has_third(events_of: Callable[[VoiceBar], list[Event]], bar: Bar, key: Key) -> bool:
    step = (STEPS.index(key.tonic[0]) + THIRD) % OCTAVE_STEPS
    return any(
        pitch.steps % OCTAVE_STEPS == step
        for voice in bar.voices
        for event in events_of(voice)
        for pitch in event.pitches
    )


# --- how fast --------------------------------------------------------------------------------------------------------


def paced(tune: Tune, *, factor: float, tempo: int | None, bars: range | None = None) -> Tune:
    """The tune at another tempo: so many times as fast, or so many quarters a minute; of some bars, only there."""
    old = tune.header.tempo or ""
    if bars is None or len(bars) == len(tune.bars):
        new = _faster(old, factor=factor, tempo=tempo, tune=tune)
        before = _quarters(old) or Fraction(USUAL_TEMPO)
        ratio = float((_quarters(new) or before) / before)
        header = tune.header.with_field("Q", new)
        changed = tuple(_with_tempos(bar, ratio, tune) for bar in tune.bars)
        return replace(tune, header=header, bars=changed)
    here = cut_bars(tune, bars[0], bars[0]).header.tempo or old
    behind = cut_bars(tune, bars[-1] + 1, bars[-1] + 1).header.tempo or old if bars[-1] + 1 < len(tune.bars) else ""
    new = _faster(here, factor=factor, tempo=tempo, tune=tune)
    all_bars = list(tune.bars)
    all_bars[bars[0]] = _opened(all_bars[bars[0]], f"[Q:{new}]")
    if behind or bars[-1] + 1 < len(tune.bars):
        all_bars[bars[-1]] = _closed(all_bars[bars[-1]], f"[Q:{behind or f'1/4={USUAL_TEMPO}'}]")
    return replace(tune, bars=tuple(all_bars))


def _quarters(words: str) -> Fraction | None:
    found = read_tempo(words.rpartition('"')[2])
    return found[0] * found[1] / QUARTER if found is not None else None


def _faster(words: str, *, factor: float, tempo: int | None, tune: Tune) -> str:
    """A tempo field at another speed, in the note that it counted; a word that says otherwise goes."""
    found = read_tempo(words.rpartition('"')[2]) or (QUARTER, USUAL_TEMPO)
    note, number = found
    quarters = (
        Fraction(tempo) if tempo is not None else note * number / QUARTER * Fraction(factor).limit_denominator(64)
    )
    quarters = min(max(quarters, Fraction(TEMPO_MIN)), Fraction(TEMPO_MAX))
    new = f"{note.numerator}/{note.denominator}={max(1, round(quarters * QUARTER / note))}"
    text = words[: words.rfind('"') + 1].strip()
    return f"{text} {new}" if text and not contradicts(text, new, tune.header.metre) else new


def _with_tempos(bar: Bar, ratio: float, tune: Tune) -> Bar:
    if not any("[Q:" in voice.music for voice in bar.voices):
        return bar

    def exchange(found: re.Match[str]) -> str:
        return f"[Q:{_faster(found[1], factor=ratio, tempo=None, tune=tune)}]" if _quarters(found[1]) else found[0]

    return replace(
        bar, voices=tuple(replace(voice, music=_TEMPO_FIELD.sub(exchange, voice.music)) for voice in bar.voices)
    )


def _opened(bar: Bar, field: str) -> Bar:
    """A field behind the opening barline of the first voice, in place of such ones at its beginning."""
    first = bar.voices[0]
    opening = barlines(first.tokens).opening
    at = first.music.find(opening) + len(opening)
    rest = re.sub(r"^\s*\[Q:[^\]\n]*\]", "", first.music[at:])
    music = first.music[:at] + field + rest
    return replace(bar, voices=(replace(first, music=music), *bar.voices[1:]))


def _closed(bar: Bar, field: str) -> Bar:
    """A field before the closing barline of the first voice."""
    first = bar.voices[0]
    closing = barlines(first.tokens).closing
    music = first.music.rstrip().removesuffix(closing) + field + closing
    return replace(bar, voices=(replace(first, music=music), *bar.voices[1:]))
