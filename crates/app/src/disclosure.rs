//! The one way out (2.4.1.0): whatever is given to somebody else is written into the ledger here,
//! in the transaction that gives it, and shown to the person.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use domain::Refused;
use domain::market::order::Side;
use domain::refused::Trade;
use privacy::purpose::ShowOwn;
use privacy::{Ctx, Denied, Ground, Purpose, PurposeId, Recipient, Share, SubjectId};
use storage::disclosure;
use storage::recipient::known_recipients;
use storage::register::{self, Class, Column};
use storage::rights::demand::{self, Demand};
use storage::{StoreError, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

pub use storage::disclosure::Line;
pub use storage::recipient::{RecipientKind, Registered};

use crate::account::Viewer;
use crate::{App, Failure};

/// Who sends text messages, as the register of recipients calls it.
pub(crate) const SMS_SENDER: &str = "sms_sender";
/// What it gets of a message.
pub(crate) const MESSAGE: &[&str] = &["message_outbox.recipient", "message_outbox.body"];
/// Lines shown at once.
const LINES: i64 = 300;

/// The two sides of an order, as far as giving something to one of them goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sides {
    /// The order.
    pub order: Uuid,
    /// The buying account.
    pub buyer: Uuid,
    /// The organisation that buys, if one does.
    pub organisation: Option<Uuid>,
    /// The supplier.
    pub supplier: Uuid,
}

/// Writes down that what somebody wrote on an order is shown to the other side; what the platform
/// writes under the buyer's key, to the supplier.
pub(crate) async fn note_given<P: Purpose>(
    tx: &mut Tx<'_, P>,
    sides: Sides,
    subject: SubjectId,
    writer: Side,
) -> Result<(), Failure> {
    let to = match writer {
        Side::Supplier => match sides.organisation {
            Some(organisation) => Recipient::BuyerOrganisation(organisation),
            None => Recipient::Buyer(sides.buyer),
        },
        Side::Buyer | Side::Platform | Side::System => Recipient::Supplier(sides.supplier),
    };
    let share = Share {
        subject,
        fields: &["order_event.note"],
        to,
        purpose: PurposeId::FulfilContract,
        ground: Ground::Purchase(sides.order),
        until: None,
    };
    given(tx.disclose(share).await.map(|_| ()))
}

/// What the ledger says no to for want of an undertaking (2.4.1.5.2.b), in words that name the remedy.
pub(crate) fn given<T>(disclosed: Result<T, StoreError>) -> Result<T, Failure> {
    match disclosed {
        Err(StoreError::Denied(Denied::NoUndertaking)) => {
            Err(Refused::from(Trade::SupplierUndertaking).into())
        }
        other => Ok(other?),
    }
}

/// The share of a message with who delivers it: entrusted with it, or agreed to by this consent.
pub(crate) fn message_share(subject: SubjectId, consent: Option<Uuid>, now: OffsetDateTime) -> Share {
    disclosure::to_processor(subject, SMS_SENDER, MESSAGE, PurposeId::Notify, consent, now)
}

/// Who received what of a person, and what those were asked.
pub struct Ledger {
    /// The lines, the latest first.
    pub lines: Vec<Line>,
    /// What recipients were asked to do, the latest first.
    pub demands: Vec<Demand>,
}

/// Who received what of the viewer's data, why and until when (2.4.1.0, NDSR 21).
///
/// # Errors
/// [`Failure::Fault`].
pub async fn ledger(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Ledger, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(Ledger {
        lines: disclosure::of_subject(&mut tx, viewer.subject, LINES).await?,
        demands: demand::of_subject(&mut tx, viewer.subject).await?,
    })
}

/// Everybody who may receive personal data, each with the sealed columns the register gives them, as
/// `table.column` (2.4.1.5.e).
#[must_use]
pub fn recipients() -> &'static [(&'static Registered, Vec<String>)] {
    static LIST: OnceLock<Vec<(&Registered, Vec<String>)>> = OnceLock::new();
    policy::clause!("2.4.1.5.e");
    LIST.get_or_init(listed)
}

fn listed() -> Vec<(&'static Registered, Vec<String>)> {
    let columns = register::columns().unwrap_or_default();
    let given = |known: &Registered| {
        let columns = columns.iter().filter(|column| column.is_sealed());
        let given = columns.filter(|column| column.recipients.contains(&known.id));
        given
            .map(|column| format!("{}.{}", column.table, column.name))
            .collect()
    };
    known_recipients()
        .iter()
        .map(|known| (known, given(known)))
        .collect()
}

