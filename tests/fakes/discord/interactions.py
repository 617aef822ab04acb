"""One interaction: what a person did, and what the bot has answered so far."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from .world import Channel, Json, Message, Person

ACKNOWLEDGE_WITHIN_S = 3.0
TOKEN_LIFE_S = 15 * 60.0
FOLLOWUPS_OF_A_PERSONS_OWN_INSTALL = 5

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
CALLBACKS = {
    COMMAND: {MESSAGE, DEFER, MODAL},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},  # a form opens no further form
}


@dataclass
class Interaction:
    """created, acknowledged: moments of the fake's clock. response: the message that @original stands for.

    source: the message whose button was pressed, or opened the form that was filled in. answered: set when it is
    acknowledged.
    """

    id: str
    token: str
    kind: int
    person: Person
    channel: Channel
    created: float
    source: Message | None = None
    acknowledged: float | None = None
    callback: Json | None = None
    response: Message | None = None
    messages: list[Message] = field(default_factory=list)
    followups: int = 0
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    started_s: float = field(default_factory=time.monotonic)
    took_s: float | None = None

    @property
    def ack_type(self) -> int | None:
        return self.callback["type"] if self.callback else None

    @property
    def choices(self) -> list[Json]:
        """What autocomplete offered."""
        assert self.callback is not None, "autocomplete was not answered"
        return list(self.callback["data"]["choices"])

    @property
    def form(self) -> Json:
        """What was opened, as the bot sent it."""
        assert self.callback is not None, "nothing was answered"
        assert self.ack_type == MODAL, f"answered with {self.ack_type}, which is no form"
        return dict(self.callback["data"])

    def acknowledge(self, callback: Json, now: float) -> None:
        self.callback, self.acknowledged = callback, now
        self.took_s = time.monotonic() - self.started_s
        self.answered.set()
