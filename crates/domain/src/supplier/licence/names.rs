//! The words of a licence.

use crate::named::named;

named! {
    /// How a licence stands.
    State {
        /// Filled in, not sent yet.
        Draft = "draft" "待提交" "to be handed in",
        /// It is read.
        Submitted = "submitted" "审核中" "being reviewed",
        /// Good.
        Approved = "approved" "有效" "valid",
        /// Good, and near its end.
        Expiring = "expiring" "即将到期" "near its end",
        /// Over.
        Expired = "expired" "已到期" "expired",
        /// Something of it is wrong.
        Rejected = "rejected" "未通过" "not passed",
        /// It was taken back.
        Revoked = "revoked" "已撤销" "revoked",
        /// A newer one stands in its place.
        Replaced = "replaced" "已被新资质替换" "replaced by a newer one",
    }
}

named! {
    /// What happens to a licence.
    Event {
        /// It is sent.
        HandIn = "hand_in" "提交" "hand in",
        /// It is good.
        Approve = "approve" "审核通过" "approve",
        /// Something of it is wrong.
        Reject = "reject" "驳回" "reject",
        /// Its picture is gone before anybody decided.
        MaterialGone = "material_gone" "材料已撤回" "the picture was taken back",
        /// The review takes too long.
        ReviewOverdue = "review_overdue" "审核超时" "the review is overdue",
        /// Its end is near.
        NearEnd = "near_end" "临近到期" "the end is near",
        /// It is over.
        RunOut = "run_out" "到期" "run out",
        /// It is taken back.
        Revoke = "revoke" "撤销" "revoke",
        /// A newer one is good.
        Replace = "replace" "更新" "replace",
    }
}

named! {
    /// Why a licence is not good.
    Reason {
        /// The picture cannot be read.
        Unreadable = "unreadable" "图片不清晰或不完整" "the picture cannot be read",
        /// The number is another.
        Number = "number" "证号与图片不一致" "the number is not the one on the picture",
        /// The issuer is another.
        Issuer = "issuer" "发证机关与图片不一致" "the issuer is not the one on the picture",
        /// The days are others.
        Dates = "dates" "有效期与图片不一致" "the dates are not those on the picture",
        /// It is somebody else's.
        Holder = "holder" "持证人与认证企业不一致" "it is not this enterprise's",
        /// It is for something else.
        Kind = "kind" "不是该类目要求的资质" "it is not the licence this category needs",
        /// The authority's register has none like it.
        Register = "register" "在发证机关的公示信息中查不到" "the authority's register does not have it",
        /// The authority took it back.
        Withdrawn = "withdrawn" "已被发证机关吊销或注销" "the authority took it back",
        /// Whoever handed it in took the picture back.
        MaterialGone = "material_gone" "材料已撤回，请重新提交" "the picture was taken back; hand it in again",
    }
}

impl Reason {
    /// The reasons that can be given for an event.
    #[must_use]
    pub const fn of(event: Event) -> &'static [Self] {
        match event {
            Event::Reject => &[
                Self::Unreadable,
                Self::Number,
                Self::Issuer,
                Self::Dates,
                Self::Holder,
                Self::Kind,
                Self::Register,
            ],
            Event::Revoke => &[Self::Withdrawn, Self::Register, Self::Holder],
            _ => &[],
        }
    }

    /// Those of these that can be given for the event.
    #[must_use]
    pub fn given(event: Event, reasons: &[Self]) -> Vec<Self> {
        let possible = Self::of(event).iter().copied();
        possible.filter(|reason| reasons.contains(reason)).collect()
    }
}
