"""Hearings, what was answered in them for good."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0034"
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


def upgrade() -> None:
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


def downgrade() -> None:
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
