//! The training of staff (2.5.1.f): the course, a quiz, what came of it.

use askama::Template;
use time::macros::datetime;

use super::{Console, Trained};
use crate::pages::account::{FieldError, both};
use crate::pages::frame::Frame;
use crate::pages::moment::Moment;

/// A part of the course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// What it is about.
    pub title: String,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
}

/// What came of a quiz.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRow {
    /// When.
    pub when: Moment,
    /// Right answers.
    pub right: i64,
    /// Questions.
    pub questions: i64,
    /// Until when it counts; nothing if it was not passed.
    pub until: Option<Moment>,
}

/// `GET /guanli/peixun`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/training.html")]
pub struct TrainingPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// The course's name.
    pub course: String,
    /// What is read.
    pub chapters: Vec<Chapter>,
    /// Questions of a quiz, and how many right answers pass.
    pub figures: (usize, usize),
    /// What came of each quiz.
    pub results: Vec<ResultRow>,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerChoice {
    /// Its place.
    pub place: usize,
    /// Its words.
    pub text: String,
    /// Whether it was chosen.
    pub chosen: bool,
}

/// A question to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionRow {
    /// Its identifier.
    pub id: String,
    /// The question.
    pub text: String,
    /// What may be answered.
    pub answers: Vec<AnswerChoice>,
}

/// `GET`/`POST /guanli/peixun/ceyan`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/quiz.html")]
pub struct QuizPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The quiz.
    pub quiz: String,
    /// Right answers that pass.
    pub pass: usize,
    /// The questions.
    pub questions: Vec<QuestionRow>,
}

/// A question as it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedRow {
    /// The question.
    pub text: String,
    /// What was answered.
    pub given: String,
    /// What is right; empty if that was answered.
    pub right: String,
    /// Why.
    pub why: String,
}

/// `POST /guanli/peixun/tijiao`: what came of the quiz, wrong answers explained.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/judged.html")]
pub struct JudgedPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Whether it is passed.
    pub passed: bool,
    /// Right answers, and how many it takes.
    pub figures: (usize, usize),
    /// The questions, those answered wrongly first.
    pub rows: Vec<JudgedRow>,
}

impl TrainingPage {
    /// Never passed, and valid with results, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let never = Self {
                f: Frame::sample(lang, lang.t("培训", "Training"), "/guanli/peixun", false),
                c: Console::sample(lang, Trained::Never),
                course: lang
                    .t("个人信息保护<b>", "Protecting personal data <b>")
                    .to_owned(),
                chapters: vec![Chapter {
                    title: lang.t("为什么", "Why").to_owned(),
                    paragraphs: vec![lang.t("第一段。", "A paragraph.").to_owned()],
                }],
                figures: (8, 7),
                results: Vec::new(),
            };
            let row = ResultRow {
                when: Moment::of(lang, datetime!(2026-11-23 10:00 +8)),
                right: 8,
                questions: 8,
                until: Some(Moment::of(lang, datetime!(2027-11-23 10:00 +8))),
            };
            let failed = ResultRow {
                right: 4,
                until: None,
                ..row.clone()
            };
            let valid = Self {
                c: Console::trained(lang),
                results: vec![row, failed],
                ..never.clone()
            };
            vec![never, valid]
        })
    }
}

impl QuizPage {
    /// Drawn, and handed in with a gap, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let question = |id: &str, chosen| QuestionRow {
                id: id.to_owned(),
                text: lang.t("谁会看到<b>？", "Who sees it <b>?").to_owned(),
                answers: (0..3)
                    .map(|place| AnswerChoice {
                        place,
                        text: lang.t("本人", "the person").to_owned(),
                        chosen: chosen && place == 1,
                    })
                    .collect(),
            };
            let drawn = Self {
                f: Frame::sample(lang, lang.t("测验", "Quiz"), "/guanli/peixun/ceyan", false),
                c: Console::trained(lang),
                errors: Vec::new(),
                quiz: "q1".to_owned(),
                pass: 7,
                questions: vec![question("who-sees", false), question("leak", false)],
            };
            let gap = Self {
                errors: vec![FieldError::new(
                    "h-quiz",
                    lang.t("请回答每一道题", "Answer every question"),
                )],
                questions: vec![question("who-sees", true), question("leak", false)],
                ..drawn.clone()
            };
            vec![drawn, gap]
        })
    }
}

impl JudgedPage {
    /// Passed and not passed, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let row = |right: &str| JudgedRow {
                text: lang.t("谁会看到<b>？", "Who sees it <b>?").to_owned(),
                given: lang.t("只有您自己", "only you").to_owned(),
                right: right.to_owned(),
                why: lang
                    .t("每次打开都有记录。", "Each opening is recorded.")
                    .to_owned(),
            };
            let passed = Self {
                f: Frame::sample(lang, lang.t("测验结果", "Result"), "/guanli/peixun", false),
                c: Console::trained(lang),
                passed: true,
                figures: (8, 7),
                rows: vec![row("")],
            };
            let failed = Self {
                c: Console::sample(lang, Trained::Never),
                passed: false,
                figures: (5, 7),
                rows: vec![row(lang.t("本人", "the person")), row("")],
                ..passed.clone()
            };
            vec![passed, failed]
        })
    }
}
