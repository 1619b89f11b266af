"""What documents say that experts of a blind stage read; of those attached before nothing is known."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('document_text',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_document_text'))
    )


def downgrade() -> None:
    op.drop_table('document_text')
