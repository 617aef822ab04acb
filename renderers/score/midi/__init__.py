"""MIDI in, a tune out that people can read: metre, key, hands, voices, tuplets, spelling, quantised.

    tune = read_midi(content)

It is the same value as the reader of ABC gives, so pages, sound and files are made of it in the same way.
What is promised: every note comes back, nearly where it was played. What is not: dynamics, pedals, words, repeats: they
are played out. Steps: `events` → `players` → `bars`, `onsets`, `lengths` → `hands`, `voices`, `spelling` → `score`.
"""

from renderers.score.midi.reader import read_midi

__all__ = ["read_midi"]
