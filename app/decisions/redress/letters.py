"""What coordinators are told of their request for a review, at each step; names stand in none of it."""

from collections.abc import Mapping
from uuid import UUID

from app.core import outbox
from app.core.outbox import Letter
from app.decisions.letter.writing import Written, keep_and_send
from app.decisions.redress.models import Redress, RedressState
from app.people.desk import desk
from app.people.models import Account
from app.workflow.run import Act

STEP = """To the coordinator of proposal {reference}, {acronym}

about your request for a review of its outcome:

{told}

{url}/v1/redresses/{key}
"""
FILED = """It has arrived. The programme office looks whether it is admissible; you should have an answer by
{due:%d %B %Y}. The review stops nothing of what is decided on others. Only one formal action can be under way
at a time."""
ADMITTED = "It is admissible, and goes to a committee of people who took no part in what is reviewed."
WITHDRAWN = "It is withdrawn. A review may be asked for once, so that no other can follow."
UPHELD = """It is upheld:

{reason}

What it is about is evaluated anew by experts who took no part before. Their result is definitive; it may also
be lower."""

NAMED = """Dear {name},

you are named to {what}. Look at whose proposal it is about,
and declare whether you have a conflict of interest with it; you read nothing else before.

{url}/v1/{path}
"""
OVER = """Dear {name},

{what} to which you are named has ended before anything was decided. Nothing more is asked of you;
please destroy what you have kept of the file.

{url}/v1/{path}
"""
MEMBER = "the committee that weighs a request for a review of a decision on a proposal"
EXPERT = "the experts who evaluate a proposal anew, in which you took no part"

END = """To the coordinator of proposal {reference}, {acronym}

Your request for a review of the outcome of your proposal is settled: {how}

{reason}{then}

This ends the review; no other can be asked for. You may still bring an action for annulment before the
General Court of the European Union within two months (Article 263 of the Treaty on the Functioning of the
European Union), or complain to the European Ombudsman within two years. Only one formal action can be under
way at a time.
"""
HOW = {
    "dismissed": "it is not admissible.",
    "rejected": "it is rejected.",
    "kept": "it was upheld and your proposal evaluated anew; what was decided on it stays.",
    "changed": "it was upheld, and what was decided on your proposal changes.",
    "promoted": "it ends, since your proposal has been selected from the reserve list.",
    "withdrawn": "it ends, since you have withdrawn your proposal.",
    "cancelled": "it ends, since the call is cancelled.",
    "taken_out": "it ends, since the topic is taken out of the call.",
}
"""The last four where there is nothing left to review."""
ENDED = "Nothing was decided on your request."
STAYS = "The outcome that you were told of stands."
THEN: Mapping[str, str] = {
    "none": STAYS,
    "lower": "By the new result your proposal does not reach every threshold. It is not selected.",
    "reserve": "Your proposal reaches all thresholds, and is placed on the reserve list.",
    "invited": "Your proposal is invited to the second stage, with the full time to answer. You find in the "
    "invitation who the industry consortium of the topic is.",
    "funded": "Your proposal is selected for funding. The programme office will ask you to prepare the grant "
    "agreement. This letter is no commitment to fund before the agreement is signed.",
    "vote": "Your proposal would have been selected. The money of the topic is spent, and nobody who is "
    "selected loses a place by a review; the committee votes on how yours is to be remedied, and you will be "
    "told.",
    "first_on_reserve": "Your proposal is placed first on the reserve list of its topic.",
    "next_call": "Your proposal is promised the budget of a next call.",
    "reinstated": "Your proposal is admitted again, and evaluated with the others of its topic.",
}
WORDS = "\n\nIn the words of the decision:\n\n{promise}"
ANEW = """

The new result is {total}: {scores}. The comments stand with your request at
{url}/v1/redresses/{key}"""


async def tell(redress: Redress, text: str, act: Act, **facts: object) -> None:
    """Tell the contacts of the coordinator of a step; the letter is kept, as each of a review is."""
    proposal = redress.proposal
    named = {"reference": proposal.reference, "acronym": proposal.acronym}
    told = STEP.format(**named, told=text.format(**facts), url=desk().public_url, key=redress.id)
    subject = f"Proposal {proposal.reference}: your request for a review"
    letter = Written("redress", subject, told, reviewable=False)
    await keep_and_send(redress.topic_stage, {proposal: letter}, act, mail="redress")


async def tell_named(account: Account, what: str, entity: str, key: UUID, act: Act) -> None:
    """Ask somebody who is named to look at the card and to declare."""
    text = NAMED.format(name=account.name, what=what, url=desk().public_url, path=_path(entity, key))
    mail = Letter(account.email, "You are named in a review: please declare", text, entity, key)
    await outbox.write_all(act.session, "named", [mail], act.now)


def over(name: str, email: str, entity: str, key: UUID) -> Letter:
    """Tell somebody who is named that the work has ended with its request; why it has, is not told."""
    what = "The review" if entity == "redress" else "The new evaluation"
    text = OVER.format(name=name, what=what, url=desk().public_url, path=_path(entity, key))
    return Letter(email, f"{what} has ended", text, entity, key)


def _path(entity: str, key: UUID) -> str:
    return f"{'redresses' if entity == 'redress' else 're_evaluations'}/{key}"


async def write_end(redress: Redress, how: str, reason: str, act: Act) -> None:
    """Write the letter that ends a review, or that tells what a vote after it has come to; it is kept."""
    await keep_and_send(redress.topic_stage, {redress.proposal: end_of(redress, how, reason)}, act)


def end_of(redress: Redress, how: str, reason: str = "") -> Written:
    """The letter that ends a review, in one of the ways of HOW."""
    proposal = redress.proposal
    then = ENDED if redress.state == RedressState.VOID else THEN[redress.remedy or "none"]
    then += WORDS.format(promise=redress.promise) if redress.promise else ""
    text = END.format(
        reference=proposal.reference,
        acronym=proposal.acronym,
        how=HOW[how],
        reason=f"{reason}\n\n" if reason else "",
        then=then + _result(redress),
    )
    subject = f"Proposal {proposal.reference}: the review is settled"
    return Written("redress", subject, text, reviewable=False)


def _result(redress: Redress) -> str:
    again = redress.re_evaluation
    if again is None or again.total is None or redress.state != RedressState.SETTLED:
        return ""
    scores = ", ".join(f"{code.replace('_', ' ')} {score}" for code, score in sorted(again.scores.items()))
    return ANEW.format(total=again.total, scores=scores, url=desk().public_url, key=redress.id)
