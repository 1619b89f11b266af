"""Whether panels keep the rules, looked at seat by seat; it shares nothing with the solver but the problem.

It serves seats chosen by hand as well: each violation is named at once.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

from app.experts.matching.model import AtMost, Expert, Kind, Panels, Problem, Proposal, Rule


@dataclass(frozen=True)
class Violation:
    """One rule that one panel, one expert or all together break; `amount` in seats."""

    kind: Kind
    text: str
    amount: int
    proposal: str | None = None
    experts: tuple[str, ...] = ()
    hard: bool = True


def violations(problem: Problem, panels: Panels) -> list[Violation]:
    """Everything these panels break, in the order of the kinds. Raises KeyError for an unknown id."""
    experts = {one.id: one for one in problem.experts}
    panels = {one.id: tuple(panels.get(one.id, ())) for one in problem.proposals} | dict(panels)
    by_id = {one.id: one for one in problem.proposals}
    found: list[Violation] = []
    for proposal_id in sorted(panels):
        panel = [experts[one] for one in panels[proposal_id]]
        found += _panel(problem, by_id[proposal_id], panel)
    found += _loads(problem, panels)
    order = list(Kind)
    return sorted(found, key=lambda one: (order.index(one.kind), one.proposal or "", one.experts))


def _panel(problem: Problem, proposal: Proposal, panel: list[Expert]) -> Iterator[Violation]:
    rules, ids = problem.settings, [one.id for one in panel]
    here = proposal.id

    def broken(kind: Kind, rule: Rule | None, text: str, amount: int, who: list[str]) -> Violation:
        return Violation(kind, text, amount, here, tuple(who), rule is None or rule.weight is None)

    seats = len(set(ids))
    if seats != proposal.size:
        text = f"{here} has {seats} experts, not {proposal.size}."
        yield broken(Kind.PANEL_SIZE, rules.panel_size, text, abs(seats - proposal.size), [])
    for twice in sorted(one for one, times in Counter(ids).items() if times > 1):
        yield broken(Kind.FORBIDDEN, None, f"{twice} has two seats on {here}.", 1, [twice])
    for one in sorted(set(ids)):
        if (one, here) in problem.conflicts:
            text = f"{one} has a conflict of interest with {here}."
            yield broken(Kind.CONFLICT, None, text, 1, [one])
        if (one, here) in problem.forbidden:
            yield broken(Kind.FORBIDDEN, None, f"{one} must not have {here}.", 1, [one])
    for one, there in sorted(problem.fixed):
        if there == here and one not in ids:
            yield broken(Kind.FIXED, rules.fixed, f"{one} must have {here}.", 1, [one])
    yield from _shared(
        broken, Kind.ORGANISATION, rules.organisation, here, panel, lambda one: one.organisation
    )
    yield from _shared(broken, Kind.COUNTRY, rules.country, here, panel, lambda one: one.country)
    yield from _shared(broken, Kind.SECTOR, rules.sector, here, panel, lambda one: one.sector)
    if rules.gender is not None:
        of = [one.id for one in panel if one.gender == rules.gender.gender]
        if len(of) < rules.gender.least:
            text = f"{here} has {len(of)} of gender {rules.gender.gender}, not {rules.gender.least}."
            yield broken(Kind.GENDER, rules.gender, text, rules.gender.least - len(of), of)
        if rules.gender.most is not None and len(of) > rules.gender.most:
            text = (
                f"{here} has {len(of)} of gender {rules.gender.gender}, at most {rules.gender.most} may be."
            )
            yield broken(Kind.GENDER, rules.gender, text, len(of) - rules.gender.most, of)
    for flag in sorted(proposal.expertise):
        if not any(flag in one.expertise for one in panel):
            text = f"{here} has nobody with the expertise asked for: {flag}."
            yield broken(Kind.EXPERTISE, rules.expertise, text, 1, [])
    if rules.language is not None and proposal.language is not None:
        reading = [one.id for one in panel if proposal.language in one.languages]
        if (missing := rules.language.least - len(reading)) > 0:
            text = f"{here} has {len(reading)} who read {proposal.language}, not {rules.language.least}."
            yield broken(Kind.LANGUAGE, rules.language, text, missing, reading)
    known = {one for one, there in problem.earlier if there == here}
    again = sorted(known & set(ids))
    if rules.continuity is not None and (missing := min(rules.continuity.least, len(known)) - len(again)) > 0:
        text = f"{here} keeps {len(again)} of its earlier experts, {missing} too few."
        yield broken(Kind.CONTINUITY, rules.continuity, text, missing, again)
    if rules.rotation is not None and (many := len(again) - rules.rotation.most) > 0:
        text = f"{here} keeps {len(again)} of its earlier experts, {many} too many."
        yield broken(Kind.ROTATION, rules.rotation, text, many, again)
    for one, other in sorted({(min(pair), max(pair)) for pair in problem.apart}):
        if one in ids and other in ids:
            text = f"{one} and {other} must not both have {here}."
            yield broken(Kind.APART, rules.apart, text, 1, [one, other])


def _shared(
    broken: Callable[[Kind, Rule | None, str, int, list[str]], Violation],
    kind: Kind,
    rule: AtMost | None,
    here: str,
    panel: list[Expert],
    label: Callable[[Expert], str | None],
) -> Iterator[Violation]:
    if rule is None:
        return
    for shared in sorted({label(one) for one in panel} - {None}, key=str):
        of = sorted({one.id for one in panel if label(one) == shared})
        if len(of) > rule.most:
            text = (
                f"{here} has {len(of)} of the same {kind.value} ({shared}), at most {rule.most} are allowed."
            )
            yield broken(kind, rule, text, len(of) - rule.most, of)


def _loads(problem: Problem, panels: Panels) -> Iterator[Violation]:
    rules = problem.settings
    load = Counter(one for panel in panels.values() for one in set(panel))
    for expert in sorted(problem.experts, key=lambda one: one.id):
        has, who = load[expert.id], (expert.id,)
        if has < expert.least:
            text = f"{expert.id} has {has} proposals, at least {expert.least} are promised."
            hard = rules.least_load.weight is None
            yield Violation(Kind.LEAST_LOAD, text, expert.least - has, None, who, hard)
        if has > expert.most:
            text = f"{expert.id} has {has} proposals, at most {expert.most} are allowed."
            hard = rules.most_load.weight is None
            yield Violation(Kind.MOST_LOAD, text, has - expert.most, None, who, hard)
    if rules.newcomers is not None:
        asked = ceil(rules.newcomers.share * sum(one.size for one in problem.proposals) - 1e-9)
        new = sum(load[one.id] for one in problem.experts if one.newcomer)
        if new < asked:
            text = f"Newcomers have {new} seats, {asked} are asked for."
            yield Violation(Kind.NEWCOMERS, text, asked - new, None, (), rules.newcomers.weight is None)
