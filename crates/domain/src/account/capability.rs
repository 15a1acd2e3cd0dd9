//! What needs which level of an account (2.1.1.d): verification is one's own choice, and whoever does without
//! it does without these functions and no others. The rules themselves stand with each function; a test
//! tries every function at every level and compares with this table.

use crate::named::named;

named! {
    /// How much the platform knows of who asks; each level may what the ones before it may.
    Level {
        /// Nothing: no account.
        Visitor = "visitor" "未登录" "without an account",
        /// Phone, account name and password.
        Registered = "registered" "已注册" "registered",
        /// Name and number were checked.
        Person = "person" "已实名" "verified person",
        /// Member of a verified enterprise, and acting for it.
        Enterprise = "enterprise" "已企业认证" "verified enterprise",
    }
}

named! {
    /// What somebody may want to do.
    Function {
        /// Look at services, providers and prices, search, read the policy.
        Browse = "browse" "浏览和搜索服务、服务商、价格与规则" "look at and search services, providers, prices and rules",
        /// The own account: data, devices, rights, copies, closing.
        Account = "account" "管理自己的账号、设备与个人信息权利" "manage one's account, devices and rights",
        /// Order and have delivered, as a person.
        Order = "order" "以个人名义下单、验收、退款" "order, accept and get refunds as a person",
        /// An address book and titles for invoices.
        Book = "book" "地址簿与发票抬头" "address book and invoice titles",
        /// Programs that act for the person.
        Program = "program" "创建访问令牌，使用开放接口" "access tokens and the API",
        /// Join an enterprise that invites.
        Join = "join" "接受邀请，加入企业" "join an enterprise that invites",
        /// Have an enterprise verified.
        Found = "found" "为企业办理认证" "have an enterprise verified",
        /// Order for the enterprise, with limits and approvals.
        OrderForEnterprise = "order_for_enterprise" "以企业名义采购、审批" "purchase and approve for an enterprise",
        /// Become a supplier and sell.
        Sell = "sell" "入驻成为服务商" "become a provider",
    }
}

impl Function {
    /// The lowest level that may.
    #[must_use]
    pub const fn needs(self) -> Level {
        match self {
            Self::Browse => Level::Visitor,
            Self::Account | Self::Order | Self::Book | Self::Program | Self::Join => Level::Registered,
            Self::Found => Level::Person,
            Self::OrderForEnterprise | Self::Sell => Level::Enterprise,
        }
    }
}

impl Level {
    /// Whether somebody of this level may.
    #[must_use]
    pub fn may(self, function: Function) -> bool {
        let place = |level: Self| Self::ALL.iter().position(|one| *one == level);
        place(self) >= place(function.needs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_1_1_d_a_higher_level_may_what_a_lower_one_may() {
        for function in Function::ALL {
            let may: Vec<bool> = Level::ALL.iter().map(|level| level.may(*function)).collect();
            assert!(may.is_sorted(), "{function:?}");
            assert!(may[3], "who is verified may everything: {function:?}");
        }
        // Without any verification everything about the own account goes on.
        assert!(Level::Registered.may(Function::Order) && !Level::Registered.may(Function::Found));
    }
}
