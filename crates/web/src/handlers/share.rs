//! What is given to others: contact details of an order, the record of disclosures, what recipients
//! are asked, and the public list of recipients.

use app::account::book;
use app::disclosure::{self, Line, RecipientKind, Registered};
use app::market::share::{self, ShareView, TypedField};
use app::{Failure, rights};
use axum::http::StatusCode;
use domain::Refused;
use domain::calendar::{BEIJING, day_text, instant_text};
use domain::market::share::Field;
use domain::rights::demand::{Kind, Typed};
use privacy::purpose::{FulfilContract, KeepAccount, ShowOwn};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::account::field_name;
use super::order::errors;
use crate::failure::{Answer, local};
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::share::{
    DemandRow, DemandsPage, DisclosureRow, DisclosuresPage, GivenRow, RecipientRow, RecipientsPage,
    ShareField, SharePage, TypedAnswer,
};
use crate::request::{Asked, Named, Posted, Visit};

const fn autocomplete(field: Field) -> &'static str {
    match field {
        Field::ContactName => "name",
        Field::Phone => "tel",
        Field::Email => "email",
        Field::Address => "street-address",
    }
}

/// The fields of a form, with what was typed and what is wrong with it.
pub(super) fn fields(
    lang: Lang,
    typed: &[TypedField],
    prefix: &str,
    errors: &[FieldError],
) -> Vec<ShareField> {
    let zh = lang == Lang::Zh;
    let field = |field: &Field| {
        let known = typed.iter().find(|typed| typed.field == *field);
        let id = field.as_str();
        let problem = FieldError::find(errors, &format!("{prefix}-{id}"));
        ShareField {
            id,
            label: field.label(zh),
            why: field.why(zh),
            autocomplete: autocomplete(*field),
            ticked: known.is_some_and(|typed| typed.ticked),
            value: known.map(|typed| typed.value.clone()).unwrap_or_default(),
            problem: problem.unwrap_or_default().to_owned(),
        }
    };
    Field::ALL.iter().map(field).collect()
}

/// What a form says of one field: its tick or its text; `false` if the name is none of them.
pub(super) fn read(typed: &mut Vec<TypedField>, name: &str, value: &str) -> bool {
    let (field, ticked) = match name {
        "share" => (Field::parse(value), true),
        _ => (Field::parse(name), false),
    };
    let Some(field) = field else {
        return false;
    };
    let place = typed.iter().position(|known| known.field == field);
    let place = place.unwrap_or_else(|| {
        typed.push(TypedField {
            field,
            ticked: false,
            value: String::new(),
        });
        typed.len() - 1
    });
    if ticked {
        typed[place].ticked = true;
    } else {
        value.clone_into(&mut typed[place].value);
    }
    true
}

pub(super) fn supplier_name(visit: &Visit, id: Uuid) -> String {
    let catalogue = visit.state.catalogue.now();
    let known = catalogue.supplier(id);
    known.map_or_else(
        || visit.lang.t("服务商", "Provider").to_owned(),
        |supplier| visit.lang.pick(&supplier.zh, &supplier.en).to_owned(),
    )
}

/// What a form may be filled in from: the viewer's own entries, and the places of the organisation they
/// act for.
async fn from_books(visit: &Visit) -> Result<Vec<Filling>, Answer> {
    let viewer = visit.viewer()?;
    let zh = visit.lang == Lang::Zh;
    let failed = |failure: Failure| Answer::failure(visit, &failure);
    let app = &visit.state.app;
    let entries = book::entries(app, &visit.ctx::<ShowOwn>(), viewer).await;
    let places = app::org::own_places(app, &visit.ctx::<KeepAccount>(), viewer).await;
    let own = entries.map_err(failed)?.into_iter().map(|entry| {
        let first = entry
            .fields
            .first()
            .map(|(_, value)| value.chars().take(24).collect::<String>());
        Filling {
            id: entry.id.to_string(),
            name: format!("{} · {}", entry.kind.label(zh), first.unwrap_or_default()),
            fields: entry.fields,
        }
    });
    let places = places.map_err(failed)?.into_iter().map(|kept| {
        let place = kept.value;
        let mut fields = vec![
            (Field::ContactName, place.desk.label(zh).to_owned()),
            (Field::Address, place.address),
        ];
        fields.extend(place.phone.map(|phone| (Field::Phone, phone)));
        Filling {
            id: kept.id.to_string(),
            name: format!("{} · {}", visit.lang.t("企业地址", "Place"), place.label),
            fields,
        }
    });
    Ok(own.chain(places).collect())
}

