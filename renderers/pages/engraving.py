"""MusicXML in, pages out as SVG: verovio engraves the music.

What is promised: pages of one width, title and composer above the first system, the scale chosen so
that a phone shows a piano piece and a whole orchestra alike, no page longer than its music, and no lone bar at the end
where slightly smaller music avoids it.

Verovio's own title block shows neither composer nor long titles well, so the score goes through MEI, where ours is put.
Verovio is native code and dies of some scores: this runs in the rendering process.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

import verovio
from lxml import etree

from renderers.errors import InputRefused
from renderers.pages.bars_of_rest import join_bars_of_rest
from renderers.pages.page_breaks import Layout, expect_imbalance, measure_imbalance, read_layout
from renderers.pages.paper import PHONE, Paper
from renderers.pages.reading import ReadScore, read_score
from renderers.pages.scripts import OtherScripts
from renderers.pages.text_runs import num_columns, wrap, wrap_evenly
from renderers.pages.words_below import EMPTY_SCORE, pages_of
from renderers.score.mei import MEI

SEED = 2  # of the names that verovio gives: none of those in the score
MAX_PAGES = 100
MAX_LINES = 400  # of music, each as a picture of its own
RESCALINGS = 4
SMALLEST_SCALE, LARGEST_SCALE = 26, 76  # percent
# For moving pictures, which lose what is thin and grey.
BOLD_LINES = {"staffLineWidth": 0.25, "stemWidth": 0.28, "barLineWidth": 0.4, "ledgerLineThickness": 0.32}
MAX_PAGES_TO_BALANCE = 6  # nobody minds the last of more
BALANCING_PERCENT = (96, 92, 88, 84, 80)  # of the scale, tried in turn
COST_OF_A_PERCENT = 0.02  # smaller music must be worth it: 20 % for a line that is two fifths fuller
LEAST_GAIN = 0.15  # for less nothing is tried: laying out takes a tenth of the time of a page

TEXT_PERCENT = 40.5  # height of verovio's text at 100 %, in page units
TITLE_SIZES = ((34, 50), (44, 40), (56, 33))  # (most characters on a line, height); the last for all longer titles
NAME_CHARS = 16
COMPOSER_SIZE, COMPOSER_CHARS = 27, 64
PLAYER_SIZE = 32
SUBTITLE_SIZE = 29
WORDS_SIZE = 27
GAP_SIZE, NO_BREAK_SPACE = 14, "\N{NO-BREAK SPACE}"  # between a title and the composer

_SIGN = '<path transform="scale(1,-1)"'  # verovio's style sheet gives it a seam
_HEIGHT = re.compile(r'<svg [^>]*?height="(\d+)px"')
_HEIGHT_OF_PAGE = re.compile(r'class="definition-scale"[^>]*? viewBox="0 0 \d+ (\d+)"')
_TOP_MARGIN = re.compile(r'class="page-margin" transform="translate\(\d+, (\d+)\)"')
_STAFF_LINE = re.compile(r'<path d="M\d+ (\d+) L\d+ \1"')
_ACCESSIBLE_TITLE = re.compile(r'<title class="labelAttr">.*?</title>', re.DOTALL)


def engrave(musicxml: str, *, title: str, composer: str, paper: Paper = PHONE, player: str | None = None) -> list[str]:
    """Engrave a score, and the words that stand below it. Returns one SVG a page. Raises InputRefused.

    player: whose part it is, which then stands above the music instead of before it; "" for a part of nobody's.
    """
    return list(Engraver(musicxml).pages(title=title, composer=composer, paper=paper, player=player))


class Engraver:
    """A score to be engraved, on several papers one after the other: it is read once."""

    def __init__(self, musicxml: str) -> None:
        """Raises InputRefused."""
        self._score = read_score(musicxml)

    def pages(self, *, title: str, composer: str, paper: Paper = PHONE, player: str | None = None) -> Iterator[str]:
        """As `engrave`, page by page: one is drawn when it is asked for."""
        score, words = self._score, self._score.words
        loaded = _load_pages(score, title=title, composer=composer, paper=paper, player=player)
        if words and loaded.num_pages == 1:
            together = _load_pages(score, title=title, composer=composer, paper=paper, player=player, foot=words)
            if together.num_pages == 1:
                loaded, words = together, []
        yield from _draw_pages(loaded, paper)
        for lines in pages_of(words):
            blank = read_score(EMPTY_SCORE)
            yield from _draw_pages(_load_pages(blank, title="", composer="", paper=paper, head=lines), paper)


def _load_pages(
    score: ReadScore,
    *,
    title: str,
    composer: str,
    paper: Paper,
    player: str | None = None,
    head: Sequence[str] = (),
    foot: Sequence[str] = (),
) -> "_Loaded":
    """A score laid out, a little smaller where that spares the reader a lone bar or line.

    head, foot: lines of words above and below the music of the first page.
    """
    loaded = _load(score, title=title, composer=composer, paper=paper, player=player, head=head, foot=foot)
    if loaded.num_pages > MAX_PAGES:
        raise InputRefused(reason="pages", limit=MAX_PAGES)
    if loaded.num_pages <= MAX_PAGES_TO_BALANCE:
        _balance(loaded, paper)
    return loaded


def _draw_pages(loaded: "_Loaded", paper: Paper) -> Iterator[str]:
    """Raises InputRefused for large print that is higher than a page, before there is any."""
    pages: Iterator[str] = (_tidy(loaded.toolkit.renderToSVG(number)) for number in range(1, loaded.num_pages + 1))
    if paper.least_scale:
        drawn = list(pages)
        if any(map(_runs_over, drawn)):
            raise InputRefused(reason="large_print")
        pages = iter(drawn)
    yield from map(loaded.scripts.draw, pages)


def engrave_lines(musicxml: str, *, width: int, margin: int, rescale: Callable[[int, Sequence[int]], int]) -> list[str]:
    """Engrave a score without words around it, one SVG a line of music, each as high as its music.

    width, margin: in pixels. rescale: from a scale in percent and how high each line is at it, in pixels, to the scale
    that is wanted; asked again until it stays. Raises InputRefused.
    """
    paper = Paper(width=width, height=4 * margin, margin=margin, trimmed=True, bare=True)  # too low for two lines
    loaded = _load(read_score(musicxml), title="", composer="", paper=paper)
    scale, toolkit = loaded.scale, loaded.toolkit
    lines: list[str] = []
    for _ in range(RESCALINGS):
        if toolkit.getPageCount() > MAX_LINES:
            raise InputRefused(reason="lines", limit=MAX_LINES)
        lines = [_tidy(toolkit.renderToSVG(page)) for page in range(1, toolkit.getPageCount() + 1)]
        wanted = rescale(scale, [height_of(line) for line in lines])
        if wanted == scale:
            break
        scale = wanted
        _lay_out(toolkit, paper, scale=scale)
    return [loaded.scripts.draw(line) for line in lines]


def _runs_over(page: str) -> bool:
    """Whether a staff stands below the edge of the page: verovio prints a line of music however high it is."""
    edge, top = _HEIGHT_OF_PAGE.search(page), _TOP_MARGIN.search(page)
    assert edge is not None, "verovio writes it"
    lowest = max((int(found[1]) for found in _STAFF_LINE.finditer(page)), default=0)
    return lowest + (int(top[1]) if top else 0) > int(edge[1])


def height_of(svg: str) -> int:
    """How high a page is, in pixels."""
    found = _HEIGHT.search(svg)
    assert found is not None, "verovio says so of every page"
    return int(found[1])


@dataclass(frozen=True, kw_only=True)
class _Loaded:
    """A score that verovio has laid out; scripts: text that is drawn afterwards.

    scale, smallest: how large it is, and how small it may become, in percent.
    """

    toolkit: verovio.toolkit
    scripts: OtherScripts
    scale: int
    smallest: int

    @property
    def num_pages(self) -> int:
        """As it is laid out now."""
        return int(self.toolkit.getPageCount())


def _load(
    score: ReadScore,
    *,
    title: str,
    composer: str,
    paper: Paper,
    player: str | None = None,
    head: Sequence[str] = (),
    foot: Sequence[str] = (),
) -> _Loaded:
    """A score laid out on paper, of which nothing is drawn yet. Raises InputRefused."""
    mei, num_staves = deepcopy(score.mei), score.num_staves
    smallest = paper.smallest_scale(num_staves)
    scale = max(smallest, round(choose_scale(num_staves) * paper.zoom))
    text_scale = scale / paper.text
    if player is not None:
        join_bars_of_rest(mei)
        etree.strip_elements(mei, f"{MEI}label", f"{MEI}labelAbbr", with_tail=False)
    _wrap_names(mei)
    below = [(SUBTITLE_SIZE, score.subtitle), (WORDS_SIZE, score.texts)]
    _write_title_block(mei, title=title, below=below, composer=composer, player=player or "", scale=text_scale)
    _write_words(mei, head, "pgHead", scale=text_scale)
    _write_words(mei, foot, "pgFoot", scale=text_scale)
    scripts = OtherScripts()
    scripts.stand_in(mei)
    toolkit = score.take_toolkit()
    toolkit.setOptions({"xmlIdSeed": SEED, **_options(paper, scale=scale)})
    toolkit.setInputFrom("mei")
    if not toolkit.loadData(etree.tostring(mei, encoding="unicode")):
        raise InputRefused
    return _Loaded(toolkit=toolkit, scripts=scripts, scale=scale, smallest=smallest)


def _balance(loaded: _Loaded, paper: Paper) -> None:
    """Lay the score out at the scale that fills its pages best."""
    toolkit, scale = loaded.toolkit, loaded.scale
    best = tried = 100
    layout = _layout(toolkit)
    least = measure_imbalance(layout)
    for percent in BALANCING_PERCENT:
        cost = (100 - percent) * COST_OF_A_PERCENT
        if cost + LEAST_GAIN >= least or round(scale * percent / 100) < loaded.smallest:
            break
        if expect_imbalance(layout, size=percent / tried) + cost > least:
            continue
        tried = percent
        _lay_out(toolkit, paper, scale=round(scale * percent / 100))
        layout = _layout(toolkit)
        if (badness := measure_imbalance(layout) + cost) < least:
            best, least = percent, badness
    if best != tried:
        _lay_out(toolkit, paper, scale=round(scale * best / 100))


def _lay_out(toolkit: verovio.toolkit, paper: Paper, *, scale: int) -> None:
    toolkit.setOptions(_options(paper, scale=scale))
    toolkit.redoLayout({"resetCache": True})


def _layout(toolkit: verovio.toolkit) -> Layout:
    return read_layout(toolkit.getMEI({"scoreBased": False}))


def _tidy(svg: str) -> str:
    """Without titles that resvg would paint, and without seams around signs: unseen, they cost a sixth of the time."""
    return _ACCESSIBLE_TITLE.sub("", svg).replace(_SIGN, f'{_SIGN} style="stroke:none"')


def choose_scale(num_staves: int) -> int:
    """Verovio's scale in percent: large for a song, small enough for all staves of an orchestra and some bars each."""
    return max(SMALLEST_SCALE, min(LARGEST_SCALE, round(90 / math.pow(max(1, num_staves), 0.3))))


