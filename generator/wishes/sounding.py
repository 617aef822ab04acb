"""Chinese names that are written as they sound: with other characters, or one of many left out or wrong.

Promises: a name that is only like one is taken, and it is said that it was. Not covered: other scripts (`misspelt.py`).
"""

from __future__ import annotations

from functools import lru_cache

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.vocabulary import SURE
from generator.wishes.text import is_han
from generator.wishes.vocabulary import MIN_HEARD_CHARS, Vocabulary

MAX_HEARD_CHARS = 8
MIN_DELETED_CHARS = 4
BETWEEN = frozenset("的和与跟或给为把首")  # stand between names, not in them
COUNTS = frozenset("一二两三四五六七八双")


def sounds_like(run: str, catalogue: Catalogue, vocabulary: Vocabulary) -> str:
    """The phrase, as its tokens, that these characters sound like; "" for none."""
    sound = vocabulary.sound(run)
    phrase = vocabulary.heard.get(sound, "") if len(run) >= MIN_HEARD_CHARS else ""
    names = heard_names(catalogue, vocabulary)
    if not phrase and (len(run) < MIN_DELETED_CHARS or sound in names):
        phrase = names.get(sound, "")
    elif not phrase:
        sounds = sound.split(" ")
        near = (" ".join((*sounds[:place], "*", *sounds[place + 1 :])) for place in range(1, len(sounds)))
        phrase = next((names[each] for each in near if each in names), "")
    return "" if any(char in BETWEEN and char not in phrase for char in run) else phrase


@lru_cache(maxsize=4)
def heard_names(catalogue: Catalogue, vocabulary: Vocabulary) -> dict[str, str]:
    """Composers of two characters and more, instruments and forms of three, by their sounds.

    Of long ones one may lack or be another.
    """
    heard: dict[str, str] = {}
    for phrase, meaning in catalogue.lexicon.meanings.items():
        is_name = meaning.kind == "composer" and max(meaning.weights.values()) >= SURE
        if not all(map(is_han, phrase)) or len(phrase) < (2 if is_name else MIN_HEARD_CHARS):
            continue
        # 一段钢琴 is no 一对钢琴, and 长笛与结他二重奏 are not three.
        if meaning.players and (phrase[0] in COUNTS or (len(meaning.players) > 1 and len(set(meaning.players)) == 1)):
            continue
        sounds, key = vocabulary.sound(phrase).split(" "), " ".join(phrase)
        heard.setdefault(" ".join(sounds), key)
        if len(phrase) >= MIN_DELETED_CHARS and not meaning.players and meaning.kind == "composer":
            for wrong in range(1, len(sounds)):
                heard.setdefault(" ".join((*sounds[:wrong], "*", *sounds[wrong + 1 :])), key)
        if is_name and len(phrase) >= MIN_DELETED_CHARS:
            for left_out in range(1, len(sounds)):
                heard.setdefault(" ".join(sounds[:left_out] + sounds[left_out + 1 :]), key)
    return heard