/// A recipient by its name in the register.
#[must_use]
pub fn recipient(name: &str) -> Option<&'static Registered> {
    known_recipients().iter().find(|known| known.id == name)
}

/// Who can see what is typed into this column, in Chinese and English: computed from the register of
/// columns and the register of recipients, so that a form says what is so (2.4.1.0, 0.5). `None` for a
/// column that the register does not have.
#[must_use]
pub fn who_sees(column: &str) -> Option<&'static (String, String)> {
    static SEEN: OnceLock<HashMap<String, (String, String)>> = OnceLock::new();
    policy::clause!("0.5");
    let seen = SEEN.get_or_init(|| {
        let columns = register::columns().unwrap_or_default();
        let named = columns
            .iter()
            .map(|column| (format!("{}.{}", column.table, column.name), eyes(column)));
        named.collect()
    });
    seen.get(column)
}

/// Who reads what is not sealed, in Chinese and English.
fn readers(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "members" => ("这家企业的成员", "the members of this organisation"),
        "verifier" => (
            "平台审核人员（办理案件时）",
            "a verifier of the platform at the case",
        ),
        "everybody" => ("认证通过后所有人", "everybody once it is verified"),
        _ => return None,
    })
}

fn eyes(column: &Column) -> (String, String) {
    let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match column.class {
        Class::Public => both("所有人。", "Everybody."),
        Class::Secret if column.is_sealed() => both(
            "没有人：加密保存，只供程序核对。",
            "Nobody: it is stored encrypted, and only the program compares with it.",
        ),
        Class::Secret | Class::Derived => both(
            "没有人：系统只保存无法还原的校验值。",
            "Nobody: only a check value that cannot be turned back is stored.",
        ),
        _ if privacy::guardian_sees(&format!("{}.{}", column.table, column.name)) => both(
            // Said at the question for the age too, where nothing may tell which answer passes.
            "您本人；依法代表您的人（如有，核验之后，手机号遮盖显示）。",
            "You; and whoever represents you by law, if anybody does and once they proved it (of a number only some digits).",
        ),
        _ if [&column.recipients, &column.staff, &column.shown]
            .into_iter()
            .all(Vec::is_empty) =>
        {
            both("只有您本人。", "Only you.")
        }
        _ => {
            let known = column.recipients.iter().filter_map(|name| recipient(name));
            let mut said = both("您本人", "You");
            for known in known {
                let mut name = known.en.clone();
                if let Some(first) = name.get_mut(..1) {
                    first.make_ascii_lowercase();
                }
                let _ = write!(said.0, "；{}（{}）", known.zh, known.task_zh);
                let _ = write!(said.1, "; {name}, for {}", known.task_en);
            }
            if column.staff.iter().any(|role| role == "verifier") {
                said.0
                    .push_str("；平台审核人员（仅在有待决案件时凭理由逐件打开，您会看到每次记录）");
                said.1
                    .push_str("; a verifier of the platform, only for a case to be decided and with a reason, each time on your record");
            }
            if column.staff.iter().any(|role| role == "mediator") {
                said.0
                    .push_str("；平台仲裁人员（仅在纠纷中凭理由打开，您会看到每次记录）");
                said.1
                    .push_str("; a mediator of the platform, only in a dispute and with a reason, each time on your record");
            }
            for (zh, en) in column.shown.iter().filter_map(|word| readers(word)) {
                let _ = write!(said.0, "；{zh}");
                let _ = write!(said.1, "; {en}");
            }
            (said.0 + "。", said.1 + ".")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_0_5_the_register_names_only_readers_that_are_known() {
        let columns = register::columns().expect("the register");
        let named: Vec<&Column> = columns.iter().filter(|column| !column.shown.is_empty()).collect();
        assert!(named.len() > 8, "some are");
        for column in named {
            let place = format!("{}.{}", column.table, column.name);
            assert!(!column.is_sealed(), "{place}: what is sealed has its recipients");
            assert!(column.shown.iter().all(|word| readers(word).is_some()), "{place}");
        }
        let name = who_sees("enterprise_verification.company_name").expect("registered");
        assert_eq!(name.0, "您本人；平台审核人员（办理案件时）；认证通过后所有人。");
    }
}
