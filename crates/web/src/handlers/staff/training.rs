//! The training of staff: course, quiz, result (2.5.1.f).

use std::collections::HashMap;

use app::staff;
use axum::http::StatusCode;
use domain::refused::Party;
use domain::staff::training::{PASS, QUESTIONS};
use privacy::purpose::Operate;
use uuid::Uuid;

use super::super::account::{Token, status_of};
use super::{errors, failed, refused};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::staff::training::{
    AnswerChoice, Chapter, JudgedPage, JudgedRow, QuestionRow, QuizPage, ResultRow, TrainingPage,
};
use crate::request::Posted;

const QUIZ: &str = "/guanli/peixun/ceyan";

/// `GET /guanli/peixun`.
pub async fn course(desk: Desk) -> Result<Answer, Answer> {
    let signed = desk.signed()?;
    let lang = desk.visit.lang;
    let seen = staff::training(&desk.visit.state.app, &desk.ctx::<Operate>(), signed).await;
    let seen = seen.map_err(failed(&desk))?;
    let course = staff::course();
    let chapter = |section: &staff::Section| Chapter {
        title: lang.pick(&section.zh, &section.en).to_owned(),
        paragraphs: if lang == Lang::Zh {
            section.text_zh.clone()
        } else {
            section.text_en.clone()
        },
    };
    let page = TrainingPage {
        f: desk.frame(lang.t("培训", "Training")),
        c: desk.console(),
        course: lang.pick(&course.zh, &course.en).to_owned(),
        chapters: course.sections.iter().map(chapter).collect(),
        figures: (QUESTIONS, PASS),
        results: seen
            .results
            .iter()
            .map(|result| ResultRow {
                when: Moment::of(lang, result.at),
                right: result.right,
                questions: result.questions,
                until: result.valid_until.map(|until| Moment::of(lang, until)),
            })
            .collect(),
    };
    Ok(Answer::page(&desk.visit, StatusCode::OK, &page))
}

/// `POST /guanli/peixun/ceyan`.
pub async fn begin(desk: Desk, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.signed()?;
    let drawn = staff::begin_quiz(&desk.visit.state.app, &desk.ctx::<Operate>(), signed).await;
    drawn.map_err(failed(&desk))?;
    Ok(Answer::to(QUIZ))
}

/// The quiz that waits, with what was chosen; without one, the way to the course.
async fn page(
    desk: &Desk,
    given: &HashMap<String, String>,
    errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let signed = desk.signed()?;
    let zh = desk.visit.lang == Lang::Zh;
    let drawn = staff::drawn(&desk.visit.state.app, &desk.ctx::<Operate>(), signed).await;
    let Some(drawn) = drawn.map_err(failed(desk))? else {
        return Ok(Answer::to("/guanli/peixun"));
    };
    let row = |question: &&'static staff::Question| {
        let answers = if zh {
            &question.answers_zh
        } else {
            &question.answers_en
        };
        let chosen = given.get(&question.id).and_then(|place| place.parse().ok());
        QuestionRow {
            id: question.id.clone(),
            text: if zh { &question.zh } else { &question.en }.clone(),
            answers: answers
                .iter()
                .enumerate()
                .map(|(place, text)| AnswerChoice {
                    place,
                    text: text.clone(),
                    chosen: chosen == Some(place),
                })
                .collect(),
        }
    };
    let page = QuizPage {
        f: desk.frame(desk.visit.lang.t("测验", "Quiz")),
        c: desk.console(),
        quiz: drawn.id.to_string(),
        pass: PASS,
        questions: drawn.questions.iter().map(row).collect(),
        errors,
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/peixun/ceyan`.
pub async fn quiz(desk: Desk) -> Result<Answer, Answer> {
    page(&desk, &HashMap::new(), Vec::new()).await
}

/// `POST /guanli/peixun/tijiao`.
pub async fn hand_in(desk: Desk, Posted(form): Posted<HashMap<String, String>>) -> Result<Answer, Answer> {
    desk.own_form(form.get("csrf").map_or("", String::as_str))?;
    let signed = desk.signed()?;
    let lang = desk.visit.lang;
    let Some(quiz) = form.get("quiz").and_then(|text| Uuid::parse_str(text).ok()) else {
        return page(&desk, &form, refused(lang, Party::QuizStale)).await;
    };
    let app = &desk.visit.state.app;
    let judged = match staff::hand_in(app, &desk.ctx::<Operate>(), signed, (quiz, &form)).await {
        Ok(judged) => judged,
        Err(failure) => {
            let errors = errors(&desk, &failure)?;
            return page(&desk, &form, errors).await;
        }
    };
    let zh = lang == Lang::Zh;
    let row = |answer: &staff::Answered| {
        let question = answer.question;
        let answers = if zh {
            &question.answers_zh
        } else {
            &question.answers_en
        };
        let text = |place: usize| answers.get(place).cloned().unwrap_or_default();
        JudgedRow {
            text: if zh { &question.zh } else { &question.en }.clone(),
            given: text(answer.given),
            right: if answer.given == answer.right {
                String::new()
            } else {
                text(answer.right)
            },
            why: if zh { &question.why_zh } else { &question.why_en }.clone(),
        }
    };
    let mut rows: Vec<JudgedRow> = judged.answers.iter().map(row).collect();
    rows.sort_by_key(|row| row.right.is_empty());
    let page = JudgedPage {
        f: desk.frame(lang.t("测验结果", "Result of the quiz")),
        c: desk.console(),
        passed: judged.passed,
        figures: (judged.right, judged.pass),
        rows,
    };
    Ok(Answer::page(&desk.visit, StatusCode::OK, &page))
}
