"""What a stage has chosen from the rules of its call: the scheme, the form, the page limits."""

from typing import Any, NamedTuple

from app.calls.form import Section
from app.calls.models import Call, Stage, TopicStage
from app.calls.overrides import applied
from app.calls.rule_parts import Blind, Document, Eligibility
from app.calls.rule_set import RuleSet, pinned
from app.calls.scheme import Scheme


class Form(NamedTuple):
    """What a proposal consists of in a stage; `pages` of a document is the limit that holds there."""

    sections: tuple[Section, ...]
    documents: tuple[Document, ...]


def rules_of(call: Call) -> RuleSet:
    """The rules that the call has pinned; before publication, those it would pin now. Raises BadRules."""
    return pinned(call) if call.rules else applied(call.rule_set, call.overrides)


def scheme_of(part: TopicStage) -> Scheme:
    """How proposals of a topic are scored in its stage; every number is the call's own."""
    return scheme_in(rules_of(part.stage.call), part.stage, part.action_type)


def scheme_in(rules: RuleSet, stage: Stage, action_type: str) -> Scheme:
    """The scheme that the stage names, or else the first that is made for it; a name must be known."""
    if stage.scheme:
        return rules.all_schemes()[stage.scheme]
    suiting = (one for one in rules.schemes if one.suits(stage.kind, action_type))
    return next(suiting, rules.scheme)


def invited_to_next(part: TopicStage) -> int | None:
    """How many of a topic's proposals go on to the next stage (C-07); None where there is none."""
    if part.stage.kind != "short":
        return None
    return part.invited_to_next or rules_of(part.stage.call).invited_to_stage_2


def eligibility_of(part: TopicStage) -> Eligibility:
    """Who must take part in a proposal of a topic."""
    return eligibility_in(rules_of(part.stage.call), part.action_type)


def eligibility_in(rules: RuleSet, action_type: str) -> Eligibility:
    """Who must take part: coordination and support actions ask for less (E-04)."""
    csa = rules.eligibility_csa if action_type == "CSA" else None
    return csa or rules.eligibility


def blind_of(part: TopicStage) -> Blind | None:
    """How proposals are read by experts who are not to learn whose they are; None: the stage is not blind."""
    return rules_of(part.stage.call).blind_in(part.stage.kind)


def form_of(part: TopicStage) -> Form:
    """The form of a topic in its stage."""
    return form_in(rules_of(part.stage.call), part.stage, part.action_type)


def form_in(rules: RuleSet, stage: Stage, action_type: str) -> Form:
    sections = (one for one in rules.sections if not one.stages or stage.kind in one.stages)
    documents = (one for one in rules.documents if not one.stages or stage.kind in one.stages)
    return Form(tuple(sections), tuple(_in_stage(one, rules, stage, action_type) for one in documents))


def _in_stage(document: Document, rules: RuleSet, stage: Stage, action_type: str) -> Document:
    """A document as the stage asks for it: what the stage says, else the limits, else the document's own."""
    found: dict[str, Any] = {}
    for limit in rules.page_limits:
        here = (limit.document, limit.stage) == (document.key, stage.kind)
        if here and (not limit.action_types or action_type in limit.action_types):
            found["pages"] = limit.pages
            break
    if document.key in stage.page_limits:
        found["pages"] = stage.page_limits[document.key]
    if stage.required_documents is not None:
        found["required"] = document.key in stage.required_documents
    return document.model_copy(update=found)
