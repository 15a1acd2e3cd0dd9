//! The person's own account, for their programs.

use axum::Json;
use privacy::purpose::ShowOwn;

use super::answer::account::Account;
use super::call::Call;
use super::problem::Problem;

/// `GET /api/v1/account` (2.6.1, 2.5.1.e).
pub async fn overview(call: Call) -> Result<Json<Account>, Problem> {
    let viewer = call.viewer()?;
    let seen = app::account::overview(&call.state.app, &call.ctx::<ShowOwn>(), viewer).await?;
    Ok(Json(seen.into()))
}
