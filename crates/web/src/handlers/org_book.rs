//! The places of an organisation and its titles for invoices.

use app::Failure;
use app::account::book::List;
use app::org::{self, Books, Kept};
use axum::http::StatusCode;
use domain::org::book::{Desk, Place, Title, TypedPlace, TypedTitle};
use privacy::purpose::KeepAccount;
use serde::Deserialize;

use super::account::{Token, status_of};
use super::book::{PLAIN, form_errors, stale, which};
use super::org::parsed;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::book::{BookForm, BookInput, BookList, BookRow, BooksPage, Crumb};
use crate::pages::frame::Lang;
use crate::request::{Named, Posted, Visit};

const PHONE: &str = "type=\"tel\" autocomplete=\"off\" maxlength=\"40\"";
const CODE: &str = "type=\"text\" autocomplete=\"off\" maxlength=\"60\"";

fn titled(lang: Lang) -> &'static str {
    lang.t("企业地址与开票信息", "Places and invoice titles")
}

fn base(id: &str) -> String {
    format!("/zhanghao/zuzhi/{id}")
}

fn crumbs(lang: Lang, id: &str, books: &Books, list: bool) -> Vec<Crumb> {
    let mut way = vec![
        (
            "/zhanghao".to_owned(),
            lang.t("我的账号", "My account").to_owned(),
        ),
        (
            "/zhanghao/qiye".to_owned(),
            lang.t("我的企业", "My enterprises").to_owned(),
        ),
        (base(id), books.organisation.name.clone()),
    ];
    if list {
        way.push((format!("{}/dizhi", base(id)), titled(lang).to_owned()));
    }
    way
}

async fn books(visit: &Visit, id: &str) -> Result<Books, Answer> {
    let viewer = visit.viewer_for("/zhanghao/qiye")?;
    let organisation = parsed(visit, id)?;
    let books = org::books(
        &visit.state.app,
        &visit.ctx::<KeepAccount>(),
        viewer,
        organisation,
    )
    .await;
    books.map_err(|failure| Answer::failure(visit, &failure))
}

