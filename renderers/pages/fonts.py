"""Verovio's own fonts as files, so that pages look the same on a machine without any fonts.

Verovio carries Liberation Serif (text) and Leipzig (music within text, such as the note in a metronome mark) as WOFF2
inside style sheets. They are unpacked once into a cache folder. Both are under the SIL Open Font License.
"""

import base64
import os
import re
import tempfile
from functools import cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

TEXT_FAMILY = "Liberation Serif"
MUSIC_FAMILY = "Leipzig"
STYLE_SHEETS = ("Liberation", "Leipzig")
_FACE = re.compile(r"@font-face\s*{(.*?)}", re.DOTALL)
_DATA = re.compile(r"base64,([A-Za-z0-9+/=]+)")


@cache  # reading verovio's style sheets takes as long as a sixth of drawing a page
def prepare_fonts(cache_dir: Path | None = None) -> tuple[Path, ...]:
    """Unpack the fonts that are not in the cache yet. Returns the TrueType files, the same in every process.

    cache_dir: by default `notabot/` in the user's cache folder, or a temporary one where that cannot be written.
    """
    folder = _writable(cache_dir or _user_cache_dir()) / f"fonts-verovio-{_verovio_version()}"
    folder.mkdir(exist_ok=True)
    return tuple(path for sheet in STYLE_SHEETS for path in _unpack(sheet, folder))


def _unpack(sheet: str, folder: Path) -> list[Path]:
    import verovio  # here, since it takes a while to load, which whoever needs the names of fonts need not wait for

    css = (Path(verovio.__file__).parent / "data" / f"{sheet}.css").read_text(encoding="utf-8")
    faces = _FACE.findall(css)
    paths = [folder / f"{sheet}-{number}.ttf" for number in range(len(faces))]
    for face, path in zip(faces, paths, strict=True):
        data = _DATA.search(face)
        if data is not None and not path.exists():
            _write_font(base64.b64decode(data[1]), path)
    return paths


def _write_font(woff2: bytes, path: Path) -> None:
    """Whole or not at all: other processes may be reading and writing the same cache."""
    font = TTFont(BytesIO(woff2), recalcTimestamp=False)
    font.flavor = None
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        font.save(file)
    Path(file.name).replace(path)


def _verovio_version() -> str:
    import verovio

    return re.sub(r"[^\w.]", "-", verovio.toolkit().getVersion())


def _user_cache_dir() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "notabot"


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="notabot-"))
