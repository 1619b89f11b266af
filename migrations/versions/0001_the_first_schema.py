"""The first schema."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Rows that are only ever added.
KEPT = ("audit_event", "audit_checkpoint", "audit_leaf", "refusal", "sealed_version")
REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
NEVER = """
CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "active",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index(op.f("ix_account_state"), "account", ["state"], unique=False)
    op.create_index("uq_account_email", "account", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "audit_checkpoint",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_checkpoint_number")),
    )
    op.create_table(
        "audit_event",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("by_system", sa.Boolean(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("entity", "entity_id", "seq", name="uq_audit_event_chain"),
    )
    op.create_index(op.f("ix_audit_event_entity_id"), "audit_event", ["entity_id"], unique=False)
    op.create_table(
        "audit_leaf",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_leaf")),
        sa.UniqueConstraint("number", "entity", "entity_id", name="uq_audit_leaf_once"),
    )
    op.create_table(
        "body",
        sa.Column(
            "state",
            sa.Enum(
                "active", "dissolved", name="state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "scientific_committee",
                "governing_board",
                "advisory",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quorum", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("majority", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("majority >= 0.5 AND majority < 1", name=op.f("ck_body_majority_is_a_share")),
        sa.CheckConstraint("quorum > 0 AND quorum <= 1", name=op.f("ck_body_quorum_is_a_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("name", name=op.f("uq_body_name")),
    )
    op.create_index(op.f("ix_body_state"), "body", ["state"], unique=False)
    op.create_table(
        "call",
        sa.Column(
            "state",
            sa.Enum(
                "preparing",
                "adopted",
                "published",
                "running",
                "completed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("budget", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("reference", name=op.f("uq_call_reference")),
    )
    op.create_index(op.f("ix_call_state"), "call", ["state"], unique=False)
    op.create_table(
        "clock",
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("offset", sa.Interval(), nullable=False),
        sa.Column("rehearsed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_clock_one_row")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_clock")),
    )
    op.create_table(
        "idempotency",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency")),
        sa.UniqueConstraint("actor_id", "route", "key", name="uq_idempotency_key"),
    )
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"], unique=False)
    op.create_table(
        "one_time_link",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("activate", "reset", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_one_time_link")),
    )
    op.create_index(op.f("ix_one_time_link_email"), "one_time_link", ["email"], unique=False)
    op.create_table(
        "organisation",
        sa.Column(
            "state",
            sa.Enum(
                "registered", "validated", name="state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "higher_education",
                "research",
                "sme",
                "mid_cap",
                "large_company",
                "patient_organisation",
                "regulator",
                "hospital",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("pic", sa.Text(), nullable=True),
        sa.Column("control_group", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("pic ~ '^[0-9]{9}$'", name=op.f("ck_organisation_pic_has_nine_digits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("pic", name=op.f("uq_organisation_pic")),
    )
    op.create_index(op.f("ix_organisation_legal_name"), "organisation", ["legal_name"], unique=False)
    op.create_index(op.f("ix_organisation_state"), "organisation", ["state"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_recipient"), "outbox", ["recipient"], unique=False)
    op.create_index(
        "ix_outbox_unsent", "outbox", ["written_at"], unique=False, postgresql_where="sent_at IS NULL"
    )
    op.create_table(
        "refusal",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    op.create_index(op.f("ix_refusal_entity_id"), "refusal", ["entity_id"], unique=False)
    op.create_table(
        "topic",
        sa.Column(
            "state",
            sa.Enum(
                "drafting",
                "final_draft",
                "adopted",
                "in_call",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("outcomes", sa.Text(), nullable=False),
        sa.Column("impact", sa.Text(), nullable=False),
        sa.Column(
            "action_type",
            sa.Enum(
                "RIA", "IA", "CSA", name="action_type", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("duration_months", sa.Integer(), nullable=True),
        sa.Column("indicative_budget", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("reference", name=op.f("uq_topic_reference")),
    )
    op.create_index(op.f("ix_topic_state"), "topic", ["state"], unique=False)
    op.create_table(
        "appointment",
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "active",
                "ended",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "office",
                "signatory",
                "auditor",
                "observer",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appointing_act", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role <> 'auditor' OR ends_at IS NOT NULL", name=op.f("ck_appointment_auditor_has_an_end")
        ),
        sa.CheckConstraint(
            "state <> 'active' OR confirmed_at IS NOT NULL", name=op.f("ck_appointment_active_once_confirmed")
        ),
        sa.CheckConstraint(
            "confirmed_by NOT IN (account_id, proposed_by)",
            name=op.f("ck_appointment_second_person_confirms"),
        ),
        sa.CheckConstraint(
            "proposed_by <> account_id", name=op.f("ck_appointment_nobody_appoints_themselves")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_appointment_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_appointment_account_id")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_appointment_confirmed_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_appointment_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_account_id"), "appointment", ["account_id"], unique=False)
    op.create_index(op.f("ix_appointment_state"), "appointment", ["state"], unique=False)
    op.create_table(
        "audit_detail",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_detail_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_detail")),
    )
    op.create_table(
        "body_session",
        sa.Column(
            "state",
            sa.Enum(
                "called", "open", "closed", name="state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_body_session_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_session")),
    )
    op.create_index(op.f("ix_body_session_body_id"), "body_session", ["body_id"], unique=False)
    op.create_index(op.f("ix_body_session_state"), "body_session", ["state"], unique=False)
    op.create_table(
        "call_stage",
        sa.Column(
            "state",
            sa.Enum(
                "scheduled", "completed", name="state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.Text(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_call_stage_closes_after_it_opens")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_stage_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_stage")),
        sa.UniqueConstraint("call_id", "number", name="uq_call_stage_number"),
    )
    op.create_index(op.f("ix_call_stage_closes_at"), "call_stage", ["closes_at"], unique=False)
    op.create_index(op.f("ix_call_stage_state"), "call_stage", ["state"], unique=False)
    op.create_table(
        "expert",
        sa.Column(
            "state",
            sa.Enum("active", name="state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("expertise", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_expert_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_expert_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint("account_id", name=op.f("uq_expert_account_id")),
    )
    op.create_index(op.f("ix_expert_organisation_id"), "expert", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_expert_state"), "expert", ["state"], unique=False)
    op.create_table(
        "mandate",
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "active",
                "ended",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "seat",
            sa.Enum("chair", "member", name="seat", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appointing_act", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_mandate_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mandate_account_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_mandate_body_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_mandate_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    op.create_index(op.f("ix_mandate_account_id"), "mandate", ["account_id"], unique=False)
    op.create_index(op.f("ix_mandate_state"), "mandate", ["state"], unique=False)
    op.create_index(
        "uq_mandate_one_seat_per_member",
        "mandate",
        ["body_id", "account_id"],
        unique=True,
        postgresql_where="state <> 'ended'",
    )
    op.create_table(
        "second_request",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_second_request_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_request")),
        sa.UniqueConstraint("entity", "entity_id", "act", name="uq_second_request_one_per_act"),
    )
    op.create_table(
        "token_family",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_token_family_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_family")),
    )
    op.create_index(op.f("ix_token_family_account_id"), "token_family", ["account_id"], unique=False)
    op.create_table(
        "expert_contract",
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "signed",
                "ended",
                "terminated",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state <> 'signed' OR signed_at IS NOT NULL", name=op.f("ck_expert_contract_signed_has_a_date")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_expert_contract_call_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_contract_expert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_contract")),
    )
    op.create_index(op.f("ix_expert_contract_call_id"), "expert_contract", ["call_id"], unique=False)
    op.create_index(op.f("ix_expert_contract_state"), "expert_contract", ["state"], unique=False)
    op.create_index(
        "uq_expert_contract_once_per_call",
        "expert_contract",
        ["expert_id", "call_id"],
        unique=True,
        postgresql_where="state IN ('offered', 'signed')",
    )
    op.create_table(
        "motion",
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "voting",
                "adopted",
                "not_adopted",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "adopt_topic",
                "adopt_call",
                "adopt_list",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('adopted', 'not_adopted')) = (decided_at IS NOT NULL)",
            name=op.f("ck_motion_decided_has_a_date"),
        ),
        sa.ForeignKeyConstraint(["session_id"], ["body_session.id"], name=op.f("fk_motion_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion")),
    )
    op.create_index(op.f("ix_motion_session_id"), "motion", ["session_id"], unique=False)
    op.create_index(op.f("ix_motion_state"), "motion", ["state"], unique=False)
    op.create_index(op.f("ix_motion_subject_id"), "motion", ["subject_id"], unique=False)
    op.create_index(op.f("ix_motion_topic_id"), "motion", ["topic_id"], unique=False)
    op.create_index(
        "uq_motion_one_open_per_subject",
        "motion",
        ["purpose", "subject_id"],
        unique=True,
        postgresql_where="state IN ('prepared', 'voting')",
    )
    op.create_table(
        "refresh_token",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["family_id"], ["token_family.id"], name=op.f("fk_refresh_token_family_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_refresh_token")),
    )
    op.create_index(op.f("ix_refresh_token_family_id"), "refresh_token", ["family_id"], unique=False)
    op.create_table(
        "topic_stage",
        sa.Column(
            "state",
            sa.Enum(
                "scheduled",
                "checking",
                "evaluation",
                "ranked",
                "decided",
                "released",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("budget", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("budget > 0", name=op.f("ck_topic_stage_budget_is_positive")),
        sa.ForeignKeyConstraint(["stage_id"], ["call_stage.id"], name=op.f("fk_topic_stage_stage_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_stage_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_stage")),
        sa.UniqueConstraint("stage_id", "topic_id", name="uq_topic_stage_topic_once_per_stage"),
    )
    op.create_index(op.f("ix_topic_stage_state"), "topic_stage", ["state"], unique=False)
    op.create_index(op.f("ix_topic_stage_topic_id"), "topic_stage", ["topic_id"], unique=False)
    op.create_table(
        "ballot",
        sa.Column("motion_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("recused", sa.Text(), nullable=True),
        sa.Column(
            "choice",
            sa.Enum(
                "yes", "no", "abstain", name="choice", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(choice IS NULL) = (cast_at IS NULL)", name=op.f("ck_ballot_cast_has_a_date")),
        sa.CheckConstraint("recused IS NULL OR choice IS NULL", name=op.f("ck_ballot_recused_does_not_vote")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ballot_account_id")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_ballot_motion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("motion_id", "account_id", name="uq_ballot_one_vote_per_member"),
    )
    op.create_index(op.f("ix_ballot_account_id"), "ballot", ["account_id"], unique=False)
    op.create_table(
        "consortium",
        sa.Column(
            "state",
            sa.Enum("active", name="state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("topic_stage_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_consortium_topic_id")),
        sa.ForeignKeyConstraint(
            ["topic_stage_id"], ["topic_stage.id"], name=op.f("fk_consortium_topic_stage_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consortium")),
    )
    op.create_index(op.f("ix_consortium_state"), "consortium", ["state"], unique=False)
    op.create_index(op.f("ix_consortium_topic_id"), "consortium", ["topic_id"], unique=False)
    op.create_index(op.f("ix_consortium_topic_stage_id"), "consortium", ["topic_stage_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column(
            "state",
            sa.Enum(
                "adopted", "released", name="state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("topic_stage_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("motion_id", sa.Uuid(), nullable=False),
        sa.Column("envelope", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("list_digest", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL)", name=op.f("ck_decision_released_has_a_date")
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_decision_motion_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_decision_topic_id")),
        sa.ForeignKeyConstraint(
            ["topic_stage_id"], ["topic_stage.id"], name=op.f("fk_decision_topic_stage_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("motion_id", name=op.f("uq_decision_motion_id")),
        sa.UniqueConstraint("topic_stage_id", name=op.f("uq_decision_topic_stage_id")),
    )
    op.create_index(op.f("ix_decision_state"), "decision", ["state"], unique=False)
    op.create_table(
        "panel",
        sa.Column(
            "state",
            sa.Enum(
                "open", "ranked", "closed", name="state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("topic_stage_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (digest IS NOT NULL)", name=op.f("ck_panel_closed_has_a_digest")
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_panel_topic_id")),
        sa.ForeignKeyConstraint(["topic_stage_id"], ["topic_stage.id"], name=op.f("fk_panel_topic_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("topic_stage_id", name=op.f("uq_panel_topic_stage_id")),
    )
    op.create_index(op.f("ix_panel_state"), "panel", ["state"], unique=False)
    op.create_table(
        "partner",
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "accepted",
                "signed",
                "declined",
                "left",
                "removed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("coordinates", sa.Boolean(), nullable=False),
        sa.Column("requested", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("invitation", sa.Text(), nullable=True),
        sa.Column("invited_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["consortium_id"], ["consortium.id"], name=op.f("fk_partner_consortium_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_partner_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("invitation", name=op.f("uq_partner_invitation")),
    )
    op.create_index(op.f("ix_partner_consortium_id"), "partner", ["consortium_id"], unique=False)
    op.create_index(op.f("ix_partner_organisation_id"), "partner", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_partner_state"), "partner", ["state"], unique=False)
    op.create_index(
        "uq_partner_one_coordinator",
        "partner",
        ["consortium_id"],
        unique=True,
        postgresql_where="coordinates AND state IN ('invited', 'accepted', 'signed')",
    )
    op.create_index(
        "uq_partner_organisation_once",
        "partner",
        ["consortium_id", "organisation_id"],
        unique=True,
        postgresql_where="state IN ('invited', 'accepted', 'signed')",
    )
    op.create_table(
        "proposal",
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "withdrawn",
                "inadmissible",
                "ineligible",
                "eligible",
                "in_evaluation",
                "evaluated",
                "selected",
                "reserve",
                "rejected",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("topic_stage_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("acronym", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("requested", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("sealed", sa.Integer(), nullable=False),
        sa.Column("handed_in", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (sealed = 0)", name=op.f("ck_proposal_submitted_has_a_sealed_version")
        ),
        sa.CheckConstraint(
            "state NOT IN ('selected', 'reserve', 'rejected') OR released_at IS NOT NULL",
            name=op.f("ck_proposal_outcome_is_released"),
        ),
        sa.CheckConstraint("requested >= 0", name=op.f("ck_proposal_requested_is_not_negative")),
        sa.ForeignKeyConstraint(["consortium_id"], ["consortium.id"], name=op.f("fk_proposal_consortium_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_proposal_topic_id")),
        sa.ForeignKeyConstraint(
            ["topic_stage_id"], ["topic_stage.id"], name=op.f("fk_proposal_topic_stage_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("consortium_id", name=op.f("uq_proposal_consortium_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_proposal_reference")),
    )
    op.create_index(op.f("ix_proposal_state"), "proposal", ["state"], unique=False)
    op.create_index(op.f("ix_proposal_topic_id"), "proposal", ["topic_id"], unique=False)
    op.create_index(op.f("ix_proposal_topic_stage_id"), "proposal", ["topic_stage_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "invited",
                "accepted",
                "reported",
                "declined",
                "blocked",
                "voided",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'reported') OR declared_at IS NOT NULL",
            name=op.f("ck_assignment_accepted_has_declared"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["expert_contract.id"], name=op.f("fk_assignment_contract_id")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_assignment_expert_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_assignment_proposal_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_assignment_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("proposal_id", "label", name="uq_assignment_label"),
    )
    op.create_index(op.f("ix_assignment_contract_id"), "assignment", ["contract_id"], unique=False)
    op.create_index(op.f("ix_assignment_proposal_id"), "assignment", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_assignment_state"), "assignment", ["state"], unique=False)
    op.create_index(
        "uq_assignment_once",
        "assignment",
        ["expert_id", "proposal_id"],
        unique=True,
        postgresql_where="state IN ('proposed', 'invited', 'accepted', 'reported', 'blocked')",
    )
    op.create_table(
        "conflict",
        sa.Column(
            "state",
            sa.Enum(
                "found",
                "declared",
                "blocking",
                "waived",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column(
            "situation",
            sa.Enum(
                "D1",
                "D2",
                "D3",
                "D4",
                "D5",
                "D6",
                "D7",
                "D8",
                "D9",
                "P1",
                "P2",
                "P3",
                name="situation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("waiver", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state <> 'waived' OR waiver IS NOT NULL", name=op.f("ck_conflict_waived_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_conflict_expert_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_conflict_proposal_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_conflict_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index(op.f("ix_conflict_expert_id"), "conflict", ["expert_id"], unique=False)
    op.create_index(op.f("ix_conflict_proposal_id"), "conflict", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_conflict_state"), "conflict", ["state"], unique=False)
    op.create_index(
        "uq_conflict_once_per_situation",
        "conflict",
        ["expert_id", "proposal_id", "situation"],
        unique=True,
        postgresql_where="state <> 'waived'",
    )
    op.create_table(
        "decision_line",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("requested", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "selected",
                "reserve",
                "rejected",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'selected') = (reason IS NULL)",
            name=op.f("ck_decision_line_not_selected_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_line_decision_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_decision_line_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_line")),
        sa.UniqueConstraint("decision_id", "proposal_id", name="uq_decision_line_once"),
    )
    op.create_index(op.f("ix_decision_line_proposal_id"), "decision_line", ["proposal_id"], unique=False)
    op.create_table(
        "grant_agreement",
        sa.Column(
            "state",
            sa.Enum(
                "preparation", "signed", name="state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("early_start_reason", sa.Text(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL)", name=op.f("ck_grant_agreement_signed_has_a_date")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_grant_agreement_amount_is_positive")),
        sa.CheckConstraint(
            "signed_by IS NULL OR signed_by <> prepared_by",
            name=op.f("ck_grant_agreement_signatory_did_not_prepare"),
        ),
        sa.ForeignKeyConstraint(["prepared_by"], ["account.id"], name=op.f("fk_grant_agreement_prepared_by")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_grant_agreement_proposal_id")
        ),
        sa.ForeignKeyConstraint(["signed_by"], ["account.id"], name=op.f("fk_grant_agreement_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_agreement")),
        sa.UniqueConstraint("number", name=op.f("uq_grant_agreement_number")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_grant_agreement_proposal_id")),
    )
    op.create_index(op.f("ix_grant_agreement_state"), "grant_agreement", ["state"], unique=False)
    op.create_table(
        "panel_place",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("above", sa.Boolean(), nullable=False),
        sa.Column("total", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("above = (rank IS NOT NULL)", name=op.f("ck_panel_place_ranked_if_above")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_place_panel_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_panel_place_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_place")),
        sa.UniqueConstraint("panel_id", "proposal_id", name="uq_panel_place_once"),
    )
    op.create_index(op.f("ix_panel_place_proposal_id"), "panel_place", ["proposal_id"], unique=False)
    op.create_table(
        "partner_person",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "contact",
                "deputy_contact",
                "contributor",
                "reader",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_partner_person_account_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_partner_person_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_person")),
    )
    op.create_index(op.f("ix_partner_person_account_id"), "partner_person", ["account_id"], unique=False)
    op.create_index(op.f("ix_partner_person_email"), "partner_person", ["email"], unique=False)
    op.create_index(
        "uq_partner_person_once",
        "partner_person",
        ["partner_id", "email"],
        unique=True,
        postgresql_where="until IS NULL",
    )
    op.create_table(
        "proposal_check",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "admissibility",
                "eligibility",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_check_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_check")),
        sa.UniqueConstraint("proposal_id", "rule", name="uq_proposal_check_once_per_rule"),
    )
    op.create_table(
        "proposal_document",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_document_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_document")),
        sa.UniqueConstraint("proposal_id", "key", name="uq_proposal_document_once"),
    )
    op.create_table(
        "proposal_section",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_section_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_section")),
        sa.UniqueConstraint("proposal_id", "key", name="uq_proposal_section_once"),
    )
    op.create_table(
        "sealed_version",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("manifest", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_sealed_version_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_version")),
        sa.UniqueConstraint("proposal_id", "number", name="uq_sealed_version_number"),
    )
    op.create_table(
        "consensus",
        sa.Column(
            "state",
            sa.Enum(
                "drafting",
                "approval",
                "final",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("rapporteur_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'final') = (final_at IS NOT NULL)", name=op.f("ck_consensus_final_has_a_date")
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_consensus_proposal_id")),
        sa.ForeignKeyConstraint(
            ["rapporteur_id"], ["assignment.id"], name=op.f("fk_consensus_rapporteur_id")
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_consensus_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consensus")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_consensus_proposal_id")),
    )
    op.create_index(op.f("ix_consensus_state"), "consensus", ["state"], unique=False)
    op.create_table(
        "report",
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sealed",
                "voided",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state <> 'draft' OR sealed_at IS NULL", name=op.f("ck_report_draft_has_no_date")),
        sa.CheckConstraint(
            "state <> 'sealed' OR sealed_at IS NOT NULL", name=op.f("ck_report_sealed_has_a_date")
        ),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_report_assignment_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_report_proposal_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_report_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_report_assignment_id")),
    )
    op.create_index(op.f("ix_report_proposal_id"), "report", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_report_state"), "report", ["state"], unique=False)
    op.create_table(
        "consensus_opinion",
        sa.Column("consensus_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "approval", "objection", name="kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind = 'approval' OR reason <> ''", name=op.f("ck_consensus_opinion_objection_has_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_consensus_opinion_assignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["consensus_id"], ["consensus.id"], name=op.f("fk_consensus_opinion_consensus_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consensus_opinion")),
        sa.UniqueConstraint(
            "consensus_id", "round", "assignment_id", name="uq_consensus_opinion_once_per_round"
        ),
    )
    op.create_table(
        "consensus_point",
        sa.Column("consensus_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("score", sa.Numeric(precision=3, scale=2), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consensus_id"], ["consensus.id"], name=op.f("fk_consensus_point_consensus_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consensus_point")),
        sa.UniqueConstraint("consensus_id", "criterion", name="uq_consensus_point_once"),
    )
    op.create_table(
        "report_mark",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("score", sa.Numeric(precision=3, scale=2), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_mark_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mark")),
        sa.UniqueConstraint("report_id", "criterion", name="uq_report_mark_once"),
    )
    op.execute(REFUSE)
    for table in KEPT:
        op.execute(NEVER.format(table=table))
    op.execute("INSERT INTO clock (one, \"offset\", rehearsed) VALUES (1, interval '0', false)")
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    op.execute(
        """
        CREATE FUNCTION refuse_applicants_person() RETURNS trigger LANGUAGE plpgsql AS $$
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
    )
    op.execute(
        "CREATE TRIGGER assignment_of_no_applicant BEFORE INSERT OR UPDATE OF expert_id, topic_id ON assignment "
        "FOR EACH ROW EXECUTE FUNCTION refuse_applicants_person()"
    )


def downgrade() -> None:
    """There is nothing before the first schema."""
    op.execute("DROP SCHEMA public CASCADE")
    op.execute("CREATE SCHEMA public")
