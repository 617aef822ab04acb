"""Makes a reply fit into what a chat takes, and says what was left out.

Promises: what is returned is within the limits, the first picture and the small files stay as long as anything does,
and the text gains a sentence for what is missing. In this order: pages beyond `max_pictures` go first, then files that
are too large by themselves, then later pages, then the largest file, until the rest fits.
A file that cannot be read any more counts as left out.

Not covered: an MP3 is not encoded again at a lower bit rate. That needs a decoder, and none is among the libraries;
who has the notes can make a smaller one and put it into the reply before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.chat import Attachment, Language, Reply
from bot.texts import say

_HAN = re.compile("[\u4e00-\u9fff]")
MIB = 1024 * 1024


@dataclass
class _Selection:
    """What stays, and what went for which reason."""

    stay: list[Attachment]
    sizes: dict[int, int] = field(default_factory=dict)  # bytes by id() of the attachment
    too_large: list[Attachment] = field(default_factory=list)
    too_many: list[Attachment] = field(default_factory=list)
    missing: list[Attachment] = field(default_factory=list)

    def total(self) -> int:
        return sum(self.sizes[id(attachment)] for attachment in self.stay)

    def drop(self, attachment: Attachment, reason: list[Attachment]) -> None:
        self.stay = [other for other in self.stay if other is not attachment]
        reason.append(attachment)


def fit(
    reply: Reply,
    *,
    file_limit: int,
    total_limit: int | None = None,
    max_files: int | None = None,
    max_pictures: int | None = None,
    language: Language | None = None,
) -> Reply:
    """The reply with only those files that may be sent.

    file_limit, total_limit: bytes of one file and of all together. max_files, max_pictures: how many in one message.
    language: of the added sentences; without it that of the reply's text. Reads sizes from disk: call it in a thread.
    """
    selection = _measure(reply.attachments)
    _drop_pages(selection, max_pictures)
    _drop_large(selection, file_limit)
    _drop_until_it_fits(selection, total_limit=total_limit, max_files=max_files)
    notes = _notes(selection, language or language_of_text(reply.text))
    if not notes and len(selection.stay) == len(reply.attachments):
        return reply
    return replace(reply, text="\n".join((reply.text, *notes)), attachments=tuple(selection.stay))


def language_of_text(text: str) -> Language:
    """The language a sentence of ours is in: a reply does not say it, and only Chinese ones have Chinese characters."""
    return "zh" if _HAN.search(text) else "en"


def _measure(attachments: Sequence[Attachment]) -> _Selection:
    selection = _Selection(list(attachments))
    for attachment in attachments:
        try:
            selection.sizes[id(attachment)] = attachment.size
        except OSError:
            selection.drop(attachment, selection.missing)
    return selection


def _drop_pages(selection: _Selection, max_pictures: int | None) -> None:
    if max_pictures is not None:
        for page in _pictures(selection.stay)[max_pictures:]:
            selection.drop(page, selection.too_many)


def _drop_large(selection: _Selection, file_limit: int) -> None:
    for attachment in list(selection.stay):
        if selection.sizes[id(attachment)] > file_limit:
            selection.drop(attachment, selection.too_large)


def _drop_until_it_fits(selection: _Selection, *, total_limit: int | None, max_files: int | None) -> None:
    while selection.stay and (
        (total_limit is not None and selection.total() > total_limit)
        or (max_files is not None and len(selection.stay) > max_files)
    ):
        later_pages = _pictures(selection.stay)[1:]
        is_full = max_files is not None and len(selection.stay) > max_files
        first_to_go = later_pages[-1] if later_pages else _last_to_keep(selection, is_full)
        selection.drop(first_to_go, selection.too_many)


def _last_to_keep(selection: _Selection, is_full: bool) -> Attachment:
    """Where there are too many files the last, because they come in order of importance; else the largest."""
    if is_full:
        return selection.stay[-1]
    return max(selection.stay, key=lambda attachment: selection.sizes[id(attachment)])


def _pictures(attachments: Iterable[Attachment]) -> list[Attachment]:
    return [attachment for attachment in attachments if attachment.kind == "picture"]


# --- what is said about it -------------------------------------------------------------------------------------------


def _notes(selection: _Selection, language: Language) -> list[str]:
    notes = []
    pages = _pictures(selection.too_many)
    others = [attachment for attachment in selection.too_many if attachment.kind != "picture"]
    if pages:
        notes.append(say("fitting.pages", language, n=len(pages)))
    if others:
        notes.append(say("fitting.later", language, names=_names(others, language)))
    if selection.too_large:
        notes.append(say("fitting.too_large", language, names=_names(selection.too_large, language)))
    if selection.missing:
        notes.append(say("fitting.missing", language, names=_names(selection.missing, language)))
    return notes


def _names(attachments: Sequence[Attachment], language: Language) -> str:
    """The endings tell a musician what it is: "MP3, MIDI"."""
    endings = dict.fromkeys(attachment.name.rpartition(".")[2].upper() for attachment in attachments)
    return ("、" if language == "zh" else ", ").join(endings)
