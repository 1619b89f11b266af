"""One rapporteur of each panel, the work spread as evenly as the panels allow; pure, without the solver."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping

from app.experts.matching.model import Pair, Panels

FINEST = 1_000_000_000  # affinities are compared in whole numbers, so that no rounding decides


def rapporteurs(
    panels: Panels, affinity: Mapping[Pair, float], held: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The rapporteur of each panel that has a seat, by proposal; `held` are rapporteurs who stay.

    No expert has fewer who could take one over from somebody who has two more: so the largest number is as
    small as it can be, and so is each after it. Among all such choices the affinity in sum is the greatest;
    of equal ones, ids decide. Whoever is held for a panel without a seat on it is not held.
    """
    chosen = {p: e for p, e in (held or {}).items() if e in panels.get(p, ())}
    spread = _Spread(panels, affinity, chosen)
    for proposal in sorted(panels):
        if panels[proposal] and proposal not in chosen:
            spread.add(proposal)
    return chosen | spread.chosen


class _Spread:
    """Proposals are added one by one, each by the best chain of hand-overs: the choice is always optimal.

    A chain begins with the new proposal, goes from an expert to another of a panel that the first has, and
    ends with whoever has the least; what it costs besides is the affinity that is lost on its way.
    """

    def __init__(self, panels: Panels, affinity: Mapping[Pair, float], held: Mapping[str, str]) -> None:
        self.panels = {p: sorted(set(panel)) for p, panel in panels.items()}
        self.affinity = affinity
        self.chosen: dict[str, str] = {}
        self.load: dict[str, int] = defaultdict(int)
        self.has: dict[str, set[str]] = defaultdict(set)
        for expert in held.values():
            self.load[expert] += 1

    def add(self, proposal: str) -> None:
        lost, before = self._chains(proposal)
        expert = min(lost, key=lambda one: (self.load[one], lost[one], one))
        self.load[expert] += 1
        while True:
            moved, giver = before[expert]
            self.chosen[moved] = expert
            self.has[expert].add(moved)
            if giver is None:
                return
            self.has[giver].discard(moved)
            expert = giver

    def _chains(self, proposal: str) -> tuple[dict[str, int], dict[str, tuple[str, str | None]]]:
        """For each expert in reach the least loss, and what is handed over last, by whom."""
        lost: dict[str, int] = {}
        before: dict[str, tuple[str, str | None]] = {}
        for expert in self.panels[proposal]:
            lost[expert], before[expert] = -self._worth(expert, proposal), (proposal, None)
        waiting, queued = deque(lost), set(lost)
        while waiting:
            giver = waiting.popleft()
            queued.discard(giver)
            for moved, taker in self._hand_overs(giver):
                cost = lost[giver] + self._worth(giver, moved) - self._worth(taker, moved)
                if taker not in lost or cost < lost[taker]:
                    lost[taker], before[taker] = cost, (moved, giver)
                    if taker not in queued:
                        queued.add(taker)
                        waiting.append(taker)
        return lost, before

    def _hand_overs(self, giver: str) -> Iterator[tuple[str, str]]:
        for moved in sorted(self.has[giver]):
            for taker in self.panels[moved]:
                if taker != giver:
                    yield moved, taker

    def _worth(self, expert: str, proposal: str) -> int:
        return round(self.affinity.get((expert, proposal), 0.0) * FINEST)
