"""What a finished piece looks like in a chat: its caption, its files, its buttons.

A button holds the id of its piece and nothing else. What the buttons do: `pieces.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.chat.messages import Action, Attachment, Button, Reply
from bot.commands.duels.telling import duel_reply
from bot.commands.wording import Facts
from bot.making.film import form_of, view_of
from bot.making.kinds import KINDS, kind_of
from bot.making.merge import BOTH, CLASHING
from bot.making.print_out import PRINTS
from bot.store import PieceView, StoredFile
from bot.texts import Language, say
from generator.catalogue.sweeping import LEAST_STARS, MOST_STARS
from renderers.formats import AUDIO, COMPARISON, FORMATS, PAGES, PDF, Format, documents_with_result, format_of, spare_of
from renderers.video.shapes import LEAD_S

MOST_ROWS = 4  # and the last one: five are what Discord takes
ROW_BUTTONS = 4  # names that can be read on a telephone
FULL_ROW_BUTTONS = 5  # where they would be too many rows: as many as Discord takes


def result_reply(
    facts: Facts,
    piece: PieceView,
    paths: Callable[[str], Path],
    language: Language,
    *,
    note: str = "",
    asker: str = "",
    can_enter: bool = False,
    **likes: bool,
) -> Reply:
    """The message with the piece: caption, files, buttons.

    note: what else is to be said. asker: who asked for it, where others read along. can_enter: a challenge is open
    there.

    likes: pdf, for further pages as a PDF; audio.
    """
    if piece.record.get("duel"):
        return duel_reply(piece, facts.catalogue, paths, language)
    return Reply(
        facts.caption(language, note, asker),
        title=facts.title(language),
        buttons=result_buttons(piece, language, lacks=bool(facts.missing(language)), can_enter=can_enter),
        attachments=shown_files(facts, piece, paths, language, **likes),
        language=language,
        piece=piece.id,
    )


def result_buttons(
    piece: PieceView, language: Language, *, lacks: bool = False, can_enter: bool = False
) -> Sequence[Sequence[Button]]:
    """What can be made from the piece, with pages to turn to if there are several; then what there is to have of it.

    lacks: something could not be made, which a button of its own brings later.
    """

    def button(verb: str, style: str = "secondary") -> Button:
        return Button(say(f"button.{verb}", language), Action(verb, piece.id), style)  # type: ignore[arg-type]

    if takes := piece.record.get("takes"):
        return _of_a_turn(piece, takes, language)
    if piece.record.get("sheet"):
        if CLASHING in piece.record:
            return (_opening(piece), *_taking(piece, language), (button("files"), button("delete", "danger")))
        asking = [button(verb, "primary") for verb in kind_of(piece.record).buttons(piece.record)]
        return (_opening(piece), (*asking, button("files"), button("delete", "danger")))
    turn = [Button(say("button.page", language), Action("page", piece.id, "2"))] if len(page_files(piece)) > 1 else []
    verbs = [verb for kind in KINDS.values() for verb in kind.buttons(piece.record)]
    asking = [*(button(verb, "primary" if verb == verbs[0] else "secondary") for verb in verbs), *turn]
    own = [Button(say("button.bring", language), Action("bring", piece.id), "primary")] if lacks else []
    own += [Button(say("button.enter", language), Action("enter", piece.id))] if can_enter else []
    stars = [stars_row(piece.id)] if piece.record.get("sweep") else []
    printed = [button("pdf")] if piece.file(PDF.ending) is not None else []
    last = (*printed, button("files"), button("details"), button("star"), button("delete", "danger"))
    return (*stars, *_in_rows(asking, own, MOST_ROWS - len(stars)), last)


def _in_rows(asking: Sequence[Button], own: Sequence[Button], most: int) -> list[Sequence[Button]]:
    """Short rows, and one for `own`; fuller ones where that would be more than `most` of them."""

    def cut(buttons: Sequence[Button], width: int) -> list[Sequence[Button]]:
        return [buttons[start : start + width] for start in range(0, len(buttons), width)]

    rows = [*cut(asking, ROW_BUTTONS), *([own] if own else [])]
    return rows if len(rows) <= most else cut([*asking, *own], FULL_ROW_BUTTONS)[:most]


def print_row(piece: str, language: Language) -> tuple[Button, ...]:
    """The buttons below a PDF."""
    return tuple(Button(say(f"button.print_{way}", language), Action("print", piece, way)) for way in PRINTS)


def _taking(piece: PieceView, language: Language) -> Sequence[Sequence[Button]]:
    """Whose bars are taken where two people changed the same; nothing once somebody has said."""
    if piece.record.get("took"):
        return ()
    takes = zip(("theirs", "mine", BOTH), ("take_first", "take_second", "take_both"), strict=True)
    return ([Button(say(f"button.{name}", language), Action("take", piece.id, take)) for take, name in takes],)


def stars_row(piece: str, *, argument: str = "") -> list[Button]:
    """Marks for a piece of a sweep. argument: what else the buttons say."""
    marks = range(LEAST_STARS, MOST_STARS + 1)
    return [Button(f"{stars} ★", Action("stars", piece, f"{stars}{argument}")) for stars in marks]


def _of_a_turn(piece: PieceView, takes: Mapping[str, Any], language: Language) -> Sequence[Sequence[Button]]:
    """Of takes for a chain: one of them, or others."""
    numbers = range(1, len(takes["bars"]) + 1)
    which = [
        Button(say("button.chain_take", language, number=n), Action("chaintake", piece.id, str(n)), "primary")
        for n in numbers
    ]
    others = Action("chaintakes", str(takes["chain"]), str(takes["turn"]))
    turn = [Button(say("button.page", language), Action("page", piece.id, "2"))] if len(page_files(piece)) > 1 else []
    return (which, [Button(say("button.chain_others", language), others), *turn])


def _opening(piece: PieceView) -> Sequence[Button]:
    """Of several pieces that are shown together: a number for each."""
    return [
        Button(str(number), Action("recall", str(row["id"])), "primary")
        for number, row in enumerate(piece.record["sheet"], 1)
    ]


def page_files(piece: PieceView) -> list[StoredFile]:
    """The pictures of the pages in their order."""
    pages = [file for file in piece.files if PAGES.has(file.ending)]
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
    """The first page, what can be heard, the PDF for whoever likes it; all else where it takes no message of its own.

    What did not come with the piece is sent to whoever asks for it (`pieces.py`).
    """
    if film := _video(facts, piece, paths, language):
        return [film]  # all else is shown with the piece that it is of
    if piece.record.get("printed"):
        printed_files = (file_attachment(piece, row.ending, paths) for row in FORMATS if row.is_printed)
        return [file for file in printed_files if file is not None]
    pages = [page_attachment(facts, piece, paths, number, language) for number in range(1, len(page_files(piece)) + 1)]
    heard = audio_attachment(facts, piece, paths, language, cover=pages[0].path if pages else None) if audio else None
    endings = [row.ending for row in documents_with_result()]
    others = [file for ending in endings if (file := file_attachment(piece, ending, paths)) is not None]
    whole = file_attachment(piece, PDF.ending, paths) if not pages or (pdf and len(pages) > 1) else None
    printed = [whole] if whole else _optional(pages[1:])
    compared = _comparison(piece, paths, language)
    return [*compared, *pages[:1], *([heard] if heard else []), *_optional(others), *printed]


def _video(facts: Facts, piece: PieceView, paths: Callable[[str], Path], language: Language) -> Attachment | None:
    """The video of a piece that holds one."""
    form = form_of(piece.record)
    file = file_attachment(piece, form.format.ending, paths) if form is not None else None
    if file is None or form is None:
        return None
    return replace(
        file,
        kind="video",
        title=facts.title(language),
        duration_s=facts.seconds and facts.seconds + LEAD_S,
        sides=(form.pixels.width, form.pixels.height),
        description=say(f"filmed.{view_of(piece.record)}_description", language, title=facts.title(language)),
    )


def _comparison(piece: PieceView, paths: Callable[[str], Path], language: Language) -> list[Attachment]:
    """What an edit changed, old and new side by side: the first thing to look at."""
    file = piece.file(COMPARISON.ending)
    if file is None:
        return []
    description = say("edited.compared", language)
    return [Attachment(file.name, "picture", paths(file.sha256), description=description)]


def _optional(files: Sequence[Attachment]) -> list[Attachment]:
    return [replace(file, optional=True) for file in files]


def page_attachment(
    facts: Facts, piece: PieceView, paths: Callable[[str], Path], number: int, language: Language
) -> Attachment:
    """One page as a picture. Where it cannot be sent the file of all pages can."""
    files = page_files(piece)
    file, description = files[number - 1], facts.describe_page(number, len(files), language)
    return Attachment(
        file.name,
        "picture",
        paths(file.sha256),
        description=description,
        spare=_spare(piece, PAGES, paths),
    )


def audio_attachment(
    facts: Facts, piece: PieceView, paths: Callable[[str], Path], language: Language, *, cover: Path | None
) -> Attachment | None:
    """The recording for a player, its small one likewise."""
    rows = [row for row in FORMATS if row.shown_as in ("audio", "voice") and row.offered]
    found = ((row, file_attachment(piece, row.ending, paths)) for row in rows)
    row, file = next(((row, file) for row, file in found if file is not None), (AUDIO, None))
    if file is None:
        return None
    heard = replace(
        file,
        kind="voice" if row.shown_as == "voice" else "audio",
        title=facts.title(language),
        performer=str(facts.record.get("credit") or "Notabot")[:64],
        duration_s=facts.seconds,
        cover=cover,
    )
    return replace(heard, spare=file.spare and replace(heard, name=file.spare.name, path=file.spare.path, spare=None))


def file_attachment(piece: PieceView, ending: str, paths: Callable[[str], Path]) -> Attachment | None:
    """A file as a document; a single file has its spare with it."""
    file = piece.file(ending)
    if file is None:
        return None
    row = format_of(ending)
    spare = _spare(piece, row, paths) if row is not None and not row.is_paged else None
    return Attachment(file.name, "document", paths(file.sha256), spare=spare)


def _spare(piece: PieceView, row: Format, paths: Callable[[str], Path]) -> Attachment | None:
    spare = spare_of(row)
    return None if spare is None else file_attachment(piece, spare.ending, paths)
