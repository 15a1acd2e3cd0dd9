//! The parts of an order's page: progress, milestones, movements of money, history.

use super::super::frame::money;
use super::super::moment::Moment;
use super::money_or_dash;

/// How far a step of the progress bar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Behind.
    Done,
    /// Now.
    Current,
    /// Ahead.
    Todo,
}

/// A step of the progress bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub label: String,
    /// How far it is.
    pub state: StepState,
}

/// An acceptance item of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptanceItem {
    /// The value its tick sends.
    pub id: String,
    /// Its text.
    pub label: String,
}

/// A milestone of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MilestoneRow {
    /// What is delivered.
    pub title: String,
    /// The state's name.
    pub status: String,
    /// Its price in fen.
    pub fen: i64,
    /// The official fee in it, in fen.
    pub official_fee: i64,
    /// What of it went back to the buyer or is owed to them, in fen.
    pub returned: i64,
    /// Whether it is the one under way.
    pub current: bool,
    /// By which items it is judged, if not by those of the order.
    pub acceptance: Vec<String>,
}

impl MilestoneRow {
    /// The price as text.
    #[must_use]
    pub fn amount_text(&self) -> String {
        money(self.fen)
    }

    /// The official fee as text.
    #[must_use]
    pub fn official_text(&self) -> String {
        money(self.official_fee)
    }

    /// What went back as text.
    #[must_use]
    pub fn returned_text(&self) -> String {
        money(self.returned)
    }
}

/// The milestone under way, for the forms of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtHand {
    /// Its number from 1; nothing if none is under way.
    pub number: Option<usize>,
    /// Its title; empty if the order has only one milestone.
    pub title: String,
    /// Its price in fen.
    pub fen: i64,
    /// The official fee in it, in fen.
    pub official_fee: i64,
    /// The receipt named by its last delivery.
    pub receipt: String,
}

/// One side of a movement of the order's money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// When.
    pub when: Moment,
    /// The account's name.
    pub account: String,
    /// What leaves the account, in fen; zero if nothing does.
    pub debit: i64,
    /// What reaches the account, in fen; zero if nothing does.
    pub credit: i64,
    /// The account's balance afterwards, in fen.
    pub balance: i64,
}

impl LedgerLine {
    /// The debit as text; a dash for none.
    #[must_use]
    pub fn debit_text(&self) -> String {
        money_or_dash(self.debit)
    }

    /// The credit as text; a dash for none.
    #[must_use]
    pub fn credit_text(&self) -> String {
        money_or_dash(self.credit)
    }

    /// The balance as text.
    #[must_use]
    pub fn balance_text(&self) -> String {
        money(self.balance)
    }
}

/// Something that happened to the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// When.
    pub when: Moment,
    /// What kind of party did it; never a personal name.
    pub who: String,
    /// What happened.
    pub label: String,
    /// The milestone; empty if the order has only one, or it is about the whole.
    pub milestone: String,
    /// What it says besides: an amount, the receipt of an official fee.
    pub facts: Vec<String>,
    /// The reason or note; empty for none.
    pub note: String,
}
