"""The panel as people in a room: who sits on it, in which order it goes, what it decides of each proposal."""
