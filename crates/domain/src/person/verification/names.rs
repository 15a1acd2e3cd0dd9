//! The words of a person's verification.

use crate::named::named;

named! {
    /// How far a verification is.
    State {
        /// Not begun.
        None = "none" "未认证" "not verified",
        /// The separate consent to name and number was given.
        Consented = "consented" "已同意，待提交" "consented, to be submitted",
        /// Name and number were handed in.
        Submitted = "submitted" "已提交" "submitted",
        /// The source is being asked.
        Checking = "checking" "核验中" "being checked",
        /// Name and number belong together.
        Verified = "verified" "已实名" "verified",
        /// The check failed.
        Rejected = "rejected" "未通过" "not passed",
        /// Too many checks failed.
        Locked = "locked" "已锁定" "locked",
        /// The card is no longer valid.
        Expired = "expired" "证件已过期" "card expired",
        /// Taken back for fraud.
        Revoked = "revoked" "已撤销" "revoked",
        /// Everything about it is deleted.
        Erased = "erased" "已删除" "erased",
    }
}

named! {
    /// What happens to a verification.
    Event {
        /// The separate consent is given.
        Consent = "consent" "单独同意" "consent separately",
        /// Name and number are handed in.
        Submit = "submit" "提交姓名和号码" "submit",
        /// The source is asked.
        BeginCheck = "begin_check" "开始核验" "begin the check",
        /// The source, or a verifier, says yes.
        Pass = "pass" "核验通过" "pass",
        /// The source, or a verifier, says no.
        Fail = "fail" "核验未通过" "fail",
        /// The source did not answer in a day.
        SourceDown = "source_down" "核验服务无应答" "the source did not answer",
        /// The lock is over.
        Unlock = "unlock" "解除锁定" "unlock",
        /// The card's last day is over.
        Expire = "expire" "证件到期" "the card expires",
        /// A verifier proposes to take it back.
        ProposeRevocation = "propose_revocation" "提议撤销" "propose to revoke",
        /// Another verifier takes it back.
        ConfirmRevocation = "confirm_revocation" "复核撤销" "confirm the revocation",
        /// The proposal is dropped.
        DropRevocation = "drop_revocation" "放弃撤销" "drop the revocation",
        /// The person appeals against the revocation.
        Appeal = "appeal" "申诉" "appeal",
        /// A third verifier finds the appeal right.
        UpholdAppeal = "uphold_appeal" "申诉成立，恢复认证" "uphold the appeal",
        /// A third verifier finds the revocation right.
        DismissAppeal = "dismiss_appeal" "申诉不成立" "dismiss the appeal",
        /// The person asks for it, or closes the account.
        Erase = "erase" "删除认证信息" "erase",
    }
}

named! {
    /// Why a check failed.
    Reason {
        /// The name is not the one of this number.
        NameMismatch = "name_mismatch" "姓名与身份证号码不一致，请对照证件填写后重新提交" "the name does not belong to this number; compare both with the card and submit again",
        /// The source knows no such number.
        NumberInvalid = "number_invalid" "身份证号码无效，请对照证件检查后重新提交" "the number is not valid; compare it with the card and submit again",
        /// The source has no record.
        NotFound = "not_found" "核验库中没有查到，请稍后再试；刚办理的证件可能需要几天" "the source has no record; a new card may take some days, so try again later",
        /// Another account is verified with this number.
        Taken = "taken" "这个号码已认证另一个账号：一人认证一个账号，请登录那个账号，或先在那里删除认证" "another account is verified with this number: a person verifies one account; log in there, or delete the verification there first",
        /// The source did not answer.
        SourceDown = "source_down" "核验服务暂无应答，本次不计入次数，请稍后重新提交" "the source did not answer; this was not counted, submit again later",
    }
}

named! {
    /// Why a revocation is proposed: a code, so that it can be told to the person as it stands.
    Ground {
        /// The card is somebody else's.
        Borrowed = "borrowed" "证件被他人冒用" "the card is somebody else's",
        /// The card is invalid or forged.
        Forged = "forged" "证件无效或系伪造" "the card is invalid or forged",
        /// The account was handed on after the check.
        HandedOn = "handed_on" "认证后账号转交他人使用" "the account was handed on to somebody else",
        /// The source took its answer back.
        Withdrawn = "withdrawn" "核验服务商更正了结果" "the source corrected its answer",
    }
}

named! {
    /// What becomes of the name and number at a step.
    Data {
        /// There is none yet.
        Nothing = "nothing" "没有" "there is none",
        /// Held for the check only.
        Held = "held" "仅为核验暂存" "held for the check",
        /// Sealed and kept with a keyed index for uniqueness; of the number the last four signs show.
        Kept = "kept" "加密保存" "sealed and kept",
        /// Deleted now.
        Dropped = "dropped" "立即删除" "deleted now",
    }
}
