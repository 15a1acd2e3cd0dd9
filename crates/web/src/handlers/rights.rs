//! A person's rights: the privacy centre, the copy, closing the account, the certificate.

use app::rights::{self, Cell, Copy, OnErasure, Portion as Stored, Section};
use askama::Template;
use axum::http::StatusCode;
use privacy::purpose::{ObeyLaw, ShowOwn, VerifyHolder};
use serde::Deserialize;

use super::account::{Token, errors_of};
use super::guard::proof_first;
use super::share::demand_row;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::rights::{
    BlockerRow, CertificatePage, ClosePage, CopyPage, HoldRow, Portion, PrivacyPage, Waiting, table_name,
};
use crate::request::{Named, Posted, Visit};

/// The password again, and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    current: String,
}

fn status(errors: &[FieldError]) -> StatusCode {
    if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// Why something stays, by its rule.
fn why(lang: Lang, rule: &str) -> &'static str {
    match rule {
        "transaction_3y" | "hold_life" => lang.t(
            "交易完成后三年（电子商务法第三十一条）",
            "three years after the order (E-Commerce Law, article 31)",
        ),
        "consent_proof_3y" => lang.t(
            "账号终止后三年（同意的证据，个人信息保护法第十四条）",
            "three years after the account (proof of consents, PIPL 14)",
        ),
        "access_record_3y" | "approval_3y" => lang.t(
            "产生后三年（个人信息保护法第五十六条）",
            "three years after each (PIPL 56)",
        ),
        "erasure_proof" => lang.t(
            "仅随机编号，用于恢复备份后重新删除",
            "random numbers only, so that a restored backup is erased again",
        ),
        _ => lang.t("办结后三年", "three years after it ended"),
    }
}

pub(super) fn portion(lang: Lang, table: &str, rows: i64, kept: &str) -> Option<Portion> {
    Some(Portion {
        name: table_name(lang, table)?.to_owned(),
        rows,
        kept: kept.to_owned(),
    })
}

fn portions(lang: Lang, stored: &[Stored], of: OnErasure) -> Vec<Portion> {
    stored
        .iter()
        .filter(|portion| portion.on_erasure == of || (portion.on_erasure.removes() && of.removes()))
        .filter_map(|stored| {
            let kept = if of == OnErasure::Restrict {
                why(lang, stored.rule)
            } else {
                ""
            };
            portion(lang, stored.table, stored.rows, kept)
        })
        .collect()
}

/// `GET /zhanghao/yinsi`.
pub async fn centre(visit: Visit) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let closing = rights::pending_closure(&visit.state.app, &visit.ctx::<ObeyLaw>(), viewer).await;
    let page = PrivacyPage {
        f: visit.frame(visit.lang.t("隐私中心", "Privacy centre")),
        closing: closing.map_err(|failure| Answer::failure(&visit, &failure))?,
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

async fn copy_page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let state = rights::closure(&visit.state.app, &visit.ctx::<ObeyLaw>(), viewer).await;
    let state = state.map_err(|failure| Answer::failure(visit, &failure))?;
    let lang = visit.lang;
    let page = CopyPage {
        f: visit.frame(lang.t("获取个人信息副本", "Copy of your data")),
        portions: state
            .portions
            .iter()
            .filter_map(|stored| portion(lang, stored.table, stored.rows, ""))
            .collect(),
        errors,
    };
    Ok(Answer::page(visit, status(&page.errors), &page))
}

/// `GET /zhanghao/fuben`.
pub async fn copy_form(visit: Visit) -> Result<Answer, Answer> {
    proof_first(&visit).await?;
    copy_page(&visit, Vec::new()).await
}

/// The page for reading inside the archive: a file of its own, without layout.
#[derive(Template)]
#[template(path = "account/copy_document.html")]
struct CopyDocument<'a> {
    lang: Lang,
    made: Moment,
    sections: Vec<(String, &'a Section)>,
}

impl CopyDocument<'_> {
    fn value(&self, cell: &Cell) -> String {
        match cell {
            Cell::Nothing => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::At(at) => {
                domain::calendar::instant_text(at.to_offset(domain::calendar::BEIJING), self.lang == Lang::Zh)
            }
            Cell::Id(id) => id.to_string(),
            Cell::Own => self.lang.t("您本人", "you").to_owned(),
            Cell::Other => self.lang.t("他人", "somebody else").to_owned(),
            Cell::Held | Cell::Sealed(..) => self.lang.t("依法封存", "sealed under a law").to_owned(),
        }
    }
}

pub(super) fn copy_document(visit: &Visit, copy: &Copy) -> Result<String, Answer> {
    let lang = visit.lang;
    let page = CopyDocument {
        lang,
        made: Moment::of(lang, copy.made_at),
        sections: copy
            .sections
            .iter()
            .filter(|section| !section.rows.is_empty())
            .map(|section| {
                let name = table_name(lang, section.table).unwrap_or(section.table);
                (name.to_owned(), section)
            })
            .collect(),
    };
    page.render()
        .map_err(|error| Answer::rendered(visit, StatusCode::OK, Err(error)))
}

/// `POST /zhanghao/fuben`: the archive itself.
pub async fn copy(visit: Visit, Posted(form): Posted<Confirmation>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer()?;
    let (verify, show) = (visit.ctx::<VerifyHolder>(), visit.ctx::<ShowOwn>());
    let password = &form.current;
    match rights::copy(&visit.state.app, &verify, &show, viewer, password).await {
        Ok(made) => {
            let page = copy_document(&visit, &made)?;
            let archive =
                rights::bundle(&made, &page).map_err(|failure| Answer::failure(&visit, &failure))?;
            Ok(Answer::download("application/zip", "qifu365-copy.zip", archive))
        }
        Err(failure) => copy_page(&visit, errors_of(&visit, &failure)?).await,
    }
}

