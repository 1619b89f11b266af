"""The letters that tell applicants of a decision, in the words of the process."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.calls.periods import Rest, last_day, months_later, received

WHY = {
    "INADMISSIBLE": "The proposal does not fulfil a condition of admissibility.",
    "INELIGIBLE": "The proposal does not fulfil a condition of eligibility.",
    "OUT_OF_SCOPE": "The proposal does not answer the topic.",
    "BELOW_CRITERION_THRESHOLD": "The proposal did not reach the threshold of every criterion.",
    "BELOW_OVERALL_THRESHOLD": "The proposal did not reach the overall threshold.",
    "INSUFFICIENT_BUDGET": "The proposal reached all thresholds; the topic's budget ends above its rank.",
    "NOT_FIRST_RANKED": "The proposal reached all thresholds; another is ranked before it.",
    "ETHICS": "The ethics of the proposal was not cleared, so no grant agreement can be signed.",
    "WITHDRAWN": "The proposal was withdrawn.",
    "DUPLICATE": "The proposal was submitted more than once.",
}
"""A sentence for each reason not to be selected that can arise up to the signature (K-09, K-10).

Of those whom the committee passes over the programme has one of its own.
"""

OUTCOMES = {
    "selected": "is selected for funding",
    "reserve": "is on the reserve list",
    "rejected": "is not selected for funding",
    "inadmissible": "is inadmissible and was not evaluated",
    "ineligible": "is ineligible and was not selected for funding",
}

NEXT = {
    "selected": """The programme office will ask you to prepare the grant agreement. The content of the
proposal is not negotiated. This letter is no commitment to fund before the agreement is signed.""",
    "reserve": """If money of the topic becomes free, proposals on the reserve list are invited in their
order. {in_force} You need not do anything.""",
}
IN_FORCE = """The reserve list is in force until {until:%d %B %Y}, 23:59:59 Brussels time, or until the
budget is used; you will be told when it has ended."""
UNTIL_USED = "The reserve list is in force until the budget is used; you will be told when it has ended."
"""What is said to who waits, of a list with an end of its own and without (K-05)."""

FIRST_STAGE = {
    "selected": "is invited to the second stage",
    "reserve": "is not invited to the second stage at present",
    "rejected": "is not invited to the second stage",
}
"""What is said otherwise of a short proposal (C-07)."""
NEXT_IN_FIRST_STAGE = {
    "selected": """From now on you may speak with the industry consortium of the topic; you find in the
invitation who it is. Until {merged_by:%d %B %Y}, 23:59:59 Brussels time, propose to merge with it, so that
the full proposal can begin; or report together why a full proposal is not feasible; or decline. The
evaluation of the full proposal is a new one: nothing of this stage is counted in it.""",
    "reserve": """If what is invited before it comes to nothing, the next rank may be invited. You will
be told either way. You need not do anything.""",
}

REVIEW = """How to have this reviewed

You, as the coordinator, may ask once for a review of the procedure: for a procedural shortcoming, a factual
error, or a wrong result on admissibility or eligibility. The scientific judgement of the experts is not
reviewed. The request must arrive within {days} days of receiving this letter. A letter that is not opened
within {deemed} days of being sent, until {deemed_on:%d %B %Y}, counts as received on that day. The last day
is then {last:%d %B %Y}, until 23:59:59 Brussels time; if you open this letter on {sent:%d %B %Y}, it is
{first:%d %B %Y}. Should the letter be sent later, or opened in between, the day that counts stands
beside it.

You may also bring an action for annulment before the General Court of the European Union within two months
(Article 263 of the Treaty on the Functioning of the European Union), or complain to the European Ombudsman
within two years. Only one formal action can be under way at a time.
"""
REVIEWED = """How to have this reviewed

A review of the procedure may be asked for once; it has been for this proposal. You may bring an action for
annulment before the General Court of the European Union within two months (Article 263 of the Treaty on the
Functioning of the European Union), or complain to the European Ombudsman within two years. Only one formal
action can be under way at a time.
"""
"""The means that are left to who has asked for a review before (Z-02)."""

LETTER = """To the coordinator of proposal {reference}, {acronym}

Your proposal “{title}” on the topic {topic}, call {call}, {outcome}.
{why}{passed}{found}{rank}{feedback}{summary}{then}{review}"""

PASSED_OVER = """
The committee has passed it over on the ranked list, on which it keeps its rank, and has said:

