"""Conflicts are of a person and keep the fact and the reason; employments, collaborations, settled identities."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SITUATIONS = ("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "P1", "P2", "P3")
ENTITY = (
    ("created_at", sa.DateTime(timezone=True)),
    ("audit_seq", sa.Integer()),
    ("audit_head", sa.Text()),
)
KINDS = ("contract", "grant", "research", "management", "advisory", "other")


NO_APPLICANT = """
CREATE OR REPLACE FUNCTION refuse_applicants_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.topic_id IS DISTINCT FROM (SELECT topic_id FROM proposal WHERE id = NEW.proposal_id) THEN
        RAISE EXCEPTION 'an assignment is of the topic of its proposal'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_assignment_topic_of_its_proposal';
    END IF;
    IF EXISTS (
        SELECT FROM expert
        JOIN account ON account.id = expert.account_id
        JOIN consortium ON consortium.topic_id = NEW.topic_id
        JOIN partner ON partner.consortium_id = consortium.id
        JOIN partner_person person ON person.partner_id = partner.id
        LEFT JOIN settled_identity settled ON settled.expert_id = expert.id AND settled.person_id = person.id
        WHERE expert.id = NEW.expert_id
        AND (partner.state IN ('accepted', 'signed') OR person.until IS NOT NULL)
        AND (
            person.account_id = account.id
            OR settled.same
            OR lower(person.email) = lower(account.email) AND settled.same IS NULL
        )
    ) THEN
        RAISE EXCEPTION 'a person of an applicant is no expert of the same topic'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_assignment_no_applicant_of_the_topic';
    END IF;
    RETURN NEW;
END $$
"""
AS_IT_WAS = """
CREATE OR REPLACE FUNCTION refuse_applicants_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM expert
        JOIN account ON account.id = expert.account_id
        JOIN partner_person person
            ON person.account_id = account.id OR lower(person.email) = lower(account.email)
        JOIN partner ON partner.id = person.partner_id
        JOIN consortium ON consortium.id = partner.consortium_id
        WHERE expert.id = NEW.expert_id AND consortium.topic_id = NEW.topic_id
        AND (partner.state IN ('accepted', 'signed') OR person.until IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'a person of an applicant is no expert of the same topic'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_assignment_no_applicant_of_the_topic';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGER = """
CREATE TRIGGER assignment_of_no_applicant BEFORE INSERT OR UPDATE OF {columns} ON assignment
FOR EACH ROW EXECUTE FUNCTION refuse_applicants_person()
"""
DECLARED = """
CREATE FUNCTION refuse_report_undeclared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM assignment seat
        WHERE seat.id = NEW.assignment_id AND seat.proposal_id = NEW.proposal_id
        AND seat.state IN ('accepted', 'reported') AND seat.declared_at IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM conflict
            WHERE conflict.expert_id = seat.expert_id AND conflict.proposal_id = seat.proposal_id
            AND conflict.state IN ('found', 'declared', 'blocking')
        )
    ) THEN
        RAISE EXCEPTION 'a report is written by an expert who has declared to be free of conflict'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_report_of_a_clear_declaration';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER report_of_a_clear_declaration
BEFORE INSERT OR UPDATE OF assignment_id, proposal_id, state ON report
FOR EACH ROW WHEN (NEW.state <> 'voided') EXECUTE FUNCTION refuse_report_undeclared()
"""
KEPT = """
CREATE FUNCTION refuse_undeclaring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM report WHERE report.assignment_id = NEW.id AND report.state <> 'voided') THEN
        RAISE EXCEPTION 'what was declared for a report is not taken back'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_assignment_stays_declared';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_stays_declared BEFORE UPDATE OF declared_at ON assignment
