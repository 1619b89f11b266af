"""The words of the mails that carry a link."""

from app.people.models import AccountState

INVITATION = """{name},

you are invited to take part in the calls for proposals. Choose your password with this link; it is good once:

{link}
"""

_FOR = {
    None: (
        "Your registration",
        "Somebody, probably you, gave this address to take part in the calls for proposals. There is no account "
        "of it yet. To make one, choose your name and password with this link; it is good once:\n\n{link}\n\n"
        "If it was not you, do nothing.\n",
    ),
    AccountState.INVITED: (
        "Your invitation",
        "Your account is ready. Choose your name and password with this link; it is good once:\n\n{link}\n",
    ),
    AccountState.ACTIVE: (
        "Your password",
        "Somebody, probably you, asked for a new password. Choose it with this link; it is good once:\n\n{link}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n",
    ),
    AccountState.CLOSED: (
        "Your account is closed",
        "Somebody, probably you, asked for access with this address. Its account is closed; the programme office "
        "can tell you more.\n",
    ),
}


def for_state(state: AccountState | None, link: str) -> tuple[str, str]:
    """Subject and text for an address whose account is in this state, or which has none."""
    subject, text = _FOR[state]
    return subject, text.format(link=link)
