//! Saving a consent with its entry in the transparency log, on PostgreSQL, beside `pgbench` running the
//! same statements on the same server with as many clients.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use app::App;
use app::account::{self, Shown, Viewer};
use benches::catalogue::Random;
use benches::figures::{Goal, Series, report};
use benches::house::{VERSION, app, person};
use benches::machine;
use benches::pgbench::Pgbench;
use benches::statements::{filled, statement};
use domain::account::offer::{OFFERS, Offer};
use privacy::SubjectId;
use privacy::consent::ConsentState;
use privacy::purpose::KeepAccount;
use sqlx::{AssertSqlSafe, PgPool, Row as _};
use storage::Engine;
use testkit::TestStore;
use tokio::task::JoinSet;
use uuid::Uuid;

const ROUNDS: usize = 5;
const SECONDS: u64 = 3;
const CLIENTS: usize = 8;
/// People of each client: so many that nobody's history, which every consent reads, grows long.
const PEOPLE: usize = 800;
/// The floor is faster, and has more people for the same length of history.
const FLOOR_PEOPLE: usize = 2 * CLIENTS * PEOPLE;

/// Where the numbers of the floor's people begin.
const FLOOR: &str = "00000000-0000-4000-9000-";

/// Someone of whom there is a key and nothing else: no more is needed to say yes.
async fn somebody(app: &App) -> Result<Viewer> {
    let subject = SubjectId(app.entropy.id());
    app.store.create_key(subject).await?;
    Ok(Viewer {
        account: app.entropy.id(),
        subject,
        session: Uuid::nil(),
        csrf: String::new(),
        member: false,
        acting: None,
        organisations: false,
        frozen: false,
    })
}

/// One of a client's people, and whether they agree at the moment.
struct Person {
    viewer: Viewer,
    agrees: bool,
}

/// Says yes, or takes the yes back.
async fn choose(app: &App, whose: &mut Person, offer: &Offer) -> Result<()> {
    let state = if whose.agrees {
        ConsentState::Withdrawn
    } else {
        ConsentState::Given
    };
    let shown = Shown {
        version: VERSION,
        lang: "zh-CN",
        zh: true,
    };
    let ctx = person::<KeepAccount>(app, &whose.viewer);
    account::choose(app, &ctx, &whose.viewer, offer.id, state, shown).await?;
    whose.agrees = !whose.agrees;
    Ok(())
}

/// What one consent says to the server.
fn script(offer: &Offer) -> Result<String> {
    let (data, vault) = (storage::statements(), storage::vault_statements());
    let subject = format!("('{FLOOR}' || lpad(to_hex(:who::bigint), 12, '0'))::uuid");
    let (purpose, name) = (format!("'{}'", offer.purpose.as_str()), format!("'{}'", offer.id));
    let recipient = offer
        .recipient
        .map_or("NULL".to_owned(), |recipient| format!("'{recipient}'"));
    let (version, hash) = (format!("'{VERSION}'"), format!("'{}'", "0".repeat(64)));
    let event = "md5(:event::text)::uuid";
    let history = filled(
        statement(
            &data,
            &["SELECT id, document, version, text_hash", "WHERE subject = $1"],
        )?,
        &[&subject],
    )?;
    let consent = filled(
        statement(&data, &["INSERT INTO consent_event"])?,
        &[
            &subject, event, &name, &version, &hash, "'zh-CN'", "'given'", "now()", &purpose, &recipient,
            "now()", "NULL",
        ],
    )?;
    // The vault is another database; its row is read from a table of the same shape here.
    let key = statement(
        &vault,
        &["SELECT wrapped, version FROM subject_key WHERE subject = $1"],
    )?;
    let key = filled(key, &[&subject])?.replace("subject_key", "floor_key");
    let digest = "decode(repeat('ab', 32), 'hex')";
    let entry = filled(
        statement(
            &data,
            &["INSERT INTO log_entry", "ON CONFLICT (reference) DO NOTHING"],
        )?,
        &[
            "md5(:entry::text)::uuid",
            "'consent'",
            "now()",
            digest,
            digest,
            &subject,
            event,
            ":opening::bytea",
            "NULL",
        ],
    )?;
    let draw = "random(1, 9000000000000000000)";
    Ok(format!(
        "\\set who random(1, {FLOOR_PEOPLE})\n\\set event {draw}\n\\set entry {draw}\n\
        BEGIN;\n{history};\n{consent};\n{key};\n{entry};\nCOMMIT;\n"
    ))
}

