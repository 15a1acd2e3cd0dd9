//! Training of staff (2.5.1.f): the quiz drawn for somebody, and what came of each.

use privacy::Purpose;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

const DRAW: &str = "INSERT INTO staff_quiz (staff, id, course, questions, drawn_at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (staff) DO UPDATE SET id = excluded.id, course = excluded.course, questions = excluded.questions, \
    drawn_at = excluded.drawn_at";
const DRAWN: &str = "SELECT id, course, questions, drawn_at FROM staff_quiz WHERE staff = $1";
const TAKE: &str = "DELETE FROM staff_quiz WHERE staff = $1 AND id = $2";
const RECORD: &str = "INSERT INTO staff_training (staff, id, course, right_answers, questions, at, valid_until) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const RESULTS: &str = "SELECT id, course, right_answers, questions, at, valid_until FROM staff_training \
    WHERE staff = $1 ORDER BY at DESC, id DESC LIMIT $2";
pub(crate) const STATEMENTS: &[&str] = &[DRAW, DRAWN, TAKE, RECORD, RESULTS];

/// A quiz that was drawn for somebody.
#[derive(Clone, Debug)]
pub struct Quiz {
    /// The quiz.
    pub id: Uuid,
    /// Of which course.
    pub course: String,
    /// The questions, by their identifiers, in the order drawn.
    pub questions: Vec<String>,
    /// When.
    pub drawn_at: OffsetDateTime,
}

/// What came of a quiz.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The result.
    pub id: Uuid,
    /// Of which course.
    pub course: String,
    /// Right answers.
    pub right: i64,
    /// Questions.
    pub questions: i64,
    /// When.
    pub at: OffsetDateTime,
    /// Until when it counts; nothing if it was not passed.
    pub valid_until: Option<OffsetDateTime>,
}

/// Puts a quiz in the place of one drawn before.
///
/// # Errors
/// [`StoreError`].
pub async fn draw<P: Purpose>(
    tx: &mut Tx<'_, P>,
    staff: Uuid,
    course: &str,
    questions: &[&str],
) -> Result<Uuid, StoreError> {
    let id = tx.store().entropy().id();
    let values = [
        Value::Id(staff),
        Value::Id(id),
        Value::Text(course.to_owned()),
        Value::Text(questions.join(",")),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(DRAW, &values).await.map(|_| id)
}

/// The quiz that waits for somebody's answers.
///
/// # Errors
/// [`StoreError`].
pub async fn drawn<P: Purpose>(tx: &mut Tx<'_, P>, staff: Uuid) -> Result<Option<Quiz>, StoreError> {
    let Some(row) = tx.row(DRAWN, &[Value::Id(staff)]).await? else {
        return Ok(None);
    };
    Ok(Some(Quiz {
        id: row.id(0)?,
        course: row.text(1)?,
        questions: row.text(2)?.split(',').map(str::to_owned).collect(),
        drawn_at: row.time(3)?,
    }))
}

/// Takes a quiz to be judged; `false` if it was taken before.
///
/// # Errors
/// [`StoreError`].
pub async fn take<P: Purpose>(tx: &mut Tx<'_, P>, staff: Uuid, quiz: Uuid) -> Result<bool, StoreError> {
    tx.execute(TAKE, &[Value::Id(staff), Value::Id(quiz)])
        .await
        .map(|rows| rows == 1)
}

/// Writes down what came of a quiz.
///
/// # Errors
/// [`StoreError`].
pub async fn record<P: Purpose>(
    tx: &mut Tx<'_, P>,
    staff: Uuid,
    course: &str,
    (right, questions): (i64, i64),
    (at, valid_until): (OffsetDateTime, Option<OffsetDateTime>),
) -> Result<(), StoreError> {
    let values = [
        Value::Id(staff),
        Value::Id(tx.store().entropy().id()),
        Value::Text(course.to_owned()),
        Value::Int(right),
        Value::Int(questions),
        Value::Time(at),
        Value::OptTime(valid_until),
    ];
    tx.execute(RECORD, &values).await.map(|_| ())
}

/// What came of somebody's quizzes, the latest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn results<P: Purpose>(
    tx: &mut Tx<'_, P>,
    staff: Uuid,
    limit: i64,
) -> Result<Vec<Outcome>, StoreError> {
    let values = [Value::Id(staff), Value::Int(limit.clamp(1, 100))];
    let rows = tx.rows(RESULTS, &values).await?;
    let outcome = |row: &Row| {
        Ok(Outcome {
            id: row.id(0)?,
            course: row.text(1)?,
            right: row.int(2)?,
            questions: row.int(3)?,
            at: row.time(4)?,
            valid_until: row.opt_time(5)?,
        })
    };
    rows.iter().map(outcome).collect()
}
