//! What a buyer gives the supplier of an order (2.4.1.3): field by field, only by their own choice,
//! each with a line in the ledger, and taken back at once.

use std::fmt;

use domain::Refused;
use domain::account::limits;
use domain::machine::{BUYER, BUYER_FINANCE};
use domain::market::order::MACHINE;
use domain::market::share::{Field, MOST_CHARS, ends};
use domain::refused::Party;
use domain::rights::demand::Kind;
use privacy::purpose::FulfilContract;
use privacy::{Ask, Ctx, Denied, Ground, LegalBasis, Personal, Purpose, PurposeId, Recipient, Share};
use storage::account::{self, code};
use storage::disclosure::{self, Line};
use storage::market::membership;
use storage::market::order::{self as orders, OrderRow};
use storage::market::share as store;
use storage::rights::demand;
use storage::{StoreError, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

use super::order::{found, roles};
use crate::account::{Viewer, index};
use crate::rights::refuse_if_closing;
use crate::{App, Failure};

/// The kind under which shared fields are counted.
const SHARED: &str = "order_shared";

/// A field as typed into the form.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedField {
    /// Which.
    pub field: Field,
    /// Whether it is ticked: only then it is given.
    pub ticked: bool,
    /// What was typed.
    pub value: String,
}

impl fmt::Debug for TypedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [personal]", self.field.as_str())
    }
}

/// A field that is given to the supplier.
#[derive(Clone)]
pub struct Given {
    /// Which.
    pub field: Field,
    /// Its value; for the supplier, and for the buyer themselves.
    pub value: String,
    /// Since when.
    pub since: OffsetDateTime,
    /// Until when; `None` while the order goes on.
    pub until: Option<OffsetDateTime>,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [personal]", self.field.as_str())
    }
}

/// What is shared for an order, as one of its sides sees it.
#[derive(Clone, Debug)]
pub struct ShareView {
    /// The order's number.
    pub number: String,
    /// The supplier.
    pub supplier: Uuid,
    /// Whether the viewer is on the supplier's side.
    pub as_supplier: bool,
    /// Whether a colleague of the viewer gave the details: only they see and change them.
    pub by_colleague: bool,
    /// Whether more may be given.
    pub open: bool,
    /// What is given, in the order of the forms.
    pub given: Vec<Given>,
}

/// Reads what was typed. A field with a text and no tick is not given; one with a tick and no text is
/// a mistake.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field.
pub fn read(typed: &[TypedField], demo: bool) -> Result<Vec<(Field, Personal<String>)>, Failure> {
    let (mut values, mut refused) = (Vec::new(), Vec::new());
    for typed in typed.iter().filter(|typed| typed.ticked) {
        // Longer than any value: refused by its length, never read whole.
        let value: String = typed.value.chars().take(4 * MOST_CHARS).collect();
        let read = if value.trim().is_empty() {
            Err(Refused::ShareEmpty)
        } else {
            typed.field.read(&value, demo)
        };
        match read {
            Ok(value) => values.push((typed.field, Personal::received(value))),
            // Said once, however many fields are empty.
            Err(why) if refused.contains(&why) => {}
            Err(why) => refused.push(why),
        }
    }
    if refused.is_empty() {
        Ok(values)
    } else {
        Err(Failure::Refused(refused))
    }
}

/// Gives what was read to the order's supplier: ledger and value in one transaction. A field given
/// before gets its new value, and the supplier is asked to correct what they hold.
pub(crate) async fn give<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    row: &OrderRow,
    values: &[(Field, Personal<String>)],
) -> Result<(), Failure> {
    policy::clause!("2.4.1.3");
    policy::clause!("2.5.4.c");
    if values.is_empty() {
        return Ok(());
    }
    match refuse_if_closing(tx, viewer.subject).await {
        Err(Failure::Refused(_)) => return Err(Refused::ShareClosing.into()),
        other => other?,
    }
    if MACHINE.ends.contains(&row.order.state) {
        return Err(Refused::ShareClosed.into());
    }
    let before = store::find(tx, row.id).await?;
    // Each gives away what is their own, and an order has one set of contact details.
    let other = before.as_ref().filter(|before| before.subject != viewer.subject);
    if other.is_some_and(|other| !other.fields.is_empty()) {
        return Err(Refused::from(Party::ShareOther).into());
    }
    let ration = index(app, "order_share.subject", &viewer.account.to_string());
    let since = tx.ctx().now() - limits::SHARES_WINDOW;
    for (field, value) in values {
        limits::may_share(code::attempts_since(tx, SHARED, ration, since).await?)?;
        code::count_attempt(tx, SHARED, ration).await?;
        let share = Share {
            subject: viewer.subject,
            fields: field.registered(),
            to: Recipient::Supplier(row.supplier),
            purpose: PurposeId::FulfilContract,
            ground: Ground::Purchase(row.id),
            until: None,
        };
        crate::disclosure::given(tx.disclose(share).await.map(|_| ()))?;
        store::put(tx, row.id, viewer.subject, *field, Some(value)).await?;
        let known = before.as_ref().map_or(&[][..], |before| &before.fields);
        if known.iter().any(|(known, _)| known == field) {
            for line in lines(tx, viewer, row.id, *field).await? {
                demand::ask(tx, line.id, Kind::Correction, "corrected").await?;
            }
        }
    }
    Ok(())
}

/// Whether a line is a standing one of this field.
fn of_field(line: &Line, field: Field, now: OffsetDateTime) -> bool {
    line.stands(now) && field.registered().contains(&&*line.fields)
}

