//! Order pages: placing an order, the lists, one order with the steps allowed now, the supplier's workbench and
//! the books. Which actions are allowed is decided elsewhere; a page shows the ones it is given.

use app::market::share::TypedField;
use askama::Template;

use super::account::FieldError;
use super::frame::{Frame, money};
use super::moment::Moment;
use super::share::ShareField;
use super::spending::AllowanceRow;

mod rows;
mod samples;

pub use rows::{AcceptanceItem, AtHand, EventRow, LedgerLine, MilestoneRow, Step, StepState};

/// One line of a price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceLine {
    /// What it pays for.
    pub label: String,
    /// How much, in fen.
    pub fen: i64,
}

impl PriceLine {
    /// The amount as text.
    #[must_use]
    pub fn amount(&self) -> String {
        money(self.fen)
    }
}

/// The supplier as it is named before anything is handed to it (clause 0.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The registered name.
    pub name: String,
    /// The unified social credit code.
    pub register_no: String,
    /// The supplier's own statement on how it treats what it receives.
    pub statement: String,
}

/// A way to buy the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkuChoice {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub label: String,
    /// The supplier's fee in fen.
    pub service_fee: i64,
    /// The official fee passed on, in fen.
    pub official_fee: i64,
    /// How many days it takes.
    pub days: i64,
    /// Its milestones; empty if it is delivered at once.
    pub plan: Vec<PlanRow>,
}

/// A milestone before the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRow {
    /// What is delivered.
    pub title: String,
    /// How many days it takes from its payment.
    pub days: i64,
    /// What is paid for it in fen, official fee included.
    pub fen: i64,
    /// The official fee in it, in fen.
    pub official_fee: i64,
}

impl PlanRow {
    /// The amount as text.
    #[must_use]
    pub fn amount(&self) -> String {
        money(self.fen)
    }

    /// The official fee as text.
    #[must_use]
    pub fn official_text(&self) -> String {
        money(self.official_fee)
    }
}

impl SkuChoice {
    /// The supplier's fee as text.
    #[must_use]
    pub fn service_text(&self) -> String {
        money(self.service_fee)
    }

    /// The official fee as text.
    #[must_use]
    pub fn official_text(&self) -> String {
        money(self.official_fee)
    }

    /// Both fees together as text.
    #[must_use]
    pub fn total(&self) -> String {
        money(self.service_fee.saturating_add(self.official_fee))
    }
}

/// `GET`/`POST /xiadan/{service}`: everything to check before ordering.
#[derive(Template, Clone, Debug)]
#[template(path = "order/place.html")]
pub struct PlacePage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission; the fields are `sku` and `note`.
    pub errors: Vec<FieldError>,
    /// The service's identifier.
    pub service_id: String,
    /// The service's title.
    pub service: String,
    /// Who will receive the order.
    pub supplier: Receiver,
    /// The ways to buy it.
    pub skus: Vec<SkuChoice>,
    /// The chosen way; empty before the first choice.
    pub chosen: String,
    /// The note as typed.
    pub note: String,
    /// Makes a repeated submission the same order.
    pub key: String,
    /// The terms in short sentences.
    pub terms: Vec<String>,
    /// What the supplier receives on submission (clause 2.4).
    pub shared: Vec<String>,
    /// The organisation that buys; empty for the person.
    pub acting: String,
    /// Its name; empty for the person.
    pub buyer: String,
    /// Whether there is another identity to buy for.
    pub can_switch: bool,
    /// The approved request it is ordered by; empty for none.
    pub approval: String,
    /// What the reader may spend for the organisation, if they are limited.
    pub allowance: Option<AllowanceRow>,
    /// Whether the order was refused for want of an approval, which can be asked for here.
    pub over: bool,
}

impl PlacePage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// Whether any way to buy is delivered in several milestones.
    #[must_use]
    pub fn planned(&self) -> bool {
        self.skus.iter().any(|sku| !sku.plan.is_empty())
    }

    /// Whether a way to buy is the chosen one.
    #[must_use]
    pub fn is_chosen(&self, id: &str) -> bool {
        self.chosen == id
    }
}

/// The end of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Until when; nothing if the instant is not known, or not ahead.
    pub until: Option<Moment>,
    /// What follows, or what it waits for.
    pub text: String,
}

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// The order number.
    pub no: String,
    /// The service's title.
    pub service: String,
    /// The organisation on the other side.
    pub counterparty: String,
    /// The state's name.
    pub status: String,
    /// When the present step ends, if it has an end.
    pub due: Option<Due>,
    /// The price in fen.
    pub fen: i64,
}

impl OrderRow {
    /// The price as text.
    #[must_use]
    pub fn amount(&self) -> String {
        money(self.fen)
    }
}

