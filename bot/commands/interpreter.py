"""Help from a language model, where the operator has set one: words that we do not understand, said in ours.

Promises: the model only says the wish again in words that our own grammar reads, so nothing enters a request that this
grammar does not check; without an address, in time, or with an answer that is no request, our own reading stands.
Not covered: what the model is; any server that speaks OpenAI's `/chat/completions` will do. It is sent the person's
words and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import logging

import aiohttp

from config.settings import Settings
from generator.catalogue.catalogue import Catalogue
from generator.wishes.reading import read_wishes
from generator.wishes.wishes import Wishes

LIMIT_S = 4.0
MAX_ANSWER_CHARS, MAX_ANSWER_BYTES = 300, 64_000
TASK = (
    "Somebody asks for a piece of classical sheet music, in any language. Say the wish again in one line of plain "
    "English, as comma-separated parts, only what is asked: composer; instruments; form or dance; key=...; metre=...; "
    "bars=... or a length in seconds; tempo=... (an Italian word or a number); a mood in one word. Example: Chopin, "
    "piano, waltz, key=E minor, metre=3/4, bars=16, tempo=lento, sad. If no music is asked for, answer: none"
)

log = logging.getLogger(__name__)


async def interpret(words: str, offline: Wishes, catalogue: Catalogue, settings: Settings) -> Wishes:
    """The reading with a model's help where ours lacks something; else, and where that fails, ours."""
    if settings.llm_url is None or not _lacks_something(offline):
        return offline
    try:
        async with asyncio.timeout(LIMIT_S):
            said = await _ask(words, settings.llm_url, settings)
    except (TimeoutError, aiohttp.ClientError, ValueError, LookupError, TypeError) as error:
        log.warning("the language model did not help: %s", type(error).__name__)
        return offline
    helped = read_wishes(said[:MAX_ANSWER_CHARS], catalogue, is_request=True)
    return helped if helped.sort == "request" and not helped.missed else offline


def _lacks_something(wishes: Wishes) -> bool:
    return wishes.sort in ("unknown", "near") or (wishes.sort == "request" and bool(wishes.missed))


async def _ask(words: str, url: str, settings: Settings) -> str:
    """Raises ClientError, ValueError, LookupError, TypeError for all that is no answer."""
    key = settings.llm_key.get_secret_value() if settings.llm_key is not None else ""
    messages = [{"role": "system", "content": TASK}, {"role": "user", "content": words}]
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"} if key else {}) as session,
        session.post(
            f"{url.rstrip('/')}/chat/completions",
            json={"model": settings.llm_model, "messages": messages, "temperature": 0, "max_tokens": 120},
            allow_redirects=False,
        ) as response,
    ):
        response.raise_for_status()
        return _content_of(await response.content.read(MAX_ANSWER_BYTES))


def _content_of(content: bytes) -> str:
    said = json.loads(content)["choices"][0]["message"]["content"]
    if not isinstance(said, str):
        raise TypeError("an answer is text")
    return " ".join(said.split())
