"""Whether a part is played by one person, whose voices may share stems and rests."""

from lxml import etree

LAST_OF_ONE_PLAYER = 46  # General MIDI: keyboards, guitars, single strings, harp; then come ensembles, voices, winds


def find_players(score: etree._Element) -> dict[str, bool]:
    """By the id of each part: whether one person plays all of it. Who sings has a voice of his own."""
    singing = {part.get("id") for part in score.iterfind("part") if next(part.iter("lyric"), None) is not None}
    found = {}
    for part in score.iterfind("part-list/score-part"):
        programs = {int(program.text or 1) - 1 for program in part.iterfind("midi-instrument/midi-program")}
        names = {name.text for name in part.iterfind("score-instrument/instrument-name")}
        is_one = len(names) < 2 and all(program <= LAST_OF_ONE_PLAYER for program in programs)
        found[str(part.get("id"))] = is_one and part.get("id") not in singing
    return found
