"""A piece as a video: the page that is played, a cursor that glides over it, the notes that sound in colour; or a roll
that falls onto a keyboard.

    video = make_video(musicxml, played, samples, title=..., artist=..., shape=WIDE, fonts=...)

Steps: `timeline` (what sounds when, from the performance) and `lines` (where it stands) → `screens` (which lines are
seen together) and `cursor` → `drawing` (frames) → `encoding` (H.264 and AAC, the index in front). Of a
roll: `timeline` → `roll` and `keyboard` → `encoding`.
It needs the extra `video`: PyAV, whose wheel holds encoders under the GPL.
What is promised: a note, or its key, is in colour within half a frame of the moment at which it is heard. What is not:
words of a song that stand below the music, and what a piece of more than ten minutes looks like, which is refused.
"""
