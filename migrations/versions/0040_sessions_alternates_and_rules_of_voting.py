"""Sessions in writing, adjourned and attended; alternates and weights; motions keep what they are counted by.

What was voted on before keeps the quorum and the majority that its body had; who had left a vote by an
interest of their own is found from the audit.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

STATES = {
    "body_session": ("called", "open", "adjourned", "closed"),
    "motion": ("prepared", "voting", "adopted", "not_adopted", "adjourned", "referred"),
}
CHECKS = {
    "mandate": {
        "alternate_takes_no_chair": "alternate_for_id IS NULL OR seat = 'member'",
        "weighs_something": "weight > 0",
    },
    "body_session": {
        "kind": "kind IN ('meeting', 'written')",
        "written_has_an_end": "(kind = 'written') = (closes_at IS NOT NULL)",
        "closes_after_it_is_held": "closes_at > held_at",
        "adjourned_to_a_date": "(state = 'adjourned') = (adjourned_until IS NOT NULL)",
        "closed_has_a_date": "(state = 'closed') = (closed_at IS NOT NULL)",
        "closed_before_minutes": "minutes_published_at IS NULL OR state = 'closed'",
    },
    "motion": {
        "adjourned_for": "adjourned_for IN ('put_off', 'no_quorum', 'too_few', 'lapsed', 'moot')",
        "adjourned_for_something": "adjourned_for IS NULL OR state IN ('adjourned', 'referred')",
        "referred_where_too_few_may_vote": "state <> 'referred' OR adjourned_for IS NOT DISTINCT FROM 'too_few'",
    },
    "ballot": {
        "ground": "ground IN ('interest', 'mandate')",
        "who_waits_does_not_vote": "seated OR choice IS NULL",
        "out_on_a_ground": "ground IS NULL OR recused IS NOT NULL",
        "weighs_something": "weight > 0",
    },
}
CLOSED = """
UPDATE body_session s SET closed_at = coalesce(
    (SELECT max(e.at) FROM audit_event e
     WHERE e.entity = 'session' AND e.entity_id = s.id AND e.act = 'close'), s.held_at)
WHERE s.state = 'closed'
"""
PLACES = """
UPDATE motion m SET place = n.place
FROM (SELECT id, row_number() OVER (PARTITION BY session_id ORDER BY created_at, id) AS place FROM motion) n
WHERE n.id = m.id
"""
RULES = """
UPDATE motion m SET rule = jsonb_build_object(
    'quorum', b.quorum::text, 'majority', b.majority::text, 'of', 'sides', 'casting_vote', false)
FROM body_session s JOIN body b ON b.id = s.body_id
WHERE s.id = m.session_id AND m.state IN ('voting', 'adopted', 'not_adopted')
"""
SEATS = """
UPDATE ballot v SET
    seat_id = (SELECT d.id FROM mandate d WHERE d.body_id = s.body_id AND d.account_id = v.account_id
               ORDER BY d.created_at DESC, d.id LIMIT 1)
FROM motion m JOIN body_session s ON s.id = m.session_id
WHERE m.id = v.motion_id
"""
CHAIRS = "UPDATE ballot v SET chairs = true FROM mandate d WHERE d.id = v.seat_id AND d.seat = 'chair'"
ENDED = "UPDATE ballot SET ground = 'mandate' WHERE recused = 'The mandate has ended.'"
INTERESTS = """
UPDATE ballot v SET ground = 'interest'
WHERE v.recused IS NOT NULL AND v.ground IS NULL AND EXISTS (
    SELECT FROM audit_event e LEFT JOIN audit_detail d ON d.event_id = e.id
    WHERE e.entity = 'motion' AND e.entity_id = v.motion_id
      AND ((e.act = 'declare_interest' AND e.actor_id = v.account_id)
           OR (e.act = 'recuse_member' AND d.detail ->> 'account_id' = v.account_id::text)))
