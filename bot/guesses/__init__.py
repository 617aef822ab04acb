"""Man or machine, and who? Which bars are guessed on which day, and what a guess is worth; nothing looks up."""
