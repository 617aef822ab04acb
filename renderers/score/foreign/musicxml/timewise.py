"""Timewise MusicXML, measures with parts in them, as partwise: parts with measures in them. Not a note is touched."""

from __future__ import annotations

from lxml import etree


def as_partwise(root: etree._Element) -> etree._Element:
    """The same document, part after part; one that is partwise as it is."""
    if root.tag != "score-timewise":
        return root
    partwise = etree.Element("score-partwise")
    parts: dict[str, etree._Element] = {}
    for child in list(root):
        if child.tag != "measure":
            partwise.append(child)
    for place, measure in enumerate(root.findall("measure")):
        for own in measure.findall("part"):
            part = parts.setdefault(own.get("id", ""), etree.Element("part", {"id": own.get("id", "")}))
            while len(part) < place:  # a part that was missing in measures before
                etree.SubElement(part, "measure")
            one = etree.SubElement(part, "measure", {str(name): str(value) for name, value in measure.attrib.items()})
            one.extend(list(own))
    partwise.extend(parts.values())
    return partwise
