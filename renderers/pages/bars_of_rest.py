"""Bars of rest in a row, in a part of one staff: one sign with their number, up to where something happens.

It is done in what verovio reads, not before: what stands above such bars in MusicXML (a tempo!) verovio loses. Not
covered: parts of several staves.
"""

from lxml import etree

from renderers.score.mei import MEI

LEAST = 2
_MEASURE, _STAFF, _LAYER = f"{MEI}measure", f"{MEI}staff", f"{MEI}layer"


def join_bars_of_rest(mei: etree._Element) -> None:
    """Join them, in place."""
    row: list[etree._Element] = []
    reached = 0  # how many of the next measures something reaches into
    for measure in list(mei.iter(_MEASURE)):
        follows = bool(row) and row[-1].getnext() is measure
        if not _only_rests(measure) or reached:
            _join(row)
            row = []
        elif follows and not _begins_something(measure) and row[-1].get("right") is None:
            row.append(measure)
        else:
            _join(row)
            row = [measure]
        reached = max(reached - 1, _reach(measure))
    _join(row)


def _join(row: list[etree._Element]) -> None:
    if len(row) < LEAST:
        return
    first, *others = row
    (layer,) = first.iter(_LAYER)
    for rest in list(layer):
        layer.remove(rest)
    etree.SubElement(layer, f"{MEI}multiRest", num=str(len(row)))
    if (right := others[-1].get("right")) is not None:
        first.set("right", right)
    for other in others:
        parent = other.getparent()
        assert parent is not None, "it stands behind another"
        parent.remove(other)


def _only_rests(measure: etree._Element) -> bool:
    staves = measure.findall(_STAFF)
    layers = [layer for staff in staves for layer in staff.findall(_LAYER)]
    return len(staves) == len(layers) == 1 and [child.tag for child in layers[0]] == [f"{MEI}mRest"]


def _begins_something(measure: etree._Element) -> bool:
    return measure.get("left") is not None or any(child.tag != _STAFF for child in measure.iterchildren(etree.Element))


def _reach(measure: etree._Element) -> int:
    """How many measures on something ends that begins here: `2m+3.5`."""
    ends = (child.get("tstamp2") or "" for child in measure.iterchildren(etree.Element))
    return max((int(end.partition("m")[0]) for end in ends if end.partition("m")[0].isdigit()), default=0)
