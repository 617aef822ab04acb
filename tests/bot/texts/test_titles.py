"""What a piece is called, and what of it is said to be wrong: for musicians, in their language, and true."""

import pytest

from bot.commands.wording import Facts, details
from bot.texts import FALLBACK, Language, languages, texts
from bot.texts.titles import Named, beat_words, heard_key, pace_of, printed_pace
from generator.catalogue.catalogue import load_catalogue
from generator.notation.keys import Key
from generator.wishes.vocabulary import load_vocabulary

GERMAN, CHINESE = Language("de"), Language("zh")
CARD = {
    "bars": 8,
    "bars_asked": 8,
    "bars_aligned": 8,
    "key_found": "Bb minor",
    "key_asked": "Bb minor",
    "key_relation": "same",
    "metre": "3/4",
    "metre_asked": None,
    "tempo": "1/4=92",
    "seconds": 16.0,
    "ranges": [
        {"voice": "1", "instrument": "piano", "lowest": "F3", "highest": "A#5", "notes": 9, "notes_outside": 0},
        {"voice": "2", "instrument": "piano", "lowest": "A#1", "highest": "C4", "notes": 9, "notes_outside": 0},
    ],
    "repeated_share": 0.0,
    "counts": {"patches": 209, "kept_patches": 138, "held_back": 78, "bars_rejected": 2, "pieces": 1},
}
RECORD = {
    "id": "k3f9abcd",
    "kind": "compose",
    "title": "Mazurka in B♭ minor",
    "credit": "Notabot, after Chopin",
    "key": "Bbmin",
    "title_key": "Bbmin",
    "genre": "mazurka",
    "pace": "andantino",
    "made": "2026-11-21T14:23:12+00:00",
    "request": {"period": "Romantic", "composer": "Chopin, Frederic", "instrumentation": "Keyboard", "bars": 8},
    "seed": 7,
    "sampling": {"temperature": 1.4, "top_k": 9, "top_p": 0.9, "guidance": 1.25},
    "timings": {"compose_s": 1.5, "render_s": 1.44},
}


def facts(*, card=None, **changed):
    return Facts({**RECORD, "report_card": {**CARD, **(card or {})}, **changed}, load_catalogue())


# --- the caption ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title", "line"),
    [
        (FALLBACK, "Mazurka in B♭ minor", "Chopin keyboard · 3/4 · Andantino (♩ = 92) · 8 bars, 16 s"),
        (GERMAN, "Mazurka in b-Moll", "Chopin (Klavier) · 3/4 · Andantino (♩ = 92) · 8 Takte, 16 s"),
        (CHINESE, "降b小调玛祖卡舞曲", "肖邦 键盘 · 3/4 · 小行板（♩ = 92） · 8 小节、16 秒"),
    ],
)
def test_a_caption_says_what_the_piece_is_each_thing_once(language, title, line):
    assert facts().title(language) == title
    first, last = facts().caption(language).splitlines()
    assert first == line
    assert "k3f9abcd" in last


def test_the_recipe_and_engine_counters_stay_out_of_the_caption_and_the_counters_out_of_the_details():
    told = facts()
    for language in languages():
        assert not any(word in told.caption(language) for word in ("1.4", "1,4", "top-k", "209"))
        said = details(told, language)
        assert "7" in said
        assert not any(word in said for word in ("patches", "held_back", "bars_rejected", "compose_s", "209", "78"))
    assert "On the way: 2 bars begun anew" in details(told, FALLBACK)
    assert "Gebraucht: Komponieren 1,5 s, Zeichnen und Spielen 1,4 s" in details(told, GERMAN)


def test_details_name_instruments_notes_and_the_model_to_whom_it_listened_in_the_language():
    assert "Reach: Piano B♭1–B♭5" in details(facts(), FALLBACK)
    assert "Umfang: Klavier B1–B5" in details(facts(), GERMAN)
    assert "音域：钢琴 降B1–降B5" in details(facts(), CHINESE)
    assert "Entstanden am 21.11.2026, 14:23 Uhr: Notabot, nach Chopin" in details(facts(), GERMAN)


def test_a_piece_says_what_it_was_made_from():
    assert "Another one like piece aaaa1111" in facts(parent="aaaa1111", way="again").caption(FALLBACK)
    assert "Stück aaaa1111, gewagter" in facts(parent="aaaa1111", way="hotter").caption(GERMAN)
    assert "aaaa1111" not in facts(parent=None).caption(FALLBACK)


# --- nothing that the score belies ------------------------------------------------------------------------------------


