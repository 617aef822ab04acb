"""How much each test throws at the bot, so that the sum can be told without adding up what a run happened to do.

Every test asserts that it threw as much as it says here; test_volumes.py asserts the sum.
"""

COMMAND_LINES = 1700
TYPED_OPTIONS = 600
CALLBACK_DATA = 700
SUGGESTIONS = 500
ADMIN_LINES = 400
TELEGRAM_LINES = 500
TELEGRAM_BUTTONS = 220
DISCORD_COMMANDS = 200
DISCORD_BUTTONS = 120
DISCORD_TYPING = 80
DISCORD_MENU = 80

PROMISED = 5000
