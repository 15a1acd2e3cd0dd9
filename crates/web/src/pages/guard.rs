//! The security guard's pages: the puzzle inside a form, a log-in that was stopped, what was decided about
//! one's account. None shows an address.

use askama::Template;
use domain::account::guard::contest::{Ground, Ruling};
use domain::account::guard::{Act, Outcome, Signal, State};
use time::macros::datetime;

use super::account::{FieldError, both};
use super::frame::{Frame, Lang};
use super::moment::Moment;

/// A puzzle as a form shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PuzzleBox {
    /// What comes back.
    pub text: String,
    /// Leading zero bits of the work.
    pub bits: u32,
    /// Seconds until a script's work counts.
    pub wait: i64,
    /// The question for whoever has no script.
    pub question: String,
    /// Seconds until an answer counts.
    pub answer_wait: i64,
    /// The path of the script.
    pub script: &'static str,
}

impl PuzzleBox {
    /// A sample.
    #[must_use]
    pub fn sample(lang: Lang) -> Self {
        Self {
            text: "00000000000000000000000000000000.15.1795399200.1795401000.ab<b>".to_owned(),
            bits: 15,
            wait: 20,
            question: lang.t("三加四等于多少？", "What is three plus four?").to_owned(),
            answer_wait: 35,
            script: "/static/puzzle.00000000.js",
        }
    }
}

/// A signal in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalRow {
    /// What it says.
    pub label: &'static str,
    /// What removes it.
    pub removed: &'static str,
    /// What it adds.
    pub weight: i64,
}

impl SignalRow {
    /// Signals in words.
    #[must_use]
    pub fn of(lang: Lang, signals: &[Signal]) -> Vec<Self> {
        let zh = lang == Lang::Zh;
        let row = |signal: &Signal| Self {
            label: signal.label(zh),
            removed: signal.removed(zh),
            weight: signal.weight(),
        };
        signals.iter().map(row).collect()
    }
}

/// A decision as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// The decision.
    pub id: String,
    /// What somebody was about to do.
    pub act: &'static str,
    /// What followed.
    pub outcome: &'static str,
    /// Whether it kept somebody back.
    pub hard: bool,
    /// When.
    pub when: Moment,
    /// Device and region; empty for what went on.
    pub origin: String,
    /// Why.
    pub signals: Vec<SignalRow>,
    /// How it stands.
    pub state: &'static str,
    /// Why it was contested; empty if it was not.
    pub ground: &'static str,
    /// By when a human answers.
    pub due: Option<Moment>,
    /// What a human decided; empty if none did.
    pub ruling: &'static str,
    /// Whether it may be contested.
    pub contestable: bool,
}

impl DecisionRow {
    /// A sample that may be contested.
    #[must_use]
    pub fn sample(lang: Lang) -> Self {
        let zh = lang == Lang::Zh;
        Self {
            id: "00000000-0000-4000-8000-000000000000".to_owned(),
            act: Act::Password.label(zh),
            outcome: Outcome::Hold.label(zh),
            hard: true,
            when: Moment::of(lang, datetime!(2026-11-23 14:30 +8)),
            origin: "Firefox · Linux · JP <b>".to_owned(),
            signals: SignalRow::of(lang, &[Signal::NewDevice, Signal::TooFar]),
            state: State::Standing.label(zh),
            ground: "",
            due: None,
            ruling: "",
            contestable: true,
        }
    }
}

/// The ways to contest, for a form.
#[must_use]
pub fn grounds(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let zh = lang == Lang::Zh;
    Ground::ALL
        .iter()
        .map(|ground| (ground.as_str(), ground.label(zh)))
        .collect()
}

/// The ways to rule, for a form.
#[must_use]
pub fn rulings(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let zh = lang == Lang::Zh;
    Ruling::ALL
        .iter()
        .map(|ruling| (ruling.as_str(), ruling.label(zh)))
        .collect()
}

/// What is to be done about a stopped log-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A hold: the puzzle, and the wait.
    Puzzle(PuzzleBox),
    /// The code of the own phone; whether one was just sent.
    Code(bool),
    /// The second factor.
    Second,
    /// Frozen: recovering the account.
    Recover,
    /// Nothing: there is no such log-in any more.
    Over,
}

/// `GET`/`POST /denglu/anquan`: a log-in that was stopped.
#[derive(Template, Clone, Debug)]
#[template(path = "account/stopped.html")]
pub struct StoppedPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// Where to go afterwards.
    pub next: String,
    /// What was decided.
    pub outcome: &'static str,
    /// Why.
    pub signals: Vec<SignalRow>,
    /// What is to be done.
    pub step: Next,
    /// Whether it may be contested.
    pub contestable: bool,
    /// Why it was contested; empty if it was not.
    pub ground: &'static str,
    /// By when a human answers.
    pub due: Option<Moment>,
    /// What a human decided; empty if none did.
    pub ruling: &'static str,
    /// The ways to contest.
    pub grounds: Vec<(&'static str, &'static str)>,
}

