"""What a field could be, from the first letter on: styles in any script, keys, metres, numbers.

Promises: what begins as typed goes first, composers by name before instruments and periods; of composers the one with
most pieces; one style of each, then their others. Where nothing begins so, what the words may mean otherwise.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import lru_cache

from bot.commands.command import Context, Suggestion
from bot.commands.requests import most_bars
from bot.texts import Language, clean, languages, say, style_name
from bot.texts.report import key_words
from config.letters import fold
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.notation.keys import Key, key_with_fifths
from generator.wishes.reading import read_wishes
from generator.wishes.text import key_of
from generator.wishes.vocabulary import load_vocabulary

MAX_SUGGESTIONS = 25  # Discord's limit
MIN_WORDS = 3  # of what is offered back as it was typed, with what it would be
METRES = ("4/4", "3/4", "2/4", "6/8", "2/2", "3/8", "9/8", "12/8", "5/4", "7/8", "3/2")
BARS = (4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128)
TEMPOS = ("largo", "lento", "adagio", "andante", "moderato", "allegretto", "allegro", "vivace", "presto")
SURNAME, OTHER_NAME, INSTRUMENTS, PERIOD, INSIDE = range(5)


async def suggest_style(context: Context, typed: str) -> Sequence[Suggestion]:
    """Styles that begin so, or that the words could mean; before them the words themselves, if they are a request."""
    catalogue, language = context.services.catalogue, context.language
    found = complete_style(catalogue, typed) or catalogue.suggest(typed, limit=MAX_SUGGESTIONS)
    styles = [Suggestion(style_name(style, language)[:100], style.name[:100]) for style in found]
    return [*_as_typed(catalogue, typed, language), *styles][:MAX_SUGGESTIONS]


def complete_style(catalogue: Catalogue, typed: str) -> list[Style]:
    """Styles of which every typed word is the beginning of a name, the best first; popular ones for no word."""
    words = key_of(typed, load_vocabulary().variants).split()
    if not words:
        return list(catalogue.popular(MAX_SUGGESTIONS))
    matched = [
        (style, place) for style, names in _names(catalogue).items() if (place := _match(words, names)) is not None
    ]
    pieces: dict[str, int] = {}
    for style, _ in matched:
        pieces[style.composer] = pieces.get(style.composer, 0) + catalogue.pieces(style)

    def rank(each: tuple[Style, int]) -> tuple[int, bool, int, str, int]:
        style, place = each
        is_by_name = place < INSTRUMENTS
        heard = pieces[style.composer] if is_by_name else catalogue.pieces(style)
        return place, not is_by_name and style.origin != "notagen", -heard, style.composer, -catalogue.pieces(style)

    matched.sort(key=rank)
    return _one_of_each([style for style, _ in matched])[:MAX_SUGGESTIONS]


def _one_of_each(styles: Sequence[Style]) -> list[Style]:
    """The first style of each composer, then the second ... where a few composers match."""
    turns: dict[str, int] = {}
    turn_of = []
    for style in styles:
        turn_of.append(turns.get(style.composer, 0))
        turns[style.composer] = turn_of[-1] + 1
    return [style for _, style in sorted(zip(turn_of, styles, strict=True), key=lambda pair: pair[0])]


def _match(words: Sequence[str], names: Sequence[tuple[int, str]]) -> int | None:
    """How well the words fit: the sum over the words of the best kind of name that begins so; None if one fits none."""
    total = 0
    for word in words:
        kinds = [kind if name.startswith(word) else INSIDE for kind, name in names if _begins(name, word)]
        if not kinds:
            return None
        total += min(kinds)
    return total


def _begins(name: str, word: str) -> bool:
    return name.startswith(word) or (not word.isascii() and word in name)


@lru_cache(maxsize=4)
def _names(catalogue: Catalogue) -> dict[Style, tuple[tuple[int, str], ...]]:
    """All that the styles are called, word by word, in all languages."""
    variants = load_vocabulary().variants
    aliases: dict[str, set[str]] = {}
    for phrase, meaning in catalogue.lexicon.meanings.items():
        if meaning.kind == "composer":
            for style in meaning.weights:
                aliases.setdefault(style.composer, set()).add(phrase)

    def words(kind: int, name: str) -> Iterator[tuple[int, str]]:
        whole = key_of(name, variants).split()
        yield from ((kind, word) for word in {*whole, "".join(whole)})

    def all_of(style: Style) -> Iterator[tuple[int, str]]:
        yield from words(SURNAME, style.surname)
        for language in languages():
            yield from words(SURNAME, style.composer_in(language, short=True))
            yield from words(OTHER_NAME, style.composer_in(language))
            yield from words(INSTRUMENTS, style.instrumentation_in(language))
            yield from words(PERIOD, say(f"period.{style.era}", language))
        for alias in sorted(aliases.get(style.composer, ())):
            yield from words(OTHER_NAME, alias)
        yield from words(INSTRUMENTS, style.instrumentation)
        for name in USUAL_INSTRUMENTS.get(style.instrumentation, ()):
            yield from words(INSTRUMENTS, name)

    return {style: tuple(dict.fromkeys(all_of(style))) for style in catalogue.styles}


# What people type for an instrumentation before they know its name.
USUAL_INSTRUMENTS = {
    "Keyboard": ("piano", "klavier", "harpsichord", "cembalo", "organ", "orgel", "钢琴", "管风琴"),
    "Chamber": ("quartet", "violin", "cello", "streichquartett", "trio", "sonata", "小提琴", "四重奏"),
    "Art Song": ("lied", "voice", "song", "gesang", "歌曲"),
    "Choral": ("choir", "chorale", "chor", "合唱"),
    "Orchestral": ("symphony", "orchestra", "concerto", "sinfonie", "交响曲"),
    "Vocal-Orchestral": ("cantata", "oratorio", "mass", "messe", "康塔塔"),
    "Guitar": ("gitarre", "吉他"),
}


def _as_typed(catalogue: Catalogue, typed: str, language: Language) -> list[Suggestion]:
    """Free words with what they would be, so that nobody takes the list for all there is."""
    if len(typed.split()) < MIN_WORDS or clean(typed, limit=100) != typed:  # nothing comes back that cannot be shown
        return []
    wishes = read_wishes(typed, catalogue, is_request=True)
    if wishes.sort != "request" or wishes.style is None:
        return []
    said = [key_words(wishes.key, language), str(wishes.metre or ""), f"♩ = {wishes.tempo}" if wishes.tempo else ""]
    what = " · ".join(filter(None, (style_name(wishes.style, language), *said)))
    return [Suggestion(f"{typed} → {what}"[:100], typed)]


# --- key, metre, numbers ----------------------------------------------------------------------------------------------


async def suggest_key(context: Context, typed: str) -> Sequence[Suggestion]:
    """Major and minor keys, those with few signs first; by their names in any language."""
    wanted = fold(typed).replace(" ", "")
    keys = [key_with_fifths(fifths, mode) for fifths in sorted(range(-7, 8), key=abs) for mode in ("maj", "min")]
    found = [key for key in keys if any(fold(name).replace(" ", "").startswith(wanted) for name in _key_names(key))]
    return [Suggestion(key_words(key, context.language), key.abc) for key in found][:MAX_SUGGESTIONS]


def _key_names(key: Key) -> list[str]:
    return [key.abc, key.name, *(key_words(key, language) for language in languages())]


async def suggest_metre(_context: Context, typed: str) -> Sequence[Suggestion]:
    """Usual metres."""
    return [Suggestion(metre, metre) for metre in METRES if metre.startswith(typed.strip())]


def suggest_number(name: str) -> Callable[[Context, str], Awaitable[Sequence[Suggestion]]]:
    """Usual numbers of bars, or tempos with their words."""

    async def suggest(context: Context, typed: str) -> Sequence[Suggestion]:
        limit = most_bars(context.services.settings)
        if name == "bars":
            labels = {bars: say("count.bars", context.language, n=bars) for bars in BARS if bars <= limit}
        else:
            tempos = load_vocabulary().tables["tempos"]
            labels = {tempos[word]: f"♩ = {tempos[word]} · {word.capitalize()}" for word in TEMPOS}
        begun = typed.strip()
        return [Suggestion(label, str(number)) for number, label in labels.items() if str(number).startswith(begun)]

    return suggest
