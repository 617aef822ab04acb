"""Words that speak of the tempo: they fit the number, and who slows down finds back.

The network was taught editions in which Lento stood over 160; and it writes "rit." three times in ten bars and never
"a tempo". Promises: the tempo stays as it was asked or drawn, and a word that cannot be meant at it goes; what several
voices say in a bar is said once, by the topmost; a slowing
while one is slow already goes; a slowing that nothing answers is answered by "a tempo" two bars later, unless the piece
ends there. Notes and all other words stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from generator.notation import BarChecker, Metre, Token, TokenKind, Tune
from generator.notation.editing import Place, exchange_words
from generator.notation.tempos import contradicts, names_tempo

ANSWERED_AFTER = 2  # bars
A_TEMPO = '"^a tempo"'
_SLOWER = re.compile(
    r"\b(rit|ritard|ritardando|riten|ritenuto|rall|rallent|rallentando|slarg|slargando|allarg|allargando)\b"
)
_BACK = re.compile(r"\b(a tempo|tempo i|tempo primo|tempo 1|in tempo|au mouv\w*)\b")


def mend_tempo_words(tune: Tune) -> Tune:
    """The tune with tempo words that fit its tempo, and slowings that are answered."""
    return _answer_slowings(_say_once(_drop_contradictions(tune)))


def _say_once(tune: Tune) -> Tune:
    """Without tempo words that another voice has in the same bar."""
    gone: dict[Place, str] = {}
    for number, bar in enumerate(tune.bars):
        said: dict[str, str] = {}  # the words → the voice that has them
        for voice in bar.voices if '"' in str(bar) else ():
            for index, token in enumerate(voice.tokens):
                words = token.text.strip('"^_<>@').strip(" .").lower() if token.kind is TokenKind.QUOTED else ""
                if words and _is_of_tempo(words) and said.setdefault(words, voice.voice) != voice.voice:
                    gone[number, voice.voice, index] = ""
    return exchange_words(tune, gone)


def _is_of_tempo(words: str) -> bool:
    return bool(names_tempo(words) or _SLOWER.search(words) or _BACK.search(words))


def _drop_contradictions(tune: Tune) -> Tune:
    gone: dict[Place, str] = {}
    for place, token, tempo, metre in _texts(tune):
        if tempo is not None and contradicts(token.text[1:-1], tempo, metre):
            gone[place] = ""
    return exchange_words(tune, gone)


def _texts(tune: Tune) -> Iterator[tuple[Place, Token, str | None, Metre | None]]:
    """Every text with the tempo and the metre that hold there, as the fields say them."""
    clock, tempo = BarChecker(tune.header), tune.header.tempo
    for number, bar in enumerate(tune.bars):
        metre, said = clock.metre_in(bar), tempo
        for voice in bar.voices:
            for index, token in enumerate(voice.tokens):
                if token.kind is TokenKind.FIELD and token.text.startswith("[Q:"):
                    said = token.text[3:-1]
                elif token.kind is TokenKind.QUOTED:
                    yield (number, voice.voice, index), token, said, metre
        clock.accept(bar)
        tempo = said


def _answer_slowings(tune: Tune) -> Tune:
    slow_since: int | None = None
    texts: dict[Place, str] = {}
    answers: list[int] = []
    for number, bar in enumerate(tune.bars):
        if slow_since is not None and number - slow_since >= ANSWERED_AFTER:
            if not any(_leads_back(token) for voice in bar.voices for token in voice.tokens):
                answers.append(number)
            slow_since = None
        slowed = slow_since is not None
        for voice in bar.voices:
            for index, token in enumerate(voice.tokens):
                if _leads_back(token):
                    slow_since, slowed = None, False
                elif token.kind is TokenKind.QUOTED and _SLOWER.search(token.text.lower()):
                    if slowed and slow_since != number:
                        texts[number, voice.voice, index] = ""
                    else:
                        slow_since = number
    tune = exchange_words(tune, texts)
    for number in answers:
        tune = _with_a_tempo(tune, number)
    return tune


def _leads_back(token: Token) -> bool:
    if token.kind is TokenKind.FIELD:
        return token.text.startswith("[Q:")
    text = token.text.lower()
    return token.kind is TokenKind.QUOTED and (_BACK.search(text) is not None or names_tempo(text))


def _with_a_tempo(tune: Tune, number: int) -> Tune:
    """The words above the first thing that the topmost voice plays in a bar."""
    bar = tune.bars[number]
    if not bar.voices:
        return tune
    top = bar.voices[0]
    first = next(
        (
            index
            for index, token in enumerate(top.tokens)
            if token.kind not in (TokenKind.BAR, TokenKind.FIELD, TokenKind.SPACE)
        ),
        0,
    )
    music = "".join(A_TEMPO * (index == first) + token.text for index, token in enumerate(top.tokens))
    voices = (replace(top, music=music), *bar.voices[1:])
    return replace(tune, bars=(*tune.bars[:number], replace(bar, voices=voices), *tune.bars[number + 1 :]))
