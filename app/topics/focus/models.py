"""Focus areas: a vocabulary that the office keeps."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from app.core.db import Base, Entity, Versioned, state_of
from app.workflow.table import State


class FocusAreaState(State):
    ACTIVE = "active", "To be chosen"
    RETIRED = "retired", "No longer to be chosen; kept where it was"


class FocusArea(Entity, Versioned, Base):
    """A term of a vocabulary: the scheme, the term's code in it, its label.

    The scheme `imi` is the office's own vocabulary, not one that is published elsewhere.
    """

    __tablename__ = "focus_area"
    __table_args__ = (
        Index(
            "uq_focus_area_code_once_per_scheme",
            "scheme",
            "code",
            unique=True,
            postgresql_where="state = 'active'",
        ),
    )

    state: Mapped[FocusAreaState] = state_of(FocusAreaState)
    scheme: Mapped[str]
    code: Mapped[str]
    label: Mapped[str]
