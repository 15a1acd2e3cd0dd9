//! The console's home: what waits for the roles of whoever is signed in.

use app::staff::{self, Clock, Queue};
use axum::http::StatusCode;
use privacy::purpose::{KeepSafe, Operate};

use super::cases::room;
use super::{clock, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::staff::{QueueCard, StaffHomePage};

fn card(lang: Lang, queue: &Queue) -> QueueCard {
    let (href, name) = room(lang, queue.kind);
    let (clock, urgency) = clock(lang, queue.clock);
    QueueCard {
        name,
        href,
        count: queue.count,
        oldest: queue.oldest.map(|at| Moment::of(lang, at)),
        due: match queue.clock {
            Clock::Due(at, _) | Clock::Overdue(at) => Some(Moment::of(lang, at)),
            Clock::Idle | Clock::Unknown => None,
        },
        clock,
        urgency,
    }
}

/// `GET /guanli`.
pub async fn home(desk: Desk) -> Result<Answer, Answer> {
    let signed = desk.signed()?;
    let app = &desk.visit.state.app;
    let lang = desk.visit.lang;
    let queues = staff::queues(app, &desk.ctx::<Operate>(), signed).await;
    let queues = queues.map_err(failed(&desk))?;
    let name = staff::own_name(app, &desk.ctx::<KeepSafe>(), signed).await;
    let page = StaffHomePage {
        f: desk.frame(lang.t("管理台", "Console")),
        c: desk.console(),
        name: name.map_err(failed(&desk))?,
        roles: signed
            .roles
            .iter()
            .map(|role| role.label(lang == Lang::Zh))
            .collect(),
        queues: queues.iter().map(|queue| card(lang, queue)).collect(),
        opens: signed.roles.iter().any(|role| role.opens().is_some()),
    };
    Ok(Answer::page(&desk.visit, StatusCode::OK, &page))
}
