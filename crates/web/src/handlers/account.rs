//! Log-in, sessions and passwords, and the names of what the account's pages tell of.

use app::Failure;
use app::account::{self, Entry, Login, PasswordChange, Reset};
use axum::http::StatusCode;
use domain::Refused;
use privacy::purpose::{KeepSafe, VerifyHolder};
use serde::Deserialize;
use uuid::Uuid;

use super::stopped::{puzzle_for, solved};
use super::{guard, passkey};
use crate::door::{Brought, Left};
use crate::failure::{Answer, in_query, local};
use crate::pages::account::{DemoGroup, FieldError, LoginPage, PasswordPage, ResetPage};
use crate::pages::frame::Lang;
use crate::pages::guard::PuzzleBox;
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

/// The status of a form's page: a refused form is not one that was taken.
pub(super) const fn status_of(errors: &[FieldError]) -> StatusCode {
    if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
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
    #[serde(default)]
    puzzle: String,
    #[serde(default)]
    work: String,
    #[serde(default)]
    answer: String,
}

/// Where to go after the log-in.
#[derive(Default, Deserialize)]
pub struct Next {
    /// A path of this site.
    #[serde(default)]
    pub next: String,
}

/// The log-ins of a demonstration, with what each shows.
fn demo_people(visit: &Visit) -> Vec<DemoGroup> {
    if !visit.state.settings.demo {
        return Vec::new();
    }
    let shown = |person: &app::demo::DemoPerson| (person.name, visit.lang.t(person.role_zh, person.role_en));
    let groups = app::demo::DemoGroup::ALL.into_iter();
    groups
        .map(|group| DemoGroup {
            name: visit.lang.t(group.label(true), group.label(false)),
            people: group.people().map(shown).collect(),
        })
        .collect()
}

pub(super) fn login_page(
    visit: &Visit,
    login: &str,
    next: &str,
    errors: Vec<FieldError>,
    puzzle: Option<PuzzleBox>,
) -> Answer {
    let status = status_of(&errors);
    let page = LoginPage {
        f: visit.frame(visit.lang.t("登录", "Log in")),
        errors,
        login: login.chars().take(64).collect(),
        next: local(next).to_owned(),
        demo_people: demo_people(visit),
        demo_password: app::demo::PASSWORD,
        demo_secret: domain::account::totp::grouped(app::demo::SECRET),
        passkey: passkey::part(visit),
        puzzle,
    };
    Answer::page(visit, status, &page).scripted()
}

/// `GET /denglu`.
pub async fn login_form(visit: Visit, Asked(Next { next }): Asked<Next>) -> Answer {
    if visit.viewer.is_some() {
        Answer::to(local(&next))
    } else {
        login_page(&visit, "", &next, Vec::new(), None)
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
        from: visit.origin(solved(&form.puzzle, &form.work, &form.answer)),
    };
    match account::log_in(&visit.state.app, &visit.ctx::<VerifyHolder>(), &login).await {
        Ok(Entry::Begun(begun)) => Ok(Answer::to(local(&form.next)).with_session(&visit, &begun.token)),
        Ok(Entry::Waits { token }) => {
            let step = format!("/denglu/yanzheng?next={}", in_query(local(&form.next)));
            Ok(Answer::to(&step).leaving(&visit, Left::Pending, &token))
        }
        Ok(Entry::Stopped { token }) => Ok(stopped(&visit, &form.next, &token)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let puzzle = puzzle_for(&visit, &failure, login.from.solved).await?;
            Ok(login_page(&visit, &form.login, &form.next, errors, puzzle))
        }
    }
}

/// The way to the page of a log-in that the guard stopped.
pub(super) fn stopped(visit: &Visit, next: &str, token: &str) -> Answer {
    let page = format!("/denglu/anquan?next={}", in_query(local(next)));
    Answer::to(&page).leaving(visit, Left::Stopped, token)
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

pub(super) fn who(lang: Lang, kind: &str, own: bool) -> String {
    match kind {
        "person" if own => lang.t("您本人", "You"),
        "person" => lang.t("订单的另一方", "The other side of an order"),
        "system:job" => lang.t("系统（自动办理）", "The system, at its own work"),
        "visitor" => lang.t("验证身份的访客", "A visitor proving to be you"),
        "staff:customer_service" => lang.t("平台客服", "Platform support"),
        "staff:mediator" => lang.t("平台调解员", "The platform's mediator"),
        "staff:security_officer" => lang.t("平台安全员", "The platform's security officer"),
        "staff:privacy_officer" => lang.t("个人信息保护负责人", "The privacy officer"),
        "staff:verifier" => lang.t("平台审核人员", "A verifier of the platform"),
        "system:demo" => lang.t("演示发件箱", "The demo outbox"),
        _ => lang.t("系统", "The system"),
    }
    .to_owned()
}

/// Why a member of staff opened something.
pub(super) fn reason_name(lang: Lang, reason: &str) -> &'static str {
    match reason {
        "person_asked" => lang.t("本人请求协助", "the person asked for help"),
        "dispute" => lang.t("处理订单争议", "a dispute of an order"),
        "incident" => lang.t("排查滥用或冒用", "a sign of misuse"),
        "authority" => lang.t("有关机关依法要求", "an authority asked by law"),
        "review" => lang.t(
            "核对待决定的核验、撤销或申诉",
            "a check, revocation or appeal to be decided",
        ),
        _ => lang.t("其他", "other"),
    }
}

