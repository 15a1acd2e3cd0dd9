//! Registration, log-in, the account page, sessions and passwords.

use app::Failure;
use app::account::{self, CodeRequest, Documents, Entry, Login, PasswordChange, Registration, Reset};
use axum::http::StatusCode;
use domain::Refused;
use domain::account::offer::REAL_NAME;
use privacy::purpose::{KeepAccount, KeepSafe, ShowOwn, VerifyHolder};
use serde::Deserialize;
use uuid::Uuid;

use super::{consent, guard};
use crate::door::{Brought, Left};
use crate::failure::{Answer, in_query, local};
use crate::pages::account::{
    AccessRow, AccountPage, ConsentRow, FieldError, LoginPage, PasswordPage, ReceiptLink, RegisterPage,
    ResetPage, SessionRow,
};
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::request::{Asked, Named, Posted, Visit};

fn field_errors(lang: Lang, refusals: &[Refused]) -> Vec<FieldError> {
    refusals
        .iter()
        .map(|refused| FieldError::new(refused.field(), refused.message(lang == Lang::Zh)))
        .collect()
}

/// The refusals of a failure as field errors; anything else is its own page. An act that wants a fresh
/// proof leads to it, and from there back to the form.
pub(super) fn errors_of(visit: &Visit, failure: &Failure) -> Result<Vec<FieldError>, Answer> {
    match failure {
        Failure::Refused(refusals) if refusals.contains(&Refused::ProofNeeded) => {
            Err(guard::to_proof(visit.page()))
        }
        Failure::Refused(refusals) => Ok(field_errors(visit.lang, refusals)),
        _ => Err(Answer::failure(visit, failure)),
    }
}

fn documents(visit: &Visit) -> Result<Documents, Answer> {
    let version = visit.state.version().ok_or_else(|| Answer::not_found(visit))?;
    let lang = visit.policy_lang();
    Ok(Documents {
        agreement_version: version.id.clone(),
        agreement_hash: version.agreement_hash(lang, &visit.state.settings.operator_name),
        policy_version: version.id.clone(),
        policy_hash: version.policy_hash(lang),
        lang: visit.lang.code(),
    })
}

/// The registration form: the three fields of clause 2.1.1.b, the code, two separate boxes (0.2).
/// A field more is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    account_name: String,
    #[serde(default)]
    password: String,
    accept_agreement: Option<String>,
    accept_policy: Option<String>,
    #[serde(default)]
    next: String,
}

impl RegisterForm {
    /// Whether the two boxes were ticked for the versions shown now: a tick for an earlier text is
    /// none for this one (0.2).
    fn ticks(&self, documents: &Documents) -> (bool, bool) {
        let ticked = |tick: &Option<String>, version: &str| tick.as_deref() == Some(version);
        (
            ticked(&self.accept_agreement, &documents.agreement_version),
            ticked(&self.accept_policy, &documents.policy_version),
        )
    }
}

fn register_page(visit: &Visit, form: &RegisterForm, errors: Vec<FieldError>, code_sent: bool) -> Answer {
    let version = visit
        .state
        .version()
        .map(|version| version.id.clone())
        .unwrap_or_default();
    // The person's own ticks stay, like everything they typed; none is ever set for them (0.7).
    let kept = |tick: &Option<String>| tick.as_deref() == Some(version.as_str());
    let (agreement_ticked, policy_ticked) = (kept(&form.accept_agreement), kept(&form.accept_policy));
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = RegisterPage {
        f: visit.frame(visit.lang.t("注册账号", "Create an account")),
        errors,
        phone: form.phone.chars().take(64).collect(),
        account_name: form.account_name.chars().take(64).collect(),
        next: local(&form.next).to_owned(),
        code_sent,
        advice: Vec::new(),
        agreement_ticked,
        policy_ticked,
        agreement_version: version.clone(),
        policy_version: version,
    };
    Answer::page(visit, status, &page)
}

/// `GET /zhuce`.
pub async fn register_form(visit: Visit, Asked(Next { next }): Asked<Next>) -> Answer {
    if visit.viewer.is_some() {
        return Answer::to(local(&next));
    }
    let empty = RegisterForm {
        csrf: String::new(),
        phone: String::new(),
        code: String::new(),
        account_name: String::new(),
        password: String::new(),
        accept_agreement: None,
        accept_policy: None,
        next,
    };
    register_page(&visit, &empty, Vec::new(), false)
}

