"""Effects of the rows that judge a proposal: its checks, who stands behind them, what was found."""

from uuid import uuid4

from sqlalchemy import select

from app.core.errors import Unmet
from app.core.reason import Reason
from app.proposals import disclosure
from app.proposals.checks import findings
from app.proposals.document_texts import search_sealed
from app.proposals.models import GOING_ON, Check, Proposal
from app.workflow.rows import look
from app.workflow.run import Act


async def record_checks(proposal: Proposal, act: Act) -> None:
    """Write down what each rule says of the last sealed version; a repeated check replaces the one before."""
    await act.session.refresh(proposal.versions[-1], ["texts", "answers"])
    known = {check.rule: check for check in proposal.checks}
    for finding in findings(proposal, await search_sealed(act.session, proposal)):
        check = known.get(finding.rule) or Check(id=uuid4(), proposal=proposal, rule=finding.rule)
        check.kind = _kind(finding.rule)
        check.passed, check.text, check.inputs = finding.passed, finding.text, finding.inputs
        check.checked_at, check.checked_by_id = act.now, act.actor.id
        check.overruled = None if finding.passed else check.overruled
        check.confirmed_by = check.confirmed_by if check.overruled else []
        act.session.add(check)
    act.note(failed=sorted(c.rule for c in proposal.checks if not c.passed))


def _kind(rule: str) -> str:
    """A proposal that names its applicants in a blind stage is inadmissible (V-25)."""
    return "admissibility" if rule.startswith("M") or rule == disclosure.RULE else "eligibility"


async def overrule(proposal: Proposal, act: Act) -> None:
    """Keep the reason with the check, which stays as the rule found it."""
    check = next(check for check in proposal.checks if check.rule == act.data.rule)
    check.overruled, check.confirmed_by = act.data.reason, _officers(act)


def _officers(act: Act) -> list[str]:
    """Whoever stands behind this act: of two officers, the one who asked for it first."""
    first = act.notes.get("first_officer")
    return [*([first] if first else []), str(act.actor.id)]


async def confirm_checks(proposal: Proposal, act: Act) -> None:
    """The officer stands behind every check that nobody has confirmed."""
    for check in proposal.checks:
        check.confirmed_by = check.confirmed_by or _officers(act)


async def keep_finding(proposal: Proposal, act: Act) -> None:
    """Keep the code of K-10, the rule and the officers' words; the consortium reads them once released.

    What officers found themselves is a check as well: of the scope, or of what they could not read.
    """
    proposal.reason = str(proposal.state).upper()
    proposal.finding_rule, proposal.finding_text = act.data.rule, act.data.text
    _put_on_record(proposal, act, {"found_by": "officers"})


def _put_on_record(proposal: Proposal, act: Act, inputs: dict[str, str]) -> None:
    """The finding stands among the checks, with the officers behind it."""
    check = next((c for c in proposal.checks if c.rule == proposal.finding_rule), None)
    if check is None or check.passed:
        check = check or Check(id=uuid4(), proposal=proposal, rule=proposal.finding_rule, inputs={})
        check.kind = _kind(check.rule)
        check.inputs, check.text = {**check.inputs, **inputs}, proposal.finding_text or ""
        check.passed, check.checked_at = False, act.now
        act.session.add(check)
    check.confirmed_by = _officers(act)


async def keep_duplicate(proposal: Proposal, act: Act) -> None:
    """It is a duplicate of the one that stands, of the same topic in the same stage.

    The other is held until the act is done, so that of two none is lost by each being the other's; it is not
    waited for, since who holds it may wait for this one. Raises NotFound for one that the officer does not
    see, Unmet for one that cannot stand.
    """
    other = None
    if (key := act.data.stands_id) != proposal.id:
        await look(act.session, Proposal, key, act.actor)
        held = select(Proposal.id).where(Proposal.id == key)
        await act.session.execute(held.with_for_update(of=Proposal, key_share=True, nowait=True))
        other, _ = await look(act.session, Proposal, key, act.actor)
    if other is None or other.topic_stage_id != proposal.topic_stage_id:
        told = "The one that stands is another proposal on the same topic in the same stage."
        raise Unmet(reasons=[Reason("no-other", told, "/body/stands_id", "office")])
    if other.state not in GOING_ON:
        told = "The one that is to stand is not in the process any more."
        raise Unmet(reasons=[Reason("does-not-stand", told, "/body/stands_id", "office")])
    proposal.duplicate_of_id, proposal.reason = other.id, "DUPLICATE"
    proposal.finding_rule = "K-10"
    proposal.finding_text = f"{act.data.text} The proposal that stands is {other.reference}."
    _put_on_record(proposal, act, {"stands": other.reference})
