"""An upheld request keeps its place on the frozen list; a request ends when nothing is left to review.

Of requests that are settled the place follows from the rank: who shares it is beside it, others are behind
the one before. Who was placed on reserve by a review, where the release left nobody there, waits on a list
from now on; it has no end of its own, like others that were released before lists had one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

REDRESS = ("filed", "admitted", "dismissed", "recommended", "rejected", "re_evaluation", "settled", "withdrawn")
AGAIN = ("writing", "agreeing", "final")
DECIDED = "(state IN ('rejected', 're_evaluation', 'settled')) = (decided_at IS NOT NULL)"
PAIRED = " AND (decided_at IS NULL) = (decided_by IS NULL)"
PREPARED = (
    "(state IN ({}) OR prepared_by IS NOT NULL) AND (decided_by IS NULL OR decided_by <> prepared_by)"
    " AND (settled_by IS NULL OR settled_by <> prepared_by)"
)
PLACED = "UPDATE redress SET place = CASE WHEN shares_rank THEN rank ELSE rank - 1 END WHERE rank IS NOT NULL"
WAITING = """
INSERT INTO reserve_list (id, created_at, audit_seq, audit_head, state, topic_stage_id, topic_id, decision_id)
SELECT gen_random_uuid(), now(), 0, '', 'open', decision.topic_stage_id, decision.topic_id, decision.id
FROM decision WHERE decision.state = 'released' AND decision.envelope IS NOT NULL AND EXISTS (
    SELECT FROM proposal WHERE proposal.topic_stage_id = decision.topic_stage_id AND proposal.state = 'reserve'
) AND NOT EXISTS (SELECT FROM reserve_list WHERE reserve_list.topic_stage_id = decision.topic_stage_id)
"""
# As it was, and `more`: why seats of new evaluations were given up or taken back.
OF_EXPERT = """
CREATE OR REPLACE FUNCTION erase_details_of_expert(whom uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE erased bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM expert WHERE id = whom AND state = 'anonymised') THEN
        RAISE EXCEPTION 'details are erased of experts who are anonymised' USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM audit_detail USING audit_event WHERE audit_event.id = audit_detail.event_id
    AND (audit_event.entity_id IN (
        SELECT whom
        UNION SELECT id FROM expert_employment WHERE expert_id = whom
        UNION SELECT id FROM expert_collaboration WHERE expert_id = whom
        UNION SELECT id FROM settled_identity WHERE expert_id = whom
        UNION SELECT id FROM conflict WHERE expert_id = whom
        UNION SELECT id FROM expert_contract WHERE expert_id = whom
        UNION SELECT id FROM assignment WHERE expert_id = whom
        UNION SELECT id FROM ethics_seat WHERE expert_id = whom
        UNION SELECT expert_invitation.id FROM expert_invitation
            JOIN account ON lower(account.email) = lower(expert_invitation.email)
            JOIN expert ON expert.account_id = account.id WHERE expert.id = whom
    ){more});
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$
"""
SEATS = """
    OR audit_event.entity = 're_evaluation' AND (
        audit_event.act = 'declare_conflict'
            AND audit_event.actor_id = (SELECT account_id FROM expert WHERE id = whom)
        OR audit_event.act = 'unseat_expert' AND audit_detail.detail ->> 'contract_id' IN (
            SELECT id::text FROM expert_contract WHERE expert_id = whom
        )
    )"""


def _check(table: str, name: str, told: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, told)


def _states(table: str, states: tuple[str, ...]) -> None:
    _check(table, "state", f"state IN ({', '.join(repr(one) for one in states)})")


def upgrade() -> None:
    op.add_column("redress", sa.Column("place", sa.Integer(), nullable=True))
    op.execute(PLACED)
    op.execute(WAITING)
    op.create_check_constraint(
        op.f("ck_redress_ranked_has_a_place"), "redress", "(rank IS NULL) = (place IS NULL)"
    )
    _states("redress", (*REDRESS, "void"))
    _states("re_evaluation", (*AGAIN, "void"))
    _check("redress", "decided_has_a_date", f"(state = 'void' OR {DECIDED}){PAIRED}")
    _check("redress", "signatory_did_not_prepare", PREPARED.format("'filed', 'withdrawn', 'void'"))
    op.execute(OF_EXPERT.format(more=SEATS))


def downgrade() -> None:
    """A request that has ended is kept as one that was taken back, which leaves the decision on it out."""
    op.execute(OF_EXPERT.format(more=""))
    op.execute("UPDATE re_evaluation SET state = 'writing', agreed = '{}' WHERE state = 'void'")
    op.execute(
        "UPDATE redress SET state = 'withdrawn', decided_at = NULL, decided_by = NULL WHERE state = 'void'"
    )
    _check("redress", "signatory_did_not_prepare", PREPARED.format("'filed', 'withdrawn'"))
    _check("redress", "decided_has_a_date", f"{DECIDED}{PAIRED}")
    _states("re_evaluation", AGAIN)
    _states("redress", REDRESS)
    op.drop_constraint(op.f("ck_redress_ranked_has_a_place"), "redress", type_="check")
    op.drop_column("redress", "place")
