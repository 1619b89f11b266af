"""Lists name the steps that part equals, what the panel recorded, and a threshold that follows from the money."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0025"
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
    op.drop_table("panel_parting")
