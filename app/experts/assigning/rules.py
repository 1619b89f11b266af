"""What a set of seats comes to and what it breaks: plain values, and the terms they are judged by."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, pstdev
from typing import Annotated
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from app.core.schema import Data, Id, Line
from app.experts.matching.check import violations
from app.experts.matching.model import Expert, Kind, Problem, Proposal, Settings

Pair = tuple[UUID, UUID]
"""A contract and a proposal."""
Count = Annotated[int, Field(ge=1, le=100)]
LONGEST_SECONDS = 3600.0
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _bounded(rules: Settings) -> Settings:
    if rules.seconds > LONGEST_SECONDS:
        raise ValueError("A run takes an hour at most.")
    return rules


class Terms(Data):
    """How sets are judged and made: seats of each panel, what holds besides, each rule hard or with a weight.

    `most`: of experts whose contract does not say. `expertise`: sectors or terms of which each panel has
    somebody. `language`: in which the proposals are written. `apart`: pairs of contracts.
    """

    panel_size: Annotated[Count, Field(examples=[3])]
    most: Count = 8
    expertise: Annotated[list[Line], Field(max_length=20, default_factory=list)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    apart: Annotated[
        list[Annotated[list[Id], Field(min_length=2, max_length=2)]],
        Field(max_length=1000, default_factory=list),
    ]
    rules: Annotated[Settings, Field(examples=[{}]), AfterValidator(_bounded)] = Settings()


def folded(term: str) -> str:
    return " ".join(term.casefold().split())


@dataclass(frozen=True)
class Seatable:
    """Somebody under contract for the call."""

    contract_id: UUID
    expert_id: UUID
    account_id: UUID | None
    name: str
    least: int | None
    most: int | None
    organisation_id: UUID | None
    organisation: str | None
    country: str | None
    sector: str | None
    gender: str | None
    languages: frozenset[str]
    terms: frozenset[str]
    newcomer: bool


@dataclass(frozen=True)
class Wanted:
    """A proposal that experts are chosen for."""

    proposal_id: UUID
    reference: str
    in_evaluation: bool


@dataclass(frozen=True)
class Barred:
    """Pairs that may not be, with the sentences why; `open`: what must be settled before anything is made."""

    pairs: Mapping[Pair, Sequence[str]] = field(default_factory=dict)
    open: Sequence[str] = ()


@dataclass(frozen=True)
class Ground:
    """What the seats of a stage stand on. `standing`: pairs that have an assignment already.

    Of those, `frozen` are accepted or reported, and `rapporteurs` draft for their panels. `left`: pairs that
    had one, or have one without a contract in force, with a clause that says why it is lost. `refused`: pairs
    that no run proposes again; `taken`: those of somebody with a seat there already that is blocked, or that
    stands under an earlier contract. `others`: names of contracts that are in force no more.
    """

    experts: Sequence[Seatable]
    proposals: Sequence[Wanted]
    barred: Barred = Barred()
    earlier: frozenset[Pair] = frozenset()
    standing: frozenset[Pair] = frozenset()
    frozen: frozenset[Pair] = frozenset()
    rapporteurs: frozenset[Pair] = frozenset()
    left: Mapping[Pair, str] = field(default_factory=dict)
    refused: frozenset[Pair] = frozenset()
    taken: frozenset[Pair] = frozenset()
    others: Mapping[str, str] = field(default_factory=dict)

    def names(self) -> dict[str, str]:
        """How ids are read by people; who shares a name is told apart by the employer."""
        times = Counter(one.name for one in self.experts)
        found = {**self.others, **{str(one.proposal_id): one.reference for one in self.proposals}}
        for one in self.experts:
            shared = times[one.name] > 1
            found[str(one.contract_id)] = (
                f"{one.name} ({one.organisation or one.contract_id})" if shared else one.name
            )
            if one.organisation_id is not None:
                found[str(one.organisation_id)] = one.organisation or ""
        return found


def named(text: str, names: Mapping[str, str]) -> str:
    """A sentence with names in the place of ids."""
    return UUIDS.sub(lambda found: names.get(found[0], found[0]), text)


def problem_of(
    ground: Ground,
    terms: Terms,
    fixed: Collection[Pair] = (),
    affinity: NDArray[np.float32] | None = None,
    forbidden: Collection[Pair] = (),
    *,
    replaces: bool = False,
) -> Problem:
    """The problem; seats that stand are fixed, and of what is named that which is still there.

    `forbidden` are kept out unless they are fixed. `replaces`: what stands is kept if it can be, not fixed.
    """
    if affinity is None:
        affinity = np.zeros((len(ground.proposals), len(ground.experts)), np.float32)
    contracts = {one.contract_id for one in ground.experts}
    proposals = {one.proposal_id for one in ground.proposals}

    def known(pairs: Iterable[Pair]) -> frozenset[tuple[str, str]]:
        return frozenset((str(c), str(p)) for c, p in pairs if c in contracts and p in proposals)

    held = known(fixed) if replaces else known({*fixed, *ground.standing})
    asked = frozenset(folded(term) for term in terms.expertise)
    return Problem(
        tuple(_expert(one, terms) for one in ground.experts),
        tuple(
            Proposal(str(one.proposal_id), terms.panel_size, asked, terms.language)
            for one in ground.proposals
        ),
        affinity,
        terms.rules,
        conflicts=known(ground.barred.pairs),
        forbidden=known({*forbidden, *ground.taken} - ground.standing) - held,
        fixed=held,
        apart=frozenset((str(a), str(b)) for a, b in terms.apart if {a, b} <= contracts and a != b),
        earlier=known(ground.earlier),
    )


def _expert(one: Seatable, terms: Terms) -> Expert:
    most = one.most if one.most is not None else terms.most
    sector = {folded(one.sector.replace("_", " ")), one.sector} if one.sector else set()
    return Expert(
        str(one.contract_id),
        most,
        min(one.least or 0, most),
        str(one.organisation_id) if one.organisation_id else None,
        one.country,
        one.sector,
        one.gender,
        one.languages,
        frozenset({folded(term) for term in one.terms} | sector),
        one.newcomer,
    )


@dataclass(frozen=True)
class Broken:
    """Something that a set breaks; `hard`: it cannot be released with it."""

    kind: str
    text: str
    hard: bool
    proposal_id: UUID | None = None
    contract_ids: tuple[UUID, ...] = ()


def broken(
    ground: Ground,
    terms: Terms,
    seats: Collection[Pair],
    fixed: Collection[Pair] = (),
    rapporteurs: Collection[Pair] = (),
) -> list[Broken]:
    """Everything at once: what is not there any more, each rule, each conflict and why, what is open.

    Softly, too, which panel is without a rapporteur, and whose seat nobody has ended.
    """
    names = ground.names()
    known = {str(one.contract_id) for one in ground.experts}
    found: list[Broken] = []
    panels: dict[str, list[str]] = {str(one.proposal_id): [] for one in ground.proposals}
    for contract, proposal in sorted(seats, key=str):
        if str(proposal) not in panels:
            told = "A proposal of this set is not to be evaluated, or no longer."
            found.append(Broken("no_proposal", told, True, proposal, (contract,)))
        elif str(contract) not in known:
            told = f"Somebody on {names[str(proposal)]} is not under contract, or no longer."
            found.append(Broken("no_contract", told, True, proposal, (contract,)))
        else:
            panels[str(proposal)].append(str(contract))
    problem = problem_of(ground, terms, fixed)
    standing = {(str(c), str(p)) for c, p in ground.standing}
    for one in violations(problem, {key: tuple(panel) for key, panel in panels.items()}):
        where = UUID(one.proposal) if one.proposal else None
        who = tuple(UUID(key) for key in one.experts)
        text, hard = named(one.text, names), one.hard
        if one.kind is Kind.FIXED and {(key, one.proposal) for key in one.experts} & standing:
            here = f"{names[one.experts[0]]} has a seat on {names[one.proposal or '']} already"
            text, hard = f"{here}: keep it, or void it first.", True
        if one.kind is Kind.FORBIDDEN and where and (who[0], where) in ground.taken:
            here = f"{names[str(who[0])]} has a seat on {names[str(where)]}"
            text = f"{here} that is blocked, to read alone, or under an earlier contract: void it first."
        why = ground.barred.pairs.get((who[0], where), ()) if one.kind is Kind.CONFLICT and where else ()
        found += [Broken(one.kind.value, told, hard, where, who) for told in why or (text,)]
    found += [Broken("open", told, True) for told in ground.barred.open]
    return found + list(_besides(ground, names, seats, rapporteurs))


def _besides(
    ground: Ground, names: Mapping[str, str], seats: Collection[Pair], rapporteurs: Collection[Pair]
) -> Iterator[Broken]:
    """What no rule is about."""
    wanted = {one.proposal_id for one in ground.proposals}
    drafted = {proposal for _, proposal in rapporteurs}
    for one in ground.proposals:
        if one.proposal_id not in drafted and any(one.proposal_id == proposal for _, proposal in seats):
            yield Broken("rapporteur", f"{one.reference} has no rapporteur.", False, one.proposal_id)
    for pair in sorted((pair for pair in ground.left if pair[1] in wanted), key=str):
        why, where = named(ground.left[pair], names), names[str(pair[1])]
        if pair in ground.standing and pair not in seats:
            told = f"On {where}, {why}, and the seat still stands: void it, so that it counts no more."
            yield Broken("gone", told, False, pair[1], (pair[0],))
        elif pair in seats and pair in ground.refused and pair not in ground.barred.pairs:
            yield Broken("refused", f"On {where}, {why}.", False, pair[1], (pair[0],))


@dataclass(frozen=True)
class Panel:
    proposal_id: UUID
    reference: str
    seats: int
    affinity: float


@dataclass(frozen=True)
class Load:
    contract_id: UUID
    name: str
    seats: int
    least: int | None
    most: int | None


@dataclass(frozen=True)
class Balance:
    """How the seats are spread over all who are under contract."""

    least: int
    most: int
    mean: float
    deviation: float
    without: int


@dataclass(frozen=True)
class Figures:
    """What a set comes to. `worst` is the panel with the least affinity in sum."""

    seats: int
    total: float
    worst: Panel | None
    balance: Balance | None


def panels_of(ground: Ground, seats: Collection[Pair], score: Mapping[Pair, float]) -> list[Panel]:
    by = defaultdict(list)
    for contract, proposal in seats:
        by[proposal].append(score.get((contract, proposal), 0.0))
    return [
        Panel(one.proposal_id, one.reference, len(by[one.proposal_id]), sum(sorted(by[one.proposal_id])))
        for one in ground.proposals
    ]


def loads_of(ground: Ground, seats: Collection[Pair]) -> list[Load]:
    has = Counter(contract for contract, _ in seats)
    return [
        Load(one.contract_id, one.name, has[one.contract_id], one.least, one.most) for one in ground.experts
    ]


def figures_of(ground: Ground, seats: Collection[Pair], score: Mapping[Pair, float]) -> Figures:
    panels, loads = panels_of(ground, seats, score), [one.seats for one in loads_of(ground, seats)]
    balance = None
    if loads:
        balance = Balance(min(loads), max(loads), fmean(loads), pstdev(loads), loads.count(0))
    worst = min(panels, key=lambda one: (one.affinity, one.reference), default=None)
    return Figures(len(seats), sum(sorted(score.get(pair, 0.0) for pair in seats)), worst, balance)


def affinity_matrix(ground: Ground, score: Mapping[Pair, float]) -> NDArray[np.float32]:
    """Proposals by experts, in the order of the ground."""
    found = np.zeros((len(ground.proposals), len(ground.experts)), np.float32)
    for e, expert in enumerate(ground.experts):
        for p, proposal in enumerate(ground.proposals):
            found[p, e] = score.get((expert.contract_id, proposal.proposal_id), 0.0)
    return found


def pairs_in(panels: Mapping[str, Iterable[str]]) -> Iterator[Pair]:
    for proposal, panel in panels.items():
        for contract in panel:
            yield UUID(contract), UUID(proposal)
