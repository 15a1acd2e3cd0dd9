//! What the retention rules take away when their time is up (2.5.3.b), a batch at a time.

use domain::market::order::MACHINE;
use privacy::Purpose;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

/// Rows taken away in one statement.
pub const BATCH: i64 = 500;

const ACCESS: &str = "DELETE FROM access_record WHERE id IN \
    (SELECT id FROM access_record WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const BULK: &str = "DELETE FROM bulk_access WHERE id IN \
    (SELECT id FROM bulk_access WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const SESSIONS_REVOKED: &str = "DELETE FROM session WHERE id IN \
    (SELECT id FROM session WHERE revoked_at <= $1 ORDER BY revoked_at, id LIMIT $2)";
const SESSIONS_EXPIRED: &str = "DELETE FROM session WHERE id IN \
    (SELECT id FROM session WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2)";
const CONSENTS: &str = "DELETE FROM consent_event WHERE id IN \
    (SELECT c.id FROM erasure e JOIN consent_event c ON c.subject = e.subject \
    WHERE e.key_destroyed_at <= $1 LIMIT $2)";
// Of a registration that was never finished.
const CONSENTS_OF_NOBODY: &str = "DELETE FROM consent_event WHERE id IN \
    (SELECT c.id FROM consent_event c WHERE c.at <= $1 \
    AND NOT EXISTS (SELECT 1 FROM account a WHERE a.subject = c.subject) \
    AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject = c.subject) ORDER BY c.at, c.id LIMIT $2)";
const CLOSURES: &str = "DELETE FROM account_closure WHERE id IN \
    (SELECT id FROM account_closure WHERE ended_at <= $1 ORDER BY ended_at, id LIMIT $2)";
const ACCOUNTS: &str = "DELETE FROM account WHERE id IN \
    (SELECT a.id FROM account a WHERE a.erased_at <= $1 \
    AND NOT EXISTS (SELECT 1 FROM service_order o WHERE o.buyer = a.id) ORDER BY a.erased_at, a.id LIMIT $2)";
// Lines without an end belong to an order, and go with it.
const DISCLOSURES_OVER: &str = "DELETE FROM disclosure WHERE id IN \
    (SELECT id FROM disclosure WHERE until <= $1 ORDER BY until, id LIMIT $2)";
const DISCLOSURES_WITHDRAWN: &str = "DELETE FROM disclosure WHERE id IN \
    (SELECT id FROM disclosure WHERE withdrawn_at <= $1 ORDER BY withdrawn_at, id LIMIT $2)";
const DEMANDS: &str = "DELETE FROM recipient_demand WHERE id IN \
    (SELECT id FROM recipient_demand WHERE asked_at <= $1 ORDER BY asked_at, id LIMIT $2)";
const VERIFICATIONS: &str = "DELETE FROM person_verification_event WHERE id IN \
    (SELECT id FROM person_verification_event WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const CHANGES: &str = "DELETE FROM account_change WHERE id IN \
    (SELECT id FROM account_change WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const LOGIN_FAILURES: &str = "DELETE FROM login_failure WHERE (account, day) IN \
    (SELECT account, day FROM login_failure WHERE first_at <= $1 ORDER BY first_at, account, day LIMIT $2)";
const GUARD_SIGHTINGS: &str = "DELETE FROM guard_sighting WHERE id IN \
    (SELECT id FROM guard_sighting WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const GUARD_DECISIONS: &str = "DELETE FROM guard_decision WHERE id IN \
    (SELECT id FROM guard_decision WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const STAFF_SESSIONS: &str = "DELETE FROM staff_session WHERE id IN \
    (SELECT id FROM staff_session WHERE created_at <= $1 ORDER BY created_at, id LIMIT $2)";
const STAFF_TRAINING: &str = "DELETE FROM staff_training WHERE id IN \
    (SELECT id FROM staff_training WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const STAFF_CHANGES: &str = "DELETE FROM staff_change WHERE id IN \
    (SELECT id FROM staff_change WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const ENTERPRISE_EVENTS: &str = "DELETE FROM enterprise_verification_event WHERE id IN \
    (SELECT id FROM enterprise_verification_event WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const SUPPLIER_EVENTS: &str = "DELETE FROM supplier_event WHERE id IN \
    (SELECT id FROM supplier_event WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const ORGANISATION_EVENTS: &str = "DELETE FROM organisation_event WHERE id IN \
    (SELECT id FROM organisation_event WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const INVITATIONS: &str = "DELETE FROM organisation_invitation WHERE id IN \
    (SELECT id FROM organisation_invitation WHERE sent_at <= $1 ORDER BY sent_at, id LIMIT $2)";
const GUARDIANSHIPS: &str = "DELETE FROM guardianship_event WHERE id IN \
    (SELECT id FROM guardianship_event WHERE at <= $1 ORDER BY at, id LIMIT $2)";
const APPROVALS: &str = "DELETE FROM staff_approval WHERE id IN \
    (SELECT id FROM staff_approval WHERE asked_at <= $1 ORDER BY asked_at, id LIMIT $2)";
// The transfer stays counted; where it went is no longer shown.
const TRANSFERS: &str = "UPDATE enterprise_transfer SET last_four = NULL WHERE id IN \
    (SELECT id FROM enterprise_transfer WHERE at <= $1 AND last_four IS NOT NULL ORDER BY at, id LIMIT $2)";
const TRANSFER_COUNTS: &str = "DELETE FROM enterprise_transfer WHERE id IN \
    (SELECT id FROM enterprise_transfer WHERE at <= $1 ORDER BY at, id LIMIT $2)";
// The approvals go with it.
const SPENDING: &str = "DELETE FROM spending_request WHERE id IN \
    (SELECT id FROM spending_request WHERE made_at <= $1 ORDER BY made_at, id LIMIT $2)";
// A share that stands no longer: its value goes, the line of the ledger stays.
const SHARES: &str = "DELETE FROM order_share WHERE order_id IN \
    (SELECT s.order_id FROM disclosure d JOIN order_share s ON s.order_id = d.case_id WHERE d.until <= $1 \
    AND d.case_id IS NOT NULL AND d.fields LIKE 'order_share.%' ORDER BY d.until, d.id LIMIT $2)";
const ORDERS: &str = "SELECT o.id FROM service_order o WHERE o.state = $1 AND o.placed_at <= $2 \
    AND NOT EXISTS (SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.at > $2) \
    AND NOT EXISTS (SELECT 1 FROM order_event e JOIN legal_hold h ON h.row_id = e.id WHERE e.order_id = o.id) \
    ORDER BY o.placed_at, o.id LIMIT $3";
const OF_ORDER: [&str; 8] = [
    "DELETE FROM disclosure WHERE case_id = $1 AND until IS NULL AND withdrawn_at IS NULL",
    "DELETE FROM order_share WHERE order_id = $1",
    "DELETE FROM order_notice WHERE order_id = $1",
    "DELETE FROM order_posting WHERE order_id = $1",
    "DELETE FROM order_note_copy WHERE order_id = $1",
    "DELETE FROM order_event WHERE order_id = $1",
    "DELETE FROM order_milestone WHERE order_id = $1",
    "DELETE FROM service_order WHERE id = $1",
];
/// The rule that orders are kept by.
pub const TRANSACTIONS: &str = "transaction_3y";
/// The rule of the parties' copies: they go with their order.
pub const COPIES: &str = "joint_copy";
/// Orders taken away in one transaction.
const ORDERS_AT_ONCE: i64 = 50;

pub(super) fn statements() -> Vec<&'static str> {
    let mut all = vec![ORDERS, ACCOUNTS];
    all.extend_from_slice(&OF_ORDER);
    for rule in Rule::ALL {
        all.extend_from_slice(rule.deletes());
    }
    all
}

/// A rule that is applied by taking rows away; transactions have their own function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `access_record_3y`.
    AccessRecords,
    /// `session_90d_after_end`.
    Sessions,
    /// `consent_proof_3y`.
    ConsentProofs,
    /// `request_3y`.
    Requests,
    /// `disclosure_3y`.
    Disclosures,
    /// `demand_3y`.
    Demands,
    /// `share_while_it_stands`.
    Shares,
    /// `verification_record_3y`.
    Verifications,
    /// `change_3y`.
    Changes,
    /// `login_failures_180d`.
    LoginFailures,
    /// `guard_sighting_90d`.
    GuardSightings,
    /// `guard_decision_180d`.
    GuardDecisions,
    /// `staff_session_90d`.
    StaffSessions,
    /// `staff_record_3y`.
    StaffRecords,
    /// `organisation_record_3y`.
    OrganisationRecords,
    /// `supplier_record_3y`.
    SupplierRecords,
    /// `invitation_30d`.
    Invitations,
    /// `spending_1y`.
    Spending,
    /// `transfer_90d`.
    Transfers,
    /// `transfer_1y`.
    TransferCounts,
    /// `guardianship_record_3y`.
    Guardianships,
    /// `approval_3y`.
    Approvals,
}

impl Rule {
    /// Every rule of this kind.
    pub const ALL: [Self; 22] = [
        Self::AccessRecords,
        Self::Sessions,
        Self::ConsentProofs,
        Self::Requests,
        Self::Disclosures,
        Self::Demands,
        Self::Shares,
        Self::Verifications,
        Self::Changes,
        Self::LoginFailures,
        Self::GuardSightings,
        Self::GuardDecisions,
        Self::StaffSessions,
        Self::StaffRecords,
        Self::OrganisationRecords,
        Self::SupplierRecords,
        Self::Invitations,
        Self::Spending,
        Self::Transfers,
        Self::TransferCounts,
        Self::Guardianships,
        Self::Approvals,
    ];

    /// Its name in `retention.toml`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::AccessRecords => "access_record_3y",
            Self::Sessions => "session_90d_after_end",
            Self::ConsentProofs => "consent_proof_3y",
            Self::Requests => "request_3y",
            Self::Disclosures => "disclosure_3y",
            Self::Demands => "demand_3y",
            Self::Shares => "share_while_it_stands",
            Self::Verifications => "verification_record_3y",
            Self::Changes => "change_3y",
            Self::LoginFailures => "login_failures_180d",
            Self::GuardSightings => "guard_sighting_90d",
            Self::GuardDecisions => "guard_decision_180d",
            Self::StaffSessions => "staff_session_90d",
            Self::StaffRecords => "staff_record_3y",
            Self::OrganisationRecords => "organisation_record_3y",
            Self::SupplierRecords => "supplier_record_3y",
            Self::Invitations => "invitation_30d",
            Self::Spending => "spending_1y",
            Self::Transfers => "transfer_90d",
            Self::TransferCounts => "transfer_1y",
            Self::Guardianships => "guardianship_record_3y",
            Self::Approvals => "approval_3y",
        }
    }

    const fn deletes(self) -> &'static [&'static str] {
        match self {
            Self::AccessRecords => &[ACCESS, BULK],
            Self::Sessions => &[SESSIONS_REVOKED, SESSIONS_EXPIRED],
            Self::ConsentProofs => &[CONSENTS, CONSENTS_OF_NOBODY],
            Self::Requests => &[CLOSURES],
            Self::Disclosures => &[DISCLOSURES_OVER, DISCLOSURES_WITHDRAWN],
            Self::Demands => &[DEMANDS],
            Self::Shares => &[SHARES],
            Self::Verifications => &[VERIFICATIONS],
            Self::Changes => &[CHANGES],
            Self::LoginFailures => &[LOGIN_FAILURES],
            Self::GuardSightings => &[GUARD_SIGHTINGS],
            Self::GuardDecisions => &[GUARD_DECISIONS],
            Self::StaffSessions => &[STAFF_SESSIONS],
            Self::StaffRecords => &[STAFF_TRAINING, STAFF_CHANGES],
            Self::OrganisationRecords => &[ENTERPRISE_EVENTS, ORGANISATION_EVENTS],
            Self::SupplierRecords => &[SUPPLIER_EVENTS],
            Self::Invitations => &[INVITATIONS],
            Self::Spending => &[SPENDING],
            Self::Transfers => &[TRANSFERS],
            Self::TransferCounts => &[TRANSFER_COUNTS],
            Self::Guardianships => &[GUARDIANSHIPS],
            Self::Approvals => &[APPROVALS],
        }
    }
}

