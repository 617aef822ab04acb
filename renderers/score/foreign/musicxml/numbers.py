"""Numbers as files write them: never fails, whatever stands there."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

MAX_CHARS = 20


def number(text: str | None, default: Fraction | int = 0) -> Fraction:
    """A decimal number; the default for anything else."""
    text = (text or "").strip()
    if not text or len(text) > MAX_CHARS or not text.isascii() or text.lower().strip("+-")[:1] not in "0123456789.":
        return Fraction(default)
    try:
        return Fraction(text) if "/" not in text and "e" not in text.lower() else Fraction(default)
    except ValueError:
        return Fraction(default)


def whole(text: str | None, default: int, *, low: int, high: int) -> int:
    """A whole number within limits; the default for anything else."""
    value = number(text, default)
    return int(value) if value.denominator == 1 and low <= value <= high else default


def text_of(element: etree._Element | None) -> str:
    """All text in an element, in one line."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
