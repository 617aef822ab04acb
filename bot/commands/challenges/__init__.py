"""`/challenge`: begun, entered, voted on, organised, and told of; what each stage means is in `bot.challenges`."""
