//! Refusals about age, minors and their guardians (2.7.a, 2.7.b). Each is one row: variant, code, field,
//! Chinese, English.

use super::Refused;

macro_rules! rows_of {
    ($(#[$doc:meta])* $name:ident { $($(#[$row:meta])* $variant:ident = $code:literal $field:literal $zh:literal $en:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$row])* $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Code, field, Chinese, English.
            pub(super) const fn parts(self) -> (&'static str, &'static str, &'static str, &'static str) {
                match self { $(Self::$variant => ($code, $field, $zh, $en),)+ }
            }
        }
    };
}

rows_of! {
    /// Why a rule about minors and their guardians says no.
    Minor {
        /// No age band was chosen.
        AgeMissing = "age_missing" "age_band"
            "请选择您的年龄段。我们只记录年龄段，不记录生日。"
            "Choose your age band. Only the band is kept, never a birthday.",
        /// The number answered with a younger band within seven days.
        AgeStricter = "age_stricter" "age_band"
            "这个手机号 7 天内选择过更小的年龄段，暂以那次为准，请按未成年人流程办理。如当时选错，请 7 天后再注册，或联系客服人工核对。"
            "Within the last seven days this number answered with a younger age band, which counts for now: go on as a minor. If that was a mistake, register after seven days or contact customer service.",
        /// A guardian has to consent first.
        GuardianFirst = "guardian_first" "age_band"
            "未满 18 周岁须先由监护人同意，才能注册。刚才填写的内容没有保存，请先填写监护人的手机号。"
            "Under 18 a guardian consents before an account is opened. Nothing you entered was kept; enter your guardian's number first.",
        /// A guardian was asked and has not answered.
        GuardianWaiting = "guardian_waiting" "age_band"
            "已请求监护人同意，正在等待答复；7 天内没有答复，请求会自动删除。填错号码的，可以重新填写监护人的手机号。"
            "Your guardian was asked and has not answered. Without an answer within seven days the request is deleted. If the number was wrong, enter it again.",
        /// The guardian's number is none.
        GuardianPhone = "guardian_phone" "guardian_phone"
            "请填写监护人的 11 位手机号（演示站请用 100-0000-00NN 形式的虚构号码）。"
            "Enter the guardian's mobile number of 11 digits; in the demonstration, a fictional one of the form 100-0000-00NN.",
        /// The guardian's number is the minor's own.
        GuardianSelf = "guardian_self" "guardian_phone"
            "监护人的手机号不能与您自己的相同，请填写父母或其他监护人的手机号。"
            "The guardian's number cannot be your own; enter that of a parent or guardian.",
        /// This guardian refused this number lately.
        GuardianRefused = "guardian_refused" "guardian_phone"
            "这位监护人 30 天内已表示不同意，不会再次发送请求。请与监护人当面商量，30 天后可以再请求一次。"
            "This guardian said no within the last 30 days and is not asked again before that. Talk to them; after 30 days they can be asked once more.",
        /// This guardian consented already.
        GuardianConsented = "guardian_consented" "guardian_phone"
            "这位监护人已经同意，不用再次请求，请到注册页继续注册。"
            "This guardian consented already and is not asked again: go on with the registration.",
        /// Another guardian consented, and whoever is asked now is somebody else.
        GuardianOther = "guardian_other" "not_mine"
            "另一位监护人已经同意（其手机号的前三位和后四位见发给您的短信），请到注册页继续注册。如果那不是您的父母或其他监护人，请勾选下方的框再发送：原来的同意会删除，改请您现在填写的监护人。"
            "Another guardian consented already (their masked number is in the message you got): go on with the registration. If that is not your parent or guardian, tick the box below and send it again: that consent is deleted, and the guardian you enter now is asked instead.",
        /// Too many requests to one guardian or of one minor.
        GuardianOften = "guardian_often" "guardian_phone"
            "24 小时内向同一号码或由同一号码发出的请求已达 3 次，请明天再试。"
            "Three requests within 24 hours went to this number or came from yours; try again tomorrow.",
        /// Whoever proves to be the guardian is the minor.
        GuardianNotSelf = "guardian_not_self" "guardian"
            "不能做自己的监护人，请由父母或其他监护人用自己的账号办理。"
            "Nobody is their own guardian; a parent or guardian does this with their own account.",
        /// The guardian's own account is a minor's.
        GuardianUnderAge = "guardian_under_age" "guardian"
            "监护人须年满 18 周岁，请由成年的父母或其他监护人办理。"
            "A guardian is 18 or older; an adult parent or guardian does this.",
        /// The guardian's statement is missing.
        GuardianStatement = "guardian_statement" "statement"
            "请勾选，确认您年满 18 周岁并且是这位未成年人的父母或其他监护人；不是的，请选择“不同意”。"
            "Tick the box: you are 18 or older and a parent or guardian of this minor. If you are not, choose “refuse”.",
        /// One guardian has as many children as there may be.
        GuardianMany = "guardian_many" "guardian"
            "一个账号最多担任 5 位未成年人的监护人；确需更多的，请联系客服人工办理。"
            "One account is the guardian of five minors at most; if there are more, contact customer service.",
        /// The rules were not read.
        GuardianRules = "guardian_rules" "read"
            "请先阅读《儿童个人信息保护规则》，再勾选已阅读。"
            "Read the rules for children's data first, then tick that you did.",
        /// A necessary purpose is not agreed to.
        GuardianPurposes = "guardian_purposes" "guardian_account"
            "开立账号离不开“建立账号”和“发送验证码”两项，请分别勾选；不愿同意的，请选择“不同意”，信息会立即删除。"
            "An account needs both “running the account” and “sending codes”: tick each. If you do not agree, choose “refuse”, and everything is deleted at once.",
        /// It was not confirmed.
        GuardianUnsure = "guardian_unsure" "sure"
            "请勾选“我确认”后再提交。"
            "Tick “yes, I am sure” and send it again.",
        /// Not in this state.
        GuardianNotNow = "guardian_not_now" "guardian"
            "请求的状态已变化，请刷新页面查看现在可以做什么。"
            "The request has moved on; reload the page to see what you can do now.",
        /// Not by this role.
        GuardianNotYou = "guardian_not_you" "guardian"
            "这一步不由您办理。"
            "This step is not yours to take.",
        /// What somebody under age cannot do here.
        MinorNot = "minor_not" "age_band"
            "未成年人账号不能使用这项功能：本站面向企业交易，未满 18 周岁只能浏览和管理自己的账号。规则见“儿童个人信息保护规则”。"
            "An account of somebody under age cannot do this: this site is for business between enterprises, and under 18 it is for browsing and for looking after one's own account. See the rules for children's data.",
        /// The account is for browsing only.
        MinorFrozen = "minor_frozen" "id_number"
            "号码显示持有人未满 18 周岁，账号已改为仅可浏览，刚才填写的内容没有保存。请到“未成年人与监护人”页请监护人同意；如有误，可在那里提出异议，由人工复核。"
            "The number says that its holder is under 18, so the account is for browsing only now; nothing you entered was kept. Ask your guardian on the page “Minors and guardians”, or say there that it is a mistake: a person looks at it.",
        /// The verification of somebody under age.
        MinorCertify = "minor_certify" "id_number"
            "14 周岁及以下不能实名认证；15–17 周岁须监护人先单独同意，请监护人在“未成年人与监护人”页办理。刚才填写的内容没有保存。"
            "At 14 or under there is no verification; from 15 to 17 the guardian agrees to it first, on the page “Minors and guardians”. Nothing you entered was kept.",
        /// It was contested already.
        ContestUsed = "contest_used" "mistake"
            "每次只能提出一次异议；如仍有疑问，请联系客服。"
            "It can be contested once; if you still disagree, contact customer service.",
        /// No mistake was chosen.
        ContestMistake = "contest_mistake" "mistake"
            "请选择一项说明。"
            "Choose what the mistake is.",
        /// A minor's field opens with a supervisor's approval only.
        ApprovalNeeded = "approval_needed" "reason"
            "这是未成年人的信息：须先由主管批准，批准后 30 分钟内可打开一次。请先提交申请。"
            "This is a minor's: a supervisor approves first, and then it opens once within 30 minutes. Ask for the approval.",
        /// A request for an approval was decided, or waited too long.
        ApprovalNotNow = "approval_not_now" "approval"
            "这项申请已处理或已超过 24 小时，请刷新页面。"
            "This request was decided, or is older than 24 hours; reload the page.",
        /// A decision of staff without its reason.
        RulingMissing = "minor_ruling_missing" "ruling"
            "请选择决定和理由。"
            "Choose what you decide, and why.",
    }
}

impl From<Minor> for Refused {
    fn from(minor: Minor) -> Self {
        Self::Minor(minor)
    }
}