/// The standing lines of one field of an order.
async fn lines<P: Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    order: Uuid,
    field: Field,
) -> Result<Vec<Line>, Failure> {
    let now = tx.ctx().now();
    let mut lines = disclosure::of_case(tx, order, viewer.subject).await?;
    lines.retain(|line| of_field(line, field, now));
    Ok(lines)
}

/// The order of a number, for its buyer alone, held until the end of the transaction.
async fn own(tx: &mut Tx<'_, FulfilContract>, viewer: &Viewer, number: &str) -> Result<OrderRow, Failure> {
    let row = found(tx, number).await?;
    // Those of the buyer's side who order or pay.
    match roles(&row, viewer, &[]) {
        Some((false, role)) if BUYER.contains(&role) || BUYER_FINANCE.contains(&role) => {}
        _ => return Err(Failure::NotFound),
    }
    // Whoever closes the account or the order at this moment comes before or after.
    account::hold(tx, viewer.account).await?;
    orders::hold(tx, row.id).await?;
    found(tx, number).await
}

/// Gives the supplier of an order what the buyer ticked.
///
/// # Errors
/// [`Failure::NotFound`] for everybody but the buyer; [`Failure::Refused`] naming each wrong field,
/// [`Refused::ShareClosed`] after the order's end, [`Refused::ShareClosing`], [`Refused::ShareTooOften`].
pub async fn share(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    number: &str,
    typed: &[TypedField],
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = own(&mut tx, viewer, number).await?;
    let values = read(typed, app.demo)?;
    if values.is_empty() {
        return Err(Refused::ShareEmpty.into());
    }
    give(app, &mut tx, viewer, &row, &values).await?;
    Ok(tx.commit().await?)
}

/// Takes a field back: it is gone at once, and the supplier is asked to delete what they wrote down.
///
/// # Errors
/// [`Failure::NotFound`] for everybody but the buyer, and for a field that is not given.
pub async fn take_back(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    number: &str,
    field: Field,
) -> Result<(), Failure> {
    policy::clause!("2.4.1.2");
    let mut tx = app.store.begin(ctx).await?;
    let row = own(&mut tx, viewer, number).await?;
    let lines = lines(&mut tx, viewer, row.id, field).await?;
    if lines.is_empty() {
        return Err(Failure::NotFound);
    }
    for line in lines {
        disclosure::withdraw(&mut tx, viewer.subject, line.id).await?;
        demand::ask(&mut tx, line.id, Kind::Deletion, "withdrawn").await?;
    }
    store::put(&mut tx, row.id, viewer.subject, field, None).await?;
    Ok(tx.commit().await?)
}

/// Which fields are given for an order, without opening any; for its two sides.
pub(crate) async fn given_fields<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &OrderRow,
) -> Result<Vec<Field>, Failure> {
    let Some(shared) = store::find(tx, row.id).await? else {
        return Ok(Vec::new());
    };
    let now = tx.ctx().now();
    let lines = disclosure::of_case(tx, row.id, shared.subject).await?;
    let stands = |field: &Field| lines.iter().any(|line| of_field(line, *field, now));
    Ok(shared
        .fields
        .into_iter()
        .map(|(field, _)| field)
        .filter(stands)
        .collect())
}

/// What is shared for an order, opened: for its buyer, and for the members of its supplier, whose
/// opening the buyer can read about.
///
/// # Errors
/// [`Failure::NotFound`] for everybody else.
pub async fn shared(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    number: &str,
) -> Result<ShareView, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = found(&mut tx, number).await?;
    let memberships = membership::of_account(&mut tx, viewer.account).await?;
    let (as_supplier, _) = roles(&row, viewer, &memberships).ok_or(Failure::NotFound)?;
    let now = ctx.now();
    let mut given = Vec::new();
    let mut by_colleague = false;
    if let Some(shared) = store::find(&mut tx, row.id).await? {
        let lines = disclosure::of_case(&mut tx, row.id, shared.subject).await?;
        // A colleague's details are for the supplier, not for those who buy with them.
        by_colleague = !as_supplier && shared.subject != viewer.subject && !shared.fields.is_empty();
        for (field, sealed) in shared.fields {
            if by_colleague {
                break;
            }
            let Some(line) = lines.iter().find(|line| of_field(line, field, now)) else {
                continue;
            };
            let ask = Ask {
                subject: shared.subject,
                fields: field.registered(),
                basis: LegalBasis::Contract,
                clause: policy::clause!("2.4.1.3"),
                case: Some(row.id),
            };
            let permit = match tx.permit(ask).await {
                // Found to be under age: nothing is read of them without a guardian's consent (2.7.b).
                Err(StoreError::Denied(Denied::Guardian)) => continue,
                other => other?,
            };
            let place = store::field(field, row.id, shared.subject);
            let value = match tx.show(&permit, &place, &sealed).await {
                Ok(value) => value,
                // Erased with its person.
                Err(StoreError::NoKey) => continue,
                Err(error) => return Err(error.into()),
            };
            given.push(Given {
                field,
                value,
                since: line.first_at,
                until: line.until,
            });
        }
    }
    tx.commit().await?;
    Ok(ShareView {
        number: row.number,
        supplier: row.supplier,
        as_supplier,
        by_colleague,
        open: !as_supplier && !by_colleague && !MACHINE.ends.contains(&row.order.state),
        given,
    })
}

/// Sets the end of what was shared, if this step ended the order.
pub(crate) async fn end_with<P: Purpose>(
    tx: &mut Tx<'_, P>,
    order: Uuid,
    state: domain::market::order::State,
) -> Result<(), Failure> {
    if MACHINE.ends.contains(&state) {
        disclosure::end_shares(tx, order, ends(tx.ctx().now())).await?;
    }
    Ok(())
}
