"""A problem of assignment as plain data: who is there, what is asked, which rules hold and how firmly."""

import base64
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator

Panels = Mapping[str, tuple[str, ...]]
"""The experts of each proposal, by their ids."""


class Kind(StrEnum):
    """The constraints by name."""

    PANEL_SIZE = "panel_size"
    LEAST_LOAD = "least_load"
    MOST_LOAD = "most_load"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    FIXED = "fixed"
    ORGANISATION = "organisation"
    COUNTRY = "country"
    SECTOR = "sector"
    GENDER = "gender"
    EXPERTISE = "expertise"
    NEWCOMERS = "newcomers"
    LANGUAGE = "language"
    CONTINUITY = "continuity"
    ROTATION = "rotation"
    APART = "apart"


class Objective(StrEnum):
    TOTAL = "total"
    WORST = "worst"


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Rule(_Data):
    """Hard without a weight; with one, what each seat too many or too few costs, in units of affinity."""

    weight: float | None = Field(None, gt=0)


class AtMost(Rule):
    most: int = Field(ge=0)


class AtLeast(Rule):
    least: int = Field(ge=0)


class Genders(Rule):
    """How many of a panel are of this gender; whoever has not said theirs counts as not."""

    gender: str
    least: int = Field(0, ge=0)
    most: int | None = Field(None, ge=0)


class Share(Rule):
    """Of all seats that are asked for, rounded up."""

    share: float = Field(ge=0, le=1)


class Settings(_Data):
    """The rules of one call. Conflicts and forbidden seats are always hard; a rule that is None is off."""

    panel_size: Rule = Rule()
    least_load: Rule = Rule()
    most_load: Rule = Rule()
    fixed: Rule = Rule()
    expertise: Rule = Rule()
    apart: Rule = Rule()
    organisation: AtMost | None = AtMost(most=1)
    country: AtMost | None = None
    sector: AtMost | None = None
    gender: Genders | None = None
    newcomers: Share | None = None
    language: AtLeast | None = None  # of a panel, who read the proposal's language
    continuity: AtLeast | None = None  # of those who saw the proposal in an earlier stage, or all if fewer
    rotation: AtMost | None = None  # of the same
    objective: Objective = Objective.TOTAL
    seconds: float = Field(60.0, gt=0)
    gap: float = Field(1e-4, ge=0)  # relative; smaller than it counts as proved
    seed: int = Field(0, ge=0, lt=2**31)


@dataclass(frozen=True)
class Expert:
    id: str
    most: int
    least: int = 0
    organisation: str | None = None
    country: str | None = None
    sector: str | None = None
    gender: str | None = None
    languages: frozenset[str] = frozenset()
    expertise: frozenset[str] = frozenset()
    newcomer: bool = False


@dataclass(frozen=True)
class Proposal:
    id: str
    size: int
    expertise: frozenset[str] = frozenset()  # at least one of the panel has each
    language: str | None = None


def _packed(matrix: NDArray[np.float32]) -> dict[str, Any]:
    raw = np.ascontiguousarray(matrix, "<f4").tobytes()
    return {"shape": list(matrix.shape), "float32": base64.b64encode(raw).decode()}


def _unpacked(given: Any) -> NDArray[np.float32]:
    if isinstance(given, dict):
        raw = np.frombuffer(base64.b64decode(given["float32"]), "<f4")
        return raw.reshape(given["shape"]).astype(np.float32)
    return np.asarray(given, np.float32)


Matrix = Annotated[NDArray[np.float32], PlainValidator(_unpacked), PlainSerializer(_packed)]
Pair = tuple[str, str]
"""An expert and a proposal, or two experts where they are kept apart."""


@dataclass(frozen=True)
class Problem:
    """`affinity` has a row per proposal and a column per expert, in the order of the tuples."""

    experts: tuple[Expert, ...]
    proposals: tuple[Proposal, ...]
    affinity: Matrix
    settings: Settings = field(default_factory=Settings)
    conflicts: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    fixed: frozenset[Pair] = frozenset()
    apart: frozenset[Pair] = frozenset()
    earlier: frozenset[Pair] = frozenset()  # seats of an earlier stage


class BadProblem(ValueError):
    """The data contradict themselves; `faults` says where, a sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def faults(problem: Problem) -> Iterator[str]:
    """What is wrong with the data themselves, apart from whether the rules can be kept."""
    for word, ids in (
        ("expert", [one.id for one in problem.experts]),
        ("proposal", [one.id for one in problem.proposals]),
    ):
        for twice in sorted(one for one, times in Counter(ids).items() if times > 1):
            yield f"The {word} {twice} is there twice."
    shape = (len(problem.proposals), len(problem.experts))
    if problem.affinity.shape != shape:
        yield f"The affinities are {problem.affinity.shape}, not {shape}, proposals by experts."
    elif bad := int((~np.isfinite(problem.affinity)).sum()):
        yield f"{bad} affinities are not numbers."
    for expert in problem.experts:
        if not 0 <= expert.least <= expert.most:
            yield f"The load of {expert.id} is from {expert.least} to {expert.most}."
    for proposal in problem.proposals:
        if proposal.size < 1:
            yield f"The panel of {proposal.id} has {proposal.size} seats."
    experts = {one.id for one in problem.experts}
    proposals = {one.id for one in problem.proposals}
    for name in ("conflicts", "forbidden", "fixed", "earlier"):
        for expert_id, proposal_id in sorted(getattr(problem, name)):
            if expert_id not in experts:
                yield f"The expert {expert_id} ({name}) is unknown."
            if proposal_id not in proposals:
                yield f"The proposal {proposal_id} ({name}) is unknown."
    for one, other in sorted(problem.apart):
        for unknown in sorted({one, other} - experts):
            yield f"The expert {unknown} (apart) is unknown."
        if one == other:
            yield f"The expert {one} cannot be kept apart from themself."


def checked(problem: Problem) -> Problem:
    """The problem itself. Raises BadProblem."""
    if found := list(faults(problem)):
        raise BadProblem(found)
    return problem
