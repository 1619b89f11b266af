"""Observers of calls and their reports, what they read; members declare; seats from which one only reads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

NEVER = """
CREATE TRIGGER evaluation_reading_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON evaluation_reading
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
# Who was asked to read writes no report from that seat.
READ_ONLY = """
UPDATE assignment SET reads_only = true FROM consensus_reader r WHERE r.assignment_id = assignment.id
"""


def upgrade() -> None:
    op.create_table('observation',
    sa.Column('state', sa.Enum('named', 'watching', 'ended', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("state <> 'watching' OR declared_at IS NOT NULL", name=op.f('ck_observation_watching_has_declared')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_observation_ends_after_it_starts')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_observation_account_id')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_observation_call_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_observation'))
    )
    op.create_index(op.f('ix_observation_account_id'), 'observation', ['account_id'], unique=False)
    op.create_index(op.f('ix_observation_state'), 'observation', ['state'], unique=False)
    op.create_index('uq_observation_once', 'observation', ['call_id', 'account_id'], unique=True, postgresql_where="state <> 'ended'")
    op.create_table('observer_report',
    sa.Column('state', sa.Enum('draft', 'submitted', 'returned', 'published', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('observation_id', sa.Uuid(), nullable=False),
    sa.Column('stage_id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('paragraphs', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('recommendations', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('returned', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('cleared', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('checked', sa.Text(), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name=op.f('ck_observer_report_published_has_a_date')),
    sa.CheckConstraint('(checked IS NULL) = (published_at IS NULL)', name=op.f('ck_observer_report_published_is_checked')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_observer_report_call_id')),
    sa.ForeignKeyConstraint(['observation_id'], ['observation.id'], name=op.f('fk_observer_report_observation_id')),
    sa.ForeignKeyConstraint(['stage_id'], ['call_stage.id'], name=op.f('fk_observer_report_stage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_observer_report')),
    sa.UniqueConstraint('observation_id', 'stage_id', name='uq_observer_report_one_per_stage')
    )
    op.create_index(op.f('ix_observer_report_call_id'), 'observer_report', ['call_id'], unique=False)
    op.create_index(op.f('ix_observer_report_state'), 'observer_report', ['state'], unique=False)
    op.create_table('evaluation_reading',
    sa.Column('topic_stage_id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=True),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('observer', 'auditor', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_evaluation_reading_account_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_evaluation_reading_proposal_id')),
    sa.ForeignKeyConstraint(['topic_stage_id'], ['topic_stage.id'], name=op.f('fk_evaluation_reading_topic_stage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation_reading'))
    )
    op.create_index('ix_evaluation_reading_of_a_topic', 'evaluation_reading', ['topic_stage_id', 'at'], unique=False)
    op.add_column('assignment', sa.Column('reads_only', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column('assignment', 'reads_only', server_default=None)
    op.execute(READ_ONLY)
    op.add_column('consensus_reader', sa.Column('across', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column('consensus_reader', 'across', server_default=None)
    op.add_column('consensus_reader', sa.Column('remarks', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    op.alter_column('consensus_reader', 'remarks', server_default=None)
    op.add_column('panel_seat', sa.Column('declared_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(NEVER)


def downgrade() -> None:
    op.drop_column('panel_seat', 'declared_at')
    op.drop_column('consensus_reader', 'remarks')
    op.drop_column('consensus_reader', 'across')
    op.drop_column('assignment', 'reads_only')
    op.drop_index('ix_evaluation_reading_of_a_topic', table_name='evaluation_reading')
    op.drop_table('evaluation_reading')
    op.drop_index(op.f('ix_observer_report_state'), table_name='observer_report')
    op.drop_index(op.f('ix_observer_report_call_id'), table_name='observer_report')
    op.drop_table('observer_report')
    op.drop_index('uq_observation_once', table_name='observation', postgresql_where="state <> 'ended'")
    op.drop_index(op.f('ix_observation_state'), table_name='observation')
    op.drop_index(op.f('ix_observation_account_id'), table_name='observation')
    op.drop_table('observation')
