"""Period, composer, instrumentation, title, work, licence and source of a file: what was said of it, or a good guess.

In this order: the folder's catalogue, the options, the names of folders (`Period/Composer/Instrumentation/`), and what
the file says about itself. What was guessed from the file is remembered, so that a person can look at it.
Promises: the three words of the style are plain ASCII, an instrumentation and a period that the catalogue of styles
has; whatever else a person writes is refused with a sentence.
"""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath

from config.files import load_toml
from generator.training.errors import CorpusError
from generator.training.prepare.cleaning import plain_text
from generator.training.prepare.musicxml import Metadata, Part

CATALOGUES = ("catalogue.jsonl", "catalogue.csv")
COLUMNS = ("period", "composer", "instrumentation", "title", "work", "licence", "source")
UNKNOWN = "Unknown"
FEWEST_ORCHESTRAL_PARTS = 7
FEWEST_CHORAL_VOICES = 3
LONGEST_NAME_CHARS = 60
PARTICLES = frozenset(("van", "von", "der", "den", "de", "del", "della", "da", "di", "du", "la", "le", "d'", "zu"))
CHOIRS = frozenset(("choir", "chorus", "chor", "canto", "cantus", "altus", "bassus", "discantus"))
SOLOISTS = frozenset(("voice", "voices", "soprano", "sopran", "alto", "alt", "tenor", "tenore", "baritone", "vox"))
SINGERS = CHOIRS | SOLOISTS | {"singstimme", "gesang", "mezzo", "basso", "bariton"}
KEYBOARDS = frozenset(("piano", "klavier", "pianoforte", "fortepiano", "organ", "harpsichord", "cembalo", "keyboard"))
GUITARS = frozenset(("guitar", "gitarre", "guitare", "chitarra", "guitarra", "lute"))
# What catalogues of composers' works look like in a title.
_WORK_NUMBER = re.compile(
    r"\b(opus|op|bwv|hwv|woo|kv|k|d|rv|hob|wq|sz|bb|twv|mwv|rwv)(?![a-z])"
    r"\.?\s*(?:no\.?\s*)?([ivx]+:\d+[a-z]?|\d+[a-z]?)",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\d[\d\s./–-]*")


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What is known about a file, empty where nothing is. guessed: names of the fields that the file itself told."""

    period: str = ""
    composer: str = ""
    instrumentation: str = ""
    title: str = ""
    work: str = ""
    licence: str = ""
    source: str = ""
    guessed: tuple[str, ...] = ()


# --- what was said --------------------------------------------------------------------------------------------------


def said_labels(values: Mapping[str, str | None], *, where: str) -> Labels:
    """Labels from an option or a line of a catalogue. where: for the sentence that refuses. Raises CorpusError."""
    texts = {name: " ".join(str(values.get(name) or "").split()) for name in COLUMNS}
    texts["period"] = _one_of(texts["period"], periods(), what="period", where=where)
    texts["instrumentation"] = _one_of(
        texts["instrumentation"], instrumentations(), what="instrumentation", where=where
    )
    if texts["composer"]:
        texts["composer"] = _composer(texts["composer"], where=where)
    return _from_texts(texts)


def _from_texts(texts: Mapping[str, str]) -> Labels:
    return Labels(
        period=texts["period"],
        composer=texts["composer"],
        instrumentation=texts["instrumentation"],
        title=texts["title"],
        work=texts["work"],
        licence=texts["licence"],
        source=texts["source"],
    )


def periods() -> tuple[str, ...]:
    """The periods that the catalogue of styles has words for."""
    return tuple(entry["name"] for entry in load_toml("words.toml")["periods"])


@cache
def instrumentations() -> tuple[str, ...]:
    """The instrumentations of the catalogue of styles."""
    return tuple(entry["name"] for entry in load_toml("words.toml")["instrumentations"])


def _one_of(text: str, known: Sequence[str], *, what: str, where: str) -> str:
    if not text:
        return ""
    for name in known:
        if name.lower() == text.lower():
            return name
    raise CorpusError(reason="no_such_label", where=where, what=what, value=text[:40], known=", ".join(known))


def _composer(text: str, *, where: str) -> str:
    name = known_composer(text) or " ".join(plain_text(text).replace("%", " ").split())
    if not any(map(str.isalpha, name)) or len(name) > LONGEST_NAME_CHARS:
        raise CorpusError(reason="composer", where=where, value=text[:40])
    return name


def read_catalogue(folder: Path) -> dict[str, Labels]:
    """What `catalogue.jsonl` or `catalogue.csv` in a folder says of each file. Raises CorpusError."""
    path = next((folder / name for name in CATALOGUES if (folder / name).is_file()), None)
    if path is None:
        return {}
    labels = {}
    for number, entry in enumerate(_entries(path), start=1):
        file = entry.get("file")
        if not isinstance(file, str) or not file.strip():
            raise CorpusError(reason="no_file", n=number, path=path, columns=_columns())
        labels[PurePosixPath(file.strip()).as_posix()] = said_labels(entry, where=f"{file} in {path.name}")
    return labels


def _columns() -> str:
    return ", ".join(COLUMNS)


def _entries(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix == ".csv":
            return [dict(row) for row in csv.DictReader(text.splitlines())]
        entries = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError, csv.Error) as error:
        raise CorpusError(reason="unreadable", path=path, why=error) from error
    if not all(isinstance(entry, dict) for entry in entries):
        raise CorpusError(reason="no_object", path=path)
    return entries


def folder_labels(file: PurePosixPath) -> Labels:
    """What the folders `Period/Composer/Instrumentation/` above a file say; nothing if they are named otherwise."""
    if len(file.parts) < 4:
        return Labels()
    names = [" ".join(part.replace("_", " ").split()) for part in file.parts[-4:-1]]
    try:
        return said_labels(dict(zip(COLUMNS, names, strict=False)), where=str(file))
    except CorpusError:
        return Labels()


def first_said(*sources: Labels) -> Labels:
    """For each field what the first of the sources says that says anything."""
    return _from_texts({name: next((said for one in sources if (said := getattr(one, name))), "") for name in COLUMNS})


# --- what the file says ---------------------------------------------------------------------------------------------


def complete_labels(said: Labels, metadata: Metadata, *, file: PurePosixPath) -> Labels:
    """The labels with what nobody said guessed from the file."""
    composer = said.composer or guess_composer(metadata.composer)
    period = said.period or period_of(composer)
    instrumentation = said.instrumentation or guess_instrumentation(metadata.parts)
    title = said.title or metadata.title or file.stem
    guessed = tuple(name for name in ("period", "composer", "instrumentation") if not getattr(said, name))
    work = f"{composer}|{said.work.lower() or work_key(metadata, title=said.title, stem=file.stem)}"
    return replace(
        said,
        period=period,
        composer=composer,
        instrumentation=instrumentation,
        title=title,
        work=work,
        guessed=guessed,
    )


def work_key(metadata: Metadata, *, title: str, stem: str) -> str:
    """What movements and versions of one work have in common: its number, else its title without numbers."""
    for text in (title, metadata.work, metadata.movement, stem.replace("_", " ")):
        if found := _WORK_NUMBER.search(text):
            return f"{found[1].lower().removesuffix('us')}{found[2].lower()}"
    for text in (title, metadata.work, metadata.movement, stem):
        words = re.findall(r"[a-z']+", plain_text(text).lower())
        if len(words) > 1:
            return " ".join(words)
    return stem.lower()


def guess_composer(text: str) -> str:
    """The composer that a file names, "Fryderyk Chopin" as "Chopin, Frederic", somebody new surname first, too.

    Unknown if it is nobody's name.
    """
    text = " ".join(_ASIDE.sub(" ", text).split()).strip(" ,;")
    if known := known_composer(text):
        return known
    plain = " ".join(re.sub(r"[^A-Za-z' ,.-]", " ", plain_text(text)).split())
    if not 2 < len(plain) <= LONGEST_NAME_CHARS or re.match(r"(?i)(arr|trad|anon|unknown|composer|music)\b", plain):
        return UNKNOWN
    if "," in plain:
        return plain if plain.count(",") == 1 else UNKNOWN
    *given, surname = plain.split()
    return f"{surname}, {' '.join(given)}" if given else surname


@cache
def _known_composers() -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Name, period and whole names in plain letters of every composer in the catalogue."""
    known = []
    for entry in load_toml("styles.toml")["composers"]:
        surname, _, given = entry["name"].partition(", ")
        names = {_words(entry["name"]), _words(f"{given} {surname}"), *map(_words, entry.get("aliases", ()))}
        known.append((entry["name"], entry["period"], frozenset(names)))
    return tuple(known)


def known_composer(text: str) -> str:
    """The composer of the catalogue whom a name means, surely; empty otherwise."""
    surname, comma, given = text.partition(",")
    name = _words(f"{given} {surname}" if comma else text)
    if not name:
        return ""
    for known, _, names in _known_composers():
        if name in names:
            return known
    fitting = {known for known, _, _ in _known_composers() if _same_person(name.split(), known)}
    return fitting.pop() if len(fitting) == 1 else ""


def _same_person(words: list[str], known: str) -> bool:
    """Whether "f chopin" can be "Chopin, Frederic": the surname, and given names that begin alike."""
    surname, _, given = known.partition(", ")
    surnames, givens = _words(surname).split(), _words(given).split()
    if words[-len(surnames) :] != surnames:
        return False
    first = [word for word in words[: -len(surnames)] if word not in PARTICLES]
    return all(any(one.startswith(word) if len(word) == 1 else one == word for one in givens) for word in first)


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", plain_text(text).lower()))


def period_of(composer: str) -> str:
    """The period under which the catalogue has a composer first, else Unknown."""
    return next((period for known, period, _ in _known_composers() if known == composer), UNKNOWN)


def guess_instrumentation(parts: Sequence[Part]) -> str:
    """What the parts of a score look like."""
    named = [(set(_words(part.name).split()), part) for part in parts if part.pitched]
    sung = [part for words, part in named if words & SINGERS or (part.sung and not words & KEYBOARDS)]
    keyboards = [part for words, part in named if part not in sung and (words & KEYBOARDS or part.staves > 1)]
    others = len(named) - len(sung) - len(keyboards)
    if any(words & GUITARS for words, _ in named) and not sung and len(named) == 1:
        return "Guitar"
    if not sung:
        if others + len(keyboards) >= FEWEST_ORCHESTRAL_PARTS:
            return "Orchestral"
        return "Keyboard" if keyboards and not others else "Chamber"
    if others >= FEWEST_CHORAL_VOICES:
        return "Vocal-Orchestral"
    staves = sum(part.staves for part in sung)
    if staves >= FEWEST_CHORAL_VOICES or not keyboards:
        return "Choral"
    return "Art Song"
