"""Statements with their sources, threads, moderators, meetings, silence and further readers of a consensus report."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


NEVER = """
CREATE TRIGGER consensus_message_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON consensus_message
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
# One comment becomes one statement: nobody had told strengths from shortcomings, or said where it comes from.
STATEMENTS = """
INSERT INTO consensus_statement (id, point_id, number, kind, text, new)
SELECT gen_random_uuid(), id, 0, NULL, comment, true FROM consensus_point WHERE btrim(comment) <> ''
"""
ASKED = """
UPDATE consensus SET asked_at = e.at FROM (
    SELECT entity_id, max(at) AS at FROM audit_event
    WHERE entity = 'consensus' AND act = 'put_to_approval' GROUP BY entity_id
) e WHERE e.entity_id = consensus.id
"""
COMMENTS = """
UPDATE consensus_point SET comment = s.text FROM (
    SELECT point_id, string_agg(text, E'\n' ORDER BY number) AS text FROM consensus_statement GROUP BY point_id
) s WHERE s.point_id = consensus_point.id
"""


def upgrade() -> None:
    op.create_table('consensus_meeting',
    sa.Column('consensus_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('present', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_consensus_meeting_ends_after_it_starts')),
    sa.ForeignKeyConstraint(['consensus_id'], ['consensus.id'], name=op.f('fk_consensus_meeting_consensus_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consensus_meeting'))
    )
    op.create_index(op.f('ix_consensus_meeting_consensus_id'), 'consensus_meeting', ['consensus_id'], unique=False)
    op.create_index('uq_consensus_meeting_one_ahead', 'consensus_meeting', ['consensus_id'], unique=True, postgresql_where='held_at IS NULL')
    op.create_table('consensus_message',
    sa.Column('consensus_id', sa.Uuid(), nullable=False),
    sa.Column('criterion', sa.Text(), nullable=False),
    sa.Column('answers_id', sa.Uuid(), nullable=True),
    sa.Column('role', sa.Enum('expert', 'moderator', 'office', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(role = 'expert') = (assignment_id IS NOT NULL)", name=op.f('ck_consensus_message_expert_has_a_seat')),
    sa.ForeignKeyConstraint(['answers_id'], ['consensus_message.id'], name=op.f('fk_consensus_message_answers_id')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_consensus_message_assignment_id')),
    sa.ForeignKeyConstraint(['consensus_id'], ['consensus.id'], name=op.f('fk_consensus_message_consensus_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consensus_message'))
    )
    op.create_index(op.f('ix_consensus_message_consensus_id'), 'consensus_message', ['consensus_id'], unique=False)
    op.create_table('consensus_moderator',
    sa.Column('consensus_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('contract_id', sa.Uuid(), nullable=True),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(account_id IS NULL) <> (contract_id IS NULL)', name=op.f('ck_consensus_moderator_officer_or_expert')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_consensus_moderator_account_id')),
    sa.ForeignKeyConstraint(['consensus_id'], ['consensus.id'], name=op.f('fk_consensus_moderator_consensus_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['expert_contract.id'], name=op.f('fk_consensus_moderator_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consensus_moderator'))
    )
    op.create_index(op.f('ix_consensus_moderator_contract_id'), 'consensus_moderator', ['contract_id'], unique=False)
    op.create_index('uq_consensus_moderator_one', 'consensus_moderator', ['consensus_id'], unique=True, postgresql_where='until IS NULL')
    op.create_table('consensus_reader',
    sa.Column('consensus_id', sa.Uuid(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('view', sa.Text(), nullable=True),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_consensus_reader_assignment_id')),
    sa.ForeignKeyConstraint(['consensus_id'], ['consensus.id'], name=op.f('fk_consensus_reader_consensus_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consensus_reader')),
    sa.UniqueConstraint('consensus_id', 'assignment_id', name='uq_consensus_reader_once')
    )
    op.create_index(op.f('ix_consensus_reader_assignment_id'), 'consensus_reader', ['assignment_id'], unique=False)
    op.create_table('consensus_silence',
    sa.Column('consensus_id', sa.Uuid(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('reminders', sa.Integer(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("noted_at IS NULL OR reason <> ''", name=op.f('ck_consensus_silence_noted_has_a_reason')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_consensus_silence_assignment_id')),
    sa.ForeignKeyConstraint(['consensus_id'], ['consensus.id'], name=op.f('fk_consensus_silence_consensus_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consensus_silence')),
    sa.UniqueConstraint('consensus_id', 'assignment_id', name='uq_consensus_silence_once')
    )
    op.create_table('consensus_statement',
    sa.Column('point_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('strength', 'shortcoming', name='kind', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('new', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['point_id'], ['consensus_point.id'], name=op.f('fk_consensus_statement_point_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consensus_statement'))
    )
    op.create_index(op.f('ix_consensus_statement_point_id'), 'consensus_statement', ['point_id'], unique=False)
    op.create_table('consensus_source',
    sa.Column('statement_id', sa.Uuid(), nullable=False),
    sa.Column('mark_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['mark_id'], ['report_mark.id'], name=op.f('fk_consensus_source_mark_id')),
    sa.ForeignKeyConstraint(['statement_id'], ['consensus_statement.id'], name=op.f('fk_consensus_source_statement_id')),
    sa.PrimaryKeyConstraint('statement_id', 'mark_id', name=op.f('pk_consensus_source'))
    )
    op.add_column('consensus', sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('consensus_point', sa.Column('range_reason', sa.Text(), server_default='', nullable=False))
    op.alter_column('consensus_point', 'range_reason', server_default=None)
    op.execute(STATEMENTS)
    op.execute(ASKED)
    op.drop_column('consensus_point', 'comment')
    op.execute(NEVER)


def downgrade() -> None:
    op.add_column('consensus_point', sa.Column('comment', sa.Text(), server_default='', nullable=False))
    op.alter_column('consensus_point', 'comment', server_default=None)
    op.execute(COMMENTS)
    op.drop_column('consensus_point', 'range_reason')
    op.drop_column('consensus', 'asked_at')
    op.drop_table('consensus_source')
    op.drop_index(op.f('ix_consensus_statement_point_id'), table_name='consensus_statement')
    op.drop_table('consensus_statement')
    op.drop_table('consensus_silence')
    op.drop_index(op.f('ix_consensus_reader_assignment_id'), table_name='consensus_reader')
    op.drop_table('consensus_reader')
    op.drop_index('uq_consensus_moderator_one', table_name='consensus_moderator', postgresql_where='until IS NULL')
    op.drop_index(op.f('ix_consensus_moderator_contract_id'), table_name='consensus_moderator')
    op.drop_table('consensus_moderator')
    op.drop_index(op.f('ix_consensus_message_consensus_id'), table_name='consensus_message')
    op.drop_table('consensus_message')
    op.drop_index('uq_consensus_meeting_one_ahead', table_name='consensus_meeting', postgresql_where='held_at IS NULL')
    op.drop_index(op.f('ix_consensus_meeting_consensus_id'), table_name='consensus_meeting')
    op.drop_table('consensus_meeting')
