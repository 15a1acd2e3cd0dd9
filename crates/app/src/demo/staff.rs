//! The demonstration's staff: one of each role, training valid, soon to run out, or over. The password and
//! the authenticator are those of the demonstration.

use domain::staff::Role;
use domain::staff::training::{QUESTIONS, valid_until};
use privacy::purpose::Operate;
use privacy::{Ctx, Personal};
use storage::staff::{self, training};
use time::Duration;

use super::people::PASSWORD;
use super::roster::SECRET;
use crate::account::salt;
use crate::staff::{Doer, course, end_by_operator, make};
use crate::{App, Failure};

/// A member of the demonstration's staff.
#[derive(Clone, Copy, Debug)]
pub struct DemoStaff {
    /// The identifier, and the log-in.
    pub identifier: &'static str,
    /// What they want to be called.
    pub name: &'static str,
    /// What they do.
    pub roles: &'static [Role],
    /// How many days ago they passed the quiz; nothing if never.
    pub passed_days_ago: Option<i64>,
    /// What this shows, in Chinese.
    pub shows_zh: &'static str,
    /// The same in English.
    pub shows_en: &'static str,
}

const fn of(
    identifier: &'static str,
    name: &'static str,
    roles: &'static [Role],
    passed_days_ago: Option<i64>,
    shows: (&'static str, &'static str),
) -> DemoStaff {
    DemoStaff {
        identifier,
        name,
        roles,
        passed_days_ago,
        shows_zh: shows.0,
        shows_en: shows.1,
    }
}

const VALID: (&str, &str) = ("培训有效", "training valid");

/// Everyone.
pub const STAFF: &[DemoStaff] = &[
    of("admin-1", "演示管理员", &[Role::Admin], Some(30), VALID),
    of("verifier-1", "演示审核一", &[Role::Verifier], Some(60), VALID),
    of(
        "verifier-2",
        "演示审核二",
        &[Role::Verifier],
        Some(345),
        ("培训即将到期", "training soon to run out"),
    ),
    of(
        "verifier-3",
        "演示审核三",
        &[Role::Verifier],
        Some(400),
        (
            "培训已过期，打不开个人信息",
            "training over: nothing personal opens",
        ),
    ),
    of("supervisor-1", "演示主管", &[Role::Supervisor], Some(60), VALID),
    of("dpo-1", "演示个保", &[Role::Dpo], Some(90), VALID),
    of("arbiter-1", "演示仲裁", &[Role::Arbiter], Some(90), VALID),
    of(
        "agent-1",
        "演示客服",
        &[Role::Agent],
        None,
        ("从未培训", "never trained"),
    ),
    of("moderator-1", "演示内容审核", &[Role::Moderator], Some(90), VALID),
    of("finance-1", "演示财务", &[Role::Finance], Some(90), VALID),
];

/// Who was added and has not set up their account, and who left: no log-ins, only lines in the list of staff.
const INVITED: (&str, &[Role]) = ("agent-2", &[Role::Agent]);
/// See [`INVITED`].
const LEFT: (&str, &[Role]) = ("moderator-2", &[Role::Moderator]);

/// Makes those who cannot log in.
async fn others(app: &App, ctx: &Ctx<Operate>) -> Result<(), Failure> {
    for (identifier, roles) in [INVITED, LEFT] {
        let there = {
            let mut tx = app.store.begin(ctx).await?;
            staff::by_identifier(&mut tx, identifier).await?
        };
        if there.is_some() {
            continue;
        }
        let secret = Personal::received(SECRET.to_owned());
        // Nobody is told the code: an administrator gives another.
        let code = crate::account::random_token(&*app.entropy);
        let by = (&*code, Doer::machine("demo"));
        make(app, ctx, (identifier, roles), &secret, by).await?;
        if identifier == LEFT.0 {
            end_by_operator(app, ctx, identifier).await?;
        }
    }
    Ok(())
}

/// Makes who is not there yet.
pub(super) async fn seed(app: &App, ctx: &Ctx<Operate>) -> Result<(), Failure> {
    others(app, ctx).await?;
    let mut hash: Option<String> = None;
    for known in STAFF {
        let there = {
            let mut tx = app.store.begin(ctx).await?;
            staff::by_identifier(&mut tx, known.identifier).await?
        };
        // Whoever was added here by others, or set up anew, is left as they are.
        if there.is_some() {
            continue;
        }
        let hash = if let Some(known) = &hash {
            known.clone()
        } else {
            let fresh = crate::password::hash(app.cost, PASSWORD.to_owned(), salt(&*app.entropy)).await?;
            hash.insert(fresh).clone()
        };
        let secret = Personal::received(SECRET.to_owned());
        // Nobody is told the code, and it is used up at once.
        let code = crate::account::random_token(&*app.entropy);
        make(
            app,
            ctx,
            (known.identifier, known.roles),
            &secret,
            (&code, Doer::machine("demo")),
        )
        .await?;
        set_up(app, ctx, known, hash).await?;
    }
    Ok(())
}

async fn set_up(app: &App, ctx: &Ctx<Operate>, known: &DemoStaff, hash: String) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = staff::by_identifier(&mut tx, known.identifier).await?;
    let row = row.ok_or(Failure::NotFound)?;
    let name = Personal::received(known.name.to_owned());
    if staff::confirm(&mut tx, &row, &name, hash, 0).await?
        && let Some(days) = known.passed_days_ago
    {
        let at = ctx.now() - Duration::days(days);
        let all = i64::try_from(QUESTIONS).unwrap_or(i64::MAX);
        let until = Some(valid_until(at));
        training::record(&mut tx, row.id, &course().id, (all, all), (at, until)).await?;
    }
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_somebody_of_each_role_and_three_to_hear_an_appeal() {
        for role in Role::ALL {
            assert!(STAFF.iter().any(|known| known.roles.contains(role)), "{role:?}");
        }
        let verifiers = STAFF.iter().filter(|known| known.roles.contains(&Role::Verifier));
        assert!(verifiers.count() >= 3);
        for known in STAFF {
            assert!(domain::market::staff::identifier(known.identifier).is_ok());
        }
    }
}
