"""Named co-authors: who writes a draft with the office."""
