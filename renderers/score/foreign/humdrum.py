"""Humdrum (`**kern`): counted line by line, then read by way of MusicXML. Orders of sections are not followed."""

from __future__ import annotations

from dataclasses import replace

from renderers.errors import InputRefused
from renderers.score.abc.letters import decode_bytes
from renderers.score.abc.model import Tune
from renderers.score.abc.remarks import Remark
from renderers.score.foreign.expansions import unfollowed_expansions
from renderers.score.foreign.music21_bridge import as_musicxml
from renderers.score.foreign.musicxml import read_musicxml
from renderers.score.foreign.safe_xml import MAX_NOTES

MAX_SPINES = 60  # side by side; each voice has one, and words and dynamics theirs
MAX_LINES = 60_000
NAME = "humdrum"


def read_humdrum(content: bytes) -> Tune:
    """The tune of a file. Raises InputRefused."""
    text = decode_bytes(content).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    lines = [line for line in text.split("\n") if line.strip()]
    _check(lines)
    tune = read_musicxml(as_musicxml("\n".join(lines) + "\n", form="humdrum", kind=NAME))
    lists = (Remark("left_out", 1, {"text": text, "n": 1}) for text in unfollowed_expansions(lines))
    return replace(tune, remarks=(*tune.remarks, *lists))


def _check(lines: list[str]) -> None:
    num_notes = 0
    if len(lines) > MAX_LINES:
        raise InputRefused(reason="file_notes", limit=MAX_LINES)
    for line in lines:
        if line.startswith("!"):
            continue
        spines = line.split("\t")
        if len(spines) > MAX_SPINES:
            raise InputRefused(reason="voices", limit=MAX_SPINES)
        if not line.startswith(("*", "=")):
            num_notes += sum(len(spine.split(" ")) for spine in spines if spine != ".")
            if num_notes > MAX_NOTES:
                raise InputRefused(reason="file_notes", limit=MAX_NOTES)
    if not any(spine in ("**kern", "**recip") for line in lines[:2000] for spine in line.split("\t")):
        raise InputRefused(reason="no_kern")
