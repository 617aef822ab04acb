"""What somebody sent that is not words: a score, a recording, or something that we cannot read or hear.

Telegram's clients send a MIDI file now as a document, now as music; both are scores here. Voice messages, music and
round films are files to listen to where the bot has ears.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from telegram import Message

from bot.commands.errors import NotWords
from renderers.formats import MIDI
from renderers.score.hum import has_ears

MIDI_ENDINGS = (MIDI.ending, ".midi", ".kar")


@dataclass(frozen=True, kw_only=True)
class SentScore:
    """id: under which Telegram gives the file. size: in bytes, as Telegram says."""

    id: str
    name: str
    size: int | None


def score_in(message: Message) -> SentScore | None:
    """A document, whatever it is, or MIDI that was sent as music; with ears whatever can be listened to."""
    file = message.document
    if file is not None and message.animation is None:
        return SentScore(id=file.file_id, name=file.file_name or "", size=file.file_size)
    audio = message.audio
    if audio is None:
        return _recording_in(message)
    is_midi = PurePath(audio.file_name or "").suffix.lower() in MIDI_ENDINGS or "midi" in (audio.mime_type or "")
    is_ours = is_midi or has_ears()
    return SentScore(id=audio.file_id, name=audio.file_name or "", size=audio.file_size) if is_ours else None


def _recording_in(message: Message) -> SentScore | None:
    """A voice message, or the round film that some send in its place."""
    spoken = message.voice or message.video_note
    if spoken is None or not has_ears():
        return None
    return SentScore(id=spoken.file_id, name="voice", size=spoken.file_size)


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
