//! Suppliers: how an enterprise becomes one and leaves, what it hands in, and how long its licences hold.

pub mod application;
pub mod licence;
pub mod onboarding;

use crate::named::named;
use onboarding::Event;

named! {
    /// Why something of a supplier has to be put right, or was taken from it.
    Reason {
        /// The name misleads.
        Name = "name" "展示名称与企业不符或有误导" "the name shown does not fit the enterprise or misleads",
        /// The introduction is exaggerated or advertises somebody else.
        Introduction = "introduction" "介绍夸大、含广告绝对化用语或与服务无关" "the introduction exaggerates or says nothing of the services",
        /// The business scope has no such service.
        Scope = "scope" "所选类目超出营业执照的经营范围" "a chosen category is outside the business scope on the licence",
        /// A licence did not pass.
        Licence = "licence" "所选类目的资质未通过审核" "a licence for a chosen category did not pass",
        /// Too many complaints.
        Complaints = "complaints" "投诉集中或交付质量不达标" "complaints, or work below what was promised",
        /// It broke the undertaking on personal data.
        PersonalData = "personal_data" "违反个人信息处理与保密协议" "the undertaking on personal data was broken",
        /// It offered what is unlawful.
        Unlawful = "unlawful" "提供违法违规服务" "unlawful services were offered",
        /// It pretended to be somebody else, or its papers are false.
        Fraud = "fraud" "提供虚假材料或虚假交易" "false documents or sham orders",
        /// The enterprise's verification is over.
        Enterprise = "enterprise" "企业认证已失效" "the enterprise is no longer verified",
    }
}

impl Reason {
    /// The reasons that can be given for an event; none if it needs none.
    #[must_use]
    pub const fn of(event: Event) -> &'static [Self] {
        match event {
            Event::Return => &[Self::Name, Self::Introduction, Self::Scope, Self::Licence],
            Event::Restrict => &[Self::Licence, Self::Complaints, Self::Scope, Self::Unlawful],
            Event::Suspend => &[
                Self::Complaints,
                Self::PersonalData,
                Self::Unlawful,
                Self::Fraud,
                Self::Enterprise,
            ],
            Event::ProposeBan => &[Self::PersonalData, Self::Unlawful, Self::Fraud],
            _ => &[],
        }
    }

    /// Those of these that can be given for the event; the program's own among them for a suspension.
    #[must_use]
    pub fn given(event: Event, reasons: &[Self]) -> Vec<Self> {
        let possible = Self::of(event).iter().copied();
        possible.filter(|reason| reasons.contains(reason)).collect()
    }
}
