"""Partners have a budget, and what they signed is kept; a consortium says who reads the figures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NEW = (
    "personnel", "other_direct", "subcontracting", "third_party_support", "in_kind_operational",
    "in_kind_additional", "financial_contribution",
)
FIGURES = (*NEW, "requested")


def upgrade() -> None:
    _add("consortium", "version", sa.Integer(), "1")
    _add("consortium", "open_budgets", sa.Boolean(), "false")
    _add("partner", "self_financed", sa.Boolean(), "false")
    for name in NEW:
        _add("partner", name, sa.Numeric(14, 2), "0")
    for name in FIGURES:
        op.create_check_constraint(op.f(f"ck_partner_{name}_is_not_negative"), "partner", f"{name} >= 0")
    op.create_table(
        "partner_signature",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=False),
        sa.Column("signed", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.Enum("coordinator", "partner", name="voided_by", native_enum=False, create_constraint=True, length=40), nullable=True),
        sa.Column("voided_because", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (voided_by IS NULL) AND (voided_at IS NULL) = (voided_because IS NULL)", name=op.f("ck_partner_signature_void_is_whole")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_partner_signature_partner_id")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["account.id"], name=op.f("fk_partner_signature_signed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_signature")),
    )
    op.create_index(op.f("ix_partner_signature_partner_id"), "partner_signature", ["partner_id"])
    op.create_index("uq_partner_signature_one_stands", "partner_signature", ["partner_id"], unique=True, postgresql_where="voided_at IS NULL")


def _add(table: str, name: str, kind: sa.types.TypeEngine, value: str) -> None:
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
    op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    op.drop_table("partner_signature")
    for name in FIGURES:
        op.drop_constraint(op.f(f"ck_partner_{name}_is_not_negative"), "partner", type_="check")
    for name in (*NEW, "self_financed"):
        op.drop_column("partner", name)
    for name in ("open_budgets", "version"):
        op.drop_column("consortium", name)
