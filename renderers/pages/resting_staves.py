"""Staves on which nobody plays: after the first line of music an orchestra's are left out, as publishers do.

What is promised: nothing that is to be read goes with them. Verovio leaves out all that stands above or below a staff
that it hides, a new tempo too, and counts only notes: so a staff where something stands has a note there that is not
seen. Every staff has a short name then, since it may be any. Not covered: the first line, where all are shown.
"""

from collections.abc import Mapping
from functools import cache

from lxml import etree

from config.files import load_toml
from config.letters import fold
from renderers.score.mei import MEI

LEAST = 7  # staves; fewer are always printed, as in chamber music
NAME_CHARS = 6  # of a name that nobody shortens
_NOTES = tuple(f"{MEI}{name}" for name in ("note", "chord", "mRpt", "bTrem", "fTrem", "tabGrp"))
_STAFF, _LAYER = f"{MEI}staff", f"{MEI}layer"


def hide_resting_staves(mei: etree._Element) -> None:
    """Say of a score whether verovio may hide them, in place."""
    score_definition = mei.find(f".//{MEI}scoreDef")
    assert score_definition is not None, "every score has one"
    definitions = score_definition.findall(f".//{MEI}staffDef")
    if len(definitions) < LEAST:
        score_definition.set("optimize", "false")
        return
    score_definition.set("optimize", "true")
    for definition in definitions:
        _shorten_name(definition)
    for measure in mei.iter(f"{MEI}measure"):
        _hold_what_is_said(measure)


def _hold_what_is_said(measure: etree._Element) -> None:
    """Keep the staves of a measure on which nothing sounds and above or below which something stands."""
    about = {
        number
        for sign in measure.iterchildren(etree.Element)
        if sign.tag != _STAFF
        for number in (sign.get("staff") or "").split()
    }
    for staff in measure.findall(_STAFF):
        if staff.get("n") in about and next(staff.iter(*_NOTES), None) is None:
            for layer in staff.findall(_LAYER)[:1]:
                # A grace note takes no time, so that the bar stays as long and its rest where it is.
                unseen = etree.Element(f"{MEI}note", dur="4", pname="b", oct="4", grace="unacc", visible="false")
                layer.insert(0, unseen)


def _shorten_name(definition: etree._Element) -> None:
    """Give a staff that has only a long name a short one: "Vln. 1"."""
    label = definition.find(f"{MEI}label")
    if label is None or definition.find(f"{MEI}labelAbbr") is not None:
        return
    words = " ".join(label.itertext()).split()
    if words:
        abbreviation = etree.Element(f"{MEI}labelAbbr")
        abbreviation.text = " ".join(map(_short, words))
        label.addnext(abbreviation)


def _short(word: str) -> str:
    usual = _usual_names().get(fold(word.strip(".,")))
    return usual or (word if len(word) <= NAME_CHARS else f"{word[: NAME_CHARS - 2]}.")


@cache
def _usual_names() -> Mapping[str, str]:
    """What scores call instruments for short, by what they are called, in all languages."""
    usual: dict[str, str] = {}
    for instrument in load_toml("ensembles.toml")["instrument"]:
        called = (instrument["name"], *(word for key in ("called", "say", "many") for word in instrument.get(key, ())))
        for word in called:
            usual.setdefault(fold(word), instrument["short"])
    return usual
