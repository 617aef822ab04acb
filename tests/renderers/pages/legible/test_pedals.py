"""One row of pedal marks for a part, and none upon another."""

from lxml import etree

from renderers.pages.engraving import engrave
from renderers.pages.legible import make_legible
from renderers.score.musicxml import convert_abc
from renderers.score.parts import parse_score

PIANO = 'X:1\nL:1/4\nM:4/4\n%%score { 1 | 2 }\nK:C\nV:1 nm="Piano"\nV:2 bass\n[V:1]'


def marks(music):
    """(type, staff, whether a line) of all pedal marks, measure by measure."""
    score = parse_score(convert_abc(f"{PIANO}{music}"))
    make_legible(score)
    return [
        [
            (pedal.get("type"), direction.findtext("staff"), pedal.get("line") == "yes")
            for direction in measure.iterfind("direction")
            for pedal in direction.iterfind("direction-type/pedal")
        ]
        for measure in score.iterfind("part/measure")
    ]


def test_marks_of_the_upper_hand_stand_below_the_lower_one():
    assert marks("!ped!cdef!ped-up!|[V:2]C4|") == [[("start", "2", False), ("stop", "2", False)]]


def test_what_both_hands_say_is_said_once():
    assert marks("!ped!cdef!ped-up!|[V:2]!ped!C,4!ped-up!|") == [[("start", "2", False), ("stop", "2", False)]]


def test_a_release_before_the_next_pedal_is_one_sign_with_it():
    found = marks("!ped!cd!ped-up!!ped!ef!ped-up!|[V:2]C4|\n[V:1]!ped!cdef!ped-up!|[V:2]C4|\n")
    assert found == [[("start", "2", False), ("change", "2", False)], [("change", "2", False), ("stop", "2", False)]]


def test_a_pedal_pressed_while_it_is_down_is_changed():
    found = marks("!ped!cdef!ped-up!|[V:2]C,2!ped!C,2|\n[V:1]cdef|[V:2]C,4!ped-up!|\n")
    assert found == [[("start", "2", False), ("change", "2", False)], [("stop", "2", False)]]


def test_marks_closer_than_their_signs_are_lines():
    assert marks("!ped!c!ped-up!!ped!d!ped-up!ef|[V:2]z4|") == [[
        ("start", "2", True), ("stop", "2", True), ("start", "2", True), ("stop", "2", True)
    ]]  # fmt: skip


def test_a_few_close_marks_leave_the_others_as_they_are():
    far = "[V:1]!ped!cde!ped-up!f|[V:2]z4|\n" * 9
    found = marks(f"!ped!c!ped-up!def|[V:2]z4|\n{far}")
    assert [mark[2] for measure in found for mark in measure] == [True, True, *[False] * 18]


def test_signs_on_the_page_do_not_touch():
    music = "!ped!cdef!ped-up!|[V:2]!ped!C,2!ped-up!!ped!G,2!ped-up!|\n" + "[V:1]!ped!cdef!ped-up!|[V:2]z4|\n" * 3
    (page,) = engrave(convert_abc(f"{PIANO}{music}"), title="", composer="")
    lefts = [
        float(use.get("transform").split("(")[1].split(",")[0])
        for sign in etree.fromstring(page.encode()).iterfind(".//{*}g[@class='pedal']")
        for use in sign.iterfind(".//{*}use")
    ]
    assert len(lefts) == len(set(lefts)) > 4