def _options(paper: Paper, *, scale: int) -> dict[str, object]:
    def units(pixels: int) -> int:
        return int(pixels * 100 / scale)

    return {
        "pageWidth": units(paper.width),
        "pageHeight": units(paper.height),
        "pageMarginLeft": units(paper.margin),
        "pageMarginRight": units(paper.margin),
        "pageMarginTop": units(paper.margin),
        "pageMarginBottom": units(paper.margin),
        "scale": scale,
        "adjustPageHeight": paper.trimmed,
        "justifyVertically": not paper.trimmed,
        "breaks": "auto",
        "header": "none" if paper.bare else "auto",
        "footer": "none" if paper.bare else "encoded",
        "smuflTextFont": "none",
        "svgFormatRaw": True,  # without line breaks and indents
        "spacingStaff": 8,
        "spacingSystem": 9,
        "bottomMarginHeader": 4,
        "lyricWordSpace": 1.6,
        "multiRestStyle": "block",
        **(BOLD_LINES if paper.bare else {}),
    }


def _wrap_names(mei: etree._Element) -> None:
    """Break long instrument names over lines: on one line they push the music to the right."""
    for label in mei.iter(f"{MEI}label", f"{MEI}labelAbbr"):
        for line_break in label.iter(f"{MEI}lb"):
            line_break.text = "\n"
        written = "".join(label.itertext()).splitlines()
        lines = [line for part in written for line in wrap(part, NAME_CHARS)]
        for child in list(label):
            label.remove(child)
        label.text = lines[0] if lines else None
        for line in lines[1:]:
            etree.SubElement(label, f"{MEI}lb").tail = line


