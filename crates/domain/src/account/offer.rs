//! What a person may agree to besides the two documents: each offer by itself, with what, why, who
//! receives it and how long; no service hangs on any of them (2.1.1.g, PIPL 16, 23).
//!
//! An offer stands here only while something is done with it. To add one: its entry in [`OFFERS`],
//! the use case that looks for its consent, and the clause in the register for the fields it opens.

use privacy::PurposeId;
use time::Duration;

/// How long nobody is asked again after a no or a withdrawal, unless the operator sets another
/// time (2.1.2.1.c).
pub const ASK_AGAIN_AFTER: Duration = Duration::days(30);

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Both {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Both {
    /// The text in one language.
    #[must_use]
    pub const fn get(self, zh: bool) -> &'static str {
        if zh { self.zh } else { self.en }
    }
}

/// Something a person may agree to, and refuse at no cost.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// Its stable name.
    pub id: &'static str,
    /// The one purpose.
    pub purpose: PurposeId,
    /// Who besides the platform receives the data, as in the register.
    pub recipient: Option<&'static str>,
    /// The fields it opens, `table.column`.
    pub fields: &'static [&'static str],
    /// The clause it serves.
    pub clause: &'static str,
    /// How long a consent lasts.
    pub term: Duration,
    /// What it is called.
    pub name: Both,
    /// What is done, with which data.
    pub what: Both,
    /// Why.
    pub why: Both,
    /// Who receives it.
    pub who: Both,
    /// How long it lasts.
    pub how_long: Both,
    /// What a no means.
    pub without: Both,
}

/// A short message to the phone after each log-in.
pub const LOGIN_ALERT: Offer = Offer {
    id: "login_alert",
    purpose: PurposeId::Notify,
    recipient: Some("sms_sender"),
    fields: &["account.phone"],
    clause: "2.2.3.d",
    term: Duration::days(365),
    name: Both {
        zh: "登录提醒短信",
        en: "Text message after a log-in",
    },
    what: Both {
        zh: "每次有人登录您的账号，向您的注册手机号发送一条短信，写明登录时间。用到的信息只有您的手机号。",
        en: "After each log-in to your account, a message with the time goes to your registered number. Only your mobile number is used.",
    },
    why: Both {
        zh: "让您及时发现不是您本人的登录。",
        en: "So that you notice a log-in that is not yours.",
    },
    who: Both {
        zh: "短信服务商，仅用于发送这条短信。",
        en: "The sender of text messages, to deliver this message and for nothing else.",
    },
    how_long: Both {
        zh: "同意后一年内有效，期满自动失效；您可以随时撤回，撤回后的下一次登录即不再发送。",
        en: "One year from your consent, then it ends by itself. Withdraw at any time: from the next log-in on nothing is sent.",
    },
    without: Both {
        zh: "不同意也可以使用全部功能，登录设备仍可在“我的账号”里查看。",
        en: "Everything works without it; the devices logged in are listed in your account in any case.",
    },
};

