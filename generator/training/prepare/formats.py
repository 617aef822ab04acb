"""Files of notation → MusicXML, one document for each piece in the file.

MusicXML (`.xml .musicxml .mxl`) is read as it is, MEI (`.mei`, or `.xml` with such a root) and humdrum (`.krn`) by
converter21, ABC (`.abc`) by abctoolkit's abc2xml, which may find several tunes in a file.

Promises: whatever is wrong with a file ends as Unusable with the reason. Not promised: that it ends at all, or that
the process survives it; so it is called in a process that may be lost (`child.py`).
"""

import io
import re
import warnings
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from itertools import pairwise
from pathlib import Path

from generator.errors import NotationError
from generator.notation import complete_rests, parse_tune, strip_countdown
from generator.training.prepare.errors import Unusable

LARGEST_FILE_BYTES = 64 * 1024**2  # unpacked; the largest score we know has a tenth of it
MOST_TUNES = 10_000
_VOICE = re.compile(r"\[V:\s*([^\s\]]+)")
_TUNE_START = re.compile(r"^X:", re.MULTILINE)


def read_documents(path: Path) -> list[ET.Element]:
    """The `<score-partwise>` elements of a file, at least one. Raises Unusable."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise Unusable(f"{path.suffix or 'no ending'} is not a format that can be read")
    if path.stat().st_size > LARGEST_FILE_BYTES:
        raise Unusable("the file is too large")
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # converters warn of much that does not concern us
            documents = reader(path)
    except Unusable:
        raise
    except Exception as error:  # foreign converters raise whatever Python does
        raise Unusable(f"cannot be read: {_first_line(error)}") from error
    if not documents:
        raise Unusable("holds no music")
    return documents


def read_xml(path: Path) -> list[ET.Element]:
    """A `.xml` or `.musicxml` file, which may be MEI."""
    root = ET.fromstring(path.read_bytes())  # noqa: S314  # expat refuses exploding entities; the process has limits
    if root.tag.endswith("}mei") or root.tag == "mei":
        return read_mei(path)
    return [_partwise(root)]


def read_packed(path: Path) -> list[ET.Element]:
    """The score in a `.mxl` archive."""
    with zipfile.ZipFile(path) as archive:
        name = _score_name(archive)
        if archive.getinfo(name).file_size > LARGEST_FILE_BYTES:
            raise Unusable("the file is too large")
        return [_partwise(ET.fromstring(archive.read(name)))]  # noqa: S314


def _score_name(archive: zipfile.ZipFile) -> str:
    """The file that the archive's table of contents names first, or the first that looks like a score."""
    names = archive.namelist()
    if "META-INF/container.xml" in names:
        container = ET.fromstring(archive.read("META-INF/container.xml"))  # noqa: S314
        listed = [element.get("full-path") for element in container.iter() if element.tag.endswith("rootfile")]
        if listed and listed[0] in names:
            return str(listed[0])
    scores = [name for name in names if not name.startswith("META-INF") and name.endswith((".xml", ".musicxml"))]
    if not scores:
        raise Unusable("the archive holds no score")
    return scores[0]


def _partwise(root: ET.Element) -> ET.Element:
    if root.tag == "score-timewise":
        return _turned(root)
    if root.tag != "score-partwise":
        raise Unusable(f"is no MusicXML: its root is <{root.tag[:40]}>")
    return root


def _turned(root: ET.Element) -> ET.Element:
    """Timewise MusicXML, measures with parts in them, as parts with measures in them."""
    partwise = ET.Element("score-partwise")
    partwise.extend(child for child in root if child.tag != "measure")
    parts: dict[str, ET.Element] = {}
    for place, measure in enumerate(root.findall("measure")):
        for own in measure.findall("part"):
            part = parts.setdefault(own.get("id", ""), ET.Element("part", {"id": own.get("id", "")}))
            while len(part) < place:  # a part that was missing in measures before
                ET.SubElement(part, "measure")
            ET.SubElement(part, "measure", measure.attrib).extend(own)
    partwise.extend(parts.values())
    return partwise


def read_mei(path: Path) -> list[ET.Element]:
    """An MEI file."""
    return _read_foreign(path, "mei")


def read_humdrum(path: Path) -> list[ET.Element]:
    """A humdrum file."""
    return _read_foreign(path, "humdrum")


def _read_foreign(path: Path, kind: str) -> list[ET.Element]:
    """What music21 reads with converter21's help."""
    import converter21
    import music21
    from music21.musicxml.m21ToXml import GeneralObjectExporter

    converter21.register()
    exporter = GeneralObjectExporter(music21.converter.parse(str(path), format=kind, forceSource=True))
    exporter.makeNotation = False  # which would fill up every short bar, pickups above all, with hidden rests
    return [ET.fromstring(exporter.parse())]  # noqa: S314


def read_abc(path: Path) -> list[ET.Element]:
    """Every tune of an ABC file."""
    from abctoolkit import abc2xml

    abc2xml.eval = _add_up  # it would evaluate metres as Python
    abc2xml.expand_abc_include = str  # it would read files that the ABC names
    text = _decoded(path.read_bytes())
    if not _TUNE_START.search(text):
        text = f"X:1\n{text.lstrip()}"
    tunes = "\n".join(map(with_rests, split_tunes(text)))
    return [document for document in abc2xml.getXmlDocs(tunes, num=MOST_TUNES) if document.find("part/measure")]


def split_tunes(text: str) -> list[str]:
    """The tunes of an ABC file, each from its X: line on."""
    starts = [found.start() for found in _TUNE_START.finditer(text)]
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def with_rests(tune: str) -> str:
    """A tune in NotaGen's form with the voices that rest in every bar; any other tune as it is."""
    lines = [line for line in tune.splitlines() if line.startswith("[V:")]
    if not any(len(set(_VOICE.findall(line))) > 1 for line in lines) and "[r:" not in tune:
        return tune  # a line for each voice is no bar for each line
    try:
        return str(complete_rests(strip_countdown(parse_tune(tune.rstrip() + "\n"))))
    except NotationError:
        return tune


def _add_up(beats: str) -> int:
    """The beats of a metre: "4", or "2+3"."""
    return sum(int(part) for part in beats.split("+"))


def _decoded(content: bytes) -> str:
    """Text as UTF-8, or as Latin-1 where it is no such text."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:120]}" if lines else type(error).__name__


READERS: dict[str, Callable[[Path], list[ET.Element]]] = {
    ".xml": read_xml,
    ".musicxml": read_xml,
    ".mxl": read_packed,
    ".mei": read_mei,
    ".krn": read_humdrum,
    ".abc": read_abc,
}
SUFFIXES = tuple(READERS)
