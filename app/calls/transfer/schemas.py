"""The file: a call with its stages, topics and rule set; never who applies in it, nor what they hand in."""

from typing import Annotated, Literal

from pydantic import Field

from app.calls.fields import MOST_STAGES, MOST_TOPICS
from app.calls.rule_set import RuleSet
from app.calls.schemas import CallRead, ImportCall
from app.calls.stage.schemas import Schedule
from app.calls.topic_stage.schemas import Share
from app.core.schema import Data, Line, Read
from app.topics.schemas import Reference, Text


class TopicFile(Text):
    """A topic with all its texts."""

    reference: Reference
    title: Line


class PartFile(Share):
    """A topic of a stage, by its reference, with its budget there."""

    topic: Reference


class StageFile(Schedule):
    """A stage with its dates and topics; the stages stand in their order."""

    topics: Annotated[list[PartFile], Field(max_length=MOST_TOPICS)]


class CallFile(Data):
    """A call as a file. `rules` is told for comparison; a call takes the rule set that it names."""

    format: Literal["imi-call"]
    version: Literal[1]
    call: ImportCall
    stages: Annotated[list[StageFile], Field(max_length=MOST_STAGES)]
    topics: Annotated[list[TopicFile], Field(max_length=MOST_TOPICS)]
    rules: RuleSet | None = None


class Import(Data):
    """A file to read in, no larger than any body may be. `dry_run`: only tell what differs."""

    file: CallFile
    dry_run: bool


class Difference(Read):
    """Something here is not as the file has it; `blocks`: it stands against the import."""

    code: str
    text: str
    path: str
    blocks: bool
    here: str | None = None
    file: str | None = None


class ImportRead(Read):
    """What differs, and the call that was made, unless it was a dry run."""

    dry_run: bool
    differences: list[Difference]
    call: CallRead | None = None
