"""Which notes an instrument or a singer can sound, and which instrument a voice's name means.

Ranges are sounding pitches of modern professional instruments, for singers those of a good choir: collected from the
table "Ranges of Orchestral Instruments" (orchestralibrary.com/reftables/rang.html, after Del Mar, Read and Kennan) and
MuseScore's instruments.xml (`pPitchRange`), compared with the lower limits in music21's `instrument`. They are limits
of what is possible, not of what is comfortable.

Names come in English, German, Italian, French and Polish, in full or abbreviated, as scores print them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from config.files import load_named_toml
from config.letters import fold

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NOTE_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_WORD = re.compile(r"[a-z]+|[^\W\da-z_]+")  # letters that are not Latin are words of their own
_NOTE = re.compile(r"([A-G])([#b]?)(\d)")


@dataclass(frozen=True)
class Range:
    """An instrument's name and its lowest and highest sounding pitch, as MIDI numbers (60 = C4 = middle C).

    written_above: semitones by which its part is usually written higher than it sounds (negative: lower).
    """

    instrument: str
    low: int
    high: int
    written_above: int = 0

    def as_written(self) -> Range:
        """The range to hold against a part that does not say whether it transposes: either reading may be meant."""
        return Range(self.instrument, self.low + min(0, self.written_above), self.high + max(0, self.written_above))

    def join(self, other: Range) -> Range:
        """The range of a staff that two share, for example "Soprano/Alto"."""
        return Range(f"{self.instrument}, {other.instrument}", min(self.low, other.low), max(self.high, other.high))


def midi_pitch(name: str) -> int:
    """The name "C4" → 60, "Bb1" → 34."""
    match = _NOTE.fullmatch(name)
    if match is None:
        raise ValueError(f"not a note name: {name!r}")
    step, accidental, octave = match.groups()
    return 12 * (int(octave) + 1) + _STEPS[step] + {"#": 1, "b": -1, "": 0}[accidental]


def note_name(pitch: int) -> str:
    """60 → "C4"; black keys as sharps."""
    return f"{_NOTE_NAMES[pitch % 12]}{pitch // 12 - 1}"


# instrument | lowest | highest | written above | other names and abbreviations (which may go on in the next row)
_TABLE = """
piccolo         | D5  | C8  | -12 | picc, flauto piccolo, ottavino, kleine flote
flute           | B3  | D7  |   0 | fl, flutes, flauto, flauti, flote, floten, flet, traverso
recorder        | C4  | D7  |   0 | blockflote, flauto dolce
oboe            | Bb3 | A6  |   0 | ob, oboes, oboi, hautbois, oboj, hoboen
english horn    | E3  | A5  |   7 | e hn, cor anglais, corno inglese, englischhorn
clarinet        | C#3 | C7  |   3 | cl, clar, clarinets, clarinetto, clarinetti, klarinette, klarinetten, klarnet
                |     |     |     | clarinette
bass clarinet   | Bb1 | G5  |  14 | b cl, clarinetto basso, bassklarinette
bassoon         | Bb1 | E5  |   0 | bsn, fag, fagotto, fagotti, fagott, fagotte, basson, bassons, bassoons, fg
contrabassoon   | Bb0 | E4  |  12 | cbsn, contrafagotto, kontrafagott
saxophone       | C2  | E6  |  21 | sax
soprano saxophone | Ab3 | E6 |  2 | s sax, soprano sax, sopransaxophon
alto saxophone  | Db3 | A5  |   9 | a sax, alto sax, altsaxophon
tenor saxophone | Ab2 | E5  |  14 | t sax, tenor sax, tenorsaxophon
baritone saxophone | C2 | A4 | 21 | b sax, baritone sax, baritonsaxophon
horn            | B1  | F5  |  12 | hn, hns, cor, corno, corni, horner, horns, waldhorn, cors, rog
trumpet         | E3  | E6  |   2 | tpt, tr, trp, tromba, trombe, trompete, trompeten, trumpets, trompette
                |     |     |     | clarino, clarini, trabka
cornet          | E3  | D6  |   2 | cornetto
trombone        | C2  | F5  |   0 | tbn, trb, trombones, tromboni, posaune, posaunen, puzon
bass trombone   | Bb1 | Bb4 |   0 | b trb, trombone basso, bassposaune, tbn b
tuba            | D1  | F4  |   0 | tba, ophicleide, serpent
timpani         | C2  | C4  |   0 | timp, pauken, kotly, timbales
harp            | B0  | G#7 |   0 | hp, arpa, harfe, harpe, harfa
celesta         | C4  | C8  | -12 |
glockenspiel    | G5  | C8  | -24 | glock
piano           | A0  | C8  |   0 | pno, pf, fp, p no, pianoforte, fortepiano, fortepian, klavier, clavier
                |     |     |     | keyboard, keyb, kbd
