"""Calls for proposals of a public-private research partnership, from topic to results."""
