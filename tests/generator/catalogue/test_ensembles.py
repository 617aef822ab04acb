"""Instruments that are asked for by name: each of them is there, or the words are refused with a sentence."""

import json
import random
from collections import Counter

import pytest

from bot.texts import explain
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.ensembles import load_ensembles, named_players
from generator.catalogue.ranges import find_range
from generator.catalogue.seating import Layout, seats
from generator.errors import BadRequest, UnknownStyle
from generator.notation import parse_header, staves_of
from generator.request import Request
from tests.refusals import refuses

CATALOGUE = load_catalogue()
ASKED = {
    "flute and piano": ["flute", "piano"],
    "mozart flute and piano": ["flute", "piano"],
    "Flöte und Klavier": ["flute", "piano"],
    "长笛与钢琴": ["flute", "piano"],
    "a waltz for flute and piano, please": ["flute", "piano"],
    "clarinet": ["clarinet"],
    "oboe sonata": ["oboe", "piano"],
    "mozart violin sonata": ["violin", "piano"],
    "wieniawski violin": ["violin", "piano"],
    "bach solo violin": ["violin"],
    "chopin cello": ["violoncello", "piano"],
    "schubert soprano": ["soprano", "piano"],
    "schumann tenor and piano": ["tenor", "piano"],
    "two sopranos and piano": ["soprano", "soprano", "piano"],
    "voice and guitar": ["voice", "guitar"],
    "piano trio": ["violin", "violoncello", "piano"],
    "Klaviertrio": ["violin", "violoncello", "piano"],
    "钢琴三重奏": ["violin", "violoncello", "piano"],
    "brahms piano quartet": ["violin", "viola", "violoncello", "piano"],
    "schumann piano quintet": ["violin", "violin", "viola", "violoncello", "piano"],
    "string trio": ["violin", "viola", "violoncello"],
    "haydn string quartet": ["violin", "violin", "viola", "violoncello"],
    "mozart string quintet": ["violin", "violin", "viola", "viola", "violoncello"],
    "string sextet": ["violin", "violin", "viola", "viola", "violoncello", "violoncello"],
    "violin and cello": ["violin", "violoncello"],
    "two violins": ["violin", "violin"],
    "violin duo": ["violin", "violin"],
    "cello quartet": ["violoncello"] * 4,
    "violin, viola, cello and double bass": ["violin", "viola", "violoncello", "contrabass"],
    "clarinet quintet": ["clarinet", "violin", "violin", "viola", "violoncello"],
    "莫扎特 单簧管五重奏": ["clarinet", "violin", "violin", "viola", "violoncello"],
    "flute quartet": ["flute", "violin", "viola", "violoncello"],
    "horn trio": ["horn", "violin", "piano"],
    "wind quintet": ["flute", "oboe", "clarinet", "horn", "bassoon"],
    "beethoven wind octet": ["oboe", "oboe", "clarinet", "clarinet", "horn", "horn", "bassoon", "bassoon"],
    "brass quintet": ["trumpet", "trumpet", "horn", "trombone", "tuba"],
    "drei Posaunen": ["trombone"] * 3,
    "saxophone quartet": ["soprano saxophone", "alto saxophone", "tenor saxophone", "baritone saxophone"],
    "two flutes and piano": ["flute", "flute", "piano"],
    "debussy flute, viola and harp": ["flute", "harp", "viola"],
    "harp": ["harp"],
    "guitar duo": ["guitar", "guitar"],
    "bach harpsichord": ["harpsichord"],
    "handel flute and harpsichord": ["flute", "harpsichord"],
    "organ": ["organ"],
    "mozart piano four hands": ["piano", "piano"],
    "bach choir and organ": ["soprano", "alto", "tenor", "bass", "organ"],
    "joplin trumpet and piano": ["trumpet", "piano"],
    "liszt flute": ["flute"],
    "oboe and harp": ["oboe", "harp"],
    "harp and string quartet": ["harp", "violin", "violin", "viola", "violoncello"],
    "english horn and strings": ["english horn", "violin", "violin", "viola", "violoncello"],
    "tenor, horn and strings": ["tenor", "horn", "violin", "violin", "viola", "violoncello"],
    "alto, flute and guitar": ["alto", "flute", "guitar"],
    "contrabassoon": ["contrabassoon"],
    "piccolo and tuba": ["piccolo", "tuba"],
    "recorder consort": ["recorder"] * 4,
    "Männerchor": ["tenor", "tenor", "baritone", "bass"],
    "women's choir and piano": ["soprano", "soprano", "alto", "alto", "piano"],
}


