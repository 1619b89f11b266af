"""Organisations, and the consortia they form around a topic."""
