"""What a video begins with: the words beside the picture are all there, in any script, however many they are."""

import numpy as np
import pytest

from renderers.pictures.lettering import break_lines, length_of
from renderers.pictures.subject import subject_of
from renderers.sound.midi import play
from renderers.video.shapes import TALL, WIDE
from renderers.video.title_card import draw_title, lay_words
from tests.renderers.playing import to_musicxml

GERMAN = "Sechs Lieder für eine Singstimme mit Begleitung des Pianoforte, Op. 48 Nr. 3: Größer als alle Übermütigkeiten"
CHINESE = "春江花月夜：一首為古箏與鋼琴而作的浪漫主義風格敘事曲，獻給所有熱愛音樂的人們"
ARTIST = "Notabot, in der Art von Ludwig van Beethoven und Fryderyk Chopin"


@pytest.mark.parametrize("title", [GERMAN, CHINESE, "Donaudampfschifffahrtsgesellschaftskapitänsmützenwalzer"])
def test_long_titles_are_written_smaller_and_nothing_is_lost(title):
    lines = lay_words(title, ARTIST, side=720, room=460)
    assert all(length_of(text, size=size, bold=bold) <= 460 for text, size, bold in lines)
    assert "".join(text for text, _, bold in lines if bold).replace(" ", "") == title.replace(" ", "")
    assert " ".join(text for text, _, bold in lines if not bold) == ARTIST
    assert len({size for _, size, bold in lines if bold}) == 1


def test_short_titles_are_large_and_what_is_longer_than_a_card_ends_in_dots_in_its_last_line():
    ((title, large, _),) = lay_words("Étude", "", side=720, room=460)
    assert (title, large) == ("Étude", 45)
    lines = lay_words("sehr " * 200, "", side=720, room=460)
    assert len(lines) == 5
    assert length_of(lines[-1][0], size=lines[-1][1], bold=True) > 460, "it is cut off when it is written"
    assert lines[0][1] == 27


def test_words_stand_beside_the_picture_and_below_it_on_a_phone():
    subject = subject_of(*play(to_musicxml("CEGc|]")))
    wide, tall = (draw_title(subject, title=GERMAN, artist=ARTIST, shape=shape) for shape in (WIDE, TALL))
    dark = (wide.max(axis=2) < 60), (tall.max(axis=2) < 60)
    assert np.flatnonzero(dark[0].any(axis=0))[-1] < WIDE.width - 40
    assert np.flatnonzero(dark[1].any(axis=1))[-1] < TALL.height - 40
    assert dark[0][:, 720:].sum() > 1000
    assert dark[1][860:].sum() > 1000


def test_lines_are_broken_by_their_width_not_by_their_letters():
    assert break_lines("iiii iiii", size=40, width=160) == ["iiii iiii"]
    assert break_lines("WWWW WWWW", size=40, width=160) == ["WWWW", "WWWW"]
    assert break_lines("", size=40, width=160) == []
