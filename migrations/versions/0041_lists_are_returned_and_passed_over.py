"""Lists go back to their panel and supersede what was decided; proposals are passed over, with the reason."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

PURPOSES = (
    "screen_idea", "merge_idea", "adopt_topic", "adopt_corrigendum", "adopt_call", "adopt_list",
    "invite_next", "raise_envelope", "move_budget", "withdraw_topic", "cancel_call",
)  # fmt: skip
SUPERSEDED = (
    "(state = 'superseded') = (superseded_at IS NOT NULL) AND (superseded_at IS NULL) = (returned_by_id IS NULL)"
)
KEEPS_RANK = "passed_over IS NULL OR (rank IS NOT NULL AND outcome <> 'selected')"


def _one_of(table: str, column: str, *words: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
    told = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({told})")


def upgrade() -> None:
    """A release that one officer has asked for is asked for anew: it had no preview."""
    _one_of("motion", "purpose", *PURPOSES, "return_list")
    op.add_column("motion", sa.Column("fault", sa.Text()))
    # The default is for the motions that are there.
    none = sa.text("'[]'::jsonb")
    op.add_column("motion", sa.Column("passed_over", postgresql.JSONB(), nullable=False, server_default=none))
    op.alter_column("motion", "passed_over", server_default=None)
    op.create_check_constraint(
        op.f("ck_motion_returned_for_a_fault"), "motion", "(purpose = 'return_list') = (fault IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_motion_passed_over_on_a_list"), "motion", "purpose = 'adopt_list' OR passed_over = '[]'"
    )
    _one_of("decision", "state", "adopted", "released", "superseded")
    op.add_column("decision", sa.Column("superseded_at", sa.DateTime(timezone=True)))
    op.add_column("decision", sa.Column("returned_by_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_decision_returned_by_id"), "decision", "motion", ["returned_by_id"], ["id"])
    op.create_check_constraint(op.f("ck_decision_superseded_by_a_return"), "decision", SUPERSEDED)
    op.drop_constraint(op.f("uq_decision_topic_stage_id"), "decision", type_="unique")
    op.create_index(
        "uq_decision_one_in_force_per_topic_stage",
        "decision",
        ["topic_stage_id"],
        unique=True,
        postgresql_where="state <> 'superseded'",
    )
    op.add_column("decision_line", sa.Column("passed_over", sa.Text()))
    op.create_check_constraint(op.f("ck_decision_line_passed_over_keeps_its_rank"), "decision_line", KEEPS_RANK)
    op.execute("DELETE FROM second_request WHERE entity = 'decision' AND act = 'release'")


def downgrade() -> None:
    """What was superseded is told no more; what was voted on is kept as a vote on the list itself."""
    op.execute("DELETE FROM second_request WHERE entity = 'decision' AND act = 'release'")
    op.drop_constraint(op.f("ck_decision_line_passed_over_keeps_its_rank"), "decision_line", type_="check")
    op.drop_column("decision_line", "passed_over")
    op.execute(
        "DELETE FROM decision_line USING decision"
        " WHERE decision.id = decision_line.decision_id AND decision.state = 'superseded'"
    )
    op.execute("DELETE FROM decision WHERE state = 'superseded'")
    op.drop_index("uq_decision_one_in_force_per_topic_stage", table_name="decision")
    op.create_unique_constraint(op.f("uq_decision_topic_stage_id"), "decision", ["topic_stage_id"])
    op.drop_constraint(op.f("ck_decision_superseded_by_a_return"), "decision", type_="check")
    op.drop_column("decision", "returned_by_id")
    op.drop_column("decision", "superseded_at")
    _one_of("decision", "state", "adopted", "released")
    op.drop_constraint(op.f("ck_motion_passed_over_on_a_list"), "motion", type_="check")
    op.drop_constraint(op.f("ck_motion_returned_for_a_fault"), "motion", type_="check")
    op.drop_column("motion", "passed_over")
    op.drop_column("motion", "fault")
    # Of one topic one motion on the list may be open.
    op.execute(
        "UPDATE motion SET state = 'adjourned', outcome_reason = coalesce(outcome_reason, text)"
        " WHERE purpose = 'return_list' AND state IN ('prepared', 'voting')"
    )
    op.execute("UPDATE motion SET purpose = 'adopt_list' WHERE purpose = 'return_list'")
    _one_of("motion", "purpose", *PURPOSES)
