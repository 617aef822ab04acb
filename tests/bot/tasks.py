"""Tasks as people ask for them, for tests."""

from bot.making.compose import Compose
from generator.catalogue.style import Style
from generator.model.sampling_settings import Sampling
from generator.request import Request

CHOPIN = Style("Romantic", "Chopin, Frederic", "Keyboard")


def composing(seed=7, *, guidance_asked=False, parent=None, **asked):
    """A composition; asked: fields of its request."""
    values = {"style": CHOPIN, "bars": 4, "sampling": Sampling(1.0, 9, 0.9)} | asked
    return Compose(request=Request(seed=seed, **values), guidance_asked=guidance_asked, parent=parent)
