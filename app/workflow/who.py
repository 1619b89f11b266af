"""Who may: a test on the names that tie an actor to a row, combined with | and &."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

Held = frozenset[str]
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody acting: an account (None: not signed in), its roles, and the process time of the act."""

    id: UUID | None = None
    roles: frozenset[str] = frozenset()
    email: str = ""
    at: datetime = LATEST


NOBODY = Actor()


@dataclass(frozen=True)
class Who:
    """Who may do something: `test` reads the names held towards a row; `label` says it in words."""

    label: str
    test: Callable[[Held], bool]
    names: frozenset[str] = frozenset()

    def __call__(self, held: Held) -> bool:
        return self.test(held)

    def __or__(self, other: "Who") -> "Who":
        return Who(
            f"{self.label} or {other.label}",
            lambda held: self.test(held) or other.test(held),
            self.names | other.names,
        )

    def __and__(self, other: "Who") -> "Who":
        return Who(
            f"{self.label} with {other.label}",
            lambda held: self.test(held) and other.test(held),
            self.names | other.names,
        )


def named(name: str, label: str) -> Who:
    """Whoever holds this name towards the row."""
    return Who(label, lambda held: name in held, frozenset({name}))


anyone = Who("anyone", lambda held: True)
signed_in = named("signed_in", "anyone signed in")
system = named("system", "the system")
