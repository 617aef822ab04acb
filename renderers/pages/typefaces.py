"""Fonts for scripts that verovio's own has no letters for, from packages; which of them writes which letter.

Noto Serif has the other Latin, Greek and Cyrillic letters; Noto Sans has Arabic, Hebrew, Thai and some fifteen more;
Noto Sans CJK has Chinese, Japanese and Korean, whose common signs look different in each of the three.
"""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import fontpkg_noto_serif
import manimgx_fonts
import manimgx_fonts_cjk
import uharfbuzz

from renderers.pages.fonts import MUSIC_FAMILY, TEXT_FAMILY, prepare_fonts

REGULAR, BOLD = 400, 700
JAPANESE, KOREAN, CHINESE = 0, 1, 2  # places in the collection of Noto Sans CJK
_ALPHABETS = ("LATIN", "GREEK", "CYRILLIC")  # the letters that Noto Serif has, by the first word of their names


@dataclass(frozen=True)
class Typeface:
    """A font file, the font in it, and its weight, where it has several."""

    path: Path
    index: int = 0
    weight: int | None = None


@cache
def open_typeface(face: Typeface) -> uharfbuzz.Font:
    """To shape and draw with. The file stays where it is."""
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(face.path)), face.index))
    if face.weight is not None:
        font.set_variations({"wght": face.weight})
    return font


@cache
def letters_of(path: Path, index: int = 0) -> Collection[int]:
    """The code points that a font has signs for."""
    return frozenset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), index).unicodes)


@cache
def text_faces() -> dict[tuple[str, bool, bool], Path]:
    """Verovio's own fonts: family, bold, italic."""
    faces = {}
    for path in prepare_fonts():
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
        family = face.get_name(uharfbuzz.OTNameIdPredefined.FONT_FAMILY) or ""
        style = face.get_name(uharfbuzz.OTNameIdPredefined.FONT_SUBFAMILY) or ""
        faces[family, "Bold" in style, "Italic" in style] = path
    return faces


def is_at_home(text: str) -> bool:
    """Whether the font of all other text has every letter. Signs of the music font are at home, too."""
    if text.isascii():
        return True
    known = letters_of(text_faces()[TEXT_FAMILY, False, False])
    return all(ord(char) < 128 or ord(char) in known or 0xE000 <= ord(char) < 0xF900 for char in text)


def eastern_index(texts: Iterable[str]) -> int:
    """Which of the three fonts of Noto Sans CJK writes the signs that Chinese, Japanese and Korean share."""
    names = {unicodedata.name(char, "").partition(" ")[0] for text in texts for char in text if ord(char) > 0x10FF}
    if names & {"HIRAGANA", "KATAKANA"}:
        return JAPANESE
    return KOREAN if "HANGUL" in names and "CJK" not in names else CHINESE


class Typecase:
    """The fonts for one piece of text, in the order in which they are asked for a letter."""

    def __init__(self, text: str, *, family: str, bold: bool, italic: bool, eastern: int) -> None:
        weight = BOLD if bold else REGULAR
        faces = text_faces()
        home = next(
            faces[key]
            for key in ((family, bold, italic), (family, False, False), (TEXT_FAMILY, bold, italic))
            if key in faces
        )
        serif = _serif_files()[italic]
        mixed = any(char.isalpha() and _is_alphabetic(char) and not is_at_home(char) for char in text)
        latin = [Typeface(home), Typeface(serif, weight=weight)]
        if mixed and family != MUSIC_FAMILY:  # a word in two fonts would look torn
            latin.reverse()
        scripts = [Typeface(path, weight=weight) for path in _script_files()]
        self._faces = [*latin, *scripts, Typeface(_eastern_file(), eastern, weight)]

    def choose(self, char: str, before: Typeface | None) -> Typeface | None:
        """The font for a letter; a mark on one stays with it. None if there is none."""
        if before is not None and unicodedata.category(char) in ("Mn", "Me", "Cf") and self._has(before, char):
            return before
        return next((face for face in self._faces if self._has(face, char)), None)

    def _has(self, face: Typeface, char: str) -> bool:
        return ord(char) in letters_of(face.path, face.index)


def _is_alphabetic(char: str) -> bool:
    return unicodedata.name(char, "").startswith(_ALPHABETS)


@cache
def _serif_files() -> tuple[Path, Path]:
    """Upright and italic."""
    folder = Path(fontpkg_noto_serif.__file__).parent / "files"
    return folder / "NotoSerif[wdth,wght].ttf", folder / "NotoSerif-Italic[wdth,wght].ttf"


@cache
def _script_files() -> Sequence[Path]:
    """One font a script; signs and pictures last, as some of them are letters elsewhere."""
    paths = Path(manimgx_fonts.__file__).parent.glob("*.ttf")
    return sorted(paths, key=lambda path: (path.name.startswith(("NotoEmoji", "NotoSansSymbols")), path.name))


@cache
def _eastern_file() -> Path:
    return next(Path(manimgx_fonts_cjk.__file__).parent.glob("*.ttc"))
