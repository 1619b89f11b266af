"""Forgetting experts after the time of keeping: what was done stays, of nobody."""
