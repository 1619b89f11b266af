"""Decisions: the list put to the vote, the budget line, release, letters."""
