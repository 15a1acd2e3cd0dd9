//! Orders for programs: lists, placing, reading, acting. The same use cases as the pages, so the
//! same rules: who is on no side of an order learns nothing of it.

use app::market::order::{self, Act, Listing, NOTE_CHARS, Placing};
use axum::Json;
use axum::response::Response;
use domain::machine::{BUYER, BUYER_FINANCE, DELIVERY, SALES};
use domain::market::order::{Event, MACHINE, State};
use privacy::purpose::FulfilContract;

use super::answer::order::{Order, OrderList};
use super::call::{Body, Call, Part};
use super::field::{Field, Kind};
use super::problem::{Objection, Problem};
use super::{KEY, idempotency_key, made};

/// The parameters of a list.
pub const LIST: &[Field] = &[
    Field {
        name: "side",
        kind: Kind::Word(|| vec!["bought", "sold"]),
        required: false,
        default: None,
        zh: "买入的（默认）或所在服务商卖出的订单",
        en: "Orders bought (the default), or sold by the supplier the person works for",
        example: "bought",
    },
    Field {
        name: "state",
        kind: Kind::Word(|| State::ALL.iter().map(|state| state.as_str()).collect()),
        required: false,
        default: None,
        zh: "只看这个状态的",
        en: "Only in this state",
        example: "delivered",
    },
    Field {
        name: "cursor",
        kind: Kind::Number,
        required: false,
        default: None,
        zh: "上一页的 next_cursor",
        en: "The next_cursor of the page before",
        example: "QF7K2M9XPT4V6C",
    },
];

/// The headers of a placing.
pub const PLACE_HEADERS: &[Field] = &[idempotency_key(
    "调用方为这次下单生成的 UUID：同一个键只产生一个订单，重试时请沿用",
    "A UUID made by the caller for this placing: one key makes one order; keep it when trying again",
)];

/// What a placing brings.
pub const PLACE: &[Field] = &[
    Field {
        name: "service",
        kind: Kind::Id,
        required: true,
        default: None,
        zh: "服务",
        en: "The service",
        example: "3f1d2c4b-5a69-4788-9a0b-1c2d3e4f5a6b",
    },
    Field {
        name: "sku",
        kind: Kind::Whole { least: 0, most: 99 },
        required: true,
        default: None,
        zh: "规格的序号，从 0 开始",
        en: "The way to buy, by its number from 0",
        example: "0",
    },
    NOTE,
    Field {
        name: "approval",
        kind: Kind::Id,
        required: false,
        default: None,
        zh: "超出额度时，已获批准的申请",
        en: "The approved request, for an order above the member's limits",
        example: "9c1f2a3b-4d5e-4f60-8a7b-6c5d4e3f2a1b",
    },
];

const NOTE: Field = Field {
    name: "note",
    kind: Kind::Text {
        least: 0,
        most: NOTE_CHARS,
    },
    required: false,
    default: None,
    zh: "备注或理由，对方能看到；请不要写联系方式或证件号",
    en: "A note or reason; the other side sees it. Do not write contact or identity data",
    example: "",
};

/// The events a person can make happen, on one side or the other.
fn events() -> Vec<&'static str> {
    let sides = [BUYER, BUYER_FINANCE, SALES, DELIVERY].concat();
    let by_person = |event: &Event| {
        let rows = MACHINE.rows.iter().filter(|row| row.event == *event);
        rows.flat_map(|row| row.actors.iter().copied().flatten())
            .any(|role| sides.contains(role))
    };
    let events = Event::ALL.iter().filter(|event| by_person(event));
    events.map(|event| event.as_str()).collect()
}

