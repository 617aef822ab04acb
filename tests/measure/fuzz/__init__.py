"""Damaged and hostile input for every door: `make fuzz DOOR=abc COUNT=1000 SEED=1`, or `DOOR=all`.

Promises: the same seed throws the same things; what is thrown is made by damaging this repository's own small files and
words, so nothing that harms outside software is kept anywhere. A door is judged by three things: the parent lives,
each input is taken or refused with a sentence, and nothing is left behind (files, processes).
Not covered: what a native library does inside the child process; that it died is no fault of the door as
long as the sentence comes.
"""
