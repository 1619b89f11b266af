"""A list that is decided on twice, what is asked of it afterwards, and what is left on reserve."""

import json
from pathlib import Path

from app.rehearsal.acts import (
    calls,
    committee,
    consortia,
    evaluation,
    experts,
    grants,
    panels,
    proposals,
    topics,
)
from app.rehearsal.call_file import parsed
from app.rehearsal.play import Piece
from app.rehearsal.stories.decisions import (
    embargo,
    letters,
    looked_at,
    parts,
    released,
    reserve,
    reviews,
    seats,
    second_body,
    votes,
    what_ifs,
)

HERE = Path(__file__).parent / "call.json"
STORY = Piece(
    parsed(json.loads(HERE.read_text(encoding="utf-8")), HERE.name),
    (
        committee.appoint,
        seats.appoint,
        looked_at.appoint,
        topics.define,
        calls.publish,
        consortia.enter,
        parts.judge,
        consortia.register,
        consortia.form,
        proposals.write,
        proposals.close,
        proposals.check,
        experts.engage,
        panels.assign,
        evaluation.report,
        evaluation.agree,
        embargo.look,
        evaluation.rank,
        what_ifs.draw_up,
        votes.meet,
        votes.go_on,
        votes.give_back,
        votes.close_again,
        votes.decide_again,
        embargo.look_again,
        released.keep_apart,
        released.release,
        released.publish_minutes,
        letters.open_some,
        reviews.ask,
        reviews.weigh,
        second_body.in_writing,
        second_body.put_again,
        second_body.take_over,
        reserve.promote,
        grants.sign,
        looked_at.read_times,
        reserve.expire,
        looked_at.compare,
        looked_at.take_the_file,
    ),
)
