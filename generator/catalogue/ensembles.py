"""Who plays: the instruments that a piece can be asked for, ensembles with a name, and what both are called.

They stand in `config/ensembles.toml`. An ensemble is a row of ids, ("flute", "piano"), in the order of a score; an id
that stands there twice is two of them. Not covered: how their voices are laid out (`seating.py`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product, starmap
from typing import Any

from config.files import load_named_toml
from config.letters import fold
from generator.catalogue.style import Named
from generator.errors import BadRequest

Ensemble = tuple[str, ...]
NOBODY: Ensemble = ()
MOST_PLAYERS = 10
MOST_SOLOISTS = 2  # more singers are a choir
SINGERS = frozenset({"soprano", "mezzo", "alto", "tenor", "baritone", "bass", "voice"})


@dataclass(frozen=True, kw_only=True)
class Player:
    """One instrument, or a singer.

    name and short: as in the score, in full and before further systems; called: one of it, in several languages;
    several: more of it; clefs: one for each staff; alone: the instrumentation that it is by itself, or "".
    """

    id: str
    name: str
    short: str
    called: Named
    several: Named
    clefs: tuple[str, ...]
    alone: str = ""

    @property
    def sings(self) -> bool:
        return self.id in SINGERS

    @property
    def is_keyed(self) -> bool:
        """Whether it has two staves, as keyboards and the harp do."""
        return len(self.clefs) > 1


@dataclass(frozen=True)
class Phrase:
    """What people say, in any of these words, and whom they mean.

    words: in plain letters. alone: the instrumentation that this is if nothing else is named, or ""; solo: nobody
    accompanies; made_up: put together from words ("two flutes"): of these there are so many that anything misspelt is
    near one.
    """

    words: tuple[str, ...]
    label: Named
    players: Ensemble
    alone: str = ""
    solo: bool = False
    made_up: bool = False


@dataclass(frozen=True)
class EnsembleFile:
    """What the file says. players: by id, in the order of a score; named: combinations with a name of their own;
    unwritten: instruments that nothing can be written for.
    """

    players: Mapping[str, Player]
    named: Mapping[Ensemble, Named] = field(default_factory=dict)
    phrases: tuple[Phrase, ...] = ()
    unwritten: tuple[str, ...] = ()


def in_score_order(players: Iterable[str]) -> Ensemble:
    """From the top of a score to its foot. Raises BadRequest for an unknown one and for too many."""
    known = list(load_ensembles().players)
    players = tuple(players)
    for player in players:
        if player not in known:
            raise BadRequest(reason="instrument_gone", value=player[:40])
    if len(players) > MOST_PLAYERS:
        raise BadRequest(reason="players", high=MOST_PLAYERS, value=len(players))
    return tuple(sorted(players, key=known.index))


def named_players(ensemble: Ensemble) -> tuple[Named, ...]:
    """What to call an ensemble: its name, or each instrument with how many there are ("two violins", "cello")."""
    file = load_ensembles()
    if ensemble in file.named:
        return (file.named[ensemble],)
    return tuple(
        file.players[player].called if count == 1 else _counted(file.players[player].several, count)
        for player, count in Counter(ensemble).items()
    )


@cache
def usual_instrumentation(ensemble: Ensemble) -> str:
    """Which of NotaGen's instrumentations music for these players is found under."""
    players = [load_ensembles().players[player] for player in ensemble]
    singers = sum(player.sings for player in players)
    if singers:
        return "Choral" if singers > MOST_SOLOISTS else "Art Song"
    if len(players) == 1 and players[0].is_keyed:
        return "Keyboard"
    return "Guitar" if {player.alone for player in players} == {"Guitar"} else "Chamber"


def _counted(several: Named, count: int) -> Named:
    return Named(f"{count} {several.text}", {tag: f"{count} {name}" for tag, name in several.names.items()})


@cache
def load_ensembles() -> EnsembleFile:
    """All of `config/ensembles.toml`."""
    loaded = load_named_toml("ensembles.toml")
    players = {entry["id"]: _player(entry) for entry in loaded["instrument"]}
    order = list(players)
    named: dict[Ensemble, Named] = {}
    phrases: list[Phrase] = []
    for entry in loaded["ensemble"]:
        label, parts = Named(entry["name"], entry["names"]), tuple(sorted(entry["parts"], key=order.index))
        if len(parts) > 2:  # two players are called by their names
            named.setdefault(parts, label)
        words = tuple(map(fold, (entry["name"], *entry["names"].values(), *entry["say"])))
        phrases.append(Phrase(words, label, parts, entry.get("alone", ""), entry.get("solo", False)))
    for entry in loaded["instrument"]:
        phrases += _phrases(players[entry["id"]], entry, loaded)
    return EnsembleFile(players, named, tuple(phrases), tuple(loaded["unwritten"]["words"]))


def _player(entry: Mapping[str, Any]) -> Player:
    one, several = ({tag: both[place] for tag, both in entry["names"].items()} for place in (0, 1))
    return Player(
        id=entry["id"],
        name=entry["name"],
        short=entry["short"],
        called=Named(entry["called"][0], one),
        several=Named(entry["called"][1], several),
        clefs=tuple(entry["clefs"]),
        alone=entry.get("alone", ""),
    )


def _phrases(player: Player, entry: Mapping[str, Any], loaded: Mapping[str, Any]) -> Iterator[Phrase]:
    """One of an instrument, several ("flutes" are two), a number of them ("three flutes"), a group ("flute trio")."""
    names = (entry["called"], *entry["names"].values())
    singular, plural = [both[0] for both in names] + entry["say"], [both[1] for both in names] + entry["many"]
    # Parts are put into plain letters before they are joined: what is made of them are tens of thousands.
    one = tuple(map(fold, singular))
    yield Phrase(one, player.called, (player.id,), player.alone)
    alone = tuple([words for each in one for words in (f"solo {each}", f"{each} solo")])
    yield Phrase(alone, player.called, (player.id,), player.alone, solo=True, made_up=True)
    yield Phrase(tuple([fold(words) for words in plural if words not in singular]), player.several, (player.id,) * 2)
    many = tuple(map(fold, dict.fromkeys((*plural, *_unchanging(singular)))))
    for count, numbers in loaded["numbers"].items():
        label, said = _counted(player.several, int(count)), product(map(fold, numbers), many)
        yield Phrase(tuple(starmap(_joined, said)), label, (player.id,) * int(count), made_up=True)
    for count, groups in loaded["groups"].items():
        label, said = _counted(player.several, int(count)), product(one, map(fold, groups))
        yield Phrase(tuple(starmap(_joined, said)), label, (player.id,) * int(count), made_up=True)


def _unchanging(words: Sequence[str]) -> list[str]:
    """Words of languages that have no plural."""
    return [word for word in words if not word.isascii() and word[0] > "\u3000"]


def _joined(first: str, second: str) -> str:
    return first + second if second[0] > "\u3000" else f"{first} {second}"