@pytest.mark.parametrize("words", ASKED)
def test_exactly_the_instruments_that_are_named_open_the_piece(words):
    wish = CATALOGUE.understand(words)
    for seed in range(4):
        opening = CATALOGUE.opening(wish.style, rng=random.Random(seed), players=wish.players)
        header = parse_header(opening.lines)
        layout = Layout(header.score or "", tuple(line for line in opening.lines if line.startswith("V:")))

        assert Counter(each.instrument for each in seats(layout)) == Counter(ASKED[words])
        assert sorted(voice for staff in staves_of(header) for voice in staff) == sorted(v.id for v in header.voices)
        for each in seats(layout):
            two_hands = each.instrument in ("piano", "harpsichord", "organ", "harp")
            assert each.has_left_hand or not two_hands


@pytest.mark.parametrize("words", ["chopin piano", "bach choir", "sor guitar", "violin concerto", "beethoven symphony"])
def test_an_instrumentation_as_a_whole_leaves_the_players_to_the_style(words):
    assert CATALOGUE.understand(words).players == ()


@pytest.mark.parametrize(
    "words",
    [
        "marimba",
        "chopin electric guitar",
        "马林巴",
        "flute and theremin",
        "accordion trio",
        "kazoo",
        "bach lute",
        "alto flute and piano",
    ],
)
def test_what_nothing_can_be_written_for_is_refused_by_name(words):
    with pytest.raises(UnknownStyle) as error:
        CATALOGUE.understand(words)
    assert explain(error.value).startswith("I cannot write for")


def test_too_many_players_are_refused():
    with refuses(BadRequest, match="at most 10 players"):
        CATALOGUE.understand("six flutes and six trumpets")


def test_other_numbers_are_not_taken_for_those_that_are_known():
    with pytest.raises(UnknownStyle):
        CATALOGUE.understand("12 flutes")


@pytest.mark.parametrize("player", load_ensembles().players.values(), ids=lambda player: player.id)
def test_every_instrument_is_found_by_its_names_in_every_language_and_has_a_range(player):
    for name in (player.called.text, *player.called.names.values()):
        found = CATALOGUE.understand(name)
        assert player.id in found.players or player.alone == found.style.instrumentation, name
    for name in (player.several.text, player.several.names["de"]):
        assert CATALOGUE.understand(name).players.count(player.id) >= 1 or player.id == "alto_sax", name
    assert find_range(player.name) is not None


def test_an_ensemble_is_called_by_its_name_and_two_players_by_theirs():
    assert [name.text for name in named_players(("violin", "viola", "cello"))] == ["string trio"]
    assert [name.named("de") for name in named_players(("flute", "piano"))] == ["Flöte", "Klavier"]
    assert [name.text for name in named_players(("flute", "flute", "cello"))] == ["2 flutes", "cello"]


def test_a_request_keeps_its_players_on_its_way_through_json():
    wish = CATALOGUE.understand("mozart flute and piano")
    request = Request(style=wish.style, seed=1, players=wish.players)
    assert Request.from_json(json.loads(json.dumps(request.to_json()))) == request
    with refuses(BadRequest):
        Request.from_json(request.to_json() | {"players": ["nose flute"]})
