"""What somebody sent that is not words: a score, or something that we cannot read or hear.

Telegram's clients send a MIDI file now as a document, now as music; both are scores here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from telegram import Message

from bot.commands.errors import NotWords
from renderers.formats import MIDI

MIDI_ENDINGS = (MIDI.ending, ".midi", ".kar")


@dataclass(frozen=True, kw_only=True)
class SentScore:
    """id: under which Telegram gives the file. size: in bytes, as Telegram says."""

    id: str
    name: str
    size: int | None


def score_in(message: Message) -> SentScore | None:
    """A document, whatever it is, or MIDI that was sent as music."""
    file = message.document
    if file is not None and message.animation is None:
        return SentScore(id=file.file_id, name=file.file_name or "", size=file.file_size)
    audio = message.audio
    if audio is None:
        return None
    is_midi = PurePath(audio.file_name or "").suffix.lower() in MIDI_ENDINGS or "midi" in (audio.mime_type or "")
    return SentScore(id=audio.file_id, name=audio.file_name or "", size=audio.file_size) if is_midi else None


def wordless(message: Message) -> NotWords | None:
    """Why something without words cannot be answered with music; None where there are words, a score, or nothing."""
    if message.caption or score_in(message) is not None:
        return None
    kinds = {
        "voice": message.voice or message.audio or message.video_note,
        "photo": message.photo,
        "sticker": message.sticker or message.animation or message.dice,
        "other": message.video or message.location or message.venue or message.contact or message.poll or message.story,
    }
    reason = next((name for name, found in kinds.items() if found), None)
    return None if reason is None else NotWords(reason=reason)
