"""A small piece with what makes joins hard, and a composer."""

import pytest

from config.settings import Settings
from generator.composer import open_composer
from generator.critic.judgement import Judgement
from generator.onward import gap

HEAD = """X:1
T:Kleiner Walzer
C:Anna Größer
%%score { 1 | 2 }
L:1/8
Q:1/4=120
M:3/4
K:G
V:1 treble nm="Klavier" snm="Kl."
V:2 bass
"""
# A slur, a tie, a hairpin and a pedal go over barlines; the key changes; a repeat and a pickup.
BODY = """[V:1]D2|[V:2]z2|
[V:1](G2 B2 d2|[V:2]!ped! G,,2 [B,D]4|
[V:1]c2) A4-|[V:2]D,2 [CF]4!ped-up!|
[V:1]A2 !<(! F2 D2|[V:2]D,2 [CF]4|
[V:1]G4!<)! D2:|[V:2]G,,2 [B,D]2 z2:|
[V:1][K:D]d2 f2 a2|[V:2][K:D]D,2 [A,F]4|
[V:1]g4 e2|[V:2]A,,2 [CG]4|
[V:1]"^più lento" f4 d2|[V:2]D,2 [A,F]4|
[V:1]d6|][V:2]D,6|]
"""
WALTZ = HEAD + BODY


class Taste:
    """A judge who likes pieces by their length."""

    def prepare(self):
        pass

    def judge(self, tune, style, *, seed):
        return Judgement(seed=seed, liking=-float(len(str(tune))))


@pytest.fixture
async def composer(monkeypatch):
    """With the network that ships, which writes right bars at once; few versions of each."""
    monkeypatch.setattr(gap, "PARTICLES", 2)
    async with open_composer(Settings(slots=4, threads=1, _env_file=None), judge=Taste()) as composer:
        yield composer
