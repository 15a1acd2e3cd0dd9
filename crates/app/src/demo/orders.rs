//! The demonstration's orders: placed and moved by the use cases themselves, at instants of the
//! last weeks, so that every state has an example and every figure adds up.

use domain::market::order::{Event, Side};
use domain::market::share::Field;
use privacy::purpose::{FulfilContract, Operate, Purpose};
use privacy::{Actor, Ctx};
use storage::market::{notice, order as store};
use time::Duration;
use uuid::Uuid;

use super::id;
use super::roster::PEOPLE;
use crate::account::Viewer;
use crate::market::catalogue::Catalogue;
use crate::market::order::{self, Act, Placing};
use crate::market::share::TypedField;
use crate::{App, Failure};

/// Who takes a step.
#[derive(Clone, Copy)]
enum By {
    /// The buyer.
    Buyer,
    /// The supplier's owner.
    Owner,
    /// Nobody: the time came.
    Clock,
}
use By::{Buyer, Clock, Owner};

/// One order: buyer, service, how many hours ago it was placed, the note, and what followed after
/// how many hours each.
struct Scene {
    buyer: &'static str,
    service: &'static str,
    hours_ago: i64,
    note: &'static str,
    steps: &'static [(i64, By, Event, &'static str)],
}

const fn scene(
    buyer: &'static str,
    service: &'static str,
    hours_ago: i64,
    note: &'static str,
    steps: &'static [(i64, By, Event, &'static str)],
) -> Scene {
    Scene {
        buyer,
        service,
        hours_ago,
        note,
        steps,
    }
}

const LIN: &str = "林知远";
const HE: &str = "何小满";
const JIANG: &str = "江晚舟";
/// The scene whose supplier was suspended since.
const OF_SUSPENDED: usize = 23;

const CONFIRM: (i64, By, Event, &str) = (2, Owner, Event::SupplierConfirm, "");
const SIGN: (i64, By, Event, &str) = (3, Buyer, Event::Sign, "");
const FUND: (i64, By, Event, &str) = (4, Buyer, Event::Fund, "");
const DELIVER: (i64, By, Event, &str) = (48, Owner, Event::Deliver, "材料已上传，请查收。");
/// The fictional number of an official receipt.
const RECEIPT: &str = "YS-2026-000365";
const ACCEPT: (i64, By, Event, &str) = (60, Buyer, Event::Accept, "");
const RELEASE: (i64, By, Event, &str) = (61, Clock, Event::Release, "");

