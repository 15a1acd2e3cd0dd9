//! The operator's console (2.5.1.e). Every handler takes a [`Desk`]; what is not one's work is not there.

mod cases;
pub mod demands;
pub mod enterprise;
pub mod guard;
pub mod home;
pub mod licence;
pub mod minor;
pub mod orders;
pub mod people;
pub mod setup;
pub mod sign_in;
pub mod supplier;
pub mod training;
pub mod verification;

use app::Failure;
use app::staff::Clock;
use domain::refused::Party;
use domain::staff::Role;

use super::account::errors_of;
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::staff::Urgency;

/// The refusals of a failure as field errors; anything else is its own page.
fn errors(desk: &Desk, failure: &Failure) -> Result<Vec<FieldError>, Answer> {
    errors_of(&desk.visit, failure)
}

/// The page of a failure.
fn failed(desk: &Desk) -> impl Fn(Failure) -> Answer + '_ {
    |failure| Answer::failure(&desk.visit, &failure)
}

/// A refusal as an error of its field.
fn refused(lang: Lang, party: Party) -> Vec<FieldError> {
    let refused = domain::Refused::from(party);
    vec![FieldError::new(
        refused.field(),
        refused.message(lang == Lang::Zh),
    )]
}

/// Roles in words.
fn role_names(lang: Lang, roles: &[Role]) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.label(lang == Lang::Zh)).collect();
    names.join(lang.t("、", ", "))
}

/// A clock in words, and how urgent it is.
fn clock(lang: Lang, clock: Clock) -> (String, Urgency) {
    match clock {
        Clock::Idle => (String::new(), Urgency::Idle),
        Clock::Overdue(_) => (lang.t("已超时", "overdue").to_owned(), Urgency::Late),
        Clock::Due(_, Some(0)) => (lang.t("今天到期", "due today").to_owned(), Urgency::Soon),
        Clock::Due(_, Some(1)) => (
            lang.t("还剩 1 个工作日", "1 working day left").to_owned(),
            Urgency::Soon,
        ),
        Clock::Due(_, Some(days)) => (
            format!(
                "{}{days}{}",
                lang.t("还剩 ", ""),
                lang.t(" 个工作日", " working days left")
            ),
            Urgency::Calm,
        ),
        Clock::Due(_, None) | Clock::Unknown => (
            lang.t(
                "当年节假日安排尚未录入，请看日期",
                "the calendar of that year is not known; see the day",
            )
            .to_owned(),
            Urgency::Calm,
        ),
    }
}
