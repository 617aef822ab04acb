"""Which form of a text goes with a number, by the rules of the Unicode CLDR.

A language has up to six forms: zero, one, two, few, many and other. Its rules say which number takes which; what no
rule takes is "other". They are written as the CLDR has them, so that they can be copied from its table of plural rules
(https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html), for example for Polish:

    one = "i = 1 and v = 0"
    few = "v = 0 and i % 10 = 2..4 and i % 100 != 12..14"

Promises: a rule that cannot be read is a ValueError when it is loaded. Not covered: numbers with decimals other than
`n`, `i` and `v`; we count pieces, bars and minutes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

CATEGORIES = ("zero", "one", "two", "few", "many", "other")

_RELATION = re.compile(r"([niv])(?:\s*%\s*(\d+))?\s*(!?=)\s*([\d.,\s]+)")

Test = Callable[[float], bool]


class Plurals:
    """The rules of one language, in the order of `CATEGORIES`. Raises ValueError for what is no rule."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        if unknown := set(rules) - set(CATEGORIES[:-1]):
            raise ValueError(f"no plural category: {', '.join(sorted(unknown))}")
        self._rules = tuple((category, _read(rules[category])) for category in CATEGORIES if category in rules)

    @property
    def categories(self) -> tuple[str, ...]:
        """Those that a text that counts needs a form for."""
        return (*(category for category, _ in self._rules), "other")

    def category(self, number: object) -> str:
        """The form for a number; "other" for what is none."""
        if not isinstance(number, (int, float)):
            return "other"
        return next((category for category, holds in self._rules if holds(abs(number))), "other")


def _read(rule: str) -> Test:
    alternatives = [[_relation(part) for part in group.split(" and ")] for group in rule.split(" or ")]
    return lambda number: any(all(holds(number) for holds in group) for group in alternatives)


def _relation(text: str) -> Test:
    """For example `i % 10 = 2..4, 9`."""
    found = _RELATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a plural rule: {text!r}")
    operand, modulus, equals, listed = found.groups()
    ranges = [_range(part) for part in listed.split(",")]

    def holds(number: float) -> bool:
        value = _operand(operand, number)
        value = value % int(modulus) if modulus else value
        within = any(low <= value <= high and value == int(value) for low, high in ranges)
        return within == (equals == "=")

    return holds


def _range(text: str) -> tuple[int, int]:
    low, dots, high = text.strip().partition("..")
    return int(low), int(high if dots else low)


def _operand(name: str, number: float) -> float:
    """CLDR's n: the number; i: its whole part; v: how many digits stand behind its point."""
    if name == "n":
        return number
    if name == "i":
        return int(number)
    return 0 if number == int(number) else len(str(number).partition(".")[2])
