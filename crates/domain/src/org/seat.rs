//! The roles of an organisation's members, and what each may do. "Purchasing and above" means
//! purchasing, administrators and owners.

use crate::machine::Role;
use crate::market::order::Side;
use crate::named::named;

named! {
    /// A member's role.
    Seat {
        /// Answers for the organisation.
        Owner = "owner" "所有者" "owner",
        /// Runs it day by day.
        Admin = "admin" "管理员" "administrator",
        /// Buys.
        Buyer = "buyer" "采购" "purchasing",
        /// Sells.
        Sales = "sales" "销售" "sales",
        /// Does the work that was sold.
        Delivery = "delivery" "交付" "delivery",
        /// Pays, and confirms what was paid.
        Finance = "finance" "财务" "finance",
        /// Reads only.
        Viewer = "viewer" "只读成员" "viewer",
    }
}

named! {
    /// What members do. What an order's own steps need stands in the order's machine.
    Act {
        /// Read the organisation's orders, bounties and contracts.
        Read = "read" "查看业务" "read the organisation's business",
        /// Publish a bounty, choose an offer, order, accept work.
        Purchase = "purchase" "采购" "purchase",
        /// Pay and confirm that a refund arrived.
        Pay = "pay" "付款" "pay",
        /// Approve what is above a member's limit.
        Approve = "approve" "审批超额采购" "approve spending",
        /// Set the limits of members.
        SetLimits = "set_limits" "设置额度" "set limits",
        /// Make offers and confirm orders.
        Sell = "sell" "报价与接单" "sell",
        /// Deliver.
        Deliver = "deliver" "交付" "deliver",
        /// Confirm that money arrived.
        Collect = "collect" "确认收款" "confirm receipts",
        /// Ask for invoices and write them.
        Invoice = "invoice" "发票" "invoices",
        /// Describe services and hand in licences.
        Offer = "offer" "管理服务与资质" "manage services and licences",
        /// Sign contracts. Others need an authorisation of their own.
        Sign = "sign" "签署合同" "sign contracts",
        /// Invite members, change and end memberships.
        ManageMembers = "manage_members" "管理成员" "manage members",
        /// Change the verified data of the enterprise.
        ChangeEnterprise = "change_enterprise" "变更企业信息" "change the enterprise's data",
        /// Enter the market as a supplier, give up an order, leave the market.
        EnterAndLeave = "enter_and_leave" "入驻与退出" "enter and leave the market",
        /// Hand the organisation over or dissolve it.
        Dissolve = "dissolve" "转让或解散组织" "hand over or dissolve",
    }
}

const OWNER: &[Seat] = &[Seat::Owner];
const ADMIN: &[Seat] = &[Seat::Owner, Seat::Admin];
const BUYER: &[Seat] = &[Seat::Owner, Seat::Admin, Seat::Buyer];
const FINANCE: &[Seat] = &[Seat::Owner, Seat::Admin, Seat::Finance];
const SALES: &[Seat] = &[Seat::Owner, Seat::Admin, Seat::Sales];
const DELIVERY: &[Seat] = &[Seat::Owner, Seat::Admin, Seat::Delivery];

impl Act {
    /// The seats that may do it.
    #[must_use]
    pub const fn seats(self) -> &'static [Seat] {
        match self {
            Self::Read => Seat::ALL,
            Self::Purchase => BUYER,
            Self::Pay | Self::Collect | Self::Invoice => FINANCE,
            Self::Approve | Self::SetLimits | Self::ManageMembers | Self::Offer => ADMIN,
            Self::Sell => SALES,
            Self::Deliver => DELIVERY,
            Self::Sign | Self::ChangeEnterprise | Self::EnterAndLeave | Self::Dissolve => OWNER,
        }
    }
}

impl Seat {
    /// Whether a member with this seat may do it.
    #[must_use]
    pub fn may(self, act: Act) -> bool {
        act.seats().contains(&self)
    }