/// The check of name and identity number (实名认证).
pub const REAL_NAME: Offer = Offer {
    id: "real_name",
    purpose: PurposeId::Certify,
    recipient: Some("identity_source"),
    fields: &["person_verification.real_name", "person_verification.id_number"],
    clause: "2.1.1.d",
    term: Duration::days(3650),
    name: Both {
        zh: "实名认证（敏感个人信息单独同意）",
        en: "Real-name verification (separate consent to sensitive data)",
    },
    what: Both {
        zh: "您填写的姓名和身份证号码只用于与权威数据源比对是否一致。不收集证件照片，不采集人脸。身份证号码属于敏感个人信息，泄露可能使人冒用您的身份，所以它与姓名一起用您自己的密钥加密保存，页面上只显示后四位。",
        en: "The name and identity number you enter are compared with an authoritative source, and nothing else is done with them. No picture of the card and no face is taken. An identity number is sensitive: leaked, it could be used to pose as you. So it lies encrypted under your own key, with your name, and pages show its last four signs only.",
    },
    why: Both {
        zh: "创建企业、办理入驻等功能需要知道操作者是谁；除此之外不用于任何其他目的。",
        en: "To found an enterprise here or to become a provider we have to know who acts. It is used for nothing else.",
    },
    who: Both {
        zh: "身份信息核验服务商（其名称见《第三方信息共享清单》），只收到姓名与号码，只用于这次比对；核验未完成、撤销或申诉待决，或您用授权书申请企业认证时，平台审核人员可凭案件和理由打开姓名（看不到号码），每次都记入“谁看过我的信息”；其他用户和服务商只能看到“已实名”标记。",
        en: "The identity checking service, named in the list of recipients, gets name and number, for this comparison only. While a check, a revocation, an appeal or your letter for an enterprise is to be decided, a verifier of the platform may open the name, never the number, for a case and with a reason; you see each time. Other users and providers see nothing but the badge “verified”.",
    },
    how_long: Both {
        zh: "核验未通过时姓名与号码立即删除；通过后保存至您删除认证、撤回同意或注销账号，最长十年，到期自动删除。因冒用被撤销的，保存至账号注销。",
        en: "If the check fails, name and number are deleted at once. If it succeeds they are kept until you delete the verification, withdraw or close the account, ten years at most. After a revocation for fraud they are kept until the account is closed.",
    },
    without: Both {
        zh: "不同意也可以浏览、下单、使用其他全部功能，只是不能创建企业和入驻。",
        en: "Without it you can browse, order and use everything else; only founding an enterprise and becoming a provider need it.",
    },
};

/// The verification of an enterprise (企业认证).
pub const ENTERPRISE: Offer = Offer {
    id: "enterprise",
    purpose: PurposeId::Certify,
    recipient: None,
    fields: &[
        "enterprise_paper.representative",
        "enterprise_paper.licence",
        "enterprise_paper.letter",
        "enterprise_paper.bank_account",
        "enterprise_paper.amount",
    ],
    clause: "2.1.1.d",
    term: Duration::days(3650),
    name: Both {
        zh: "企业认证（单独同意）",
        en: "Verification of an enterprise (separate consent)",
    },
    what: Both {
        zh: "企业名称和统一社会信用代码会对外公开；法定代表人姓名、营业执照图片、授权书图片和对公账号用您自己的密钥加密保存，只用于核验这家企业、核验您有权代表它。图片在保存前会去掉拍摄地点等附加信息。",
        en: "The enterprise's name and credit code are public. The legal representative's name, the pictures of licence and letter and the account number lie encrypted under your own key and are used only to verify the enterprise and that you may act for it. Pictures lose place and time of the shot before they are stored.",
    },
    why: Both {
        zh: "让交易对方知道自己在和哪家企业打交道；除此之外不用于任何其他目的。",
        en: "So that the other side knows which enterprise it deals with. It is used for nothing else.",
    },
    who: Both {
        zh: "企业登记信息查询服务商收到名称、信用代码和法定代表人姓名；选择对公打款时，打款银行收到账号；选择授权书时，平台审核人员可凭案件和理由打开执照、授权书、法定代表人姓名和您实名认证的姓名，每次都记入“谁看过我的信息”。其他用户只看到企业名称、信用代码和“已企业认证”标记。",
        en: "The source about registered enterprises gets name, code and representative; if you choose a transfer, the bank that makes it gets the account; if you choose a letter, a verifier of the platform may open licence, letter, the representative’s name and the name you are verified under, for the case and with a reason, and you see each time. Other users see name, code and the badge.",
    },
    how_long: Both {
        zh: "认证有结果后，执照和授权书图片、法定代表人姓名、账号立即删除，只留图片的校验值、账号后四位（90 天）和打款次数的记录（一年，账号与申请人只存校验值，防止反复猜测金额）；您随时可以撤回，撤回即删除尚未完成的申请。",
        en: "Once it is decided, the pictures, the representative's name and the account go at once; what stays is a checksum, for 90 days the account's last four digits, and for a year that transfers were made, with digests of account and applicant, so that amounts are not guessed. Withdraw at any time: an application under way is then deleted.",
    },
    without: Both {
        zh: "不同意也可以以个人身份使用其他全部功能，只是不能创建企业和入驻。",
        en: "Without it you can use everything else as a person; only founding an enterprise here and becoming a provider need it.",
    },
};

