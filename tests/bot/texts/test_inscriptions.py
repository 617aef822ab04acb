"""Words that stand in music."""

from bot.texts.inscriptions import inscriptions


def test_titles_names_lyrics_and_directions_are_found_once_each():
    abc = """X:1
T:A  Waltz
C:Ann
%%center for nobody
L:1/8
M:3/4
K:Am
V:1 nm="Flute" snm="Fl."
[V:1]"^Lento"A2 "Am"c2 "^Lento"e2|
w:Hel- lo~dear *world_
W: and so on
[r:1/2][V:1]e2 d2 c2|
"""
    assert inscriptions(abc) == (
        "A Waltz",
        "Ann",
        "for nobody",
        "Flute",
        "Fl.",
        "Lento",
        "Am",
        "Hello dear world",
        "and so on",
    )
