//! A request of a member of staff: a session, a cookie and a token of their own, apart from users
//! (2.5.1.e).

use app::staff::{self, Signed};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::staff::Role;
use domain::staff::training::Standing;
use privacy::{Actor, Ctx, Purpose};
use subtle::ConstantTimeEq as _;

use crate::failure::Answer;
use crate::pages::frame::Frame;
use crate::pages::moment::Moment;
use crate::pages::staff::{Console, Room, Trained};
use crate::request::{Visit, cookie};
use crate::state::WebState;

/// Where staff sign in.
const DOOR: &str = "/guanli/denglu";

const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-staff" } else { "staff" }
}

/// A request to the console.
pub struct Desk {
    /// What every request has.
    pub visit: Visit,
    /// Who is signed in.
    pub signed: Option<Signed>,
    /// The session's token, if the browser has one.
    pub token: Option<String>,
}

impl FromRequestParts<WebState> for Desk {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Answer> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let token = cookie(&parts.headers, cookie_name(state.settings.secure)).map(str::to_owned);
        let mut signed = None;
        if let Some(token) = &token {
            let ctx = visit.as_visitor::<privacy::purpose::KeepSafe>();
            let found = staff::authenticate(&state.app, &ctx, token).await;
            signed = found.map_err(|failure| Answer::failure(&visit, &failure))?;
        }
        Ok(Self { visit, signed, token })
    }
}

impl Desk {
    /// Who is signed in, or the way to the door.
    ///
    /// # Errors
    /// A redirect.
    pub fn signed(&self) -> Result<&Signed, Answer> {
        self.signed.as_ref().ok_or_else(|| Answer::to(DOOR))
    }

    /// Who is signed in, if they have this role; to others the page does not exist.
    ///
    /// # Errors
    /// A redirect, or the page of what is not there.
    pub fn acting(&self, role: Role) -> Result<&Signed, Answer> {
        let signed = self.signed()?;
        ::policy::clause!("2.5.1.e");
        if signed.has(role) {
            Ok(signed)
        } else {
            Err(Answer::not_found(&self.visit))
        }
    }

    /// The context of this request: whoever is signed in about themself, or a visitor.
    pub fn ctx<P: Purpose>(&self) -> Ctx<P> {
        let actor = self.signed.as_ref().map_or(Actor::Visitor, Signed::actor);
        let visitor = self.visit.as_visitor::<P>();
        Ctx::new(actor, visitor.policy_version(), visitor.request(), visitor.now())
    }

    /// Refuses a form that is not this site's own, or not this session's.
    ///
    /// # Errors
    /// A page that says so.
    pub fn own_form(&self, csrf: &str) -> Result<(), Answer> {
        let expected = self.signed.as_ref().map_or("", |signed| signed.csrf.as_str());
        let own = bool::from(csrf.as_bytes().ct_eq(expected.as_bytes()));
        if self.visit.own_site() && own {
            return Ok(());
        }
        if self.visit.own_site() && self.signed.is_none() {
            return Err(Answer::to(DOOR));
        }
        let stale = app::Failure::from(domain::Refused::FormStale);
        Err(Answer::failure(&self.visit, &stale))
    }

    /// Refuses a form of another site, where nobody is signed in yet.
    ///
    /// # Errors
    /// A page that says so.
    pub fn open_form(&self) -> Result<(), Answer> {
        if self.visit.own_site() {
            return Ok(());
        }
        let stale = app::Failure::from(domain::Refused::FormStale);
        Err(Answer::failure(&self.visit, &stale))
    }

    /// The frame of a page of the console.
    pub fn frame(&self, title: &str) -> Frame {
        let csrf = self.signed.as_ref().map(|signed| signed.csrf.clone());
        Frame {
            csrf: csrf.unwrap_or_default(),
            viewer: None,
            ..self.visit.frame(title)
        }
    }

    /// What every page of the console shows of whoever is signed in.
    pub fn console(&self) -> Console {
        let (lang, now) = (self.visit.lang, self.visit.state.app.clock.now());
        let Some(signed) = &self.signed else {
            return Console::default();
        };
        let room = |role: Role, href, zh, en| {
            signed.has(role).then(|| Room {
                href,
                name: lang.t(zh, en),
            })
        };
        let rooms = [
            Some(Room {
                href: "/guanli",
                name: lang.t("首页", "Home"),
            }),
            room(Role::Verifier, "/guanli/shiming", "实名认证", "Persons"),
            room(Role::Verifier, "/guanli/qiye", "企业认证", "Enterprises"),
            room(Role::Verifier, "/guanli/ruzhu", "服务商入驻", "Providers"),
            room(Role::Verifier, "/guanli/zizhi", "服务商资质", "Licences"),
            room(Role::Dpo, "/guanli/qingqiu", "个人信息请求", "Demands"),
            room(Role::Dpo, "/guanli/anquan", "安全复核", "Guard reviews"),
            room(Role::Dpo, "/guanli/weichengnian", "未成年人", "Minors"),
            room(
                Role::Supervisor,
                "/guanli/pizhun",
                "未成年人信息批准",
                "Minors: approvals",
            ),
            room(Role::Arbiter, "/guanli/dingdan", "待裁决订单", "Disputes"),
            room(Role::Admin, "/guanli/renyuan", "人员", "Staff"),
            Some(Room {
                href: "/guanli/peixun",
                name: lang.t("培训", "Training"),
            }),
        ];
        Console {
            identifier: signed.identifier.clone(),
            rooms: rooms.into_iter().flatten().collect(),
            trained: match Standing::of(signed.trained_until, now) {
                Standing::Never => Trained::Never,
                Standing::Lapsed(at) => Trained::Lapsed(Moment::of(lang, at)),
                Standing::Soon(at) => Trained::Soon(Moment::of(lang, at)),
                Standing::Valid(at) => Trained::Valid(Moment::of(lang, at)),
            },
        }
    }
}

impl Answer {
    /// Leaves the token of a staff session in the browser.
    #[must_use]
    pub fn with_desk(self, visit: &Visit, token: &str) -> Self {
        let seconds = domain::staff::SESSION_LIFE.whole_seconds();
        self.with_cookie(visit, cookie_name(visit.state.settings.secure), token, seconds)
    }

    /// Takes it back.
    #[must_use]
    pub fn without_desk(self, visit: &Visit) -> Self {
        self.with_cookie(visit, cookie_name(visit.state.settings.secure), "", 0)
    }
}
