//! Access tokens of an account: made by the person, shown once, listed, taken back, and read from
//! the requests of their programs (2.1.1.e).

use domain::Refused;
use domain::account::token as rules;
use domain::account::token::Scope;
use privacy::purpose::{KeepAccount, KeepSafe, ShowOwn};
use privacy::{Ask, Ctx, LegalBasis, Personal};
use storage::account::token as store;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Viewer;
use super::login::token_digest;
use super::random_token;
use super::second::demand_proof;
use crate::{App, Failure};

/// A token as asked for.
#[derive(Clone, Debug)]
pub struct TokenRequest<'a> {
    /// The name as typed.
    pub name: &'a str,
    /// What it may do.
    pub scopes: &'a [Scope],
    /// Its life in days, as typed.
    pub days: &'a str,
}

/// A token that was just made. Its text is here and nowhere else: only a digest is stored.
#[derive(Clone)]
pub struct NewToken {
    /// The text to give to the program.
    pub text: String,
    /// When it ends.
    pub ends_at: OffsetDateTime,
}

/// A token as its person sees it.
#[derive(Clone)]
pub struct Token {
    /// Its identifier; says nothing about its text.
    pub id: Uuid,
    /// The name the person gave it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was last used, to five minutes.
    pub used_at: Option<OffsetDateTime>,
    /// When it ends.
    pub ends_at: OffsetDateTime,
    /// The organisation it acts for, by name; `None` for the person.
    pub acting: Option<String>,
    /// Whether it acts for nobody: its organisation no longer has a seat for the person.
    pub idle: bool,
}

/// Who a program acts for.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The person, as the use cases know them.
    pub viewer: Viewer,
    /// What the token may do.
    pub scopes: Vec<Scope>,
    /// The token.
    pub token: Uuid,
}

/// An identifier this build does not know grants nothing.
fn scopes(stored: &str) -> Vec<Scope> {
    stored.split(' ').filter_map(Scope::parse).collect()
}

/// Makes a token. It acts for whom the session acts that makes it, and for nobody else (2.1.1.a).
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field, [`Refused::ProofNeeded`].
pub async fn create_token(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    request: &TokenRequest<'_>,
) -> Result<NewToken, Failure> {
    let name = rules::name(request.name);
    let scope = if request.scopes.is_empty() {
        Err(Refused::TokenScope)
    } else {
        Ok(())
    };
    let ends = rules::ends(request.days, ctx.now());
    let (Ok(name), Ok(()), Ok(ends_at)) = (&name, scope, ends) else {
        let refusals = [name.err(), scope.err(), ends.err()];
        return Err(Failure::Refused(refusals.into_iter().flatten().collect()));
    };
    let granted = Scope::ALL.iter().filter(|scope| request.scopes.contains(scope));
    let granted: Vec<&str> = granted.map(|scope| scope.as_str()).collect();
    let text = format!("{}{}", rules::PREFIX, random_token(&*app.entropy));
    let mut tx = app.store.begin(ctx).await?;
    demand_proof(&mut tx, viewer).await?;
    crate::minor::refuse(&mut tx, viewer.subject).await?;
    rules::may_create(store::count_held(&mut tx, viewer.account).await?)?;
    let new = store::NewToken {
        id: app.entropy.id(),
        account: viewer.account,
        subject: viewer.subject,
        token_digest: token_digest(&text),
        name: &Personal::received(name.clone()),
        scopes: granted.join(" "),
        ends_at,
        acting: viewer.acting.as_ref().map(|acting| acting.organisation),
    };
    store::insert(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(NewToken { text, ends_at })
}

/// The viewer's live tokens, the next to end first.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn tokens(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Vec<Token>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let rows = store::of_account(&mut tx, viewer.account).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ask = Ask {
        subject: viewer.subject,
        fields: &["api_token.name"],
        basis: LegalBasis::Contract,
        clause: "2.6.1.a",
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let mut tokens = Vec::with_capacity(rows.len());
    for row in rows {
        let place = store::name_field(row.id, row.subject);
        tokens.push(Token {
            id: row.id,
            name: tx.show(&permit, &place, &row.name).await?,
            scopes: scopes(&row.scopes),
            created_at: row.created_at,
            used_at: row.used_at,
            ends_at: row.ends_at,
            idle: row.bound && row.acting.is_none(),
            acting: row.acting.map(|acting| acting.name),
        });
    }
    tx.commit().await?;
    Ok(tokens)
}

/// Takes one of the viewer's tokens back; it is refused from the next request on.
///
/// # Errors
/// [`Failure::NotFound`] for a token that is not live or not the viewer's: they look alike.
pub async fn revoke_token(
    app: &App,
    ctx: &Ctx<KeepSafe>,
    viewer: &Viewer,
    token: Uuid,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if !store::revoke(&mut tx, viewer.account, token).await? {
        return Err(Failure::NotFound);
    }
    Ok(tx.commit().await?)
}

/// Who a token acts for, if it is live.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn authenticate_token(
    app: &App,
    ctx: &Ctx<KeepSafe>,
    text: &str,
) -> Result<Option<Bearer>, Failure> {
    if !rules::well_formed(text) {
        return Ok(None);
    }
    let mut tx = app.store.begin(ctx).await?;
    let Some(row) = store::live(&mut tx, token_digest(text)).await? else {
        return Ok(None);
    };
    if row
        .used_at
        .is_none_or(|used| ctx.now() - used >= rules::TOUCH_EVERY)
    {
        store::touch(&mut tx, row.id).await?;
        tx.commit().await?;
    }
    Ok(Some(Bearer {
        viewer: Viewer {
            account: row.account,
            subject: row.subject,
            session: row.id,
            csrf: String::new(),
            member: row.memberships > 0,
            acting: row.acting,
            organisations: false,
            // The tokens of such an account are taken back.
            frozen: false,
        },
        scopes: scopes(&row.scopes),
        token: row.id,
    }))
}
