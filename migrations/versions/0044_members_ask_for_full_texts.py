"""Members of the committee ask for the full text of a proposal."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('full_text_request',
    sa.Column('state', sa.Enum('given', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('panel_id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_full_text_request_has_a_reason')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_full_text_request_account_id')),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_full_text_request_panel_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_full_text_request_proposal_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_full_text_request_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_full_text_request')),
    sa.UniqueConstraint('account_id', 'proposal_id', name='uq_full_text_request_once_per_member')
    )
    op.create_index(op.f('ix_full_text_request_proposal_id'), 'full_text_request', ['proposal_id'], unique=False)
    op.create_index(op.f('ix_full_text_request_state'), 'full_text_request', ['state'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_full_text_request_state'), table_name='full_text_request')
    op.drop_index(op.f('ix_full_text_request_proposal_id'), table_name='full_text_request')
    op.drop_table('full_text_request')
