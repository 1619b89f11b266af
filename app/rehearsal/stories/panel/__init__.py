"""Groups that lose an expert, begin anew or stay divided; hearings; equals; a list that comes back."""

import json
from pathlib import Path

from app.rehearsal.acts import (
    calls,
    committee,
    consortia,
    decisions,
    evaluation,
    experts,
    grants,
    panels,
    proposals,
    topics,
)
from app.rehearsal.call_file import parsed
from app.rehearsal.play import Piece
from app.rehearsal.stories.panel import groups, hearings, lists, room

HERE = Path(__file__).parent / "call.json"
STORY = Piece(
    parsed(json.loads(HERE.read_text(encoding="utf-8")), HERE.name),
    (
        committee.appoint,
        topics.define,
        calls.publish,
        consortia.enter,
        consortia.register,
        consortia.form,
        groups.judge,
        proposals.write,
        proposals.close,
        proposals.check,
        experts.engage,
        panels.assign,
        evaluation.report,
        groups.agree,
        groups.begin_anew,
        room.gather,
        hearings.call,
        hearings.answer,
        hearings.hold,
        room.discuss,
        lists.part,
        lists.give_back,
        hearings.hear_nobody_again,
        room.discuss_again,
        lists.part_again,
        decisions.decide,
        decisions.release,
        grants.sign,
        lists.compare,
    ),
)
