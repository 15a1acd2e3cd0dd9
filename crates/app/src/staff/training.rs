//! The training of staff (2.5.1.f): a course to read, a quiz drawn by chance and judged here, a certificate
//! for twelve months. Without one nothing personal opens, which the kernel looks up itself.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::OnceLock;

use domain::Refused;
use domain::refused::Party;
use domain::staff::training::{PASS, QUESTIONS, QUIZ_LIFE, Standing, draw, passes, valid_until};
use privacy::Ctx;
use privacy::purpose::Operate;
use serde::Deserialize;
use storage::Tx;
use storage::staff::training::{self as store, Outcome};
use storage::staff::{self};
use uuid::Uuid;

use super::Signed;
use crate::{App, Failure};

/// Results shown.
const SHOWN: i64 = 20;

/// A part of the course.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// What it is about, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The paragraphs, in Chinese.
    pub text_zh: Vec<String>,
    /// The same in English.
    pub text_en: Vec<String>,
}

/// A question.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its stable identifier.
    pub id: String,
    /// The question, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// What may be answered, in Chinese.
    pub answers_zh: Vec<String>,
    /// The same in English.
    pub answers_en: Vec<String>,
    /// Which is right, from 0.
    right: usize,
    /// Why, in Chinese.
    pub why_zh: String,
    /// The same in English.
    pub why_en: String,
}

/// What is taught and asked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// Its stable identifier.
    pub id: String,
    /// Its name, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// What is read.
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
    /// What is asked.
    #[serde(rename = "question")]
    questions: Vec<Question>,
}

impl Course {
    fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }
}

/// The course of this build; a test reads it before it ships.
#[must_use]
pub fn course() -> &'static Course {
    static COURSE: OnceLock<Course> = OnceLock::new();
    policy::clause!("2.5.1.f");
    COURSE
        .get_or_init(|| toml::from_str(include_str!("../../../../training/course.toml")).unwrap_or_default())
}

/// How somebody's training stands, with what came of their quizzes.
pub struct Training {
    /// How it stands.
    pub standing: Standing,
    /// What came of each quiz, the latest first.
    pub results: Vec<Outcome>,
}

/// How somebody's training stands.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn training(app: &App, ctx: &Ctx<Operate>, signed: &Signed) -> Result<Training, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = staff::by_id(&mut tx, signed.id).await?.ok_or(Failure::NotFound)?;
    Ok(Training {
        standing: Standing::of(row.trained_until, ctx.now()),
        results: store::results(&mut tx, signed.id, SHOWN).await?,
    })
}

/// A quiz that waits for answers.
pub struct Drawn {
    /// The quiz.
    pub id: Uuid,
    /// Its questions.
    pub questions: Vec<&'static Question>,
}

/// Draws a quiz in the place of one that waits.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn begin_quiz(app: &App, ctx: &Ctx<Operate>, signed: &Signed) -> Result<(), Failure> {
    let course = course();
    let places = draw(course.questions.len(), QUESTIONS, &*app.entropy);
    let ids: Vec<&str> = places
        .into_iter()
        .filter_map(|place| course.questions.get(place))
        .map(|question| question.id.as_str())
        .collect();
    let mut tx = app.store.begin(ctx).await?;
    store::draw(&mut tx, signed.id, &course.id, &ids).await?;
    Ok(tx.commit().await?)
}

async fn waiting(tx: &mut Tx<'_, Operate>, signed: &Signed) -> Result<Option<Drawn>, Failure> {
    let course = course();
    let now = tx.ctx().now();
    let Some(quiz) = store::drawn(tx, signed.id).await? else {
        return Ok(None);
    };
    let questions: Vec<_> = quiz
        .questions
        .iter()
        .filter_map(|id| course.question(id))
        .collect();
    // Of another course, or of questions that are no more: a new one is drawn.
    let whole = quiz.course == course.id && questions.len() == QUESTIONS;
    let waits = now - quiz.drawn_at < QUIZ_LIFE;
    Ok((whole && waits).then_some(Drawn {
        id: quiz.id,
        questions,
    }))
}

/// The quiz that waits for somebody's answers.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn drawn(app: &App, ctx: &Ctx<Operate>, signed: &Signed) -> Result<Option<Drawn>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    waiting(&mut tx, signed).await
}

/// A question with what was answered.
pub struct Answered {
    /// The question.
    pub question: &'static Question,
    /// What was answered, from 0.
    pub given: usize,
    /// What is right, from 0.
    pub right: usize,
}

/// What came of a quiz.
pub struct Judged {
    /// Every question with its answer.
    pub answers: Vec<Answered>,
    /// Right answers.
    pub right: usize,
    /// How many it takes.
    pub pass: usize,
    /// Whether it is passed.
    pub passed: bool,
}

/// Judges the answers to the quiz that waits, given by question; a quiz is judged once.
///
/// # Errors
/// [`Party::QuizIncomplete`] with the quiz still waiting, [`Party::QuizStale`].
pub async fn hand_in<S: BuildHasher + Sync>(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    (quiz, given): (Uuid, &HashMap<String, String, S>),
) -> Result<Judged, Failure> {
    policy::clause!("2.5.1.f");
    let mut tx = app.store.begin(ctx).await?;
    let stale = || Failure::from(Refused::from(Party::QuizStale));
    let drawn = waiting(&mut tx, signed).await?.filter(|drawn| drawn.id == quiz);
    let drawn = drawn.ok_or_else(stale)?;
    let mut answers = Vec::with_capacity(QUESTIONS);
    for question in drawn.questions {
        let given = given.get(&question.id).and_then(|text| text.parse().ok());
        let given = given.filter(|place: &usize| *place < question.answers_zh.len());
        answers.push(Answered {
            question,
            given: given.ok_or(Refused::from(Party::QuizIncomplete))?,
            right: question.right,
        });
    }
    if !store::take(&mut tx, signed.id, quiz).await? {
        return Err(stale());
    }
    let right = answers
        .iter()
        .filter(|answer| answer.given == answer.right)
        .count();
    let passed = passes(right);
    let counts = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let until = passed.then(|| valid_until(ctx.now()));
    let score = (counts(right), counts(QUESTIONS));
    store::record(&mut tx, signed.id, &course().id, score, (ctx.now(), until)).await?;
    tx.commit().await?;
    Ok(Judged {
        answers,
        right,
        pass: PASS,
        passed,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn clause_2_5_1_f_the_course_is_whole_in_both_languages() {
        let course = course();
        assert!(!course.id.is_empty() && course.sections.len() >= 6);
        assert!(
            course.questions.len() >= 2 * QUESTIONS,
            "a quiz is another each time"
        );
        for section in &course.sections {
            assert!(!section.text_zh.is_empty() && section.text_zh.len() == section.text_en.len());
        }
        let ids: HashSet<_> = course.questions.iter().map(|question| &question.id).collect();
        assert_eq!(ids.len(), course.questions.len());
        for question in &course.questions {
            assert!(question.answers_zh.len() >= 3 && question.answers_zh.len() == question.answers_en.len());
            assert!(question.right < question.answers_zh.len(), "{}", question.id);
            assert!(!question.id.contains(','), "{}", question.id);
            assert!(!question.why_zh.is_empty() && !question.why_en.is_empty());
        }
        // Whoever always takes the same place does not pass.
        for place in 0..3 {
            let hits = course.questions.iter().filter(|question| question.right == place);
            assert!(hits.count() * 4 < course.questions.len() * 3, "{place}");
        }
    }
}