/// `POST /zhuce/yanzhengma`.
pub async fn register_code(visit: Visit, Posted(form): Posted<RegisterForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let documents = documents(&visit)?;
    let (accept_agreement, accept_policy) = form.ticks(&documents);
    let request = CodeRequest {
        phone: &form.phone,
        accept_agreement,
        accept_policy,
        documents: &documents,
    };
    Ok(
        match account::request_code(&visit.state.app, &visit.ctx::<KeepAccount>(), &request).await {
            Ok(()) => register_page(&visit, &form, Vec::new(), true),
            Err(failure) => register_page(&visit, &form, errors_of(&visit, &failure)?, false),
        },
    )
}

/// `POST /zhuce`.
pub async fn register(visit: Visit, Posted(form): Posted<RegisterForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let documents = documents(&visit)?;
    let (accept_agreement, accept_policy) = form.ticks(&documents);
    let registration = Registration {
        phone: &form.phone,
        code: &form.code,
        account_name: &form.account_name,
        password: &form.password,
        accept_agreement,
        accept_policy,
        documents: &documents,
        device: &visit.device,
    };
    match account::register(&visit.state.app, &visit.ctx::<KeepAccount>(), &registration).await {
        Ok(begun) => Ok(Answer::to(local(&form.next)).with_session(&visit, &begun.token)),
        Err(failure) => Ok(register_page(&visit, &form, errors_of(&visit, &failure)?, false)),
    }
}

/// The log-in form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// Where to go after the log-in.
#[derive(Default, Deserialize)]
pub struct Next {
    /// A path of this site.
    #[serde(default)]
    pub next: String,
}

/// The log-ins of a demonstration, with what each shows.
fn demo_people(visit: &Visit) -> Vec<(&'static str, &'static str)> {
    if !visit.state.settings.demo {
        return Vec::new();
    }
    let people = app::demo::PEOPLE.iter();
    people
        .map(|person| (person.name, visit.lang.t(person.role_zh, person.role_en)))
        .collect()
}

fn login_page(visit: &Visit, login: &str, next: &str, errors: Vec<FieldError>) -> Answer {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = LoginPage {
        f: visit.frame(visit.lang.t("登录", "Log in")),
        errors,
        login: login.chars().take(64).collect(),
        next: local(next).to_owned(),
        demo_people: demo_people(visit),
        demo_password: app::demo::PASSWORD,
        demo_secret: domain::account::totp::grouped(app::demo::SECRET),
    };
    Answer::page(visit, status, &page)
}

/// `GET /denglu`.
pub async fn login_form(visit: Visit, Asked(Next { next }): Asked<Next>) -> Answer {
    if visit.viewer.is_some() {
        Answer::to(local(&next))
    } else {
        login_page(&visit, "", &next, Vec::new())
    }
}

/// `POST /denglu`.
pub async fn log_in(visit: Visit, left: Brought, Posted(form): Posted<LoginForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let login = Login {
        login: &form.login,
        password: &form.password,
        device: &visit.device,
        remembered: left.remembered.as_deref(),
    };
    match account::log_in(&visit.state.app, &visit.ctx::<VerifyHolder>(), &login).await {
        Ok(Entry::Begun(begun)) => Ok(Answer::to(local(&form.next)).with_session(&visit, &begun.token)),
        Ok(Entry::Waits { token }) => {
            let step = format!("/denglu/yanzheng?next={}", in_query(local(&form.next)));
            Ok(Answer::to(&step).leaving(&visit, Left::Pending, &token))
        }
        Err(failure) => Ok(login_page(
            &visit,
            &form.login,
            &form.next,
            errors_of(&visit, &failure)?,
        )),
    }
}

/// A form with nothing but its token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The session's token.
    #[serde(default)]
    pub csrf: String,
}

/// `POST /tuichu`.
pub async fn log_out(visit: Visit, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer()?;
    let out = account::log_out(&visit.state.app, &visit.ctx::<KeepSafe>(), viewer).await;
    out.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(Answer::to("/").without_session(&visit))
}