/// A state to filter by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusOption {
    /// The state's identifier.
    pub value: String,
    /// Its name.
    pub label: String,
    /// Whether it is the filter now.
    pub chosen: bool,
}

/// `GET /dingdan`: the orders of the organisation, as buyer or as seller.
#[derive(Template, Clone, Debug)]
#[template(path = "order/orders.html")]
pub struct OrdersPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Whether the sold orders are shown instead of the bought ones.
    pub sold: bool,
    /// Whether the viewer works for a supplier.
    pub member: bool,
    /// The states to filter by.
    pub statuses: Vec<StatusOption>,
    /// The orders of this page.
    pub orders: Vec<OrderRow>,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<String>,
}

impl OrdersPage {
    /// The shown side as a query value.
    #[must_use]
    pub fn side(&self) -> &'static str {
        if self.sold { "sold" } else { "bought" }
    }

    /// The state filtered by; empty for all.
    #[must_use]
    pub fn status(&self) -> &str {
        self.statuses
            .iter()
            .find(|option| option.chosen)
            .map_or("", |option| option.value.as_str())
    }
}

/// What an action asks for besides the press of its button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Nothing.
    Plain,
    /// The acceptance items that fail, and a reason.
    Reject,
    /// The acceptance items that are done, the receipt of an official fee, and a note.
    Deliver,
    /// What goes back of the price, and a reason.
    Offer,
    /// A look at the way of paying, and optional sharing of contact details.
    Fund,
    /// A reason.
    Reason,
    /// A look at what cannot be undone.
    Confirm,
}

/// A step the viewer may take now. It posts to `/dingdan/{no}/{event}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The event's identifier.
    pub event: String,
    /// The button in Chinese.
    pub label_zh: &'static str,
    /// The button in English.
    pub label_en: &'static str,
    /// The button's class, such as `btn-primary`.
    pub style: &'static str,
    /// What it asks for.
    pub kind: ActionKind,
    /// Whether it needs a reason.
    pub required: bool,
    /// What cannot be undone, in the page's language; empty if nothing.
    pub warning: String,
}

/// What was typed into a refused action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The event it belongs to.
    pub event: String,
    /// The reason or note.
    pub reason: String,
    /// The ticked acceptance items.
    pub items: Vec<String>,
    /// The amount.
    pub amount: String,
    /// The number of the official receipt.
    pub receipt: String,
    /// The contact details ticked and typed.
    pub share: Vec<TypedField>,
}

/// `GET /dingdan/{no}`: one order.
#[derive(Template, Clone, Debug)]
#[template(path = "order/order.html")]
pub struct OrderPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the refused action; a field is called `{event}-item`, `{event}-reason`,
    /// `{event}-amount` or `{event}-receipt`.
    pub errors: Vec<FieldError>,
    /// What was typed into the refused action.
    pub draft: Draft,
    /// The order number.
    pub no: String,
    /// The version the viewer saw; every action sends it back, so that none acts on an outdated page.
    pub version: i64,
    /// The service's title.
    pub service: String,
    /// The chosen way to buy.
    pub option: String,
    /// How many days the work takes.
    pub days: i64,
    /// What the buyer gets.
    pub deliverables: Vec<String>,
    /// What holds after the delivery; empty if nothing was said.
    pub after_sales: Vec<String>,
    /// The organisation on the other side.
    pub counterparty: String,
    /// The organisation that buys, as its own members read it; empty for a person.
    pub buyer: String,
    /// The state's name.
    pub status: String,
    /// The progress bar.
    pub steps: Vec<Step>,
    /// How long the present step may take, if it has an end.
    pub due: Option<Due>,
    /// What the viewer may do now.
    pub actions: Vec<Action>,
    /// The milestone under way.
    pub at_hand: AtHand,
    /// The items by which the milestone under way is judged.
    pub items: Vec<AcceptanceItem>,
    /// The declared acceptance items of the order; empty if each milestone has its own.
    pub acceptance: Vec<AcceptanceItem>,
    /// The contact details that may be shared when paying.
    pub share_fields: Vec<ShareField>,
    /// Whether the viewer is the supplier's.
    pub as_supplier: bool,
    /// What the buyer has to know of the supplier.
    pub warnings: Vec<String>,
    /// What is said of the contact details that are given; `None` if nothing is to be said.
    pub contact: Option<String>,
    /// Whether the money goes by bank transfer instead of the simulated partner.
    pub offline: bool,
    /// The price line by line.
    pub price: Vec<PriceLine>,
    /// The price in fen.
    pub total: i64,
    /// The price in Chinese capital numerals.
    pub total_upper: String,
    /// The milestones in order.
    pub milestones: Vec<MilestoneRow>,
    /// The movements of money, oldest first.
    pub ledger: Vec<LedgerLine>,
    /// What happened, newest first.
    pub events: Vec<EventRow>,
}

