//! The words of the minors' regime.

use crate::named::named;

named! {
    /// What is known of somebody's age: a band, and nothing else.
    Band {
        /// Eighteen and over.
        Adult = "adult" "18 周岁及以上" "18 or over",
        /// Fifteen to seventeen.
        Teen = "teen" "15–17 周岁" "15 to 17",
        /// Fourteen or under: everything about them is sensitive.
        Child = "child" "14 周岁及以下" "14 or under",
    }
}

named! {
    /// How far a guardian's consent is.
    State {
        /// An age is declared or found; nobody is asked yet.
        Declared = "declared" "未请求" "nothing asked",
        /// The minor named a guardian.
        Requested = "requested" "已请求监护人" "guardian named",
        /// A message to the guardian's own number is on its way.
        Told = "told" "已通知监护人" "guardian told",
        /// The guardian proved to hold that number and to be an adult.
        Proven = "proven" "监护人已核验" "guardian proven",
        /// The guardian read the rules for children's data.
        Informed = "informed" "监护人已阅读规则" "rules read",
        /// The guardian consented, purpose by purpose.
        Active = "active" "监护人已同意" "guardian consented",
        /// The guardian said no.
        Refused = "refused" "监护人未同意" "guardian refused",
        /// The guardian took the consent back.
        Withdrawn = "withdrawn" "监护人已撤回" "withdrawn",
        /// Nobody answered in seven days.
        Expired = "expired" "逾期未答复" "no answer in time",
        /// The person is of age.
        OfAge = "of_age" "已满 18 周岁" "of age",
        /// An account that was declared adult, and is not: browsing only.
        Frozen = "frozen" "仅可浏览" "browsing only",
        /// The holder says that it is a mistake.
        Contested = "contested" "人工复核中" "being looked at",
        /// It was a mistake.
        Cleared = "cleared" "已更正" "cleared",
    }
}

named! {
    /// What happens to it.
    Event {
        /// The minor names a guardian by phone.
        Ask = "ask" "请求监护人" "name the guardian",
        /// The message goes out.
        Tell = "tell" "通知监护人" "tell the guardian",
        /// The guardian proves to hold the number, and to be an adult.
        Prove = "prove" "核验监护人" "prove to be the guardian",
        /// The guardian reads the rules.
        Read = "read" "阅读规则" "read the rules",
        /// The guardian consents.
        Consent = "consent" "监护人同意" "consent",
        /// The guardian refuses.
        Refuse = "refuse" "监护人拒绝" "refuse",
        /// The guardian takes the consent back.
        Withdraw = "withdraw" "监护人撤回" "withdraw",
        /// Seven days are over.
        Expire = "expire" "逾期" "seven days are over",
        /// The minor says that whoever consented is not the guardian, before there is an account.
        Disown = "disown" "否认监护人" "say that it is not the guardian",
        /// A consent of which no account came in time.
        Lapse = "lapse" "逾期未注册" "no account in time",
        /// The eighteenth birthday, or what shows it.
        ComeOfAge = "come_of_age" "年满 18 周岁" "come of age",
        /// The fifteenth birthday, as the guardian says.
        TurnFifteen = "turn_fifteen" "年满 15 周岁" "turn fifteen",
        /// The guardian's account, or the consent, is gone.
        Lose = "lose" "监护人已不在" "lose the guardian",
        /// An identity number says that the holder is under age.
        Freeze = "freeze" "发现未成年" "found to be under age",
        /// The holder says that it is a mistake.
        Contest = "contest" "提出异议" "contest",
        /// The privacy officer finds that it was.
        Uphold = "uphold" "异议成立" "uphold",
        /// The privacy officer finds that it was not.
        Dismiss = "dismiss" "异议不成立" "dismiss",
    }
}

named! {
    /// Why a holder says that it is a mistake: a code, so that nobody writes down an age.
    Mistake {
        /// The number of somebody else, such as a child's.
        Others = "others" "填成了别人的证件号码" "I entered somebody else's number",
        /// A slip of the pen.
        Typed = "typed" "号码输入有误" "I mistyped the number",
        /// Something else.
        Other = "other" "其他原因" "something else",
    }
}

named! {
    /// What is counted for the yearly audit: numbers, nobody in particular.
    Tally {
        /// Requests to a guardian.
        Requests = "requests" "向监护人发出的请求" "requests to guardians",
        /// Guardians who consented.
        Consents = "consents" "监护人同意" "consents",
        /// Guardians who refused.
        Refusals = "refusals" "监护人拒绝" "refusals",
        /// Consents taken back.
        Withdrawals = "withdrawals" "监护人撤回" "withdrawals",
        /// Requests without an answer in seven days.
        Expiries = "expiries" "逾期未答复" "requests without an answer",
        /// Minors found late.
        Found = "found" "事后发现未成年" "minors found late",
        /// Findings that were a mistake.
        Mistakes = "mistakes" "更正的误判" "findings that were a mistake",
        /// Those who came of age.
        OfAge = "of_age" "年满 18 周岁" "came of age",
        /// Purges and erasures of a minor's data.
        Purges = "purges" "删除未成年人信息" "purges of a minor's data",
        /// Openings of a minor's field that staff asked for.
        Asked = "asked" "工作人员申请查看" "openings asked for by staff",
        /// Openings a supervisor approved.
        Approved = "approved" "主管批准查看" "openings approved",
        /// Openings a supervisor refused.
        Denied = "denied" "主管不批准查看" "openings refused by a supervisor",
        /// Openings that were done, each with its approval.
        Opened = "opened" "实际查看（均有批准编号）" "openings done, each with an approval",
        /// Openings tried without an approval.
        Blocked = "blocked" "无批准被拒绝的查看" "openings blocked for want of an approval",
    }
}
