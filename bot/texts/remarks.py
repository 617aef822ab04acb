"""What could not be kept of a notation, in words: `Remark.to_json` as it stands in the record of a piece.

Promises: a remark of another version, whose reason is not known here, is said in the words it was written down with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.texts import FALLBACK, Language, has_text, say


def remark_words(remark: Mapping[str, Any], language: Language) -> str:
    """For example "Line 7: some of the words stand under no note."""
    key = f"remark.{remark.get('reason')}"
    if not has_text(key):
        return str(remark.get("text", ""))
    return say(key, language, line=remark.get("line", 0), **remark.get("values") or {})


def written_remark(remark: Mapping[str, Any]) -> dict[str, Any]:
    """A remark as a record has it: with its words, for those who read the `.json` themselves."""
    return {**remark, "text": remark_words(remark, FALLBACK)}