/// The same, if the data of many was opened at once.
pub(super) fn among(lang: Lang, who: String, people: i64) -> String {
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
        "person_verification.real_name" => lang.t("姓名", "name"),
        "person_verification.id_number" => lang.t("身份证号码", "identity number"),
        "enterprise_paper.representative" => lang.t("法定代表人姓名", "legal representative's name"),
        "enterprise_paper.licence" => lang.t("营业执照图片", "picture of the licence"),
        "enterprise_paper.letter" => lang.t("授权书图片", "picture of the letter"),
        "supplier_paper.picture" => lang.t("资质图片", "picture of a licence"),
        "supplier_signature.signer_name" => {
            lang.t("服务商协议签署人姓名", "your name as signer for a provider")
        }
        "enterprise_paper.bank_account" => lang.t("对公账号", "enterprise's account number"),
        "enterprise_paper.amount" => lang.t("打款金额", "amount of the transfer"),
        "guardianship.phone" => lang.t("请求监护人时填写的手机号", "number of the request to a guardian"),
        "guardianship.guardian_masked" => lang.t("监护人的手机号（已遮盖）", "guardian's number, masked"),
        "account_change.reason" => lang.t("更正原因", "reasons of corrections"),
        "phone_recovery.phone" => lang.t("找回中的新手机号", "new number that waits"),
        "profile.display_name" => lang.t("显示名", "display name"),
        "account.phone" | "message_outbox.recipient" => lang.t("手机号", "mobile number"),
        "log_entry.opening" => lang.t("凭证的内容", "contents of receipts"),
        "session.device" | "remembered_device.device" => lang.t("登录设备", "devices"),
        "guard_decision.origin" => lang.t("登录的设备与地区", "device and region of a log-in"),
        "staff.display_name" => lang.t("称呼", "what to call you"),
        "staff.secret" => lang.t("验证器密钥", "key of the authenticator app"),
        "authenticator.secret" => lang.t("两步登录密钥", "secret of two-step log-in"),
        "passkey.credential" => lang.t("通行密钥", "passkey"),
        "passkey.label" => lang.t("通行密钥名称", "names of passkeys"),
        "api_token.name" => lang.t("访问令牌名称", "names of access tokens"),
        "message_outbox.body" => lang.t("短信内容", "message text"),
        "order_event.note" => lang.t("订单备注", "order notes"),
        "order_note_copy.text" => lang.t("本方的订单备注副本", "your side's copies of order notes"),
        "address_entry.contact_name" | "order_share.contact_name" => lang.t("联系人称呼", "whom to ask for"),
        "address_entry.phone" | "order_share.phone" => lang.t("联系电话", "contact phone"),
        "address_entry.email" | "order_share.email" => lang.t("电子邮箱", "mail address"),
        "invoice_title.name" => lang.t("发票抬头", "invoice titles"),
        "invoice_title.tax_number" => lang.t("税号", "tax number"),
        "invoice_title.email" => lang.t("收票邮箱", "where invoices go"),
        "address_entry.address" | "order_share.address" => lang.t("地址", "address"),
        other => other,
    }
}

pub(super) fn purpose_name(lang: Lang, purpose: &str) -> &str {
    match purpose {
        "show_own" => lang.t("向您本人展示", "showing it to you"),
        "notify" => lang.t("发送您需要的消息", "delivering a message"),
        "verify_holder" => lang.t("核验本人", "verifying the holder"),
        "keep_account" => lang.t("提供账号", "running the account"),
        "fulfil_contract" => lang.t("履行订单", "carrying out an order"),
        "certify" => lang.t("您申请的认证", "the verification you asked for"),
        "keep_safe" => lang.t("保障账号安全", "keeping the account safe"),
        "obey_law" => lang.t("履行法定义务", "a duty of law"),
        other => other,
    }
}

fn password_page(visit: &Visit, errors: Vec<FieldError>, done: bool) -> Answer {
    let status = status_of(&errors);
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
    #[serde(default)]
    puzzle: String,
    #[serde(default)]
    work: String,
    #[serde(default)]
    answer: String,
}

fn reset_page(
    visit: &Visit,
    phone: &str,
    errors: Vec<FieldError>,
    code_sent: bool,
    puzzle: Option<PuzzleBox>,
) -> Answer {
    let status = status_of(&errors);
    let page = ResetPage {
        f: visit.frame(visit.lang.t("重置密码", "Reset password")),
        errors,
        phone: phone.chars().take(64).collect(),
        code_sent,
        advice: Vec::new(),
        puzzle,
    };
    Answer::page(visit, status, &page).scripted()
}

/// `GET /mima/chongzhi`.
pub async fn reset_form(visit: Visit) -> Answer {
    reset_page(&visit, "", Vec::new(), false, None)
}

/// `POST /mima/chongzhi/yanzhengma`.
pub async fn reset_code(visit: Visit, Posted(form): Posted<ResetForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let from = visit.origin(solved(&form.puzzle, &form.work, &form.answer));
    let ctx = visit.as_visitor::<VerifyHolder>();
    let asked = account::request_reset(&visit.state.app, &ctx, &form.phone, &from);
    match visit.evenly(asked).await {
        Ok(()) => Ok(reset_page(&visit, &form.phone, Vec::new(), true, None)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let puzzle = puzzle_for(&visit, &failure, from.solved).await?;
            Ok(reset_page(&visit, &form.phone, errors, false, puzzle))
        }
    }
}

/// `POST /mima/chongzhi`.
pub async fn reset(visit: Visit, Posted(form): Posted<ResetForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let typed = Reset {
        phone: &form.phone,
        code: &form.code,
        password: &form.password,
        device: &visit.device,
        from: visit.origin(None),
    };
    let ctx = visit.as_visitor::<VerifyHolder>();
    let reset = account::reset(&visit.state.app, &ctx, &typed);
    Ok(match visit.evenly(reset).await {
        Ok(()) => Answer::to("/denglu"),
        Err(failure) => reset_page(&visit, &form.phone, errors_of(&visit, &failure)?, false, None),
    })
}
