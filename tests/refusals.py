"""What a person reads when something is refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.texts import explain
from config.errors import NotabotError


@contextmanager
def refuses(kind: type[NotabotError], *, match: str = "") -> Iterator[pytest.ExceptionInfo[NotabotError]]:
    """As `pytest.raises`; but what has to match is the sentence that a person reads, in English."""
    with pytest.raises(kind) as caught:
        yield caught
    sentence = explain(caught.value)
    assert sentence is not None
    assert re.search(match, sentence), sentence