{passed_over}
"""
RANK = """
Its rank on the list of the topic is {rank}.
"""
"""What is said where the rule set has the ranks in the letters."""

FEEDBACK = """
In short: the experts found that your proposal reaches the threshold of every criterion and that of the
whole, and the panel has ranked it among the first of its topic. Who goes on to the second stage is told no
scores and no comments of the first.
"""
"""The feedback after a stage in which who is selected reads no summary report (V-23)."""

SUMMARY = """
The evaluation summary report of your proposal, with its scores and the comments of the experts, is ready for
you and your partners to read.
"""
"""What is said where the report is released with the outcome (V-21)."""


@dataclass(frozen=True)
class Facts:
    """What one letter says; `reason` is a code of K-10 for all but the selected.

    For those never evaluated also the rule that is not met, and what the officer found. `passed_over`: what
    the committee has said, and `why` the sentence of its reason. `rank`, where ranks are told. `asked`: a
    review was asked for before.
    """

    reference: str
    acronym: str
    title: str
    topic: str
    call: str
    outcome: str
    reason: str | None
    rule: str | None = None
    finding: str | None = None
    first_stage: bool = False
    summarised: bool = False
    why: str | None = None
    passed_over: str | None = None
    rank: int | None = None
    feedback: bool = False
    asked: bool = False

    @property
    def reviewable(self) -> bool:
        """Whether a review may be asked for after this letter (Z-01, Z-02)."""
        return self.outcome != "selected" and not self.asked


@dataclass(frozen=True)
class Dates:
    """The days of a request for review (Z-01): the longest it may take, and if opened when it was sent.

    `merged_by`: the last day to answer an invitation to the second stage (C-08). `reserve_until`: the last
    day of the reserve list, if it has one of its own (K-05).
    """

    days: int
    deemed: int
    sent: date
    deemed_on: date
    last: date
    first: date
    merged_by: date
    reserve_until: date | None = None


class Periods(Protocol):
    """How long there is to ask for a review, to answer or to wait, and which days are days of rest."""

    @property
    def redress_days(self) -> int: ...
    @property
    def deemed_received_days(self) -> int: ...
    @property
    def not_feasible_days(self) -> int: ...
    @property
    def reserve_months(self) -> int | None: ...
    @property
    def rest(self) -> Rest: ...


def days_of(rules: Periods, sent: date) -> Dates:
    """The days of a letter sent on this day in Brussels (Z-01)."""
    deemed_on = received(sent, None, rules.deemed_received_days)
    last, first = (last_day(day, rules.redress_days, rules.rest) for day in (deemed_on, sent))
    merged_by = last_day(sent, rules.not_feasible_days, rules.rest)
    waits = None if rules.reserve_months is None else months_later(sent, rules.reserve_months)
    return Dates(
        rules.redress_days, rules.deemed_received_days, sent, deemed_on, last, first, merged_by, waits
    )


def written(facts: Facts, dates: Dates) -> tuple[str, str]:
    """Subject and text; the means of redress stand in every letter but that of the selected (Z-07)."""
    outcomes = OUTCOMES | (FIRST_STAGE if facts.first_stage else {})
    ahead = (NEXT_IN_FIRST_STAGE if facts.first_stage else NEXT).get(facts.outcome, "")
    waits = UNTIL_USED if dates.reserve_until is None else IN_FORCE.format(until=dates.reserve_until)
    review = REVIEW.format(**vars(dates)) if facts.reviewable else REVIEWED
    named = {name: getattr(facts, name) for name in ("reference", "acronym", "title", "topic", "call")}
    text = LETTER.format(
        **named,
        outcome=outcomes[facts.outcome],
        why=f"\nReason {facts.reason}: {facts.why or WHY[facts.reason]}\n" if facts.reason else "",
        passed=PASSED_OVER.format(passed_over=facts.passed_over) if facts.passed_over else "",
        rank=RANK.format(rank=facts.rank) if facts.rank is not None else "",
        feedback=FEEDBACK if facts.feedback else "",
        summary=SUMMARY if facts.summarised else "",
        found=f"\n{facts.rule}: {facts.finding}\n" if facts.rule else "",
        then=f"\n{ahead.format(merged_by=dates.merged_by, in_force=waits)}\n" if ahead else "",
        review="" if facts.outcome == "selected" else f"\n{review}",
    )
    return f"Proposal {facts.reference}: the outcome", text
