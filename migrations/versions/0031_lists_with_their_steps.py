"""Lists name the steps that part equals and are kept in versions; a closed one may be reopened."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "panel_parting",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("groups", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_panel_parting_by")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_parting_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_parting")),
        sa.UniqueConstraint("panel_id", "number", name="uq_panel_parting_number"),
    )
    op.create_table(
        "panel_list",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("places", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("reopened_for", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(reopened_at IS NULL) = (fault IS NULL) AND (fault IS NULL) = (reopened_for IS NULL)",
            name=op.f("ck_panel_list_reopened_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_list_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_list")),
        sa.UniqueConstraint("panel_id", "number", name="uq_panel_list_number"),
    )
    op.create_table(
        "panel_fallen_report",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_up", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_fallen_report_panel_id")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_panel_fallen_report_proposal_id")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_panel_fallen_report_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_fallen_report")),
        sa.UniqueConstraint("panel_id", "report_id", name="uq_panel_fallen_report_once"),
    )
    seat_the_panel()
    op.drop_constraint(op.f("ck_panel_state"), "panel", type_="check")
    op.create_check_constraint(
        op.f("ck_panel_state"), "panel", "state IN ('open', 'ranked', 'closed', 'dissolved')"
    )
    op.drop_constraint(op.f("ck_panel_closed_has_a_digest"), "panel", type_="check")
    op.create_check_constraint(
        op.f("ck_panel_closed_has_a_digest"), "panel", "state <> 'closed' OR digest IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_panel_open_has_no_digest"), "panel", "state IN ('closed', 'dissolved') OR digest IS NULL"
    )
    op.add_column("panel", sa.Column("cut", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("panel_place", sa.Column("weighted", sa.Numeric(precision=9, scale=4), nullable=True))
    op.add_column("panel_place", sa.Column("parted_by", sa.Text(), nullable=True))
    op.add_column("panel_place", sa.Column("awaits", sa.Text(), nullable=True))
    weigh_places()
    op.alter_column("panel_place", "weighted", nullable=False)
    op.execute(
        "UPDATE panel_place SET awaits = 'other' WHERE above AND EXISTS (SELECT FROM panel_place other"
        " WHERE other.panel_id = panel_place.panel_id AND other.rank = panel_place.rank"
        " AND other.id <> panel_place.id)"
    )
    keep_closed_lists()


def seat_the_panel() -> None:
    """The panel as people: seats, for which proposals they are out, the agenda, what is changed."""
    op.create_table(
        "panel_change",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("consensus_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("score", sa.Numeric(precision=3, scale=2), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "score IS NOT NULL OR comment IS NOT NULL", name=op.f("ck_panel_change_changes_something")
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_panel_change_by")),
        sa.ForeignKeyConstraint(
            ["consensus_id"], ["consensus.id"], name=op.f("fk_panel_change_consensus_id")
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_change_panel_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_panel_change_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_change")),
        sa.UniqueConstraint("panel_id", "number", name="uq_panel_change_number"),
    )
    op.create_index(op.f("ix_panel_change_proposal_id"), "panel_change", ["proposal_id"])
    op.create_table(
        "panel_seat",
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('named', 'left')", name=op.f("ck_panel_seat_state")),
        sa.CheckConstraint("part IN ('member', 'moderator', 'observer')", name=op.f("ck_panel_seat_part")),
        sa.CheckConstraint(
            "(part = 'member') = (contract_id IS NOT NULL)", name=op.f("ck_panel_seat_member_by_contract")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_panel_seat_account_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["expert_contract.id"], name=op.f("fk_panel_seat_contract_id")
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_seat_panel_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_panel_seat_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_seat")),
    )
    op.create_index(op.f("ix_panel_seat_state"), "panel_seat", ["state"])
    op.create_index(op.f("ix_panel_seat_account_id"), "panel_seat", ["account_id"])
    named = sa.text("state = 'named'")
    op.create_index(
        "uq_panel_seat_once", "panel_seat", ["panel_id", "account_id"], unique=True, postgresql_where=named
    )
    moderator = sa.text("state = 'named' AND part = 'moderator'")
    op.create_index(
        "uq_panel_seat_one_moderator", "panel_seat", ["panel_id"], unique=True, postgresql_where=moderator
    )
    op.create_table(
        "panel_exit",
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_panel_exit_proposal_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["panel_seat.id"], name=op.f("fk_panel_exit_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_exit")),
        sa.UniqueConstraint("seat_id", "proposal_id", name="uq_panel_exit_once"),
    )
    op.create_index(op.f("ix_panel_exit_proposal_id"), "panel_exit", ["proposal_id"])
    op.create_table(
        "panel_item",
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'current', 'decided', 'dropped')", name=op.f("ck_panel_item_state")
        ),
        sa.CheckConstraint("outcome IN ('kept', 'changed')", name=op.f("ck_panel_item_outcome")),
        sa.CheckConstraint(
            "(state = 'decided') = (outcome IS NOT NULL) AND (outcome IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_panel_item_decided_has_an_outcome"),
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_item_panel_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_panel_item_proposal_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_panel_item_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_item")),
    )
    op.create_index(op.f("ix_panel_item_state"), "panel_item", ["state"])
    op.create_index(op.f("ix_panel_item_proposal_id"), "panel_item", ["proposal_id"])
    on_it = sa.text("state <> 'dropped'")
    op.create_index(
        "uq_panel_item_once", "panel_item", ["panel_id", "proposal_id"], unique=True, postgresql_where=on_it
    )
    current = sa.text("state = 'current'")
    op.create_index(
        "uq_panel_item_one_current", "panel_item", ["panel_id"], unique=True, postgresql_where=current
    )


def keep_closed_lists() -> None:
    """A list that is closed is its first version; what it was made of was not sealed with it."""
    op.execute(
        """
        INSERT INTO panel_list (id, panel_id, number, inputs, places, digest, closed_at)
        SELECT gen_random_uuid(), panel.id, 1, '{}', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'proposal_id', place.proposal_id, 'reference', proposal.reference, 'rank', place.rank,
                'above', place.above, 'total', place.total::text, 'weighted', place.weighted::text,
                'parted_by', place.parted_by, 'scores', place.scores
            ) ORDER BY place.above DESC, place.rank, place.total DESC, proposal.reference)
            FROM panel_place place JOIN proposal ON proposal.id = place.proposal_id
            WHERE place.panel_id = panel.id
        ), '[]'), panel.digest, panel.closed_at
        FROM panel WHERE panel.state = 'closed'
        """
    )


def weigh_places() -> None:
    """What ranks were made of follows from the scheme that the call has pinned."""
    connection = op.get_bind()
    places = connection.execute(
        sa.text(
            "SELECT place.id, place.scores, call.rules, stage.kind, stage.scheme, part.action_type"
            " FROM panel_place place JOIN panel ON panel.id = place.panel_id"
            " JOIN topic_stage part ON part.id = panel.topic_stage_id"
            " JOIN call_stage stage ON stage.id = part.stage_id JOIN call ON call.id = stage.call_id"
        )
    ).all()
    for key, scores, rules, kind, named, action_type in places:
        weights = weights_in(rules, kind, named, action_type)
        found = sum((Decimal(score) * weights.get(code, 1) for code, score in scores.items()), Decimal(0))
        write = sa.text("UPDATE panel_place SET weighted = :found WHERE id = :key")
        connection.execute(write, {"found": found, "key": key})


def weights_in(rules: dict[str, Any], kind: str, named: str | None, action_type: str) -> dict[str, Decimal]:
    """By criterion; the scheme is that which the stage names, or the first that is made for it."""
    schemes = rules.get("schemes") or []
    for scheme in schemes:
        made_for = (not scheme.get("stages") or kind in scheme["stages"]) and (
            not scheme.get("action_types") or action_type in scheme["action_types"]
        )
        if scheme["code"] == named if named else made_for:
            return weights_of(scheme)
    return weights_of(rules.get("scheme") or {"criteria": []})


def weights_of(scheme: dict[str, Any]) -> dict[str, Decimal]:
    return {one["code"]: Decimal(one.get("weight", "1")) for one in scheme["criteria"]}


def downgrade() -> None:
    op.drop_column("panel_place", "awaits")
    op.drop_column("panel_place", "parted_by")
    op.drop_column("panel_place", "weighted")
    op.drop_column("panel", "cut")
    op.drop_constraint(op.f("ck_panel_open_has_no_digest"), "panel", type_="check")
    op.drop_constraint(op.f("ck_panel_closed_has_a_digest"), "panel", type_="check")
    op.create_check_constraint(
        op.f("ck_panel_closed_has_a_digest"), "panel", "(state = 'closed') = (digest IS NOT NULL)"
    )
    op.drop_constraint(op.f("ck_panel_state"), "panel", type_="check")
    op.create_check_constraint(op.f("ck_panel_state"), "panel", "state IN ('open', 'ranked', 'closed')")
    for table in ("panel_item", "panel_exit", "panel_seat", "panel_change", "panel_fallen_report"):
        op.drop_table(table)
    op.drop_table("panel_list")
    op.drop_table("panel_parting")
