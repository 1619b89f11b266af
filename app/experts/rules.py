"""The labels of experts (pure)."""


def free_label(taken: set[str], pick: int) -> str:
    """A label that nobody of the proposal has yet; `pick` is a random number, so that it tells no order."""
    free = [f"Expert {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if f"Expert {letter}" not in taken]
    return free[pick % len(free)]
