"""How exact, fast and small videos are: each is made, decoded again, and looked at frame by frame.

    make measure NAME=video ARGS="docs/twelve/shipped docs/gallery"
    make measure NAME=video ARGS="scores.jsonl.xz --kinds --count 50 --longest 90 --tall"
    make measure NAME=video ARGS="docs/gallery --roll"

Of each piece: its length, the processor time of engraving, playing and filming it by one thread, for a minute of music;
the size of two minutes; how many of the notes that sound are on the page; how many frames a note is in colour too early
or too late, beside the MIDI file (the page may have been turned before a note that is heard at its end has been seen);
by how many milliseconds the sound in the video is shifted against the recording, by correlation of each two seconds;
and, from the sound of the finished video alone, when a note that is struck by itself is heard to begin, beside the
frame that shows it: where the spectrum grows most (slow attacks are heard late by that, a piano's are not).

A SOURCE is a .abc file, a folder of them, or rows of a corpus (.jsonl, .jsonl.xz) with their ABC as `abc` or `text`.
--roll films keys instead, and looks when each takes on colour and whether it was let go before.
--kinds takes one piece of every kind from a corpus: of each style, and with each sign that may go wrong.
"""

import argparse
import json
import lzma
import math
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import mido
import numpy as np
import numpy.typing as npt

from bot.making.reading import with_all_rests
from renderers.errors import RenderError
from renderers.pages.fonts import prepare_fonts
from renderers.recipe import Recipe
from renderers.sound.loudness import SAMPLE_RATE, Samples
from renderers.video.drawing import CURSOR, CURSOR_STRENGTH, VOICES
from renderers.video.keyboard import Key, Keyboard
from renderers.video.lines import draw_lines
from renderers.video.planes import GREY, colour_of
from renderers.video.roll import Roll
from renderers.video.schedule import frame_of
from renderers.video.screens import Head, Screen, paint_screen, place_lines
from renderers.video.shapes import FRAMES_PER_S, LEAD_FRAMES, LEAD_S, TALL, WIDE, Shape
from renderers.video.timeline import Timeline, read_timeline

