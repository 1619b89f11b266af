"""The words of the mails that carry a link."""

from app.people.models import AccountState

INVITATION = """{name},

you are invited to take part in the calls for proposals. Choose your password with this link; it is good once:

{link}
"""

_TO_STRANGER = """Somebody, probably you, gave this address to take part in the calls for proposals. It has no
account yet. To make one, choose your name and password with this link; it is good once:

{link}

If it was not you, do nothing.
"""

_TO_INVITED = """Your account is ready. Choose your name and password with this link; it is good once:

{link}
"""

_TO_ACTIVE = """Somebody, probably you, asked for a new password. Choose it with this link; it is good once:

{link}

If it was not you, do nothing: your password stays as it is.
"""

_TO_CLOSED = """Somebody, probably you, asked for access with this address. Its account is closed; the
programme office can tell you more.
"""

_FOR = {
    None: ("Your registration", _TO_STRANGER),
    AccountState.INVITED: ("Your invitation", _TO_INVITED),
    AccountState.ACTIVE: ("Your password", _TO_ACTIVE),
    AccountState.CLOSED: ("Your account is closed", _TO_CLOSED),
}


def for_state(state: AccountState | None, link: str) -> tuple[str, str]:
    """Subject and text for an address whose account is in this state, or which has none."""
    subject, text = _FOR[state]
    return subject, text.format(link=link)
