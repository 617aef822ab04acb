"""How a piece was made, in small print at the foot of its last page, in the margin below the music.

Not covered: what it says, and pages that are cut off below the music, which have no such margin.
"""

from lxml import etree

from renderers.pages.paper import Paper
from renderers.pages.scripts import OtherScripts
from renderers.pages.text_runs import wrap

SVG = "http://www.w3.org/2000/svg"
SIZE_PX, LEADING = 17, 1.3  # 8 points
LINE_CHARS = 130
BOTTOM_SHARE = 0.35  # of the margin, below the last line


def write_colophon(page: str, words: str, *, paper: Paper) -> str:
    """The page with these words below its music."""
    lines = wrap(words, round(LINE_CHARS / paper.text))
    if not lines:
        return page
    svg = etree.fromstring(page.encode(), etree.XMLParser(huge_tree=True))
    inner = svg.find(f"{{{SVG}}}svg")
    assert inner is not None, "verovio puts the music into an SVG within the SVG, in units of its own"
    _, _, width, height = (float(number) for number in str(inner.get("viewBox")).split())
    unit = width / paper.width
    size = SIZE_PX * paper.text * unit
    last = height - paper.margin * BOTTOM_SHARE * unit
    scripts = OtherScripts()
    group = etree.SubElement(inner, f"{{{SVG}}}g")
    for number, line in enumerate(reversed(lines)):
        text = etree.SubElement(group, f"{{{SVG}}}text", {"text-anchor": "middle", "font-size": f"{size:.0f}px"})
        text.attrib.update({"x": f"{width / 2:.0f}", "y": f"{last - number * LEADING * size:.0f}"})
        text.text = line
    scripts.stand_in(group)
    return scripts.draw(etree.tostring(svg, encoding="unicode"))
