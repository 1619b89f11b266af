"""Hearings of a panel: they clarify proposals and modify none (V-20)."""
