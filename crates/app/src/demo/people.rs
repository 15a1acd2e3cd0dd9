//! The demonstration's people: fictional, with numbers no message can reach, one password for all.

use domain::account::name;
use domain::account::totp;
use privacy::purpose::KeepAccount;
use privacy::{Ctx, Personal, SubjectId};
use storage::account::{self, NewAccount, second};
use storage::market::membership;
use uuid::Uuid;

use super::id;
use crate::account::{Documents, Viewer, index, record_acceptance, salt};
use crate::{App, Failure};

/// The password of every demo account. It is printed at the start and shown at the log-in.
pub const PASSWORD: &str = "qinghe-lantern-365";

/// The secret of the demo account with two-step log-in, shown at the log-in. A real installation takes
/// no code of it.
pub const SECRET: &str = "QIFU365DEMO2LOGIN3CODESECRET7777";

/// Codes of [`SECRET`] that are good now and next, for people without an authenticator app at hand;
/// none outside a demonstration.
#[must_use]
pub fn second_codes(app: &App) -> Vec<String> {
    let bytes = if app.demo { totp::from_base32(SECRET) } else { None };
    let present = totp::step(app.clock.now());
    bytes.map_or_else(Vec::new, |bytes| {
        let of = |step| totp::code(&bytes, step);
        [present, present + 1].into_iter().filter_map(of).collect()
    })
}

/// A person of the demonstration.
#[derive(Clone, Copy, Debug)]
pub struct DemoPerson {
    /// The account name, and the log-in.
    pub name: &'static str,
    /// The phone, from the fictional range.
    pub phone: &'static str,
    /// What this person shows, in Chinese.
    pub role_zh: &'static str,
    /// The same in English.
    pub role_en: &'static str,
    /// The supplier's key and the role there.
    pub works: Option<(&'static str, &'static str)>,
    /// The secret of their authenticator app, if two-step log-in is on.
    pub secret: Option<&'static str>,
}

const fn buyer(
    name: &'static str,
    phone: &'static str,
    role_zh: &'static str,
    role_en: &'static str,
) -> DemoPerson {
    DemoPerson {
        name,
        phone,
        role_zh,
        role_en,
        works: None,
        secret: None,
    }
}

const fn works(
    name: &'static str,
    phone: &'static str,
    texts: (&'static str, &'static str),
    works: (&'static str, &'static str),
) -> DemoPerson {
    DemoPerson {
        name,
        phone,
        role_zh: texts.0,
        role_en: texts.1,
        works: Some(works),
        secret: None,
    }
}

const OWNER: (&str, &str) = ("服务商 · 所有者", "provider, owner");

/// Everyone. The first buyer and the first owner have the most to show.
pub const PEOPLE: &[DemoPerson] = &[
    buyer(
        "林知远",
        "10000000051",
        "买方 · 订单各状态齐全",
        "buyer, orders in every state",
    ),
    buyer("何小满", "10000000052", "买方 · 少量订单", "buyer, few orders"),
    buyer("顾念安", "10000000053", "买方 · 尚无订单", "buyer, no orders yet"),
    DemoPerson {
        secret: Some(SECRET),
        ..buyer(
            "沈砚秋",
            "10000000054",
            "买方 · 已开启两步登录",
            "buyer, two-step log-in on",
        )
    },
    buyer(
        super::minors::CONSENTED.0,
        "10000000056",
        "未成年人（14 周岁及以下）· 监护人何小满已同意 · 只能浏览",
        "a child whose guardian 何小满 consented: browsing only",
    ),
    works("青栀店主", "10000000061", OWNER, ("qingzhi", "owner")),
    works(
        "青栀交付",
        "10000000062",
        ("服务商 · 交付人员", "provider, delivery"),
        ("qingzhi", "delivery"),
    ),
    works("算盘树店主", "10000000063", OWNER, ("suanpan", "owner")),
    works("北斗坡店主", "10000000064", OWNER, ("beidou", "owner")),
    works("拾光店主", "10000000065", OWNER, ("shiguang", "owner")),
    works("言澈店主", "10000000066", OWNER, ("yanche", "owner")),
    works("墨白店主", "10000000067", OWNER, ("mobai", "owner")),
    works(
        "极光店主",
        "10000000068",
        ("服务商 · 已暂停接单", "provider, suspended"),
        ("jiguang", "owner"),
    ),
    works("云砚店主", "10000000069", OWNER, ("yunyan", "owner")),
    works(
        "长风岭店主",
        "10000000070",
        ("服务商 · 资质已到期", "provider, licence over"),
        ("changfeng", "owner"),
    ),
    works("磐石盾店主", "10000000071", OWNER, ("panshi", "owner")),
    works(
        "众禾店主",
        "10000000072",
        ("服务商 · 部分类目受限", "provider, restricted"),
        ("zhonghe", "owner"),
    ),
    works(
        "候鸟店主",
        "10000000073",
        ("服务商 · 入驻审核中", "provider, under review"),
        ("houniao", "owner"),
    ),
];

