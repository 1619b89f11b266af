"""Hearings, what was answered in them for good; the ethics of what may be funded; grants that fail for it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

ANSWERED = """
CREATE FUNCTION refuse_other_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was answered to a panel is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER hearing_answer_is_never_changed BEFORE UPDATE ON hearing FOR EACH ROW
WHEN (
    OLD.answered_at IS NOT NULL
    AND (NEW.answers, NEW.answered_at) IS DISTINCT FROM (OLD.answers, OLD.answered_at)
) EXECUTE FUNCTION refuse_other_answers()
"""
DECLARED = """
CREATE TRIGGER ethics_seat_of_no_applicant BEFORE INSERT OR UPDATE OF expert_id, topic_id, proposal_id ON ethics_seat
FOR EACH ROW EXECUTE FUNCTION refuse_applicants_person();
CREATE FUNCTION refuse_remark_undeclared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ethics_seat seat
        WHERE seat.id = NEW.seat_id AND seat.state = 'accepted' AND seat.declared_at IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM conflict
            WHERE conflict.expert_id = seat.expert_id AND conflict.proposal_id = seat.proposal_id
            AND conflict.state IN ('found', 'declared', 'blocking')
        )
    ) THEN
        RAISE EXCEPTION 'a remark on ethics is of an expert who has declared to be free of conflict'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_ethics_remark_of_a_clear_declaration';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ethics_remark_of_a_clear_declaration BEFORE INSERT ON ethics_remark
FOR EACH ROW EXECUTE FUNCTION refuse_remark_undeclared();
CREATE TRIGGER ethics_remark_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ethics_remark
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
# As it was, and `more`: the seats on ethics.
OF_EXPERT = """
CREATE OR REPLACE FUNCTION erase_details_of_expert(whom uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE erased bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM expert WHERE id = whom AND state = 'anonymised') THEN
        RAISE EXCEPTION 'details are erased of experts who are anonymised' USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM audit_detail USING audit_event WHERE audit_event.id = audit_detail.event_id
    AND audit_event.entity_id IN (
        SELECT whom
        UNION SELECT id FROM expert_employment WHERE expert_id = whom
        UNION SELECT id FROM expert_collaboration WHERE expert_id = whom
        UNION SELECT id FROM settled_identity WHERE expert_id = whom
        UNION SELECT id FROM conflict WHERE expert_id = whom
        UNION SELECT id FROM expert_contract WHERE expert_id = whom
        UNION SELECT id FROM assignment WHERE expert_id = whom
        {more}
        UNION SELECT expert_invitation.id FROM expert_invitation
            JOIN account ON lower(account.email) = lower(expert_invitation.email)
            JOIN expert ON expert.account_id = account.id WHERE expert.id = whom
    );
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$
"""
SEATS = "UNION SELECT id FROM ethics_seat WHERE expert_id = whom"


def upgrade() -> None:
    _hearings()
    _ethics()
    _grants()
    op.execute(OF_EXPERT.format(more=SEATS))


