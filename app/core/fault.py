"""What a command says instead of a traceback."""


class Fault(Exception):
    """An expected failure to start or to carry out a command; the text is plain sentences."""