async fn close_page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let state = rights::closure(&visit.state.app, &visit.ctx::<ObeyLaw>(), viewer).await;
    let state = state.map_err(|failure| Answer::failure(visit, &failure))?;
    let lang = visit.lang;
    let page = ClosePage {
        f: visit.frame(lang.t("注销账号", "Close the account")),
        errors,
        blockers: state
            .blockers
            .into_iter()
            .map(|blocker| BlockerRow {
                number: blocker.number,
                clears: blocker.clears_at.map(|at| Moment::of(lang, at)),
            })
            .collect(),
        organisations: state
            .organisations
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
        going: portions(lang, &state.portions, OnErasure::Delete),
        staying: portions(lang, &state.portions, OnErasure::Restrict),
        copies: state.copies,
        pending: state.pending.map(|pending| Waiting {
            number: pending.number,
            asked: Moment::of(lang, pending.asked_at),
            due: pending.answer_due.map(|at| Moment::of(lang, at)),
        }),
    };
    Ok(Answer::page(visit, status(&page.errors), &page))
}

/// `GET /zhanghao/zhuxiao`.
pub async fn close_form(visit: Visit) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let waits = rights::pending_closure(&visit.state.app, &visit.ctx::<ObeyLaw>(), viewer).await;
    // A wish that waits is looked at and taken back without a proof.
    if waits
        .map_err(|failure| Answer::failure(&visit, &failure))?
        .is_none()
    {
        proof_first(&visit).await?;
    }
    close_page(&visit, Vec::new()).await
}

/// `POST /zhanghao/zhuxiao`.
pub async fn close(visit: Visit, Posted(form): Posted<Confirmation>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer()?;
    let (verify, law) = (visit.ctx::<VerifyHolder>(), visit.ctx::<ObeyLaw>());
    let password = &form.current;
    match rights::ask_closure(&visit.state.app, &verify, &law, viewer, password).await {
        Ok((_, true)) => Ok(Answer::to("/zhanghao/zhuxiao")),
        Ok((number, false)) => Ok(Answer::to(&format!("/zhuxiao/{number}")).without_session(&visit)),
        Err(failure) => close_page(&visit, errors_of(&visit, &failure)?).await,
    }
}

/// `POST /zhanghao/zhuxiao/chehui`.
pub async fn withdraw(visit: Visit, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer()?;
    let withdrawn = rights::withdraw_closure(&visit.state.app, &visit.ctx::<ObeyLaw>(), viewer).await;
    withdrawn.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(Answer::to("/zhanghao/zhuxiao"))
}

/// `GET /zhuxiao/{number}`.
pub async fn certificate(visit: Visit, Named(number): Named<String>) -> Result<Answer, Answer> {
    let found = rights::certificate(&visit.state.app, &visit.ctx::<ObeyLaw>(), &number).await;
    let found = found.map_err(|failure| Answer::failure(&visit, &failure))?;
    let lang = visit.lang;
    let removed = found
        .removed
        .iter()
        .filter_map(|(table, rows)| portion(lang, table, i64::try_from(*rows).unwrap_or(i64::MAX), ""));
    let kept = found
        .kept
        .iter()
        .filter_map(|kept| portion(lang, kept.table, kept.rows, why(lang, kept.rule)));
    let (probe, places) = match found.probe {
        Some(probe) => (Some((probe.columns, probe.files, probe.identifiers)), probe.found),
        None => (None, Vec::new()),
    };
    let page = CertificatePage {
        f: visit.frame(lang.t("删除证明", "Certificate of erasure")),
        number: found.number,
        restored: found.ground == "restored",
        asked: Moment::of(lang, found.asked_at),
        unreadable: found.key_destroyed_at.map(|at| Moment::of(lang, at)),
        receipt: found.logged && found.ended_at.is_some(),
        ended: found.ended_at.map(|at| Moment::of(lang, at)),
        removed: removed.collect(),
        kept: kept.collect(),
        held: found
            .held
            .into_iter()
            .map(|hold| HoldRow {
                what: lang.t("订单说明", "A note on an order").to_owned(),
                article: lang
                    .t("电子商务法第三十一条", "E-Commerce Law, article 31")
                    .to_owned(),
                until: Moment::of(lang, hold.until),
            })
            .collect(),
        copies: found.copies,
        probe,
        found: places,
        demands: found
            .demands
            .into_iter()
            .map(|mut demand| {
                // Whoever has the number reads this page: no words of anybody.
                (demand.article, demand.reference) = (None, None);
                demand_row(&visit, demand)
            })
            .collect(),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn the_copy_for_reading_shows_markup_as_text() {
        let section = Section {
            table: "api_token",
            path: "account.subject",
            columns: Vec::new(),
            rows: vec![vec![Cell::Text("<b>".to_owned()), Cell::Own]],
        };
        for lang in Lang::ALL {
            let page = CopyDocument {
                lang,
                made: Moment::of(lang, OffsetDateTime::UNIX_EPOCH),
                sections: vec![("<i>".to_owned(), &section)],
            };
            let html = page.render().expect("renders");
            assert!(!html.contains("<b>") && !html.contains("<i>") && html.contains("&#60;b&#62;"));
            assert!(!html.contains("http"), "nothing is fetched from elsewhere");
        }
    }
}
