"""All 177 published consortia form through the API and are judged on countries, on three days."""

import json
from pathlib import Path

from app.rehearsal.acts import calls, committee, consortia, topics
from app.rehearsal.call_file import parsed
from app.rehearsal.play import Piece
from app.rehearsal.stories.consortia_177 import published

HERE = Path(__file__).parent / "call.json"
STORY = Piece(
    parsed(json.loads(HERE.read_text(encoding="utf-8")), HERE.name),
    (
        committee.appoint,
        topics.define,
        calls.publish,
        published.gather,
        consortia.enter,
        consortia.register,
        consortia.form,
        published.judge,
    ),
)
