"""Experts have a profile and publications; contracts a load, a briefing, and may be suspended."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SECTORS = ("academia", "sme", "industry", "regulator", "patient_representative", "clinician", "statistics")
CONTRACT_STATES = ("offered", "signed", "ended", "terminated")
# What was a list of words is a list of keywords; how well somebody knows each was not asked.
KEYWORDS = """
UPDATE expert SET expertise = coalesce((
    SELECT jsonb_agg(jsonb_build_object('scheme', 'keyword', 'code', '', 'term', term, 'level', 'experienced'))
    FROM jsonb_array_elements_text(expertise) AS term
), '[]')
"""
WORDS = """
UPDATE expert SET expertise =
    coalesce((SELECT jsonb_agg(field -> 'term') FROM jsonb_array_elements(expertise) AS field), '[]')
"""

WHEN_ENDED = """
UPDATE expert_contract SET ended_at = coalesce(
    (SELECT max(event.at) FROM audit_event AS event WHERE event.entity = 'contract'
        AND event.entity_id = expert_contract.id AND event.act IN ('end', 'terminate')),
    created_at
) WHERE state IN ('ended', 'terminated')
"""


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _add(table: str, name: str, kind: sa.types.TypeEngine, value: str) -> None:
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
    op.alter_column(table, name, server_default=None)


def _states(table: str, *states: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_state"), table, type_="check")
    words = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f(f"ck_{table}_state"), table, f"state IN ({words})")


def _once_per_call(*states: str) -> None:
    op.drop_index("uq_expert_contract_once_per_call", "expert_contract")
    words = ", ".join(f"'{state}'" for state in states)
    op.create_index("uq_expert_contract_once_per_call", "expert_contract", ["expert_id", "call_id"], unique=True, postgresql_where=f"state IN ({words})")


def upgrade() -> None:
    op.execute(KEYWORDS)
    _add("expert", "text", sa.Text(), "")
    _add("expert", "languages", postgresql.JSONB(), "[]")
    for name in ("country", "nationality", "orcid"):
        op.add_column("expert", sa.Column(name, sa.Text()))
    op.add_column("expert", sa.Column("sector", _words("sector", *SECTORS)))
    op.add_column("expert", sa.Column("gender", _words("gender", "female", "male", "other")))
    op.create_table(
        "expert_publication",
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("authors", postgresql.JSONB(), nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("doi", sa.Text()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_publication_expert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_publication")),
    )
    op.create_index(op.f("ix_expert_publication_expert_id"), "expert_publication", ["expert_id"])
    op.create_index("uq_expert_publication_doi_once", "expert_publication", ["expert_id", "doi"], unique=True, postgresql_where="doi IS NOT NULL")
    _states("expert_contract", *CONTRACT_STATES, "suspended", "declined")
    _once_per_call("offered", "signed", "suspended")
    _add("expert_contract", "place", _words("place", "remote", "central"), "remote")
    # Who had signed before acknowledges the briefing before anything is shown again.
    for name, kind in {
        "least": sa.Integer(), "most": sa.Integer(), "code_of_conduct": sa.Text(), "briefing": sa.Text(),
        "briefed_at": sa.DateTime(timezone=True), "ended_at": sa.DateTime(timezone=True),
    }.items():
        op.add_column("expert_contract", sa.Column(name, kind))
    op.execute(WHEN_ENDED)
    op.create_check_constraint(op.f("ck_expert_contract_over_has_a_date"), "expert_contract", "(state IN ('ended', 'terminated', 'declined')) = (ended_at IS NOT NULL)")
    op.create_check_constraint(op.f("ck_expert_contract_load_is_a_range"), "expert_contract", "0 < least AND least <= most")
    op.create_check_constraint(op.f("ck_expert_contract_briefed_has_signed"), "expert_contract", "briefed_at IS NULL OR signed_at IS NOT NULL")

    _states("expert", "active", "anonymised")
    op.alter_column("expert", "account_id", nullable=True)
    op.create_check_constraint(op.f("ck_expert_nobody_only_if_anonymised"), "expert", "account_id IS NOT NULL OR state = 'anonymised'")
    _campaigns()
    _after_the_work()
    _nobody()


def _nobody() -> None:
    """Of an expert who is forgotten, conflicts and identities name nobody."""
    op.alter_column("conflict", "account_id", nullable=True)
    op.create_check_constraint(op.f("ck_conflict_of_somebody"), "conflict", "num_nonnulls(account_id, expert_id) > 0")
    op.alter_column("settled_identity", "expert_id", nullable=True)


def _entity(*states: str) -> list[sa.Column[Any]]:
    return [
        sa.Column("state", sa.Enum(*states, name="state", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
    ]


def _campaigns() -> None:
    op.create_table(
        "expert_campaign",
        *_entity("preparing", "sent", "closed"),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("place", _words("place", "remote", "central"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("answer_until", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(sent_at IS NULL) = (answer_until IS NULL)", name=op.f("ck_expert_campaign_sent_has_an_end")),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name=op.f("ck_expert_campaign_sent_has_a_date")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_expert_campaign_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_campaign")),
    )
    op.create_index(op.f("ix_expert_campaign_call_id"), "expert_campaign", ["call_id"])
    op.create_index(op.f("ix_expert_campaign_state"), "expert_campaign", ["state"])
    op.create_table(
        "expert_invitation",
        *_entity("listed", "sent", "accepted", "declined", "lapsed", "withdrawn"),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("links", postgresql.JSONB(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer()),
        sa.Column("most", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["campaign_id"], ["expert_campaign.id"], name=op.f("fk_expert_invitation_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_invitation")),
    )
    op.create_index(op.f("ix_expert_invitation_state"), "expert_invitation", ["state"])
    op.create_index("uq_expert_invitation_once_per_campaign", "expert_invitation", ["campaign_id", sa.text("lower(email)")], unique=True)
    op.create_index("ix_expert_invitation_links", "expert_invitation", ["links"], postgresql_using="gin")


def _after_the_work() -> None:
    op.create_table(
        "expert_name_list",
        *_entity("published"),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_expert_name_list_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_name_list")),
        sa.UniqueConstraint("call_id", "year", name="uq_expert_name_list_once_a_year"),
    )
    op.create_table(
        "expert_listed_name",
        sa.Column("name_list_id", sa.Uuid(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["name_list_id"], ["expert_name_list.id"], name=op.f("fk_expert_listed_name_name_list_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_listed_name_expert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_listed_name")),
    )
    for name in ("name_list_id", "expert_id"):
        op.create_index(op.f(f"ix_expert_listed_name_{name}"), "expert_listed_name", [name])
    op.create_table(
        "expert_statement",
        *_entity("due", "paid"),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("report_rate", sa.Numeric(14, 2)),
        sa.Column("day_rate", sa.Numeric(14, 2)),
        sa.Column("amount", sa.Numeric(14, 2)),
        sa.Column("paid_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("reports >= 0 AND days >= 0 AND reports + days > 0", name=op.f("ck_expert_statement_some_work")),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name=op.f("ck_expert_statement_paid_has_a_date")),
        sa.ForeignKeyConstraint(["contract_id"], ["expert_contract.id"], name=op.f("fk_expert_statement_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_statement")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_expert_statement_contract_id")),
    )
    op.create_table(
        "expert_certificate",
        *_entity("issued", "withdrawn"),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("state <> 'withdrawn' OR facts = '{}'", name=op.f("ck_expert_certificate_withdrawn_says_nothing")),
        sa.ForeignKeyConstraint(["contract_id"], ["expert_contract.id"], name=op.f("fk_expert_certificate_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_expert_certificate_code")),
    )
    op.create_index(op.f("ix_expert_certificate_contract_id"), "expert_certificate", ["contract_id"])
    op.create_index("uq_expert_certificate_one_in_force", "expert_certificate", ["contract_id"], unique=True, postgresql_where="state = 'issued'")
    for name in ("expert_name_list", "expert_statement", "expert_certificate"):
        op.create_index(op.f(f"ix_{name}_state"), name, ["state"])


def downgrade() -> None:
    for name in ("expert_certificate", "expert_statement", "expert_listed_name", "expert_name_list"):
        op.drop_table(name)
    op.drop_table("expert_invitation")
    op.drop_table("expert_campaign")
    # Who was forgotten has no account: what would name nobody cannot go back.
    op.drop_constraint(op.f("ck_conflict_of_somebody"), "conflict", type_="check")
    op.alter_column("conflict", "account_id", nullable=False)
    op.alter_column("settled_identity", "expert_id", nullable=False)
    op.drop_constraint(op.f("ck_expert_nobody_only_if_anonymised"), "expert", type_="check")
    op.alter_column("expert", "account_id", nullable=False)
    _states("expert", "active")
    for name in ("briefed_has_signed", "load_is_a_range", "over_has_a_date"):
        op.drop_constraint(op.f(f"ck_expert_contract_{name}"), "expert_contract", type_="check")
    for name in ("place", "least", "most", "code_of_conduct", "briefing", "briefed_at", "ended_at"):
        op.drop_column("expert_contract", name)
    op.execute("UPDATE expert_contract SET state = 'terminated' WHERE state IN ('suspended', 'declined')")
    _once_per_call("offered", "signed")
    _states("expert_contract", *CONTRACT_STATES)
    op.drop_table("expert_publication")
    for name in ("text", "languages", "country", "nationality", "orcid", "sector", "gender"):
        op.drop_column("expert", name)
    op.execute(WORDS)