FOR EACH ROW WHEN (OLD.declared_at IS NOT NULL AND NEW.declared_at IS NULL)
EXECUTE FUNCTION refuse_undeclaring()
"""


def upgrade() -> None:
    _conflicts()
    op.create_table(
        "settled_identity",
        sa.Column("state", _words("settled", name="state", length=32), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("topic_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("settled_by_id", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        *_entity(),
        sa.CheckConstraint("num_nonnulls(person_id, organisation_id) = 1 AND (organisation_id IS NULL) = (name IS NULL)", name=op.f("ck_settled_identity_of_a_person_or_a_name")),
        *_keys("settled_identity", expert_id="expert", person_id="partner_person", topic_id="topic", organisation_id="organisation", settled_by_id="account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settled_identity")),
    )
    op.create_index(op.f("ix_settled_identity_state"), "settled_identity", ["state"])
    op.create_index(op.f("ix_settled_identity_person_id"), "settled_identity", ["person_id"])
    op.create_index(op.f("ix_settled_identity_organisation_id"), "settled_identity", ["organisation_id"])
    op.create_index("uq_settled_identity_of_a_person", "settled_identity", ["expert_id", "person_id"], unique=True)
    op.create_index("uq_settled_identity_of_a_name", "settled_identity", ["expert_id", "name", "organisation_id"], unique=True)
    _facts("expert_employment", (), "organisation_id IS NOT NULL OR organisation_name IS NOT NULL", "somewhere")
    _facts(
        "expert_collaboration",
        (
            sa.Column("kind", _words(*KINDS, name="kind", length=40), nullable=False),
            sa.Column("person_name", sa.Text(), nullable=True),
            sa.Column("person_email", sa.Text(), nullable=True),
        ),
        "organisation_id IS NOT NULL OR organisation_name IS NOT NULL OR person_name IS NOT NULL OR person_email IS NOT NULL",
        "with_somebody",
    )
    op.drop_constraint(op.f("uq_consensus_proposal_id"), "consensus", type_="unique")
    op.drop_constraint(op.f("ck_consensus_state"), "consensus", type_="check")
    op.create_check_constraint(op.f("ck_consensus_state"), "consensus", "state IN ('drafting', 'approval', 'no_consensus', 'final', 'voided')")
    op.create_index(op.f("ix_consensus_proposal_id"), "consensus", ["proposal_id"])
    op.create_index("uq_consensus_one_stands", "consensus", ["proposal_id"], unique=True, postgresql_where="state <> 'voided'")
    op.execute(NO_APPLICANT)
    op.execute("DROP TRIGGER assignment_of_no_applicant ON assignment")
    op.execute(TRIGGER.format(columns="expert_id, proposal_id, topic_id"))
    op.execute(DECLARED)
    op.execute(KEPT)


def _words(*values: str, name: str, length: int) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)


def _entity() -> list[sa.Column]:
    return [sa.Column("id", sa.Uuid(), nullable=False), *(sa.Column(name, kind, nullable=False) for name, kind in ENTITY)]


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}")) for column, other in columns.items()]


def _facts(table: str, columns: tuple[sa.Column, ...], named: str, name: str) -> None:
    op.create_table(
        table,
        sa.Column("state", _words("stated", "withdrawn", name="state", length=32), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_name", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *columns,
        *_entity(),
        sa.CheckConstraint("since IS NULL OR until IS NULL OR since <= until", name=op.f(f"ck_{table}_ends_after_it_begins")),
        sa.CheckConstraint("organisation_id IS NULL OR organisation_name IS NULL", name=op.f(f"ck_{table}_organisation_once")),
        sa.CheckConstraint(named, name=op.f(f"ck_{table}_{name}")),
        *_keys(table, expert_id="expert", organisation_id="organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in ("state", "expert_id", "organisation_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _conflicts() -> None:
    """Whose conflict it is stands on it; which situations there are, the programme says."""
    op.drop_index("uq_conflict_once_per_situation", table_name="conflict")
    op.drop_constraint(op.f("ck_conflict_situation"), "conflict", type_="check")
    op.drop_constraint(op.f("ck_conflict_waived_has_a_reason"), "conflict", type_="check")
    op.drop_constraint(op.f("ck_conflict_state"), "conflict", type_="check")
    op.alter_column("conflict", "situation", type_=sa.Text())
    op.alter_column("conflict", "waiver", new_column_name="reason")
    op.alter_column("conflict", "expert_id", nullable=True)
    op.add_column("conflict", sa.Column("account_id", sa.Uuid(), nullable=True))
    op.add_column("conflict", sa.Column("fact", sa.Text(), nullable=True))
    op.execute("UPDATE conflict SET account_id = expert.account_id FROM expert WHERE expert.id = conflict.expert_id")
    op.execute("UPDATE conflict SET reason = path WHERE state = 'blocking'")
    op.alter_column("conflict", "account_id", nullable=False)
    op.create_foreign_key(op.f("fk_conflict_account_id"), "conflict", "account", ["account_id"], ["id"])
    op.create_check_constraint(op.f("ck_conflict_state"), "conflict", "state IN ('found', 'declared', 'blocking', 'waived', 'withdrawn')")
    op.create_check_constraint(op.f("ck_conflict_decided_has_a_reason"), "conflict", "(state IN ('blocking', 'waived', 'withdrawn')) = (reason IS NOT NULL)")
    op.create_index("uq_conflict_once_per_situation", "conflict", ["account_id", "proposal_id", "situation"], unique=True, postgresql_where="state IN ('found', 'declared', 'blocking')")


def downgrade() -> None:
    op.drop_index("uq_consensus_one_stands", table_name="consensus")
    op.drop_index(op.f("ix_consensus_proposal_id"), table_name="consensus")
    op.drop_constraint(op.f("ck_consensus_state"), "consensus", type_="check")
    op.create_check_constraint(op.f("ck_consensus_state"), "consensus", "state IN ('drafting', 'approval', 'no_consensus', 'final')")
    op.create_unique_constraint(op.f("uq_consensus_proposal_id"), "consensus", ["proposal_id"])
    op.execute("DROP TRIGGER assignment_stays_declared ON assignment")
    op.execute("DROP FUNCTION refuse_undeclaring")
    op.execute("DROP TRIGGER report_of_a_clear_declaration ON report")
    op.execute("DROP FUNCTION refuse_report_undeclared")
    op.execute("DROP TRIGGER assignment_of_no_applicant ON assignment")
    op.execute(AS_IT_WAS)
    op.execute(TRIGGER.format(columns="expert_id, topic_id"))
    for table in ("expert_collaboration", "expert_employment", "settled_identity"):
        op.drop_table(table)
    op.drop_index("uq_conflict_once_per_situation", table_name="conflict")
    op.drop_constraint(op.f("ck_conflict_decided_has_a_reason"), "conflict", type_="check")
    op.drop_constraint(op.f("ck_conflict_state"), "conflict", type_="check")
    op.execute("UPDATE conflict SET state = 'waived' WHERE state = 'withdrawn'")
    op.execute("DELETE FROM conflict WHERE expert_id IS NULL")
    op.execute("UPDATE conflict SET reason = NULL WHERE state = 'blocking'")
    op.drop_constraint(op.f("fk_conflict_account_id"), "conflict", type_="foreignkey")
    op.drop_column("conflict", "fact")
    op.drop_column("conflict", "account_id")
    op.alter_column("conflict", "expert_id", nullable=False)
    op.alter_column("conflict", "reason", new_column_name="waiver")
    op.create_check_constraint(op.f("ck_conflict_state"), "conflict", "state IN ('found', 'declared', 'blocking', 'waived')")
    op.create_check_constraint(op.f("ck_conflict_situation"), "conflict", f"situation IN {SITUATIONS}")
    op.create_check_constraint(op.f("ck_conflict_waived_has_a_reason"), "conflict", "state <> 'waived' OR waiver IS NOT NULL")
    op.create_index("uq_conflict_once_per_situation", "conflict", ["expert_id", "proposal_id", "situation"], unique=True, postgresql_where="state <> 'waived'")
