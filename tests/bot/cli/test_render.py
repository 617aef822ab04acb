"""`notabot render` with the real renderer on small tunes, good and bad."""

import json
import logging
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdf
import pytest

from bot.cli import run
from bot.making.reading import with_all_rests

REDUCED = (
    '%%score { 1 | 2 }\nL:1/4\nM:2/4\nK:C\nV:1 treble nm="Piano"\nV:2 bass\n'
    "[r:0/2][V:1]C D|[V:2]C,2|\n[r:1/1][V:1]E F|\n[r:2/0][V:1]G2|]\n"
)
PLAIN = "X:1\nT:Air\nC:Anon.\nM:2/4\nL:1/4\nK:C\nCD|EF|G2|]\n"


def write(name, text):
    path = Path(name)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_notagens_form_gets_its_rests_and_loses_its_countdown():
    assert "[V:2]z2|" in with_all_rests(REDUCED)
    assert "[r:" not in with_all_rests(REDUCED)


def test_any_other_abc_goes_to_the_renderer_as_it_is():
    assert with_all_rests(PLAIN) == PLAIN


@pytest.mark.parametrize("text", [PLAIN, REDUCED])
def test_a_tune_becomes_musicxml_named_after_the_file(text, capsys):
    assert run(["render", write("tune.abc", text), "--formats", "xml", "--out", "out"]) == 0
    assert "tune.musicxml" in capsys.readouterr().out
    assert "<note" in Path("out/tune.musicxml").read_text("utf-8")
    assert [path.name for path in Path("out").iterdir()] == ["tune.musicxml"]


def test_a_format_that_cannot_be_made_is_named_with_its_reason_and_the_others_arrive(capsys):
    assert run(["render", write("tune.abc", REDUCED), "--formats", "mxl,mei,brf", "--out", "out"]) != 0
    said = " ".join(capsys.readouterr().err.split())
    assert "Braille music" in said
    assert "one player on one staff" in said
    assert sorted(path.name for path in Path("out").iterdir()) == ["tune.mei", "tune.mxl"]


LINES = "X:1\nM:2/4\nL:1/4\nV:S\nV:A\nK:C\n[V:S]CD|\n[V:A]EF|\n[V:S]G2|]\n[V:A]C2|]\n"


def test_a_line_for_each_voice_is_not_taken_for_notagens_form():
    assert with_all_rests(LINES) == LINES


