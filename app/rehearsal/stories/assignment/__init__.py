"""Panels by a run and by hand, rules that block each other, two drop-outs, and a corpus of conflicts."""

import json
from pathlib import Path

from app.rehearsal.acts import calls, committee, consortia, proposals, topics
from app.rehearsal.call_file import parsed
from app.rehearsal.play import Piece
from app.rehearsal.stories.assignment import blocked, compared, corpus, pool, replaced

HERE = Path(__file__).parent / "call.json"
STORY = Piece(
    parsed(json.loads(HERE.read_text(encoding="utf-8")), HERE.name),
    (
        committee.appoint,
        topics.consult_on,
        corpus.advise,
        topics.conclude,
        calls.publish,
        corpus.gather,
        consortia.enter,
        consortia.register,
        consortia.form,
        corpus.decline,
        proposals.write,
        proposals.close,
        proposals.check,
        corpus.check,
        pool.engage,
        compared.compare,
        blocked.mend,
        replaced.release,
        replaced.replace,
    ),
)
