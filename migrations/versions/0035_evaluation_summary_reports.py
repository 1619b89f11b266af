"""Evaluation summary reports with their versions, findings and prints; lists closed before have none."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


NEVER = """
CREATE TRIGGER summary_version_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON summary_version
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table('summary_print',
    sa.Column('content_digest', sa.Text(), nullable=False),
    sa.Column('file', sa.Text(), nullable=True),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(file IS NULL) <> (fault IS NULL)', name=op.f('ck_summary_print_made_or_failed')),
    sa.PrimaryKeyConstraint('content_digest', name=op.f('pk_summary_print'))
    )
    op.create_table('summary',
    sa.Column('state', sa.Enum('held', 'cleared', 'released', 'withheld', 'superseded', 'voided', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('panel_id', sa.Uuid(), nullable=False),
    sa.Column('list_id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('above', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('audit_head', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['list_id'], ['panel_list.id'], name=op.f('fk_summary_list_id')),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_summary_panel_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_summary_proposal_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_summary_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_summary')),
    sa.UniqueConstraint('list_id', 'proposal_id', name='uq_summary_once')
    )
    op.create_index(op.f('ix_summary_panel_id'), 'summary', ['panel_id'], unique=False)
    op.create_index(op.f('ix_summary_proposal_id'), 'summary', ['proposal_id'], unique=False)
    op.create_index(op.f('ix_summary_state'), 'summary', ['state'], unique=False)
    op.create_table('summary_finding',
    sa.Column('summary_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('mail', 'orcid', 'name', 'affiliation', name='kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('criterion', sa.Text(), nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('offset', sa.Integer(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('settled', sa.Enum('dismissed', 'redacted', name='settled', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('settled_by', sa.Uuid(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(settled IS NULL) = (reason IS NULL) AND (settled IS NULL) = (settled_by IS NULL) AND (settled IS NULL) = (settled_at IS NULL)', name=op.f('ck_summary_finding_settled_has_a_reason')),
    sa.ForeignKeyConstraint(['settled_by'], ['account.id'], name=op.f('fk_summary_finding_settled_by')),
    sa.ForeignKeyConstraint(['summary_id'], ['summary.id'], name=op.f('fk_summary_finding_summary_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_summary_finding')),
    sa.UniqueConstraint('summary_id', 'number', name='uq_summary_finding_number')
    )
    op.create_table('summary_version',
    sa.Column('summary_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(number = 1) = (reason IS NULL) AND (reason IS NULL) = (made_by IS NULL)', name=op.f('ck_summary_version_later_has_a_reason')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_summary_version_made_by')),
    sa.ForeignKeyConstraint(['summary_id'], ['summary.id'], name=op.f('fk_summary_version_summary_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_summary_version')),
    sa.UniqueConstraint('summary_id', 'number', name='uq_summary_version_number')
    )
    op.create_index(op.f('ix_summary_version_digest'), 'summary_version', ['digest'], unique=False)
    op.execute(NEVER)


def downgrade() -> None:
    op.drop_index(op.f('ix_summary_version_digest'), table_name='summary_version')
    op.drop_table('summary_version')
    op.drop_table('summary_finding')
    op.drop_index(op.f('ix_summary_state'), table_name='summary')
    op.drop_index(op.f('ix_summary_proposal_id'), table_name='summary')
    op.drop_index(op.f('ix_summary_panel_id'), table_name='summary')
    op.drop_table('summary')
    op.drop_table('summary_print')
