"""Favourites, stars, galleries, shared pieces and reports, as people ask for them; what they do is in `bot.jobs`."""
