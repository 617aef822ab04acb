"""`/guess`: man or machine, and who? The bars of the day, guessed by button, told without spoilers, every day."""
