//! A person's own address book and titles for invoices.

use app::Failure;
use app::account::book::{self, Entry, List, OwnTitle};
use axum::http::StatusCode;
use domain::Refused;
use domain::account::book::{Kind, TitleKind, TypedTitle};
use domain::market::share::Field;
use privacy::purpose::{KeepAccount, ShowOwn};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{Token, errors_of, status_of};
use super::org::parsed;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::book::{BookForm, BookInput, BookList, BookRow, BooksPage, Crumb};
use crate::pages::frame::Lang;
use crate::request::{Named, Posted, Visit};

const BOOK: &str = "/zhanghao/dizhi";
const TITLES: &str = "/zhanghao/taitou";
/// The rest of the attributes of an input that is typed into a form for later.
pub(super) const PLAIN: &str = "type=\"text\" autocomplete=\"off\" maxlength=\"120\"";

fn titled(lang: Lang) -> &'static str {
    lang.t("地址簿与发票抬头", "Address book and invoice titles")
}

/// The way to a page below the list.
fn crumbs(lang: Lang, list: bool) -> Vec<Crumb> {
    let mut way = vec![(
        "/zhanghao".to_owned(),
        lang.t("我的账号", "My account").to_owned(),
    )];
    if list {
        way.push((BOOK.to_owned(), titled(lang).to_owned()));
    }
    way
}

/// The identifier in the address; without one, a new one is meant.
pub(super) fn which(visit: &Visit, id: &str) -> Result<Option<Uuid>, Answer> {
    if id == "xin" {
        Ok(None)
    } else {
        parsed(visit, id).map(Some)
    }
}

