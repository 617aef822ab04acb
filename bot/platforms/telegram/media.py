"""Files as Telegram takes them: what may be a photo, the small cover of a piece of audio, and what is too large."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from telegram import InputFile, InputMediaDocument, InputMediaPhoto, InputMediaVideo

from bot.chat.messages import Attachment

MIB = 1024 * 1024
UPLOAD_BYTES = 50 * MIB
PHOTO_BYTES = 10 * MIB
PHOTO_SIDES = 10_000  # width and height together
PHOTO_RATIO = 20
COVER_SIDE, COVER_BYTES = 320, 200_000
COVER_QUALITY = 85
ALBUM_ITEMS = 10


def is_photo(content: bytes) -> bool:
    """Whether Telegram takes it as a photo. What it does not, it takes as a document."""
    if len(content) > PHOTO_BYTES:
        return False
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow warns of large pictures; we only read the size
            width, height = Image.open(io.BytesIO(content)).size
    except (OSError, Image.DecompressionBombError):
        return False
    return width + height <= PHOTO_SIDES and max(width, height) <= PHOTO_RATIO * min(width, height)


def make_cover(picture: Path) -> bytes | None:
    """A JPEG of at most 320 pixels a side, as players show it; None if the picture cannot be read."""
    try:
        with Image.open(picture) as page:
            small = page.convert("RGB")
    except (OSError, Image.DecompressionBombError):
        return None
    small.thumbnail((COVER_SIDE, COVER_SIDE))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=COVER_QUALITY)
    return out.getvalue() if out.tell() <= COVER_BYTES else None


Shown = InputMediaPhoto | InputMediaVideo | InputMediaDocument


def read_shown(shown: Attachment, caption: str | None) -> Shown:
    """A video, a picture as a photo, or as a document if it is no photo for Telegram. Raises OSError."""
    content = shown.read()
    if shown.kind == "video":
        width, height = shown.sides or (None, None)
        return InputMediaVideo(
            content,
            caption=caption,
            filename=shown.name,
            width=width,
            height=height,
            duration=None if shown.duration_s is None else round(shown.duration_s),
            supports_streaming=True,
        )
    if shown.kind == "picture" and is_photo(content):
        return InputMediaPhoto(content, caption=caption, filename=shown.name)
    return InputMediaDocument(content, caption=caption, filename=shown.name, disable_content_type_detection=True)


def read_file(attachment: Attachment) -> InputFile:
    """Raises OSError."""
    return InputFile(attachment.read(), filename=attachment.name)


def share_out(attachments: Sequence[Attachment]) -> list[list[Attachment]]:
    """In groups for albums of two to ten, as even as possible; a single one stays alone."""
    albums = -(-len(attachments) // ALBUM_ITEMS)
    ends = [len(attachments) * number // albums for number in range(1, albums + 1)] if albums else []
    starts = [0, *ends]
    return [list(attachments[start:end]) for start, end in zip(starts, ends, strict=False)]