const SCENES: &[Scene] = &[
    scene(LIN, "s01", 3, "公司名称想用“星渚”二字，请先查名。", &[]),
    scene(HE, "s18", 5, "", &[]),
    scene(LIN, "s09", 20, "", &[CONFIRM]),
    scene(LIN, "s39", 30, "", &[CONFIRM, SIGN]),
    scene(HE, "s42", 26, "", &[CONFIRM, SIGN]),
    scene(LIN, "s27", 100, "参考现有宣传册的配色。", &[CONFIRM, SIGN, FUND]),
    scene(LIN, "s28", 200, "", &[CONFIRM, SIGN, FUND]),
    scene(HE, "s30", 90, "", &[CONFIRM, SIGN, FUND]),
    scene(LIN, "s04", 96, "", &[CONFIRM, SIGN, FUND, DELIVER]),
    scene(LIN, "s40", 110, "", &[CONFIRM, SIGN, FUND, DELIVER]),
    scene(
        LIN,
        "s22",
        130,
        "",
        &[
            CONFIRM,
            SIGN,
            FUND,
            DELIVER,
            (60, Buyer, Event::Reject, "说明书缺少版本号，请补充。"),
        ],
    ),
    scene(
        HE,
        "s43",
        260,
        "",
        &[
            CONFIRM,
            SIGN,
            FUND,
            DELIVER,
            (60, Buyer, Event::Reject, "辅助图形与行业不符。"),
            (90, Owner, Event::Deliver, "已调整。"),
            (100, Buyer, Event::Reject, "字体授权书未附。"),
            (130, Owner, Event::Deliver, "已附授权书。"),
            (150, Buyer, Event::Reject, "名片样张尺寸不对。"),
        ],
    ),
    scene(
        LIN,
        "s11",
        280,
        "",
        &[
            CONFIRM,
            SIGN,
            FUND,
            DELIVER,
            (48 + 24 * 7, Clock, Event::AutoAccept, ""),
        ],
    ),
    scene(
        LIN,
        "s06",
        220,
        "",
        &[CONFIRM, SIGN, FUND, DELIVER, ACCEPT, RELEASE],
    ),
    scene(
        HE,
        "s14",
        300,
        "",
        &[CONFIRM, SIGN, FUND, DELIVER, ACCEPT, RELEASE],
    ),
    scene(
        LIN,
        "s07",
        1_000,
        "",
        &[
            CONFIRM,
            SIGN,
            FUND,
            DELIVER,
            ACCEPT,
            RELEASE,
            (61 + 24 * 30, Clock, Event::Close, ""),
        ],
    ),
    scene(
        HE,
        "s03",
        70,
        "",
        &[(1, Buyer, Event::Cancel, "选错了服务，重新下单。")],
    ),
    scene(
        LIN,
        "s10",
        400,
        "",
        &[CONFIRM, SIGN, (3 + 24 * 7, Clock, Event::FundsLapsed, "")],
    ),
    scene(
        LIN,
        "s23",
        150,
        "",
        &[
            CONFIRM,
            SIGN,
            FUND,
            (100, Buyer, Event::RequestRefund, "项目取消，作品不再登记。"),
        ],
    ),
    scene(
        HE,
        "s41",
        240,
        "",
        &[
            CONFIRM,
            SIGN,
            FUND,
            (50, Buyer, Event::RequestRefund, "对方已付款，不再需要律师函。"),
            (70, Owner, Event::AgreeRefund, "同意，尚未寄出。"),
        ],
    ),
    // Three milestones, the second under way.
    scene(
        LIN,
        "s24",
        500,
        "",
        &[
            CONFIRM,
            SIGN,
            FUND,
            (200, Owner, Event::Deliver, "差距评估报告已提交。"),
            (220, Buyer, Event::Accept, ""),
            (221, Clock, Event::Release, ""),
            (230, Buyer, Event::Fund, ""),
        ],
    ),
    // A partial refund: one offered and one agreed.
    scene(
        HE,
        "s29",
        150,
        "",
        &[
            CONFIRM,
            SIGN,
            FUND,
            (100, Buyer, Event::RequestRefund, "改用成品系统，不再定制。"),
            (
                120,
                Owner,
                Event::OfferPartial,
                "需求调研已完成，退还未开展部分。",
            ),
        ],
    ),
    scene(
        LIN,
        "s25",
        360,
        "",
        &[
            CONFIRM,
            SIGN,
            FUND,
            (150, Buyer, Event::RequestRefund, "今年条件不够，先不申报。"),
            (
                170,
                Owner,
                Event::OfferPartial,
                "评估与材料清单已完成，其余退还。",
            ),
            (180, Buyer, Event::AcceptPartial, ""),
        ],
    ),
    // Placed before the supplier was suspended; open orders go on.
    scene(HE, "s45", 500, "", &[CONFIRM, SIGN, FUND]),
    scene(HE, "s06", 60, "", &[CONFIRM, SIGN, FUND]),
    // Its buyer wants to close the account, and waits for it.
    scene(
        JIANG,
        "s01",
        1_600,
        "",
        &[
            CONFIRM,
            SIGN,
            FUND,
            DELIVER,
            ACCEPT,
            RELEASE,
            (61 + 24 * 30, Clock, Event::Close, ""),
        ],
    ),
];

/// How many there are.
pub(super) const COUNT: usize = SCENES.len();

/// A context `hours_ago` hours back.
fn ctx<P: Purpose>(app: &App, base: &Ctx<Operate>, actor: Actor, hours_ago: i64) -> Ctx<P> {
    let now = base.now() - Duration::hours(hours_ago);
    Ctx::new(actor, base.policy_version(), app.entropy.id(), now)
}

fn person(viewer: &Viewer) -> Actor {
    Actor::Person {
        account: viewer.account,
        subject: viewer.subject,
    }
}

/// Places and moves the orders that are not there yet.
pub(super) async fn seed(
    app: &App,
    base: &Ctx<Operate>,
    catalogue: &Catalogue,
    people: &[Viewer],
    mut done: impl FnMut(),
) -> Result<(), Failure> {
    let named = |name: &str| {
        let place = PEOPLE.iter().position(|person| person.name == name);
        place.and_then(|place| people.get(place)).ok_or(Failure::NotFound)
    };
    for (number, scene) in SCENES.iter().enumerate() {
        let buyer = named(scene.buyer)?;
        let service = catalogue
            .service(id("service", scene.service))
            .ok_or(Failure::NotFound)?;
        let owner = PEOPLE
            .iter()
            .position(|person| {
                person.works.is_some_and(|(supplier, role)| {
                    role == "owner" && id("supplier", supplier) == service.supplier
                })
            })
            .and_then(|place| people.get(place))
            .ok_or(Failure::NotFound)?;
        let key = id("order", &number.to_string());
        play(app, base, catalogue, scene, (buyer, owner), (service.id, key)).await?;
        done();
    }
    Ok(())
}

