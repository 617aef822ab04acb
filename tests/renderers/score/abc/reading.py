"""Small tunes read: what they sound like, and what their MusicXML says."""

from lxml import etree

from bot.texts import FALLBACK, say
from renderers.score.musicxml import Conversion, convert
from renderers.sound.midi import render_midi
from renderers.sound.performance import perform
from tests.renderers.playing import Played, messages_of, notes_of

HEAD = "X:1\nT:Test\nM:4/4\nL:1/4\nK:C\n"


def read(abc: str) -> Conversion:
    """A whole tune, or music under a plain header."""
    return convert(abc if "\nK:" in abc or "\rK:" in abc else HEAD + abc + "\n")


def heard(abc: str) -> list[tuple[float, int]]:
    """(onset in quarters, MIDI pitch) of every note, repeats unfolded."""
    return sorted((round(note.start, 4), note.pitch) for note in perform(read(abc).musicxml).notes)


def pitches(abc: str) -> list[int]:
    """The pitches in the order they are played."""
    return [pitch for _, pitch in heard(abc)]


def letters(abc: str) -> str:
    """Notes of the C major octave by their names, in the order they are played: "CDE"."""
    return "".join(
        dict(zip((60, 62, 64, 65, 67, 69, 71, 72), "CDEFGABc", strict=True))[pitch] for pitch in pitches(abc)
    )


def length(abc: str) -> float:
    """How many quarters a tune lasts, repeats unfolded."""
    return perform(read(abc).musicxml).order.length


def struck(abc: str) -> list[Played]:
    """The notes of the MIDI file."""
    return notes_of(render_midi(read(abc).musicxml, title="Test"))


def tempo(abc: str) -> float:
    """Quarters a minute at the beginning."""
    message = messages_of(render_midi(read(abc).musicxml, title="Test"), "set_tempo")[0][1]
    return round(60e6 / message.tempo, 1)


def score(abc: str) -> etree._Element:
    """The MusicXML."""
    return etree.fromstring(read(abc).musicxml.encode())


def texts(abc: str, path: str) -> list[str | None]:
    """The texts of all elements at a path below any measure."""
    return [element.text for element in score(abc).iterfind(f"part/measure/{path}")]


def remarks(abc: str) -> list[str]:
    """The sentences about everything that could not be kept."""
    return [say(f"remark.{one.reason}", FALLBACK, line=one.line, **one.values) for one in read(abc).remarks]