    /// The role in the machines of a deal on this side; `None` if the seat has no part in it.
    #[must_use]
    pub const fn role(self, side: Side) -> Option<Role> {
        Some(match (side, self) {
            (Side::Buyer, Self::Owner) => Role::BuyerOwner,
            (Side::Buyer, Self::Admin) => Role::BuyerAdmin,
            (Side::Buyer, Self::Buyer) => Role::BuyerBuyer,
            (Side::Buyer, Self::Finance) => Role::BuyerFinance,
            (Side::Buyer, Self::Viewer) => Role::BuyerViewer,
            (Side::Supplier, Self::Owner) => Role::SupplierOwner,
            (Side::Supplier, Self::Admin) => Role::SupplierAdmin,
            (Side::Supplier, Self::Sales) => Role::SupplierSales,
            (Side::Supplier, Self::Delivery) => Role::SupplierDelivery,
            (Side::Supplier, Self::Finance) => Role::SupplierFinance,
            _ => return None,
        })
    }

    /// Whether a member with this seat may give, change or take away that one. Owners may everything;
    /// administrators what stands below them, so that none makes themself an owner.
    #[must_use]
    pub const fn outranks(self, other: Self) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => !matches!(other, Self::Owner | Self::Admin),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine;

    #[test]
    fn each_seat_may_do_what_its_role_is_for_and_nothing_else() {
        let acts =
            |seat: Seat| -> Vec<Act> { Act::ALL.iter().copied().filter(|act| seat.may(*act)).collect() };
        assert_eq!(acts(Seat::Owner), Act::ALL);
        let owners = [
            Act::Sign,
            Act::ChangeEnterprise,
            Act::EnterAndLeave,
            Act::Dissolve,
        ];
        let admin: Vec<Act> = Act::ALL
            .iter()
            .copied()
            .filter(|act| !owners.contains(act))
            .collect();
        assert_eq!(acts(Seat::Admin), admin);
        assert_eq!(acts(Seat::Buyer), [Act::Read, Act::Purchase]);
        assert_eq!(acts(Seat::Sales), [Act::Read, Act::Sell]);
        assert_eq!(acts(Seat::Delivery), [Act::Read, Act::Deliver]);
        assert_eq!(
            acts(Seat::Finance),
            [Act::Read, Act::Pay, Act::Collect, Act::Invoice]
        );
        assert_eq!(acts(Seat::Viewer), [Act::Read]);
    }

    #[test]
    fn the_orders_machine_means_the_same_by_its_roles() {
        for (act, side, roles) in [
            (Act::Purchase, Side::Buyer, machine::BUYER),
            (Act::Pay, Side::Buyer, machine::BUYER_FINANCE),
            (Act::Sell, Side::Supplier, machine::SALES),
            (Act::Deliver, Side::Supplier, machine::DELIVERY),
            (Act::Collect, Side::Supplier, machine::SUPPLIER_FINANCE),
            (Act::Offer, Side::Supplier, machine::SUPPLIER_ADMIN),
        ] {
            for seat in Seat::ALL {
                let in_machine = seat.role(side).is_some_and(|role| roles.contains(&role));
                assert_eq!(seat.may(act), in_machine, "{seat:?} {act:?}");
            }
        }
    }

    #[test]
    fn a_seat_of_one_side_has_no_part_on_the_other() {
        let none = |side| -> Vec<Seat> {
            let seats = Seat::ALL.iter().copied();
            seats.filter(|seat| seat.role(side).is_none()).collect()
        };
        assert_eq!(none(Side::Buyer), [Seat::Sales, Seat::Delivery]);
        assert_eq!(none(Side::Supplier), [Seat::Buyer, Seat::Viewer]);
        assert_eq!(none(Side::Platform), Seat::ALL);
        assert_eq!(none(Side::System), Seat::ALL);
    }

    #[test]
    fn nobody_makes_themself_more_than_they_are() {
        for seat in Seat::ALL {
            for other in Seat::ALL {
                let expected = match seat {
                    Seat::Owner => true,
                    Seat::Admin => !matches!(other, Seat::Owner | Seat::Admin),
                    _ => false,
                };
                assert_eq!(seat.outranks(*other), expected, "{seat:?} {other:?}");
            }
        }
    }
}