/// The refusals as field errors of a form; what is about none of its inputs stands above it.
pub(super) fn form_errors(
    visit: &Visit,
    failure: &Failure,
    inputs: &[&str],
    renamed: (&str, &'static str),
) -> Result<Vec<FieldError>, Answer> {
    let mut errors = errors_of(visit, failure)?;
    for error in &mut errors {
        if error.field == renamed.0 {
            error.field = renamed.1.into();
        }
        if !inputs.contains(&&*error.field) {
            error.field = "top".into();
        }
    }
    Ok(errors)
}

fn entry_row(lang: Lang, entry: Entry) -> BookRow {
    let zh = lang == Lang::Zh;
    let name = entry
        .fields
        .iter()
        .find(|(field, _)| *field == Field::ContactName);
    let name = name.or(entry.fields.first());
    let name = name.map(|(_, value)| value.clone()).unwrap_or_default();
    let lines = entry.fields.into_iter().filter(|(_, value)| *value != name);
    BookRow {
        id: entry.id.to_string(),
        tag: entry.kind.label(zh),
        preferred: entry.preferred,
        lines: lines.map(|(field, value)| (field.label(zh), value)).collect(),
        name,
    }
}

fn title_row(lang: Lang, own: OwnTitle) -> BookRow {
    let title = own.title;
    let lines = [
        (lang.t("税号", "Tax number"), title.tax_number),
        (lang.t("收票邮箱", "Invoices go to"), title.email),
    ];
    BookRow {
        id: own.id.to_string(),
        name: title.name,
        tag: title.kind.label(lang == Lang::Zh),
        preferred: own.preferred,
        lines: lines
            .into_iter()
            .filter_map(|(label, value)| Some((label, value?)))
            .collect(),
    }
}

/// `GET /zhanghao/dizhi`.
pub async fn list(visit: Visit) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let lang = visit.lang;
    let (app, ctx) = (&visit.state.app, visit.ctx::<ShowOwn>());
    let failed = |failure: Failure| Answer::failure(&visit, &failure);
    let entries = book::entries(app, &ctx, viewer).await.map_err(failed)?;
    let titles = book::titles(app, &ctx, viewer).await.map_err(failed)?;
    let page = BooksPage {
        f: visit.frame(titled(lang)),
        crumbs: crumbs(lang, false),
        name: titled(lang).to_owned(),
        about: lang.t(
            "存好常用的内容，填表时直接带出。放在这里不会提供给任何人；给服务商的，仍由您在订单里逐项勾选。",
            "Keep here what you use often, and forms take it from here. Nothing is given to anybody by being here; what a provider gets you tick in the order, field by field.",
        ),
        lists: vec![
            BookList {
                id: "dizhi",
                name: lang.t("地址簿", "Address book"),
                about: lang.t(
                    "最多 20 条。谁能看到：只有您本人。修改或删除不影响已经提供给服务商的内容，那些请在订单的“联系方式”里更正或撤回。",
                    "20 at most. Who can see this: only you. Changing or deleting one does not touch what a provider got already; correct or take that back in the order, under “contact details”.",
                ),
                base: BOOK.to_owned(),
                empty: lang.t("还没有地址。", "No entries yet."),
                rows: entries.into_iter().map(|entry| entry_row(lang, entry)).collect(),
            },
            BookList {
                id: "taitou",
                name: lang.t("发票抬头", "Invoice titles"),
                about: lang.t(
                    "最多 10 条。谁能看到：只有您本人。企业的抬头也可以由企业的财务或管理员放在企业页面，供同事使用。",
                    "10 at most. Who can see this: only you. An enterprise's titles can also be kept on its own page by finance or administrators, for all who buy for it.",
                ),
                base: TITLES.to_owned(),
                empty: lang.t("还没有抬头。", "No titles yet."),
                rows: titles.into_iter().map(|title| title_row(lang, title)).collect(),
            },
        ],
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// An entry as typed.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EntryForm {
    csrf: String,
    kind: String,
    contact_name: String,
    phone: String,
    email: String,
    address: String,
}

impl EntryForm {
    fn of(entry: &Entry) -> Self {
        let value = |of| {
            let field = entry.fields.iter().find(|(field, _)| *field == of);
            field.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        Self {
            csrf: String::new(),
            kind: entry.kind.as_str().to_owned(),
            contact_name: value(Field::ContactName),
            phone: value(Field::Phone),
            email: value(Field::Email),
            address: value(Field::Address),
        }
    }

    fn value(&self, of: Field) -> &str {
        match of {
            Field::ContactName => &self.contact_name,
            Field::Phone => &self.phone,
            Field::Email => &self.email,
            Field::Address => &self.address,
        }
    }
}

const fn completes(of: Field) -> &'static str {
    match of {
        Field::ContactName => "type=\"text\" autocomplete=\"name\" maxlength=\"120\"",
        Field::Phone => "type=\"tel\" autocomplete=\"tel\" maxlength=\"40\"",
        Field::Email => "type=\"email\" autocomplete=\"email\" maxlength=\"120\"",
        Field::Address => "type=\"text\" autocomplete=\"street-address\" maxlength=\"120\"",
    }
}

fn entry_form(visit: &Visit, id: &str, form: &EntryForm, errors: Vec<FieldError>) -> Answer {
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let mut inputs = vec![BookInput {
        id: "kind",
        label: lang.t("类型", "Kind"),
        hint: lang.t("方便您自己辨认。", "So that you recognise it."),
        seen: lang.sees("address_entry.kind"),
        attrs: "",
        value: form.kind.clone(),
        options: Kind::ALL
            .iter()
            .map(|kind| (kind.as_str(), kind.label(zh)))
            .collect(),
    }];
    for field in Field::ALL {
        inputs.push(BookInput {
            id: field.as_str(),
            label: field.label(zh),
            hint: match field {
                Field::Phone => lang.t(
                    "选填。手机号，或带区号的固定电话。",
                    "Optional. A mobile number, or a landline with its area code.",
                ),
                Field::Address => lang.t("选填。5–120 个字。", "Optional. 5 to 120 characters."),
                _ => lang.t("选填。", "Optional."),
            },
            seen: lang.sees(match field {
                Field::ContactName => "address_entry.contact_name",
                Field::Phone => "address_entry.phone",
                Field::Email => "address_entry.email",
                Field::Address => "address_entry.address",
            }),
            attrs: completes(field),
            value: form.value(field).to_owned(),
            options: Vec::new(),
        });
    }
    let name = if id == "xin" {
        lang.t("新的地址", "New entry")
    } else {
        lang.t("编辑地址", "Edit the entry")
    };
    let page = BookForm {
        f: visit.frame(name),
        errors,
        crumbs: crumbs(lang, true),
        name,
        about: lang.t(
            "只填用得到的，至少一项。",
            "Fill in what is of use, at least one field.",
        ),
        action: format!("{BOOK}/{id}"),
        back: BOOK.to_owned(),
        inputs,
    };
    Answer::page(visit, status_of(&page.errors), &page)
}

/// `GET /zhanghao/dizhi/xin`, `GET /zhanghao/dizhi/{id}`.
pub async fn entry(visit: Visit, Named(id): Named<String>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let Some(wanted) = which(&visit, &id)? else {
        return Ok(entry_form(&visit, &id, &EntryForm::default(), Vec::new()));
    };
    let entries = book::entries(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    let entries = entries.map_err(|failure| Answer::failure(&visit, &failure))?;
    let entry = entries.iter().find(|entry| entry.id == wanted);
    let entry = entry.ok_or_else(|| Answer::not_found(&visit))?;
    Ok(entry_form(&visit, &id, &EntryForm::of(entry), Vec::new()))
}

/// `POST /zhanghao/dizhi/xin`, `POST /zhanghao/dizhi/{id}`.
pub async fn put_entry(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<EntryForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(BOOK)?;
    let wanted = which(&visit, &id)?;
    let kind = Kind::parse(&form.kind).ok_or_else(|| stale(&visit))?;
    let typed: Vec<(Field, String)> = Field::ALL
        .iter()
        .map(|field| (*field, form.value(*field).to_owned()))
        .collect();
    let ctx = visit.ctx::<KeepAccount>();
    match book::put_entry(&visit.state.app, &ctx, viewer, wanted, (kind, &typed)).await {
        Ok(_) => Ok(Answer::to(BOOK)),
        Err(failure) => {
            let inputs = ["contact_name", "phone", "email", "address"];
            let errors = form_errors(&visit, &failure, &inputs, ("", ""))?;
            Ok(entry_form(&visit, &id, &form, errors))
        }
    }
}

/// A word that no form of ours has.
pub(super) fn stale(visit: &Visit) -> Answer {
    Answer::failure(visit, &Failure::from(Refused::FormStale))
}

/// A title as typed.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TitleForm {
    csrf: String,
    kind: String,
    title_name: String,
    credit_code: String,
    email: String,
}

fn title_form(visit: &Visit, id: &str, form: &TitleForm, errors: Vec<FieldError>) -> Answer {
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let input = |id, label, hint, seen, attrs, value: &str| BookInput {
        id,
        label,
        hint,
        seen: lang.sees(seen),
        attrs,
        value: value.to_owned(),
        options: Vec::new(),
    };
    let kind = BookInput {
        options: TitleKind::ALL
            .iter()
            .map(|kind| (kind.as_str(), kind.label(zh)))
            .collect(),
        ..input(
            "kind",
            lang.t("抬头类型", "Kind"),
            lang.t("企业须填税号。", "An enterprise has a tax number."),
            "invoice_title.kind",
            "",
            &form.kind,
        )
    };
    let name = if id == "xin" {
        lang.t("新的发票抬头", "New invoice title")
    } else {
        lang.t("编辑发票抬头", "Edit the invoice title")
    };
    let page = BookForm {
        f: visit.frame(name),
        errors,
        crumbs: crumbs(lang, true),
        name,
        about: lang.t(
            "开票时由您选择后才会提供给开票的服务商。",
            "A provider gets it only when you ask for an invoice and choose it.",
        ),
        action: format!("{TITLES}/{id}"),
        back: BOOK.to_owned(),
        inputs: vec![
            kind,
            input(
                "title_name",
                lang.t("抬头名称", "Name"),
                lang.t(
                    "企业填营业执照上的名称，个人填姓名。",
                    "The enterprise's name on its licence, or a person's name.",
                ),
                "invoice_title.name",
                PLAIN,
                &form.title_name,
            ),
            input(
                "credit_code",
                lang.t("税号", "Tax number"),
                lang.t(
                    "企业的统一社会信用代码，18 位；个人抬头留空。",
                    "The enterprise's credit code of 18 signs; empty for a person.",
                ),
                "invoice_title.tax_number",
                "type=\"text\" autocomplete=\"off\" maxlength=\"40\"",
                &form.credit_code,
            ),
            input(
                "email",
                lang.t("收票邮箱", "Where invoices go"),
                lang.t("选填。", "Optional."),
                "invoice_title.email",
                completes(Field::Email),
                &form.email,
            ),
        ],
    };
    Answer::page(visit, status_of(&page.errors), &page)
}

/// `GET /zhanghao/taitou/xin`, `GET /zhanghao/taitou/{id}`.
pub async fn title(visit: Visit, Named(id): Named<String>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let Some(wanted) = which(&visit, &id)? else {
        return Ok(title_form(&visit, &id, &TitleForm::default(), Vec::new()));
    };
    let titles = book::titles(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    let titles = titles.map_err(|failure| Answer::failure(&visit, &failure))?;
    let own = titles.into_iter().find(|own| own.id == wanted);
    let title = own.ok_or_else(|| Answer::not_found(&visit))?.title;
    let form = TitleForm {
        csrf: String::new(),
        kind: title.kind.as_str().to_owned(),
        title_name: title.name,
        credit_code: title.tax_number.unwrap_or_default(),
        email: title.email.unwrap_or_default(),
    };
    Ok(title_form(&visit, &id, &form, Vec::new()))
}

/// `POST /zhanghao/taitou/xin`, `POST /zhanghao/taitou/{id}`.
pub async fn put_title(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<TitleForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(BOOK)?;
    let wanted = which(&visit, &id)?;
    let typed = TypedTitle {
        kind: TitleKind::parse(&form.kind).ok_or_else(|| stale(&visit))?,
        name: &form.title_name,
        tax_number: &form.credit_code,
        email: &form.email,
    };
    let ctx = visit.ctx::<KeepAccount>();
    match book::put_title(&visit.state.app, &ctx, viewer, wanted, typed).await {
        Ok(_) => Ok(Answer::to(BOOK)),
        Err(failure) => {
            let inputs = ["title_name", "credit_code", "email"];
            let errors = form_errors(&visit, &failure, &inputs, ("company_name", "title_name"))?;
            Ok(title_form(&visit, &id, &form, errors))
        }
    }
}

async fn act(visit: &Visit, list: List, (id, act): (String, String), csrf: &str) -> Result<Answer, Answer> {
    visit.own_form(csrf)?;
    let viewer = visit.viewer_for(BOOK)?;
    let id = parsed(visit, &id)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let done = match act.as_str() {
        "shanchu" => book::delete(app, &ctx, viewer, list, id).await,
        "moren" => book::prefer(app, &ctx, viewer, list, id).await,
        _ => return Err(Answer::not_found(visit)),
    };
    done.map_err(|failure| Answer::failure(visit, &failure))?;
    Ok(Answer::to(BOOK))
}

/// `POST /zhanghao/dizhi/{id}/{act}`: `shanchu`, `moren`.
pub async fn entry_act(
    visit: Visit,
    Named(named): Named<(String, String)>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    act(&visit, List::Entries, named, &form.csrf).await
}

/// `POST /zhanghao/taitou/{id}/{act}`: `shanchu`, `moren`.
pub async fn title_act(
    visit: Visit,
    Named(named): Named<(String, String)>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    act(&visit, List::Titles, named, &form.csrf).await
}
