"""A topic's way through a stage."""
