"""Five ideas become two topics, a call and two projects; and what happens to their texts on the way."""

import json
from pathlib import Path

from app.rehearsal.acts import (
    committee,
    consortia,
    decisions,
    evaluation,
    experts,
    grants,
    next_call,
    panels,
    proposals,
)
from app.rehearsal.call_file import parsed
from app.rehearsal.play import Piece
from app.rehearsal.stories.topics import adoption, deadline, drafting, ideas, published, rounds, trail

HERE = Path(__file__).parent / "topics.json"
STORY = Piece(
    parsed(json.loads(HERE.read_text(encoding="utf-8")), HERE.name),
    (
        committee.appoint,
        ideas.propose,
        ideas.screen,
        drafting.draft,
        rounds.first,
        rounds.second,
        adoption.hear_advisers,
        adoption.adopt,
        published.publish,
        published.look,
        published.ask,
        published.correct,
        consortia.enter,
        consortia.register,
        consortia.form,
        proposals.write,
        deadline.extend,
        proposals.close,
        proposals.check,
        proposals.tell_those_that_fail,
        experts.engage,
        panels.assign,
        deadline.try_again,
        evaluation.report,
        panels.discover,
        evaluation.report_again,
        evaluation.agree,
        evaluation.rank,
        decisions.decide,
        decisions.release,
        grants.sign,
        trail.follow,
        next_call.open_for_all,
    ),
)
