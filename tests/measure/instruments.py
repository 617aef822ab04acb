"""Whether who is asked for plays: 60 requests, every third for players no collection knows, composed and read again.

    make measure NAME=instruments ARGS="--bars 4"

A request is kept if all its instruments, and no others, have notes to play in what is delivered, or if words said
before that they cannot be had.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Sequence

from bot.texts import explain
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.ensembles import Ensemble, load_ensembles
from generator.catalogue.seating import Layout, seats, sound_of
from generator.composer import Composer, open_composer
from generator.errors import GeneratorError
from generator.notation import Tune, parse_tune
from generator.request import Request

BARS, SEED = 4, 5000
REQUESTS = """
flute and piano | clarinet | oboe sonata | mozart violin sonata | bach solo violin | chopin cello | schubert soprano
two sopranos and piano | voice and guitar | piano trio | Klavierquartett | schumann piano quintet | string trio
haydn string quartet | string quintet | string sextet | violin and cello | two violins | violin, viola and double bass
clarinet quintet | flute quartet | horn trio | wind quintet | wind octet | brass quintet | drei Posaunen
two flutes and piano | flute, viola and harp | guitar duo | bach harpsichord | handel flute and harpsichord
mozart piano four hands | bach choir and organ | joplin trumpet and piano | 长笛与钢琴 | 莫扎特 单簧管五重奏
saxophone quartet | cello quartet | clarinet quartet | recorder quartet
oboe and harp | two guitars and flute | accordion trio | soprano, flute and piano | kazoo | theremin and cello
cello duet | harp and string quartet | tenor, horn and strings | piccolo and tuba | four bassoons | men's choir
contrabassoon and piano | bass clarinet and viola | flute choir | lute and recorder | alto flute and piano
three trumpets and organ | english horn and strings | baritone and harp
"""


async def ask(words: str, composer: Composer, *, bars: int, seed: int) -> tuple[bool, str]:
    """Whether one request was kept, and how."""
    catalogue = load_catalogue()
    try:
        wish = catalogue.understand(words)
    except GeneratorError as error:
        return True, f"before composing: {explain(error)}"
    piece = await composer.compose_whole(
        Request(style=wish.style, players=wish.players, bars=bars, seed=seed, sampling=catalogue.preset(wish.style))
    )
    heard = who_plays(parse_tune(piece.abc))
    return heard == wanted(wish.players), f"{piece.title}: {', '.join(heard.elements())}"


def wanted(players: Ensemble) -> Counter[str]:
    """Whom a request names, as `ranges.py` calls them."""
    return Counter(sound_of(player) for player in players)


def who_plays(tune: Tune) -> Counter[str]:
    """The instruments of a piece that have a note."""
    lines = [line for line in tune.header.lines if line.startswith("V:")]
    sounding = {voice.voice for bar in tune.bars for voice in bar.voices if voice.sounds}
    found = seats(Layout("", tuple(lines)))
    return Counter(seat.instrument for seat in found if sounding & {line[2:].split()[0] for line in seat.voices})


async def measure(bars: int, seed: int) -> tuple[int, int]:
    """How many requests were kept, of how many; says each."""
    requests = [words.strip() for line in REQUESTS.strip().splitlines() for words in line.split("|")]
    kept = 0
    async with open_composer(Settings()) as composer:
        for place, words in enumerate(requests):
            right, how = await ask(words, composer, bars=bars, seed=seed + place)
            kept += right
            print(f"{'kept' if right else 'LOST'}  {words:32} {how}", flush=True)
    return kept, len(requests)


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=instruments",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--bars", type=int, default=BARS)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    kept, asked = asyncio.run(measure(given.bars, given.seed))
    print(f"{kept} of {asked} requests kept; {len(load_ensembles().players)} instruments are known")
    return 0 if kept == asked else 1
