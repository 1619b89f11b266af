"""What-if sets, and the reserve list of each topic; those released before have one without an end of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

KEPT = ("reserve_promotion", "what_if_part", "what_if_reading")
RELEASED = """
INSERT INTO reserve_list (id, created_at, audit_seq, audit_head, state, topic_stage_id, topic_id, decision_id)
SELECT gen_random_uuid(), decision.released_at, 0, '', 'open', decision.topic_stage_id, decision.topic_id, decision.id
FROM decision WHERE decision.state = 'released' AND decision.envelope IS NOT NULL AND EXISTS (
    SELECT FROM proposal WHERE proposal.topic_stage_id = decision.topic_stage_id AND proposal.state = 'reserve'
)
"""


def upgrade() -> None:
    _reserve_lists()
    _what_ifs()
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _entity() -> list[sa.Column]:
    return [
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('audit_seq', sa.Integer(), nullable=False),
        sa.Column('audit_head', sa.Text(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
    ]


def _reserve_lists() -> None:
    op.create_table('reserve_list',
    sa.Column('state', sa.Enum('open', 'ended', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('topic_stage_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    *_entity(),
    sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f('ck_reserve_list_ended_has_a_date')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_reserve_list_decision_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_reserve_list_topic_id')),
    sa.ForeignKeyConstraint(['topic_stage_id'], ['topic_stage.id'], name=op.f('fk_reserve_list_topic_stage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reserve_list')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_reserve_list_decision_id')),
    sa.UniqueConstraint('topic_stage_id', name=op.f('uq_reserve_list_topic_stage_id'))
    )
    op.create_index(op.f('ix_reserve_list_state'), 'reserve_list', ['state'], unique=False)
    op.create_index(op.f('ix_reserve_list_topic_id'), 'reserve_list', ['topic_id'], unique=False)
    op.create_index(op.f('ix_reserve_list_until'), 'reserve_list', ['until'], unique=False)
    op.create_table('reserve_promotion',
    sa.Column('reserve_list_id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('requested', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('spent', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('envelope', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('spent <= envelope', name=op.f('ck_reserve_promotion_promoted_within_the_envelope')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_reserve_promotion_proposal_id')),
    sa.ForeignKeyConstraint(['reserve_list_id'], ['reserve_list.id'], name=op.f('fk_reserve_promotion_reserve_list_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reserve_promotion')),
    sa.UniqueConstraint('proposal_id', name='uq_reserve_promotion_once_per_proposal')
    )
    op.create_index(op.f('ix_reserve_promotion_reserve_list_id'), 'reserve_promotion', ['reserve_list_id'], unique=False)
    op.execute(RELEASED)


def _what_ifs() -> None:
    op.create_table('what_if',
    sa.Column('state', sa.Enum('kept', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    *_entity(),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_what_if_call_id')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_what_if_made_by')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_what_if_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_what_if'))
    )
    op.create_index(op.f('ix_what_if_call_id'), 'what_if', ['call_id'], unique=False)
    op.create_index(op.f('ix_what_if_state'), 'what_if', ['state'], unique=False)
    op.create_table('what_if_part',
    sa.Column('what_if_id', sa.Uuid(), nullable=False),
    sa.Column('topic_stage_id', sa.Uuid(), nullable=False),
    sa.Column('topic_id', sa.Uuid(), nullable=False),
    sa.Column('list_id', sa.Uuid(), nullable=False),
    sa.Column('list_digest', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('envelope', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('envelope > 0', name=op.f('ck_what_if_part_envelope_is_positive')),
    sa.ForeignKeyConstraint(['list_id'], ['panel_list.id'], name=op.f('fk_what_if_part_list_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_what_if_part_topic_id')),
    sa.ForeignKeyConstraint(['topic_stage_id'], ['topic_stage.id'], name=op.f('fk_what_if_part_topic_stage_id')),
    sa.ForeignKeyConstraint(['what_if_id'], ['what_if.id'], name=op.f('fk_what_if_part_what_if_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_what_if_part')),
    sa.UniqueConstraint('what_if_id', 'topic_stage_id', name='uq_what_if_part_topic_once')
    )
    op.create_index(op.f('ix_what_if_part_topic_id'), 'what_if_part', ['topic_id'], unique=False)
    op.create_index(op.f('ix_what_if_part_topic_stage_id'), 'what_if_part', ['topic_stage_id'], unique=False)
    op.create_table('what_if_reading',
    sa.Column('what_if_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_what_if_reading_account_id')),
    sa.ForeignKeyConstraint(['what_if_id'], ['what_if.id'], name=op.f('fk_what_if_reading_what_if_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_what_if_reading'))
    )
    op.create_index('ix_what_if_reading_of_a_set', 'what_if_reading', ['what_if_id', 'at'], unique=False)


def downgrade() -> None:
    for table in ("what_if_reading", "what_if_part", "what_if", "reserve_promotion", "reserve_list"):
        op.drop_table(table)