def _hearings() -> None:
    op.create_table('hearing_round',
    sa.Column('state', sa.Enum('prepared', 'sent', 'over', 'cancelled', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('panel_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('follows_id', sa.Uuid(), nullable=True),
    sa.Column('total', sa.Numeric(precision=5, scale=2), nullable=True),
    sa.Column('questions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('answer_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_for', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'cancelled') = (cancelled_for IS NOT NULL)", name=op.f('ck_hearing_round_cancelled_has_a_reason')),
    sa.CheckConstraint("state NOT IN ('sent', 'over') OR (sent_at IS NOT NULL AND answer_until IS NOT NULL)", name=op.f('ck_hearing_round_sent_has_its_dates')),
    sa.ForeignKeyConstraint(['follows_id'], ['hearing_round.id'], name=op.f('fk_hearing_round_follows_id')),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_hearing_round_panel_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_hearing_round_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing_round'))
    )
    op.create_index(op.f('ix_hearing_round_panel_id'), 'hearing_round', ['panel_id'], unique=False)
    op.create_index(op.f('ix_hearing_round_state'), 'hearing_round', ['state'], unique=False)
    op.create_index('uq_hearing_round_one_not_over', 'hearing_round', ['panel_id'], unique=True, postgresql_where="state IN ('prepared', 'sent')")
    op.create_table('hearing',
    sa.Column('state', sa.Enum('prepared', 'called', 'held', 'absent', 'cancelled', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('round_id', sa.Uuid(), nullable=False),
    sa.Column('panel_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('consortium_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('questions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attendees', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('present', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state IN ('held', 'absent')) = (note IS NOT NULL)", name=op.f('ck_hearing_over_has_a_note')),
    sa.CheckConstraint("state NOT IN ('called', 'held', 'absent') OR (called_at IS NOT NULL AND starts_at IS NOT NULL AND ends_at IS NOT NULL AND place <> '')", name=op.f('ck_hearing_called_has_a_slot')),
    sa.CheckConstraint('(answers IS NULL) = (answered_at IS NULL)', name=op.f('ck_hearing_answered_has_a_date')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_hearing_ends_after_it_starts')),
    sa.ForeignKeyConstraint(['consortium_id'], ['consortium.id'], name=op.f('fk_hearing_consortium_id')),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_hearing_panel_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_hearing_proposal_id')),
    sa.ForeignKeyConstraint(['round_id'], ['hearing_round.id'], name=op.f('fk_hearing_round_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_hearing_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing'))
    )
    op.create_index(op.f('ix_hearing_consortium_id'), 'hearing', ['consortium_id'], unique=False)
    op.create_index(op.f('ix_hearing_proposal_id'), 'hearing', ['proposal_id'], unique=False)
    op.create_index(op.f('ix_hearing_round_id'), 'hearing', ['round_id'], unique=False)
    op.create_index(op.f('ix_hearing_state'), 'hearing', ['state'], unique=False)
    op.create_index('uq_hearing_once', 'hearing', ['panel_id', 'proposal_id'], unique=True, postgresql_where="state <> 'cancelled'")
    op.execute(ANSWERED)


def _ethics() -> None:
    op.create_table('ethics_screening',
    sa.Column('state', sa.Enum('open', 'assessment', 'cleared', 'conditional', 'not_cleared', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('panel_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('consortium_id', sa.Uuid(), nullable=False),
    sa.Column('assessed_for', sa.Text(), nullable=True),
    sa.Column('refused_for', sa.Text(), nullable=True),
    sa.Column('concluded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'not_cleared') = (refused_for IS NOT NULL)", name=op.f('ck_ethics_screening_refused_has_a_reason')),
    sa.CheckConstraint("(state IN ('cleared', 'conditional', 'not_cleared')) = (concluded_at IS NOT NULL)", name=op.f('ck_ethics_screening_concluded_has_a_date')),
    sa.CheckConstraint("state <> 'assessment' OR assessed_for IS NOT NULL", name=op.f('ck_ethics_screening_assessed_has_a_reason')),
    sa.ForeignKeyConstraint(['consortium_id'], ['consortium.id'], name=op.f('fk_ethics_screening_consortium_id')),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_ethics_screening_panel_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_ethics_screening_proposal_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_ethics_screening_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ethics_screening')),
    sa.UniqueConstraint('proposal_id', name=op.f('uq_ethics_screening_proposal_id'))
    )
    op.create_index(op.f('ix_ethics_screening_consortium_id'), 'ethics_screening', ['consortium_id'], unique=False)
    op.create_index(op.f('ix_ethics_screening_panel_id'), 'ethics_screening', ['panel_id'], unique=False)
    op.create_index(op.f('ix_ethics_screening_state'), 'ethics_screening', ['state'], unique=False)
    op.create_table('ethics_requirement',
    sa.Column('screening_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=True),
    sa.Column('met_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('met_text', sa.Text(), nullable=True),
    sa.Column('met_by', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(met_at IS NULL) = (met_text IS NULL) AND (met_at IS NULL) = (met_by IS NULL)', name=op.f('ck_ethics_requirement_met_is_whole')),
    sa.CheckConstraint('months > 0', name=op.f('ck_ethics_requirement_months_are_some')),
    sa.ForeignKeyConstraint(['met_by'], ['account.id'], name=op.f('fk_ethics_requirement_met_by')),
    sa.ForeignKeyConstraint(['screening_id'], ['ethics_screening.id'], name=op.f('fk_ethics_requirement_screening_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ethics_requirement')),
    sa.UniqueConstraint('screening_id', 'code', name='uq_ethics_requirement_code_once')
    )
    op.create_table('ethics_seat',
    sa.Column('state', sa.Enum('invited', 'accepted', 'declined', 'blocked', 'ended', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('screening_id', sa.Uuid(), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('expert_id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("state <> 'accepted' OR declared_at IS NOT NULL", name=op.f('ck_ethics_seat_accepted_has_declared')),
    sa.ForeignKeyConstraint(['contract_id'], ['expert_contract.id'], name=op.f('fk_ethics_seat_contract_id')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_ethics_seat_expert_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_ethics_seat_proposal_id')),
    sa.ForeignKeyConstraint(['screening_id'], ['ethics_screening.id'], name=op.f('fk_ethics_seat_screening_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_ethics_seat_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ethics_seat'))
    )
    op.create_index(op.f('ix_ethics_seat_contract_id'), 'ethics_seat', ['contract_id'], unique=False)
    op.create_index(op.f('ix_ethics_seat_expert_id'), 'ethics_seat', ['expert_id'], unique=False)
    op.create_index(op.f('ix_ethics_seat_proposal_id'), 'ethics_seat', ['proposal_id'], unique=False)
    op.create_index(op.f('ix_ethics_seat_state'), 'ethics_seat', ['state'], unique=False)
    op.create_index('uq_ethics_seat_once', 'ethics_seat', ['screening_id', 'expert_id'], unique=True, postgresql_where="state IN ('invited', 'accepted', 'blocked')")
    op.create_table('ethics_remark',
    sa.Column('seat_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['seat_id'], ['ethics_seat.id'], name=op.f('fk_ethics_remark_seat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ethics_remark'))
    )
    op.create_index(op.f('ix_ethics_remark_seat_id'), 'ethics_remark', ['seat_id'], unique=False)
    op.execute(DECLARED)


def _grants() -> None:
    op.drop_constraint(op.f('ck_grant_agreement_state'), 'grant_agreement', type_='check')
    op.create_check_constraint(op.f('ck_grant_agreement_state'), 'grant_agreement', "state IN ('preparation', 'signed', 'failed')")
    op.add_column('grant_agreement', sa.Column('failed_reason', sa.Text(), nullable=True))
    op.add_column('grant_agreement', sa.Column('failed_text', sa.Text(), nullable=True))
    op.create_check_constraint(op.f('ck_grant_agreement_failed_has_a_reason'), 'grant_agreement', "(state = 'failed') = (failed_reason IS NOT NULL) AND (failed_reason IS NULL) = (failed_text IS NULL)")


def downgrade() -> None:
    op.execute(OF_EXPERT.format(more=""))
    op.drop_constraint(op.f('ck_grant_agreement_failed_has_a_reason'), 'grant_agreement', type_='check')
    op.drop_column('grant_agreement', 'failed_text')
    op.drop_column('grant_agreement', 'failed_reason')
    op.execute("UPDATE grant_agreement SET state = 'preparation' WHERE state = 'failed'")
    op.drop_constraint(op.f('ck_grant_agreement_state'), 'grant_agreement', type_='check')
    op.create_check_constraint(op.f('ck_grant_agreement_state'), 'grant_agreement', "state IN ('preparation', 'signed')")
    op.drop_index(op.f('ix_ethics_remark_seat_id'), table_name='ethics_remark')
    op.drop_table('ethics_remark')
    op.drop_index('uq_ethics_seat_once', table_name='ethics_seat', postgresql_where="state IN ('invited', 'accepted', 'blocked')")
    op.drop_index(op.f('ix_ethics_seat_state'), table_name='ethics_seat')
    op.drop_index(op.f('ix_ethics_seat_proposal_id'), table_name='ethics_seat')
    op.drop_index(op.f('ix_ethics_seat_expert_id'), table_name='ethics_seat')
    op.drop_index(op.f('ix_ethics_seat_contract_id'), table_name='ethics_seat')
    op.drop_table('ethics_seat')
    op.drop_table('ethics_requirement')
    op.drop_index(op.f('ix_ethics_screening_state'), table_name='ethics_screening')
    op.drop_index(op.f('ix_ethics_screening_panel_id'), table_name='ethics_screening')
    op.drop_index(op.f('ix_ethics_screening_consortium_id'), table_name='ethics_screening')
    op.drop_table('ethics_screening')
    op.execute("DROP FUNCTION refuse_remark_undeclared()")
    op.drop_index('uq_hearing_once', table_name='hearing', postgresql_where="state <> 'cancelled'")
    op.drop_index(op.f('ix_hearing_state'), table_name='hearing')
    op.drop_index(op.f('ix_hearing_round_id'), table_name='hearing')
    op.drop_index(op.f('ix_hearing_proposal_id'), table_name='hearing')
    op.drop_index(op.f('ix_hearing_consortium_id'), table_name='hearing')
    op.drop_table('hearing')
    op.drop_index('uq_hearing_round_one_not_over', table_name='hearing_round', postgresql_where="state IN ('prepared', 'sent')")
    op.drop_index(op.f('ix_hearing_round_state'), table_name='hearing_round')
    op.drop_index(op.f('ix_hearing_round_panel_id'), table_name='hearing_round')
    op.drop_table('hearing_round')
    op.execute("DROP FUNCTION refuse_other_answers()")
