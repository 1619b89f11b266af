"""What a motion about a ranked list must say, and no other may."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.workflow.table import Ask

Why = Iterable[Reason]


def fault_where_a_list_goes_back(session: object, ask: Ask) -> Why:
    if ask.data is None:
        return
    returns = ask.data.purpose == "return_list"
    if returns and ask.data.fault is None:
        yield Reason("no-fault", "The motion does not say for which fault.", "/fault", "office")
    if returns and not ask.data.text.strip():
        yield Reason("no-reason", "The motion gives no reason.", "/text", "office")
    if not returns and ask.data.fault is not None:
        told = "Only a motion to return a list to its panel names a fault."
        yield Reason("fault-not-asked", told, "/fault", "office")


def passed_over_where_a_list_is_adopted(session: object, ask: Ask) -> Why:
    if ask.data is not None and ask.data.passed_over and ask.data.purpose != "adopt_list":
        told = "Only a motion to adopt a list passes proposals over."
        yield Reason("passed-over-not-asked", told, "/passed_over", "office")
