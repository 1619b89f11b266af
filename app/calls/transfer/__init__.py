"""A call as one file, out of a system and into another."""
