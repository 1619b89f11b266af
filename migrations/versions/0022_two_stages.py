"""Two stages: industry consortia of topics, invitations to the second stage, where what is merged comes from."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PURPOSES = (
    "screen_idea", "merge_idea", "adopt_topic", "adopt_corrigendum", "adopt_call", "adopt_list",
    "raise_envelope", "move_budget", "withdraw_topic", "cancel_call",
)  # fmt: skip
DRAWN = "(envelope IS NULL) <> (invites IS NULL)"
CARRIED = "from_partner_id IS NULL OR joined_from = 'applicant'"


def _purposes(*purposes: str) -> None:
    op.drop_constraint(op.f("ck_motion_purpose"), "motion", type_="check")
    words = ", ".join(f"'{purpose}'" for purpose in purposes)
    op.create_check_constraint(op.f("ck_motion_purpose"), "motion", f"purpose IN ({words})")


def _readers(*roles: str, **how: bool) -> None:
    op.drop_constraint(op.f("ck_reading_role"), "reading", type_="check")
    words = ", ".join(f"'{role}'" for role in roles)
    op.create_check_constraint(op.f("ck_reading_role"), "reading", f"role IN ({words})", **how)


def _entity(*states: str) -> list[sa.Column[object]]:
    kind = sa.Enum(*states, name="state", native_enum=False, create_constraint=True, length=32)
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("state", kind, nullable=False),
    ]


def _keys(table: str, of: dict[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([key], [f"{other}.id"], name=op.f(f"fk_{table}_{key}"))
        for key, other in of.items()
    ]


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    """A decision that was taken before keeps the line by money that it was drawn with."""
    _purposes(*PURPOSES, "invite_next")
    _readers("reader", "office", "auditor", "industry")
    op.alter_column("decision", "envelope", nullable=True)
    op.add_column("decision", sa.Column("invites", sa.Integer()))
    op.create_check_constraint(op.f("ck_decision_drawn_by_money_or_number"), "decision", DRAWN)
    op.create_check_constraint(op.f("ck_decision_invites_somebody"), "decision", "invites > 0")
    of = {"topic_id": "topic", "organisation_id": "organisation", "account_id": "account"}
    op.create_table(
        "industry_member",
        *_entity("named", "ended"),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(key, sa.Uuid(), nullable=key == "account_id") for key in of),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("in_kind", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.CheckConstraint("in_kind >= 0", name=op.f("ck_industry_member_in_kind_is_not_negative")),
        *_keys("industry_member", of),
    )
    _indexes("industry_member", "state", "email", *of)
    for name, columns, where in (
        ("once_per_topic", ["topic_id", "organisation_id"], "state = 'named'"),
        ("one_lead_per_topic", ["topic_id"], "leads AND state = 'named'"),
    ):
        op.create_index(
            f"uq_industry_member_{name}", "industry_member", columns, unique=True, postgresql_where=where
        )
    of = {
        "proposal_id": "proposal",
        "consortium_id": "consortium",
        "topic_stage_id": "topic_stage",
        "topic_id": "topic",
        "merged_into_id": "consortium",
    }
    op.create_table(
        "invitation",
        *_entity("sent", "merged", "declined", "not_feasible", "lapsed"),
        *(sa.Column(key, sa.Uuid(), nullable=key == "merged_into_id") for key in of),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True)),
        sa.Column("report", sa.Text()),
        sa.Column("declined_for", sa.Text()),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR state = 'merged'", name=op.f("ck_invitation_only_merged_into_one")
        ),
        sa.CheckConstraint(
            "state <> 'not_feasible' OR report IS NOT NULL",
            name=op.f("ck_invitation_not_feasible_by_a_report"),
        ),
        sa.CheckConstraint(
            "(state = 'declined') = (declined_for IS NOT NULL)",
            name=op.f("ck_invitation_declined_for_a_reason"),
        ),
        *_keys("invitation", of),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_invitation_proposal_id")),
        sa.UniqueConstraint("merged_into_id", name=op.f("uq_invitation_merged_into_id")),
    )
    _indexes("invitation", "state", "until", "consortium_id", "topic_stage_id", "topic_id")
    sides = sa.Enum(
        "applicant", "industry", name="joined_from", native_enum=False, create_constraint=True, length=40
    )
    op.add_column("partner", sa.Column("joined_from", sides))
    op.add_column("partner", sa.Column("from_partner_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_partner_from_partner_id"), "partner", "partner", ["from_partner_id"], ["id"])
    op.create_check_constraint(op.f("ck_partner_carried_over_from_the_applicants"), "partner", CARRIED)
    op.add_column("proposal", sa.Column("follows_id", sa.Uuid()))
    op.create_unique_constraint(op.f("uq_proposal_follows_id"), "proposal", ["follows_id"])
    op.create_foreign_key(op.f("fk_proposal_follows_id"), "proposal", "proposal", ["follows_id"], ["id"])


def downgrade() -> None:
    """A line by number is told as one by all the money of its topic; who has read what stays as it is."""
    _readers("reader", "office", "auditor", postgresql_not_valid=True)
    op.drop_constraint(op.f("ck_decision_invites_somebody"), "decision", type_="check")
    op.drop_constraint(op.f("ck_decision_drawn_by_money_or_number"), "decision", type_="check")
    op.drop_column("decision", "invites")
    op.execute(
        "UPDATE decision SET envelope = topic_stage.budget FROM topic_stage"
        " WHERE topic_stage.id = decision.topic_stage_id AND envelope IS NULL"
    )
    op.alter_column("decision", "envelope", nullable=False)
    op.drop_column("proposal", "follows_id")
    op.drop_constraint(op.f("ck_partner_carried_over_from_the_applicants"), "partner", type_="check")
    op.drop_column("partner", "from_partner_id")
    op.drop_column("partner", "joined_from")
    op.drop_table("invitation")
    op.drop_table("industry_member")
    # What was voted on is not undone: it is kept as a vote on the list itself.
    op.execute("UPDATE motion SET purpose = 'adopt_list' WHERE purpose = 'invite_next'")
    _purposes(*PURPOSES)
