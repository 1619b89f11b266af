"""The scheme that a call's pinned rules score by."""

from app.calls.models import Call
from app.calls.rule_set import RuleSet, Scheme


def scheme_of(call: Call) -> Scheme:
    """Every number comes from the call's own copy of its rules."""
    return RuleSet.model_validate(call.rules).scheme