/// `POST /zhanghao/huihua/{session}/chexiao`.
pub async fn revoke(
    visit: Visit,
    Named(session): Named<String>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer()?;
    let session = Uuid::parse_str(&session).map_err(|_| Answer::not_found(&visit))?;
    let revoked = account::revoke(&visit.state.app, &visit.ctx::<KeepSafe>(), viewer, session).await;
    revoked.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(Answer::to("/zhanghao"))
}

fn who(lang: Lang, kind: &str, own: bool) -> String {
    match kind {
        "person" if own => lang.t("您本人", "You"),
        "person" => lang.t("订单的另一方", "The other side of an order"),
        "system:job" => lang.t("系统（发送通知）", "The system, to send a notice"),
        "visitor" => lang.t("验证身份的访客", "A visitor proving to be you"),
        "staff:customer_service" => lang.t("平台客服", "Platform support"),
        "staff:mediator" => lang.t("平台调解员", "The platform's mediator"),
        "staff:security_officer" => lang.t("平台安全员", "The platform's security officer"),
        "staff:privacy_officer" => lang.t("个人信息保护负责人", "The privacy officer"),
        "system:demo" => lang.t("演示发件箱", "The demo outbox"),
        _ => lang.t("系统", "The system"),
    }
    .to_owned()
}

/// The same, if the data of many was opened at once.
fn among(lang: Lang, who: String, people: i64) -> String {
    match people {
        1 => who,
        _ => format!(
            "{who}{}{people}{}",
            lang.t("（同时处理 ", " (for "),
            lang.t(" 人）", " people at once)")
        ),
    }
}

pub(super) fn field_name(lang: Lang, field: &str) -> &str {
    match field {
        "account.name" => lang.t("账号名", "account name"),
        "account.phone" | "message_outbox.recipient" => lang.t("手机号", "mobile number"),
        "log_entry.opening" => lang.t("凭证的内容", "contents of receipts"),
        "session.device" | "remembered_device.device" => lang.t("登录设备", "devices"),
        "authenticator.secret" => lang.t("两步登录密钥", "secret of two-step log-in"),
        "api_token.name" => lang.t("访问令牌名称", "names of access tokens"),
        "message_outbox.body" => lang.t("短信内容", "message text"),
        "order_event.note" => lang.t("订单备注", "order notes"),
        "person_verification.real_name" => lang.t("姓名", "name"),
        "person_verification.id_number" => lang.t("身份证号码", "identity number"),
        "order_share.contact_name" => lang.t("联系人称呼", "whom to ask for"),
        "order_share.phone" => lang.t("联系电话", "contact phone"),
        "order_share.email" => lang.t("电子邮箱", "mail address"),
        "order_share.address" => lang.t("地址", "address"),
        other => other,
    }
}

fn purpose_name(lang: Lang, purpose: &str) -> &str {
    match purpose {
        "show_own" => lang.t("向您本人展示", "showing it to you"),
        "notify" => lang.t("发送您需要的消息", "delivering a message"),
        "verify_holder" => lang.t("核验本人", "verifying the holder"),
        "keep_account" => lang.t("提供账号", "running the account"),
        "fulfil_contract" => lang.t("履行订单", "carrying out an order"),
        "certify" => lang.t("您申请的认证", "the verification you asked for"),
        other => other,
    }
}