impl StoppedPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// The puzzle, if one is to be solved.
    #[must_use]
    pub const fn puzzle(&self) -> Option<&PuzzleBox> {
        match &self.step {
            Next::Puzzle(puzzle) => Some(puzzle),
            _ => None,
        }
    }

    /// Held, to be proved by code, by second factor, frozen, contested, ruled on, and over, in both
    /// languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let zh = lang == Lang::Zh;
            let held = Self {
                f: Frame::sample(
                    lang,
                    lang.t("登录安全验证", "Log-in held back"),
                    "/denglu/anquan",
                    false,
                ),
                errors: vec![FieldError::new("answer", lang.t("答案不对 <b>", "wrong <b>"))],
                next: "/zhanghao".to_owned(),
                outcome: Outcome::Hold.label(zh),
                signals: SignalRow::of(lang, &[Signal::NewDevice, Signal::NewNetwork, Signal::TooFar]),
                step: Next::Puzzle(PuzzleBox::sample(lang)),
                contestable: true,
                ground: "",
                due: None,
                ruling: "",
                grounds: grounds(lang),
            };
            let fine = Self {
                errors: Vec::new(),
                ..held.clone()
            };
            let code = Self {
                outcome: Outcome::StepUp.label(zh),
                step: Next::Code(true),
                errors: vec![FieldError::new("code", lang.t("验证码不对", "The code is wrong"))],
                ..held.clone()
            };
            let second = Self {
                step: Next::Second,
                ..fine.clone()
            };
            let frozen = Self {
                outcome: Outcome::Freeze.label(zh),
                step: Next::Recover,
                ..fine.clone()
            };
            let contested = Self {
                contestable: false,
                ground: Ground::Me.label(zh),
                due: Some(Moment::of(lang, datetime!(2026-11-26 18:00 +8))),
                ..frozen.clone()
            };
            let ruled = Self {
                ruling: Ruling::Unproved.label(zh),
                ..contested.clone()
            };
            let over = Self {
                step: Next::Over,
                signals: Vec::new(),
                contestable: false,
                ..fine.clone()
            };
            vec![held, fine, code, second, frozen, contested, ruled, over]
        })
    }
}

/// `GET`/`POST /zhanghao/anquan`: what the guard decided about one's account.
#[derive(Template, Clone, Debug)]
#[template(path = "account/guard.html")]
pub struct GuardPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The decision whose contest was refused.
    pub refused: String,
    /// The decisions, newest first.
    pub rows: Vec<DecisionRow>,
    /// The ways to contest.
    pub grounds: Vec<(&'static str, &'static str)>,
    /// Every signal there is.
    pub signals: Vec<SignalRow>,
    /// The thresholds: one more step, hold, freeze.
    pub thresholds: (i64, i64, i64),
    /// Their version.
    pub rules: i64,
    /// Whether it is the first page.
    pub first: bool,
    /// Where the next page begins.
    pub older: Option<String>,
}

impl GuardPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// With decisions, refused, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let zh = lang == Lang::Zh;
            let open = DecisionRow::sample(lang);
            let ruled = DecisionRow {
                id: "11111111-0000-4000-8000-000000000000".to_owned(),
                state: State::Lifted.label(zh),
                ground: Ground::Away.label(zh),
                due: Some(Moment::of(lang, datetime!(2026-11-26 18:00 +8))),
                ruling: Ruling::Recognised.label(zh),
                contestable: false,
                ..open.clone()
            };
            let calm = DecisionRow {
                id: "22222222-0000-4000-8000-000000000000".to_owned(),
                outcome: Outcome::Allow.label(zh),
                hard: false,
                origin: String::new(),
                signals: Vec::new(),
                state: State::Done.label(zh),
                contestable: false,
                ..open.clone()
            };
            let full = Self {
                f: Frame::sample(
                    lang,
                    lang.t("安全守卫", "Security guard"),
                    "/zhanghao/anquan",
                    true,
                ),
                errors: Vec::new(),
                refused: String::new(),
                rows: vec![open.clone(), ruled, calm],
                grounds: grounds(lang),
                signals: SignalRow::of(lang, Signal::ALL),
                thresholds: (40, 70, 110),
                rules: 1,
                first: true,
                older: Some("1795399200000000-00000000-0000-4000-8000-000000000000".to_owned()),
            };
            let refused = Self {
                errors: vec![FieldError::new("ground", lang.t("请选择理由", "Choose why"))],
                refused: open.id,
                ..full.clone()
            };
            let empty = Self {
                rows: Vec::new(),
                first: false,
                older: None,
                ..full.clone()
            };
            vec![full, refused, empty]
        })
    }
}
