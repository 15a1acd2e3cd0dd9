//! Everyone of the demonstration: who they are, and the one state that each is there to show.

use super::minors;

/// The secret of the demo account with two-step log-in, shown at the log-in. A real installation takes
/// no code of it.
pub const SECRET: &str = "QIFU365DEMO2LOGIN3CODESECRET7777";

/// What the log-ins are grouped by, so that the list stays readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Who buys, alone or for an enterprise.
    Buyers,
    /// The people of the twelve suppliers in the catalogue.
    Suppliers,
    /// Verifications of persons and enterprises, and suppliers that come and go.
    States,
    /// Minors, and accounts that end.
    Accounts,
}

impl Group {
    /// Every one, in the order of the lists.
    pub const ALL: [Self; 4] = [Self::Buyers, Self::Suppliers, Self::States, Self::Accounts];

    /// Its heading, in Chinese or English.
    #[must_use]
    pub const fn label(self, zh: bool) -> &'static str {
        match (self, zh) {
            (Self::Buyers, true) => "买方",
            (Self::Buyers, false) => "Buyers",
            (Self::Suppliers, true) => "服务商",
            (Self::Suppliers, false) => "Providers",
            (Self::States, true) => "认证与入驻的各种状态",
            (Self::States, false) => "Verification and admission, state by state",
            (Self::Accounts, true) => "未成年人与账号",
            (Self::Accounts, false) => "Minors and accounts",
        }
    }

    /// Everyone in it.
    pub fn people(self) -> impl Iterator<Item = &'static DemoPerson> {
        PEOPLE.iter().filter(move |person| person.group == self)
    }
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
    /// Where they are listed.
    pub group: Group,
    /// The supplier's key and the role there.
    pub works: Option<(&'static str, &'static str)>,
    /// The secret of their authenticator app, if two-step log-in is on.
    pub secret: Option<&'static str>,
    /// How many days ago the account was made.
    pub joined: i64,
}

/// How many days ago most accounts were made: before everything that is told of them, and less than the year
/// after which an account counts as dormant.
const JOINED: i64 = 330;

const fn of(
    group: Group,
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
        group,
        works: None,
        secret: None,
        joined: JOINED,
    }
}

const fn buyer(
    name: &'static str,
    phone: &'static str,
    role_zh: &'static str,
    role_en: &'static str,
) -> DemoPerson {
    of(Group::Buyers, name, phone, role_zh, role_en)
}

const fn works(
    name: &'static str,
    phone: &'static str,
    texts: (&'static str, &'static str),
    works: (&'static str, &'static str),
) -> DemoPerson {
    DemoPerson {
        works: Some(works),
        ..of(Group::Suppliers, name, phone, texts.0, texts.1)
    }
}

const fn state(
    name: &'static str,
    phone: &'static str,
    role_zh: &'static str,
    role_en: &'static str,
) -> DemoPerson {
    of(Group::States, name, phone, role_zh, role_en)
}

const fn account(
    name: &'static str,
    phone: &'static str,
    role_zh: &'static str,
    role_en: &'static str,
) -> DemoPerson {
    of(Group::Accounts, name, phone, role_zh, role_en)
}

const OWNER: (&str, &str) = ("所有者", "owner");

