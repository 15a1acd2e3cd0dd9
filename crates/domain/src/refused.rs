//! Refusals are data: a stable code, the field they are about, and a text that names the remedy.
//! No text holds a value the person typed.

/// Why a rule says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}", self.code())]
pub enum Refused {
    /// No phone was given.
    PhoneMissing,
    /// The phone is not a mainland mobile number.
    PhoneInvalid,
    /// A demonstration takes fictional numbers only.
    PhoneNotFictional,
    /// No account name was given.
    NameMissing,
    /// The account name is too short or too long.
    NameLength,
    /// The account name has signs it may not have.
    NameCharacters,
    /// The account name could be a phone or identity number.
    NameNumber,
    /// The account name is taken.
    NameTaken,
    /// No password was given.
    PasswordMissing,
    /// The password is too short.
    PasswordShort,
    /// The password is too long.
    PasswordLong,
    /// The password is easy to guess.
    PasswordWeak,
    /// The present password is wrong.
    PasswordWrong,
    /// No code was given, or it is wrong, used, expired or was never sent.
    CodeWrong,
    /// The next code may be sent a minute after the last.
    CodeTooSoon,
    /// Too many codes in an hour.
    TooManyCodes,
    /// The user agreement was not accepted.
    AgreementNotAccepted,
    /// The privacy policy was not accepted.
    PolicyNotAccepted,
    /// Neither phone nor account name was given.
    LoginMissing,
    /// Name or phone and password do not belong together.
    LoginWrong,
    /// Too many failed log-ins.
    TooManyLogins,
    /// The form was open too long or came from elsewhere.
    FormStale,
    /// An access token's name is missing, too long or holds control characters.
    TokenName,
    /// An access token needs at least one scope.
    TokenScope,
    /// An access token lives from one day to a year.
    TokenLife,
    /// The account has as many access tokens as it may.
    TooManyTokens,
    /// The event has no place in the transparency log yet.
    ReceiptNotYet,
    /// An order needs something to pay for.
    OrderEmpty,
    /// A supplier's own people do not buy from it (自买自卖).
    OrderOwnService,
    /// The key of this placing already made an order of something else.
    OrderKeyUsed,
    /// The order has moved on.
    OrderNotNow,
    /// Another role does this.
    OrderNotYou,
    /// A delivery ticks every declared acceptance item.
    DeliveryIncomplete,
    /// A rejection names what fails.
    RejectionUnnamed,
    /// A reason is needed.
    ReasonMissing,
    /// A reason or note is longer than it may be.
    NoteLong,
    /// Refunds were asked for and not agreed often enough.
    RefundsUsedUp,
    /// The service takes no new orders for now.
    ServicePaused,
    /// The supplier may take no new business.
    SupplierPaused,
    /// Too many orders in an hour.
    TooManyOrders,
    /// A reason or note holds contact or identity data.
    NoteContact,
    /// The account is to be closed; until then nothing new begins.
    ClosurePending,
    /// The milestone at hand is not named, or another one is.
    MilestoneOther,
    /// A partial refund is more than nothing and less than the milestone's amount.
    OfferAmount,
    /// The delivery of an official fee names its receipt.
    ReceiptMissing,
    /// The receipt's number cannot be one.
    ReceiptInvalid,
    /// The milestone holds no official fee to have a receipt of.
    ReceiptUnneeded,
    /// The platform's decision names the member of staff by an identifier.
    StaffInvalid,
    /// The name to ask for is none.
    ShareName,
    /// The phone to be shared is none.
    SharePhone,
    /// In a demonstration only fictional phones are shared.
    SharePhoneNotFictional,
    /// The mail address is none.
    ShareEmail,
    /// The address is too short, too long or holds hidden signs.
    ShareAddress,
    /// A field was ticked to be shared and left empty.
    ShareEmpty,
    /// The order has ended: nothing more is shared for it.
    ShareClosed,
    /// The answer to a demand is none of those that count.
    DemandAnswer,
    /// Keeping by law needs the article.
    DemandArticle,
    /// Keeping by law needs the day on which it ends.
    DemandUntil,
    /// An authorisation of one's own needs its number.
    DemandReference,
}