/// `GET /zhanghao` (2.6.1, 2.5.1.e).
pub async fn overview(visit: Visit) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    // A general no of the browser is heard before anything is asked.
    let asked = consent::choices(&visit).await?;
    let seen = account::overview(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    let seen = seen.map_err(|failure| Answer::failure(&visit, &failure))?;
    let lang = visit.lang;
    let security = guard::security(&visit).await?;
    let sessions = seen.devices.into_iter().map(|device| SessionRow {
        id: device.session.to_string(),
        device: device.name,
        started: Moment::of(lang, device.created_at),
        last_seen: Moment::of(lang, device.seen_at),
        current: device.current,
    });
    // Verification is offered where it is needed, and asked for nowhere else.
    let asked = asked
        .offers
        .iter()
        .filter(|choice| choice.may_ask && choice.offer.id != REAL_NAME.id);
    let offers = asked.map(|choice| consent::offer_row(lang, choice)).collect();
    let consents = seen.consents.into_iter().rev().map(|event| ConsentRow {
        document: consent::document_name(lang, &event.document),
        version: event.version,
        text_hash: event.text_hash.chars().take(12).collect(),
        when: Moment::of(lang, event.at),
        receipt: match seen.receipts.get(&event.id) {
            Some(true) => ReceiptLink::Ready(event.id.to_string()),
            Some(false) => ReceiptLink::Soon,
            None => ReceiptLink::Never,
        },
    });
    let access = seen.openings.into_iter().map(|opening| AccessRow {
        who: among(
            lang,
            who(
                lang,
                &opening.actor_kind,
                opening.actor_account == Some(viewer.account),
            ),
            opening.people,
        ),
        fields: opening
            .fields
            .split(',')
            .map(|field| field_name(lang, field))
            .collect::<Vec<_>>()
            .join(lang.t("、", ", ")),
        purpose: purpose_name(lang, &opening.purpose).to_owned(),
        clause: opening.clause,
        when: Moment::of(lang, opening.at),
    });
    let page = AccountPage {
        f: visit.frame(lang.t("我的账号", "My account")),
        account_name: seen.name,
        phone_masked: seen.phone,
        sessions: sessions.collect(),
        guard: guard::guard(lang, &security),
        remembered: guard::remembered(lang, security),
        offers,
        consents: consents.collect(),
        access: access.collect(),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

fn password_page(visit: &Visit, errors: Vec<FieldError>, done: bool) -> Answer {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut f = visit.frame(visit.lang.t("修改密码", "Change password"));
    if done {
        let text = visit.lang.t(
            "密码已修改，其他设备已退出登录，访问令牌已失效。",
            "The password is changed; all other devices are logged out and access tokens have ended.",
        );
        f.notice = Some(text.to_owned());
    }
    Answer::page(
        visit,
        status,
        &PasswordPage {
            f,
            errors,
            advice: Vec::new(),
        },
    )
}

/// `GET /zhanghao/mima`.
pub async fn password_form(visit: Visit) -> Result<Answer, Answer> {
    visit.viewer()?;
    guard::proof_first(&visit).await?;
    Ok(password_page(&visit, Vec::new(), false))
}

/// The password form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
}

/// `POST /zhanghao/mima`.
pub async fn change_password(visit: Visit, Posted(form): Posted<PasswordForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer()?;
    let change = PasswordChange {
        current: &form.current,
        password: &form.password,
    };
    let changed =
        account::change_password(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer, &change).await;
    Ok(match changed {
        Ok(renewed) => password_page(&visit, Vec::new(), true).with_session(&visit, &renewed.token),
        Err(failure) => password_page(&visit, errors_of(&visit, &failure)?, false),
    })
}

/// The reset form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
}

fn reset_page(visit: &Visit, phone: &str, errors: Vec<FieldError>, code_sent: bool) -> Answer {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = ResetPage {
        f: visit.frame(visit.lang.t("重置密码", "Reset password")),
        errors,
        phone: phone.chars().take(64).collect(),
        code_sent,
        advice: Vec::new(),
    };
    Answer::page(visit, status, &page)
}

/// `GET /mima/chongzhi`.
pub async fn reset_form(visit: Visit) -> Answer {
    reset_page(&visit, "", Vec::new(), false)
}

/// `POST /mima/chongzhi/yanzhengma`.
pub async fn reset_code(visit: Visit, Posted(form): Posted<ResetForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    Ok(
        match account::request_reset(&visit.state.app, &visit.ctx::<VerifyHolder>(), &form.phone).await {
            Ok(()) => reset_page(&visit, &form.phone, Vec::new(), true),
            Err(failure) => reset_page(&visit, &form.phone, errors_of(&visit, &failure)?, false),
        },
    )
}

/// `POST /mima/chongzhi`.
pub async fn reset(visit: Visit, Posted(form): Posted<ResetForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let typed = Reset {
        phone: &form.phone,
        code: &form.code,
        password: &form.password,
    };
    Ok(
        match account::reset(&visit.state.app, &visit.ctx::<VerifyHolder>(), &typed).await {
            Ok(()) => Answer::to("/denglu"),
            Err(failure) => reset_page(&visit, &form.phone, errors_of(&visit, &failure)?, false),
        },
    )
}
