"""What words ask for: a style, and who plays if they say so.

Promises: instruments that are named are kept, each of them ("flute and piano" are two players); an instrumentation that
is named as a whole (piano, string orchestra) leaves the players to the style.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.catalogue.ensembles import (
    MOST_SOLOISTS,
    NOBODY,
    SINGERS,
    Ensemble,
    in_score_order,
    usual_instrumentation,
)
from generator.catalogue.style import ORCHESTRAS, Named, Style
from generator.catalogue.vocabulary import SURE, Meaning, styles_of

# Where a composer wrote nothing for the players, the prompt of something else of his is the nearest there is.
LENT = {"Chamber": 0.25, "Keyboard": 0.2, "Guitar": 0.2, "Art Song": 0.15, "Orchestral": 0.1}


@dataclass(frozen=True)
class Wish:
    """A style, and exactly who is to play; nobody: whoever plays in a piece of the style."""

    style: Style
    players: Ensemble = NOBODY


def players_in(meanings: Sequence[Meaning]) -> Ensemble:
    """Everybody who is named, in the order of a score. A singer who is not alone has a piano.

    Raises BadRequest for too many.
    """
    named = [meaning for meaning in meanings if meaning.players]
    if not named or (len(named) == 1 and named[0].alone) or _names_orchestra(meanings):
        return NOBODY
    players = [player for meaning in named for player in meaning.players]
    is_alone = any(meaning.solo for meaning in named)
    if set(players) <= SINGERS and len(players) <= MOST_SOLOISTS and not is_alone:
        players.append("piano")
    return in_score_order(players)


def _names_orchestra(meanings: Sequence[Meaning]) -> bool:
    """Whether an orchestra plays too, as in a violin concerto: the style says who is in it."""
    return any(
        meaning.kind == "instrumentation"
        and not meaning.players
        and all(style.instrumentation in ORCHESTRAS for style in meaning.weights)
        for meaning in meanings
    )


def joined(meanings: Sequence[Meaning], players: Ensemble, styles: Sequence[Style]) -> Sequence[Meaning]:
    """The meanings with all that names players as one of them, which allows every style that can lend its prompt.

    What nobody else wrote is lent all the same if more players join it: a string quartet with a harp is another matter.
    """
    named = [meaning for meaning in meanings if meaning.players]
    if not players or (len(named) == 1 and named[0].exclusive):
        return meanings
    weights: Mapping[str, float] = LENT | {usual_instrumentation(players): SURE}
    favourites = tuple(dict.fromkeys(composer for meaning in named for composer in meaning.favourites))
    label = named[0].label if len(named) == 1 else Named(", ".join(meaning.label.text for meaning in named))
    one = Meaning("instrumentation", label, styles_of(styles, weights), favourites, players=players, solo=named[0].solo)
    return [*(meaning for meaning in meanings if not meaning.players), one]