/// Everyone. The first buyer and the first owner have the most to show.
pub const PEOPLE: &[DemoPerson] = &[
    buyer(
        "林知远",
        "10000000051",
        "订单各状态齐全 · 星渚软件所有者，另一家企业待验证",
        "orders in every state; owner of 星渚软件, another enterprise to be proved",
    ),
    buyer(
        "何小满",
        "10000000052",
        "星渚软件采购，超过 ¥5,000 要审批 · 实名未通过（姓名不符）",
        "purchases for 星渚软件, above ¥5,000 with approval; verification not passed (name)",
    ),
    buyer(
        "宋清和",
        "10000000057",
        "星渚软件财务 · 两个监护请求办到一半 · 安全复核结果",
        "finance of 星渚软件; two guardian requests half done; security reviews decided",
    ),
    buyer(
        "温叙白",
        "10000000058",
        "星渚软件只读成员 · 实名已同意、未提交",
        "viewer of 星渚软件; consented to verification, nothing submitted",
    ),
    buyer(
        "陆鸣",
        "10000000059",
        "鹿鸣餐饮，一人企业",
        "鹿鸣餐饮, an enterprise of one",
    ),
    buyer(
        "白景行",
        "10000000060",
        "白塔贸易：名称不符被驳回，改正后授权书待审",
        "白塔贸易: rejected for its name, put right, the letter waits for a verifier",
    ),
    buyer(
        "顾念安",
        "10000000053",
        "只有手机号，未实名，尚无订单",
        "a phone only: not verified, no orders yet",
    ),
    DemoPerson {
        secret: Some(SECRET),
        ..buyer(
            "沈砚秋",
            "10000000054",
            "已开启两步登录 · 安全守卫的各种处理",
            "two-step log-in on; what the security guard did",
        )
    },
    works("青栀店主", "10000000061", OWNER, ("qingzhi", "owner")),
    works(
        "青栀交付",
        "10000000062",
        ("交付人员", "delivery"),
        ("qingzhi", "delivery"),
    ),
    works(
        "算盘树店主",
        "10000000063",
        (
            "许可证 45 天后到期，续期待审",
            "licence ends in 45 days, its renewal waits",
        ),
        ("suanpan", "owner"),
    ),
    works("北斗坡店主", "10000000064", OWNER, ("beidou", "owner")),
    works("拾光店主", "10000000065", OWNER, ("shiguang", "owner")),
    works("言澈店主", "10000000066", OWNER, ("yanche", "owner")),
    works("墨白店主", "10000000067", OWNER, ("mobai", "owner")),
    works(
        "极光店主",
        "10000000068",
        ("已暂停接单，在办订单继续", "suspended; open orders go on"),
        ("jiguang", "owner"),
    ),
    works("云砚店主", "10000000069", OWNER, ("yunyan", "owner")),
    works(
        "长风岭店主",
        "10000000070",
        ("资质已到期，服务下线", "licence over, services offline"),
        ("changfeng", "owner"),
    ),
    works("磐石盾店主", "10000000071", OWNER, ("panshi", "owner")),
    works(
        "众禾店主",
        "10000000072",
        (
            "劳务派遣受限，该资质即将到期",
            "restricted in labour dispatch, that licence near its end",
        ),
        ("zhonghe", "owner"),
    ),
    works(
        "候鸟店主",
        "10000000073",
        ("入驻材料审核中", "application under review"),
        ("houniao", "owner"),
    ),
    state(
        "秦予安",
        "10000000035",
        "实名核验中（来源一天不答复即结束）",
        "verification being checked (ends if the source is silent for a day)",
    ),
    state(
        "方知夏",
        "10000000036",
        "实名三次未通过，锁定一天",
        "verification locked for a day after three failures",
    ),
    state("季长川", "10000000037", "证件已过期", "identity card expired"),
    state(
        "罗听澜",
        "10000000038",
        "实名被撤销，申诉待第三人裁定",
        "verification revoked, the appeal waits for a third verifier",
    ),
    state(
        "莫怀谷",
        "10000000039",
        "已提议撤销实名，待第二人复核 · 企业认证填写中",
        "revocation proposed, waits for a second verifier; an enterprise in draft",
    ),
    state(
        "许清欢",
        "10000000040",
        "已删除实名信息 · 可以立即注销账号",
        "verification erased; may close the account at once",
    ),
    state(
        "卓一鸣",
        "10000000042",
        "企业打款金额三次填错，锁定一天",
        "enterprise locked for a day after three wrong amounts",
    ),
    DemoPerson {
        joined: 420,
        ..state(
            "程万里",
            "10000000045",
            "四家企业：变更核验、年度复核、已撤销（申诉中）、已撤回",
            "four enterprises: changing, yearly check, revoked (appealed), given up",
        )
    },
    state(
        "周启航",
        "10000000074",
        "三家入驻申请：待补材料、已退回、待签协议",
        "three applications of suppliers: to be handed in, returned, to be signed",
    ),
    state(
        "吴归帆",
        "10000000075",
        "三家服务商：退出中、已退出、已清退（申诉中）",
        "three suppliers: leaving, left, banned (appealed)",
    ),
    account(
        minors::CONSENTED.0,
        "10000000056",
        "14 周岁及以下，监护人何小满已同意，只能浏览",
        "14 or under, the guardian 何小满 consented: browsing only",
    ),
    account(
        minors::FOUND,
        "10000000046",
        "证件号显示 2015 年出生：仅可浏览，等监护人（七天）",
        "born in 2015 by the number: browsing only until a guardian answers (seven days)",
    ),
    account(
        minors::CONTESTED,
        "10000000047",
        "被认定未成年并提出异议，待个保专员",
        "found to be under age and contests it: waits for the privacy officer",
    ),
    account(
        minors::CLEARED,
        "10000000048",
        "未成年的误判已更正",
        "found to be under age by mistake, cleared",
    ),
    account(
        minors::OF_AGE,
        "10000000049",
        "原未成年账号，已满 18 周岁",
        "a minor's account, now of age",
    ),
    account(
        "江晚舟",
        "10000000050",
        "有已结束的订单：注销要等到所示日期",
        "an order that ended: closing the account waits for the date shown",
    ),
    DemoPerson {
        joined: 396,
        ..account(
            "余眠",
            "10000000020",
            "注册 13 个月，从未再登录",
            "registered 13 months ago, never came back",
        )
    },
];