def test_what_could_not_be_kept_is_said_with_its_line(capsys):
    file = write("tune.abc", PLAIN.replace("CD|", "!wobble!CD|"))
    assert run(["render", file, "--formats", "xml", "--out", "out"]) == 0
    assert "Line 7: the sign !wobble! is not known" in capsys.readouterr().out
    assert run(["render", file, "--formats", "xml", "--out", "out", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["remarks"] == ["Line 7: the sign !wobble! is not known and is left out."]


def test_one_tune_of_a_book_is_chosen(capsys):
    book = write("book.abc", f"{PLAIN}\n{PLAIN.replace('X:1', 'X:2').replace('Air', 'Song')}")
    assert run(["render", book, "--tune", "song", "--formats", "xml", "--out", "out", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Song"
    assert run(["render", book, "--formats", "xml", "--out", "out"]) == 0
    assert "holds 2 tunes" in capsys.readouterr().out
    assert run(["render", book, "--tune", "dance", "--formats", "xml", "--out", "out"]) == 2
    assert "1 Air" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_old_encodings_are_read(encoding, capsys):
    file = write("tune.abc", PLAIN.replace("Air", "Café").encode(encoding))
    assert run(["render", file, "--formats", "xml", "--out", "out", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Café"


def test_json_names_the_files_and_whose_tune_it_is(capsys):
    assert run(["render", write("tune.abc", PLAIN), "--formats", "xml", "--out", "out", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["title"] == "Air"
    assert said["credit"] == "Anon."
    assert said["files"] == [str(Path("out") / "tune.musicxml")]


def test_the_source_is_never_replaced(capsys):
    file = write("tune.abc", PLAIN)
    assert run(["render", file, "--formats", "abc", "--out", "."]) == 2
    assert "would replace" in capsys.readouterr().err
    assert Path("tune.abc").read_text() == PLAIN


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.abc", None, "There is no file"),
        ("empty.abc", b"", "is empty"),
        ("binary.abc", b"\x89PNG\0\0", "PNG"),
        ("huge.abc", b"A" * 8_100_000, "too large"),
    ],
)
def test_what_is_no_tune_is_one_sentence_and_leaves_nothing(name, content, words, capsys):
    if content is not None:
        write(name, content)
    assert run(["render", name, "--out", "out"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1
    assert not Path("out").exists()


def test_a_folder_is_no_tune(capsys):
    Path("folder.abc").mkdir()
    assert run(["render", "folder.abc"]) == 2
    assert "is a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "just words",
        "X:1\nK:C\n",
        PLAIN.replace("M:2/4", "%%score (1"),
        REDUCED.replace("M:2/4", "%%score (1"),
        REDUCED[:70],
    ],
)
def test_truncated_and_hostile_tunes_are_refused_without_a_traceback_and_leave_nothing(text, capsys):
    assert run(["render", write("bad.abc", text), "--formats", "xml,mid", "--out", "out"]) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert said.splitlines()[-1].endswith(".")
    assert not Path("out").exists()


def test_what_cannot_be_made_is_named_and_the_rest_is_there(capsys):
    """Half an hour at ten quarters a minute is too long for a recording, and no reason to have no MIDI."""
    slow = PLAIN.replace("K:", "Q:1/4=10\nK:") + "cdef|" * 150 + "\n"
    assert run(["render", write("slow.abc", slow), "--formats", "mid,mp3", "--out", "out"]) == 2
    printed = capsys.readouterr()
    assert [path.suffix for path in Path("out").iterdir()] == [".mid"]
    assert "slow.mid" in printed.out
    assert "MP3 could not be made" in printed.err
    assert "minutes" in printed.err


def test_what_is_refused_is_a_sentence_without_a_name_of_the_code(capsys, monkeypatch):
    """Nobody has set up a log here, as it is on the command line."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    assert (
        run(["render", write("tune.abc", "X:1\nM:4/4\nL:1/4\nK:C\nCDEF|\n"), "--formats", "mid", "--loop", "5-9"]) == 2
    )
    said = capsys.readouterr().err
    assert "no bars 5–9" in said
    assert "InputRefused" not in said


@pytest.mark.parametrize(
    "options",
    [
        ("--loop", "9-2"),
        ("--loop", "0-2"),
        ("--loop", "-1"),
        ("--loop", "2-9"),
        ("--loop", "chorus"),
        ("--without", "tuba"),
        ("--speed", "5"),
        ("--count-in", "9"),
        ("--paper", "wall"),
        ("--tune", "7"),
        ("--formats", "abc,xml,gif"),
        ("--out", "duet.abc"),
    ],
)
def test_nothing_is_written_where_an_option_is_refused(options, capsys):
    """--loop 9-2 left the pages and the MusicXML there before it said what was wrong."""
    assert run(["render", write("duet.abc", DUET), "--formats", "xml,mid", "--out", "out", *options]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert [path.name for path in Path().iterdir()] == ["duet.abc"]


DUET = "X:1\nT:Duet\nM:2/4\nL:1/4\nV:1 nm=Flute\nV:2 nm=Oboe\nK:C\n[V:1]CD|EF|G2|]\n[V:2]C2|C2|C2|]\n"


@pytest.mark.parametrize("options", [("--without", ""), ("--without", "--speed", "80")])
def test_leaving_out_a_part_that_is_not_named_is_said_to_be_so(options, capsys):
    """The option behind it had been taken for the part, and its value was an "unexpected extra argument"."""
    assert run(["render", write("duet.abc", DUET), *options]) == 2
    assert "No part stands behind --without." in capsys.readouterr().err


def test_paper_large_print_and_parts_are_printed_whatever_else_is_asked_for(capsys):
    arguments = ["--formats", "xml", "--paper", "letter", "--large-print", "--parts", "--out", "out"]
    assert run(["render", write("duet.abc", DUET), *arguments]) == 0
    with zipfile.ZipFile("out/duet_parts.zip") as archive:
        names = ["01_Flute.pdf", "01_Flute.musicxml", "02_Oboe.pdf", "02_Oboe.musicxml"]
        assert archive.namelist() == names
        (page,) = pypdf.PdfReader(archive.open("02_Oboe.pdf")).pages
    assert [round(float(side)) for side in (page.mediabox.width, page.mediabox.height)] == [612, 792]
    assert "Oboe" in page.extract_text()
    assert Path("out/duet.musicxml").exists()


@pytest.mark.parametrize("paper", ["letter", "US letter", "信纸"])
def test_paper_is_said_in_any_language(paper, capsys):
    assert run(["render", write("duet.abc", DUET), "--paper", paper, "--formats", "pdf", "--out", "out"]) == 0
    (page,) = pypdf.PdfReader("out/duet.pdf").pages
    assert [round(float(side)) for side in (page.mediabox.width, page.mediabox.height)] == [612, 792]


def test_formats_have_the_names_that_people_give_them(capsys):
    names = "MusicXML,leadsheet,midi"
    assert run(["render", write("duet.abc", DUET), "--formats", names, "--out", "out"]) == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["duet.mid", "duet.musicxml", "duet_lead.pdf"]


def test_a_paper_alone_means_the_pages_to_print(capsys):
    assert run(["render", write("duet.abc", DUET), "--formats", "xml", "--paper", "letter", "--out", "out"]) == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["duet.musicxml", "duet.pdf"]


def test_two_formats_that_cannot_be_made_are_named_each_with_its_reason_and_the_others_arrive(capsys):
    voices = "".join(f"V:{n}\nC2|\n" for n in range(1, 16))
    score = write("many.abc", f"X:1\nT:Many\nM:2/4\nL:1/4\nK:C\n{voices}")
    assert run(["render", score, "--formats", "xml,pdf,brf", "--large-print", "--out", "out"]) != 0
    said = " ".join(capsys.readouterr().err.split())
    assert "PDF: In large print" in said
    assert "Braille music: Braille is written" in said
    assert [path.name for path in Path("out").iterdir()] == ["many.musicxml"]


def test_any_file_of_a_piece_is_that_piece_and_one_without_its_abc_is_said_to_be_so(capsys):
    """A piece whose .abc had been tidied up was "no file of notation that I can read", its .json that is."""
    Path("out").mkdir()
    name = "chopin_keyboard_20261121_142312_k3f9"
    write(f"out/{name}.abc", DUET)
    write(f"out/{name}.json", json.dumps({"id": "k3f9", "name": name}))
    write(f"out/{name}_p1.png", "a page")
    for named in (f"out/{name}.json", f"out/{name}_p1.png", "k3f9"):
        assert run(["render", named, "--formats", "mid", "--out", "out"]) == 0, named
    Path(f"out/{name}.abc").unlink()
    capsys.readouterr()
    for named in (f"out/{name}.json", f"out/{name}_p1.png", "k3f9"):
        assert run(["render", named, "--formats", "mid", "--out", "out"]) == 2, named
        assert "There is no .abc beside" in capsys.readouterr().err


def test_who_renders_does_not_wait_for_what_composes():
    """It took a second before anything was drawn."""
    loaded = "[name for name in sys.modules if name in ('numpy', 'generator.model.engine', 'generator.onward.door')]"
    code = f"import sys, bot.cli.render, bot.making.workshop; print({loaded})"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout == "[]\n"