/// One of them.
struct Filling {
    id: String,
    name: String,
    fields: Vec<(Field, String)>,
}

/// What the form begins with.
enum Begin<'a> {
    /// What was typed and refused.
    Typed(&'a [TypedField]),
    /// One of an address book; nothing, if it is none of the viewer's.
    From(&'a str),
}

async fn contact_page(
    visit: &Visit,
    number: &str,
    begin: Begin<'_>,
    mut errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let ctx = visit.ctx::<FulfilContract>();
    let view: ShareView = share::shared(&visit.state.app, &ctx, viewer, number)
        .await
        .map_err(|failure| Answer::failure(visit, &failure))?;
    let lang = visit.lang;
    let fillings = if view.open {
        from_books(visit).await?
    } else {
        Vec::new()
    };
    let (chosen, typed) = match begin {
        Begin::Typed(typed) => ("", typed.to_vec()),
        Begin::From(id) => {
            let filling = fillings.iter().find(|filling| filling.id == id);
            // Nothing is ticked: that is the buyer's own word.
            let typed = |(field, value): &(Field, String)| TypedField {
                field: *field,
                ticked: false,
                value: value.clone(),
            };
            let fields = filling.map(|filling| filling.fields.iter().map(typed).collect());
            (id, fields.unwrap_or_default())
        }
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    if !view.open {
        // There is no form any more that could be led to.
        for error in &mut errors {
            error.field = "h-given".into();
        }
    }
    let given = view.given.into_iter().map(|given| GivenRow {
        id: given.field.as_str(),
        label: given.field.label(lang == Lang::Zh),
        value: given.value,
        since: Moment::of(lang, given.since),
        until: given.until.map(|until| Moment::of(lang, until)),
    });
    let page = SharePage {
        f: visit.frame(lang.t("订单联系方式", "Contact details of an order")),
        no: view.number,
        supplier: supplier_name(visit, view.supplier),
        as_supplier: view.as_supplier,
        by_colleague: view.by_colleague,
        given: given.collect(),
        fields: if view.open {
            fields(lang, &typed, "share", &errors)
        } else {
            Vec::new()
        },
        book: fillings
            .into_iter()
            .map(|filling| {
                let now = filling.id == chosen;
                (filling.id, filling.name, now)
            })
            .collect(),
        errors,
    };
    Ok(Answer::page(visit, status, &page))
}

/// `GET /dingdan/{number}/lianxi`: the buyer manages, the supplier sees; each opening is recorded.
pub async fn contact(
    visit: Visit,
    Named(number): Named<String>,
    Asked(query): Asked<FromBook>,
) -> Result<Answer, Answer> {
    contact_page(&visit, &number, Begin::From(&query.dizhi), Vec::new()).await
}

/// What the form is filled in from.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct FromBook {
    dizhi: String,
}

/// `POST /dingdan/{number}/lianxi`.
pub async fn give(
    visit: Visit,
    Named(number): Named<String>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Answer, Answer> {
    let (mut csrf, mut typed) = (String::new(), Vec::new());
    for (name, value) in pairs {
        if name == "csrf" {
            csrf = value;
        } else if !read(&mut typed, &name, &value) {
            return Err(Answer::failure(&visit, &Failure::from(Refused::FormStale)));
        }
    }
    visit.own_form(&csrf)?;
    let back = format!("/dingdan/{number}/lianxi");
    let viewer = visit.viewer_for(&back)?;
    match share::share(&visit.state.app, &visit.ctx(), viewer, &number, &typed).await {
        Ok(()) => Ok(Answer::to(&back)),
        Err(Failure::Refused(refusals)) => {
            let errors = errors(visit.lang, &refusals, |field| format!("share-{field}"));
            contact_page(&visit, &number, Begin::Typed(&typed), errors).await
        }
        Err(failure) => Err(Answer::failure(&visit, &failure)),
    }
}

/// A button, and where it leads back to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Back {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    next: String,
}

/// `POST /dingdan/{number}/lianxi/{field}/chehui`.
pub async fn take_back(
    visit: Visit,
    Named((number, field)): Named<(String, String)>,
    Posted(form): Posted<Back>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let back = format!("/dingdan/{number}/lianxi");
    let viewer = visit.viewer_for(&back)?;
    let field = Field::parse(&field).ok_or_else(|| Answer::not_found(&visit))?;
    share::take_back(&visit.state.app, &visit.ctx(), viewer, &number, field)
        .await
        .map_err(|failure| Answer::failure(&visit, &failure))?;
    let next = if form.next.is_empty() {
        &*back
    } else {
        local(&form.next)
    };
    Ok(Answer::to(next))
}

/// The names of fields, as a line of words.
fn field_names(lang: Lang, fields: &str) -> String {
    let names: Vec<&str> = fields.split(',').map(|field| field_name(lang, field)).collect();
    names.join(lang.t("、", ", "))
}

fn recipient_name(visit: &Visit, kind: &str, id: Option<Uuid>, processor: Option<&str>) -> String {
    let lang = visit.lang;
    match (kind, id) {
        ("supplier", Some(id)) => supplier_name(visit, id),
        ("buyer", _) => lang.t("订单的买方", "The buyer of an order").to_owned(),
        ("buyer_organisation", _) => lang
            .t(
                "采购该订单的企业的成员",
                "The members of the enterprise that buys",
            )
            .to_owned(),
        ("organisation", _) => lang
            .t("您所在企业的其他成员", "The other members of your organisation")
            .to_owned(),
        _ => {
            let known = processor.and_then(disclosure::recipient);
            known.map_or_else(String::new, |known| lang.pick(&known.zh, &known.en).to_owned())
        }
    }
}

fn ground_name(lang: Lang, ground: &str) -> &'static str {
    match ground {
        "purchase" => lang.t(
            "履行订单，由您填写或选择",
            "for your order; you wrote or chose it",
        ),
        "consent" => lang.t("您的单独同意", "your separate consent"),
        "membership" => lang.t("您加入了企业", "you joined the organisation"),
        "guardian" => lang.t("依法征求监护人同意", "asking a guardian, as the law wants"),
        "protection" => lang.t("保护未成年人", "protecting a minor"),
        _ => lang.t("受平台委托处理", "entrusted by the platform"),
    }
}

