"""The scheme that a call's pinned rules score by."""

from app.calls.models import Call
from app.calls.rule_set import Scheme, pinned


def scheme_of(call: Call) -> Scheme:
    """Every number comes from the call's own copy of its rules."""
    return pinned(call).scheme
