//! The lists of what verifiers decide about, one for every kind of application; and what the cases of
//! every kind have in common.

use app::staff::{self, Clock, Kind, Line, Matter, Tab};
use axum::http::StatusCode;
use domain::four_eyes::Appeal;
use privacy::purpose::Operate;
use privacy::{StaffReason, StaffRole};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::account::reason_name;
use super::super::overview::{Query, cursor};
use super::{clock, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::staff::Urgency;
use crate::pages::staff::cases::{CaseFact, CaseRow, CasesPage, Coded, TabRow};

/// Where a kind lives, and what it is called.
pub(super) fn room(lang: Lang, kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Verifications => ("/guanli/shiming", lang.t("实名认证", "Verifications")),
        Kind::Enterprises => ("/guanli/qiye", lang.t("企业认证", "Enterprises")),
        Kind::Demands => ("/guanli/qingqiu", lang.t("个人信息请求", "Demands")),
        Kind::Guard => ("/guanli/anquan", lang.t("安全复核", "Guard reviews")),
        Kind::Orders => ("/guanli/dingdan", lang.t("待裁决订单", "Disputes")),
        Kind::Suppliers => ("/guanli/ruzhu", lang.t("服务商入驻", "Providers")),
        Kind::Licences => ("/guanli/zizhi", lang.t("服务商资质", "Licences")),
        Kind::Approvals => ("/guanli/pizhun", lang.t("未成年人信息批准", "Minors: approvals")),
        Kind::Minors => ("/guanli/weichengnian", lang.t("未成年异议", "Contests of minors")),
    }
}

/// The title of a kind's list, and what is masked in it.
fn titled(lang: Lang, kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Enterprises => (
            lang.t("企业认证案件", "Verifications of enterprises"),
            lang.t(
                "企业名称是公开登记信息；法定代表人姓名和图片一律遮盖。",
                "The name is in the public register; the representative's name and the pictures are masked.",
            ),
        ),
        Kind::Suppliers => (
            lang.t("服务商案件", "Providers"),
            lang.t(
                "企业名称和展示信息是公开的。",
                "Names and what is shown are public.",
            ),
        ),
        Kind::Licences => (
            lang.t("资质案件", "Licences of providers"),
            lang.t(
                "证号等是公开信息；图片一律遮盖。",
                "Numbers and dates are public; pictures are masked.",
            ),
        ),
        _ => (
            lang.t("实名认证案件", "Verifications of persons"),
            lang.t(
                "只列案件编号，姓名与号码一律遮盖。",
                "By number; names and numbers are masked.",
            ),
        ),
    }
}

fn matter(lang: Lang, kind: Kind, line: &Line) -> &'static str {
    match (line.matter, kind) {
        (None, _) => "",
        (Some(Matter::OwnProposal), Kind::Suppliers) => lang.t(
            "您提议清退，等待他人复核",
            "your proposal to ban, for another to confirm",
        ),
        (Some(Matter::Proposal), Kind::Suppliers) => lang.t("清退待复核", "a ban to be confirmed"),
        (Some(Matter::First), Kind::Suppliers) => lang.t("材料待审核", "material to be read"),
        (Some(Matter::First), Kind::Licences) => lang.t("资质待审核", "a licence to be read"),
        (Some(Matter::OwnProposal), _) => lang.t(
            "您提议撤销，等待他人复核",
            "your proposal, for another to confirm",
        ),
        (Some(Matter::Proposal), _) => lang.t("撤销待复核", "revocation to be confirmed"),
        (Some(Matter::Appeal), _) => lang.t("申诉待处理", "appeal to be decided"),
        (Some(Matter::First), Kind::Enterprises) => lang.t("授权书待核对", "a letter to be read"),
        (Some(Matter::First), _) => lang.t("核验服务商尚未应答", "the source has not answered"),
    }
}

/// Which list, and where its page begins.
#[derive(Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    zhuangtai: String,
    #[serde(flatten)]
    place: Query,
}

