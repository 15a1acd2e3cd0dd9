//! The person's own account, for their programs.

use axum::Json;
use privacy::purpose::ShowOwn;

use super::answer::account::{Account, PersonVerification};
use super::call::Call;
use super::problem::Problem;

/// `GET /api/v1/account` (2.6.1, 2.5.1.e).
pub async fn overview(call: Call) -> Result<Json<Account>, Problem> {
    let viewer = call.viewer()?;
    let seen = app::account::overview(&call.state.app, &call.ctx::<ShowOwn>(), viewer).await?;
    Ok(Json(seen.into()))
}

/// `GET /api/v1/account/verification`: how the person's real-name verification stands. Name and number are
/// not in it, masked or not: a program has no need of them. It is begun and consented to on the site alone,
/// where the person reads what they agree to (2.1.1.d).
pub async fn verification(call: Call) -> Result<Json<PersonVerification>, Problem> {
    let viewer = call.viewer()?;
    let seen = app::person::standing(&call.state.app, &call.ctx::<ShowOwn>(), viewer).await?;
    Ok(Json((&seen).into()))
}
