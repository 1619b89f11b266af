"""The invitation of a short proposal to the second stage, where its consortium merges with industry."""