fn line(visit: &Visit, line: Line, now: OffsetDateTime) -> DisclosureRow {
    let lang = visit.lang;
    let moment = |at| Moment::of(lang, at);
    let day = |at| instant_text(at, lang == Lang::Zh);
    let share = line.fields.strip_prefix("order_share.").and_then(Field::parse);
    let stands = line.stands(now);
    let state = match (line.withdrawn_at, line.until) {
        (Some(at), _) => format!("{}{}", lang.t("已撤回：", "taken back "), day(at)),
        (None, Some(until)) if stands => format!("{}{}", lang.t("有效至 ", "until "), day(until)),
        (None, Some(until)) => format!("{}{}", lang.t("已到期：", "ended "), day(until)),
        (None, None) if share.is_some() => lang
            .t("有效，订单结束 30 天后止", "until 30 days after the order")
            .to_owned(),
        (None, None) => lang
            .t("随订单记录保存", "as long as the order's record")
            .to_owned(),
    };
    DisclosureRow {
        id: line.id.to_string(),
        recipient: recipient_name(
            visit,
            &line.recipient_kind,
            line.recipient,
            line.processor.as_deref(),
        ),
        fields: field_names(lang, &line.fields),
        ground: ground_name(lang, &line.ground),
        clause: line.clause,
        first: moment(line.first_at),
        last: (line.times > 1).then(|| moment(line.last_at)),
        times: line.times,
        state,
        order: line.number,
        receipt: line.logged,
        withdraw: share.filter(|_| stands).map_or("", Field::as_str),
    }
}

