"""How much each test throws at the bot, so that the sum can be told without adding up what a run happened to do.

Every test asserts that it threw as much as it says here; test_volumes.py asserts the sum.
"""

COMMAND_LINES = 1000
TYPED_OPTIONS = 800
CALLBACK_DATA = 1200
SUGGESTIONS = 400
ADMIN_LINES = 500
TELEGRAM_LINES = 500
TELEGRAM_BUTTONS = 300
DISCORD_COMMANDS = 500
DISCORD_BUTTONS = 400

ALL = (
    COMMAND_LINES,
    TYPED_OPTIONS,
    CALLBACK_DATA,
    SUGGESTIONS,
    ADMIN_LINES,
    TELEGRAM_LINES,
    TELEGRAM_BUTTONS,
    DISCORD_COMMANDS,
    DISCORD_BUTTONS,
)
PROMISED = 5000
