"""Experts have a profile and publications; contracts a load, a briefing, and may be suspended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0020"
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
    op.create_check_constraint(op.f("ck_expert_contract_load_is_a_range"), "expert_contract", "0 < least AND least <= most")
    op.create_check_constraint(op.f("ck_expert_contract_briefed_has_signed"), "expert_contract", "briefed_at IS NULL OR signed_at IS NOT NULL")


def downgrade() -> None:
    for name in ("briefed_has_signed", "load_is_a_range"):
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
