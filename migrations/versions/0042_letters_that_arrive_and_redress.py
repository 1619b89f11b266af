"""Letters are kept as they were written, and a review is asked for after them; what was told before has none.

Whoever was told before is counted from the release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

LETTERS = """
CREATE TRIGGER letter_is_never_changed BEFORE UPDATE ON letter FOR EACH ROW
WHEN (
    (NEW.subject, NEW.text, NEW.digest, NEW.signature, NEW.kind, NEW.reviewable, NEW.proposal_id)
    IS DISTINCT FROM (OLD.subject, OLD.text, OLD.digest, OLD.signature, OLD.kind, OLD.reviewable, OLD.proposal_id)
) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER letter_opening_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON letter_opening
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
# The topic in its stage is locked first, so that of two at once the later counts the earlier.
MONEY = """
CREATE FUNCTION refuse_money_that_is_spent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE had numeric; taken numeric;
BEGIN
    SELECT budget INTO had FROM topic_stage WHERE id = NEW.topic_stage_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(requested), 0) INTO taken FROM proposal
    WHERE topic_stage_id = NEW.topic_stage_id AND (state = 'selected' OR id = NEW.proposal_id);
    IF taken > had THEN
        RAISE EXCEPTION 'what is selected on the topic comes to more than it has'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_redress_funding_within_the_envelope';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER redress_funding_within_the_envelope BEFORE INSERT OR UPDATE ON redress_funding
FOR EACH ROW EXECUTE FUNCTION refuse_money_that_is_spent()
"""
MARKS = """
CREATE TRIGGER re_evaluation_marks_are_sealed BEFORE UPDATE ON re_evaluation_seat FOR EACH ROW
WHEN (OLD.sealed_at IS NOT NULL AND (NEW.marks, NEW.sealed_at) IS DISTINCT FROM (OLD.marks, OLD.sealed_at))
EXECUTE FUNCTION refuse_change();
CREATE TRIGGER re_evaluation_is_definitive BEFORE UPDATE ON re_evaluation FOR EACH ROW
WHEN (
    OLD.final_at IS NOT NULL
    AND (NEW.agreed, NEW.scores, NEW.total, NEW.final_at) IS DISTINCT FROM (OLD.agreed, OLD.scores, OLD.total, OLD.final_at)
) EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.drop_constraint(op.f('ck_motion_purpose'), 'motion', type_='check')
    op.create_check_constraint(op.f('ck_motion_purpose'), 'motion', "purpose IN ('screen_idea', 'merge_idea', 'adopt_topic', 'adopt_corrigendum', 'adopt_call', 'adopt_list', 'invite_next', 'raise_envelope', 'move_budget', 'withdraw_topic', 'cancel_call', 'return_list', 'fund_redress')")
    op.create_table('external_case',
    sa.Column('state', sa.Enum('noted', 'open', 'closed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('forum', sa.Enum('court', 'ombudsman', name='forum', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('lodged_on', sa.Date(), nullable=False),
    sa.Column('auditor_id', sa.Uuid(), nullable=True),
    sa.Column('noted_by', sa.Uuid(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('closed_for', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'closed') = (closed_for IS NOT NULL) AND (closed_for IS NULL) = (closed_on IS NULL)", name=op.f('ck_external_case_closed_has_a_reason')),
    sa.CheckConstraint('closed_on >= lodged_on', name=op.f('ck_external_case_closed_after_it_was_lodged')),
    sa.ForeignKeyConstraint(['auditor_id'], ['account.id'], name=op.f('fk_external_case_auditor_id')),
    sa.ForeignKeyConstraint(['noted_by'], ['account.id'], name=op.f('fk_external_case_noted_by')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_external_case_proposal_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_external_case_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_external_case'))
    )
    op.create_index(op.f('ix_external_case_auditor_id'), 'external_case', ['auditor_id'], unique=False)
    op.create_index(op.f('ix_external_case_proposal_id'), 'external_case', ['proposal_id'], unique=False)
    op.create_index(op.f('ix_external_case_state'), 'external_case', ['state'], unique=False)
    op.create_table('letter',
    sa.Column('state', sa.Enum('sent', 'opened', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('topic_stage_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('consortium_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('outcome', 'finding', 'reserve', 'redress', name='kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reviewable', sa.Boolean(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['consortium_id'], ['consortium.id'], name=op.f('fk_letter_consortium_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_letter_proposal_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_letter_topic_id')),
    sa.ForeignKeyConstraint(['topic_stage_id'], ['topic_stage.id'], name=op.f('fk_letter_topic_stage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter'))
    )
    op.create_index(op.f('ix_letter_consortium_id'), 'letter', ['consortium_id'], unique=False)
    op.create_index(op.f('ix_letter_proposal_id'), 'letter', ['proposal_id'], unique=False)
    op.create_index(op.f('ix_letter_state'), 'letter', ['state'], unique=False)
    op.create_index(op.f('ix_letter_topic_stage_id'), 'letter', ['topic_stage_id'], unique=False)
    op.create_table('redress',
    sa.Column('state', sa.Enum('filed', 'admitted', 'dismissed', 'recommended', 'rejected', 're_evaluation', 'settled', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('topic_stage_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('consortium_id', sa.Uuid(), nullable=False),
    sa.Column('grounds', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('filed_by', sa.Uuid(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('answer_due', sa.Date(), nullable=False),
    sa.Column('prepared_by', sa.Uuid(), nullable=True),
    sa.Column('admissibility', sa.Text(), nullable=True),
    sa.Column('advice', sa.Enum('reject', 're_evaluate', 'reinstate', name='advice', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('criteria', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('advice_text', sa.Text(), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_text', sa.Text(), nullable=True),
    sa.Column('settled_by', sa.Uuid(), nullable=True),
    sa.Column('outcome', sa.Enum('kept', 'changed', name='outcome', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('remedy', sa.Enum('none', 'lower', 'reserve', 'invited', 'funded', 'vote', 'first_on_reserve', 'next_call', 'reinstated', name='remedy', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('shares_rank', sa.Boolean(), nullable=False),
    sa.Column('way', sa.Enum('raise_envelope', 'move_budget', 'reserve_first', 'next_call', name='way', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('source_id', sa.Uuid(), nullable=True),
    sa.Column('promise', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(advice IS NULL) = (advice_text IS NULL) AND (state <> 'recommended' OR advice IS NOT NULL)", name=op.f('ck_redress_advice_has_a_reason')),
    sa.CheckConstraint("(remedy IS NOT DISTINCT FROM 'next_call') = (promise IS NOT NULL)", name=op.f('ck_redress_promised_in_words')),
    sa.CheckConstraint("(state = 'settled') = (outcome IS NOT NULL)", name=op.f('ck_redress_settled_has_an_outcome')),
    sa.CheckConstraint("(state IN ('filed', 'withdrawn') OR prepared_by IS NOT NULL) AND (decided_by IS NULL OR decided_by <> prepared_by) AND (settled_by IS NULL OR settled_by <> prepared_by)", name=op.f('ck_redress_signatory_did_not_prepare')),
    sa.CheckConstraint("(state IN ('rejected', 're_evaluation', 'settled')) = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_by IS NULL)", name=op.f('ck_redress_decided_has_a_date')),
    sa.CheckConstraint("(way = 'move_budget') = (source_id IS NOT NULL)", name=op.f('ck_redress_moved_from_a_topic')),
    sa.CheckConstraint('(outcome IS NULL) = (remedy IS NULL)', name=op.f('ck_redress_outcome_has_a_remedy')),
    sa.ForeignKeyConstraint(['consortium_id'], ['consortium.id'], name=op.f('fk_redress_consortium_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_redress_decided_by')),
    sa.ForeignKeyConstraint(['filed_by'], ['account.id'], name=op.f('fk_redress_filed_by')),
    sa.ForeignKeyConstraint(['prepared_by'], ['account.id'], name=op.f('fk_redress_prepared_by')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_redress_proposal_id')),
    sa.ForeignKeyConstraint(['settled_by'], ['account.id'], name=op.f('fk_redress_settled_by')),
    sa.ForeignKeyConstraint(['source_id'], ['topic_stage.id'], name=op.f('fk_redress_source_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_redress_topic_id')),
    sa.ForeignKeyConstraint(['topic_stage_id'], ['topic_stage.id'], name=op.f('fk_redress_topic_stage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redress')),
    sa.UniqueConstraint('proposal_id', name='uq_redress_once_per_proposal')
    )
    op.create_index(op.f('ix_redress_answer_due'), 'redress', ['answer_due'], unique=False)
    op.create_index(op.f('ix_redress_consortium_id'), 'redress', ['consortium_id'], unique=False)
    op.create_index(op.f('ix_redress_state'), 'redress', ['state'], unique=False)
    op.create_index(op.f('ix_redress_topic_stage_id'), 'redress', ['topic_stage_id'], unique=False)
    op.create_table('letter_copy',
    sa.Column('letter_id', sa.Uuid(), nullable=False),
    sa.Column('mail_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_letter_copy_letter_id')),
    sa.ForeignKeyConstraint(['mail_id'], ['outbox.id'], name=op.f('fk_letter_copy_mail_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_copy')),
    sa.UniqueConstraint('mail_id', name='uq_letter_copy_one_per_mail')
    )
    op.create_index(op.f('ix_letter_copy_letter_id'), 'letter_copy', ['letter_id'], unique=False)
    op.create_table('letter_opening',
    sa.Column('letter_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_letter_opening_account_id')),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_letter_opening_letter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_opening')),
    sa.UniqueConstraint('letter_id', 'account_id', name='uq_letter_opening_once_each')
    )
    op.create_table('re_evaluation',
    sa.Column('state', sa.Enum('writing', 'agreeing', 'final', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('redress_id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('criteria', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('old', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('agreed', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('scores', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('total', sa.Numeric(precision=5, scale=2), nullable=True),
    sa.Column('weighted', sa.Numeric(precision=9, scale=4), nullable=True),
    sa.Column('above', sa.Boolean(), nullable=False),
    sa.Column('final_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'final') = (final_at IS NOT NULL) AND (final_at IS NULL) = (total IS NULL)", name=op.f('ck_re_evaluation_final_has_a_result')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_re_evaluation_proposal_id')),
    sa.ForeignKeyConstraint(['redress_id'], ['redress.id'], name=op.f('fk_re_evaluation_redress_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_re_evaluation_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_re_evaluation')),
    sa.UniqueConstraint('redress_id', name='uq_re_evaluation_one_per_redress')
    )
    op.create_index(op.f('ix_re_evaluation_proposal_id'), 're_evaluation', ['proposal_id'], unique=False)
    op.create_index(op.f('ix_re_evaluation_state'), 're_evaluation', ['state'], unique=False)
    op.create_table('redress_funding',
    sa.Column('redress_id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('topic_stage_id', sa.Uuid(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_redress_funding_amount_is_positive')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_redress_funding_proposal_id')),
    sa.ForeignKeyConstraint(['redress_id'], ['redress.id'], name=op.f('fk_redress_funding_redress_id')),
    sa.ForeignKeyConstraint(['topic_stage_id'], ['topic_stage.id'], name=op.f('fk_redress_funding_topic_stage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redress_funding')),
    sa.UniqueConstraint('proposal_id', name='uq_redress_funding_once_per_proposal'),
    sa.UniqueConstraint('redress_id', name='uq_redress_funding_once_per_redress')
    )
    op.create_index(op.f('ix_redress_funding_topic_stage_id'), 'redress_funding', ['topic_stage_id'], unique=False)
    op.create_table('redress_member',
    sa.Column('redress_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('named_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('out_for', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_redress_member_account_id')),
    sa.ForeignKeyConstraint(['redress_id'], ['redress.id'], name=op.f('fk_redress_member_redress_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redress_member')),
    sa.UniqueConstraint('redress_id', 'account_id', name='uq_redress_member_once')
    )
    op.create_index(op.f('ix_redress_member_account_id'), 'redress_member', ['account_id'], unique=False)
    op.create_table('re_evaluation_seat',
    sa.Column('re_evaluation_id', sa.Uuid(), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('named_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('out_for', sa.Text(), nullable=True),
    sa.Column('marks', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved', sa.Integer(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(sealed_at IS NULL) = (marks IS NULL)', name=op.f('ck_re_evaluation_seat_sealed_has_marks')),
    sa.CheckConstraint('sealed_at IS NULL OR declared_at IS NOT NULL', name=op.f('ck_re_evaluation_seat_sealed_has_declared')),
    sa.ForeignKeyConstraint(['contract_id'], ['expert_contract.id'], name=op.f('fk_re_evaluation_seat_contract_id')),
    sa.ForeignKeyConstraint(['re_evaluation_id'], ['re_evaluation.id'], name=op.f('fk_re_evaluation_seat_re_evaluation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_re_evaluation_seat')),
    sa.UniqueConstraint('re_evaluation_id', 'contract_id', name='uq_re_evaluation_seat_once'),
    sa.UniqueConstraint('re_evaluation_id', 'label', name='uq_re_evaluation_seat_label')
    )
    op.create_index(op.f('ix_re_evaluation_seat_contract_id'), 're_evaluation_seat', ['contract_id'], unique=False)
    op.execute(LETTERS)
    op.execute(MONEY)
    op.execute(MARKS)


def downgrade() -> None:
    op.execute("DROP FUNCTION refuse_money_that_is_spent() CASCADE")
    # What was voted on is not undone: it is kept as a vote on the list itself.
    op.execute("UPDATE motion SET purpose = 'adopt_list' WHERE purpose = 'fund_redress'")
    op.drop_index(op.f('ix_re_evaluation_seat_contract_id'), table_name='re_evaluation_seat')
    op.drop_table('re_evaluation_seat')
    op.drop_index(op.f('ix_redress_member_account_id'), table_name='redress_member')
    op.drop_table('redress_member')
    op.drop_index(op.f('ix_redress_funding_topic_stage_id'), table_name='redress_funding')
    op.drop_table('redress_funding')
    op.drop_index(op.f('ix_re_evaluation_state'), table_name='re_evaluation')
    op.drop_index(op.f('ix_re_evaluation_proposal_id'), table_name='re_evaluation')
    op.drop_table('re_evaluation')
    op.drop_table('letter_opening')
    op.drop_index(op.f('ix_letter_copy_letter_id'), table_name='letter_copy')
    op.drop_table('letter_copy')
    op.drop_index(op.f('ix_redress_topic_stage_id'), table_name='redress')
    op.drop_index(op.f('ix_redress_state'), table_name='redress')
    op.drop_index(op.f('ix_redress_consortium_id'), table_name='redress')
    op.drop_index(op.f('ix_redress_answer_due'), table_name='redress')
    op.drop_table('redress')
    op.drop_index(op.f('ix_letter_topic_stage_id'), table_name='letter')
    op.drop_index(op.f('ix_letter_state'), table_name='letter')
    op.drop_index(op.f('ix_letter_proposal_id'), table_name='letter')
    op.drop_index(op.f('ix_letter_consortium_id'), table_name='letter')
    op.drop_table('letter')
    op.drop_index(op.f('ix_external_case_state'), table_name='external_case')
    op.drop_index(op.f('ix_external_case_proposal_id'), table_name='external_case')
    op.drop_index(op.f('ix_external_case_auditor_id'), table_name='external_case')
    op.drop_table('external_case')
    op.drop_constraint(op.f('ck_motion_purpose'), 'motion', type_='check')
    op.create_check_constraint(op.f('ck_motion_purpose'), 'motion', "purpose IN ('screen_idea', 'merge_idea', 'adopt_topic', 'adopt_corrigendum', 'adopt_call', 'adopt_list', 'raise_envelope', 'move_budget', 'withdraw_topic', 'cancel_call', 'invite_next', 'return_list')")
