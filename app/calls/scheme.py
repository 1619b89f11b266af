"""A scheme by which proposals are scored: scale, criteria, thresholds, tie-break."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.calls.rule_parts import ActionType, Code, Figure, StageKind, Strict, Whole

FIGURES = ("sme_budget", "geographical_diversity")
"""What a tie-break may compute beside the criteria (5.5): money for SMEs, the number of countries."""
ASKED = ("coverage", "gender_balance", "other")
"""What it may ask the panel for: no data tell it."""


class Criterion(Strict):
    """A criterion: its threshold (a score must reach it) and its weight, for ranking only (V-01).

    `aspects` are what its one score is given for (5.2), as far as a public text tells them.
    """

    code: Code
    title: str
    threshold: Figure
    weight: Annotated[Figure, Field(gt=0)] = Decimal(1)
    aspects: tuple[str, ...] = ()


class BudgetCut(Strict):
    """The overall threshold follows from the money: what passes asks for so many times the budget (V-02)."""

    aim: Annotated[Figure, Field(gt=0)]
    least: Annotated[Figure, Field(gt=0)]


class Scheme(Strict):
    """How proposals are scored: scale, criteria, overall threshold, steps that part equals (5.1-5.5).

    `stages` and `action_types` say what it is made for; none: for all.
    """

    code: Code = "default"
    title: str = ""
    stages: tuple[StageKind, ...] = ()
    action_types: tuple[ActionType, ...] = ()
    least: Figure
    most: Figure
    step: Annotated[Figure, Field(gt=0)]
    meaning: dict[str, str]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    overall_threshold: Figure
    tie_break: tuple[Code, ...]
    least_experts: Whole
    budget_cut: BudgetCut | None = None

    def suits(self, stage: str, action_type: str) -> bool:
        """Whether it is made for such a topic in such a stage."""
        return self.suits_stage(stage) and self.suits_action(action_type)

    def suits_stage(self, stage: str) -> bool:
        return not self.stages or stage in self.stages

    def suits_action(self, action_type: str) -> bool:
        return not self.action_types or action_type in self.action_types


def contradictions(scheme: Scheme, at: str) -> Iterator[tuple[str, str]]:
    """Where a scheme contradicts itself: the place, and in words; `at` is the scheme's own place."""
    if scheme.least >= scheme.most:
        yield f"{at}/most", f"the scale ends at {scheme.most}, not above {scheme.least}"
    elif (scheme.most - scheme.least) % scheme.step:
        yield f"{at}/step", f"steps of {scheme.step} do not lead from {scheme.least} to {scheme.most}"
    codes = [criterion.code for criterion in scheme.criteria]
    for number, criterion in enumerate(scheme.criteria):
        if codes.index(criterion.code) != number:
            yield f"{at}/criteria/{number}/code", f"{criterion.code} stands twice"
        if not scheme.least <= criterion.threshold <= scheme.most:
            told = f"a threshold of {criterion.threshold} is not on the scale up to {scheme.most}"
            yield f"{at}/criteria/{number}/threshold", told
    best = scheme.most * len(codes)
    if scheme.overall_threshold > best:
        yield f"{at}/overall_threshold", f"{scheme.overall_threshold} is above the best sum, {best}"
    for number, step in enumerate(scheme.tie_break):
        if step not in (*codes, *FIGURES, *ASKED):
            yield f"{at}/tie_break/{number}", f"{step} is no criterion and no known figure"
        if scheme.tie_break.index(step) != number:
            yield f"{at}/tie_break/{number}", f"{step} stands twice"
    if scheme.budget_cut is not None and scheme.budget_cut.least > scheme.budget_cut.aim:
        yield f"{at}/budget_cut/least", "the least is above what is aimed at"
