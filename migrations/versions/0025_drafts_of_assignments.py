"""Affinities of experts and proposals, runs of the assignment, and sets of seats that they or people make."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('assignment_run',
    sa.Column('state', sa.Enum('queued', 'running', 'solved', 'infeasible', 'stopped', 'failed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('stage_id', sa.Uuid(), nullable=False),
    sa.Column('terms', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('fixed', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('progress', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('cancel_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('models', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('sentences', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state IN ('queued', 'running')) = (ended_at IS NULL)", name=op.f('ck_assignment_run_over_has_a_date')),
    sa.ForeignKeyConstraint(['stage_id'], ['call_stage.id'], name=op.f('fk_assignment_run_stage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment_run'))
    )
    op.create_index(op.f('ix_assignment_run_stage_id'), 'assignment_run', ['stage_id'], unique=False)
    op.create_index(op.f('ix_assignment_run_state'), 'assignment_run', ['state'], unique=False)
    op.create_table('assignment_set',
    sa.Column('state', sa.Enum('draft', 'released', 'undone', 'discarded', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('stage_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('terms', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=True),
    sa.Column('goal', sa.Enum('total', 'worst', name='goal', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('copied_from_id', sa.Uuid(), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("state NOT IN ('released', 'undone') OR released_at IS NOT NULL", name=op.f('ck_assignment_set_released_has_a_date')),
    sa.CheckConstraint('(run_id IS NULL) = (goal IS NULL)', name=op.f('ck_assignment_set_of_a_run_has_a_goal')),
    sa.ForeignKeyConstraint(['copied_from_id'], ['assignment_set.id'], name=op.f('fk_assignment_set_copied_from_id')),
    sa.ForeignKeyConstraint(['run_id'], ['assignment_run.id'], name=op.f('fk_assignment_set_run_id')),
    sa.ForeignKeyConstraint(['stage_id'], ['call_stage.id'], name=op.f('fk_assignment_set_stage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment_set')),
    sa.UniqueConstraint('run_id', 'goal', name='uq_assignment_set_once_per_goal')
    )
    op.create_index(op.f('ix_assignment_set_stage_id'), 'assignment_set', ['stage_id'], unique=False)
    op.create_index(op.f('ix_assignment_set_state'), 'assignment_set', ['state'], unique=False)
    op.create_table('affinity',
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('expert_id', sa.Uuid(), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('keyword_score', sa.Double(), nullable=False),
    sa.Column('words', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('nearest', sa.Text(), nullable=True),
    sa.Column('keywords', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('model_version', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.CheckConstraint('keyword_score >= 0 AND keyword_score <= 1', name=op.f('ck_affinity_keyword_score_is_a_share')),
    sa.CheckConstraint('score >= 0 AND score <= 1', name=op.f('ck_affinity_score_is_a_share')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_affinity_expert_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_affinity_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'expert_id', name=op.f('pk_affinity'))
    )
    op.create_index(op.f('ix_affinity_expert_id'), 'affinity', ['expert_id'], unique=False)
    op.create_table('assignment_set_seat',
    sa.Column('set_id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('fixed', sa.Boolean(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_assignment_set_seat_assignment_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['expert_contract.id'], name=op.f('fk_assignment_set_seat_contract_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_assignment_set_seat_proposal_id')),
    sa.ForeignKeyConstraint(['set_id'], ['assignment_set.id'], name=op.f('fk_assignment_set_seat_set_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment_set_seat')),
    sa.UniqueConstraint('assignment_id', name=op.f('uq_assignment_set_seat_assignment_id')),
    sa.UniqueConstraint('set_id', 'proposal_id', 'contract_id', name='uq_assignment_set_seat_once')
    )
    op.create_index(op.f('ix_assignment_set_seat_contract_id'), 'assignment_set_seat', ['contract_id'], unique=False)
    op.create_index(op.f('ix_assignment_set_seat_proposal_id'), 'assignment_set_seat', ['proposal_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_assignment_set_seat_proposal_id'), table_name='assignment_set_seat')
    op.drop_index(op.f('ix_assignment_set_seat_contract_id'), table_name='assignment_set_seat')
    op.drop_table('assignment_set_seat')
    op.drop_index(op.f('ix_affinity_expert_id'), table_name='affinity')
    op.drop_table('affinity')
    op.drop_index(op.f('ix_assignment_set_state'), table_name='assignment_set')
    op.drop_index(op.f('ix_assignment_set_stage_id'), table_name='assignment_set')
    op.drop_table('assignment_set')
    op.drop_index(op.f('ix_assignment_run_state'), table_name='assignment_run')
    op.drop_index(op.f('ix_assignment_run_stage_id'), table_name='assignment_run')
    op.drop_table('assignment_run')
