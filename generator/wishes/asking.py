"""Whether words ask for music, or are talk: greetings, thanks, questions, what somebody did yesterday.

Promises: without a word that asks for it, nothing is composed from a sentence that tells or asks something; a wish
without a verb, "chopin nocturne", is one. Not covered: irony.
"""

from __future__ import annotations

import re

from generator.wishes.joining import Draft
from generator.wishes.scanning import Scanner
from generator.wishes.text import is_han
from generator.wishes.vocabulary import Vocabulary
from generator.wishes.wishes import Sort

MAX_TALK_TOKENS = 6
MOST_UNKNOWN = 0.6  # of the words that say something
# Words that make a request of what asks: "write me something sad", but not "write me a letter".
OBJECTS = frozenset(
    {"music", "piece", "song", "tune", "melody", "something", "anything", "composition", "score", "theme", "stuck", "musik", "musikstuck", "lied",
     "melodie", "etwas", "was", "komposition", "irgendwas", "曲", "首", "段"}
)  # fmt: skip
HAN_MUSIC = re.compile("音乐(?![会家厅节课老学剧])|旋律")
# "play" asks only where it is said for somebody; these ask by themselves.
WEAK = frozenset({"play", "please", "something", "another", "try", "want", "can you", "could you", "would you", "bitte", "etwas", "was", "mal", "spiel", "spiele", "kannst du",
                  "konntest du", "kann ich", "konntest", "kannst", "we need", "we want", "i need", "i want", "能", "可 以", "要", "听", "弹", "请", "首", "作", "来", "一 个", "做", "需 要", "求", "整", "编", "能 不 能"})  # fmt: skip
ABLE = frozenset({"can you", "could you", "do you", "are you", "kannst du", "konntest du", "bist du", "spielst du", "can i", "kann ich"})
FOR_SOMEBODY = frozenset({"me", "us", "mir", "uns", "something", "etwas", "我"})
POLITE = frozenset({"hey", "hi", "hello", "please", "hallo", "bitte", "so", "ok", "okay", "and", "now", "then", "um", "well", "dear", "bot", "你", "好", "请", "麻", "烦", "also", "na"})


def sort_of(scanner: Scanner, draft: Draft, vocabulary: Vocabulary, *, is_request: bool, near: int) -> Sort:
    """Which sort of thing was said. near: how many of the unknown words may be misspelt ones."""
    words = [token.word for token in scanner.tokens]
    if not words:
        return "empty"
    free = _free(scanner)
    if (talk := _only_talk(words, vocabulary)) is not None and not _names_music(draft):
        return talk
    musical, moody = _names_music(draft), any(item.entry("mood") for item in draft.items)
    if is_request:
        is_timed = any(found.kind == "seconds" for found in draft.found)
        return "request" if musical or moody or is_timed or draft.unwanted or draft.excluded else "unknown"
    asks = asks_for(words, vocabulary)
    has_object = bool(OBJECTS & set(words)) or _names_genre(draft) or HAN_MUSIC.search("".join(words)) is not None
    if asks == "strongly" and (musical or has_object or near):
        return "request"
    if _questions(words, vocabulary, free) or _asks_of_us(words):
        return "talk"
    if asks and has_object and (musical or moody):
        return "request"
    if _tells(words, vocabulary, free) or (not asks and _begins_with_somebody(words, vocabulary, free)):
        return "talk"
    if asks and (musical or (moody and has_object)):
        return "request"
    said = len(draft.items) + len(draft.found)
    strange = len(groups(scanner)) - near
    if strange > 0 and not moody and not has_object and not _names_more_than_values(draft):
        return "talk"
    unknown = strange / max(1, said + strange)
    is_timed = any(found.kind == "seconds" for found in draft.found)
    if (musical or moody or (is_timed and has_object)) and unknown <= MOST_UNKNOWN:
        return "request"
    return "talk" if musical or moody else "unknown"


def _names_genre(draft: Draft) -> bool:
    return any(item.entry("genre") or item.entry("work") for item in draft.items)


def _asks_of_us(words: list[str]) -> bool:
    """Whether it is asked what we can do, not for something: "can you play the piano?"."""
    begins = " ".join(words[:2]) in ABLE or words[0] + (words[1] if len(words) > 1 else "") == "你会"
    return begins and not FOR_SOMEBODY & set(words)


def _names_music(draft: Draft) -> bool:
    """Whether anything was named that only music has."""
    kinds = {"genre", "work", "byname", "foreign_work", "unwritten", "tempo", "progression", "mode", "metre", "form", "strangers", "strange_genres"}
    named = any(item.meaning is not None or any(entry.kind in kinds for entry in item.entries) for item in draft.items)
    return named or any(found.kind in ("key", "metre", "tempo", "bars", "chords", "form") for found in draft.found)


