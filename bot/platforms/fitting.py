"""Makes a reply fit into what a chat takes, and says what became of the rest.

Promises: what is returned is within the limits, the first picture and the small files stay as long as anything does,
and the text gains a sentence for everything that is missing or smaller than it was. In this order: pages beyond
`max_pictures` go first, then what is too large by itself, then later pages, then the largest file, until the rest fits.
Where an attachment has a spare, that comes in its place if it fits: an MP3 of a lower bit rate for an MP3, at the end
the PDF for all pages that went. A file that cannot be read any more counts as left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.chat.messages import Attachment, Reply
from bot.texts import Language, join, say
from renderers.formats import format_of

MIB = 1024 * 1024


@dataclass(kw_only=True)
class _Selection:
    """What stays, and what went for which reason; sizes in bytes."""

    file_limit: int
    stay: list[Attachment] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)  # by name
    too_large: list[Attachment] = field(default_factory=list)
    too_many: list[Attachment] = field(default_factory=list)
    missing: list[Attachment] = field(default_factory=list)
    replaced: list[Attachment] = field(default_factory=list)
    pages_in_pdf: list[Attachment] = field(default_factory=list)

    def total(self) -> int:
        return sum(self.size(attachment) for attachment in self.stay)

    def size(self, attachment: Attachment) -> int:
        """Raises OSError."""
        if attachment.name not in self.sizes:
            self.sizes[attachment.name] = attachment.size
        return self.sizes[attachment.name]

    def drop(self, attachment: Attachment, reason: list[Attachment]) -> None:
        """Its spare, if it is smaller and may be sent, takes its place; the pages' common one has to wait."""
        place = self.stay.index(attachment)
        spare = None if attachment.kind == "picture" else self.usable(attachment.spare)
        if spare is not None and (reason is self.missing or self.size(spare) < self.size(attachment)):
            self.stay[place] = spare
            self.replaced.append(attachment)
        else:
            self.leave_out(attachment, reason)

    def leave_out(self, attachment: Attachment, reason: list[Attachment]) -> None:
        """For good; if it was a spare, nothing has taken the place of the other."""
        self.stay.remove(attachment)
        self.replaced = [other for other in self.replaced if other.spare is not attachment]
        reason.append(attachment)

    def usable(self, spare: Attachment | None) -> Attachment | None:
        """A spare that can be read and is not too large."""
        try:
            return spare if spare is not None and self.size(spare) <= self.file_limit else None
        except OSError:
            return None


def fit(
    reply: Reply,
    *,
    file_limit: int,
    total_limit: int | None = None,
    max_files: int | None = None,
    max_pictures: int | None = None,
) -> Reply:
    """The reply with only those files that may be sent.

    file_limit, total_limit: bytes of one file and of all together. max_files, max_pictures: how many in one message.
    Reads sizes from disk: call it in a thread.
    """
    selection = _Selection(file_limit=file_limit, stay=list(reply.attachments))
    _drop_missing(selection)
    _drop_pages(selection, max_pictures)
    _drop_large(selection)
    _drop_until_it_fits(selection, total_limit=total_limit, max_files=max_files)
    _add_pdf(selection, total_limit=total_limit, max_files=max_files)
    notes = _notes(selection, reply.language)
    if not notes:
        return reply
    return replace(reply, text="\n".join((reply.text, *notes)), attachments=tuple(selection.stay))


def _drop_missing(selection: _Selection) -> None:
    for attachment in list(selection.stay):
        try:
            selection.size(attachment)
        except OSError:
            selection.drop(attachment, selection.missing)


def _drop_pages(selection: _Selection, max_pictures: int | None) -> None:
    if max_pictures is not None:
        for page in _pictures(selection.stay)[max_pictures:]:
            selection.drop(page, selection.too_many)


def _drop_large(selection: _Selection) -> None:
    for attachment in list(selection.stay):
        if selection.size(attachment) > selection.file_limit:
            selection.drop(attachment, selection.too_large)


def _drop_until_it_fits(selection: _Selection, *, total_limit: int | None, max_files: int | None) -> None:
    while selection.stay and (
        (total_limit is not None and selection.total() > total_limit)
        or (max_files is not None and len(selection.stay) > max_files)
    ):
        later_pages = _pictures(selection.stay)[1:]
        is_full = max_files is not None and len(selection.stay) > max_files
        if later_pages:
            selection.drop(later_pages[-1], selection.too_many)
        elif is_full:  # the last, because they come in order of importance
            selection.leave_out(selection.stay[-1], selection.too_many)
        else:
            selection.drop(max(selection.stay, key=selection.size), selection.too_many)


def _add_pdf(selection: _Selection, *, total_limit: int | None, max_files: int | None) -> None:
    """For the pages that went, if there is room for it."""
    gone = _pictures([*selection.too_many, *selection.too_large, *selection.missing])
    pdf = next((page.spare for page in gone if selection.usable(page.spare) is not None), None)
    if pdf is None:
        return
    if pdf.name not in {attachment.name for attachment in selection.stay}:
        has_place = max_files is None or len(selection.stay) < max_files
        has_room = total_limit is None or selection.total() + selection.size(pdf) <= total_limit
        if not (has_place and has_room):
            return
        selection.stay.append(pdf)
    selection.pages_in_pdf = gone
    for reason in (selection.too_many, selection.too_large, selection.missing):
        reason[:] = [attachment for attachment in reason if attachment.kind != "picture"]


def _pictures(attachments: Iterable[Attachment]) -> list[Attachment]:
    return [attachment for attachment in attachments if attachment.kind == "picture"]


# --- what is said about it -------------------------------------------------------------------------------------------


def _notes(selection: _Selection, language: Language) -> list[str]:
    notes = []
    pages = _pictures(selection.too_many)
    others = [attachment for attachment in selection.too_many if attachment.kind != "picture"]
    if selection.pages_in_pdf:
        notes.append(say("fitting.pages_in_pdf", language, n=len(selection.pages_in_pdf)))
    if pages:
        notes.append(say("fitting.pages", language, n=len(pages)))
    if selection.replaced:
        notes.append(say("fitting.smaller", language, names=_names(selection.replaced, language)))
    if others:
        notes.append(say("fitting.later", language, names=_names(others, language)))
    if selection.too_large:
        notes.append(say("fitting.too_large", language, names=_names(selection.too_large, language)))
    if selection.missing:
        notes.append(say("fitting.missing", language, names=_names(selection.missing, language)))
    return notes


def _names(attachments: Sequence[Attachment], language: Language) -> str:
    """What kinds of file they are: "MP3, MIDI"."""
    kinds = dict.fromkeys(_kind(attachment.name, language) for attachment in attachments)
    return join(kinds, language)


def _kind(name: str, language: Language) -> str:
    row = format_of(name)
    return say(f"format.{row.name}", language) if row is not None else name.rpartition(".")[2].upper()
