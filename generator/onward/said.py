"""What somebody says about a piece that is there: "bars 5-8 calmer, end in major, left hand simpler", 第5到8小节更平静.

Promises: a sentence is read clause by clause into steps; what of it was not understood is named. None for words that
ask for a piece of their own ("a sadder waltz", "8 bars"), for other players, and for talk. Keys, tempos and modes are
read as those of a wish for a new piece are (`generator.wishes`); the other words stand in `config/edits.toml`.
Not covered: doing it (`editing.py`); which piece is meant.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from config.files import load_toml
from generator.catalogue.catalogue import Catalogue
from generator.errors import BadRequest
from generator.notation.keys import names_mode, parse_key
from generator.onward.hands import Hand
from generator.onward.named_bars import HOLE, MARK, Span, mark_bars, place_of
from generator.onward.step import MOST_STEPS, Does, Step
from generator.onward.work import How
from generator.transposing.interval import Interval, parse_interval
from generator.wishes.changing import read_change
from generator.wishes.reading import read_wishes
from generator.wishes.text import read_text
from generator.wishes.vocabulary import load_vocabulary

MOST_CHARS = 200
MOST_MISSED = 5
LITTLE, MUCH = 0.5, 1.8  # of what a change of tempo is otherwise
BRIGHT_TEMPO = {1: 1.15, -1: 0.85}
ENDING = 2  # bars
# Bars that become like others: those first, or those that they become like.
_LIKE = re.compile(
    rf"({HOLE})[^{MARK},;.]*(?:\b(?:same as|like|identical to|wie|gleich)\b|像)[^{MARK},;.]*({HOLE})",
    re.IGNORECASE,
)
_COPY = re.compile(
    rf"(?:\b(?:copy|paste|kopiere?n?)\b[^{MARK}]*({HOLE})[^{MARK},;.]*({HOLE})"
    rf"|({HOLE})\s*(?:复制|複製|拷贝|拷貝)[^{MARK},;.]*({HOLE}))",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[,;.!?，；。！？、\n]+")
_ANDS = re.compile(
    r"(?<!\w)(?:and|und|sowie|then|dann|but|aber|plus)(?!\w)"
    r"|并且|並且|而且|然后|然後|同时|同時|还有|還有|以及|并|並|但",
    re.IGNORECASE,
)
_TEMPO_NUMBER = re.compile(
    r"(?:tempo|bpm|♩|speed|速度)\s*(?:=|:|to|auf|of|为|為)?\s*(\d{2,3})\b|\b(\d{2,3})\s*bpm\b", re.IGNORECASE
)
_OF_MUSIC = frozenset(
    {"composer", "instruments", "scoring", "period", "genre", "work", "nation", "metre", "bars", "form"}
)
_INTERVAL = re.compile(
    r"\b(?:an?|eine?n?|zwei|two|kleine|große|grosse|minor|major|perfect)?\s*"
    r"(?:octaves?|oktaven?|third|fifth|sixth|fourth|second|terz|quinte|sexte|quarte|sekunde|semitones?|half step"
    r"|whole step|step|tones?|ton|halbton|ganzton|halbtöne)\b"
    r"|(?:大|小|纯|純)?(?:[一二三四五六]|八)度|半音|全音",
    re.IGNORECASE,
)
_CHORD = re.compile(r"\bchord\b|akkord|和弦", re.IGNORECASE)
_TO = re.compile(
    r"(?<!\w)(?:it|this|the|piece|please|es|das|stück|bitte|to|into|in|nach|auf|key|of)(?!\w)|[把它到至成请請为為这這首曲子]",
    re.IGNORECASE,
)
_DOWN = re.compile(r"\b(?:lower|down|below|deeper|tiefer|runter|herunter|abwärts|unter)\b|低|下|降", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is to be changed, as far as it was understood; of words that name bars perhaps nothing.

    missed: words of it that were not. is_sure: whether it can only be about a piece that is there; "in D major" can
    be a wish for another one, too. is_anchored: whether it names bars or a hand.
    """

    steps: tuple[Step, ...]
    missed: tuple[str, ...] = ()
    is_sure: bool = True
    is_anchored: bool = False


@dataclass
class _Clause:
    """text: what is left to be read of it; bars, hand: whose it speaks of.

    is_row: it is said in words of the table; is_anchored: in such as can only speak of a piece that is there.
    """

    text: str
    bars: Span | None = None
    hand: Hand = Hand.ALL
    steps: list[Step] = field(default_factory=list)
    is_row: bool = False
    is_anchored: bool = False

    def take(self, start: int, end: int) -> None:
        self.text = self.text[:start] + " " + self.text[end:]


