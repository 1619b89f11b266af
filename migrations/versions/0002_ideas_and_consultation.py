"""Ideas and consultation."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f('ck_topic_state'), 'topic', type_='check')
    op.create_check_constraint(op.f('ck_topic_state'), 'topic', "state IN ('idea', 'drafting', 'consultation', 'final_draft', 'adopted', 'in_call', 'closed', 'rejected')")
    op.drop_constraint(op.f('ck_motion_purpose'), 'motion', type_='check')
    op.create_check_constraint(op.f('ck_motion_purpose'), 'motion', "purpose IN ('screen_idea', 'adopt_topic', 'adopt_call', 'adopt_list')")
    op.create_table('consultation',
    sa.Column('state', sa.Enum('open', 'closed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('closes_at > opened_at', name=op.f('ck_consultation_closes_after_it_opens')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_consultation_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation')),
    sa.UniqueConstraint('topic_id', 'number', name='uq_consultation_number_once_per_topic')
    )
    op.create_index(op.f('ix_consultation_state'), 'consultation', ['state'], unique=False)
    op.create_index('uq_consultation_one_open_per_topic', 'consultation', ['topic_id'], unique=True, postgresql_where="state = 'open'")
    op.create_table('consulted_body',
    sa.Column('state', sa.Enum('invited', 'declined', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('consultation_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('patients', 'regulator', 'industry', 'states', 'other', name='kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'declined') = (reason IS NOT NULL)", name=op.f('ck_consulted_body_declined_has_a_reason')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_consulted_body_account_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_consulted_body_consultation_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_consulted_body_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consulted_body')),
    sa.UniqueConstraint('consultation_id', 'account_id', name='uq_consulted_body_one_per_person')
    )
    op.create_index(op.f('ix_consulted_body_account_id'), 'consulted_body', ['account_id'], unique=False)
    op.create_index(op.f('ix_consulted_body_state'), 'consulted_body', ['state'], unique=False)
    op.create_index('uq_consulted_body_once_per_round', 'consulted_body', ['consultation_id', sa.literal_column('lower(name)')], unique=True)
    op.create_table('comment',
    sa.Column('state', sa.Enum('given', 'answered', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('consultation_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('consulted_body_id', sa.Uuid(), nullable=True),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('about', sa.Enum('challenge', 'need', 'scope', 'outcomes', 'impact', 'whole', name='about', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('response', sa.Enum('accepted', 'partly', 'not_accepted', name='response', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'answered') = (response IS NOT NULL)", name=op.f('ck_comment_answered_has_a_response')),
    sa.CheckConstraint('(response IS NULL) = (reason IS NULL)', name=op.f('ck_comment_response_has_a_reason')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_comment_author_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_comment_consultation_id')),
    sa.ForeignKeyConstraint(['consulted_body_id'], ['consulted_body.id'], name=op.f('fk_comment_consulted_body_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_comment_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment'))
    )
    op.create_index(op.f('ix_comment_author_id'), 'comment', ['author_id'], unique=False)
    op.create_index(op.f('ix_comment_consultation_id'), 'comment', ['consultation_id'], unique=False)
    op.create_index(op.f('ix_comment_consulted_body_id'), 'comment', ['consulted_body_id'], unique=False)
    op.create_index(op.f('ix_comment_state'), 'comment', ['state'], unique=False)
    op.add_column('topic', sa.Column('patient_need', sa.Text(), nullable=False, server_default=''))
    op.alter_column('topic', 'patient_need', server_default=None)
    op.add_column('topic', sa.Column('eu_priority', sa.Text(), nullable=False, server_default=''))
    op.alter_column('topic', 'eu_priority', server_default=None)
    op.add_column('topic', sa.Column('industry_interest', sa.Text(), nullable=False, server_default=''))
    op.alter_column('topic', 'industry_interest', server_default=None)
    op.add_column('topic', sa.Column('proposed_by', sa.Uuid(), nullable=True))
    op.create_index(op.f('ix_topic_proposed_by'), 'topic', ['proposed_by'], unique=False)
    op.create_foreign_key(op.f('fk_topic_proposed_by'), 'topic', 'account', ['proposed_by'], ['id'])
    op.create_check_constraint(op.f('ck_topic_idea_has_a_proposer'), 'topic', "state <> 'idea' OR proposed_by IS NOT NULL")


def downgrade() -> None:
    op.drop_constraint(op.f('ck_topic_idea_has_a_proposer'), 'topic', type_='check')
    op.drop_constraint(op.f('fk_topic_proposed_by'), 'topic', type_='foreignkey')
    op.drop_index(op.f('ix_topic_proposed_by'), table_name='topic')
    op.drop_column('topic', 'proposed_by')
    op.drop_column('topic', 'industry_interest')
    op.drop_column('topic', 'eu_priority')
    op.drop_column('topic', 'patient_need')
    op.drop_index(op.f('ix_comment_state'), table_name='comment')
    op.drop_index(op.f('ix_comment_consulted_body_id'), table_name='comment')
    op.drop_index(op.f('ix_comment_consultation_id'), table_name='comment')
    op.drop_index(op.f('ix_comment_author_id'), table_name='comment')
    op.drop_table('comment')
    op.drop_index('uq_consulted_body_once_per_round', table_name='consulted_body')
    op.drop_index(op.f('ix_consulted_body_state'), table_name='consulted_body')
    op.drop_index(op.f('ix_consulted_body_account_id'), table_name='consulted_body')
    op.drop_table('consulted_body')
    op.drop_index('uq_consultation_one_open_per_topic', table_name='consultation', postgresql_where="state = 'open'")
    op.drop_index(op.f('ix_consultation_state'), table_name='consultation')
    op.drop_table('consultation')
    op.drop_constraint(op.f('ck_motion_purpose'), 'motion', type_='check')
    op.create_check_constraint(op.f('ck_motion_purpose'), 'motion', "purpose IN ('adopt_topic', 'adopt_call', 'adopt_list')")
    op.drop_constraint(op.f('ck_topic_state'), 'topic', type_='check')
    op.create_check_constraint(op.f('ck_topic_state'), 'topic', "state IN ('drafting', 'final_draft', 'adopted', 'in_call', 'closed')")
