"""How much each test throws at the bot, so that the sum can be told without adding up what a run happened to do.

Every test asserts that it threw as much as it says here; test_volumes.py asserts the sum.
"""

COMMAND_LINES = 1200
TYPED_OPTIONS = 800
CALLBACK_DATA = 800
SUGGESTIONS = 400
ADMIN_LINES = 400
TELEGRAM_LINES = 500
TELEGRAM_BUTTONS = 300
DISCORD_COMMANDS = 400
DISCORD_BUTTONS = 200
DISCORD_TYPING = 100
DISCORD_MENU = 100

PROMISED = 5000
