"""Ethics screenings end with their proposals and are reopened; the office takes out what no search has found."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

STATES = "state IN ('open', 'assessment', 'cleared', 'conditional', 'not_cleared'{more})"
KINDS = "kind IN ('mail', 'orcid', 'name', 'affiliation'{more})"


def _checked(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f'ck_{table}_{name}'), table, type_='check')
    op.create_check_constraint(op.f(f'ck_{table}_{name}'), table, condition)


def upgrade() -> None:
    _checked('ethics_screening', 'state', STATES.format(more=", 'voided'"))
    op.add_column('ethics_screening', sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f('ck_ethics_screening_reopened_has_a_reason'), 'ethics_screening', 'reopened_at IS NULL OR assessed_for IS NOT NULL')
    op.add_column('ethics_requirement', sa.Column('lapsed_at', sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint('uq_ethics_requirement_code_once', 'ethics_requirement', type_='unique')
    op.create_index('uq_ethics_requirement_code_once', 'ethics_requirement', ['screening_id', 'code'], unique=True, postgresql_where='lapsed_at IS NULL')
    op.create_index(op.f('ix_ethics_requirement_screening_id'), 'ethics_requirement', ['screening_id'], unique=False)
    _checked('summary_finding', 'kind', KINDS.format(more=", 'passage'"))


def downgrade() -> None:
    op.execute("DELETE FROM summary_finding WHERE kind = 'passage'")
    _checked('summary_finding', 'kind', KINDS.format(more=""))
    op.drop_index(op.f('ix_ethics_requirement_screening_id'), table_name='ethics_requirement')
    op.execute("DELETE FROM ethics_requirement WHERE lapsed_at IS NOT NULL")
    op.drop_index('uq_ethics_requirement_code_once', table_name='ethics_requirement', postgresql_where='lapsed_at IS NULL')
    op.create_unique_constraint('uq_ethics_requirement_code_once', 'ethics_requirement', ['screening_id', 'code'])
    op.drop_column('ethics_requirement', 'lapsed_at')
    op.drop_constraint(op.f('ck_ethics_screening_reopened_has_a_reason'), 'ethics_screening', type_='check')
    op.drop_column('ethics_screening', 'reopened_at')
    # What had no outcome is open again, as it was before there was this state.
    op.execute("UPDATE ethics_screening SET state = CASE WHEN assessed_for IS NULL THEN 'open' ELSE 'assessment' END WHERE state = 'voided'")
    _checked('ethics_screening', 'state', STATES.format(more=""))
