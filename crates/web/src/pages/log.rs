//! The page of the transparency log.

use askama::Template;
use time::macros::datetime;

use super::frame::{Frame, Lang};
use super::moment::Moment;

/// A kind of entry.
#[derive(Clone, Debug)]
pub struct KindView {
    /// The word in the log.
    pub word: &'static str,
    /// What it means.
    pub label: &'static str,
}

/// A published text in the log.
#[derive(Clone, Debug)]
pub struct DocumentView {
    /// Its place.
    pub place: u64,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// The salt of its commitment.
    pub salt: String,
}

/// A log that ended.
#[derive(Clone, Debug)]
pub struct FormerView {
    /// Its name.
    pub origin: String,
    /// How many entries were signed.
    pub size: u64,
    /// The hash of their tree.
    pub root: String,
    /// When it ended.
    pub ended: Moment,
}

/// `GET /toumingdu`: what the log is, how it stands, how to check it.
#[derive(Template, Clone, Debug)]
#[template(path = "public/log.html")]
pub struct LogPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The log's key.
    pub key: String,
    /// How many entries are signed, and since when; nothing before the first checkpoint.
    pub signed: Option<(u64, Moment)>,
    /// The latest checkpoint.
    pub checkpoint: String,
    /// What kinds of entries there are.
    pub kinds: Vec<KindView>,
    /// The texts in the log, newest first.
    pub documents: Vec<DocumentView>,
    /// The logs that this one follows.
    pub former: Vec<FormerView>,
}

impl LogPage {
    /// A log that has grown and one that has not begun, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        Lang::ALL
            .into_iter()
            .flat_map(|lang| {
                let grown = Self {
                    f: Frame::sample(lang, lang.t("透明日志", "Transparency log"), "/toumingdu", false),
                    key: "www.example.com/tlog+1a2b3c4d+AZ<b>".to_owned(),
                    signed: Some((1234, Moment::of(lang, datetime!(2026-11-23 10:20 +8)))),
                    checkpoint: "www.example.com/tlog\n1234\nqqq=\n\n\u{2014} www.example.com/tlog <b>\n"
                        .to_owned(),
                    kinds: vec![KindView {
                        word: "consent",
                        label: lang.t("同意、拒绝或撤回", "consent given, refused or withdrawn"),
                    }],
                    documents: vec![DocumentView {
                        place: 3,
                        name: lang.t("隐私政策", "Privacy policy").to_owned(),
                        version: "2020-11-01".to_owned(),
                        hash: "9f2c41d07ab3<b>".to_owned(),
                        salt: "00ff".to_owned(),
                    }],
                    former: vec![FormerView {
                        origin: "www.example.com/tlog<b>".to_owned(),
                        size: 300,
                        root: "qMA4bR2n3yRlVtq0r8pTg1c5vK0sU9wZ5e7hJ2xLd0Q=".to_owned(),
                        ended: Moment::of(lang, datetime!(2026-11-20 10:00 +8)),
                    }],
                };
                let fresh = Self {
                    signed: None,
                    documents: Vec::new(),
                    former: Vec::new(),
                    ..grown.clone()
                };
                [grown, fresh]
            })
            .collect()
    }
}
