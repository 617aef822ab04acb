"""What a voice hears while it is written, as a row of numbers that are 0 or 1: which number says what.

The row belongs to a place in a bar's text and says what has been written before it: it is known when the character at
that place is to be chosen. `line.py` works it out; here is only the order. A network that was taught to hear
(`generator/model/network.py`) reads them in this order, so it never changes: new numbers would need a new network.

Pitch classes are counted upwards from C as the voice that is written would write them: for a clarinet in B flat all
others are moved by two semitones.
"""

from itertools import accumulate

OCTAVES = 7
MEMORY_BARS = (1, 2, 4, 8)  # that a voice remembers: so many bars ago

# Name and how many numbers: of the other voices' music that is finished in this bar ...
_GROUPS = {
    "sounding": 12,  # pitch classes at this moment
    "lowest": 12,  # of them
    "highest": 12,
    "next": 12,  # pitch classes that begin next
    "bar": 12,  # pitch classes anywhere in the bar, the voice's own so far included
    # ... of the bar before ...
    "before": 12,  # pitch classes that sound when it ends
    "bass_before": 12,  # the lowest of them
    # ... of the voice itself ...
    "last": 12,  # the note that was written last
    "chord": 12,  # notes of the chord that is open
    "remembered": 12 * len(MEMORY_BARS),  # pitch classes at this place of earlier bars
    "struck": len(MEMORY_BARS),  # whether they began there
    "signature": 12,  # by the tonic of its major key
    # ... of the place.
    "phrase": 14,  # bars before, modulo 8; bars that follow: 0, 1, 2, 3, up to 7, more
    "place": 21,  # quarters since the bar began, up to 7; twelfths of the quarter; whether it lies between them
    "left": 18,  # half units until the bar is full: 0 to 15, more, none
    "next_in": 10,  # half units until another voice has a note: 1 to 8, more, never
    "last_octave": OCTAVES,  # of the note that was written last
    "lowest_octave": OCTAVES,  # of the lowest that sounds
    "flags": 7,
}
FLAGS = ("in_music", "in_chord", "rests", "tied", "struck_now", "in_tuplet", "compound")

NUMBERS = sum(_GROUPS.values())
ROW_BYTES = NUMBERS // 8
NOTHING = bytes(ROW_BYTES)  # heard where nothing is known: in the tune header, before any voice
AT = dict(zip(_GROUPS, accumulate((0, *_GROUPS.values())), strict=False))  # where each group begins
assert NUMBERS % 8 == 0