/// The licences that an enterprise hands in to become a supplier (服务商入驻).
pub const SUPPLIER: Offer = Offer {
    id: "supplier",
    purpose: PurposeId::Certify,
    recipient: None,
    fields: &["supplier_paper.picture"],
    clause: "2.1.1.d",
    term: Duration::days(3650),
    name: Both {
        zh: "服务商资质材料（单独同意）",
        en: "Licences of a provider (separate consent)",
    },
    what: Both {
        zh: "企业的展示名称、介绍、城市、类目和资质信息（证号、发证机关、有效期）会对外公开；资质图片上可能有负责人姓名，用您自己的密钥加密保存，只用于核对资质。图片在保存前会去掉拍摄地点等附加信息。",
        en: "The name shown, the introduction, city, categories and the facts of each licence (number, issuer, dates) are public. The picture of a licence may name somebody: it lies encrypted under your own key and is used only to compare. It loses place and time of the shot before it is stored.",
    },
    why: Both {
        zh: "让买方知道服务商有资格提供该类目的服务；除此之外不用于任何其他目的。",
        en: "So that buyers know that the provider may offer what it offers. It is used for nothing else.",
    },
    who: Both {
        zh: "平台审核人员可凭案件和理由打开资质图片，每次都记入“谁看过我的信息”。其他任何人都看不到图片。",
        en: "A verifier of the platform may open a picture, for the case and with a reason, and you see each time. Nobody else sees it.",
    },
    how_long: Both {
        zh: "资质审核有结果后图片立即删除，只留校验值；您随时可以撤回，撤回即删除尚未审核的图片，需要重新提交。",
        en: "Once a licence is decided its picture goes at once; a checksum stays. Withdraw at any time: pictures that wait are then deleted and have to be handed in again.",
    },
    without: Both {
        zh: "不同意不影响其他功能，只是不能为企业办理入驻和提交资质。",
        en: "Everything else works without it; only joining as a provider and handing in licences need it.",
    },
};

/// What a guardian agrees to so that a minor may have an account (2.7.a). Nobody agrees to it for themself.
pub const GUARDIAN_ACCOUNT: Offer = Offer {
    id: "guardian_account",
    purpose: PurposeId::KeepAccount,
    recipient: None,
    fields: &["account.phone", "account.name"],
    clause: "2.7.a",
    term: Duration::days(6575),
    name: Both {
        zh: "监护人同意：建立账号（未成年人信息单独同意）",
        en: "Guardian's consent: running the account (separate consent to a minor's data)",
    },
    what: Both {
        zh: "收集孩子的手机号、账号名和密码（只存校验值），用于建立和登录账号。十四周岁及以下的，全部按敏感个人信息保护，用孩子自己的密钥加密保存。不收集生日、照片、学校、住址。",
        en: "The child's phone, account name and password (only a digest) are collected to open the account and to log in. Of a child of 14 or under all of it is sensitive; it lies encrypted under the child's own key. No birthday, picture, school or address is collected.",
    },
    why: Both {
        zh: "没有这些无法建立账号。账号只能浏览和管理自己的信息，不能下单、签约、发布需求。",
        en: "Without them there is no account. It is for browsing and for looking after one's own data: no orders, contracts or requests.",
    },
    who: Both {
        zh: "只有孩子本人；十四周岁及以下的，还有您。工作人员须经主管逐次批准才能打开，每次您都会看到。不公开，不用于个性化推荐和广告，不提供给合作方。",
        en: "The child alone, and you for a child of 14 or under. Staff need a supervisor's approval each time, and you see each time. Nothing is public, used for recommendations or advertising, or given to partners.",
    },
    how_long: Both {
        zh: "至孩子年满 18 周岁或账号注销为止。您可以随时撤回，撤回后账号立即停用并删除。",
        en: "Until the child is 18 or the account is closed. Withdraw at any time: the account stops at once and is erased.",
    },
    without: Both {
        zh: "不同意就不建立账号，已收集的手机号立即删除；浏览网站不需要账号。",
        en: "Without it no account is opened and the phone collected so far is deleted at once; browsing needs no account.",
    },
};