fn reason_name(lang: Lang, reason: &str) -> &'static str {
    match reason {
        "withdrawn" => lang.t("本人撤回", "taken back by the person"),
        "corrected" => lang.t("本人更正", "corrected by the person"),
        "restored" => lang.t(
            "平台恢复了较早的备份，原先的提供不再有效",
            "an older backup was put back; what was given before no longer holds",
        ),
        _ => lang.t("本人注销，信息已删除", "the person left and was erased"),
    }
}

fn kept_until(lang: Lang, demand: &rights::Demand) -> String {
    let day = |until: OffsetDateTime| day_text(until.to_offset(BEIJING).date(), lang == Lang::Zh);
    demand.kept_until.map(day).unwrap_or_default()
}

fn answer_name(lang: Lang, demand: &rights::Demand) -> String {
    match demand.answer.as_deref() {
        None => String::new(),
        Some("erased") => lang
            .t(
                "对方已注销，其账号已删除",
                "they left too; their account is erased",
            )
            .to_owned(),
        Some("by_contract") => {
            let day = kept_until(lang, demand);
            // The month may have been over when it was asked.
            let over = demand.kept_until.is_some_and(|until| until <= demand.asked_at);
            match (lang, over) {
                (Lang::Zh, true) => format!("已按委托合同于 {day}前删除"),
                (Lang::Zh, false) => format!("按委托合同最迟于 {day}删除"),
                (Lang::En, true) => format!("had deleted it by its contract by {day}"),
                (Lang::En, false) => format!("deletes it by its contract by {day}"),
            }
        }
        Some("superseded") => lang.t("已改为要求删除", "asked to delete instead").to_owned(),
        Some("done") if demand.kind == Kind::Correction => lang.t("已更正", "corrected").to_owned(),
        Some("done") => lang.t("已删除", "deleted").to_owned(),
        Some("legal_retention") => {
            let kept = lang.t("依法保留至 ", "kept by law until ").to_owned() + &kept_until(lang, demand);
            with_words(&kept, demand.article.as_deref())
        }
        Some(_) => with_words(
            lang.t("另有独立授权", "authorised apart"),
            demand.reference.as_deref(),
        ),
    }
}

/// An answer with the paper it rests on, where that is said.
fn with_words(answer: &str, words: Option<&str>) -> String {
    words.map_or_else(|| answer.to_owned(), |words| format!("{answer} · {words}"))
}

/// A demand as people read it.
pub(super) fn demand_row(visit: &Visit, demand: rights::Demand) -> DemandRow {
    let lang = visit.lang;
    let now = visit.state.app.clock.now();
    DemandRow {
        recipient: recipient_name(
            visit,
            &demand.recipient_kind,
            demand.recipient,
            demand.processor.as_deref(),
        ),
        what: field_names(lang, &demand.fields),
        reason: reason_name(lang, &demand.reason),
        asked: Moment::of(lang, demand.asked_at),
        due: Moment::of(lang, demand.due_at),
        answer: answer_name(lang, &demand),
        overdue: demand.answer.is_none() && demand.due_at <= now,
        exceptions: demand.kind == Kind::Deletion,
        id: demand.id.to_string(),
        order: demand.number,
    }
}