def _only_talk(words: list[str], vocabulary: Vocabulary) -> Sort | None:
    """The sort of talk that all of the words are; None if there is anything else."""
    kinds: list[Sort] = []
    place = 0
    while place < len(words):
        for size in range(min(MAX_TALK_TOKENS, len(words) - place), 0, -1):
            phrase = " ".join(words[place : place + size])
            kind = _talk_kind(phrase, vocabulary)
            if kind is not None:
                kinds.append(kind)
                place += size
                break
        else:
            if words[place] not in vocabulary.stop and words[place] not in ("bot", "notabot", "there", "all", "everyone", "man", "buddy"):
                return None
            place += 1
    for kind in ("greeting", "again", "farewell", "thanks"):
        if kind in kinds:
            return kind
    return None


def _talk_kind(phrase: str, vocabulary: Vocabulary) -> Sort | None:
    kinds: tuple[Sort, ...] = ("again", "greeting", "farewell", "thanks")
    return next((kind for kind in kinds if phrase in vocabulary.talk[kind]), None)


def groups(scanner: Scanner) -> list[list[int]]:
    """The unknown tokens, neighbours together."""
    result: list[list[int]] = []
    for place in scanner.unknown:
        if result and result[-1][-1] == place - 1:
            result[-1].append(place)
        else:
            result.append([place])
    return result


def _free(scanner: Scanner) -> frozenset[int]:
    """The tokens that are in no phrase: 他 in 吉他 is nobody."""
    taken = {place for item in scanner.items for place in range(item.first, item.last + 1)}
    return frozenset(place for place, token in enumerate(scanner.tokens) if place not in taken and not scanner.text.is_taken(token))


def _names_more_than_values(draft: Draft) -> bool:
    """Whether somebody, an instrument or a form is named, and not only a key, a mode, a metre or a tempo."""
    kinds = {"genre", "work", "byname", "foreign_work", "strangers", "strange_genres", "unwritten"}
    return any(item.meaning is not None or any(entry.kind in kinds for entry in item.entries) for item in draft.items) or len(draft.found) > 1


def asks_for(words: list[str], vocabulary: Vocabulary) -> str:
    """ "strongly": it begins with a verb that asks; "weakly": such a word is somewhere; or not."""
    if not words:
        return ""
    start = 0
    while start < len(words) and words[start] in POLITE:
        start += 1
    phrases = vocabulary.talks[vocabulary.language_of(words)]["ask"]
    begun = _phrase_at(words, start, phrases) or _phrase_at(words, 0, phrases)
    anywhere = [phrase for place in range(len(words)) if (phrase := _phrase_at(words, place, phrases))]
    strong = [phrase for phrase in anywhere if phrase not in WEAK]
    if begun and begun not in WEAK:
        return "strongly"
    if begun and strong:
        return "strongly"
    if is_han(words[0]) and strong:
        return "strongly"
    return "weakly" if anywhere else ""


def _questions(words: list[str], vocabulary: Vocabulary, free: frozenset[int]) -> bool:
    """Whether it begins as a question does; Chinese asks anywhere."""
    start = 0
    while start < len(words) and words[start] in POLITE:
        start += 1
    phrases = vocabulary.talks[vocabulary.language_of(words)]["question"]
    if _phrase_at(words, start, phrases):
        return True
    return any(is_han(words[place]) and _phrase_at(words, place, phrases) for place in sorted(free))


def _begins_with_somebody(words: list[str], vocabulary: Vocabulary, free: frozenset[int]) -> bool:
    """Whether somebody is the first word, who does something: "we saw Swan Lake"."""
    phrases = vocabulary.talks[vocabulary.language_of(words)]["somebody"]
    return 0 in free and len(words) > 1 and bool(_phrase_at(words, 0, phrases))


def _tells(words: list[str], vocabulary: Vocabulary, free: frozenset[int]) -> bool:
    """Whether it tells something: "I love", "ist kaputt", "我喜欢"."""
    places = sorted(free)
    if places and is_han(words[-1]) and len(words) - 1 in free and words[-1] in vocabulary.talk["ends"]:
        return True
    phrases = vocabulary.talks[vocabulary.language_of(words)]["statement"]
    return any(_phrase_at(words, place, phrases) for place in places)


def _phrase_at(words: list[str], place: int, phrases: frozenset[str]) -> str:
    """The longest of the phrases that begins there."""
    for size in range(min(MAX_TALK_TOKENS, len(words) - place), 0, -1):
        phrase = " ".join(words[place : place + size])
        if phrase in phrases:
            return phrase
    return ""