impl Refused {
    /// Every refusal, for tests and the API's list of codes.
    pub const ALL: &'static [Self] = &[
        Self::PhoneMissing,
        Self::PhoneInvalid,
        Self::PhoneNotFictional,
        Self::NameMissing,
        Self::NameLength,
        Self::NameCharacters,
        Self::NameNumber,
        Self::NameTaken,
        Self::PasswordMissing,
        Self::PasswordShort,
        Self::PasswordLong,
        Self::PasswordWeak,
        Self::PasswordWrong,
        Self::CodeWrong,
        Self::CodeTooSoon,
        Self::TooManyCodes,
        Self::AgreementNotAccepted,
        Self::PolicyNotAccepted,
        Self::LoginMissing,
        Self::LoginWrong,
        Self::TooManyLogins,
        Self::FormStale,
        Self::TokenName,
        Self::TokenScope,
        Self::TokenLife,
        Self::TooManyTokens,
        Self::ReceiptNotYet,
        Self::OrderEmpty,
        Self::OrderOwnService,
        Self::OrderKeyUsed,
        Self::OrderNotNow,
        Self::OrderNotYou,
        Self::DeliveryIncomplete,
        Self::RejectionUnnamed,
        Self::ReasonMissing,
        Self::NoteLong,
        Self::NoteContact,
        Self::RefundsUsedUp,
        Self::SupplierPaused,
        Self::TooManyOrders,
        Self::ServicePaused,
        Self::ClosurePending,
        Self::MilestoneOther,
        Self::OfferAmount,
        Self::ReceiptMissing,
        Self::ReceiptInvalid,
        Self::ReceiptUnneeded,
        Self::StaffInvalid,
        Self::ShareName,
        Self::SharePhone,
        Self::SharePhoneNotFictional,
        Self::ShareEmail,
        Self::ShareAddress,
        Self::ShareEmpty,
        Self::ShareClosed,
        Self::DemandAnswer,
        Self::DemandArticle,
        Self::DemandUntil,
        Self::DemandReference,
    ];

    #[expect(clippy::too_many_lines, reason = "a table of texts, one row a refusal")]
    const fn parts(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::PhoneMissing => (
                "phone_missing",
                "phone",
                "请填写手机号。",
                "Fill in your mobile number.",
            ),
            Self::PhoneInvalid => (
                "phone_invalid",
                "phone",
                "手机号应为 11 位的中国大陆手机号，请检查后重新输入。",
                "Enter an 11-digit mainland China mobile number.",
            ),
            Self::PhoneNotFictional => (
                "phone_not_fictional",
                "phone",
                "演示站只接受 100-0000-00NN 形式的虚构号码（如 100-0000-0088），请勿填写真实手机号；验证码在演示发件箱 /demo/outbox 查看。",
                "The demonstration takes only fictional numbers of the form 100-0000-00NN, such as 100-0000-0088; do not enter a real one. The code is shown at /demo/outbox.",
            ),
            Self::NameMissing => (
                "name_missing",
                "account_name",
                "请填写账号名。",
                "Fill in an account name.",
            ),
            Self::NameLength => (
                "name_length",
                "account_name",
                "账号名需为 2–32 个字符，请加长或缩短。",
                "Use 2 to 32 characters for the account name.",
            ),
            Self::NameCharacters => (
                "name_characters",
                "account_name",
                "账号名只能用汉字、字母、数字、下划线和连字符，请去掉其他字符。",
                "Use only letters, Chinese characters, digits, _ and - in the account name.",
            ),
            Self::NameNumber => (
                "name_number",
                "account_name",
                "账号名里数字太多，容易与手机号或证件号混淆，请换一个数字少于 9 位的名字。",
                "With this many digits the account name could be a phone or identity number; use fewer than nine.",
            ),
            Self::NameTaken => (
                "name_taken",
                "account_name",
                "这个账号名已被使用，请换一个。",
                "This account name is taken; choose another.",
            ),
            Self::PasswordMissing => (
                "password_missing",
                "password",
                "请填写密码。",
                "Fill in the password.",
            ),
            Self::PasswordShort => (
                "password_short",
                "password",
                "密码至少 10 个字符，请加长；几个不相干的词连起来既好记又安全。",
                "Use at least 10 characters; a few unrelated words are strong and easy to remember.",
            ),
            Self::PasswordLong => (
                "password_long",
                "password",
                "密码最多 128 个字符，请缩短。",
                "Use at most 128 characters for the password.",
            ),
            Self::PasswordWeak => (
                "password_weak",
                "password",
                "这个密码容易被猜到：请避开常用词、键盘顺序、手机号和账号名，多加几个不相干的词。",
                "This password is easy to guess: avoid common words, keyboard runs, your phone and name; add unrelated words.",
            ),
            Self::PasswordWrong => (
                "password_wrong",
                "current",
                "当前密码不正确，请重新输入；忘记了可以用手机号重置。",
                "The current password is wrong; enter it again or reset it by phone.",
            ),
            Self::CodeWrong => (
                "code_wrong",
                "code",
                "验证码不正确或已失效，请核对最新一条短信，或重新获取。",
                "The code is wrong or no longer valid; check the latest message or ask for a new one.",
            ),
            Self::CodeTooSoon => (
                "code_too_soon",
                "code",
                "验证码刚刚发送，请等 1 分钟后再获取。",
                "A code was sent just now; wait one minute before asking for another.",
            ),
            Self::TooManyCodes => (
                "too_many_codes",
                "code",
                "这个手机号获取验证码过于频繁，请 1 小时后再试。",
                "Too many codes for this number; try again in an hour.",
            ),
            Self::AgreementNotAccepted => (
                "agreement_not_accepted",
                "accept_agreement",
                "请阅读用户服务协议，同意后勾选。",
                "Read the user agreement and tick the box if you accept it.",
            ),
            Self::PolicyNotAccepted => (
                "policy_not_accepted",
                "accept_policy",
                "请阅读隐私政策，同意后勾选。",
                "Read the privacy policy and tick the box if you accept it.",
            ),
            Self::LoginMissing => (
                "login_missing",
                "login",
                "请填写手机号或账号名。",
                "Fill in your mobile number or account name.",
            ),
            Self::LoginWrong => (
                "login_wrong",
                "login",
                "账号或密码不正确，请检查后重试；忘记密码可以用手机号重置。",
                "The account or the password is wrong; check both, or reset the password by phone.",
            ),
            Self::TooManyLogins => (
                "too_many_logins",
                "login",
                "尝试次数过多，请 15 分钟后再试，或重置密码。",
                "Too many attempts; try again in 15 minutes or reset the password.",
            ),
            Self::TokenName => (
                "token_name",
                "token_name",
                "请给令牌起一个 1–60 个字符的名称，不要换行。",
                "Give the token a name of 1 to 60 characters on one line.",
            ),
            Self::TokenScope => (
                "token_scope",
                "scopes",
                "请至少勾选一项权限。",
                "Tick at least one thing the token may do.",
            ),
            Self::TokenLife => (
                "token_life",
                "days",
                "有效期需为 1–365 天，请重新选择。",
                "Choose a life of 1 to 365 days.",
            ),
            Self::TooManyTokens => (
                "too_many_tokens",
                "token_name",
                "有效的令牌最多 20 个，请先撤销不用的令牌。",
                "An account has at most 20 live tokens; revoke one you no longer use.",
            ),
            Self::ReceiptNotYet => (
                "receipt_not_yet",
                "receipt",
                "凭证正在写入透明日志，约一分钟后即可下载，请稍后再试。",
                "The receipt is on its way into the transparency log; try again in about a minute.",
            ),
            Self::OrderEmpty => (
                "order_empty",
                "sku",
                "请选择规格后再下单。",
                "Choose an option before you order.",
            ),
            Self::OrderOwnService => (
                "order_own_service",
                "sku",
                "不能购买自己所在服务商的服务，请换一家服务商。",
                "You cannot order from a provider you belong to; choose another provider.",
            ),
            Self::OrderKeyUsed => (
                "order_key_used",
                "sku",
                "这次提交已经产生过一个不同内容的订单，请在订单列表查看；要再下一单，请重新打开下单页。",
                "This placing already made an order of something else: see your orders, or open the order page again for another one.",
            ),
            Self::OrderNotNow => (
                "order_not_now",
                "order",
                "订单状态已变化，请刷新页面查看现在可以做什么。",
                "The order has moved on; reload the page to see what you can do now.",
            ),
            Self::OrderNotYou => (
                "order_not_you",
                "order",
                "这一步不由您的角色操作，请联系有权限的同事。",
                "Your role does not take this step; ask a colleague whose role does.",
            ),
            Self::DeliveryIncomplete => (
                "delivery_incomplete",
                "item",
                "请逐项勾选已完成的验收标准，全部完成后再提交交付。",
                "Tick every acceptance item as done, then deliver.",
            ),
            Self::RejectionUnnamed => (
                "rejection_unnamed",
                "item",
                "请勾选至少一项未达到的验收标准。",
                "Tick at least one acceptance item that fails.",
            ),
            Self::ReasonMissing => (
                "reason_missing",
                "reason",
                "请写明原因，对方会看到。",
                "Write the reason; the other side will see it.",
            ),
            Self::NoteLong => (
                "note_long",
                "reason",
                "最多 2000 个字，请精简后再提交。",
                "At most 2000 characters; shorten it and send it again.",
            ),
            Self::RefundsUsedUp => (
                "refunds_used_up",
                "reason",
                "这一阶段已经申请过 2 次退款，双方未达成一致；请先验收、提出不通过的理由，或联系平台处理。",
                "Two refunds were asked for on this milestone without agreement; check the delivery, reject it with reasons, or contact the platform.",
            ),
            Self::ClosurePending => (
                "closure_pending",
                "closure",
                "您已申请注销账号，注销前不能新下单；如需继续使用，请先在“注销账号”页撤回申请。",
                "You asked to close this account, so nothing new can be ordered. To go on using it, take the request back on the page “Close the account”.",
            ),
            Self::ServicePaused => (
                "service_paused",
                "sku",
                "该服务暂不接新单，请选择其他服务或服务商。",
                "This service takes no new orders for now; choose another service or provider.",
            ),
            Self::SupplierPaused => (
                "supplier_paused",
                "order",
                "您的店铺目前不能承接新业务，因此不能确认这个订单；到期未确认会自动取消，买方不付费用。已在服务中的订单请照常完成。恢复接单请联系平台。",
                "Your company may take no new business for now, so this order cannot be confirmed; it is cancelled at its time, free of charge. Finish the orders in service as usual, and contact the platform to be admitted again.",
            ),
            Self::TooManyOrders => (
                "too_many_orders",
                "sku",
                "您 1 小时内下单过多，请稍后再下单。",
                "You placed too many orders within an hour; try again later.",
            ),
            Self::NoteContact => (
                "note_contact",
                "reason",
                "内容里似乎有手机号、证件号、银行账号、邮箱或微信、QQ 等联系方式，请删去后再提交；这里写的内容对方都能看到。",
                "This seems to hold a phone, identity or bank number, a mail address or a WeChat or QQ account; take it out and send again. The other side sees what you write here.",
            ),
            Self::MilestoneOther => (
                "milestone_other",
                "milestone",
                "请指明当前进行中的阶段；如页面上不是这一阶段，请刷新后再提交。",
                "Name the milestone that is under way; if the page shows another one, reload it and send again.",
            ),
            Self::OfferAmount => (
                "offer_amount",
                "amount",
                "请填写大于 0 元且小于本阶段金额的数，精确到分，如 1280.50；要全额退还，请选择“同意退款”。",
                "Enter more than 0 and less than this milestone's amount, to the fen, such as 1280.50; to give back all of it, agree to the refund.",
            ),
            Self::ReceiptMissing => (
                "receipt_missing",
                "receipt",
                "本阶段含官费，请填写官费缴纳凭证号后再提交交付。",
                "This milestone holds an official fee: enter the number of its receipt, then deliver.",
            ),
            Self::ReceiptInvalid => (
                "receipt_invalid",
                "receipt",
                "官费缴纳凭证号应为 6–40 位字母、数字或连字符，至少含 4 位数字；请照凭证填写，不要填写手机号或身份证号。",
                "The receipt's number has 6 to 40 letters, digits or hyphens, at least 4 of them digits; copy it from the receipt, and enter no phone or identity number.",
            ),
            Self::ReceiptUnneeded => (
                "receipt_unneeded",
                "receipt",
                "本阶段不含官费，请清空官费缴纳凭证号。",
                "This milestone holds no official fee; leave the receipt's number out.",
            ),
            Self::StaffInvalid => (
                "staff_invalid",
                "by",
                "请填写处理人员的代号：1–32 位小写字母、数字或连字符，如 arbiter-1，不要填写姓名。",
                "Name the member of staff by an identifier of 1 to 32 small letters, digits or hyphens, such as arbiter-1, not by a person's name.",
            ),
            Self::ShareName => (
                "share_name",
                "contact_name",
                "联系人称呼应为 1–30 个字，不含换行和隐藏字符。",
                "Whom to ask for: 1 to 30 characters, no line breaks or hidden signs.",
            ),
            Self::SharePhone => (
                "share_phone",
                "phone",
                "联系电话应为 11 位的中国大陆手机号，请检查，或取消勾选。",
                "Enter an 11-digit mainland China mobile number, or take the tick off.",
            ),
            Self::SharePhoneNotFictional => (
                "share_phone_not_fictional",
                "phone",
                "演示站只接受 100-0000-00NN 形式的虚构号码（如 100-0000-0001），请勿填写真实手机号。",
                "The demonstration takes only fictional numbers of the form 100-0000-00NN; do not enter a real one.",
            ),
            Self::ShareEmail => (
                "share_email",
                "email",
                "电子邮箱应形如 name@example.com，至多 120 个字符；请检查，或取消勾选。",
                "A mail address looks like name@example.com and has at most 120 characters; check it, or take the tick off.",
            ),
            Self::ShareAddress => (
                "share_address",
                "address",
                "地址应为 5–120 个字，不含换行和隐藏字符；请检查，或取消勾选。",
                "An address has 5 to 120 characters, no line breaks or hidden signs; check it, or take the tick off.",
            ),
            Self::ShareEmpty => (
                "share_empty",
                "share",
                "勾选的内容还没有填写：请填写，或取消勾选。",
                "You ticked a field that is empty: fill it in, or take the tick off.",
            ),
            Self::ShareClosed => (
                "share_closed",
                "share",
                "订单已结束，不能再提供新的联系方式；已提供的可以随时撤回。",
                "The order has ended; nothing more can be shared for it. What you shared can be taken back at any time.",
            ),
            Self::DemandAnswer => (
                "demand_answer",
                "answer",
                "请选择一种答复：已删除（或已更正）、依法保留，或另有独立授权。",
                "Choose an answer: done, kept by law, or an authorisation of your own.",
            ),
            Self::DemandArticle => (
                "demand_article",
                "article",
                "依法保留须写明法律条文，2–100 个字，不要写联系方式。",
                "Name the article of law, 2 to 100 characters, no contact details.",
            ),
            Self::DemandUntil => (
                "demand_until",
                "until",
                "请填写保留到哪一天：形如 2029-11-25，须晚于今天，最多三十年。",
                "Say until which day, such as 2029-11-25: after today, at most thirty years ahead.",
            ),
            Self::DemandReference => (
                "demand_reference",
                "reference",
                "另有独立授权须写明合同或授权书编号，2–100 个字，不要写联系方式。",
                "Name the contract or authorisation it is written in, 2 to 100 characters, no contact details.",
            ),
            Self::FormStale => (
                "form_stale",
                "form",
                "页面停留过久，请重新提交一次。",
                "The form was open too long; please send it again.",
            ),
        }
    }

    /// The stable code, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.parts().0
    }

    /// The form field the refusal is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        self.parts().1
    }

    /// The text in Chinese or English; names the remedy.
    #[must_use]
    pub const fn message(self, zh: bool) -> &'static str {
        if zh { self.parts().2 } else { self.parts().3 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_texts_are_there_in_both_languages() {
        let codes: HashSet<_> = Refused::ALL.iter().map(|refused| refused.code()).collect();
        assert_eq!(codes.len(), Refused::ALL.len());
        for refused in Refused::ALL {
            assert!(refused.message(true).ends_with('。'), "{refused}");
            assert!(refused.message(false).ends_with('.'), "{refused}");
        }
    }
}