"""
BACK = (
    "DELETE FROM ballot WHERE NOT seated",
    "UPDATE motion SET state = 'adjourned' WHERE state = 'referred'",
    "UPDATE body_session SET state = 'open' WHERE state = 'adjourned'",
)


def upgrade() -> None:
    _words("body_session", "motion")
    op.add_column('mandate', sa.Column('alternate_for_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_mandate_alternate_for_id'), 'mandate', 'mandate', ['alternate_for_id'], ['id'])
    _filled('mandate', sa.Column('weight', sa.Numeric(precision=8, scale=3), server_default='1', nullable=False))
    _filled('body_session', sa.Column('kind', sa.String(length=40), server_default='meeting', nullable=False))
    _filled('body_session', sa.Column('adjournments', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    for name in ("closes_at", "adjourned_until", "agenda_sent_at", "closed_at", "minutes_published_at"):
        op.add_column('body_session', sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute(CLOSED)
    op.create_table('attendance',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('left_at >= arrived_at', name=op.f('ck_attendance_leaves_after_arriving')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_attendance_account_id')),
    sa.ForeignKeyConstraint(['session_id'], ['body_session.id'], name=op.f('fk_attendance_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance'))
    )
    op.create_index(op.f('ix_attendance_session_id'), 'attendance', ['session_id'], unique=False)
    op.create_index('uq_attendance_present_once', 'attendance', ['session_id', 'account_id'], unique=True, postgresql_where='left_at IS NULL')
    _filled('motion', sa.Column('place', sa.Integer(), server_default='0', nullable=False))
    op.add_column('motion', sa.Column('rule', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column('motion', sa.Column('adjourned_for', sa.String(length=40), nullable=True))
    op.add_column('motion', sa.Column('adjourned_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('motion', sa.Column('referred_from_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_motion_referred_from_id'), 'motion', 'motion', ['referred_from_id'], ['id'])
    op.create_unique_constraint('uq_motion_referred_once', 'motion', ['referred_from_id'])
    op.execute(PLACES)
    op.execute(RULES)
    op.add_column('ballot', sa.Column('seat_id', sa.Uuid(), nullable=True))
    op.execute(SEATS)
    op.alter_column('ballot', 'seat_id', nullable=False)
    op.create_foreign_key(op.f('fk_ballot_seat_id'), 'ballot', 'mandate', ['seat_id'], ['id'])
    _filled('ballot', sa.Column('seated', sa.Boolean(), server_default=sa.true(), nullable=False))
    _filled('ballot', sa.Column('chairs', sa.Boolean(), server_default=sa.false(), nullable=False))
    _filled('ballot', sa.Column('weight', sa.Numeric(precision=8, scale=3), server_default='1', nullable=False))
    op.add_column('ballot', sa.Column('ground', sa.String(length=40), nullable=True))
    for statement in (CHAIRS, ENDED, INTERESTS):
        op.execute(statement)
    op.create_index('uq_ballot_one_per_seat', 'ballot', ['motion_id', 'seat_id'], unique=True, postgresql_where='seated')
    for table, checks in CHECKS.items():
        for name, rule in checks.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def downgrade() -> None:
    for table, checks in CHECKS.items():
        for name in checks:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_='check')
    for statement in BACK:
        op.execute(statement)
    op.drop_index('uq_ballot_one_per_seat', table_name='ballot', postgresql_where='seated')
    for table, names in {
        "ballot": ("ground", "weight", "chairs", "seated", "seat_id"),
        "motion": ("referred_from_id", "adjourned_until", "adjourned_for", "rule", "place"),
        "body_session": ("minutes_published_at", "closed_at", "agenda_sent_at", "adjourned_until", "closes_at", "adjournments", "kind"),
        "mandate": ("weight", "alternate_for_id"),
    }.items():
        for name in names:
            op.drop_column(table, name)
    op.drop_index('uq_attendance_present_once', table_name='attendance', postgresql_where='left_at IS NULL')
    op.drop_index(op.f('ix_attendance_session_id'), table_name='attendance')
    op.drop_table('attendance')
    for table, states in STATES.items():
        former = [state for state in states if (table, state) not in {("body_session", "adjourned"), ("motion", "referred")}]
        _held_to(table, former)


def _words(*tables: str) -> None:
    for table in tables:
        _held_to(table, STATES[table])


def _held_to(table: str, states: tuple[str, ...] | list[str]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_state"), table, type_='check')
    listed = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f(f"ck_{table}_state"), table, f"state IN ({listed})")


def _filled(table: str, column: sa.Column) -> None:
    """Add a column that has a value everywhere; what is new gives its own."""
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)
