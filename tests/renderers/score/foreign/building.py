"""Small MusicXML documents, and what is read of them."""

from fractions import Fraction

from renderers.score.abc.model import Event
from renderers.score.files import read_file

HEAD = (
    "<attributes><divisions>{divisions}</divisions><time><beats>{beats}</beats><beat-type>4</beat-type></time>"
    "{more}</attributes>"
)


def note(pitch="C4", duration=4, type_="", *, more="", voice=1, staff=None, chord=False):
    """pitch: letter, perhaps # or b, octave; empty for a rest."""
    parts = ["<chord/>"] if chord else []
    if pitch:
        alter = {"#": "<alter>1</alter>", "b": "<alter>-1</alter>"}.get(pitch[1:-1], "")
        parts.append(f"<pitch><step>{pitch[0]}</step>{alter}<octave>{pitch[-1]}</octave></pitch>")
    else:
        parts.append("<rest/>")
    parts.append(f"<duration>{duration}</duration><voice>{voice}</voice>")
    parts.append(f"<type>{type_}</type>" if type_ else "")
    first, _, rest = more.partition("<notations>")
    parts += [first, f"<staff>{staff}</staff>" if staff else "", f"<notations>{rest}" if rest else ""]
    return f"<note>{''.join(parts)}</note>"


def document(*measures, divisions=4, beats=4, more="", parts=""):
    head = HEAD.format(divisions=divisions, beats=beats, more=more)
    bars = [f'<measure number="{n}">{head if n == 1 else ""}{bar}</measure>' for n, bar in enumerate(measures, 1)]
    listed = parts or '<score-part id="P1"><part-name>Flute</part-name></score-part>'
    return (
        f'<score-partwise><part-list>{listed}</part-list><part id="P1">{"".join(bars)}</part></score-partwise>'
    ).encode()


def read(*measures, **options):
    return read_file(document(*measures, **options))


def events(tune, voice=0, bar=0, layer=0):
    return [item for item in tune.voices[voice].bars[bar].layers[layer] if isinstance(item, Event)]


def lengths(tune, voice=0, bar=0):
    """In quarters."""
    return [event.length * 4 for event in events(tune, voice, bar)]


def pitches(event):
    return [f"{head.step}{ {0: '', 1: '#', -1: 'b'}[head.alter] }{head.octave}" for head in event.heads]


QUARTER = Fraction(1)