def _write_title_block(
    mei: etree._Element,
    *,
    title: str,
    below: Sequence[tuple[int, Sequence[str]]],
    composer: str,
    player: str,
    scale: float,
) -> None:
    """Put title (centred, wrapped), composer (right, italic) and player (left) above the first system.

    below: sizes and lines of what stands between them, centred.
    """
    score_definition = mei.find(f".//{MEI}scoreDef")
    if score_definition is None:
        raise InputRefused
    for stale in (*score_definition.findall(f"{MEI}pgHead"), *score_definition.findall(f"{MEI}pgFoot")):
        score_definition.remove(stale)
    max_chars, size = next((s for s in TITLE_SIZES if num_columns(title) <= s[0]), TITLE_SIZES[-1])
    centred = [(size, line) for line in wrap_evenly(title, max_chars)]
    centred += [(size_below, line) for size_below, lines in below for line in lines]
    names = [(COMPOSER_SIZE, line) for line in wrap(composer, COMPOSER_CHARS)]
    players = [(PLAYER_SIZE, line) for line in wrap(player, COMPOSER_CHARS)]
    if not (centred or names or players):
        return
    for lines in (names, players):
        if centred and lines:
            lines.insert(0, (GAP_SIZE, NO_BREAK_SPACE))
    head = etree.Element(f"{MEI}pgHead", func="first")
    _write_lines(head, centred, scale=scale, halign="center", valign="top")
    _write_lines(head, names, scale=scale, halign="right", valign="bottom", style="italic")
    _write_lines(head, players, scale=scale, halign="left", valign="bottom")
    score_definition.insert(0, head)


