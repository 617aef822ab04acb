"""Telegram's service: connects, shows the menus, and answers until it is cancelled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram.error import InvalidToken, TelegramError

from bot.chat.messenger import TryLater
from bot.commands.command import Registry, Services
from bot.platforms.answers import reading_answers
from bot.platforms.asking import Unreachable, ask, open_session
from bot.platforms.errors import BadToken, PlatformDown
from bot.platforms.telegram.comings import Comings
from bot.platforms.telegram.inline import Inline
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.menus import set_menus
from bot.platforms.telegram.messenger import NAME, TelegramMessenger
from bot.platforms.telegram.pace import Pace
from bot.platforms.telegram.router import Router
from bot.platforms.telegram.sender import Sender
from config.settings import Settings

OK, REFUSES_TOKEN = 200, (401, 404)


class TelegramPlatform:
    """Made by `open_telegram`."""

    name = NAME

    def __init__(self, line: Line, registry: Registry, services: Services) -> None:
        self._line, self._registry, self._services = line, registry, services
        self._intake: Intake | None = None
        self._skipped_before = 0  # by the intakes of earlier connections
        self.messenger = TelegramMessenger(
            line,
            rich=services.settings.telegram_rich_messages,
            ephemeral=services.settings.telegram_ephemeral_messages,
        )

    @property
    def ready(self) -> bool:
        """Whether Telegram gave us our messages the last time we asked."""
        return self._intake is not None and self._intake.is_ready

    @property
    def skipped(self) -> int:
        """Updates that could not be read since the start."""
        return self._skipped_before + (self._intake.skipped if self._intake is not None else 0)

    async def serve(self) -> None:
        """Until cancelled. Raises PlatformDown, BadToken."""
        router = await self._connect()
        self._skipped_before = self.skipped
        self._intake = Intake(self._line.bot, router.handle)
        beside = [
            asyncio.create_task(self._set_menus(), name="telegram menus"),
            asyncio.create_task(self.messenger.crowds.keep(), name="telegram crowds"),
        ]
        try:
            await self._intake.run()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def check(self) -> None:
        """Beside the line, which waits long for updates and is busy with messages. Raises PlatformDown, BadToken."""
        async with open_session() as session:
            try:
                status, answer = await ask(session, f"{self._line.bot.base_url}/getMe")
            except Unreachable as error:
                raise PlatformDown(reason="telegram_unreachable", why=error) from error
        if isinstance(answer, dict) and answer.get("error_code") in REFUSES_TOKEN:
            raise BadToken(reason="telegram_refuses")
        if status != OK:
            raise PlatformDown(reason="telegram_unreachable", why=f"status {status}")

    async def _connect(self) -> Router:
        """Ask who we are, and take our messages by polling from now on."""
        bot = self._line.bot
        try:
            with reading_answers("Telegram"):
                await bot.initialize()
                await bot.delete_webhook()
        except InvalidToken:
            raise BadToken(reason="telegram_refuses") from None  # its message holds the token
        except (TelegramError, TryLater) as error:
            raise PlatformDown(reason="telegram_unreachable", why=type(error).__name__) from error
        return Router(
            registry=self._registry,
            services=self._services,
            line=self._line,
            messenger=self.messenger,
            inline=Inline(services=self._services, line=self._line, bot_name=bot.username),
            comings=Comings(store=self._services.store, sender=Sender(self._line), bot_name=bot.username),
            bot_id=bot.id,
            bot_name=bot.username,
        )

    async def _set_menus(self) -> None:
        admins = [key.partition(":")[2] for key in self._services.settings.admins if key.startswith(f"{NAME}:")]
        await set_menus(self._line.bot, self._registry, admins=admins)


@asynccontextmanager
async def open_telegram(settings: Settings, registry: Registry, services: Services) -> AsyncIterator[TelegramPlatform]:
    """Needs no network. Raises BadToken for a token that cannot be one."""
    # At their "info" these write every address they call, and Telegram's hold the token.
    for name in ("httpx", "httpcore", "telegram"):  # "telegram" logs whole updates, with what people wrote
        logging.getLogger(name).setLevel(logging.WARNING)
    if settings.telegram_token is None:
        raise BadToken(reason="no_telegram_token")
    line = Line(
        settings.telegram_token.get_secret_value(),
        api_url=settings.telegram_api_url,
        pace=Pace(
            messages_per_s=settings.telegram_messages_per_s,
            messages_per_group_per_minute=settings.telegram_messages_per_chat_per_minute,
        ),
    )
    try:
        yield TelegramPlatform(line, registry, services)
    finally:
        await line.close()
