//! Orders: placing, lists, one order and its steps, the supplier's workbench, the demo's books.

use app::Failure;
use app::account::Viewer;
use app::market::order::{self, Act, Listing, Placing};
use app::market::share::TypedField;
use app::org;
use axum::http::StatusCode;
use domain::Refused;
use domain::market::amount;
use domain::market::order::{Event, State};
use domain::market::share::Field;
use privacy::SystemReason;
use privacy::purpose::{FulfilContract, KeepAccount, Operate};
use serde::Deserialize;
use uuid::Uuid;

use super::order_view::{account_name, line, order_page, status_options};
use super::place_view::place_page;
use super::share;
use super::spending::to_identity;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::order::{
    AccountBalance, Draft, Entry, LedgerPage, OrdersPage, TodoCard, WorkList, WorkbenchPage,
};
use crate::request::{Asked, Named, Posted, Visit};

/// Which way to buy is chosen beforehand.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SkuQuery {
    sku: String,
    shenpi: String,
}

/// The form of an order. A field more is refused.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlaceForm {
    csrf: String,
    /// The form's own key.
    pub key: String,
    /// Which way to buy.
    pub sku: String,
    /// The note as typed.
    pub note: String,
    /// For whom it is ordered: an organisation; empty for the person.
    pub acting: String,
    /// The approved request it is ordered by; empty for none.
    pub approval: String,
}

fn failed(visit: &Visit) -> impl FnOnce(Failure) -> Answer {
    |failure| Answer::failure(visit, &failure)
}

/// `GET /xiadan/{service}`.
pub async fn place_form(
    visit: Visit,
    Named(service): Named<String>,
    Asked(query): Asked<SkuQuery>,
) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let form = PlaceForm {
        key: visit.state.app.entropy.id().to_string(),
        sku: query.sku,
        acting: acting_id(viewer),
        approval: query.shenpi,
        ..PlaceForm::default()
    };
    show_place(&visit, &service, form, Vec::new()).await
}

/// Whom the session acts for, as the form carries it.
fn acting_id(viewer: &Viewer) -> String {
    let acting = viewer.acting.as_ref();
    acting.map_or_else(String::new, |acting| acting.organisation.to_string())
}

async fn show_place(
    visit: &Visit,
    service: &str,
    mut form: PlaceForm,
    errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    // What is shown is for whom the session acts now; that it changed was said.
    form.acting = acting_id(viewer);
    let ctx = visit.ctx::<KeepAccount>();
    let allowance = org::may_spend(&visit.state.app, &ctx, viewer)
        .await
        .map_err(failed(visit))?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = place_page(visit, service, &form, allowance.as_ref(), errors)
        .ok_or_else(|| Answer::not_found(visit))?;
    Ok(Answer::page(visit, status, &page))
}

/// `POST /xiadan/{service}`.
pub async fn place(
    visit: Visit,
    Named(service): Named<String>,
    Posted(mut form): Posted<PlaceForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer()?;
    let id = Uuid::parse_str(&service).map_err(|_| Answer::not_found(&visit))?;
    let request_key = Uuid::parse_str(&form.key).unwrap_or_else(|_| visit.state.app.entropy.id());
    form.key = request_key.to_string();
    let placing = Placing {
        service: id,
        // What is no choice of the form is refused below as none.
        sku: form.sku.parse().unwrap_or(usize::MAX),
        request_key,
        note: &form.note,
        // What is no organisation is none that the session acts for.
        acting: if form.acting.is_empty() {
            None
        } else {
            Some(Uuid::parse_str(&form.acting).unwrap_or_default())
        },
        approval: Uuid::parse_str(&form.approval).ok(),
    };
    let catalogue = visit.state.catalogue.now();
    let placed = order::place(&visit.state.app, &visit.ctx(), viewer, &catalogue, placing).await;
    match placed {
        Ok(number) => Ok(Answer::to(&format!("/dingdan/{number}"))),
        Err(Failure::Refused(refusals)) => {
            let errors = errors(visit.lang, &refusals, |field| match field {
                "reason" => "note".to_owned(),
                "member" => "acting".to_owned(),
                // An approval that does not fit is asked for anew, like one that is missing.
                "amount" => "approval".to_owned(),
                other => other.to_owned(),
            });
            show_place(&visit, &service, form, errors).await
        }
        Err(failure) => Err(Answer::failure(&visit, &failure)),
    }
}

