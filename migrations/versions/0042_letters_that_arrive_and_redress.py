"""Letters are kept as they were written; what was told before has none, and counts from its release."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0038"
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


def upgrade() -> None:
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
    op.execute(LETTERS)


def downgrade() -> None:
    op.drop_table('letter_opening')
    op.drop_index(op.f('ix_letter_copy_letter_id'), table_name='letter_copy')
    op.drop_table('letter_copy')
    op.drop_index(op.f('ix_letter_topic_stage_id'), table_name='letter')
    op.drop_index(op.f('ix_letter_state'), table_name='letter')
    op.drop_index(op.f('ix_letter_proposal_id'), table_name='letter')
    op.drop_index(op.f('ix_letter_consortium_id'), table_name='letter')
    op.drop_table('letter')
