import pytest

from renderers.pages import engraving
from renderers.pages.engraving import engrave
from renderers.pages.page_breaks import expect_imbalance, measure_imbalance
from renderers.pages.paper import A4, PHONE
from renderers.score.musicxml import convert_abc
from tests.renderers.test_sanitise import tune


def layout(pages):
    """The bars of each system, counted in what is drawn."""
    return [[system.count('class="measure"') for system in page.split('class="system"')[1:]] for page in pages]


def test_full_pages_are_balanced():
    assert measure_imbalance([[4, 5, 4]]) < 0.15
    assert measure_imbalance([[4, 4], [4, 4]]) == 0
    assert measure_imbalance([[1]]) == 0


def test_a_lone_bar_is_worse_than_a_short_line_and_a_lone_line_worst():
    short_line, lone_bar, lone_line = [[4, 4, 3]], [[4, 4, 1]], [[4, 4, 4], [1]]
    assert measure_imbalance(short_line) < measure_imbalance(lone_bar) < measure_imbalance(lone_line)


@pytest.mark.parametrize("paper", [PHONE, A4])
@pytest.mark.parametrize("num_bars", [9, 12, 16])
def test_pages_are_never_worse_balanced_than_without_trying(num_bars, paper, monkeypatch):
    musicxml = convert_abc(tune("CDEF GABc|" * num_bars))
    balanced = engrave(musicxml, title="Etude", composer="Notabot", paper=paper)
    monkeypatch.setattr(engraving, "MAX_PAGES_TO_BALANCE", 0)
    unbalanced = engrave(musicxml, title="Etude", composer="Notabot", paper=paper)
    assert measure_imbalance(layout(balanced)) <= measure_imbalance(layout(unbalanced))
    assert sum(map(sum, layout(balanced))) == num_bars


def test_no_bar_is_left_alone_on_the_last_line():
    """Sixteen bars came as five lines of three, and one of one."""
    pages = engrave(convert_abc(tune("CDEF GABc|" * 16)), title="Etude", composer="Notabot", paper=PHONE)
    (systems,) = layout(pages)
    assert systems[-1] > 1


def test_what_is_expected_of_smaller_music_is_how_full_its_last_line_and_page_will_be():
    assert expect_imbalance([[4, 4, 4, 1]], size=0.92) < 0.15  # three lines, with a little room in each
    assert expect_imbalance([[4, 4, 4]], size=0.8) > 0.5  # two, and a half
    assert expect_imbalance([[4, 4, 4], [4]], size=0.8) < expect_imbalance([[4, 4, 4], [4, 4, 4]], size=0.8)
    assert expect_imbalance([[1]], size=0.8) == expect_imbalance([[0], [1]], size=0.8) == 0


def test_what_promises_nothing_is_not_laid_out(monkeypatch):
    """Of these pieces each was laid out again 3.2 times."""
    sizes = []
    lay_out = engraving._lay_out
    monkeypatch.setattr(engraving, "_lay_out", lambda *args, scale: (sizes.append(scale), lay_out(*args, scale=scale)))
    for num_bars in range(1, 33):
        engrave(convert_abc(tune("CDEF GABc|" * num_bars)), title="Etude", composer="Notabot", paper=PHONE)
    assert len(sizes) < 32 * 2.8