SAME_MS = 5.0  # MIDI counts in ticks; half of one at 12 quarters a minute, where a piece comes to its close
LEAST_INK = 0.2
LEAST_COLOUR = 12.0  # of chroma, of a key
COMPARED_S = 2.0  # of sound at a time
SHIFTED_MS = 60.0  # at most
ALONE_S = 0.15  # around a note whose beginning can be heard
EARLIEST_S, LATEST_S = 0.08, 0.12  # it is looked for so far from where it should be
FRAME_MS = 1000 / FRAMES_PER_S
WINDOW, HOP = 1024, 192  # samples of a spectrum
CHARS_A_SECOND = 300  # of ABC: what is longer surely lasts too long
KIND_ROWS = 15  # a style with fewer pieces is no kind
SIGNS = {
    "repeat": r":\|",
    "volta": r"\|1|\[1",
    "grace": r"\{",
    "grace chord": r"\{\[",
    "trill": r"!trill!|T[A-Ga-g^_=]",
    "turn": r"!turn",
    "tie": r"[A-Ga-g0-9,']-",
    "tempo": r"\[Q:",
    "fermata": r"fermata",
    "cross-staff": r"\[I:staff",
    "voices": r"%%score.*\(",
    "tuplet": r"\(3",
    "tremolo": r"!/+!",
    "arpeggio": r"arpeggio",
    "da capo": r"D\.C\.|!dacapo|D\.S\.|!fine!",
    "metre": r"\[M:",
    "key": r"\[K:",
    "pedal": r"!ped",
    "chord symbol": r'"[A-G][b#]?m?7?"',
    "ottava": r"!8va",
    "drums": r"\bperc",
}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of one piece. late: frames between hearing a note and seeing it in colour, of each that could be seen.
    heard_ms: how much later than its frame a note is heard to begin, of each that is struck by itself.
    """

    length_s: float
    processor_s: float
    num_bytes: int
    num_notes: int
    not_on_page: int
    not_seen: int
    already: int
    late: Sequence[int]
    not_as_midi: int
    shift_ms: float
    heard_ms: Sequence[float]


def measure(abc: str, shape: Shape, *, as_roll: bool = False) -> Figures:
    """Make the video and look at it. Raises RenderError."""
    recipe = Recipe(abc)
    started_s = time.process_time()
    video = recipe._film(is_tall=shape is TALL, as_roll=as_roll)
    processor_s = time.process_time() - started_s
    timeline = read_timeline(*recipe._played)
    if as_roll:
        late, already, not_seen = strikes_seen(video, timeline, Roll(timeline, shape).keyboard)
        num_notes, not_on_page = len(timeline.tones), 0
    else:
        screens = screens_of(recipe._named_score, shape)
        on_page = {note for screen in screens for note in screen.heads}
        late, already, not_seen = onsets_seen(video, timeline, screens)
        num_notes = len(timeline.lights)
        not_on_page = sum(light.note not in on_page for light in timeline.lights)
    sound = sound_of(video)
    return Figures(
        length_s=len(recipe._recording) / SAMPLE_RATE,
        processor_s=processor_s,
        num_bytes=len(video),
        num_notes=num_notes,
        not_on_page=not_on_page,
        not_seen=not_seen,
        already=already,
        late=late,
        not_as_midi=len(heard_otherwise(timeline, recipe._midi, tied=_tied(recipe))),
        shift_ms=shift_ms(sound, recipe._recording),
        heard_ms=onsets_heard_ms(sound, timeline, tied=_tied(recipe)),
    )


def screens_of(musicxml: str, shape: Shape) -> list[Screen]:
    """All that a video of a score, whose notes have names, shows of it."""
    lines = draw_lines(musicxml, shape)
    places = place_lines(lines, shape)
    return [
        paint_screen(number, lines, places, shape=shape, fonts=prepare_fonts())
        for number in range(places[-1].screen + 1)
    ]


def strikes_seen(video: bytes, timeline: Timeline, keyboard: Keyboard) -> tuple[list[int], int, int]:
    """Of each tone how many frames after it is heard its key takes on the colour of its voice; how many keys were in
    colour already, and how many never are.
    """
    pitches = sorted({tone.pitch for tone in timeline.tones})
    shown: dict[int, list[tuple[int, bool]]] = {pitch: [] for pitch in pitches}  # since when, in colour or not
    for number, (_, u, v) in decoded(video):
        for pitch in pitches:
            is_lit = _is_lit(u[-keyboard.height // 2 :], v[-keyboard.height // 2 :], keyboard.keys[pitch])
            if not shown[pitch] or shown[pitch][-1][1] != is_lit:
                shown[pitch].append((number, is_lit))
    late: list[int] = []
    already = missed = 0
    for tone in timeline.tones:
        moment = LEAD_FRAMES + tone.start * FRAMES_PER_S
        lit = [number for number, is_lit in shown[tone.pitch] if is_lit and abs(number - moment) <= 3]
        before = [is_lit for number, is_lit in shown[tone.pitch] if number <= moment]
        if lit:
            late.append(_frames(min(lit, key=lambda number: abs(number - moment)) - moment))
        elif before and before[-1]:
            already += 1
        else:
            missed += 1
    return late, already, missed


def _is_lit(u: npt.NDArray[np.uint8], v: npt.NDArray[np.uint8], key: Key) -> bool:
    """Whether there is colour in the middle of a key, below the black ones if it is white."""
    rows = slice(len(u) // 4, len(u) // 2) if key.is_black else slice(len(u) * 3 // 4, len(u) - 4)
    middle = (key.left + key.right) // 4
    patch = [plane[rows, middle - 1 : middle + 1].astype(np.float64).mean() - GREY for plane in (u, v)]
    return math.hypot(*patch) > LEAST_COLOUR


def onsets_seen(video: bytes, timeline: Timeline, screens: Sequence[Screen]) -> tuple[list[int], int, int]:
    """Of each note how many frames after it is heard its head takes on colour; how many were in colour already, because
    they had been struck before or stand in the place of another; and how many are never seen to be in colour.
    """
    waiting = sorted(
        ((LEAD_FRAMES + light.start * FRAMES_PER_S, light.note, light.voice) for light in timeline.lights), reverse=True
    )
    heads = {note: head for screen in screens for note, head in screen.heads.items()}
    open_: list[tuple[float, str, int]] = []
    late: list[int] = []
    missed = already = 0
    old = _struck_while_lit(timeline, screens)
    before: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]] | None = None
    for number, (_, u, v) in decoded(video):
        while waiting and waiting[-1][0] <= number + 3:
            _, note, voice = waiting[-1]
            if before and note in heads and _is_coloured(*before, heads[note], voice):
                old.add(waiting[-1])
            open_.append(waiting.pop())
        left = []
        for moment, note, voice in open_:
            head = heads.get(note)
            if head is not None and _is_coloured(u, v, head, voice):
                is_old = (moment, note, voice) in old
                already += is_old
                late += [] if is_old else [_frames(number - moment)]
            elif number - moment > 3:
                missed += 1
            else:
                left.append((moment, note, voice))
        open_, before = left, (u, v)
    return late, already, missed + len(open_) + len(waiting)


def _struck_while_lit(timeline: Timeline, screens: Sequence[Screen]) -> set[tuple[float, str, int]]:
    """Moment, note and voice of each that is struck while its head is lit: trills, heads of several voices."""
    places = {
        note: (number, head.left, head.top)
        for number, screen in enumerate(screens)
        for note, head in screen.heads.items()
    }
    until: dict[tuple[int, int, int], int] = {}
    found = set()
    for light in sorted(timeline.lights, key=lambda light: light.start):
        if (place := places.get(light.note)) is not None:
            if place in until and frame_of(light.start) <= until[place]:
                found.add((LEAD_FRAMES + light.start * FRAMES_PER_S, light.note, light.voice))
            until[place] = max(until.get(place, 0), frame_of(light.end))
    return found


def _frames(late: float) -> int:
    """Whole frames; within one is on time."""
    return 0 if abs(late) <= 1 else math.ceil(late) if late > 0 else math.floor(late)


def _is_coloured(u: npt.NDArray[np.uint8], v: npt.NDArray[np.uint8], head: Head, voice: int) -> bool:
    """Where it has most ink: whether that is more like its voice's colour than like a black head or the cursor."""
    rows, columns = head.ink.shape
    ink = head.ink.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3))
    if not ink.size or ink.max() < LEAST_INK:
        return False
    where = ink >= 0.8 * ink.max()
    part = slice(head.top // 2, (head.top + rows) // 2), slice(head.left // 2, (head.left + columns) // 2)
    seen = np.array([plane[part].astype(np.float64)[where].mean() - GREY for plane in (u, v)])
    lit = (np.array(colour_of(VOICES[voice % len(VOICES)])[1:]) - GREY) * ink[where].mean()
    over = np.array(colour_of(CURSOR)[1:]) - GREY
    unlit = over * np.clip(seen @ over / (over @ over), 0, CURSOR_STRENGTH)
    return bool(np.linalg.norm(seen - lit) < np.linalg.norm(seen - unlit))


def decoded(video: bytes) -> Iterator[tuple[int, tuple[npt.NDArray[np.uint8], ...]]]:
    """The number of each frame that is there, counted from the first, and its luma and chroma."""
    import av

    container: Any = av.open(BytesIO(video))
    with container:
        for frame in container.decode(video=0):
            yield (
                round(float(frame.time) * FRAMES_PER_S),
                tuple(
                    np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
                    for plane in frame.planes
                ),
            )


def sound_of(video: bytes) -> npt.NDArray[np.float32]:
    """Its sound, as players hear it, in one channel."""
    import av

    parts = []
    container: Any = av.open(BytesIO(video))
    with container:
        for frame in container.decode(audio=0):
            block = frame.to_ndarray().mean(axis=0)
            start = round(float(frame.pts * frame.time_base) * SAMPLE_RATE)
            parts.append((start, block))
    sound = np.zeros(max(start + len(block) for start, block in parts), np.float32)
    for start, block in parts:
        sound[max(0, start) : start + len(block)] = block[max(0, -start) :]
    return sound


def shift_ms(sound: npt.NDArray[np.float32], recording: Samples) -> float:
    """How much later than it should the sound of a video is heard, where it is worst."""
    lead, length = round(LEAD_S * SAMPLE_RATE), round(COMPARED_S * SAMPLE_RATE)
    meant = recording.mean(axis=1)
    there = sound[lead : lead + len(meant)]
    shifts = [
        _shift(there[start : start + length], meant[start : start + length])
        for start in range(0, len(meant) - length, length)
        if np.abs(meant[start : start + length]).max() > 1e-3
    ]
    return 1000 * max(shifts or [_shift(there, meant)], key=abs) / SAMPLE_RATE


def _shift(there: npt.NDArray[np.float32], here: npt.NDArray[np.float32]) -> int:
    """In samples."""
    size = 1 << (len(there) + len(here) - 1).bit_length()
    correlation = np.fft.irfft(np.fft.rfft(there, size) * np.conj(np.fft.rfft(here, size)), size)
    most = round(SHIFTED_MS / 1000 * SAMPLE_RATE)
    return int(np.argmax(np.concatenate([correlation[-most:], correlation[: most + 1]]))) - most


def onsets_heard_ms(sound: npt.NDArray[np.float32], timeline: Timeline, *, tied: set[str]) -> list[float]:
    """Of each moment at which something is struck, and nothing else soon before or after, how much later than its frame
    the sound grows most.
    """
    struck = sorted({round(light.start, 3) for light in timeline.lights if light.note not in tied})
    alone = [
        now
        for before, now, after in zip([-1.0, *struck], struck, [*struck[1:], np.inf], strict=False)
        if now - before > ALONE_S and after - now > ALONE_S
    ]
    late = []
    for moment in alone:
        shown = (LEAD_FRAMES + frame_of(moment)) / FRAMES_PER_S
        starts = np.arange(round((shown - EARLIEST_S) * SAMPLE_RATE), round((shown + LATEST_S) * SAMPLE_RATE), HOP)
        if starts[0] < HOP + WINDOW or starts[-1] + WINDOW > len(sound):
            continue
        blocks = np.stack([sound[start - WINDOW // 2 : start + WINDOW // 2] for start in starts]) * np.hanning(WINDOW)
        spectra = np.log1p(100 * np.abs(np.fft.rfft(blocks, axis=1)))
        growth = np.maximum(0, spectra[2:] - spectra[:-2]).sum(axis=1)
        late.append(1000 * (float(starts[1 + np.argmax(growth)]) / SAMPLE_RATE - shown))
    return late


def heard_otherwise(timeline: Timeline, midi: bytes, *, tied: set[str]) -> list[float]:
    """The moments at which the MIDI file strikes a note and nothing is lit. In seconds.

    Two voices that strike one pitch together are one note of a file, so the file may have fewer.
    """
    struck, now = [], 0.0
    for message in mido.MidiFile(file=BytesIO(midi)):
        now += message.time
        if message.type == "note_on" and message.velocity:
            struck.append(now)
    lit = np.sort([light.start for light in timeline.lights if light.note not in tied])
    if not len(lit):
        return struck
    nearest = np.abs(lit[None, :] - np.array(struck)[:, None]).min(axis=1) if struck else np.array([])
    return [moment for moment, distance in zip(struck, nearest, strict=True) if distance > SAME_MS / 1000]


def _tied(recipe: Recipe) -> set[str]:
    return {id_ for note in recipe._played[1] for id_, _ in note.tied}


def sources(source: Path, *, longest_s: float, kinds: bool) -> Iterator[tuple[str, str]]:
    """Name and ABC of each piece that is not too long; of rows, where kinds are wanted, one of each kind in turn."""
    if source.suffix == ".abc" or source.is_dir():
        paths = [source] if source.is_file() else sorted(source.rglob("*.abc"))
        pieces = [(f"{path.parent.name}/{path.name}", path.read_text(encoding="utf-8")) for path in paths]
    else:
        with lzma.open(source, "rt") if source.suffix == ".xz" else source.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        if kinds:
            yield from _of_each_kind(rows, longest_s=longest_s)
            return
        pieces = [(str(row.get("id") or number), _abc_of(row)) for number, row in enumerate(rows)]
    for name, abc in pieces:
        if complete := _fitting(name, abc, longest_s=longest_s):
            yield name, complete


def _abc_of(row: dict[str, Any]) -> str:
    return str(row.get("abc") or row.get("text"))


def _fitting(name: str, abc: str, *, longest_s: float) -> str:
    """The piece with every rest, as people are given it; "" if it is too long or cannot be read."""
    if len(abc) > CHARS_A_SECOND * longest_s:
        return ""
    complete = with_all_rests(abc)
    try:
        return complete if Recipe(complete)._seconds <= longest_s else ""
    except RenderError as error:
        print(f"{name}: {type(error).__name__} {error.reason}")
        return ""


def _of_each_kind(rows: Sequence[dict[str, Any]], *, longest_s: float) -> Iterator[tuple[str, str]]:
    """In an order that is always the same: the first of each kind, then the second of each ..."""
    rows = random.Random(0).sample(rows, len(rows))
    of_kind: dict[str, list[dict[str, Any]]] = {sign: [] for sign in SIGNS}
    for row in rows:
        of_kind.setdefault(f"{row.get('period')}/{row.get('instrumentation')}", []).append(row)
        for sign, pattern in SIGNS.items():
            if re.search(pattern, _abc_of(row)):
                of_kind[sign].append(row)
    waiting = {
        kind: iter(own) for kind, own in sorted(of_kind.items()) if own and (kind in SIGNS or len(own) >= KIND_ROWS)
    }
    taken: set[str] = set()
    while waiting:
        for kind, own in list(waiting.items()):
            name = ""
            for row in own:
                if row["id"] in taken:
                    continue
                if complete := _fitting(row["id"], _abc_of(row), longest_s=longest_s):
                    name = row["id"]
                    taken.add(name)
                    yield f"{name} ({kind})", complete
                    break
            if not name:
                del waiting[kind]


def main(arguments: Sequence[str]) -> None:
    """Print a line for each piece, then all together."""
    parser = argparse.ArgumentParser(prog="video", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sources", type=Path, nargs="+", metavar="SOURCE")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--skip", type=int, default=0, help="begin behind so many that would be taken")
    parser.add_argument("--kinds", action="store_true", help="of each kind of piece one")
    parser.add_argument("--longest", type=float, default=180.0, help="leave longer pieces out, in seconds")
    parser.add_argument("--tall", action="store_true")
    parser.add_argument("--roll", action="store_true", help="keys and what falls on them, not the page")
    asked = parser.parse_args(arguments)
    shape = TALL if asked.tall else WIDE
    all_figures: list[Figures] = []
    pieces = (
        piece for source in asked.sources for piece in sources(source, longest_s=asked.longest, kinds=asked.kinds)
    )
    for name, abc in islice(pieces, asked.skip, asked.skip + asked.count):
        try:
            figures = measure(abc, shape, as_roll=asked.roll)
        except RenderError as error:
            print(f"{name}: {type(error).__name__} {error.reason}")
            continue
        all_figures.append(figures)
        print(f"{name}: {_line([figures])}", flush=True)
    if all_figures:
        print(f"{len(all_figures)} pieces: {_line(all_figures)}")


def _line(all_figures: Sequence[Figures]) -> str:
    length_s = sum(each.length_s for each in all_figures)
    late = Counter(frames for each in all_figures for frames in each.late)
    heard = [late_ms for each in all_figures for late_ms in each.heard_ms]
    slowest = max(60 * each.processor_s / each.length_s for each in all_figures)
    usual = statistics.median(60 * each.processor_s / each.length_s for each in all_figures)
    return (
        f"{length_s:.0f} s, {60 * sum(each.processor_s for each in all_figures) / length_s:.1f} processor s a minute "
        f"(median {usual:.1f}, most {slowest:.1f}), two minutes are "
        f"{120e-6 * sum(each.num_bytes for each in all_figures) / length_s:.2f} MB "
        f"(most {max(120e-6 * each.num_bytes / each.length_s for each in all_figures):.2f}); "
        f"{sum(each.num_notes for each in all_figures)} notes, {sum(each.not_on_page for each in all_figures)} not on "
        f"the page, {sum(each.not_seen for each in all_figures)} not seen, "
        f"{sum(each.already for each in all_figures)} in colour already; frames late: "
        f"{', '.join(f'{frames}: {count}' for frames, count in sorted(late.items()))}; "
        f"{sum(each.not_as_midi for each in all_figures)} struck in MIDI and not lit; "
        f"sound late by {max((each.shift_ms for each in all_figures), key=abs):+.2f} ms at most; "
        f"of {len(heard)} heard to begin {sum(abs(each) <= FRAME_MS for each in heard)} within a frame of being seen, "
        f"the middle one {statistics.median(heard or [0]):+.0f} ms later"
    )