impl OrderPage {
    /// The message for a field, by its full name.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// The message for a field of an action.
    #[must_use]
    pub fn err_in(&self, event: &str, field: &str) -> Option<&str> {
        self.err(&format!("{event}-{field}"))
    }

    /// Whether an action's form starts unfolded: the main one, and the one just refused.
    #[must_use]
    pub fn is_open(&self, action: &Action) -> bool {
        action.style == "btn-primary" || action.event == self.draft.event
    }

    /// Whether an acceptance item was ticked in the refused action.
    #[must_use]
    pub fn drafted(&self, event: &str, item: &str) -> bool {
        self.draft.event == event && self.draft.items.iter().any(|ticked| ticked == item)
    }

    /// The price of the milestone under way as text.
    #[must_use]
    pub fn at_hand_text(&self) -> String {
        money(self.at_hand.fen)
    }

    /// What was typed as amount in the refused action.
    #[must_use]
    pub fn drafted_amount(&self, event: &str) -> &str {
        if self.draft.event == event {
            &self.draft.amount
        } else {
            ""
        }
    }

    /// What was typed as receipt in the refused action, or what the last delivery named.
    #[must_use]
    pub fn drafted_receipt(&self, event: &str) -> &str {
        if self.draft.event == event {
            &self.draft.receipt
        } else {
            &self.at_hand.receipt
        }
    }

    /// What was typed as reason or note in the refused action.
    #[must_use]
    pub fn drafted_text(&self, event: &str) -> &str {
        if self.draft.event == event {
            &self.draft.reason
        } else {
            ""
        }
    }

    /// The price as text.
    #[must_use]
    pub fn total_text(&self) -> String {
        money(self.total)
    }
}

/// A card of the workbench: how many orders wait in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TodoCard {
    /// What is to be done.
    pub label: String,
    /// The state's identifier, for the list behind the card.
    pub status: String,
    /// How many orders.
    pub count: usize,
}

/// A list of the workbench.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkList {
    /// Its heading.
    pub title: String,
    /// Its orders.
    pub orders: Vec<OrderRow>,
}

/// `GET /gongzuotai`: what a supplier has to do.
#[derive(Template, Clone, Debug)]
#[template(path = "order/workbench.html")]
pub struct WorkbenchPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The viewer's role.
    pub role: &'static str,
    /// What waits for this role.
    pub todos: Vec<TodoCard>,
    /// The other orders under way, which wait for somebody else.
    pub others: Vec<TodoCard>,
    /// The lists below them.
    pub lists: Vec<WorkList>,
    /// How many requests about personal data wait for an answer.
    pub demands: i64,
}

/// An account with its balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountBalance {
    /// The account's name.
    pub name: String,
    /// Its balance in fen.
    pub fen: i64,
}

impl AccountBalance {
    /// The balance as text.
    #[must_use]
    pub fn balance_text(&self) -> String {
        money(self.fen)
    }
}

/// A movement between two accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub when: Moment,
    /// The order it belongs to.
    pub order_no: String,
    /// The account it leaves.
    pub from: String,
    /// The account it reaches.
    pub to: String,
    /// How much, in fen.
    pub fen: i64,
}

impl Entry {
    /// The amount as text.
    #[must_use]
    pub fn amount_text(&self) -> String {
        money(self.fen)
    }
}

/// `GET /demo/zhangben`: the books of the simulated partner, all orders together.
#[derive(Template, Clone, Debug)]
#[template(path = "order/ledger.html")]
pub struct LedgerPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Every account; their sum must be zero.
    pub accounts: Vec<AccountBalance>,
    /// What the postings leave at the partner, in fen.
    pub held: i64,
    /// What the milestones under way were funded with, in fen: written apart from the postings.
    pub funded: i64,
    /// The latest movements, newest first.
    pub entries: Vec<Entry>,
}

impl LedgerPage {
    /// Whether the books are right.
    #[must_use]
    pub fn balanced(&self) -> bool {
        self.total() == 0 && self.held == self.funded
    }

    /// What is held, as text.
    #[must_use]
    pub fn held_text(&self) -> String {
        money(self.held)
    }

    /// What must be held, as text.
    #[must_use]
    pub fn funded_text(&self) -> String {
        money(self.funded)
    }

    /// The sum of all accounts; wide, so that it cannot wrap round to a false zero.
    #[must_use]
    pub fn total(&self) -> i128 {
        self.accounts.iter().map(|account| i128::from(account.fen)).sum()
    }

    /// The sum as text.
    #[must_use]
    pub fn total_text(&self) -> String {
        let total = self.total();
        money(i64::try_from(total).unwrap_or(if total < 0 { i64::MIN } else { i64::MAX }))
    }
}

fn money_or_dash(fen: i64) -> String {
    if fen == 0 { "—".to_owned() } else { money(fen) }
}