/// Whether the order of the supplier that was suspended since was placed.
pub(super) async fn placed(app: &App, base: &Ctx<Operate>, people: &[Viewer]) -> Result<bool, Failure> {
    let place = PEOPLE.iter().position(|person| person.name == HE);
    let buyer = place
        .and_then(|place| people.get(place))
        .ok_or(Failure::NotFound)?;
    let key = id("order", &OF_SUSPENDED.to_string());
    let known = earlier(app, base, buyer.account, key).await?;
    Ok(known.is_some_and(|(_, version)| version > 3))
}

/// The order of this scene, if it was placed before, with how far it is.
async fn earlier(
    app: &App,
    base: &Ctx<Operate>,
    buyer: Uuid,
    key: Uuid,
) -> Result<Option<(String, i64)>, Failure> {
    let mut tx = app.store.begin(base).await?;
    let row = store::by_key(&mut tx, buyer, key).await?;
    Ok(row.map(|row| (row.number, row.order.version)))
}

async fn play(
    app: &App,
    base: &Ctx<Operate>,
    catalogue: &Catalogue,
    scene: &Scene,
    (buyer, owner): (&Viewer, &Viewer),
    (service, request_key): (Uuid, Uuid),
) -> Result<(), Failure> {
    let known = earlier(app, base, buyer.account, request_key).await?;
    let placing = Placing {
        service,
        sku: 0,
        request_key,
        note: scene.note,
        acting: buyer.acting.as_ref().map(|acting| acting.organisation),
        approval: None,
    };
    let (order, reached) = if let Some(known) = known {
        known
    } else {
        let placed = ctx::<FulfilContract>(app, base, person(buyer), scene.hours_ago);
        (order::place(app, &placed, buyer, catalogue, placing).await?, 1)
    };
    // A seeding that was cut off goes on where it stopped.
    for (version, (after, by, event, note)) in (1_i64..).zip(scene.steps) {
        if version < reached {
            continue;
        }
        let hours_ago = scene.hours_ago - after;
        let viewer = match by {
            Buyer => buyer,
            Owner => owner,
            Clock => {
                let due = ctx::<Operate>(app, base, base.actor(), hours_ago);
                if *event == Event::AutoAccept {
                    let before = ctx::<Operate>(app, base, base.actor(), hours_ago + 25);
                    announce(app, &before, &order, version).await?;
                }
                order::take_due(app, &due, &order).await?;
                continue;
            }
        };
        let step = ctx::<FulfilContract>(app, base, person(viewer), hours_ago);
        let (at_hand, items, fee, price) = milestone(app, base, &order).await?;
        let shared = shared();
        let act = Act {
            number: &order,
            version,
            event: *event,
            items: match event {
                Event::Deliver => (0..items).collect(),
                Event::Reject => vec![0],
                _ => Vec::new(),
            },
            note,
            milestone: at_hand,
            // Three fifths of it, in whole yuan.
            amount: (*event == Event::OfferPartial).then_some(price * 3 / 5 / 100 * 100),
            receipt: if *event == Event::Deliver && fee > 0 {
                RECEIPT
            } else {
                ""
            },
            share: if *event == Event::Fund { &shared } else { &[] },
        };
        order::act(app, &step, viewer, catalogue, &act).await?;
    }
    Ok(())
}

/// The milestone at hand: its number from 1, how many items judge it, its official fee and its price.
async fn milestone(
    app: &App,
    base: &Ctx<Operate>,
    number: &str,
) -> Result<(Option<i64>, usize, i64, i64), Failure> {
    let mut tx = app.store.begin(base).await?;
    let mut row = store::by_number(&mut tx, number)
        .await?
        .ok_or(Failure::NotFound)?;
    order::read(&mut row)?;
    let at_hand = row.order.at_hand();
    let place = at_hand.and_then(|index| i64::try_from(index + 1).ok());
    Ok(match at_hand.and_then(|index| row.order.milestones.get(index)) {
        Some(one) => (place, one.acceptance_items, one.official_fee, one.amount),
        None => (None, 0, 0, 0),
    })
}

/// The three notices without which silence accepts nothing.
async fn announce(app: &App, ctx: &Ctx<Operate>, number: &str, version: i64) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = store::by_number(&mut tx, number)
        .await?
        .ok_or(Failure::NotFound)?;
    for nth in 1..=domain::market::notice::BEFORE_SILENCE {
        notice::record(&mut tx, row.id, version, Side::Buyer, nth).await?;
    }
    Ok(tx.commit().await?)
}

/// What buyers of the demonstration give with their payment.
fn shared() -> [TypedField; 2] {
    let given = |field, value: &str| TypedField {
        field,
        ticked: true,
        value: value.to_owned(),
    };
    [
        given(Field::ContactName, "采购联系人（演示）"),
        given(Field::Phone, "100-0000-0001"),
    ]
}
