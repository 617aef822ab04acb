"""Numbers as people write them: 16, sixteen, sechzehn, 十六, half a, anderthalb.

Not covered: words for more than 999, and numbers that a language file does not list.
"""

from __future__ import annotations

import re

from generator.wishes.vocabulary import Vocabulary

_HAN_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def read_number(words: str, vocabulary: Vocabulary) -> float | None:
    """What a match of `Vocabulary.number_pattern` means; None for what is no number."""
    plain = re.sub(r"[\s-]+", " ", words.strip())
    if half := re.fullmatch(r"(\d{1,2})?\s?(?:1/2|½)", plain):
        return float(half[1] or 0) + 0.5
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", plain):
        return float(re.sub(r"[.,]", "", plain))
    if re.fullmatch(r"\d{1,9}(?:[.,]\d{1,2})?", plain):
        return float(plain.replace(",", "."))
    if plain in vocabulary.numbers:
        return vocabulary.numbers[plain]
    return _han(plain)


def _han(words: str) -> float | None:
    """一百二十, 十六, 三十二, 两, 半."""
    if not words or any(char not in "一二三四五六七八九十百两半" for char in words):
        return None
    if words == "半":
        return 0.5
    half = 0.5 if words.endswith("半") else 0.0
    total, digit = 0, 0
    for char in words.rstrip("半"):
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        else:
            total += (digit or 1) * (100 if char == "百" else 10)
            digit = 0
    return total + digit + half