/// `GET /zhanghao/gongxiang`.
pub async fn disclosures(visit: Visit) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let ledger = disclosure::ledger(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    let ledger = ledger.map_err(|failure| Answer::failure(&visit, &failure))?;
    let now = visit.state.app.clock.now();
    let page = DisclosuresPage {
        f: visit.frame(visit.lang.t("信息共享记录", "Who received your data")),
        rows: ledger
            .lines
            .into_iter()
            .map(|known| line(&visit, known, now))
            .collect(),
        demands: ledger
            .demands
            .into_iter()
            .map(|demand| demand_row(&visit, demand))
            .collect(),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

async fn demands_page(
    visit: &Visit,
    refused: String,
    typed: TypedAnswer,
    mut errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let ctx = visit.ctx::<FulfilContract>();
    let demands = rights::demands(&visit.state.app, &ctx, viewer).await;
    let demands = demands.map_err(|failure| Answer::failure(visit, &failure))?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let open = |demand: &rights::Demand| demand.answer.is_none() && demand.id.to_string() == refused;
    if !demands.iter().any(open) {
        // Answered meanwhile: there is no form any more that could be led to.
        for error in &mut errors {
            error.field = format!("d-{refused}").into();
        }
    }
    let page = DemandsPage {
        f: visit.frame(visit.lang.t("个人信息请求", "Requests about personal data")),
        errors,
        refused,
        typed,
        demands: demands
            .into_iter()
            .map(|demand| demand_row(visit, demand))
            .collect(),
    };
    Ok(Answer::page(visit, status, &page))
}

/// `GET /zhanghao/qingqiu`.
pub async fn demands(visit: Visit) -> Result<Answer, Answer> {
    demands_page(&visit, String::new(), TypedAnswer::default(), Vec::new()).await
}

/// An answer to a demand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct AnswerForm {
    pub(super) csrf: String,
    pub(super) answer: String,
    pub(super) article: String,
    pub(super) until: String,
    pub(super) reference: String,
}

/// `POST /zhanghao/qingqiu/{demand}`.
pub async fn answer(
    visit: Visit,
    Named(demand): Named<Uuid>,
    Posted(form): Posted<AnswerForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let back = "/zhanghao/qingqiu";
    let viewer = visit.viewer_for(back)?;
    let typed = Typed {
        code: &form.answer,
        article: &form.article,
        until: &form.until,
        reference: &form.reference,
    };
    match rights::answer_demand(&visit.state.app, &visit.ctx(), viewer, demand, typed).await {
        Ok(()) => Ok(Answer::to(back)),
        Err(Failure::Refused(refusals)) => {
            let errors = errors(visit.lang, &refusals, |field| format!("{demand}-{field}"));
            let typed = TypedAnswer {
                code: form.answer,
                article: form.article,
                until: form.until,
                reference: form.reference,
            };
            demands_page(&visit, demand.to_string(), typed, errors).await
        }
        Err(failure) => Err(Answer::failure(&visit, &failure)),
    }
}

/// `GET /zhengce/jieshoufang`: made from the registers that the program obeys.
pub async fn recipients(visit: Visit) -> Answer {
    let lang = visit.lang;
    let row = |(known, given): &(&'static Registered, Vec<String>)| {
        let mut names: Vec<&str> = given.iter().map(|field| field_name(lang, field)).collect();
        names.dedup();
        RecipientRow {
            name: lang.pick(&known.zh, &known.en),
            kind: match known.kind {
                RecipientKind::Counterparty => lang.t("交易对方", "the other side"),
                RecipientKind::Organisation => lang.t("您加入的企业", "an organisation you joined"),
                RecipientKind::Processor => lang.t("受托处理者", "processor"),
            },
            task: lang.pick(&known.task_zh, &known.task_en),
            fields: names.join(lang.t("、", ", ")),
            way: lang.pick(&known.way_zh, &known.way_en),
            keeps: match known.keeps_days {
                0 if known.kind == RecipientKind::Organisation => lang
                    .t("您离开企业时止", "until you leave the organisation")
                    .to_owned(),
                0 => lang
                    .t(
                        "联系方式至订单结束后 30 天，订单留言随交易记录",
                        "contact details until 30 days after the order, notes with its record",
                    )
                    .to_owned(),
                days => format!("{days}{}", lang.t(" 天", " days")),
            },
            clause: &known.clause,
        }
    };
    let page = RecipientsPage {
        f: visit.frame(lang.t("第三方信息共享清单", "Who may receive personal data")),
        rows: disclosure::recipients().iter().map(row).collect(),
    };
    Answer::page(&visit, StatusCode::OK, &page)
}
