//! The transparency log: its page, the paths that programs read, and a person's receipts.

use app::log::{self, Controller};
use axum::http::StatusCode;
use privacy::log::Kind;
use privacy::purpose::{Browse, ObeyLaw, ShowOwn};
use uuid::Uuid;

use crate::failure::Answer;
use crate::pages::frame::Lang;
use crate::pages::log::{DocumentView, FormerView, KindView, LogPage};
use crate::pages::moment::Moment;
use crate::request::{Named, Visit};

/// What programs read is text of no language.
const TEXT: &str = "text/plain; charset=utf-8";

/// `GET /toumingdu`.
pub async fn page(visit: Visit) -> Result<Answer, Answer> {
    let front = log::front(&visit.state.app, &visit.ctx::<Browse>()).await;
    let front = front.map_err(|failure| Answer::failure(&visit, &failure))?;
    let lang = visit.lang;
    let documents = front.documents.into_iter().map(|document| {
        let told = |field: &str| document.payload[field].as_str().unwrap_or_default().to_owned();
        let language = if told("language") == "zh" {
            "中文"
        } else {
            "English"
        };
        let name = match told("document").as_str() {
            "agreement" => lang.t("用户服务协议", "User agreement"),
            _ => lang.t("隐私政策", "Privacy policy"),
        };
        DocumentView {
            place: document.place,
            name: format!("{name} · {language}"),
            version: told("version"),
            hash: told("text_sha256"),
            salt: document.salt.clone(),
        }
    });
    let former = front.former.into_iter().map(|former| FormerView {
        origin: former.origin,
        size: former.size,
        root: former.root.to_string(),
        ended: Moment::of(lang, former.ended_at),
    });
    let kinds = Kind::ALL.iter().map(|kind| KindView {
        word: kind.as_str(),
        label: if lang == Lang::Zh {
            kind.label().0
        } else {
            kind.label().1
        },
    });
    let page = LogPage {
        f: visit.frame(lang.t("透明日志", "Transparency log")),
        key: front.key,
        signed: front
            .latest
            .as_ref()
            .map(|latest| (latest.size, Moment::of(lang, latest.at))),
        checkpoint: front.latest.map(|latest| latest.note).unwrap_or_default(),
        kinds: kinds.collect(),
        documents: documents.collect(),
        former: former.collect(),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// `GET /tlog/checkpoint`.
pub async fn checkpoint(visit: Visit) -> Answer {
    match log::checkpoint(&visit.state.app, &visit.ctx::<Browse>()).await {
        Ok(note) => Answer::text(TEXT, note),
        Err(failure) => Answer::failure(&visit, &failure),
    }
}

/// `GET /tlog/tile/…`: hashes or entries, in the layout of C2SP tlog-tiles.
pub async fn tile(visit: Visit, Named(path): Named<String>) -> Answer {
    match log::tile(&visit.state.app, &visit.ctx::<Browse>(), &path).await {
        // What is signed never changes: a path always has the same content.
        Ok(bytes) => Answer::lasting("application/octet-stream", bytes),
        Err(failure) => Answer::failure(&visit, &failure),
    }
}

/// `GET /tlog/growth/{old}`: the latest checkpoint and the proof that it goes on from `old` entries.
pub async fn growth(visit: Visit, Named(old): Named<u64>) -> Answer {
    match log::growth(&visit.state.app, &visit.ctx::<Browse>(), old).await {
        Ok(text) => Answer::text(TEXT, text),
        Err(failure) => Answer::failure(&visit, &failure),
    }
}

pub(super) fn controller(visit: &Visit) -> Controller<'_> {
    let settings = &visit.state.settings;
    Controller {
        name: &settings.operator_name,
        contact: &settings.operator_contact,
        responsible_person: &settings.responsible_person,
    }
}

pub(super) fn download(receipt: &serde_json::Value) -> Answer {
    let text = serde_json::to_string_pretty(receipt).unwrap_or_default();
    Answer::download(
        "application/json; charset=utf-8",
        "receipt.json",
        text.into_bytes(),
    )
}

/// `GET /zhanghao/pingzheng/{event}`: the receipt of one's own consent or disclosure.
pub async fn receipt(visit: Visit, Named(event): Named<Uuid>) -> Result<Answer, Answer> {
    let viewer = visit.viewer_for("/zhanghao")?;
    let ctx = visit.ctx::<ShowOwn>();
    let made = log::receipt(&visit.state.app, &ctx, viewer, event, &controller(&visit)).await;
    let receipt = made.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(download(&receipt))
}

/// `GET /zhuxiao/{number}/pingzheng`: the receipt of an erasure, for whoever has its number.
pub async fn erasure_receipt(visit: Visit, Named(number): Named<String>) -> Result<Answer, Answer> {
    let ctx = visit.ctx::<ObeyLaw>();
    let made = log::erasure_receipt(&visit.state.app, &ctx, &number, &controller(&visit)).await;
    let receipt = made.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(download(&receipt))
}
