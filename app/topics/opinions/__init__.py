"""Opinions of advisory bodies on a draft."""
