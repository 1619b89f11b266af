"""Who reads a letter: whom it was written to, those who run the process, auditors; no other partner.

Nobody of them who has ever applied on its topic: letters tell of reviews, too.
"""

from app.consortia.access import apart, within
from app.decisions.letter.models import Letter
from app.people.access import auditor, office
from app.workflow.sight import Sight

coordinator, deputy_contact, *_ = within(Letter.consortium_id)
addressee = coordinator | deputy_contact

SIGHTS = {
    Letter: Sight(
        (coordinator, deputy_contact, *(apart(role, Letter.topic_id) for role in (office, auditor))),
        topic=Letter.topic_id,
    )
}
