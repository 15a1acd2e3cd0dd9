//! Emptying a store that held nothing but a demonstration: every row of every table, every person's
//! key. The schema and the vault's own root stay.

use privacy::Purpose;

use crate::engine::StoreError;
use crate::tx::Tx;

/// Every table of the data store, those that refer to others first.
const TABLES: &[(&str, &str)] = &[
    ("address_entry", "DELETE FROM address_entry"),
    ("invoice_title", "DELETE FROM invoice_title"),
    ("organisation_place", "DELETE FROM organisation_place"),
    ("organisation_title", "DELETE FROM organisation_title"),
    ("spending_approval", "DELETE FROM spending_approval"),
    ("spending_request", "DELETE FROM spending_request"),
    ("supplier_event", "DELETE FROM supplier_event"),
    ("supplier_signature", "DELETE FROM supplier_signature"),
    ("supplier_paper", "DELETE FROM supplier_paper"),
    ("supplier_licence", "DELETE FROM supplier_licence"),
    ("supplier_area", "DELETE FROM supplier_area"),
    ("supplier_standing", "DELETE FROM supplier_standing"),
    ("catalogue_edition", "DELETE FROM catalogue_edition"),
    ("minor_audit", "DELETE FROM minor_audit"),
    ("minor_tally", "DELETE FROM minor_tally"),
    ("staff_approval", "DELETE FROM staff_approval"),
    ("guardianship_event", "DELETE FROM guardianship_event"),
    ("guardianship", "DELETE FROM guardianship"),
    ("age_band", "DELETE FROM age_band"),
    ("age_answer", "DELETE FROM age_answer"),
    ("enterprise_transfer", "DELETE FROM enterprise_transfer"),
    (
        "enterprise_verification_event",
        "DELETE FROM enterprise_verification_event",
    ),
    ("enterprise_paper", "DELETE FROM enterprise_paper"),
    ("enterprise_verification", "DELETE FROM enterprise_verification"),
    ("organisation_event", "DELETE FROM organisation_event"),
    ("organisation_invitation", "DELETE FROM organisation_invitation"),
    ("organisation_member", "DELETE FROM organisation_member"),
    ("staff_change", "DELETE FROM staff_change"),
    ("staff_hand", "DELETE FROM staff_hand"),
    ("staff_quiz", "DELETE FROM staff_quiz"),
    ("staff_training", "DELETE FROM staff_training"),
    ("staff_recovery_code", "DELETE FROM staff_recovery_code"),
    ("staff_session", "DELETE FROM staff_session"),
    ("staff", "DELETE FROM staff"),
    ("recipient_demand", "DELETE FROM recipient_demand"),
    ("order_share", "DELETE FROM order_share"),
    ("disclosure", "DELETE FROM disclosure"),
    ("erase_drill", "DELETE FROM erase_drill"),
    ("legal_hold", "DELETE FROM legal_hold"),
    ("erasure", "DELETE FROM erasure"),
    ("account_closure", "DELETE FROM account_closure"),
    ("job", "DELETE FROM job"),
    ("log_former", "DELETE FROM log_former"),
    ("log_checkpoint", "DELETE FROM log_checkpoint"),
    ("log_tile", "DELETE FROM log_tile"),
    ("log_entry", "DELETE FROM log_entry"),
    ("log_tree", "DELETE FROM log_tree"),
    ("order_notice", "DELETE FROM order_notice"),
    ("order_posting", "DELETE FROM order_posting"),
    ("order_note_copy", "DELETE FROM order_note_copy"),
    ("order_event", "DELETE FROM order_event"),
    ("order_milestone", "DELETE FROM order_milestone"),
    ("service_order", "DELETE FROM service_order"),
    ("organisation", "DELETE FROM organisation"),
    ("membership", "DELETE FROM membership"),
    ("service", "DELETE FROM service"),
    ("supplier", "DELETE FROM supplier"),
    ("category", "DELETE FROM category"),
    ("catalogue_group", "DELETE FROM catalogue_group"),
    ("bulk_access_subject", "DELETE FROM bulk_access_subject"),
    ("bulk_access", "DELETE FROM bulk_access"),
    ("access_record", "DELETE FROM access_record"),
    ("consent_event", "DELETE FROM consent_event"),
    ("attempt", "DELETE FROM attempt"),
    ("message_outbox", "DELETE FROM message_outbox"),
    ("one_time_code", "DELETE FROM one_time_code"),
    ("api_token", "DELETE FROM api_token"),
    ("remembered_device", "DELETE FROM remembered_device"),
    ("login_pending", "DELETE FROM login_pending"),
    ("passkey_ceremony", "DELETE FROM passkey_ceremony"),
    ("passkey", "DELETE FROM passkey"),
    ("second_loss", "DELETE FROM second_loss"),
    ("recovery_code", "DELETE FROM recovery_code"),
    ("authenticator", "DELETE FROM authenticator"),
    (
        "person_verification_event",
        "DELETE FROM person_verification_event",
    ),
    ("person_verification", "DELETE FROM person_verification"),
    ("guard_puzzle", "DELETE FROM guard_puzzle"),
    ("guard_decision", "DELETE FROM guard_decision"),
    ("guard_sighting", "DELETE FROM guard_sighting"),
    ("login_failure", "DELETE FROM login_failure"),
    ("profile", "DELETE FROM profile"),
    ("phone_recovery", "DELETE FROM phone_recovery"),
    ("phone_proof", "DELETE FROM phone_proof"),
    ("account_change", "DELETE FROM account_change"),
    ("session", "DELETE FROM session"),
    ("blind_index", "DELETE FROM blind_index"),
    ("account", "DELETE FROM account"),
];

pub(crate) fn statements() -> Vec<&'static str> {
    TABLES.iter().map(|(_, statement)| *statement).collect()
}

/// The names of the tables emptied, for the test that none is forgotten.
#[must_use]
pub fn tables() -> Vec<&'static str> {
    TABLES.iter().map(|(table, _)| *table).collect()
}

/// Destroys every person's key, then removes every row; says how many rows went. The caller
/// commits; keys are gone in any case.
///
/// # Errors
/// [`StoreError`].
pub async fn everything<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    tx.store().vault().destroy_all().await?;
    let mut removed = 0;
    for (_, statement) in TABLES {
        removed += tx.execute(statement, &[]).await?;
    }
    Ok(removed)
}