def read_edit(words: str, catalogue: Catalogue) -> Said | None:
    """The edit that the words ask for, if they do."""
    text = " ".join(words.split())
    if not text or len(text) > MOST_CHARS:
        return None
    marked, spans = mark_bars(text)
    copies = list(_take_copies(marked, spans))
    marked = _LIKE.sub(" ", _COPY.sub(" ", marked)) if copies else marked
    clauses = list(_clauses(marked, spans))
    steps, missed = copies, list[str]()
    for clause in clauses:
        if not _read_clause(clause, catalogue):
            return None
        steps += clause.steps
        missed += _left_over(clause)
    anchored = (
        bool(spans)
        or any(clause.hand is not Hand.ALL for clause in clauses)
        or any(clause.is_anchored for clause in clauses)
    )
    if not steps and spans and not missed and _is_span(spans):
        steps = [Step(does=Does.REWRITE, first=first, last=last) for first, last in spans]
    if len(steps) > MOST_STEPS or (missed and not anchored):
        return None
    if not steps and not (missed and any(first != last for first, last in spans)):
        return None
    is_sure = anchored or any(clause.is_row for clause in clauses) or read_change(text, catalogue) is not None
    return Said(
        steps=tuple(_without_twins(steps)), missed=tuple(missed[:MOST_MISSED]), is_sure=is_sure, is_anchored=anchored
    )


def sounds_like_edit(words: str) -> bool:
    """Whether words speak of changing something, whatever it is: "more rests", "swap the hands"."""
    return len(words) <= MOST_CHARS and _longest(_table()["said"]["changes"], words) is not None


def _take_copies(marked: str, spans: Sequence[Span]) -> Iterator[Step]:
    """Bars that become like others ("copy bars 1-4 to bars 5-8"), which are counted from the start."""
    found = [(each[1], each[2]) for each in _LIKE.finditer(marked)]
    found += [(each[2] or each[4], each[1] or each[3]) for each in _COPY.finditer(marked)]
    for onto, source in found:
        (first, last), (start, end) = (spans[place_of(hole)] for hole in (onto, source))
        if 0 < start <= end:
            yield Step(does=Does.COPY, first=first, last=last, aim=f"{start}-{end}")


def _is_span(spans: Sequence[Span]) -> bool:
    """Bars alone are rewritten, but one number alone is a length: "bars 8"."""
    return any(first != last for first, last in spans) or len(spans) > 1


def _without_twins(steps: Sequence[Step]) -> Iterator[Step]:
    seen: list[Step] = []
    for step in steps:
        if step not in seen:
            seen.append(step)
            yield step


# --- clauses ---------------------------------------------------------------------------------------------------------


def _clauses(text: str, spans: Sequence[Span]) -> Iterator[_Clause]:
    """What stands between commas; what an "and" joins to a clause speaks of the same bars, unless it names others."""
    for sentence in _CLAUSES.split(text):
        bars: Span | None = None
        for part in _ANDS.split(sentence):
            here = [spans[place_of(hole)] for hole in re.findall(HOLE, part)]
            plain = re.sub(HOLE, " ", part)
            bars = here[0] if here else bars
            if not plain.strip() and not here:
                continue
            for span in here or (bars,):
                yield _Clause(text=f" {plain.strip()} ", bars=span)


# --- one clause ------------------------------------------------------------------------------------------------------


def _read_clause(clause: _Clause, catalogue: Catalogue) -> bool:
    """Read its steps. False if it speaks of another piece: other players, a dance, somebody else's style."""
    _take_hand(clause)
    if _take_ending(clause) or _take_move(clause):
        clause.is_anchored = True
        return True
    if _take_tempo(clause):
        return True
    _take_end(clause)
    row, degree = _take_row(clause)
    if row is not None:
        clause.steps += _steps_of(row, degree, clause)
        clause.is_row = True
        return True
    return _take_wish(clause, catalogue)


def _take_hand(clause: _Clause) -> None:
    for name, words in _table()["hands"].items():
        if (found := _longest(words, clause.text)) is not None:
            clause.take(*found.span())
            clause.hand = Hand(name)
            return


def _take_ending(clause: _Clause) -> bool:
    """Ends in major: "finish with a minor chord", 结束在大调."""
    table = _table()["endings"]
    says = _longest(table["says"], clause.text)
    if says is None:
        return False
    for mode in ("maj", "min"):
        if (found := _longest(table[mode], clause.text)) is not None:
            for start, end in sorted((says.span(), found.span()), reverse=True):
                clause.take(start, end)
            if (chord := _CHORD.search(clause.text)) is not None:
                clause.take(*chord.span())
            clause.steps.append(Step(does=Does.ENDING, aim=mode))
            return True
    return False


def _take_end(clause: _Clause) -> None:
    """What is said of the ending ("make it better") is said of the last bars."""
    found = _longest(_table()["endings"]["says"], clause.text) if clause.bars is None else None
    if found is not None:
        clause.take(*found.span())
        clause.bars = (-ENDING, -1)


