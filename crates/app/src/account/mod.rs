//! Accounts: registration, log-in, sessions, passwords, and what a person sees of their own data.

mod alert;
pub mod book;
pub(crate) mod code;
pub(crate) mod consent;
mod guard;
mod login;
mod lost;
mod overview;
mod passkey;
mod phone;
mod profile;
mod recovery;
mod registration;
mod retention;
mod second;
mod token;

pub(crate) use alert::{ALERT, tell as tell_login};
pub(crate) use code::message_holder;
pub use code::{OutboxMessage, outbox};
pub use consent::{Choice, Choices, Shown, choices, choose, heed_signal};
pub(crate) use guard::known as guard_known;
pub use guard::{
    Decided, Origin, PasskeyVerdict, Puzzle, Regions, Solved, Stopped, confirm_step, contest_own,
    contest_stopped, decisions, on_to_second, passkey_entry, pose, posed, send_step_code, settle_passkey,
    solve_hold, stopped,
};
pub(crate) use guard::{Try, door, known as got_in, network};
pub(crate) use login::token_digest;
pub use login::{Begun, Entry, Login, Viewer, authenticate, authenticate_from, log_in, log_out, revoke};
pub use lost::{LostPhone, ask_lost, cancel_lost, carry_out_recoveries, request_lost_code};
pub use overview::{Dealings, Device, Overview, dealings, devices, overview};
pub use passkey::{
    NoDomain, PasskeyAdded, PasskeyAdding, PasskeyEntry, PasskeySeen, PasskeyStep, Prompt, RelyingParty,
    add_passkey, begin_entry, begin_passkey, begin_proof, begin_step, enter, passkey_step, passkeys,
    prove_passkey, remove_passkey, rename_passkey,
};
pub(crate) use phone::present as present_phone;
pub use phone::{
    PhoneChange, PhoneState, Waiting, change_phone, phone_state, prove_present, request_new_code,
    request_present_code,
};
pub use profile::{
    Change, LoginEvent, Logins, Paged, Profile, Rename, SessionState, changes, display_name, end_others,
    logins, openings, profile, rename, set_display_name, settle_display_name,
};
pub(crate) use recovery::verify_present;
pub use recovery::{PasswordChange, Reset, change_password, request_reset, reset};
pub use registration::{CodeRequest, Documents, Registration, register, request_code};
pub(crate) use registration::{
    REASON as REGISTERING, TAKEN, lasting, record_acceptance, record_acceptance_by,
};
pub use retention::{APPLIED as RETENTION_APPLIED, purge_expired};
pub use second::{
    Entered, Given, NewCodes, Offered, ProofState, Remembered, Renewed, SecondStep, Security, ask_loss,
    begin_second, confirm_second, forget_device, keep_second, offered, own_codes, proof_state, renew_codes,
    request_loss_code, second_step, security, step_up, turn_off,
};
pub(crate) use second::{
    GuardNotice, LOSS, NOTICE, accepted, carry_out as carry_out_loss, demand_proof, fresh_codes,
    fresh_secret, tell_notice, tell_of_guard,
};
pub use storage::access::Opening;
pub use storage::account::Place;
pub use token::{
    Bearer, NewToken, Token, TokenRequest, authenticate_token, create_token, revoke_token, tokens,
};

use privacy::{BlindIndex, Entropy, Personal, Purpose, SubjectId};
use storage::Tx;
use storage::account::session::{self, NewSession};
use uuid::Uuid;

use crate::{App, Failure};

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

pub(crate) fn random_token(entropy: &dyn Entropy) -> String {
    let mut bytes = [0_u8; 32];
    entropy.fill(&mut bytes);
    hex(&bytes)
}

pub(crate) fn salt(entropy: &dyn Entropy) -> [u8; 16] {
    let mut bytes = [0_u8; 16];
    entropy.fill(&mut bytes);
    bytes
}

pub(crate) fn index(app: &App, field: &str, value: &str) -> BlindIndex {
    app.store
        .blind_index(field, &Personal::received(value.to_owned()))
}

/// Begins a session in the running transaction. One whose holder gave everything that the account asks
/// for is `proved`.
async fn begin_session<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    account: Uuid,
    subject: SubjectId,
    device: &str,
    proved: bool,
) -> Result<Begun, Failure> {
    let token = random_token(&*app.entropy);
    let begun = Begun {
        token,
        csrf: random_token(&*app.entropy),
        session: app.entropy.id(),
    };
    let device = Personal::received(device.chars().take(200).collect::<String>());
    let new = NewSession {
        id: begun.session,
        account,
        subject,
        token_digest: login::token_digest(&begun.token),
        csrf: begun.csrf.clone(),
        device: &device,
        expires_at: tx.ctx().now() + domain::account::limits::SESSION_LIFE,
        proved_at: proved.then(|| tx.ctx().now()),
    };
    session::insert(tx, &new).await?;
    Ok(begun)
}