/// What an event brings.
pub const ACT: &[Field] = &[
    Field {
        name: "version",
        kind: Kind::Whole {
            least: 1,
            most: 1_000_000,
        },
        required: true,
        default: None,
        zh: "作出决定时看到的订单版本",
        en: "The version of the order the decision was made on",
        example: "1",
    },
    Field {
        name: "event",
        kind: Kind::Word(events),
        required: true,
        default: None,
        zh: "要做什么，须在订单的 allowed 之中",
        en: "What to do; one of the order's `allowed`",
        example: "cancel",
    },
    Field {
        name: "items",
        kind: Kind::Places { count: 100, most: 99 },
        required: false,
        default: None,
        zh: "交付时：已完成的验收项；驳回时：未达到的验收项；序号从 0 开始",
        en: "For a delivery the acceptance items that are done, for a rejection those that fail, by number from 0",
        example: "[]",
    },
    Field {
        name: "milestone",
        kind: Kind::Whole { least: 1, most: 100 },
        required: false,
        default: None,
        zh: "所指的阶段，从 1 开始；有多个阶段时，交付、验收和驳回必须写明当前阶段",
        en: "The milestone meant, from 1; where there are several, a delivery, its acceptance and its rejection name the one under way",
        example: "1",
    },
    Field {
        name: "amount",
        kind: Kind::Whole {
            least: 1,
            most: 100_000_000_000,
        },
        required: false,
        default: None,
        zh: "提出部分退款时：退还买方的金额，单位为分，须小于本阶段金额",
        en: "For the offer of a partial refund: what goes back to the buyer, in fen, less than the milestone's amount",
        example: "100",
    },
    Field {
        name: "receipt",
        kind: Kind::Text { least: 0, most: 60 },
        required: false,
        default: None,
        zh: "交付含官费的阶段时：官费缴纳凭证号",
        en: "For a delivery that holds an official fee: the number of the official receipt",
        example: "",
    },
    NOTE,
];

/// The order as it is now.
async fn shown(call: &Call, number: &str) -> Result<Order, Problem> {
    let viewer = call.viewer()?;
    let view = order::view(&call.state.app, &call.ctx::<FulfilContract>(), viewer, number).await?;
    Ok(view.into())
}

/// `GET /api/v1/orders`.
pub async fn list(call: Call) -> Result<Json<OrderList>, Problem> {
    let viewer = call.viewer()?;
    let listing = Listing {
        sold: call.query.text("side") == Some("sold"),
        state: call.query.text("state").and_then(State::parse),
        after: call.query.text("cursor"),
    };
    let listed = order::list(&call.state.app, &call.ctx::<FulfilContract>(), viewer, &listing).await?;
    Ok(Json(listed.into()))
}

/// `POST /api/v1/orders`. The same key again gives the order it made before.
pub async fn place(call: Call, body: Body) -> Result<Response, Problem> {
    let fields = call.body(body)?;
    let (Some(service), Some(sku), Some(request_key)) =
        (fields.id("service"), fields.count("sku"), call.headers.id(KEY))
    else {
        return Err(Objection::Invalid.into());
    };
    let (viewer, ctx) = (call.viewer()?, call.ctx::<FulfilContract>());
    let placing = Placing {
        service,
        sku,
        request_key,
        note: fields.text("note").unwrap_or_default(),
        // A token acts for one, from its making to its end.
        acting: viewer.acting.as_ref().map(|acting| acting.organisation),
        approval: fields.id("approval"),
    };
    let catalogue = call.state.catalogue.now();
    let number = order::place(&call.state.app, &ctx, viewer, &catalogue, placing).await?;
    let order = shown(&call, &number).await?;
    Ok(made(&format!("/api/v1/orders/{number}"), order))
}

/// `GET /api/v1/orders/{number}`.
pub async fn one(call: Call, number: Part) -> Result<Json<Order>, Problem> {
    Ok(Json(shown(&call, &number.0).await?))
}

/// `POST /api/v1/orders/{number}/events`. The version makes it safe to send again: a step that was
/// taken is not taken twice.
pub async fn act(call: Call, number: Part, body: Body) -> Result<Json<Order>, Problem> {
    let number = number.0.as_str();
    let fields = call.body(body)?;
    let event = fields.text("event").and_then(Event::parse);
    let (Some(version), Some(event)) = (fields.whole("version"), event) else {
        return Err(Objection::Invalid.into());
    };
    let act = Act {
        number,
        version,
        event,
        items: fields.places("items"),
        note: fields.text("note").unwrap_or_default(),
        milestone: fields.whole("milestone"),
        amount: fields.whole("amount"),
        receipt: fields.text("receipt").unwrap_or_default(),
        share: &[],
    };
    let (viewer, ctx) = (call.viewer()?, call.ctx::<FulfilContract>());
    let catalogue = call.state.catalogue.now();
    order::act(&call.state.app, &ctx, viewer, &catalogue, &act).await?;
    Ok(Json(shown(&call, number).await?))
}