/// Makes the accounts that are not there yet and gives everyone in [`PEOPLE`]'s order. `documents`
/// are those whose acceptance is recorded.
pub(super) async fn seed(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    documents: &Documents,
    mut done: impl FnMut(),
) -> Result<Vec<Viewer>, Failure> {
    let mut viewers = Vec::with_capacity(PEOPLE.len());
    let mut hash = None;
    for person in PEOPLE {
        let phone_digest = index(app, account::PHONE, person.phone);
        let known = {
            let mut tx = app.store.begin(ctx).await?;
            account::find(&mut tx, account::PHONE, phone_digest).await?
        };
        let (account, subject) = if let Some(row) = known {
            (row.id, row.subject)
        } else {
            let password = if let Some(known) = &hash {
                String::clone(known)
            } else {
                let fresh = crate::password::hash(app.cost, PASSWORD.to_owned(), salt(&*app.entropy)).await?;
                hash.insert(fresh).clone()
            };
            make(app, ctx, person, password, documents).await?
        };
        viewers.push(Viewer {
            account,
            subject,
            session: Uuid::nil(),
            csrf: String::new(),
            member: person.works.is_some(),
            acting: None,
            organisations: false,
            frozen: false,
        });
        done();
    }
    Ok(viewers)
}

async fn make(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    person: &DemoPerson,
    password_hash: String,
    documents: &Documents,
) -> Result<(Uuid, SubjectId), Failure> {
    let (id_, subject) = (app.entropy.id(), SubjectId(app.entropy.id()));
    app.store.create_key(subject).await?;
    let phone_digest = index(app, account::PHONE, person.phone);
    let name_digest = index(app, account::NAME, &name::comparable(person.name));
    let (name, phone) = (
        Personal::received(person.name.to_owned()),
        Personal::received(person.phone.to_owned()),
    );
    let mut tx = app.store.begin(ctx).await?;
    let new = NewAccount {
        id: id_,
        subject,
        name: &name,
        phone: &phone,
        password_hash,
    };
    account::insert(&mut tx, &new, phone_digest, name_digest).await?;
    record_acceptance(app, &mut tx, subject, documents).await?;
    if let Some(secret) = person.secret {
        let secret = Personal::received(secret.to_owned());
        second::put(&mut tx, id_, subject, &secret).await?;
        second::confirm(&mut tx, id_, 0).await?;
    }
    if let Some((supplier, role)) = person.works {
        membership::put(&mut tx, id("supplier", supplier), id_, role).await?;
    }
    tx.commit().await?;
    Ok((id_, subject))
}

#[cfg(test)]
mod tests {
    use domain::account::{name, password, phone::Phone};

    use super::*;

    #[test]
    fn demo_people_pass_the_rules_of_everyone() {
        for person in PEOPLE {
            assert!(Phone::parse(person.phone, true).is_ok() && Phone::parse(person.phone, false).is_err());
            assert_eq!(name::parse(person.name).as_deref(), Ok(person.name));
            assert_eq!(password::check(PASSWORD, &[person.phone, person.name]), Ok(()));
        }
    }
}
