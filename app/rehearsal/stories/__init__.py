"""Stories: calls in which something out of the ordinary happens, told act by act."""

from app.rehearsal.call_file import read
from app.rehearsal.play import Piece, piece_of
from app.rehearsal.stories import assignment, consortia_177, decisions, panel, topics

STORIES = {
    "assignment": assignment.STORY,
    "consortia-177": consortia_177.STORY,
    "decisions": decisions.STORY,
    "panel": panel.STORY,
    "topics": topics.STORY,
}


def found(name: str) -> Piece:
    """A story by its name, or a call by its name or path. Raises Fault."""
    return STORIES.get(name) or piece_of(read(name))
