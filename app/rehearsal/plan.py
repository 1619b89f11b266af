"""What will be played: every proposal with its people, organisations, text, money and merit, drawn in order.

Everything that chance decides is drawn here, before anybody acts, so that the same seed gives the same call
however the work is shared out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.rehearsal.call_file import CallFile, Flaw, Inflow, Intended, Quality, Real, Topic
from app.rehearsal.knowledge import subject_of
from app.rehearsal.published import Participant, projects
from app.rehearsal.synthetic import Body, Scores, Synthetic

LABEL = "Rehearsal: the text, the people, the scores and the amounts are synthetic."
LEAST, MOST = 3, 4
"""How many organisations a synthetic consortium has."""
SHARED = 1.4
"""How many synthetic organisations there are for each synthetic proposal; most take part in several."""


@dataclass(frozen=True)
class Seat:
    """An organisation's place in a consortium, and the person who stands for it."""

    name: str
    country: str
    kind: str
    person: str
    pic: str = ""
    control_group: str = ""


@dataclass
class Paper:
    """A proposal as it will be written, and what its reviewers will think of it."""

    acronym: str
    title: str
    abstract: str
    seats: Sequence[Seat]
    asks: Decimal
    flaw: Flaw | None
    agreed: Scores = field(default_factory=dict)
    views: Sequence[Scores] = ()
    number: str = ""
    starts_on: date | None = None
    months: int | None = None
    resubmits: bool = False
    strong: bool = False
    objects: bool = False
    divided: bool = False

    @property
    def coordinator(self) -> Seat:
        return self.seats[0]


@dataclass(frozen=True)
class Plan:
    """All that will come in on one topic in one stage."""

    topic: Topic
    inflow: Inflow
    papers: Sequence[Paper]
    late: Sequence[Paper]


def drawn(call: CallFile, synthetic: Synthetic, criteria: Sequence[str]) -> list[Plan]:
    """The plans of the first stage, topic by topic; of every topic where nothing is known of what came in."""
    inflows = call.stages[0].inflows or [Inflow(topic=topic.reference) for topic in call.topics]
    plans: list[Plan] = []
    for inflow in inflows:
        before = sum(len(plan.papers) + len(plan.late) for plan in plans)
        plans.append(_plan(call, inflow, synthetic, criteria, before))
    return plans


def _plan(call: CallFile, inflow: Inflow, synthetic: Synthetic, criteria: Sequence[str], before: int) -> Plan:
    """What comes in on one topic; its numbers go on from so many `before`."""
    topic = call.topic(inflow.topic)
    made = sum(group.count for group in inflow.synthetic) + inflow.late
    pool = synthetic.bodies(topic.reference, round(made * SHARED) + MOST)
    papers = [_real(real, topic, synthetic) for real in inflow.real]
    wanted: list[Intended] = list(inflow.real)
    for group in inflow.synthetic:
        for _ in range(group.count):
            papers.append(
                _synthetic(before + len(papers) + 1, group.flaw, group.asks, topic, synthetic, pool)
            )
            wanted.append(group)
    for paper, intended in zip(papers, wanted, strict=True):
        if intended.quality:
            judge(paper, intended.quality, call.experts_per_proposal, synthetic, criteria)
    _divide(papers)
    late = [
        _synthetic(before + len(papers) + n + 1, None, topic.envelope // 10, topic, synthetic, pool)
        for n in range(inflow.late)
    ]
    return Plan(topic, inflow, papers, late)


def judge(
    paper: Paper, quality: Quality, experts: int, synthetic: Synthetic, criteria: Sequence[str]
) -> None:
    """What its reviewers will think of it, each and together."""
    paper.strong = quality != "weak"
    paper.agreed = synthetic.scores(quality, criteria)
    paper.views = synthetic.views(paper.agreed, experts)
    paper.objects = synthetic.chance(0.08)


def _divide(papers: Sequence[Paper]) -> None:
    """In one group that fails a threshold, one expert will stay with another view (V-16)."""
    for paper in reversed(papers):
        if paper.agreed:
            paper.divided = True
            return


def _real(real: Real, topic: Topic, synthetic: Synthetic) -> Paper:
    project = projects()[real.acronym]
    kept = [p for p in project.participants if p.country not in real.leave_out]
    return Paper(
        acronym=real.acronym,
        title=project.title[:200],
        abstract=f"{LABEL} The consortium is the published one. {_about(real.flaw, topic, real.acronym)}",
        seats=tuple(_published(part, synthetic) for part in kept),
        asks=Decimal(real.asks),
        flaw=real.flaw,
        number=project.number,
        starts_on=project.starts_on,
        months=project.months,
    )


def _published(part: Participant, synthetic: Synthetic) -> Seat:
    return Seat(part.name[:200], part.country, part.kind, synthetic.name(), part.pic)


def _about(flaw: Flaw | None, topic: Topic, acronym: str) -> str:
    told = f"The project answers the topic “{topic.title}”."[:400]
    if flaw == "out_of_scope":
        told = f"The project develops {topic.excluded or 'something that the topic does not ask for'}."
    return f"{told} {subject_of(acronym)}"


def _synthetic(
    number: int, flaw: Flaw | None, asks: int, topic: Topic, synthetic: Synthetic, pool: Sequence[Body]
) -> Paper:
    bodies = _gathered(flaw, synthetic, pool)
    acronym = f"SYN-{number:03}"
    return Paper(
        acronym=acronym,
        title=f"Synthetic proposal {number} on {topic.title}"[:200],
        abstract=f"{LABEL} {_about(flaw, topic, acronym)}",
        seats=tuple(_seat(body, synthetic) for body in bodies),
        asks=synthetic.near(asks),
        flaw=flaw,
        resubmits=synthetic.chance(0.1),
    )


def _gathered(flaw: Flaw | None, synthetic: Synthetic, pool: Sequence[Body]) -> Sequence[Body]:
    """Organisations of as many countries; of one control or of too few countries if that is the flaw."""
    match flaw:
        case "not_independent":
            return synthetic.under_one_control(MOST)
        case "too_few_countries":
            return synthetic.of_one_country(pool, LEAST)
    return synthetic.of_different_countries(pool, synthetic.random.randint(LEAST, MOST))


def _seat(body: Body, synthetic: Synthetic) -> Seat:
    return Seat(body.name, body.country, body.kind, synthetic.name(), control_group=body.control_group)