pub(super) fn errors(lang: Lang, refusals: &[Refused], place: impl Fn(&str) -> String) -> Vec<FieldError> {
    refusals
        .iter()
        .map(|refused| FieldError::new(place(refused.field()), refused.message(lang == Lang::Zh)))
        .collect()
}

/// The list's parameters.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OrdersQuery {
    side: String,
    status: String,
    cursor: String,
}

/// `GET /dingdan`.
pub async fn list(visit: Visit, Asked(query): Asked<OrdersQuery>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let state = State::parse(&query.status);
    let listing = Listing {
        sold: query.side == "sold",
        state,
        after: Some(query.cursor.as_str()).filter(|cursor| !cursor.is_empty()),
    };
    let listed = order::list(&visit.state.app, &visit.ctx(), viewer, &listing)
        .await
        .map_err(failed(&visit))?;
    let lang = visit.lang;
    let page = OrdersPage {
        f: visit.frame(lang.t("订单", "Orders")),
        sold: listing.sold,
        member: listed.member,
        statuses: status_options(lang, state),
        orders: listed
            .orders
            .iter()
            .map(|order| line(lang, order, listing.sold))
            .collect(),
        next_cursor: listed.next,
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// `GET /dingdan/{number}`.
pub async fn order(visit: Visit, Named(number): Named<String>) -> Result<Answer, Answer> {
    show_order(&visit, &number, Draft::default(), Vec::new()).await
}

async fn show_order(
    visit: &Visit,
    number: &str,
    draft: Draft,
    errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let ctx = visit.ctx::<FulfilContract>();
    let view = match order::view(&visit.state.app, &ctx, viewer, number).await {
        Ok(view) => view,
        Err(Failure::NotFound) => {
            // It may be another identity's of the same person.
            let elsewhere = order::elsewhere(&visit.state.app, &ctx, viewer, number).await;
            return match elsewhere.map_err(failed(visit))? {
                Some(organisation) => Ok(to_identity(visit.page(), organisation)),
                None => Err(Answer::not_found(visit)),
            };
        }
        Err(failure) => return Err(Answer::failure(visit, &failure)),
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(Answer::page(
        visit,
        status,
        &order_page(visit, view, draft, errors),
    ))
}

/// A step's form: repeated fields, so read by hand. A field more is refused.
#[derive(Default)]
struct StepForm {
    csrf: String,
    version: i64,
    items: Vec<String>,
    reason: String,
    milestone: Option<i64>,
    amount: String,
    receipt: String,
    share: Vec<TypedField>,
}

impl StepForm {
    fn read(pairs: Vec<(String, String)>) -> Option<Self> {
        let mut form = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "csrf" => form.csrf = value,
                "version" => form.version = value.parse().unwrap_or_default(),
                "item" => form.items.push(value),
                "reason" => form.reason = value,
                // What is no number names no milestone, and is refused as such.
                "milestone" => form.milestone = Some(value.parse().unwrap_or_default()),
                "amount" => form.amount = value,
                "receipt" => form.receipt = value,
                name if share::read(&mut form.share, name, &value) => {}
                _ => return None,
            }
        }
        Some(form)
    }
}

/// `POST /dingdan/{number}/{event}`.
pub async fn act(
    visit: Visit,
    Named((number, event)): Named<(String, String)>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Answer, Answer> {
    let form =
        StepForm::read(pairs).ok_or_else(|| Answer::failure(&visit, &Failure::from(Refused::FormStale)))?;
    visit.own_form(&form.csrf)?;
    let back = format!("/dingdan/{number}");
    let viewer = visit.viewer_for(&back)?;
    let event = Event::parse(&event).ok_or_else(|| Answer::not_found(&visit))?;
    // Contact details go with a payment; anywhere else they are a field too many.
    if !form.share.is_empty() && !matches!(event, Event::Fund | Event::TransferSent) {
        return Err(Answer::failure(&visit, &Failure::from(Refused::FormStale)));
    }
    let act = Act {
        number: &number,
        version: form.version,
        event,
        // A tick that is no item of the page names none; the rule then refuses.
        items: form
            .items
            .iter()
            .map(|item| item.parse().unwrap_or(usize::MAX))
            .collect(),
        note: &form.reason,
        milestone: form.milestone,
        amount: amount::read(&form.amount),
        receipt: &form.receipt,
        share: &form.share,
    };
    let catalogue = visit.state.catalogue.now();
    match order::act(&visit.state.app, &visit.ctx(), viewer, &catalogue, &act).await {
        Ok(()) => Ok(Answer::to(&back)),
        Err(Failure::Refused(refusals)) => {
            let errors = errors(visit.lang, &refusals, |field| match field {
                "item" | "reason" | "amount" | "receipt" | "share" => format!("{}-{field}", event.as_str()),
                field if Field::parse(field).is_some() => format!("{}-{field}", event.as_str()),
                _ => "h-actions".to_owned(),
            });
            let draft = Draft {
                event: event.as_str().to_owned(),
                reason: form.reason,
                items: form.items,
                amount: form.amount,
                receipt: form.receipt,
                share: form.share,
            };
            show_order(&visit, &number, draft, errors).await
        }
        Err(failure) => Err(Answer::failure(&visit, &failure)),
    }
}

/// The states of orders that are not over.
const UNDER_WAY: [State; 8] = [
    State::Placed,
    State::AwaitingContract,
    State::AwaitingFunds,
    State::InService,
    State::Delivered,
    State::Rework,
    State::Cancelling,
    State::PartialOffered,
];

/// What a state asks of the supplier's person it waits for.
fn to_do(lang: Lang, state: State) -> &'static str {
    match state {
        State::Placed => lang.t("待确认", "to confirm"),
        State::Rework => lang.t("待返工", "to mend"),
        State::Cancelling => lang.t("退款待答复", "refunds to answer"),
        State::AwaitingFunds => lang.t("待确认到账", "receipts to confirm"),
        State::InService => lang.t("待交付", "to deliver"),
        other => other.label(lang == Lang::Zh),
    }
}

/// `GET /gongzuotai`: who works for no supplier has none.
pub async fn workbench(visit: Visit) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let work = order::workbench(&visit.state.app, &visit.ctx(), viewer)
        .await
        .map_err(failed(&visit))?
        .ok_or_else(|| Answer::not_found(&visit))?;
    let lang = visit.lang;
    let count = |state: State| {
        let counted = work.counts.iter().find(|(counted, _)| *counted == state);
        counted
            .and_then(|(_, count)| usize::try_from(*count).ok())
            .unwrap_or_default()
    };
    let card = |state: State, label: &str| TodoCard {
        label: label.to_owned(),
        status: state.as_str().to_owned(),
        count: count(state),
    };
    let mine = |state: State| work.waiting.iter().any(|(waiting, _)| *waiting == state);
    let todos = work
        .waiting
        .iter()
        .map(|(state, _)| card(*state, to_do(lang, *state)));
    let others = UNDER_WAY
        .iter()
        .filter(|state| !mine(**state) && count(**state) > 0)
        .map(|state| card(*state, state.label(lang == Lang::Zh)));
    let waiting = work.waiting.iter().filter(|(_, orders)| !orders.is_empty());
    let lists = waiting.map(|(state, orders)| WorkList {
        title: state.label(lang == Lang::Zh).to_owned(),
        orders: orders.iter().map(|order| line(lang, order, true)).collect(),
    });
    let page = WorkbenchPage {
        f: visit.frame(lang.t("服务商工作台", "Provider workbench")),
        demands: work.demands,
        role: work.role.label(lang == Lang::Zh),
        todos: todos.collect(),
        others: others.collect(),
        lists: lists.collect(),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// `GET /demo/zhangben`: the books of the simulated partner, all orders together. No person and no
/// whole order number stands in it.
pub async fn books(visit: Visit) -> Result<Answer, Answer> {
    let ctx = visit.system::<Operate>(SystemReason::Demo);
    let books = order::demo_books(&visit.state.app, &ctx)
        .await
        .map_err(failed(&visit))?;
    let lang = visit.lang;
    let accounts = books.balances.iter().map(|(account, fen)| AccountBalance {
        name: account_name(lang, *account, false),
        fen: *fen,
    });
    let entries = books.latest.iter().map(|entry| Entry {
        when: Moment::of(lang, entry.at),
        order_no: format!("…{}", entry.number_end),
        from: account_name(lang, entry.posting.from, false),
        to: account_name(lang, entry.posting.to, false),
        fen: entry.posting.amount,
    });
    let page = LedgerPage {
        f: visit.frame(lang.t("账本", "Ledger")),
        accounts: accounts.collect(),
        held: books
            .balances
            .get(&domain::market::ledger::Account::Held)
            .copied()
            .unwrap_or_default(),
        funded: books.funded,
        entries: entries.collect(),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}