def _take_move(clause: _Clause) -> bool:
    """To another key, or by an interval: "transpose it to D", "a third lower", nach D-Dur, 移到D大调."""
    says = _longest(_table()["moves"]["says"], clause.text)
    interval = _INTERVAL.search(clause.text)
    if interval is not None:
        return _take_interval(clause, interval)
    if says is None:
        return False
    rest = clause.text[: says.start()] + " " + clause.text[says.end() :]
    key = _key_in(rest)
    if key is None:
        return False
    clause.text = ""
    clause.steps.append(Step(does=Does.TRANSPOSE, aim=f"to:{key}"))
    return True


def _take_interval(clause: _Clause, found: re.Match[str]) -> bool:
    """Of a hand or of bars the notes move by steps of the scale; all of it is transposed."""
    is_down = _DOWN.search(clause.text) is not None
    named = re.sub(r"^(?:an?|eine?n?)\s+", "", found[0].strip(), flags=re.IGNORECASE)
    interval, words = _interval(named, is_down=is_down)
    if interval is None:
        return False
    if clause.bars is None and clause.hand is Hand.ALL:
        clause.steps.append(Step(does=Does.TRANSPOSE, aim=f"by:{words}"))
    else:
        steps = round(abs(interval.semitones) * 7 / 12) * (-1 if is_down else 1)
        clause.steps.append(_in_bars(Step(does=Does.SHIFT, aim=str(steps or 1)), clause))
    clause.text = ""
    return True


def _interval(named: str, *, is_down: bool) -> tuple[Interval | None, str]:
    """An interval with the direction said in its own language."""
    for size in ("", "major ", "große ", "大"):  # a third that is neither is taken for a major one
        for way in ("{} down", "{} tiefer", "向下{}") if is_down else ("{}", "向上{}"):
            words = way.format(f"{size}{named}")
            with suppress(BadRequest):
                return parse_interval(words), words
    return None, ""


def _key_in(words: str) -> str | None:
    """The key that is named behind "to" and the like, as `parse_key` reads it."""
    rest = _TO.sub(" ", words)
    rest = " ".join(rest.split())
    try:
        parse_key(rest)
    except BadRequest:
        return None
    return rest


def _take_tempo(clause: _Clause) -> bool:
    """A number: "tempo 96", ♩=120, 100 bpm."""
    found = _TEMPO_NUMBER.search(clause.text)
    if found is None:
        return False
    clause.take(*found.span())
    number = int(found[1] or found[2])
    clause.steps.append(_in_bars(Step(does=Does.TEMPO, tempo=number), clause))
    return True


def _take_row(clause: _Clause) -> tuple[Mapping[str, Any] | None, float]:
    """The row of the table that the clause says, "less" and "too" considered, and how much of it."""
    degrees = _table()["degrees"]
    text = clause.text
    has_anchor = clause.bars is not None or clause.hand is not Hand.ALL
    less = _longest(degrees["less"], text)
    too = _longest(degrees["too"], text)
    without = _longest(degrees["without"], text)
    twice, half = _longest(degrees["twice"], text), _longest(degrees["half"], text)
    little, much = _longest(degrees["little"], text), _longest(degrees["much"], text)
    more = _longest(degrees["more"], text)
    is_compared = has_anchor or any((less, too, without, twice, half, little, more))
    best: tuple[re.Match[str], Mapping[str, Any]] | None = None
    for row in _table()["edit"]:
        words = [*row["words"], *(row.get("base", ()) if is_compared else ())]
        found = _longest(words, text) if has_anchor or row.get("alone") else None
        if found is not None and (best is None or len(found[0]) > len(best[0][0])):
            best = found, row
    if best is None:
        return None, 1.0
    found, row = best
    less, too, without = (None if each is not None and _holds(found, each) else each for each in (less, too, without))
    if without is not None and "without" not in row:
        return None, 1.0  # "without change" is none
    if not row.keys() & {"does", "bright"}:
        return None, 1.0
    parts = [each for each in (found, less, too, without, twice, half, little, much, more) if each is not None]
    for part in parts:
        clause.text = clause.text[: part.start()] + " " * (part.end() - part.start()) + clause.text[part.end() :]
    is_less = less is not None or too is not None
    if other := row.get("without") if without is not None else row.get("less") if is_less else None:
        row = next(each for each in _table()["edit"] if each["name"] == other)
    if twice or half:
        return row, 0.0 if half is None else -1.0
    return row, LITTLE if little or is_less else MUCH if much else 1.0


def _holds(found: re.Match[str], word: re.Match[str]) -> bool:
    """Whether a word stands within the ones that were found: "less" of "less busy" makes nothing of it."""
    return found.start() <= word.start() and word.end() <= found.end()


