"""What a piece looks like where it is shown to others, and what those who manage a server read about a report.

Promises: a message says what is true when it is sent, with whoever is credited and the family that the piece is of; one
that has nothing to show any more is not sent; nobody who reported is named, and nobody is called.
"""

from __future__ import annotations

from dataclasses import replace

from bot.chat.messages import Action, Address, Button, Reply
from bot.commands.showing import shown_files
from bot.commands.wording import CAPTION_CHARS, Facts
from bot.jobs.curating import EXHIBIT, REPORT
from bot.making.kinds import kind_of
from bot.making.post import Post
from bot.store import PieceView, Store
from bot.store.deliveries import RESULT
from bot.store.exhibits import Exhibit
from bot.texts import Language, clean, say
from generator.catalogue.catalogue import Catalogue

MAX_NAME_CHARS = 40
REASONS_TOLD, MAX_REASON_CHARS = 5, 200


class SharePoster:
    """A `bot.jobs.ports.Poster` for pieces that are shown, and for reports."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store, self._catalogue = store, catalogue

    async def reply(self, post: Post, language: Language) -> Reply | None:
        """As things are now."""
        if post.subject == EXHIBIT:
            return await self._exhibit(post.target, language)
        if post.subject == REPORT:
            return await self._case(post, language)
        return None

    def admission(self, _post: Post, reply: Reply, /, *, is_there: bool) -> Reply:
        """Said once more that something may be missing."""
        note = say("share.follower_missing" if is_there else "share.may_be_missing", reply.language)
        if is_there:
            return replace(reply, text=f"{reply.text}\n{note}")
        return Reply(note, title=reply.title, buttons=reply.buttons, language=reply.language)

    async def _exhibit(self, id_: str, language: Language) -> Reply | None:
        exhibit = await self._store.exhibits.get(id_)
        piece = await self._store.pieces.get(exhibit.piece) if exhibit is not None else None
        if exhibit is None or not exhibit.is_up or piece is None or piece.deleted is not None:
            return None
        number = await self._store.stars.count(exhibit.scope, piece.id) if exhibit.kind == "gallery" else None
        kin = len(await self._store.lineage.family(piece.id))
        return exhibit_reply(
            exhibit,
            piece,
            self._catalogue,
            self._store,
            language,
            stars=number,
            kin=kin,
            origin=await self._origin(exhibit, piece),
        )

    async def _origin(self, exhibit: Exhibit, piece: PieceView) -> Address | None:
        """Where it came first, if that is in the same server, so that all can go there."""
        job = await self._store.jobs.get(piece.id)
        if job is None or job.address.guild is None or f"{job.platform}:{job.address.guild}" != exhibit.scope:
            return None
        message = await self._store.deliveries.message_of(piece.id, RESULT)
        return (
            None if message is None else Address(job.platform, "", job.address.chat, job.address.guild, None, message)
        )

    async def _case(self, post: Post, language: Language) -> Reply | None:
        scope, _, piece_id = post.target.rpartition("/")
        piece = await self._store.pieces.get(piece_id)
        case = await self._store.reports.case(scope, piece_id)
        reason = await self._store.exhibits.reason_down(scope, piece_id)
        title = say("reported.case_title", language, id=piece_id)
        if reason is not None:
            return Reply(say("reported.was_taken_down", language, reason=reason or "–"), title=title, language=language)
        if case is None or piece is None or piece.deleted is not None:
            return Reply(say("reported.was_settled", language), title=title, language=language)
        facts = Facts(piece.record, self._catalogue)
        reasons = [clean(one, limit=MAX_REASON_CHARS) for one in case.reasons[:REASONS_TOLD]]
        lines = [
            facts.line(language),
            say("reported.people", language, n=case.people),
            *(f"– {one}" for one in reasons),
            say("reported.hint", language, id=piece_id),
        ]
        buttons = (
            Button(say("button.takedown", language), Action("takedown", piece_id, _argument(scope)), "danger"),
            Button(say("button.dismiss", language), Action("dismiss", piece_id, _argument(scope))),
            Button(say("button.show", language), Action("recall", piece_id)),
        )
        return Reply("\n".join(lines), title=title, buttons=(buttons,), language=language)


def exhibit_reply(
    exhibit: Exhibit,
    piece: PieceView,
    catalogue: Catalogue,
    store: Store,
    language: Language,
    *,
    stars: int | None,
    kin: int,
    origin: Address | None,
) -> Reply:
    """Who it is by, what it is, its family, how many like it; page and player; ways to have all of it."""
    facts = Facts(piece.record, catalogue)
    lines = [
        say("share.gallery", language, n=stars) if stars is not None else "",
        say("share.by", language, name=_name(exhibit.credit)) if exhibit.credit else "",
        say("share.shared_by", language, name=_name(exhibit.sharer)) if exhibit.sharer else "",
        facts.music(language),
        *kind_of(piece.record).how_made(piece.record, language),
        say("share.family", language, n=kin) if kin > 1 else "",
    ]
    text, last = "\n".join(filter(None, lines)), "\n" + say("result.id", language, id=piece.id)
    room = CAPTION_CHARS - len(last) - len(facts.title(language)) - 1
    text = (text if len(text) <= room else text[: room - 1] + "…") + last
    verbs = [
        Button(say("button.star", language), Action("star", piece.id, exhibit.id)),
        Button(say("button.all_of_it", language), Action("recall", piece.id)),
        *([Button(say("button.tree", language), Action("tree", piece.id))] if kin > 1 else []),
        Button(say("button.report", language), Action("report", piece.id, exhibit.id)),
    ]
    files = [file for file in shown_files(facts, piece, store.blobs.path, language) if not file.optional]
    return Reply(
        text,
        title=facts.title(language),
        buttons=(verbs,),
        attachments=files,
        language=language,
        piece=piece.id,
        origin=origin,
    )


def _name(name: str) -> str:
    return clean(name, limit=MAX_NAME_CHARS)


def _argument(scope: str) -> str:
    """A server as a button may hold it: its number, which on Telegram has a sign."""
    return scope.partition(":")[2]
