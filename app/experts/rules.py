"""What keeps an expert from a proposal, in the words of the model contract."""

from app.core.reason import Reason

SITUATIONS = {
    "D1": "was involved in preparing the proposal",
    "D2": "benefits if the proposal is accepted or rejected",
    "D3": "is close to a person who represents an applicant",
    "D4": "has a part in the management of an applicant",
    "D5": "is employed by an applicant",
    "D6": "advised on the work programme in the area of the call",
    "D7": "is a national contact point",
    "D8": "belongs to a body or an office that runs, advises on or decides the programme",
    "D9": "is involved in a competing proposal on the topic",
    "P1": "was employed by an applicant within the last three years",
    "P2": "works or has worked with an applicant within the last three years",
    "P3": "is in a situation that casts doubt on impartiality",
}
"""D disqualifies and is never waived; P blocks until the office has decided."""


def conflicting(situation: str, path: str) -> Reason:
    """Why this expert cannot have this proposal: the situation, and how it was found."""
    told = f"The expert {SITUATIONS[situation]} ({situation}): {path}."
    return Reason(situation, told, "/proposal_id", "office")


def free_label(taken: set[str], pick: int) -> str:
    """A label that nobody of the proposal has yet; `pick` is a random number, so that it tells no order."""
    free = [f"Expert {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if f"Expert {letter}" not in taken]
    return free[pick % len(free)]
