"""Experts: the pool, their contracts, their conflicts of interest, their assignment to proposals."""
