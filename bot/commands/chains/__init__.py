"""`/chain`: a piece that several people write, each seeing the last two bars; how it goes on is in `bot.chains`."""
