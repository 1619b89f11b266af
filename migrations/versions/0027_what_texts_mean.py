"""What texts of experts and proposals mean, as vectors, and the weights that an affinity was computed by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

UNTIL_NOW = """'{"text": 0.7, "keywords": 0.3, "nearest": 0.5, "sentences": 0.0}'"""


def upgrade() -> None:
    op.create_table('embedding',
    sa.Column('expert_id', sa.Uuid(), nullable=True),
    sa.Column('proposal_id', sa.Uuid(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('num_nonnulls(expert_id, proposal_id) = 1', name=op.f('ck_embedding_of_one')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_embedding_expert_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_embedding_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_embedding')),
    sa.UniqueConstraint('expert_id', 'digest', name='uq_embedding_once_per_expert'),
    sa.UniqueConstraint('proposal_id', 'digest', name='uq_embedding_once_per_proposal')
    )
    op.add_column('affinity', sa.Column('weights', postgresql.JSONB(astext_type=sa.Text()), nullable=False,
                                        server_default=sa.text(UNTIL_NOW)))
    op.alter_column('affinity', 'weights', server_default=None)


def downgrade() -> None:
    op.drop_column('affinity', 'weights')
    op.drop_table('embedding')
