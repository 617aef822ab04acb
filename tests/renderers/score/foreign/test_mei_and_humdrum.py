"""MEI and humdrum: what they say comes through, above all how long their bars are."""

from pathlib import Path

import pytest

from renderers.errors import InputRefused
from renderers.score.abc.abc_writer import write_abc
from renderers.score.files import read_file

DATA = Path(__file__).parents[3] / "data" / "scores"
KERN = """!!!COM: Nobody
!!!OTL: Kern tune
**kern\t**text
*clefG2\t*
*k[f#]\t*
*M3/4\t*
4d\tA
=1\t=1
4g\tlong
12aL\tway
12b\t.
12ccJ\t.
4b\t.
=2\t=2
2.g\t.
==\t==
*-\t*-
"""
MEI = """<?xml version="1.0"?><mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.0">
<meiHead><fileDesc><titleStmt><title>Pickup</title></titleStmt><pubStmt/></fileDesc></meiHead>
<music><body><mdiv><score><scoreDef meter.count="3" meter.unit="4" keysig="1s"><staffGrp>
<staffDef n="1" lines="5" clef.shape="G" clef.line="2"/></staffGrp></scoreDef><section>
<measure n="0" metcon="false"><staff n="1"><layer n="1"><note pname="d" oct="4" dur="4"/></layer></staff></measure>
<measure n="1"><staff n="1"><layer n="1"><note pname="g" oct="4" dur="4"/><chord dur="2"><note pname="f" oct="4"
accid.ges="s"/><note pname="a" oct="4"/></chord></layer></staff></measure>
<measure n="2" right="rptend"><staff n="1"><layer n="1"><mRest/></layer></staff></measure>
</section></score></mdiv></body></music></mei>"""


def music(content):
    """The lines of music, joined."""
    lines = write_abc(read_file(content)).splitlines()
    return "".join(line for line in lines if not line.startswith(("V:", "%%")) and line[1:2] != ":")


def test_a_pickup_of_humdrum_stays_as_short_as_it_is():
    tune = read_file(KERN.encode())
    assert [float(bar.length() * 4) for bar in tune.voices[0].bars] == [1, 3, 3]
    assert music(KERN.encode()) == "D2|G2 (3ABc B2|G6|]"
    assert (tune.titles, tune.composers) == (["Kern tune"], ["Nobody"])
    assert "w:A long way" in write_abc(tune)


def test_a_pickup_of_mei_stays_as_short_as_it_is():
    tune = read_file(MEI.encode("utf-16"))
    assert [float(bar.length() * 4) for bar in tune.voices[0].bars[:2]] == [1, 3]
    assert music(MEI.encode()) == "D2|G2 [FA]4|z6:|"
    assert (tune.titles, tune.composers) == (["Pickup"], [])


@pytest.mark.parametrize(("name", "bars"), [("mazurka.krn", "F2 A2 c2|"), ("round.mei", "B2 c2|")])
def test_whole_files_are_read(name, bars):
    assert music((DATA / name).read_bytes()).startswith(bars)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"**text\nAh\n*-\n", "no_kern"),
        (b"**kern\n" + b"4c 4e 4g\n" * 20_001 + b"*-\n", "file_notes"),
        (b"\t".join([b"**kern"] * 61) + b"\n", "voices"),
        (b"<mei><music/></mei>", "file_no_music"),
        (MEI.replace("</layer>", "", 1).encode(), "file_damaged"),
        (MEI.replace("<mei ", "<!DOCTYPE mei [<!ENTITY a 'b'>]><mei ").encode(), "file_entities"),
    ],
)
def test_what_cannot_be_read_is_refused_before_the_converter_sees_it(content, reason):
    with pytest.raises(InputRefused) as refused:
        read_file(content)
    assert refused.value.reason == reason


def sections(order, second_bar="=2"):
    return f"**kern\n*>[{order}]\n*>norep[A,B]\n*M4/4\n*>A\n=1\n1c\n*>B\n{second_bar}\n1d\n==\n*-\n".encode()


@pytest.mark.parametrize(("order", "second_bar"), [("A,B", "=2"), ("A,A,B", "=2:|!")])
def test_an_order_of_sections_that_the_barlines_give_is_kept(order, second_bar):
    assert not read_file(sections(order, second_bar)).remarks


def test_an_order_of_sections_that_nothing_else_says_is_named():
    (remark,) = read_file(sections("A,A,B")).remarks
    assert (remark.reason, remark.values["text"]) == ("left_out", "*>[A,A,B]")


def test_endings_are_an_order_of_sections_that_is_kept():
    bars = ["*>A\n=1\n1c", "*>A1\n=2\n1d", "*>A2\n=3:|!\n1e", "*>B\n=4\n1f"]
    tune = read_file(f"**kern\n*>[A,A1,A,A2,B]\n*M4/4\n{chr(10).join(bars)}\n==\n*-\n".encode())
    assert not tune.remarks
