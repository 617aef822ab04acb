"""A second reader of ABC that only listens: written without a look at the code under test, slow and plain.

It knows nothing of fifths or steps: a letter is a number of semitones, a signature is a list of letters.
"""

from collections import defaultdict

SEMITONES = {"C": 60, "D": 62, "E": 64, "F": 65, "G": 67, "A": 69, "B": 71}
SHARPS, FLATS = "FCGDAEB", "BEADGCF"
MAJOR_SHARPS = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F#": 6, "C#": 7, "G#": 8, "D#": 9}
MAJOR_SHARPS |= {
    "F": -1,
    "Bb": -2,
    "Eb": -3,
    "Ab": -4,
    "Db": -5,
    "Gb": -6,
    "Cb": -7,
    "Fb": -8,
    "A#": 10,
    "E#": 11,
    "B#": 12,
}
MODE_SHARPS = {"": 0, "maj": 0, "min": -3, "m": -3, "dor": -2, "mix": -1, "phr": -4, "lyd": 1, "loc": -5}


class Listener:
    """Collects the MIDI pitches of every voice, in order; a rest is None, a chord is all its notes one by one."""

    def __init__(self):
        self.pitches = defaultdict(list)
        self.key = defaultdict(lambda: dict(self.home))
        self.home = None
        self.marks = defaultdict(dict)
        self.ties = defaultdict(dict)
        self.percussion = set()
        self.voice = ""

    def read_key(self, words):
        if "perc" in words:
            self.percussion.add(self.voice)
        words = words.split()
        word = words[0] if words else ""
        if word == "none":
            alters = {}
        elif word[:1] in SEMITONES:
            tonic = word[:2] if word[1:2] in ("#", "b") else word[:1]
            mode = word[len(tonic) :] or (
                words[1][:3].lower() if len(words) > 1 and words[1][:3].lower() in MODE_SHARPS else ""
            )
            count = MAJOR_SHARPS[tonic] + MODE_SHARPS[mode]
            alters = defaultdict(int)
            for i in range(abs(count)):
                alters[(SHARPS if count > 0 else FLATS)[i % 7]] += 1 if count > 0 else -1
        elif self.home is None:
            alters = {}
        else:
            return
        if self.home is None:
            self.home = alters
        self.key[self.voice] = dict(alters)

    def read_field(self, name, words):
        if name == "V":
            self.voice = words.split()[0]
            if " perc" in words.split('"')[0]:
                self.percussion.add(self.voice)
        elif name == "K":
            self.read_key(words)

    def read(self, abc):
        for line in abc.split("\n"):
            if line.startswith("%"):
                continue
            if line[1:2] == ":" and line[0].isalpha():
                self.read_field(line[0], line[2:])
            else:
                self.read_music(line)
        return {voice: pitches for voice, pitches in self.pitches.items() if voice not in self.percussion}

    def read_music(self, line):
        i = 0
        self.grace, self.chord = False, None
        while i < len(line):
            i = self.skip_text(line, i) or self.read_sign(line, i)

    def skip_text(self, line, i):
        """The place after a text, a decoration, a tuplet or an inline field; None if none begins here."""
        if line[i] == '"' and '"' in line[i + 1 :]:
            return line.index('"', i + 1) + 1
        if line[i] == "!":
            end = line.find("!", i + 1)
            return end + 1 if end > i + 1 and not set(line[i:end]) & set(" |") else None
        if line[i] == "(" and line[i + 1 : i + 2].isdigit():
            return i + 1 + len(line[i + 1 :]) - len(line[i + 1 :].lstrip("0123456789:"))
        if line[i] == "[" and line[i + 1 : i + 2].isalpha() and line[i + 2 : i + 3] == ":":
            end = line.index("]", i)
            self.read_field(line[i + 1], line[i + 3 : end])
            return end + 1
        return None

    def read_sign(self, line, i):
        char, following = line[i], line[i + 1 : i + 2]
        if char in "ABCDEFGabcdefg^_=":
            return self.read_note(line, i)
        if char in "|&" or char + following == "::":
            self.marks[self.voice] = {}
        elif char in "{}":
            self.grace = char == "{"
        elif char == "[" and following not in ("|", "]") and not following.isdigit():
            self.chord = []
        elif char == "]" and self.chord is not None:
            all_tied = is_tied(line, i + 1)
            self.ties[self.voice] = {height: pitch for height, pitch, tied in self.chord if tied or all_tied}
            self.chord = None
        elif char in "zxZX":
            self.ties[self.voice] = {}
            self.pitches[self.voice].append(None)
        return i + 1

    def read_note(self, line, i):
        start = i
        while line[i : i + 1] in ("^", "_", "=") and i - start < 2:
            i += 1
        sign, letter = line[start:i], line[i : i + 1]
        if letter not in tuple("ABCDEFGabcdefg"):
            return start + 1
        i += 1
        height = SEMITONES[letter.upper()] + (12 if letter.islower() else 0)
        while line[i : i + 1] in ("'", ","):
            height += 12 if line[i] == "'" else -12
            i += 1
        pitch = self.pitch_of(height, sign, letter.upper())
        self.pitches[self.voice].append(pitch)
        if self.chord is not None:
            self.chord.append((height, pitch, is_tied(line, i)))
        elif not self.grace:
            self.ties[self.voice] = {height: pitch} if is_tied(line, i) else {}
        return i

    def pitch_of(self, height, sign, letter):
        marks, ties = self.marks[self.voice], self.ties[self.voice]
        if sign:
            marks[height] = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}[sign]
        elif not self.grace and height in ties:
            return ties[height]
        return height + marks.get(height, self.key[self.voice].get(letter, 0))


def is_tied(line, i):
    """Whether a tie stands after the length that begins here."""
    return line[i:].lstrip("0123456789/").lstrip(".")[:1] == "-"


def hear(abc):
    """The pitches of every pitched voice: {"1": [60, None, 64], …}."""
    return Listener().read(abc)