/// What there is, with its name.
fn lines(of: Vec<(&'static str, Option<String>)>) -> Vec<(&'static str, String)> {
    of.into_iter()
        .filter_map(|(label, value)| Some((label, value?)))
        .collect()
}

fn place_row(lang: Lang, kept: Kept<Place>) -> BookRow {
    let place = kept.value;
    BookRow {
        id: kept.id.to_string(),
        name: place.label,
        tag: place.desk.label(lang == Lang::Zh),
        preferred: kept.preferred,
        lines: lines(vec![
            (lang.t("地址", "Address"), Some(place.address)),
            (lang.t("电话", "Phone"), place.phone),
        ]),
    }
}

fn title_row(lang: Lang, kept: Kept<Title>) -> BookRow {
    let title = kept.value;
    let (bank, account) = title.account.unzip();
    BookRow {
        id: kept.id.to_string(),
        name: title.name,
        tag: lang.t("企业", "enterprise"),
        preferred: kept.preferred,
        lines: lines(vec![
            (lang.t("税号", "Tax number"), Some(title.tax_number)),
            (lang.t("开户银行", "Bank"), bank),
            (lang.t("对公账号", "Account"), account),
            (lang.t("注册地址", "Address"), title.address),
            (lang.t("电话", "Phone"), title.phone),
        ]),
    }
}

/// `GET /zhanghao/zuzhi/{id}/dizhi`.
pub async fn list(visit: Visit, Named(id): Named<String>) -> Result<Answer, Answer> {
    let books = books(&visit, &id).await?;
    let lang = visit.lang;
    let way = crumbs(lang, &id, &books, false);
    let below = |may: bool, list: &str| {
        if may {
            format!("{}/{list}", base(&id))
        } else {
            String::new()
        }
    };
    let mut lists = vec![BookList {
        id: "dizhi",
        name: lang.t("企业地址", "Places"),
        about: lang.t(
            "最多 20 处。谁能看到：本企业的成员；采购、管理员和所有者可以修改，下单后在“联系方式”里可以直接带出。",
            "20 at most. Who can see this: the members; those who purchase, administrators and owners change it, and the contact details of an order take it from here.",
        ),
        base: below(books.may_places, "dizhi"),
        empty: lang.t("还没有地址。", "No places yet."),
        rows: books.places.into_iter().map(|kept| place_row(lang, kept)).collect(),
    }];
    if let Some(titles) = books.titles {
        lists.push(BookList {
            id: "taitou",
            name: lang.t("开票信息", "Invoice titles"),
            about: lang.t(
                "最多 10 条。谁能看到：本企业的采购、财务、管理员和所有者；财务、管理员和所有者可以修改。",
                "10 at most. Who can see this: members who purchase, finance, administrators and owners; the last three change it.",
            ),
            base: below(books.may_titles, "taitou"),
            empty: lang.t("还没有开票信息。", "No titles yet."),
            rows: titles.into_iter().map(|kept| title_row(lang, kept)).collect(),
        });
    }
    let page = BooksPage {
        f: visit.frame(titled(lang)),
        crumbs: way,
        name: titled(lang).to_owned(),
        about: lang.t(
            "这里只放企业自己的信息，个人的手机号、邮箱请放在各自的地址簿里。每次修改都记入企业的变动记录；企业解散时一并删除。",
            "Only what is the enterprise's goes here; people's numbers and mail addresses belong into their own address books. Every change is in the organisation's record, and all of it goes when it is dissolved.",
        ),
        lists,
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

fn input(
    (id, label): (&'static str, &'static str),
    hint: &'static str,
    (seen, attrs): (&'static str, &'static str),
    value: &str,
) -> BookInput {
    BookInput {
        id,
        label,
        hint,
        seen,
        attrs,
        value: value.to_owned(),
        options: Vec::new(),
    }
}

/// A place as typed.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlaceForm {
    csrf: String,
    label: String,
    address: String,
    desk: String,
    phone: String,
}

async fn place_form(
    visit: &Visit,
    (id, row): (&str, &str),
    form: Option<PlaceForm>,
    errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let books = books(visit, id).await?;
    if !books.may_places {
        return Err(Answer::not_found(visit));
    }
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let form = match (form, which(visit, row)?) {
        (Some(form), _) => form,
        (None, None) => PlaceForm::default(),
        (None, Some(wanted)) => {
            let kept = books.places.iter().find(|kept| kept.id == wanted);
            let place = &kept.ok_or_else(|| Answer::not_found(visit))?.value;
            PlaceForm {
                csrf: String::new(),
                label: place.label.clone(),
                address: place.address.clone(),
                desk: place.desk.as_str().to_owned(),
                phone: place.phone.clone().unwrap_or_default(),
            }
        }
    };
    let seen = lang.t("本企业的成员。", "The members of this organisation.");
    let desk = BookInput {
        options: Desk::ALL
            .iter()
            .map(|desk| (desk.as_str(), desk.label(zh)))
            .collect(),
        ..input(
            ("desk", lang.t("找谁", "Whom to ask for")),
            lang.t("填部门，不填个人。", "A desk, not a person."),
            (seen, ""),
            &form.desk,
        )
    };
    let name = lang.t("企业地址", "A place of the enterprise");
    let page = BookForm {
        f: visit.frame(name),
        errors,
        crumbs: crumbs(lang, id, &books, true),
        name,
        about: lang.t(
            "同事下单后可以从这里带出地址；给哪家服务商看，由下单的人在订单里勾选。",
            "Colleagues take it from here into their orders; whether a provider sees it, the one who orders ticks there.",
        ),
        action: format!("{}/dizhi/{row}", base(id)),
        back: format!("{}/dizhi", base(id)),
        inputs: vec![
            input(
                ("label", lang.t("名称", "Name")),
                lang.t("1–20 个字，如“总部前台”。", "1 to 20 characters, such as “head office”."),
                (seen, "type=\"text\" autocomplete=\"off\" maxlength=\"40\" required"),
                &form.label,
            ),
            input(
                ("address", lang.t("地址", "Address")),
                lang.t("5–120 个字。", "5 to 120 characters."),
                (seen, "type=\"text\" autocomplete=\"off\" maxlength=\"120\" required"),
                &form.address,
            ),
            desk,
            input(
                ("phone", lang.t("固定电话", "Landline")),
                lang.t("选填。带区号的固定电话或 400 号码，不填手机号。", "Optional. With its area code, or a 400 number; no mobile number."),
                (seen, PHONE),
                &form.phone,
            ),
        ],
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/zuzhi/{id}/dizhi/{row}`; `xin` is a new one.
pub async fn place(visit: Visit, Named((id, row)): Named<(String, String)>) -> Result<Answer, Answer> {
    place_form(&visit, (&id, &row), None, Vec::new()).await
}

/// `POST /zhanghao/zuzhi/{id}/dizhi/{row}`.
pub async fn put_place(
    visit: Visit,
    Named((id, row)): Named<(String, String)>,
    Posted(form): Posted<PlaceForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for("/zhanghao/qiye")?;
    let organisation = parsed(&visit, &id)?;
    let typed = TypedPlace {
        label: &form.label,
        address: &form.address,
        desk: Desk::parse(&form.desk).ok_or_else(|| stale(&visit))?,
        phone: &form.phone,
    };
    let wanted = which(&visit, &row)?;
    let ctx = visit.ctx::<KeepAccount>();
    match org::put_place(&visit.state.app, &ctx, viewer, organisation, (wanted, typed)).await {
        Ok(_) => Ok(Answer::to(&format!("{}/dizhi", base(&id)))),
        Err(failure) => {
            let errors = form_errors(&visit, &failure, &["label", "address", "phone"], ("", ""))?;
            place_form(&visit, (&id, &row), Some(form), errors).await
        }
    }
}

/// A title as typed.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TitleForm {
    csrf: String,
    company_name: String,
    credit_code: String,
    bank: String,
    bank_account: String,
    address: String,
    phone: String,
}

async fn title_form(
    visit: &Visit,
    (id, row): (&str, &str),
    form: Option<TitleForm>,
    errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let books = books(visit, id).await?;
    if !books.may_titles {
        return Err(Answer::not_found(visit));
    }
    let lang = visit.lang;
    let form = match (form, which(visit, row)?) {
        (Some(form), _) => form,
        // The organisation's own name and code are known already.
        (None, None) => TitleForm {
            company_name: books.organisation.name.clone(),
            credit_code: books.organisation.credit_code.clone(),
            ..TitleForm::default()
        },
        (None, Some(wanted)) => {
            let kept = books.titles.iter().flatten().find(|kept| kept.id == wanted);
            let title = kept.ok_or_else(|| Answer::not_found(visit))?.value.clone();
            let (bank, bank_account) = title.account.unwrap_or_default();
            TitleForm {
                csrf: String::new(),
                company_name: title.name,
                credit_code: title.tax_number,
                bank,
                bank_account,
                address: title.address.unwrap_or_default(),
                phone: title.phone.unwrap_or_default(),
            }
        }
    };
    let seen = lang.t(
        "本企业的采购、财务、管理员和所有者。",
        "Members of this organisation who purchase, finance, administrators and owners.",
    );
    let special = lang.t(
        "选填。专用发票需要时填写。",
        "Optional; for special VAT invoices.",
    );
    let name = lang.t("企业开票信息", "A title of the enterprise");
    let page = BookForm {
        f: visit.frame(name),
        errors,
        crumbs: crumbs(lang, id, &books, true),
        name,
        about: lang.t(
            "开票时由申请的同事选择后才会提供给开票的服务商；收票邮箱由申请人另选。",
            "A provider gets it only when a colleague asks for an invoice and chooses it; where the invoice goes they say then.",
        ),
        action: format!("{}/taitou/{row}", base(id)),
        back: format!("{}/dizhi", base(id)),
        inputs: vec![
            input(
                ("company_name", lang.t("抬头名称", "Name")),
                lang.t("营业执照上的名称；分公司可另加一条。", "As on the licence; a branch gets a title of its own."),
                (seen, PLAIN),
                &form.company_name,
            ),
            input(
                ("credit_code", lang.t("税号", "Tax number")),
                lang.t("统一社会信用代码，18 位。", "The credit code of 18 signs."),
                (seen, CODE),
                &form.credit_code,
            ),
            input(("bank", lang.t("开户银行", "Bank")), special, (seen, PLAIN), &form.bank),
            input(
                ("bank_account", lang.t("对公账号", "Account")),
                lang.t("选填，与开户银行一起填写；不接受个人银行卡。", "Optional, together with the bank; no personal card."),
                (seen, CODE),
                &form.bank_account,
            ),
            input(("address", lang.t("注册地址", "Address")), special, (seen, PLAIN), &form.address),
            input(
                ("phone", lang.t("电话", "Phone")),
                lang.t("选填。固定电话或 400 号码。", "Optional. A landline or a 400 number."),
                (seen, PHONE),
                &form.phone,
            ),
        ],
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/zuzhi/{id}/taitou/{row}`; `xin` is a new one.
pub async fn title(visit: Visit, Named((id, row)): Named<(String, String)>) -> Result<Answer, Answer> {
    title_form(&visit, (&id, &row), None, Vec::new()).await
}

/// `POST /zhanghao/zuzhi/{id}/taitou/{row}`.
pub async fn put_title(
    visit: Visit,
    Named((id, row)): Named<(String, String)>,
    Posted(form): Posted<TitleForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for("/zhanghao/qiye")?;
    let organisation = parsed(&visit, &id)?;
    let typed = TypedTitle {
        name: &form.company_name,
        tax_number: &form.credit_code,
        bank: &form.bank,
        bank_account: &form.bank_account,
        address: &form.address,
        phone: &form.phone,
    };
    let wanted = which(&visit, &row)?;
    let ctx = visit.ctx::<KeepAccount>();
    match org::put_title(&visit.state.app, &ctx, viewer, organisation, (wanted, typed)).await {
        Ok(_) => Ok(Answer::to(&format!("{}/dizhi", base(&id)))),
        Err(failure) => {
            let inputs = [
                "company_name",
                "credit_code",
                "bank",
                "bank_account",
                "address",
                "phone",
            ];
            let errors = form_errors(&visit, &failure, &inputs, ("", ""))?;
            title_form(&visit, (&id, &row), Some(form), errors).await
        }
    }
}

async fn act(
    visit: &Visit,
    list: List,
    (id, row, act): (String, String, String),
    csrf: &str,
) -> Result<Answer, Answer> {
    visit.own_form(csrf)?;
    let viewer = visit.viewer_for("/zhanghao/qiye")?;
    let organisation = parsed(visit, &id)?;
    let row = parsed(visit, &row)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let done = match act.as_str() {
        "shanchu" => org::delete_kept(app, &ctx, viewer, organisation, (list, row)).await,
        "moren" => org::prefer_kept(app, &ctx, viewer, organisation, (list, row)).await,
        _ => return Err(Answer::not_found(visit)),
    };
    done.map_err(|failure: Failure| Answer::failure(visit, &failure))?;
    Ok(Answer::to(&format!("{}/dizhi", base(&id))))
}

/// `POST /zhanghao/zuzhi/{id}/dizhi/{row}/{act}`: `shanchu`, `moren`.
pub async fn place_act(
    visit: Visit,
    Named(named): Named<(String, String, String)>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    act(&visit, List::Entries, named, &form.csrf).await
}

/// `POST /zhanghao/zuzhi/{id}/taitou/{row}/{act}`: `shanchu`, `moren`.
pub async fn title_act(
    visit: Visit,
    Named(named): Named<(String, String, String)>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    act(&visit, List::Titles, named, &form.csrf).await
}
