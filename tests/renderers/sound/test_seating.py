"""Players sit as that kind of ensemble does."""

from renderers.score.parts import Part
from renderers.sound.seating import seats


def sit(*programs):
    parts = [
        Part(name="", staves=(n,), program=program, voice_programs={}, semitones=(), key_changes=())
        for n, program in enumerate(programs, 1)
    ]
    return seats(parts)


def test_one_sits_in_the_middle_and_a_singer_close_to_the_piano():
    assert sit(0) == [0.0]
    assert sit(52, 0) == [-0.25, 0.25]


def test_a_quartet_sits_from_left_to_right_and_the_piano_of_a_trio_in_the_middle():
    quartet = sit(40, 40, 41, 42)
    assert quartet == sorted(quartet)
    assert (quartet[0], quartet[-1]) == (-1.0, 1.0)
    assert sit(40, 42, 0) == [-1.0, 1.0, 0.0]


def test_an_orchestra_has_its_violins_left_its_basses_right_and_its_woodwind_between():
    flute, oboe, horn, trumpet, first, second, viola, cello, bass = sit(73, 68, 60, 56, 40, 40, 41, 42, 43)
    assert first < second < flute < oboe < viola < cello < bass
    assert horn < 0 < trumpet
    assert all(-1 <= seat <= 1 for seat in sit(*[43] * 30))