/// Takes away a batch of what a rule kept and whose trigger lies at or before `until`; how many rows
/// went, nought when nothing is left.
///
/// # Errors
/// [`StoreError`].
pub async fn apply<P: Purpose>(
    tx: &mut Tx<'_, P>,
    rule: Rule,
    until: OffsetDateTime,
) -> Result<u64, StoreError> {
    for statement in rule.deletes() {
        let removed = tx
            .execute(statement, &[Value::Time(until), Value::Int(BATCH)])
            .await?;
        // The next one waits until this one finds nothing: it may have to look at much that stays.
        if removed > 0 {
            return Ok(removed);
        }
    }
    Ok(0)
}

/// Takes away a batch of orders that ended at or before `until`, with everything of theirs; then the
/// rows that stood for erased buyers. An order of which a law still holds something stays.
///
/// # Errors
/// [`StoreError`].
pub async fn transactions<P: Purpose>(tx: &mut Tx<'_, P>, until: OffsetDateTime) -> Result<u64, StoreError> {
    policy::clause!("2.5.3.b");
    let mut removed = 0;
    for state in MACHINE.ends {
        let values = [
            Value::Text(state.as_str().to_owned()),
            Value::Time(until),
            Value::Int(ORDERS_AT_ONCE),
        ];
        let ended = tx.rows(ORDERS, &values).await?;
        let ended: Vec<Uuid> = ended.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?;
        // The parties' keys first: without them the rows say nothing, whatever comes in between.
        tx.store().vault().destroy_items(&ended).await?;
        for order in ended {
            for statement in OF_ORDER {
                removed += tx.execute(statement, &[Value::Id(order)]).await?;
            }
        }
    }
    let now = tx.ctx().now();
    removed += tx
        .execute(ACCOUNTS, &[Value::Time(now), Value::Int(BATCH)])
        .await?;
    Ok(removed)
}
