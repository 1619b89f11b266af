"""Corrigenda: an adopted text is changed by another vote alone, in the open."""
