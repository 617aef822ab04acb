"""What a finished piece looks like in a chat: its caption, its files, its buttons.

A button holds the id of its piece and nothing else. What the buttons do: `pieces.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.chat.messages import Action, Attachment, Button, Language, Reply
from bot.commands.wording import Facts
from bot.store import PieceView, StoredFile
from bot.texts import say

EDITED_ENDINGS = (".mid", ".musicxml", ".abc")
SMALL_AUDIO = "_small.mp3"  # only ever in place of the MP3


def result_reply(
    facts: Facts, piece: PieceView, paths: Callable[[str], Path], language: Language, **likes: bool
) -> Reply:
    """The message with the piece: caption, files, buttons. likes: pdf, for further pages as a PDF; audio."""
    return Reply(
        facts.caption(language),
        title=facts.title(language),
        buttons=result_buttons(piece, language),
        attachments=shown_files(facts, piece, paths, language, **likes),
        language=language,
    )


def result_buttons(piece: PieceView, language: Language) -> Sequence[Sequence[Button]]:
    """Two rows; with pages to turn to if there are several."""

    def button(verb: str, style: str = "secondary") -> Button:
        return Button(say(f"button.{verb}", language), Action(verb, piece.id), style)  # type: ignore[arg-type]

    turn = [Button(say("button.page", language), Action("page", piece.id, "2"))] if len(page_files(piece)) > 1 else []
    return (
        (button("again", "primary"), button("hotter"), button("cooler"), *turn),
        (button("pdf"), button("files"), button("details"), button("delete", "danger")),
    )


def page_files(piece: PieceView) -> list[StoredFile]:
    """The pictures of the pages in their order."""
    pages = [file for file in piece.files if file.ending.startswith("_p") and file.ending.endswith(".png")]
    return sorted(pages, key=lambda file: (len(file.ending), file.ending))


def shown_files(
    facts: Facts,
    piece: PieceView,
    paths: Callable[[str], Path],
    language: Language,
    *,
    pdf: bool = False,
    audio: bool = True,
) -> list[Attachment]:
    """The first page, what can be heard, what can be edited, then the other pages."""
    pages = [page_attachment(facts, piece, paths, number, language) for number in range(1, len(page_files(piece)) + 1)]
    heard = audio_attachment(facts, piece, paths, cover=pages[0].path if pages else None) if audio else None
    found = [file for ending in EDITED_ENDINGS if (file := file_attachment(piece, ending, paths)) is not None]
    whole = file_attachment(piece, ".pdf", paths) if pdf and len(pages) > 1 else None
    return [*pages[:1], *([heard] if heard else []), *found, *([whole] if whole else pages[1:])]


def page_attachment(
    facts: Facts, piece: PieceView, paths: Callable[[str], Path], number: int, language: Language
) -> Attachment:
    """One page as a picture. Where it cannot be sent the PDF can."""
    files = page_files(piece)
    file, description = files[number - 1], facts.describe_page(number, len(files), language)
    return Attachment(
        file.name,
        "picture",
        paths(file.sha256),
        description=description,
        spare=file_attachment(piece, ".pdf", paths),
    )


def audio_attachment(
    facts: Facts, piece: PieceView, paths: Callable[[str], Path], *, cover: Path | None
) -> Attachment | None:
    """The MP3 for a player, its small one likewise."""
    file = file_attachment(piece, ".mp3", paths)
    if file is None:
        return None
    heard = replace(
        file,
        kind="audio",
        title=facts.title("en"),
        performer=str(facts.record.get("credit") or "Notabot")[:64],
        duration_s=facts.seconds,
        cover=cover,
    )
    return replace(heard, spare=file.spare and replace(heard, name=file.spare.name, path=file.spare.path, spare=None))


def file_attachment(piece: PieceView, ending: str, paths: Callable[[str], Path]) -> Attachment | None:
    """A file as a document; that of the MP3 has the small one as its spare."""
    file = piece.file(ending)
    if file is None:
        return None
    spare = file_attachment(piece, SMALL_AUDIO, paths) if ending == ".mp3" else None
    return Attachment(file.name, "document", paths(file.sha256), spare=spare)