def test_a_good_piece_is_praised_for_nothing():
    for language in languages():
        assert facts().bad(language) == []
    assert not any(key.endswith(".ranges_fit") and "fit" in facts().caption(FALLBACK) for key in texts(FALLBACK))


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        (
            {"ranges": [{**CARD["ranges"][0], "instrument": "violoncello", "notes_outside": 21}]},
            "Violoncello: 21 notes",
        ),
        ({"bars_asked": 16}, "It has 8 bars; 16 were asked for."),
        ({"bars_aligned": 6}, "The parts differ in length in 2 bars."),
        ({"key_found": "Db major", "key_relation": "relative"}, "It sounds in D♭ major, the relative of B♭ minor"),
        ({"key_found": None, "key_relation": None}, "No key can be heard in it; B♭ minor was asked for."),
        ({"metre_asked": "4/4"}, "Its metre is 3/4; 4/4 was asked for."),
        ({"key_asked": None, "key_relation": None, "key_found": "E major"}, "but sounds in E major."),
    ],
)
def test_what_the_report_finds_bad_is_said_in_the_caption(card, sentence):
    (said,) = facts(card=card).bad(FALLBACK)
    assert sentence in said
    assert said in facts(card=card).caption(FALLBACK)


def test_a_piece_that_is_unlike_pieces_by_people_says_in_what():
    figure = {"unit": "share", "value": 0.9, "low": 0.0, "high": 0.1, "inside": False}
    usual = [{**figure, "name": name, "inside": True} for name in ("leaps", "rising", "offbeat")]
    outside = [{**figure, "name": "silence"}, {**figure, "name": "empty_bars", "value": 0.5}]
    human = {"of": "x", "near": "style", "pieces": 44, "inside": 3, "figures": [*outside, *usual]}
    assert facts(card={"human": human}).bad(FALLBACK) == ["Unlike Chopin keyboard in: silence, empty bars."]
    assert facts(card={"human": {**human, "inside": 5, "figures": usual}}).bad(FALLBACK) == []


def test_a_piece_of_which_nobody_asked_the_key_is_called_by_the_one_that_is_heard():
    heard = {"key_asked": None, "key_found": "A minor"}
    assert heard_key("C", heard) == Key("A", "min")
    assert heard_key("C", {**heard, "key_asked": "C major"}) == Key("C"), "what was asked for is the name"
    assert heard_key("C", {**heard, "key_found": "D minor"}) == Key("C"), "no relative"
    assert heard_key("none", heard) is None


# --- titles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "title"),
    [
        ({"genre": "waltz", "metre": "4/4"}, "Andante in A minor"),  # no waltz has four beats
        ({"genre": "fugue"}, "Andante in A minor"),  # which the score may not keep
        ({"genre": ""}, "Andante in A minor"),
        ({"pace": ""}, "Piece in A minor"),
        ({"key": None}, "Andante"),
        ({"pace": "Allegro con brio"}, "Allegro con brio in A minor"),
    ],
)
def test_a_title_promises_only_what_the_score_keeps(named, title):
    whole = {"genre": "", "metre": "3/4", "pace": "andante", "key": Key("A", "min")} | named
    assert Named(**whole).title(FALLBACK) == title


def test_pieces_can_be_told_apart_by_their_titles():
    keys = [Key(tonic, mode) for tonic in ("C", "F", "G", "Bb", "Eb") for mode in ("maj", "min")]
    for language in languages():
        titles = {
            Named(genre="", metre="4/4", pace=pace_of(f"1/4={tempo}"), key=key).title(language)
            for key in keys
            for tempo in (46, 66, 84, 108, 132, 160, 190)
        }
        assert len(titles) == 70


@pytest.mark.parametrize(
    ("tempo", "printed", "pace", "beat"),
    [
        ("1/4=84", "", "andante", "♩ = 84"),
        ("3/8=96", "", "allegretto", "♩. = 96"),
        ("3/4=76", "", "allegro", "dotted half note = 76"),  # a waltz counted in one: no prestissimo
        ("1/2=69", "", "andantino", "half note = 69"),
        ("1/4=84", "Lento", "Lento", "♩ = 84"),
        ('"Largo" 1/4=44', "", "grave", "♩ = 44"),
        ("nonsense", "", "", ""),
    ],
)
def test_the_tempo_in_words_is_that_of_the_score(tempo, printed, pace, beat):
    assert (pace_of(tempo, printed), beat_words(tempo, FALLBACK)) == (pace, beat)


def test_a_printed_tempo_word_is_taken_without_its_full_stop():
    assert printed_pace(['"Am"', '"^Lento."', '"_rit."']) == "Lento"
    assert printed_pace(['"^dolce"']) == ""


def test_what_may_be_a_title_is_something_people_ask_for():
    named = {key.removeprefix("genre.") for key in texts(FALLBACK) if key.startswith("genre.")}
    assert named <= set(load_vocabulary().tables["genres"])
    assert named.isdisjoint({"fugue", "canon", "sonata", "variations", "rondo", "symphony", "concerto", "invention"})
