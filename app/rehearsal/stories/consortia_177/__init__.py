"""All 177 published consortia are judged on countries on three days; thirty synthetic ones break one rule."""

import json
from pathlib import Path

from app.rehearsal.acts import calls, committee, consortia, topics
from app.rehearsal.call_file import parsed
from app.rehearsal.play import Piece
from app.rehearsal.stories.consortia_177 import broken, published

HERE = Path(__file__).parent / "call.json"
STORY = Piece(
    parsed(json.loads(HERE.read_text(encoding="utf-8")), HERE.name),
    (
        committee.appoint,
        topics.define,
        calls.publish,
        published.gather,
        broken.gather,
        consortia.enter,
        consortia.register,
        consortia.form,
        published.judge,
        broken.join_industry,
        broken.be_told,
    ),
)
