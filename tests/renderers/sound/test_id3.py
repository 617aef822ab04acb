"""MP3 tags, read back by another program."""

from io import BytesIO

import pytest
from mutagen.id3 import ID3

from renderers.sound.id3 import write_tag

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40


def read(tag):
    return ID3(BytesIO(tag + b"\xff\xfb\x90\x00" + bytes(413)), translate=False)


@pytest.mark.parametrize("title", ["Nocturne", "Mazurka – Łódź", "夜曲", "🎼 in C", 'a "b" <c> / d', "x" * 5_000])
def test_titles_of_all_scripts_come_back_as_they_were(title):
    tag = read(write_tag(title=title, artist="Notabot, after Chopin", length_ms=61_500))
    assert tag.version == (2, 3, 0)
    assert [str(tag[name]) for name in ("TIT2", "TPE1", "TLEN")] == [title, "Notabot, after Chopin", "61500"]


def test_the_cover_comes_back_byte_by_byte():
    picture = read(write_tag(title="T", artist="A", length_ms=1, cover_jpeg=JPEG)).getall("APIC")[0]
    assert (picture.mime, int(picture.type), picture.desc, picture.data) == ("image/jpeg", 3, "", JPEG)


def test_what_is_empty_is_left_out():
    assert set(read(write_tag(title="", artist="", length_ms=5))) == {"TLEN"}


def test_a_tag_ends_where_it_says_so_whatever_its_size():
    """The size is written in bytes of seven bits: 127, 128 and 16,384 are where that shows."""
    for size in (*range(20, 200), 16_200, 16_384, 16_500, 300_000):
        tag = write_tag(title="", artist="", length_ms=1, cover_jpeg=bytes(size))
        assert read(tag).size == len(tag), size


def test_what_cannot_be_written_costs_a_sign_and_not_the_recording():
    assert str(read(write_tag(title="half \ud83c", artist="", length_ms=1))["TIT2"]) == "half ?"
