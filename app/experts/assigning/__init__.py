"""Assigning experts to proposals: drafts by hand, by a run or by import, released and undone as one act."""
