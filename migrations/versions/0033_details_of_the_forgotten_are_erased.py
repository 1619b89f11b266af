"""Of whoever is forgotten the details of the audit go too; the chain, with what was done and when, stays."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# The app's role may remove no detail itself: it asks for those of somebody who is forgotten already.
OF_EXPERT = """
CREATE FUNCTION erase_details_of_expert(whom uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE erased bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM expert WHERE id = whom AND state = 'anonymised') THEN
        RAISE EXCEPTION 'details are erased of experts who are anonymised' USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM audit_detail USING audit_event WHERE audit_event.id = audit_detail.event_id
    AND audit_event.entity_id IN (
        SELECT whom
        UNION SELECT id FROM expert_employment WHERE expert_id = whom
        UNION SELECT id FROM expert_collaboration WHERE expert_id = whom
        UNION SELECT id FROM settled_identity WHERE expert_id = whom
        UNION SELECT id FROM conflict WHERE expert_id = whom
        UNION SELECT id FROM expert_contract WHERE expert_id = whom
        UNION SELECT id FROM assignment WHERE expert_id = whom
        UNION SELECT expert_invitation.id FROM expert_invitation
            JOIN account ON lower(account.email) = lower(expert_invitation.email)
            JOIN expert ON expert.account_id = account.id WHERE expert.id = whom
    );
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$
"""
OF_ACCOUNT = """
CREATE FUNCTION erase_details_of_account(whom uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE erased bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM account WHERE id = whom AND state = 'closed' AND email = whom || '@nobody.invalid') THEN
        RAISE EXCEPTION 'details are erased of accounts that are forgotten' USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM audit_detail USING audit_event
    WHERE audit_event.id = audit_detail.event_id AND audit_event.entity_id = whom;
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$
"""


def upgrade() -> None:
    op.execute(OF_EXPERT)
    op.execute(OF_ACCOUNT)


def downgrade() -> None:
    op.execute("DROP FUNCTION erase_details_of_account(uuid)")
    op.execute("DROP FUNCTION erase_details_of_expert(uuid)")
