//! Minors and guardians: the request at registration, the rules, the room of both (2.7.a, 2.7.b).

use app::minor::{self, ChildLine, GuardianRequest};
use axum::http::StatusCode;
use domain::Refused;
use domain::minor::{Band, Event, Mistake, State};
use domain::refused::Minor;
use policy::{ChildRules, Paragraph};
use privacy::purpose::{KeepAccount, ShowOwn};
use serde::Deserialize;

use super::account::{errors_of, status_of};
use super::stopped::{puzzle_for, solved};
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::guard::PuzzleBox;
use crate::pages::minor::{BandRow, ChildRow, ChildRulesPage, GuardianAskPage, GuardiansPage, OwnCase};
use crate::pages::moment::Moment;
use crate::pages::public::ParagraphView;
use crate::request::{Posted, Visit};

pub(super) const ROOM: &str = "/zhanghao/jianhu";

/// `GET /ertong-guize`.
pub async fn rules(visit: Visit) -> Answer {
    policy::clause!("2.7.b");
    let (lang, operator) = (visit.policy_lang(), &visit.state.settings.operator_name);
    let rules = ChildRules::in_force();
    let view = |paragraph| match paragraph {
        Paragraph::Heading(text) => ParagraphView { heading: true, text },
        Paragraph::Text(text) => ParagraphView { heading: false, text },
    };
    let page = ChildRulesPage {
        f: visit.frame(visit.lang.t("儿童个人信息保护规则", "Rules for children’s data")),
        version: rules.version.to_owned(),
        hash: rules.hash(lang, operator),
        paragraphs: rules.paragraphs(lang, operator).into_iter().map(view).collect(),
    };
    Answer::page(&visit, StatusCode::OK, &page)
}

/// A request at registration, as typed.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AskForm {
    csrf: String,
    /// The minor's own number.
    pub phone: String,
    code: String,
    guardian_phone: String,
    /// The band that was chosen.
    pub age_band: String,
    not_mine: Option<String>,
    puzzle: String,
    work: String,
    answer: String,
}

fn ask_page_of(
    visit: &Visit,
    form: &AskForm,
    (errors, puzzle): (Vec<FieldError>, Option<PuzzleBox>),
    done: Done,
) -> Answer {
    let status = status_of(&errors);
    let (code_sent, sent) = match done {
        Done::Nothing => (false, None),
        Done::Code => (true, None),
        Done::Sent(number) => (false, Some(number)),
    };
    let short = |text: &str| text.chars().take(64).collect::<String>();
    let page = GuardianAskPage {
        f: visit.frame(visit.lang.t("请监护人同意", "Ask a guardian")),
        bands: BandRow::all(visit.lang, &form.age_band, true),
        phone: short(&form.phone),
        guardian_phone: short(&form.guardian_phone),
        other: form.not_mine.is_some() || errors_name(&errors, "not_mine"),
        not_mine: form.not_mine.is_some(),
        errors,
        puzzle,
        code_sent,
        sent,
    };
    Answer::page(visit, status, &page).scripted()
}

fn errors_name(errors: &[FieldError], field: &str) -> bool {
    errors.iter().any(|error| error.field == field)
}

/// What was just done on the page.
enum Done {
    Nothing,
    /// A code was sent.
    Code,
    /// The guardian was asked; what the request is called.
    Sent(String),
}

/// The way to a guardian, from a registration that needs one: what was typed of it stays.
pub(super) fn guardian_first(visit: &Visit, phone: &str, age_band: &str) -> Answer {
    let form = AskForm {
        phone: phone.to_owned(),
        age_band: age_band.to_owned(),
        ..AskForm::default()
    };
    ask_page_of(visit, &form, (Vec::new(), None), Done::Nothing)
}

/// `GET /zhuce/jianhuren`.
pub async fn ask_form(visit: Visit) -> Answer {
    ask_page_of(&visit, &AskForm::default(), (Vec::new(), None), Done::Nothing)
}

/// `POST /zhuce/jianhuren/yanzhengma`.
pub async fn ask_code(visit: Visit, Posted(form): Posted<AskForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let from = visit.origin(solved(&form.puzzle, &form.work, &form.answer));
    let ctx = visit.as_visitor::<KeepAccount>();
    let asked = minor::request_guardian_code(&visit.state.app, &ctx, &form.phone, &from);
    Ok(match visit.evenly(asked).await {
        Ok(()) => ask_page_of(&visit, &form, (Vec::new(), None), Done::Code),
        Err(failure) => {
            let puzzle = puzzle_for(&visit, &failure, from.solved).await?;
            ask_page_of(
                &visit,
                &form,
                (errors_of(&visit, &failure)?, puzzle),
                Done::Nothing,
            )
        }
    })
}

