"""The register of organisations."""

import unicodedata
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = (
    ("industry_member", ("constituent", "affiliated", "contributing_partner")),
    ("turnover", ("up_to_2m", "up_to_10m", "up_to_50m", "up_to_500m", "above_500m")),
)
CODES = ("pic", "ror", "vat")
VALIDATED = """
UPDATE organisation SET validated_at = event.at, validated_by_id = event.actor_id FROM audit_event AS event
WHERE event.entity = 'organisation' AND event.entity_id = organisation.id AND event.act = 'validate'
"""
# As they stood in app/consortia/organisations/rules.py.
WITHOUT_MARKS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def _folded(name: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(WITHOUT_MARKS)
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def _pieces(name: str) -> list[str]:
    padded = (f"  {word} " for word in name.split())
    return sorted({word[at : at + 3] for word in padded for at in range(len(word) - 2)})


def upgrade() -> None:
    op.drop_constraint(op.f("ck_organisation_state"), "organisation", type_="check")
    op.create_check_constraint(op.f("ck_organisation_state"), "organisation", "state IN ('registered', 'validated', 'merged')")
    op.drop_constraint(op.f("uq_organisation_pic"), "organisation", type_="unique")
    op.add_column("organisation", sa.Column("aliases", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("organisation", sa.Column("ror", sa.Text()))
    op.add_column("organisation", sa.Column("vat", sa.Text()))
    for name in ("non_profit", "public_body"):
        op.add_column("organisation", sa.Column(name, sa.Boolean(), nullable=False, server_default="false"))
        op.alter_column("organisation", name, server_default=None)
    op.alter_column("organisation", "aliases", server_default=None)
    for name, words in KINDS:
        kind = sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)
        op.add_column("organisation", sa.Column(name, kind))
    op.add_column("organisation", sa.Column("industry_member_since", sa.Date()))
    op.add_column("organisation", sa.Column("validated_by_id", sa.Uuid()))
    op.add_column("organisation", sa.Column("validated_at", sa.DateTime(timezone=True)))
    op.add_column("organisation", sa.Column("merged_into_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_organisation_validated_by_id"), "organisation", "account", ["validated_by_id"], ["id"])
    op.create_foreign_key(op.f("fk_organisation_merged_into_id"), "organisation", "organisation", ["merged_into_id"], ["id"])
    op.create_check_constraint(op.f("ck_organisation_merged_with_a_target"), "organisation", "(state = 'merged') = (merged_into_id IS NOT NULL)")
    op.create_check_constraint(op.f("ck_organisation_merged_into_another"), "organisation", "merged_into_id <> id")
    op.create_check_constraint(op.f("ck_organisation_since_of_a_membership"), "organisation", "industry_member IS NOT NULL OR industry_member_since IS NULL")
    for name in (*CODES, "merged_into_id"):
        op.create_index(op.f(f"ix_organisation_{name}"), "organisation", [name])
    op.create_index("uq_organisation_one_validated_per_pic", "organisation", ["pic"], unique=True, postgresql_where="state = 'validated'")
    op.execute(VALIDATED)
    names = op.create_table(
        "organisation_name",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("pieces", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_name_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_name")),
    )
    op.create_index(op.f("ix_organisation_name_organisation_id"), "organisation_name", ["organisation_id"])
    op.create_index("ix_organisation_name_pieces", "organisation_name", ["pieces"], postgresql_using="gin")
    if found := list(_names()):
        op.bulk_insert(names, found)


def _names():
    for key, legal, short in op.get_bind().execute(sa.text("SELECT id, legal_name, short_name FROM organisation")):
        known = {_folded(name): name for name in (short, legal)}
        for plain, name in known.items():
            if plain:
                yield {"id": uuid4(), "organisation_id": key, "name": name, "folded": plain, "pieces": _pieces(plain)}


def downgrade() -> None:
    op.drop_table("organisation_name")
    op.drop_index("uq_organisation_one_validated_per_pic", "organisation")
    for name in (*CODES, "merged_into_id"):
        op.drop_index(op.f(f"ix_organisation_{name}"), "organisation")
    for rule in ("merged_with_a_target", "merged_into_another", "since_of_a_membership"):
        op.drop_constraint(op.f(f"ck_organisation_{rule}"), "organisation", type_="check")
    op.drop_column("organisation", "merged_into_id")
    for name in ("validated_at", "validated_by_id", "industry_member_since", *(n for n, _ in KINDS), "public_body", "non_profit", "vat", "ror", "aliases"):
        op.drop_column("organisation", name)
    op.drop_constraint(op.f("ck_organisation_state"), "organisation", type_="check")
    # One that was merged is an organisation of its own again; of a PIC that stands twice, one keeps it.
    op.execute("UPDATE organisation SET state = 'registered' WHERE state = 'merged'")
    op.execute(
        "UPDATE organisation SET pic = NULL FROM (SELECT id, row_number() OVER "
        "(PARTITION BY pic ORDER BY state DESC, created_at, id) AS place FROM organisation) AS one "
        "WHERE one.id = organisation.id AND one.place > 1"
    )
    op.create_check_constraint(op.f("ck_organisation_state"), "organisation", "state IN ('registered', 'validated')")
    op.create_unique_constraint(op.f("uq_organisation_pic"), "organisation", ["pic"])
