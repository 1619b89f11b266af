"""What a change and a signature of a partner's part bring about."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

import rfc8785

from app.calls.rules import in_words
from app.consortia.access import own
from app.consortia.budget.parts import declared_by
from app.consortia.budget.rules import FIGURES, WORDS
from app.consortia.models import Partner, Signature
from app.core import outbox
from app.core.outbox import Letter
from app.people.models import Account
from app.workflow.run import Act

CHANGED = """The coordinator of the consortium {consortium} has changed the figures of {organisation}
on {at}, Brussels time: {what}.

{sign}
"""
SIGN_AGAIN = "The signature of your part is void by this; read the part before you sign it again."
NOT_SIGNED = "Your part has not been signed; read it before you sign."


def _changes(partner: Partner, data: Any) -> list[str]:
    """The names of what an edit changes, as sentences say them; to be asked before it is made."""
    sent = [name for name in WORDS if name in data.model_fields_set]
    return [WORDS[name] for name in sent if getattr(data, name) != getattr(partner, name)]


async def void(partner: Partner, act: Act) -> None:
    """The signature stands no longer; the record of it stays, with who changed what and when."""
    by = "partner" if own(act.ask.held) else "coordinator"
    changed = ", ".join(_changes(partner, act.data)) or "the figures, written anew as they were"
    for signature in partner.signatures:
        if signature.voided_at is None:
            signature.voided_at, signature.voided_by, signature.voided_because = act.now, by, changed
    act.note(voided=True)


async def tell_partner(partner: Partner, act: Act) -> None:
    """Mail the partner's contact what the coordinator has changed."""
    changed = _changes(partner, act.data)
    if own(act.ask.held) or not changed:
        return
    was_signed = any(signature.voided_at == act.now for signature in partner.signatures)
    text = CHANGED.format(
        consortium=partner.consortium.name,
        organisation=partner.organisation.legal_name,
        at=in_words(act.now),
        what=", ".join(changed),
        sign=SIGN_AGAIN if was_signed else NOT_SIGNED,
    )
    subject = f"Your figures in {partner.consortium.name} were changed"
    contacts = [p.email for p in partner.people if p.part == "contact" and p.until is None]
    letters = [Letter(to, subject, text, "partner", partner.id) for to in contacts]
    await outbox.write_all(act.session, "partner_changed", letters, act.now)


async def keep_signature(partner: Partner, act: Act) -> None:
    """Keep what is signed: organisation, figures, declarations, by whom and when, under one digest."""
    account = await act.session.get_one(Account, act.actor.id)
    signed: dict[str, Any] = {
        "consortium": partner.consortium.name,
        "organisation": {"id": str(partner.organisation_id), "legal_name": partner.organisation.legal_name},
        "version": partner.version,
        "figures": {name: f"{getattr(partner, name):.2f}" for name in FIGURES},
        "self_financed": partner.self_financed,
        "declarations": [{"key": one.key, "text": one.text} for one in declared_by(partner)],
        "signed_by": account.name,
        "signed_at": act.now.isoformat(timespec="microseconds"),
    }
    signature = Signature(id=uuid4(), partner=partner, signed_at=act.now, signed=signed)
    signature.signed_by_id, signature.digest = account.id, sha256(rfc8785.dumps(signed)).hexdigest()
    act.session.add(signature)
    act.note(digest=signature.digest)