/// A key's row for each of the floor's people.
async fn floor_keys(pool: &PgPool) -> Result<()> {
    let table =
        "CREATE TABLE floor_key (subject uuid PRIMARY KEY, wrapped bytea NOT NULL, version bigint NOT NULL)";
    sqlx::query(table).execute(pool).await?;
    let rows = format!(
        "INSERT INTO floor_key SELECT ('{FLOOR}' || lpad(to_hex(n), 12, '0'))::uuid, \
        decode(repeat('ab', 61), 'hex'), 1 FROM generate_series(1, {FLOOR_PEOPLE}) n"
    );
    sqlx::query(AssertSqlSafe(rows)).execute(pool).await?;
    Ok(())
}

/// Consents saved a second, and the people again.
async fn consents(
    app: &App,
    offer: &'static Offer,
    people: Vec<Vec<Person>>,
) -> Result<(f64, Vec<Vec<Person>>)> {
    let begun = machine::now();
    let lasts = Duration::from_secs(SECONDS);
    let mut running = JoinSet::new();
    for (number, mut own) in (1..).zip(people) {
        let app = app.clone();
        running.spawn(async move {
            let (mut random, mut count) = (Random::new(number), 0.0);
            let places: Vec<usize> = (0..own.len()).collect();
            while begun.elapsed() < lasts {
                choose(&app, &mut own[*random.pick(&places)], offer).await?;
                count += 1.0;
            }
            anyhow::Ok((count, own))
        });
    }
    let (mut count, mut people) = (0.0, Vec::new());
    while let Some(ended) = running.join_next().await {
        let (own, back) = ended??;
        count += own;
        people.push(back);
    }
    Ok((count / begun.elapsed().as_secs_f64(), people))
}

/// Events for each person of the floor, and of the product; and that each has its entry in the log.
async fn histories(pool: &PgPool) -> Result<(f64, f64)> {
    let text = format!(
        "SELECT c.subject::text LIKE '{FLOOR}%', count(*)::float8 / count(DISTINCT c.subject), \
        count(*) = count(l.id) FROM consent_event c LEFT JOIN log_entry l ON l.reference = c.id \
        GROUP BY 1 ORDER BY 1 DESC"
    );
    let mut each = Vec::new();
    for row in sqlx::query(AssertSqlSafe(text)).fetch_all(pool).await? {
        ensure!(row.try_get::<bool, _>(2)?, "every consent is in the log");
        each.push(row.try_get(1)?);
    }
    match each.as_slice() {
        [floor, product] => Ok((*floor, *product)),
        _ => anyhow::bail!("floor and product have consents"),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let test = TestStore::open(Engine::Postgres).await;
    let app = app(&test.store);
    let offer: &'static Offer = OFFERS.first().context("an offer")?;
    let mut people = Vec::new();
    for _ in 0..CLIENTS {
        let mut own = Vec::new();
        for _ in 0..PEOPLE {
            own.push(Person {
                viewer: somebody(&app).await?,
                agrees: false,
            });
        }
        people.push(own);
    }
    let pool = PgPool::connect(&test.addresses.0).await?;
    floor_keys(&pool).await?;
    // An opening as long as the product's own.
    choose(&app, &mut people[0][0], offer).await?;
    let row = sqlx::query("SELECT octet_length(opening) FROM log_entry WHERE opening IS NOT NULL LIMIT 1")
        .fetch_one(&pool)
        .await?;
    let length = usize::try_from(row.try_get::<i32, _>(0)?)?;
    let opening = format!("\\x{}", "ab".repeat(length));
    let mut pgbench = Pgbench::on(&test.addresses.0, &[("opening", &opening)])?;
    pgbench.script(&script(offer)?)?;
    let pgbench = Arc::new(pgbench);

    let (mut bench, mut product) = (Series::default(), Series::default());
    for round in 0..=ROUNDS {
        let pgbench = Arc::clone(&pgbench);
        let rate = tokio::task::spawn_blocking(move || pgbench.rate(CLIENTS, SECONDS));
        let floor = rate.await??;
        let (own, back) = consents(&app, offer, people).await?;
        people = back;
        // The first round fills caches and is not counted.
        if round > 0 {
            bench.push(floor);
            product.push(own);
        }
    }
    let (before, own) = histories(&pool).await?;
    let ratio = product.over(&bench);
    println!("consent: {CLIENTS} clients, {ROUNDS} rounds of {SECONDS} s, PostgreSQL");
    println!("  pgbench      {bench:.0} /s\n  consents     {product:.0} /s\n  ratio {ratio}");
    println!("  in the end {before:.1} events for each person of the floor, {own:.1} of the product");
    report("consent", ratio.median(), " of pgbench", Goal::AtLeast(0.5));
    pool.close().await;
    test.close().await;
    Ok(())
}
