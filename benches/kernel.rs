//! The kernel's own cost: a permit decided from what is in memory, and a field opened, beside the
//! bare cipher on the same bytes.

use std::hint::black_box;

use aes_gcm_siv::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use anyhow::{Context as _, Result, ensure};
use benches::figures::{Goal, Series, report};
use benches::machine;
use policy::Version;
use privacy::purpose::ShowOwn;
use privacy::{
    Actor, Ask, Ctx, Entropy, FieldRef, Known, LegalBasis, Permit, Personal, Purpose as _, Ruling, Scope,
    SubjectId, SubjectKey, Suite,
};
use storage::register;
use time::OffsetDateTime;
use uuid::Uuid;

const ROUNDS: usize = 5;
const TIMES: u32 = 100_000;
const CLAUSE: &str = "2.6.1.a";
const FIELDS: &[&str] = &["account.name", "account.phone", "session.device"];
const KEY: [u8; 32] = [7; 32];

/// The same byte again and again, so that the floor knows the key.
struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

/// Nanoseconds for one of `TIMES` calls.
fn each(mut call: impl FnMut() -> Result<()>) -> Result<f64> {
    let begun = machine::now();
    for _ in 0..TIMES {
        call()?;
    }
    Ok(begun.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES))
}

/// The whole question as the store asks it, but for the rows it reads: the register, the policy's
/// version, the decision, its record.
fn permit<'s>(
    version: &Version,
    ctx: &Ctx<ShowOwn>,
    subject: SubjectId,
    scope: &'s Scope,
) -> Result<Permit<'s, ShowOwn>> {
    let (purpose, basis) = (ShowOwn::ID.as_str(), LegalBasis::Contract);
    let said = register::asked(FIELDS, purpose, CLAUSE);
    let known = Known {
        registered: said.registered,
        sensitive: said.sensitive,
        ruling: Some(Ruling {
            version: version.id.clone(),
            states: version.states(purpose, basis.kind().as_str(), CLAUSE),
        }),
        ..Known::default()
    };
    let ask = Ask {
        subject,
        fields: FIELDS,
        basis,
        clause: CLAUSE,
        case: None,
    };
    Ok(ask.decide(ctx, known)?.after_recording(scope))
}

fn main() -> Result<()> {
    let archive = policy::builtin()?;
    let version = archive.iter().next_back().context("a version")?;
    let subject = SubjectId(Uuid::from_u128(1));
    let actor = Actor::Person {
        account: Uuid::from_u128(2),
        subject,
    };
    let ctx = Ctx::<ShowOwn>::new(actor, &version.id, Uuid::nil(), OffsetDateTime::UNIX_EPOCH);
    let scope = Scope::default();
    let held = permit(version, &ctx, subject, &scope)?;

    let place = FieldRef {
        table: "account",
        column: "phone",
        row: Uuid::from_u128(5),
        subject,
    };
    let plain = "10000000001";
    let key = SubjectKey::generate(Suite::Standard, &Sevens);
    let sealed = key.seal(&place, &Personal::received(plain.to_owned()), &Sevens)?;
    // The floor: the cipher with its key already set up, nothing looked at but the bytes.
    let cipher = Aes256GcmSiv::new(&KEY.into());
    let aad = [
        b"account\0phone\0".as_slice(),
        place.row.as_bytes(),
        subject.0.as_bytes(),
    ]
    .concat();
    let (nonce, text) = sealed.as_bytes()[1..]
        .split_first_chunk::<12>()
        .context("a nonce")?;
    let bare = || -> Result<Vec<u8>> {
        let payload = Payload { msg: text, aad: &aad };
        cipher
            .decrypt(&Nonce::from(*nonce), payload)
            .map_err(|_| anyhow::anyhow!("the floor does not open the value"))
    };
    ensure!(
        bare()? == plain.as_bytes(),
        "floor and subject open the same value"
    );
    ensure!(sealed.open(&held, &scope, &key, &place)?.inside() == plain);

    let (mut check, mut floor, mut open, mut beyond) = (
        Series::default(),
        Series::default(),
        Series::default(),
        Series::default(),
    );
    for _ in 0..ROUNDS {
        check.push(each(|| {
            black_box(permit(black_box(version), &ctx, subject, &scope)?);
            Ok(())
        })?);
        let (least, whole) = (
            each(|| {
                black_box(bare()?);
                Ok(())
            })?,
            each(|| {
                black_box(sealed.open(black_box(&held), &scope, &key, &place)?);
                Ok(())
            })?,
        );
        floor.push(least);
        open.push(whole);
        beyond.push(whole - least);
    }
    println!("kernel: {TIMES} calls a round, {ROUNDS} rounds, nanoseconds for one");
    println!("  permit check  {check:.0}\n  bare AEAD     {floor:.0}\n  open a field  {open:.0}");
    println!("  ratio {}", open.over(&floor));
    report("permit check", check.median() / 1e3, " µs", Goal::AtMost(1.0));
    report(
        "opening beyond the AEAD",
        beyond.median() / 1e3,
        " µs",
        Goal::AtMost(3.0),
    );
    Ok(())
}
