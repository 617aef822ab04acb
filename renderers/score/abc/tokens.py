"""The signs of a line of music, one by one.

Every character belongs to a token: what means nothing is a `stray` one, so that it can be spoken of.
"""

import re
from collections.abc import Iterator

NOTE = r"(?P<accidental>[\^_]{1,2}\d{0,2}(?:/\d{0,2})?|=)?(?P<letter>[A-Ga-g])(?P<octave>[',]*)"

_TOKEN = re.compile(
    rf"""
      (?P<quoted>      "[^"]*" | [“„”] [^“”"]* [“”"] )
    | (?P<decoration>  ![^!\s|]*! | \+[^+\s|\[\]"]+\+ )
    | (?P<field>       \[ \s* [A-Za-z] \s* : [^\]]* (?: \] | $ ) )
    | (?P<bar>         \[? :* \.? \|+ [|:\]]* | ::+ \]? | \[\|+ [|:\]]* )
    | (?P<ending>      \[ (?: \d+ (?:[-,]\d+)* | "[^"]*" ) | (?<=[|:\]]) \d+ (?:[-,]\d+)* )
    | (?P<region>       \(& | &\) )
    | (?P<overlay>     &\+? )
    | (?P<chord>       \[ )
    | (?P<end_chord>   \] (?P<chord_length> \d* /* \d* ) )
    | (?P<grace>       \{{ /? )
    | (?P<end_grace>   \}} )
    | (?P<tuplet>      \( \d+ (?: :\d* ){{0,2}} )
    | (?P<slur>        \.? \( [',]? )
    | (?P<end_slur>    \) )
    | (?P<note>        {NOTE} (?P<length> \d* /* \d* ) )
    | (?P<rest>        [zxZX] (?P<rest_length> \d* /* \d* ) )
    | (?P<spacer>      y \d* /* \d* )
    | (?P<broken>      >+ | <+ )
    | (?P<tie>         \.? - [',]? )
    | (?P<symbol>      [.~H-Yh-w] )
    | (?P<space>       \s+ )
    | (?P<nothing>     [`$\\*!] )
    | (?P<stray>       . )
    """,
    re.VERBOSE | re.ASCII,
)


def find_tokens(line: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The tokens of a line of music: their kind, which is the name of a group above, and the match."""
    for match in _TOKEN.finditer(line):
        assert match.lastgroup is not None  # the outermost group: the kind, as all others stand inside it
        yield match.lastgroup, match