/// The list of a kind.
pub(super) async fn list(desk: &Desk, kind: Kind, query: &ListQuery) -> Result<Answer, Answer> {
    let signed = desk.acting(kind.role())?;
    let lang = desk.visit.lang;
    let tab = Tab::parse(kind, &query.zhuangtai);
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    let seen = staff::cases(app, &ctx, signed, (kind, tab), query.place.from()).await;
    let seen = seen.map_err(failed(desk))?;
    let ((path, room), (title, intro)) = (room(lang, kind), titled(lang, kind));
    let row = |line: &Line| {
        let (clock, urgency) = clock(lang, line.clock);
        CaseRow {
            id: line.id.to_string(),
            number: line.number.clone(),
            name: line.name.clone().unwrap_or_default(),
            state: lang.t(line.state.0, line.state.1),
            matter: matter(lang, kind, line),
            clock: if line.clock == Clock::Idle {
                String::new()
            } else {
                clock
            },
            late: matches!(urgency, Urgency::Late),
            since: Moment::of(lang, line.since),
        }
    };
    let tab_row = |known: Tab| TabRow {
        word: known.as_str(),
        name: match known {
            Tab::AtHand => lang.t("待处理", "To decide"),
            Tab::In(state) => lang.t(state.zh, state.en),
        },
        chosen: known == tab,
    };
    let page = CasesPage {
        f: desk.frame(title),
        c: desk.console(),
        path,
        room,
        intro,
        tabs: Tab::all(kind).into_iter().map(tab_row).collect(),
        at_hand: seen.at_hand,
        rows: seen.lines.iter().map(row).collect(),
        next: seen.next.map(cursor),
    };
    Ok(Answer::page(&desk.visit, StatusCode::OK, &page))
}

/// The case to be decided after this one.
pub(super) async fn next(desk: &Desk, kind: Kind, id: Uuid) -> Result<Option<String>, Answer> {
    let signed = desk.acting(kind.role())?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    let next = staff::next_case(app, &ctx, signed, kind, id).await;
    Ok(next.map_err(failed(desk))?.map(|id| id.to_string()))
}

/// The reasons for which a verifier opens something.
pub(super) fn why(lang: Lang) -> Vec<Coded> {
    let coded = |reason: &StaffReason| Coded {
        word: reason.as_str(),
        name: reason_name(lang, reason.as_str()),
    };
    StaffRole::Verifier.reasons().iter().map(coded).collect()
}

/// State and since when.
pub(super) fn standing(lang: Lang, state: &'static str, since: OffsetDateTime) -> [CaseFact; 2] {
    [
        CaseFact {
            tag: true,
            ..CaseFact::of(lang.t("状态", "State"), state)
        },
        CaseFact::at(lang.t("起始时间", "Since"), Moment::of(lang, since)),
    ]
}

/// What waits for a second pair of eyes, why, and how an appeal stands. `terms` is what a proposal is
/// called; `by` is whoever appeals.
pub(super) fn measure(
    lang: Lang,
    proposed: &'static str,
    proposal: Option<&(String, OffsetDateTime)>,
    reasons: Vec<String>,
    (appeal, appealed): (Appeal, &'static str),
) -> Vec<CaseFact> {
    let mut facts = Vec::new();
    if let Some((by, at)) = proposal {
        facts.push(CaseFact {
            when: Some(Moment::of(lang, *at)),
            ..CaseFact::of(proposed, format!("{by}{}", lang.t("，", ", ")))
        });
    }
    if !reasons.is_empty() {
        facts.push(CaseFact {
            lines: reasons,
            ..CaseFact::of(lang.t("依据", "Reasons"), "")
        });
    }
    let text = match appeal {
        Appeal::None => return facts,
        Appeal::Open => appealed,
        Appeal::Dismissed => lang.t("申诉不成立", "dismissed"),
    };
    facts.push(CaseFact::of(lang.t("申诉", "Appeal"), text));
    facts
}