harpsichord     | F1  | F6  |   0 | hpschd, hpd, cembalo, clavicembalo, clavecin, klawesyn, virginal, clavichord
                |     |     |     | clavicordo, klawikord
organ           | C2  | C7  |   0 | org, organo, orgel, orgue, organy, pipe organ, pipeorgan
harmonium       | F1  | F6  |   0 | physharmonika
guitar          | E2  | E6  |  12 | guit, guitarre, gtr, chitarra, gitarre, guitare, gitara
lute            | A1  | F5  |   0 | liuto, laute, lutnia, theorbo, tiorba
mandolin        | G3  | A6  |   0 | mandolino
violin          | G3  | A7  |   0 | vln, vl, violins, vlns, violino, violini, violine, violinen, violon, violons
                |     |     |     | skrzypce, vn
viola           | C3  | A6  |   0 | vla, violas, vlas, viole, bratsche, bratschen, alto viola, altowka, va
violoncello     | C2  | C6  |   0 | vc, vlc, cello, celli, cellos, violoncelli, violoncellos, violoncelle, vcs
                |     |     |     | vcl, wiolonczela
contrabass      | C1  | C5  |  12 | cb, cbs, db, double bass, contrabasses, contrabasso, contrabassi, kontrabass
                |     |     |     | contrebasse, kontrabas, violone
viola da gamba  | A1  | E6  |   0 | gamba, viol, basse de viole
continuo        | C1  | C6  |   0 | cont, bc, b c, basso continuo, basse continue
bass part       | C1  | A4  |  12 | basso, bassi, basse
soprano         | Bb3 | C6  |   0 | sopran, soprani, sopranos, canto, cantus, treble, discant, dessus
mezzo-soprano   | G3  | A5  |   0 | mezzo, mezzo soprano
alto            | E3  | F5  |   0 | alt, contralto, altus, altos, haute contre
tenor           | B2  | C5  |  12 | tenore, tenors, tenori, tenore solo, taille, tenorhorn
baritone        | F2  | A4  |   0 | bariton, baritono, bar
bass            | C2  | F4  |   0 | basses, bassus, bas
voice           | C2  | C6  |   0 | v, voce, voix, singstimme, gesang, glos, spiew, vocals, melody, vox, chant
women           | E3  | C6  |   0 | women's voices, frauenstimmen
men             | C2  | C5  |   0 | mannerstimmen
"""

# Who sounds one note at a time.
ONE_NOTE_AT_A_TIME = frozenset(
    """
    piccolo, flute, recorder, oboe, english horn, clarinet, bass clarinet, bassoon, contrabassoon, saxophone,
    soprano saxophone, alto saxophone, tenor saxophone, baritone saxophone, horn, trumpet, cornet, trombone,
    bass trombone, tuba, soprano, mezzo-soprano, alto, tenor, baritone, bass, voice
    """.replace("\n    ", " ")
    .strip()
    .split(", ")
)

# A letter alone names a singer; inside a longer name it is a key ("A Clarinet") or a number.
_LETTERS = {"s": "soprano", "a": "alto", "t": "tenor", "b": "bass", "o": "organ"}


def find_range(name: str) -> Range | None:
    """The range of the instrument (or the instruments on one staff) that a voice's name means; None if none is known.

    name: as in `nm="..."`, for example "Vln. 2", "Clarinetti in B", "Sopran/Alt".
    """
    found: Range | None = None
    words = _words(name)
    if len(words) == 1 and words[0] in _LETTERS:
        return _ranges_by_alias()[(_LETTERS[words[0]],)]
    longest = max(map(len, _ranges_by_alias()))
    while words:
        for length in range(min(longest, len(words)), 0, -1):
            match = _ranges_by_alias().get(tuple(words[:length]))
            if match is not None:
                found = match if found is None or found == match else found.join(match)
                break
        words = words[length:]
    return found


@cache
def _ranges_by_alias() -> dict[tuple[str, ...], Range]:
    ranges = {}
    for row in _TABLE.strip().splitlines():
        instrument, low, high, written_above, aliases = (cell.strip() for cell in row.split("|"))
        if instrument:
            entry = Range(instrument, midi_pitch(low), midi_pitch(high), int(written_above))
        for alias in (entry.instrument, *filter(str.strip, aliases.split(","))):
            ranges[tuple(_words(alias))] = entry
    for player in load_named_toml("ensembles.toml")["instrument"]:  # and whatever a language calls them
        if known := ranges.get(tuple(_words(player["name"]))):
            for called in player["names"].values():
                ranges.setdefault(tuple(_words(called[0])), known)
    return ranges


def _words(name: str) -> list[str]:
    """The name "Clarinetti in B 1" → ["clarinetti", "in", "b"]: letters only, lower case, no accents."""
    return _WORD.findall(fold(name.replace("\\n", " ")))
