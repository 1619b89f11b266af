"""Consortia form around a topic: notices of partner search, people who are asked, coordination that is handed over."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEFORE = ("invited", "accepted", "signed", "declined", "left", "removed")
PARTS = ("contact", "deputy_contact", "contributor", "reader")
OFFERED = "coordination_offered_at IS NULL OR (state IN ('accepted', 'signed') AND NOT coordinates)"
# Of those who left before this was kept: when the last of their people was out.
WHEN_LEFT = """
UPDATE partner SET left_at = coalesce(
    (SELECT max(person.until) FROM partner_person AS person WHERE person.partner_id = partner.id),
    (SELECT max(event.at) FROM audit_event AS event
        WHERE event.entity = 'partner' AND event.entity_id = partner.id AND event.act = 'leave'),
    partner.created_at
) WHERE state = 'left'
"""


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _states(*states: str) -> None:
    op.drop_constraint(op.f("ck_partner_state"), "partner", type_="check")
    words = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f("ck_partner_state"), "partner", f"state IN ({words})")


def upgrade() -> None:
    _states(*BEFORE, "lapsed", "transferred")
    for name in ("coordination_offered_at", "left_at"):
        op.add_column("partner", sa.Column(name, sa.DateTime(timezone=True)))
    op.execute(WHEN_LEFT)
    op.create_check_constraint(op.f("ck_partner_coordination_is_offered_to_another"), "partner", OFFERED)
    op.create_check_constraint(op.f("ck_partner_left_at_a_time"), "partner", "(state = 'left') = (left_at IS NOT NULL)")
    op.create_index(
        "uq_partner_coordination_offered_once",
        "partner",
        ["consortium_id"],
        unique=True,
        postgresql_where="coordination_offered_at IS NOT NULL",
    )
    op.create_table(
        "partner_person_asked",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part", _words("part", *PARTS), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_partner_person_asked_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_person_asked")),
        sa.UniqueConstraint("link", name=op.f("uq_partner_person_asked_link")),
        sa.UniqueConstraint("partner_id", "email", name="uq_partner_person_asked_once"),
    )
    states = sa.Enum("published", "taken_down", name="state", native_enum=False, create_constraint=True, length=32)
    keys = ("topic_stage_id", "topic_id", "organisation_id", "account_id")
    op.create_table(
        "partner_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", states, nullable=False),
        *(sa.Column(key, sa.Uuid(), nullable=False) for key in keys),
        sa.Column("kind", _words("kind", "offer", "need"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("keywords", postgresql.JSONB(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint([key], [f"{key[:-3]}.id"], name=op.f(f"fk_partner_search_{key}"))
            for key in keys
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_search")),
    )
    for key in (*keys, "state"):
        op.create_index(op.f(f"ix_partner_search_{key}"), "partner_search", [key])


def downgrade() -> None:
    op.drop_table("partner_search")
    op.drop_table("partner_person_asked")
    op.drop_index("uq_partner_coordination_offered_once", "partner")
    for rule in ("coordination_is_offered_to_another", "left_at_a_time"):
        op.drop_constraint(op.f(f"ck_partner_{rule}"), "partner", type_="check")
    for name in ("coordination_offered_at", "left_at"):
        op.drop_column("partner", name)
    # An invitation that lapsed was not taken up; who handed its part on is out.
    op.execute("UPDATE partner SET state = 'declined' WHERE state = 'lapsed'")
    op.execute("UPDATE partner SET state = 'removed' WHERE state = 'transferred'")
    _states(*BEFORE)