/// What a guardian agrees to so that codes and notices reach the minor's phone.
pub const GUARDIAN_MESSAGES: Offer = Offer {
    id: "guardian_messages",
    purpose: PurposeId::Notify,
    recipient: Some("sms_sender"),
    fields: &["account.phone"],
    clause: "2.7.a",
    term: Duration::days(6575),
    name: Both {
        zh: "监护人同意：向孩子的手机发送验证码和通知",
        en: "Guardian's consent: sending codes and notices to the child's phone",
    },
    what: Both {
        zh: "把孩子的手机号和短信内容交给短信服务商，用于送达登录验证码和账号安全通知。",
        en: "The child's number and the text go to the sender of text messages, to deliver log-in codes and notices about the account's safety.",
    },
    why: Both {
        zh: "没有验证码，无法证明手机号属于孩子，也无法登录和找回账号。",
        en: "Without a code nobody can show that the number is the child's, log in, or get the account back.",
    },
    who: Both {
        zh: "短信发送服务商，仅用于发送这些短信。不发送营销短信。",
        en: "The sender of text messages, for these messages and nothing else. No marketing is sent.",
    },
    how_long: Both {
        zh: "至孩子年满 18 周岁或账号注销为止；短信发出后服务商保存 30 天。您可以随时撤回，撤回后账号停用并删除。",
        en: "Until the child is 18 or the account is closed; the sender keeps a message for 30 days. Withdraw at any time: the account then stops and is erased.",
    },
    without: Both {
        zh: "不同意就无法建立账号，因为无法核验手机号。",
        en: "Without it there is no account, because the number cannot be verified.",
    },
};

/// What only a guardian agrees to.
pub const GUARDIAN_OFFERS: &[Offer] = &[GUARDIAN_ACCOUNT, GUARDIAN_MESSAGES];

/// Every offer.
pub const OFFERS: &[Offer] = &[LOGIN_ALERT, REAL_NAME, ENTERPRISE, SUPPLIER];

impl Offer {
    /// The offer of a name.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        OFFERS.iter().find(|offer| offer.id == id)
    }

    /// The offer of a name, also one that only a guardian agrees to.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        Self::find(id).or_else(|| GUARDIAN_OFFERS.iter().find(|offer| offer.id == id))
    }

    /// The whole text as shown in one language: what its hash in a consent event stands for.
    #[must_use]
    pub fn text(&self, zh: bool) -> String {
        let parts = [
            self.name,
            self.what,
            self.why,
            self.who,
            self.how_long,
            self.without,
        ];
        parts.map(|part| part.get(zh)).join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_1_1_g_each_offer_is_whole_and_by_itself() {
        let all: Vec<&Offer> = OFFERS.iter().chain(GUARDIAN_OFFERS).collect();
        for (place, offer) in all.iter().enumerate() {
            assert!(
                !["agreement", "policy", "child_rules"].contains(&offer.id),
                "{}",
                offer.id
            );
            assert!(all[..place].iter().all(|other| other.id != offer.id));
            assert!(!offer.fields.is_empty() && offer.term > Duration::ZERO);
            for zh in [true, false] {
                assert!(
                    offer.text(zh).lines().all(|line| !line.is_empty()),
                    "{}",
                    offer.id
                );
                assert_eq!(offer.text(zh).lines().count(), 6);
            }
            assert_eq!(Offer::named(offer.id).map(|found| found.id), Some(offer.id));
        }
        for offer in GUARDIAN_OFFERS {
            assert!(Offer::find(offer.id).is_none(), "nobody gives it for themself");
        }
    }
}