/// `POST /zhuce/jianhuren`.
pub async fn ask(visit: Visit, Posted(mut form): Posted<AskForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let request = GuardianRequest {
        phone: &form.phone,
        code: &form.code,
        guardian_phone: &form.guardian_phone,
        age: Band::parse(&form.age_band),
        not_mine: form.not_mine.is_some(),
        from: visit.origin(solved(&form.puzzle, &form.work, &form.answer)),
    };
    let ctx = visit.as_visitor::<KeepAccount>();
    let asked = minor::ask_guardian(&visit.state.app, &ctx, &request);
    Ok(match visit.evenly(asked).await {
        Ok(number) => {
            form.guardian_phone = String::new();
            form.not_mine = None;
            ask_page_of(&visit, &form, (Vec::new(), None), Done::Sent(number))
        }
        Err(failure) => {
            let puzzle = puzzle_for(&visit, &failure, request.from.solved).await?;
            ask_page_of(
                &visit,
                &form,
                (errors_of(&visit, &failure)?, puzzle),
                Done::Nothing,
            )
        }
    })
}

pub(super) fn row(lang: Lang, line: &ChildLine) -> ChildRow {
    let zh = lang == Lang::Zh;
    ChildRow {
        id: line.id.to_string(),
        number: line.number.clone(),
        band: line.guardianship.band.label(zh),
        state: line.guardianship.state.label(zh),
        since: Moment::of(lang, line.guardianship.since),
        due: line.due.map(|at| Moment::of(lang, at)),
        active: line.guardianship.state == State::Active,
    }
}

async fn room_page(visit: &Visit, typed: &str, mut errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let viewer = visit.viewer_for(ROOM)?;
    let room = minor::room(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    let room = room.map_err(|failure| Answer::failure(visit, &failure))?;
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let own = room.own.map(|own| OwnCase {
        row: row(lang, &own.line),
        frozen: own.line.guardianship.frozen(),
        can_ask: own.may.contains(&Event::Ask),
        can_contest: own.may.contains(&Event::Contest),
        contested: own.line.guardianship.state == State::Contested,
        answer_by: own.answer_by.map(|at| Moment::of(lang, at)),
        finding: own.finding.map(|finding| finding.label(zh)),
        mistakes: Mistake::ALL
            .iter()
            .map(|one| (one.as_str(), one.label(zh)))
            .collect(),
    });
    let forms = [
        ("guardian_phone", own.as_ref().is_some_and(|own| own.can_ask)),
        ("mistake", own.as_ref().is_some_and(|own| own.can_contest)),
    ];
    for error in &mut errors {
        // There may be no form any more that could be led to.
        let there = forms.iter().any(|(field, there)| *field == error.field && *there);
        if !there {
            error.field = if own.is_some() { "h-own" } else { "main" }.into();
        }
    }
    let page = GuardiansPage {
        f: visit.frame(lang.t("未成年人与监护人", "Minors and guardians")),
        errors,
        own,
        guardian_phone: typed.chars().take(64).collect(),
        children: room.children.iter().map(|line| row(lang, line)).collect(),
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/jianhu`.
pub async fn room(visit: Visit) -> Result<Answer, Answer> {
    room_page(&visit, "", Vec::new()).await
}

/// A guardian's number.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NumberForm {
    csrf: String,
    guardian_phone: String,
}

/// `POST /zhanghao/jianhu`.
pub async fn ask_own(visit: Visit, Posted(form): Posted<NumberForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    match minor::ask_for_account(app, &ctx, viewer, &form.guardian_phone).await {
        Ok(()) => Ok(Answer::to(ROOM)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            room_page(&visit, &form.guardian_phone, errors).await
        }
    }
}

/// What the mistake is.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MistakeForm {
    csrf: String,
    mistake: String,
}

/// `POST /zhanghao/jianhu/yiyi`.
pub async fn contest(visit: Visit, Posted(form): Posted<MistakeForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    match minor::contest(app, &ctx, viewer, Mistake::parse(&form.mistake)).await {
        Ok(()) => Ok(Answer::to(ROOM)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            room_page(&visit, "", errors).await
        }
    }
}

/// Whether a registration is led to the guardian's page, by what it was refused with.
pub(super) fn leads_to_guardian(failure: &app::Failure) -> bool {
    let to_guardian = [Minor::GuardianFirst, Minor::GuardianWaiting].map(Refused::from);
    failure
        .refusals()
        .iter()
        .any(|refused| to_guardian.contains(refused))
}
