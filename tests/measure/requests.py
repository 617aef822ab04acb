"""How many of 300 requests in people's own words, labelled by others, are read right; and 100 that ask for nothing.

    make measure NAME=requests
    make measure NAME=requests ARGS="--folder elsewhere --prefix second_ --show"

The labels and how they are scored: tests/data/requests/README.md. `--show` prints what is wrong. Nothing is composed.
Exit code 1 below 92 % of styles and instruments, 98 % of named keys, metres, lengths and tempos, or if any everyday
sentence would be composed from.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.letters import fold
from generator.catalogue.catalogue import Catalogue, load_catalogue
from generator.wishes.reading import read_wishes
from generator.wishes.vocabulary import load_vocabulary
from generator.wishes.wishes import Wishes

FOLDER = Path(__file__).parents[1] / "data" / "requests"
LEAST_STYLES, LEAST_VALUES = 0.92, 0.98
STYLE_FIELDS = ("composer", "composer_unknown", "period", "instruments", "genre", "form", "like")
SLOTS = ("key", "mode", "metre", "bars", "seconds", "bpm", "tempo")
GENRES = {
    "Keyboard": "keyboard",
    "Chamber": "chamber",
    "Art Song": "song",
    "Choral": "choral",
    "Orchestral": "orchestral",
    "Vocal-Orchestral": "orchestral",
    "Guitar": "chamber",
}
SAME_INSTRUMENT = {
    "virginals": "harpsichord",
    "fiddle": "violin",
    "contrabass": "double bass",
    "french horn": "horn",
    "english_horn": "english horn",
    "soprano recorder": "recorder",
    "alto recorder": "recorder",
    "tenor saxophone": "saxophone",
    "alto saxophone": "saxophone",
    "soprano saxophone": "saxophone",
    "baritone saxophone": "saxophone",
    "alto_sax": "saxophone",
    "tenor_sax": "saxophone",
    "soprano_sax": "saxophone",
    "baritone_sax": "saxophone",
    "double_bass": "double bass",
    "bass_clarinet": "bass clarinet",
    "mezzo": "voice",
    "mezzo-soprano": "voice",
    **dict.fromkeys(("soprano", "alto", "tenor", "baritone", "bass"), "voice"),
}
SAME_FORM = {
    "berceuse": "lullaby",
    "wiegenlied": "lullaby",
    "rag": "ragtime",
    "capriccio": "caprice",
    "jig": "gigue",
    "landler": "landler",
    "art song": "song",
    "lied": "song",
    "barcarole": "barcarolle",
    "siciliano": "siciliana",
    "theme and variations": "variations",
    "fantasy": "fantasia",
    "fantasie": "fantasia",
    "ballad": "ballade",
    "hymn": "hymn",
    "inventio": "invention",
}
METRES = {
    **dict.fromkeys(
        ("waltz", "mazurka", "minuet", "polonaise", "landler", "bolero", "seguidilla"), frozenset({"3/4", "3/8"})
    ),
    **dict.fromkeys(("polka", "galop", "cancan"), frozenset({"2/4"})),
    **dict.fromkeys(("ragtime", "tango", "habanera"), frozenset({"2/4", "4/4"})),
    "tarantella": {"6/8", "3/8", "12/8"},
    "gigue": {"6/8", "12/8", "3/8", "9/8"},
    **dict.fromkeys(("barcarolle", "siciliana"), frozenset({"6/8", "12/8"})),
    **dict.fromkeys(("gavotte", "bourree"), frozenset({"2/2", "4/4"})),
    "sarabande": {"3/4", "3/2"},
}
MODES = {"min": "minor", "maj": "major", "dor": "dorian", "phr": "phrygian", "lyd": "lydian", "mix": "mixolydian"}
CLASSES = ((50, "very slow"), (76, "slow"), (113, "moderate"), (160, "fast"))


@dataclass
class Tally:
    """right and all, by what was asked."""

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, is_right: bool) -> None:
        self.all[name] += 1
        self.right[name] += is_right

    def share(self, name: str) -> float:
        return self.right[name] / self.all[name] if self.all[name] else 1.0

    def line(self, name: str) -> str:
        return f"{name:<26}{self.right[name]:4d} of {self.all[name]:<4d} {self.share(name):6.1%}"


# --- what was read, in the words of the labels ------------------------------------------------------------------


def read(wishes: Wishes, catalogue: Catalogue) -> dict[str, Any]:
    """What the reading claims to have understood, and (with "made_") what the piece would be."""
    style = wishes.style
    claimed: dict[str, Any] = {}
    people = [part.value for part in wishes.parts if part.kind == "composer"]
    strangers = [one.called for one in wishes.strangers if one.is_person]
    works = [part.value for part in wishes.parts if part.kind == "work"]
    if people or strangers:
        claimed["composer"] = [*people, *strangers]
    if works:
        claimed["like"] = works
        claimed.setdefault("work_composer", [style.called or style.surname] if style else [])
    claimed["period"] = [part.value for part in wishes.parts if part.kind == "period"]
    claimed["instruments"] = _instruments(wishes)
    claimed["form"] = [_form(part.value) for part in wishes.parts if part.kind in ("genre", "form_word")]
    claimed["genre"] = _genre(wishes)
    for part in wishes.parts:
        if part.how == "said" and part.kind in ("key", "mode", "metre", "bars", "seconds"):
            claimed.setdefault(part.kind, part.value if part.kind == "mode" else getattr(wishes, part.kind))
    claimed.update(_tempo(wishes))
    return claimed


def _genre(wishes: Wishes) -> str:
    """By who plays, else by the style; music for choir and orchestra is "choral orchestral"."""
    singers = sum(
        player in ("soprano", "mezzo", "alto", "tenor", "baritone", "bass", "voice") for player in wishes.players
    )
    if singers:
        return "choral" if singers > 2 else "song"
    if len(wishes.players) > 1:
        return "chamber"
    instrumentation = wishes.style.instrumentation if wishes.style else ""
    return "choral orchestral" if instrumentation == "Vocal-Orchestral" else GENRES.get(instrumentation, "")


def _instruments(wishes: Wishes) -> list[str] | None:
    """None where nobody was named."""
    if not any(part.kind == "instruments" for part in wishes.parts):
        return None
    if wishes.players:
        return sorted(_instrument(player) for player in wishes.players)
    alone = {"Keyboard": ["piano"], "Guitar": ["guitar"], "Choral": ["choir"]}
    named = [_instrument(part.value) for part in wishes.parts if part.kind == "instruments"]
    return alone.get(wishes.style.instrumentation if wishes.style else "", named)


def _instrument(name: str) -> str:
    return SAME_INSTRUMENT.get(name, name.replace("_", " "))


def _form(name: str) -> str:
    plain = fold(name).replace("_", " ").replace("-", " ")
    return SAME_FORM.get(plain, plain)


def _tempo(wishes: Wishes) -> dict[str, Any]:
    compared = next((part.value for part in wishes.parts if part.kind == "compare"), "")
    part = next((part for part in wishes.parts if part.kind == "tempo"), None)
    if compared in ("slower", "faster"):
        return {"tempo": "slow" if compared == "slower" else "fast"}
    if part is None or part.how not in ("said", "guess") or wishes.tempo is None or not part.words:
        return {}
    if re.search(r"\d|[一二三四五六七八九十百]{2}|hundred|ninety|eighty|sixty|zig\b|hundert", fold(part.words)):
        return {"bpm": wishes.tempo} if wishes.seconds is None or part.how == "said" else {}
    if part.how == "guess":
        return {}
    return {"tempo": next((name for most, name in CLASSES if wishes.tempo < most), "very fast")}


# --- is it right ------------------------------------------------------------------------------------------------


def _accepted(line: Mapping[str, Any], name: str) -> list[Any]:
    """All right values of a field; None among them: it may be left empty."""
    expect, alt = line["expect"], line.get("alt", {})
    values = [expect[name]] if name in expect else [None]
    return [*values, *(alt.get(name, []) if isinstance(alt.get(name, []), list) else [alt[name]])]


def styles_right(
    line: Mapping[str, Any], claimed: Mapping[str, Any], wishes: Wishes, catalogue: Catalogue
) -> list[str]:
    """What is wrong about style and instruments; empty if nothing is."""
    wrong = []
    checks = {
        "composer": _composer_right,
        "period": _period_right,
        "instruments": _instruments_right,
        "genre": _genre_right,
        "form": _form_right,
        "like": _like_right,
    }
    for name, check in checks.items():
        if not any(check(value, claimed, wishes, line, catalogue) for value in _accepted(line, name)):
            wrong.append(f"{name}: {claimed.get(name)} for {_accepted(line, name)}")
    if (unknown := line["expect"].get("unknown_name") or line["expect"].get("composer_unknown")) and not _names_unknown(
        unknown, line, wishes
    ):
        wrong.append(f"unknown: {unknown}")
    wrong += [f"not {word}" for word in _not_kept(line, wishes, ("style",))]
    return wrong


def _same_person(one: str, other: str) -> bool:
    def plain(name: str) -> list[str]:
        words = re.findall(r"[a-z]+", fold(name).replace("ff", "v").replace("ou", "u"))
        return [re.sub(r"(?:off|ov|ow|of)$", "v", word) for word in words]

    first, second = plain(one), plain(other)
    if not first or not second:
        return False
    return first == second or (first[-1] == second[-1] and (len(first) == 1 or len(second) == 1))


def _composer_right(
    value: Any, claimed: Mapping[str, Any], wishes: Wishes, line: Mapping[str, Any], _: Catalogue
) -> bool:
    named = claimed.get("composer", []) or (claimed.get("work_composer", []) if value is not None else [])
    if line["expect"].get("composer_unknown") or line["expect"].get("unknown_name"):
        named = [name for name in named if name not in {one.called for one in wishes.strangers}]
    if value is None:
        return not named
    wanted = value if isinstance(value, list) else [value]
    right = [str(one) for one in (*_accepted(line, "composer"), *wanted) if one]
    strangers = {one.called for one in wishes.strangers}
    known = [name for name in named if name not in strangers]
    return all(any(_same_person(str(one), name) for name in named) for one in wanted) and all(
        any(_same_person(one, name) for one in right)
        for name in known or named  # who is not at hand beside him was named as such
    )


def _names_unknown(unknown: Any, line: Mapping[str, Any], wishes: Wishes) -> bool:
    said = " ".join([*(f"{one.name} {one.called}" for one in wishes.strangers), *wishes.missed])
    name = str(line["expect"].get("unknown_name") or unknown)
    return (
        bool(wishes.strangers and unknown is True)
        or fold(name.split()[-1]) in fold(said)
        or any(word for word in wishes.missed if word in line["text"])
    )


def _period_right(value: Any, claimed: Mapping[str, Any], *_: Any) -> bool:
    named = claimed["period"]
    return not named if value is None else value in named or (value == "Modern" and not named)


def _instruments_right(
    value: Any, claimed: Mapping[str, Any], wishes: Wishes, line: Mapping[str, Any], _: Catalogue
) -> bool:
    named = claimed["instruments"]
    if value is None:
        # What a named genre or work implies is no invention.
        return named is None or bool({"genre", "form", "like"} & set(line["expect"]))
    wanted = [_instrument(one) for one in value]
    genre = claimed["genre"]
    if wanted == ["choir"]:
        return "choral" in genre
    if "orchestra" in wanted or "choir" in wanted:
        return "orchestral" in genre or "choral" in genre
    wanted = _without_lacking(wanted, wishes)
    if named is None:
        return not wanted
    named = list((Counter(named) - Counter(_stand_ins(wishes, wanted))).elements())
    if "no exact group" in line.get("why", ""):
        return "chamber" in genre or "orchestral" in genre
    return sorted(wanted) == sorted(named)


def _without_lacking(wanted: Sequence[str], wishes: Wishes) -> list[str]:
    """Less the instruments that were named as such that nothing can be written for, by the words of our own list."""
    lacking = {part.value for part in wishes.parts if part.kind == "lacking"}
    phrases = load_vocabulary().phrases

    def is_lacking(name: str) -> bool:
        return any(entry.kind == "unwritten" and entry.id in lacking for entry in phrases.get(fold(name), ()))

    return [name for name in wanted if not is_lacking(name)]


def _stand_ins(wishes: Wishes, wanted: Sequence[str]) -> list[str]:
    """What plays instead of those."""
    table = load_vocabulary().tables["unwritten"]
    near = [table[part.value]["near"] for part in wishes.parts if part.kind == "lacking"]
    return [name for name in near if name and name not in wanted]


def _genre_right(value: Any, claimed: Mapping[str, Any], wishes: Wishes, line: Mapping[str, Any], _: Catalogue) -> bool:
    return value is None or value in claimed["genre"]


def _form_right(value: Any, claimed: Mapping[str, Any], *_: Any) -> bool:
    if value is None:
        return True  # a form that was not named is judged by what follows from it
    wanted = [_form(one) for one in (value if isinstance(value, list) else [value])]
    return all(any(one == form or form in one.split() for form in claimed["form"]) for one in wanted)


def _like_right(
    value: Any, claimed: Mapping[str, Any], wishes: Wishes, line: Mapping[str, Any], catalogue: Catalogue
) -> bool:
    works = claimed.get("like", [])
    if value is None:
        return not works or "form" in line["expect"]
    titles = (str(value), f"{line['expect'].get('composer', '')} {value}")
    mine = [part.value for title in titles for part in read_wishes(title, catalogue).parts if part.kind == "work"]
    return bool(set(works) & set(mine)) or any(fold(str(value)) in fold(one.called) for one in wishes.strangers)


def slots_right(line: Mapping[str, Any], claimed: Mapping[str, Any], wishes: Wishes) -> Iterator[tuple[str, bool, str]]:
    """Every slot that was named or invented: its name, whether it is right, what is wrong."""
    for name in SLOTS:
        if name == "mode" and line["expect"].get("mode_by_mood"):
            continue
        values = _accepted(line, name)
        got = claimed.get(name)
        if name == "mode" and got is None and "mode" in line["expect"] and wishes.mode is not None:
            got = wishes.mode
        if (got is None and None in values) or (
            got is not None and name not in line["expect"] and name not in line.get("alt", {}) and _follows(name, line)
        ):
            continue
        right = any(_slot_right(name, value, got, line, wishes) for value in values if value is not None)
        yield name, right, f"{name}: {got} for {values}"


def _follows(name: str, line: Mapping[str, Any]) -> bool:
    """Whether a slot is another spelling of one that was named."""
    pairs = {"tempo": "bpm", "bpm": "tempo", "mode": "key", "seconds": "bars", "bars": "seconds"}
    return pairs.get(name, "") in line["expect"] or (name == "metre" and "metre_implied" in line["expect"])


def _slot_right(name: str, value: Any, got: Any, line: Mapping[str, Any], wishes: Wishes) -> bool:
    if got is None:
        if (
            name == "tempo"
            and wishes.tempo is not None
            and any(part.kind == "tempo" and part.words for part in wishes.parts)
        ):
            return next((each for most, each in CLASSES if wishes.tempo < most), "very fast") == str(value)
        return False
    if name == "key":
        return str(got.name).casefold() == str(value).casefold()
    if name == "mode":
        return MODES.get(str(got), str(got)) == str(value)
    if name in ("bars", "seconds"):
        if (
            re.search(
                r"at most|max|under|höchstens|nicht länger|不超过|最多|以内|keep it|no longer|not longer",
                line["text"].lower(),
            )
            and value / 3 <= got <= value
        ):
            return True
        return bool(abs(got - value) <= 0.1 * value) if name == "seconds" else bool(got == value)
    return str(got) == str(value)


def _not_kept(line: Mapping[str, Any], wishes: Wishes, sorts: tuple[str, ...]) -> list[str]:
    """Entries of `not` that the result has all the same. sorts: "style" (instrument, composer, form) or "rest"."""
    bad = []
    for word in line["expect"].get("not", []):
        plain = fold(str(word))
        style = wishes.style
        players = {_instrument(player) for player in wishes.players} or (
            {"piano"} if style and style.instrumentation == "Keyboard" else set()
        )
        has_style = (
            _instrument(plain) in players
            or (style is not None and _same_person(plain, style.surname))
            or plain in {_form(part.value) for part in wishes.parts if part.kind == "genre"}
        )
        has_rest = plain in wishes.moods or plain == {"min": "minor", "maj": "major"}.get(
            wishes.key.mode if wishes.key else wishes.mode or "", "-"
        )
        if ("style" in sorts and has_style) or ("rest" in sorts and has_rest):
            bad.append(str(word))
    return bad


# --- the whole --------------------------------------------------------------------------------------------------


def measure(folder: Path, prefix: str, *, show: bool) -> int:
    """Prints the tables; returns the exit code."""
    catalogue = load_catalogue()
    tally = Tally()
    wrong: defaultdict[str, list[str]] = defaultdict(list)
    for line in _lines(folder / f"{prefix}requests.jsonl"):
        wishes = read_wishes(line["text"], catalogue)
        refused = wishes.sort != "request" and not (line.get("ask_ok") and wishes.sort in ("near", "offer"))
        claimed = read(wishes, catalogue)
        faults = [f"taken for {wishes.sort}"] if refused else styles_right(line, claimed, wishes, catalogue)
        right = not faults
        tally.add("style and instruments", right)
        tally.add(f"  {line['language']}", right)
        for tag in line.get("tags", []):
            tally.add(f"  {tag}", right)
        wrong[line["id"]] += faults
        slots = [(name, is_right and not refused, what) for name, is_right, what in slots_right(line, claimed, wishes)]
        for name, is_right, what in slots:
            tally.add("key, metre, bars, tempo", is_right)
            tally.add(f"  {name}", is_right)
            if not is_right:
                wrong[line["id"]].append(what)
        tally.add("requests with all of them", all(is_right for _, is_right, _ in slots))
        _beside(line, wishes, tally)
        if show and wrong[line["id"]]:
            print(f"{line['id']} {line['text']}\n     {' | '.join(wrong[line['id']])}   {line.get('why', '')}")
    composed, asked = [], 0
    for line in _lines(folder / f"{prefix}everyday.jsonl"):
        wishes = read_wishes(line["text"], catalogue)
        asked += wishes.sort == "near" and not line.get("ask_ok")
        if wishes.sort == "request":
            composed.append(f"{line['id']} {line['text']}")
    for name in tally.all:
        print(tally.line(name))
    print(f"composed from everyday sentences: {len(composed)}; asked back without need: {asked}")
    if show:
        print("\n".join(composed))
    is_good = (
        tally.share("style and instruments") >= LEAST_STYLES and tally.share("key, metre, bars, tempo") >= LEAST_VALUES
    )
    return 0 if is_good and not composed else 1


def _beside(line: Mapping[str, Any], wishes: Wishes, tally: Tally) -> None:
    """What has no threshold."""
    expect = line["expect"]
    if expect.get("mode_by_mood"):
        tally.add(
            "mode by mood",
            {"min": "minor", "maj": "major"}.get(wishes.mode or (wishes.key.mode if wishes.key else ""))
            in _accepted(line, "mode"),
        )
    if "metre_implied" in expect:
        usual = METRES.get(_form(str(expect.get("form", ""))), {expect["metre_implied"]})
        tally.add("metre implied", wishes.metre is None or str(wishes.metre) in usual | {expect["metre_implied"]})
    if "chords" in expect:
        wanted = expect["chords"] if isinstance(expect["chords"], list) else str(expect["chords"]).split()
        tally.add(
            "chords",
            wishes.chords is not None and str(wishes.chords).replace("|", " ").split() == [str(one) for one in wanted],
        )
    if "mood" in expect:
        tally.add("some mood or scene", bool(wishes.moods))
    if "style_unknown" in expect:
        tally.add("kind of music named as not ours", bool(wishes.strangers or wishes.missed))
    if "not" in expect:
        tally.add("nothing that was excluded", not _not_kept(line, wishes, ("style", "rest")))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make measure NAME=requests", description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where requests.jsonl and everyday.jsonl lie")
    parser.add_argument("--prefix", default="", help="of both files' names")
    parser.add_argument("--show", action="store_true", help="print what is wrong")
    asked = parser.parse_args(arguments)
    load_vocabulary()
    return measure(asked.folder, asked.prefix, show=asked.show)
