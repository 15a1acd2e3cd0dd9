//! The words of an enterprise's verification.

use crate::named::named;

named! {
    /// How far a verification is.
    State {
        /// Not begun.
        None = "none" "未认证" "not verified",
        /// The applicant writes it.
        Draft = "draft" "填写中" "draft",
        /// Handed in; the public register is asked.
        Submitted = "submitted" "已提交" "submitted",
        /// The register agrees; the applicant chooses how to prove that they may act for it.
        AutoChecked = "auto_checked" "信息一致，待验证" "register agrees, to be proved",
        /// The proof is under way.
        Proving = "proving" "验证中" "being proved",
        /// Verified.
        Verified = "verified" "已企业认证" "verified",
        /// Something has to be put right.
        Rejected = "rejected" "未通过" "not passed",
        /// Three wrong amounts.
        Locked = "locked" "已锁定" "locked",
        /// Its data changed and has to be proved.
        Changed = "changed" "变更核验中" "change being verified",
        /// A year went by; the register is asked again.
        AnnualDue = "annual_due" "年度复核中" "yearly check",
        /// Taken back.
        Revoked = "revoked" "已撤销" "revoked",
        /// Given up by the applicant, or by time.
        Withdrawn = "withdrawn" "已撤回" "withdrawn",
    }
}

named! {
    /// What happens to a verification.
    Event {
        /// A verified person begins.
        Start = "start" "开始填写" "start",
        /// Handed in.
        Submit = "submit" "提交" "submit",
        /// Put right after a rejection.
        Edit = "edit" "修改" "edit",
        /// The register agrees.
        CheckPassed = "check_passed" "登记信息一致" "the register agrees",
        /// The register does not agree.
        CheckFailed = "check_failed" "登记信息不一致" "the register does not agree",
        /// How to prove it is chosen.
        ChooseProof = "choose_proof" "选择验证方式" "choose the proof",
        /// A transfer is asked for.
        SendTransfer = "send_transfer" "申请打款" "ask for a transfer",
        /// The amount is entered.
        EnterAmount = "enter_amount" "填写到账金额" "enter the amount",
        /// The representative authorised, or the letter convinced.
        Prove = "prove" "验证通过" "prove",
        /// The proof was not used in time.
        ProofLapsed = "proof_lapsed" "验证超时" "the proof lapsed",
        /// The lock is over.
        Unlock = "unlock" "解除锁定" "unlock",
        /// A verifier says what has to be put right.
        Reject = "reject" "驳回" "reject",
        /// The register or an owner changes the data.
        Change = "change" "信息变更" "change",
        /// A change was not proved in time; the register is asked about what was verified.
        ChangeLapsed = "change_lapsed" "变更逾期未验证" "the change was not proved in time",
        /// A year went by.
        YearPassed = "year_passed" "满一年" "a year passed",
        /// The register agrees again.
        AnnualPassed = "annual_passed" "年度复核通过" "the yearly check passed",
        /// The register did not agree within the grace.
        GraceLapsed = "grace_lapsed" "复核宽限期满" "the grace is over",
        /// A verifier proposes to take it back.
        ProposeRevocation = "propose_revocation" "提议撤销" "propose to revoke",
        /// Another verifier takes it back.
        ConfirmRevocation = "confirm_revocation" "复核撤销" "confirm the revocation",
        /// The proposal is dropped.
        DropRevocation = "drop_revocation" "放弃撤销" "drop the revocation",
        /// The enterprise appeals.
        Appeal = "appeal" "申诉" "appeal",
        /// A third verifier undoes the revocation.
        UpholdAppeal = "uphold_appeal" "申诉成立" "uphold the appeal",
        /// A third verifier leaves it.
        DismissAppeal = "dismiss_appeal" "申诉不成立" "dismiss the appeal",
        /// The applicant or an owner gives it up.
        Withdraw = "withdraw" "撤回" "withdraw",
        /// Nobody went on with it.
        DraftLapsed = "draft_lapsed" "长期未继续" "lapsed",
    }
}

named! {
    /// How the applicant is related to the enterprise.
    Relation {
        /// Its legal representative.
        Representative = "representative" "法定代表人本人" "its legal representative",
        /// Somebody who acts for it.
        Agent = "agent" "经办人" "acting for it",
    }
}

named! {
    /// How it is proved that the applicant may act for the enterprise.
    Proof {
        /// The legal representative authorises online.
        Authorisation = "authorisation" "法定代表人线上授权" "online authorisation by the representative",
        /// A transfer to the enterprise's account.
        Transfer = "transfer" "对公打款" "transfer to the enterprise's account",
        /// A letter of authorisation, read by a verifier.
        Letter = "letter" "授权书" "letter of authorisation",
    }
}

named! {
    /// What has to be put right.
    Reason {
        /// The name is not the registered one.
        NameMismatch = "name_mismatch" "企业名称与登记信息不一致" "the name is not the registered one",
        /// The register knows no such code.
        CodeUnknown = "code_unknown" "登记机关没有这个信用代码" "the register knows no such code",
        /// The legal representative is another.
        RepresentativeMismatch = "representative_mismatch" "法定代表人与登记信息不一致" "the representative is another one",
        /// The enterprise is not in business.
        NotInBusiness = "not_in_business" "企业不在存续状态" "the enterprise is not in business",
        /// The licence cannot be read.
        LicenceUnreadable = "licence_unreadable" "营业执照不清晰或不完整" "the licence cannot be read",
        /// The licence is another enterprise's, or not the present one.
        LicenceMismatch = "licence_mismatch" "营业执照与填写的信息不一致" "the licence says otherwise",
        /// The proof does not convince.
        ProofInsufficient = "proof_insufficient" "验证材料不足以证明授权" "the proof does not show the authority",
        /// False documents or pretended identity; only for a revocation.
        Fraud = "fraud" "提供虚假材料或冒用他人名义" "false documents or pretended identity",
        /// The yearly check did not pass within the grace.
        AnnualUnconfirmed = "annual_unconfirmed" "年度复核未在宽限期内通过" "the yearly check did not pass in time",
    }
}

impl Reason {
    /// The form fields to put right.
    #[must_use]
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::NameMismatch => &["company_name"],
            Self::CodeUnknown => &["credit_code"],
            Self::RepresentativeMismatch => &["representative"],
            Self::LicenceUnreadable => &["licence"],
            Self::LicenceMismatch => &["company_name", "credit_code", "representative", "licence"],
            Self::ProofInsufficient => &["proof"],
            Self::NotInBusiness | Self::AnnualUnconfirmed => &["company_name", "credit_code", "licence"],
            Self::Fraud => &[],
        }
    }
}

named! {
    /// What a step makes the program do.
    Effect {
        /// The organisation begins; the applicant is its owner.
        CreateOrganisation = "create_organisation" "创建组织，申请人为所有者" "create the organisation, the applicant being its owner",
        /// There is one with this code: the applicant becomes an owner of it, and the others are told.
        ClaimOrganisation = "claim_organisation" "认领已有组织并通知现有成员" "join the existing organisation as owner and tell its members",
        /// The picture of the licence is deleted; its hash and the public fields stay.
        DeleteLicence = "delete_licence" "删除营业执照图片" "delete the picture of the licence",
        /// The number of the account is deleted; its last four signs stay for 90 days.
        DropAccount = "drop_account" "删除对公账号" "delete the account number",
    }
}