def _steps_of(row: Mapping[str, Any], degree: float, clause: _Clause) -> list[Step]:
    """degree: how much of it; 0 twice as much, -1 half as much."""
    if row.get("at_end") and clause.bars is None:
        clause.bars = (-ENDING, -1)
    if "bright" in row:
        bright = int(row["bright"])
        tempo = Step(does=Does.TEMPO, factor=BRIGHT_TEMPO[bright])
        return [Step(does=Does.MODE, aim="maj" if bright > 0 else "min"), tempo]
    is_of_bars = clause.bars is not None or clause.hand is not Hand.ALL
    if "in_bars" in row and is_of_bars:
        return [_in_bars(Step(does=Does.REWRITE, aim=row["in_bars"]), clause)]
    does = Does(row["does"])
    if does is Does.TEMPO:
        factor = float(row["factor"])
        twice = 2.0 if factor > 1 else 0.5
        factor = {0.0: twice, -1.0: 1 / twice}.get(degree, factor**degree)
        return [_in_bars(Step(does=does, factor=round(factor, 3)), clause)]
    if does is Does.SHIFT and not is_of_bars:
        return [Step(does=Does.TRANSPOSE, aim=f"by:M2 {'down' if row['aim'].startswith('-') else 'up'}")]
    if does is Does.LOUDNESS and row["aim"] in ("+1", "-1"):
        steps = 2 if degree == MUCH or not degree else 1
        return [_in_bars(Step(does=does, aim=f"{row['aim'][0]}{steps}"), clause)]
    if does is Does.VARY:
        return [_in_bars(Step(does=does, aim=How(row["aim"]).value), clause)]
    return [_in_bars(Step(does=does, aim=str(row.get("aim", ""))), clause)]


def _in_bars(step: Step, clause: _Clause) -> Step:
    first, last = clause.bars or (None, None)
    return replace(step, first=first, last=last, hand=clause.hand)


def _take_wish(clause: _Clause, catalogue: Catalogue) -> bool:
    """What is said as of a new piece: a key, a mode, a tempo in words, a comparison in dialect."""
    said = clause.text.strip()
    if not re.search(r"\w", said):
        return True
    wishes = read_wishes(said, catalogue, is_request=True)
    of_music = [part for part in wishes.parts if part.how == "said"]
    if any(part.kind in _OF_MUSIC for part in of_music) or wishes.strangers or wishes.near:
        return False
    compared = wishes.part("compare")
    steps: list[Step] = []
    if compared is not None and compared.value in ("slower", "faster"):
        factor = 1.25 if compared.value == "faster" else 0.8
        steps.append(_in_bars(Step(does=Does.TEMPO, factor=factor), clause))
    elif compared is not None:
        return False
    elif (tempo := wishes.part("tempo")) is not None and tempo.how == "said" and wishes.tempo is not None:
        steps.append(_in_bars(Step(does=Does.TEMPO, tempo=wishes.tempo), clause))
    if (key := wishes.part("key")) is not None and wishes.key is not None:
        if key.how == "said":
            named = wishes.key.name if names_mode(key.words) else wishes.key.tonic
            steps.append(Step(does=Does.TRANSPOSE, aim=f"to:{named}"))
    elif (mode := wishes.part("mode")) is not None and mode.how == "said" and wishes.mode in ("maj", "min"):
        steps.append(Step(does=Does.MODE, aim=wishes.mode))
    if steps:
        clause.steps += steps
        clause.text = " ".join(wishes.missed)
    return True


# --- what is left ----------------------------------------------------------------------------------------------------


def _left_over(clause: _Clause) -> list[str]:
    """The words that say something, and were not understood, together where they stood together."""
    table = _table()["said"]
    nothing, signs = frozenset(table["nothing"]), frozenset(table["nothing_in_chinese"])
    vocabulary = load_vocabulary()
    missed: list[str] = []
    for word in re.findall(r"[㐀-鿿]+|[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+", clause.text):
        plain = word.lower()
        if "㐀" <= word[0] <= "鿿":
            left = "".join(char for char in word if char not in signs)
            missed += [word.strip("".join(signs))] if left else []
        elif plain not in nothing and read_text(plain, vocabulary.variants).plain.strip() not in vocabulary.stop:
            missed.append(word)
    return missed


def _longest(words: Sequence[str], text: str) -> re.Match[str] | None:
    """Where the longest of some phrases stands: letters alone, Chinese ones anywhere."""
    found = [match for word in words if (match := _pattern(word).search(text)) is not None]
    return max(found, key=lambda match: len(match[0]), default=None)


@cache
def _pattern(word: str) -> re.Pattern[str]:
    plain = re.escape(word)
    return re.compile(plain if "㐀" <= word[0] <= "鿿" else rf"(?<!\w){plain}(?!\w)", re.IGNORECASE)


@cache
def _table() -> Mapping[str, Any]:
    return load_toml("edits.toml")
