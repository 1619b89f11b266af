"""Ideas are sketched, screened, merged; votes that cannot be decided are adjourned."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = "'idea', 'drafting', 'consultation', 'final_draft', 'adopted', 'in_call', 'closed', 'rejected'"
PURPOSES = "'screen_idea', 'adopt_topic', 'adopt_call', 'adopt_list', 'raise_envelope'"
VOTES = "'prepared', 'voting', 'adopted', 'not_adopted'"
WRITTEN = ("eu_priority_code", "industry_contribution", "beneficiaries", "on_behalf_of")
IDEAS = "state NOT IN ('sketch', 'idea', 'merged', 'withdrawn') OR proposed_by IS NOT NULL"
AREAS = {
    "antimicrobial-resistance": "Antimicrobial resistance",
    "cancer": "Cancer",
    "digital-health": "Digital health",
    "neurodegeneration": "Neurodegeneration",
    "rare-diseases": "Rare diseases",
    "vaccines": "Vaccines",
}
"""The office's own vocabulary to begin with, which it keeps from here on; not one published elsewhere."""


def upgrade() -> None:
    _words("topic", "state", f"'sketch', {STATES}, 'merged', 'withdrawn'")
    _words("motion", "state", f"{VOTES}, 'adjourned'")
    _words("motion", "purpose", PURPOSES.replace("'screen_idea'", "'screen_idea', 'merge_idea'"))
    _vocabulary()
    _screening()
    _topic()
    op.add_column("motion", sa.Column("target_id", sa.Uuid(), nullable=True))
    op.add_column("motion", sa.Column("outcome_reason", sa.Text(), nullable=True))
    _hold("motion", "merged_with_a_target", "(purpose = 'merge_idea') = (target_id IS NOT NULL)")
    _hold("motion", "adjourned_has_a_reason", "state <> 'adjourned' OR outcome_reason IS NOT NULL")


def _words(table: str, column: str, words: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} IN ({words})")


def _hold(table: str, name: str, what: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, what)


def _entity(table: str, *states: str) -> list[Any]:
    kind = sa.Enum(*states, name="state", native_enum=False, create_constraint=True, length=32)
    return [
        sa.Column("state", kind, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _vocabulary() -> None:
    op.create_table(
        "focus_area",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("scheme", "code", "label")),
        *_entity("focus_area", "active", "retired"),
    )
    op.create_index(op.f("ix_focus_area_state"), "focus_area", ["state"])
    op.create_index(
        "uq_focus_area_code_once_per_scheme",
        "focus_area",
        ["scheme", "code"],
        unique=True,
        postgresql_where="state = 'active'",
    )
    add = sa.text(
        "INSERT INTO focus_area (id, created_at, audit_seq, audit_head, version, state, scheme, code, label)"
        " VALUES (gen_random_uuid(), now(), 0, '', 1, 'active', 'imi', :code, :label)"
    )
    for code, label in AREAS.items():
        op.execute(add.bindparams(code=code, label=label))
    op.create_table(
        "topic_focus",
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("focus_area_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["focus_area_id"], ["focus_area.id"], name=op.f("fk_topic_focus_focus_area_id")
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_focus_topic_id")),
        sa.PrimaryKeyConstraint("topic_id", "focus_area_id", name=op.f("pk_topic_focus")),
    )
    op.create_index(op.f("ix_topic_focus_focus_area_id"), "topic_focus", ["focus_area_id"])


def _screening() -> None:
    op.create_table(
        "screening",
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_entity("screening", "given"),
        sa.CheckConstraint("score BETWEEN 0 AND 5", name=op.f("ck_screening_score_on_the_scale")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_screening_topic_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_screening_account_id")),
        sa.UniqueConstraint("topic_id", "account_id", name="uq_screening_one_per_member"),
    )
    op.create_index(op.f("ix_screening_state"), "screening", ["state"])
    op.create_index(op.f("ix_screening_account_id"), "screening", ["account_id"])


def _topic() -> None:
    for name in WRITTEN:
        op.add_column("topic", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("topic", name, server_default=None)
    op.add_column("topic", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    # Until now an idea was handed in by being proposed.
    op.execute("UPDATE topic SET submitted_at = created_at WHERE proposed_by IS NOT NULL")
    op.add_column("topic", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_topic_merged_into_id"), "topic", ["merged_into_id"])
    op.create_foreign_key(op.f("fk_topic_merged_into_id"), "topic", "topic", ["merged_into_id"], ["id"])
    op.drop_constraint(op.f("ck_topic_idea_has_a_proposer"), "topic", type_="check")
    _hold("topic", "idea_has_a_proposer", IDEAS)
    _hold("topic", "sketch_is_not_handed_in", "state <> 'sketch' OR submitted_at IS NULL")
    _hold("topic", "merged_has_a_target", "(state = 'merged') = (merged_into_id IS NOT NULL)")
    _hold("topic", "merged_with_another", "merged_into_id <> id")


def downgrade() -> None:
    for table, name in (
        ("motion", "adjourned_has_a_reason"),
        ("motion", "merged_with_a_target"),
        ("topic", "merged_with_another"),
        ("topic", "merged_has_a_target"),
        ("topic", "sketch_is_not_handed_in"),
        ("topic", "idea_has_a_proposer"),
    ):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    _hold("topic", "idea_has_a_proposer", "state <> 'idea' OR proposed_by IS NOT NULL")
    for name in ("merged_into_id", "submitted_at", *WRITTEN):
        op.drop_column("topic", name)
    for name in ("outcome_reason", "target_id"):
        op.drop_column("motion", name)
    for table in ("screening", "topic_focus", "focus_area"):
        op.drop_table(table)
    _words("motion", "purpose", PURPOSES)
    _words("motion", "state", VOTES)
    _words("topic", "state", STATES)
