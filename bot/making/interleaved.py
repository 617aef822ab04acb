"""Notation of any kind in the form that is worked on: a line for each bar of all voices.

Promises: what is in that form already stays as it is, character for character, but for rests that were left out;
everything else is read by the readers that pages are made with, in the process that may die.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.errors import FileNotFetched
from bot.making.reading import with_all_rests
from renderers.formats import INTERLEAVED
from renderers.pipeline import Rendering
from renderers.score.abc.letters import decode_bytes
from renderers.score.abc.rows import is_interleaved
from renderers.score.files import ScoreFile, kind_of


class Reading(Protocol):
    """What reads notation: a renderer."""

    async def render_most(
        self, source: ScoreFile, formats: Sequence[str], *, title: str = "", composer: str = "", tune: str = ""
    ) -> Rendering:
        """As `renderers.pipeline.Renderer`."""


@dataclass(frozen=True, kw_only=True)
class Interleaved:
    """abc: the form that is worked on; form: the format that it came in; remarks: what could not be kept."""

    abc: str
    form: str
    remarks: tuple[Mapping[str, Any], ...] = ()


def is_own_form(abc: str) -> bool:
    """Whether a text is interleaved ABC already."""
    lines = [line for line in abc.splitlines() if line.startswith("[")]
    return bool(lines) and is_interleaved(lines) and "\nw:" not in abc


async def interleave(source: str | ScoreFile, reader: Reading | None, *, tune: str = "") -> Interleaved:
    """Any notation in that form. tune: which one is meant, where it holds several.

    reader: None where there is none; then only what is in that form can be read. Raises RenderError, FileNotFetched.
    """
    if isinstance(source, ScoreFile) and kind_of(source.content).name == "abc":
        source = decode_bytes(source.content)
    if isinstance(source, str) and is_own_form(source) and not tune:
        return Interleaved(abc=with_all_rests(source), form="abc")
    if reader is None:
        raise FileNotFetched
    file = ScoreFile(name="", content=source.encode()) if isinstance(source, str) else source
    read = await reader.render_most(file, [INTERLEAVED.name], tune=tune)
    return Interleaved(
        abc=read.files[INTERLEAVED.ending].decode(),
        form=kind_of(file.content).name,
        remarks=tuple(remark.to_json() for remark in read.remarks),
    )
