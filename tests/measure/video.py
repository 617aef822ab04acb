"""How exact, fast and small videos are: each is made, decoded again, and looked at frame by frame.

    make measure NAME=video ARGS="docs/twelve/shipped --count 12"
    make measure NAME=video ARGS="scores.jsonl.xz --count 50 --tall"

Of each piece: its length, the processor time of engraving, playing and filming it by one thread, for a minute of music;
the size of two minutes; how many of the notes that sound are on the page; how many frames a note is in colour too early
or too late, beside the MIDI file (the page may have been turned before a note that is heard at its end has been seen);
and by how many milliseconds the sound in the video is shifted against the recording, by correlation.

SOURCE is a folder of .abc files, or rows of a corpus (.jsonl, .jsonl.xz) with their ABC as `abc` or `text`.
"""

import argparse
import json
import lzma
import math
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import mido
import numpy as np
import numpy.typing as npt

from renderers.errors import RenderError
from renderers.pages.fonts import prepare_fonts
from renderers.recipe import Recipe
from renderers.sound.loudness import SAMPLE_RATE, Samples
from renderers.video.drawing import GREY, VOICES, colour_of
from renderers.video.lines import draw_lines
from renderers.video.screens import Head, Screen, paint_screen, place_lines
from renderers.video.shapes import FRAMES_PER_S, LEAD_FRAMES, LEAD_S, TALL, WIDE, Shape
from renderers.video.timeline import Timeline, read_timeline

SAME_MS = 1.5  # MIDI counts in ticks
LEAST_INK = 0.2
COLOURED = 0.55  # of the chroma of its voice, in the middle of a head; the cursor has half of it at most
HEARD_S = 20.0  # of the sound that is compared


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of one piece. late: frames between hearing a note and seeing it in colour, of each that could be seen."""

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


def measure(abc: str, shape: Shape) -> Figures:
    """Make the video and look at it. Raises RenderError."""
    recipe = Recipe(abc)
    started_s = time.process_time()
    video = recipe._film(is_tall=shape is TALL)
    processor_s = time.process_time() - started_s
    timeline = read_timeline(*recipe._played)
    lines = draw_lines(recipe._named_score, shape)
    places = place_lines(lines, shape)
    screens = [
        paint_screen(number, lines, places, shape=shape, fonts=prepare_fonts())
        for number in range(places[-1].screen + 1)
    ]
    on_page = {note for screen in screens for note in screen.heads}
    late, already, not_seen = onsets_seen(video, timeline, screens)
    return Figures(
        length_s=len(recipe._recording) / SAMPLE_RATE,
        processor_s=processor_s,
        num_bytes=len(video),
        num_notes=len(timeline.lights),
        not_on_page=sum(light.note not in on_page for light in timeline.lights),
        not_seen=not_seen,
        already=already,
        late=late,
        not_as_midi=len(heard_otherwise(timeline, recipe._midi, tied=_tied(recipe))),
        shift_ms=shift_ms(video, recipe._recording),
    )


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
    old: set[tuple[float, str, int]] = set()
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


def _frames(late: float) -> int:
    """Whole frames; within one is on time."""
    return 0 if abs(late) <= 1 else math.ceil(late) if late > 0 else math.floor(late)


def _is_coloured(u: npt.NDArray[np.uint8], v: npt.NDArray[np.uint8], head: Head, voice: int) -> bool:
    """Where it has most ink, beside what that should look like."""
    rows, columns = head.ink.shape
    ink = head.ink.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3))
    if not ink.size or ink.max() < LEAST_INK:
        return False
    where = ink >= 0.8 * ink.max()
    part = slice(head.top // 2, (head.top + rows) // 2), slice(head.left // 2, (head.left + columns) // 2)
    seen = np.array([plane[part].astype(np.float64)[where].mean() - GREY for plane in (u, v)])
    meant = np.array(colour_of(VOICES[voice % len(VOICES)])[1:]) - GREY
    return float(seen @ meant / (meant @ meant)) > COLOURED * float(ink[where].mean())


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


def shift_ms(video: bytes, recording: Samples) -> float:
    """How much later than it should the sound of the video is heard."""
    lead, length = round(LEAD_S * SAMPLE_RATE), round(HEARD_S * SAMPLE_RATE)
    there = sound_of(video)[lead : lead + length]
    here = recording[: len(there)].mean(axis=1)
    size = 1 << (2 * len(there) - 1).bit_length()
    correlation = np.fft.irfft(np.fft.rfft(there, size) * np.conj(np.fft.rfft(here, size)), size)
    best = int(np.argmax(correlation))
    return 1000 * (best if best < size // 2 else best - size) / SAMPLE_RATE


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


def sources(source: Path) -> Iterator[tuple[str, str]]:
    """Name and ABC of each piece."""
    if source.is_dir():
        for path in sorted(source.rglob("*.abc")):
            yield path.name, path.read_text(encoding="utf-8")
        return
    with lzma.open(source, "rt") if source.suffix == ".xz" else source.open(encoding="utf-8") as rows:
        for number, row in enumerate(rows):
            values = json.loads(row)
            yield str(values.get("id") or number), str(values.get("abc") or values.get("text"))


def main(arguments: Sequence[str]) -> None:
    """Print a line for each piece, then all together."""
    parser = argparse.ArgumentParser(prog="video", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--every", type=int, default=1, help="take every n-th piece")
    parser.add_argument("--longest", type=float, default=180.0, help="leave longer pieces out, in seconds")
    parser.add_argument("--tall", action="store_true")
    asked = parser.parse_args(arguments)
    shape = TALL if asked.tall else WIDE
    all_figures: list[Figures] = []
    for number, (name, abc) in enumerate(sources(asked.source)):
        if number % asked.every or len(all_figures) >= asked.count:
            continue
        try:
            if Recipe(abc)._seconds > asked.longest:
                continue
            figures = measure(abc, shape)
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
        f"sound late by {max((each.shift_ms for each in all_figures), key=abs):+.2f} ms at most"
    )