def _write_words(mei: etree._Element, words: Sequence[str], name: str, *, scale: float) -> None:
    """Words of the song at the head or the foot of the first page."""
    score_definition = mei.find(f".//{MEI}scoreDef")
    if score_definition is None or not words:
        return
    block = etree.Element(f"{MEI}{name}", func="first")
    _write_lines(block, [(WORDS_SIZE, line) for line in words], scale=scale, halign="left", valign="top")
    titles = score_definition.find(f"{MEI}pgHead")
    score_definition.insert(0 if titles is None else 1, block)
    if name == "pgHead":  # of a page that has nothing else
        for staff in mei.iter(f"{MEI}staffDef"):
            staff.set("lines.visible", "false")


def _write_lines(
    head: etree._Element, lines: list[tuple[int, str]], *, scale: float, halign: str, valign: str, style: str = "normal"
) -> None:
    """lines: each with its size."""
    if not lines:
        return
    block = etree.SubElement(head, f"{MEI}rend", halign=halign, valign=valign)
    for number, (size, line) in enumerate(lines):
        percent = f"{size * 100 * 100 / scale / TEXT_PERCENT:.0f}%"
        line_block = etree.SubElement(block, f"{MEI}rend", fontsize=percent, fontstyle=style)
        if number:  # inside the line that it begins: verovio goes down by the height of the letters around a break
            etree.SubElement(line_block, f"{MEI}lb").tail = line
        else:
            line_block.text = line
