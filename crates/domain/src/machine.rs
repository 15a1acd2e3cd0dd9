//! State machines as static tables, decided by a pure function.
//!
//! From one table come the decision, the buttons a page offers, the events an interface allows,
//! the test of every state × event × role, the proof that no state is a dead end, and the diagram.

use std::fmt::Debug;

/// Who acts on a deal. `X+` in a table means that role or any above it on the same side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Buyer: owner.
    BuyerOwner,
    /// Buyer: administrator.
    BuyerAdmin,
    /// Buyer: purchasing (采购).
    BuyerBuyer,
    /// Buyer: finance.
    BuyerFinance,
    /// Buyer: reads only.
    BuyerViewer,
    /// Supplier: owner.
    SupplierOwner,
    /// Supplier: administrator.
    SupplierAdmin,
    /// Supplier: sales.
    SupplierSales,
    /// Supplier: delivery.
    SupplierDelivery,
    /// Supplier: finance.
    SupplierFinance,
    /// Platform: decides disputes and stuck cases.
    PlatformArbiter,
    /// Platform: finance.
    PlatformFinance,
    /// The program: timers and partners' answers.
    System,
    /// Who asks for a verification: of themself, or of an enterprise that has no members yet.
    Applicant,
    /// Platform: verifies persons, enterprises and suppliers.
    PlatformVerifier,
    /// Platform: answers for personal data.
    PlatformOfficer,
    /// Somebody under age, or who is thought to be.
    Minor,
    /// A minor's parent or guardian.
    Guardian,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[
        Self::BuyerOwner,
        Self::BuyerAdmin,
        Self::BuyerBuyer,
        Self::BuyerFinance,
        Self::BuyerViewer,
        Self::SupplierOwner,
        Self::SupplierAdmin,
        Self::SupplierSales,
        Self::SupplierDelivery,
        Self::SupplierFinance,
        Self::PlatformArbiter,
        Self::PlatformFinance,
        Self::System,
        Self::Applicant,
        Self::PlatformVerifier,
        Self::PlatformOfficer,
        Self::Minor,
        Self::Guardian,
    ];

    /// The name shown to people.
    #[must_use]
    pub const fn label(self, zh: bool) -> &'static str {
        let (chinese, english) = match self {
            Self::BuyerOwner | Self::SupplierOwner => ("所有者", "owner"),
            Self::BuyerAdmin | Self::SupplierAdmin => ("管理员", "administrator"),
            Self::BuyerBuyer => ("采购", "purchasing"),
            Self::BuyerFinance | Self::SupplierFinance | Self::PlatformFinance => ("财务", "finance"),
            Self::BuyerViewer => ("只读成员", "viewer"),
            Self::SupplierSales => ("销售", "sales"),
            Self::SupplierDelivery => ("交付", "delivery"),
            Self::PlatformArbiter => ("仲裁", "arbiter"),
            Self::System => ("系统", "system"),
            Self::Applicant => ("申请人", "applicant"),
            Self::PlatformVerifier => ("审核", "verifier"),
            Self::PlatformOfficer => ("个人信息保护", "privacy officer"),
            Self::Minor => ("未成年人", "minor"),
            Self::Guardian => ("监护人", "guardian"),
        };
        if zh { chinese } else { english }
    }
}

/// Buyer's purchasing and above.
pub const BUYER: &[Role] = &[Role::BuyerBuyer, Role::BuyerAdmin, Role::BuyerOwner];
/// Buyer's finance and above.
pub const BUYER_FINANCE: &[Role] = &[Role::BuyerFinance, Role::BuyerAdmin, Role::BuyerOwner];
/// Supplier's sales and above.
pub const SALES: &[Role] = &[Role::SupplierSales, Role::SupplierAdmin, Role::SupplierOwner];
/// Supplier's delivery and above.
pub const DELIVERY: &[Role] = &[Role::SupplierDelivery, Role::SupplierAdmin, Role::SupplierOwner];

/// Supplier's finance and above.
pub const SUPPLIER_FINANCE: &[Role] = &[Role::SupplierFinance, Role::SupplierAdmin, Role::SupplierOwner];

/// The program alone.
pub const SYSTEM: &[Role] = &[Role::System];
/// Who asks for a verification.
pub const APPLICANT: &[Role] = &[Role::Applicant];
/// The platform's verifiers.
pub const VERIFIER: &[Role] = &[Role::PlatformVerifier];
/// The platform's privacy officers.
pub const OFFICER: &[Role] = &[Role::PlatformOfficer];
/// Somebody under age.
pub const MINOR: &[Role] = &[Role::Minor];
/// A minor's guardian.
pub const GUARDIAN: &[Role] = &[Role::Guardian];
/// The owners of an organisation, on either side of the market.
pub const OWNERS: &[Role] = &[Role::BuyerOwner, Role::SupplierOwner];
/// Supplier's administrators and above.
pub const SUPPLIER_ADMIN: &[Role] = &[Role::SupplierAdmin, Role::SupplierOwner];

/// One row: in any of `from`, `event` by any of `actors` leads to `to`.
pub struct Row<S: 'static, E> {
    /// The states it starts from.
    pub from: &'static [S],
    /// What happens.
    pub event: E,
    /// Who may make it happen.
    pub actors: &'static [&'static [Role]],
    /// Where it leads.
    pub to: S,
}

/// A machine.
pub struct Machine<S: 'static, E: 'static> {
    /// Its name.
    pub name: &'static str,
    /// Where it begins.
    pub initial: S,
    /// Where it ends.
    pub ends: &'static [S],
    /// Its rows.
    pub rows: &'static [Row<S, E>],
}

/// Why an event does not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Not in this state.
    NotNow,
    /// Not by this role.
    NotYou,
}

impl<S: Copy + Eq + Debug, E: Copy + Eq + Debug> Machine<S, E> {
    /// Where `event` by `role` leads from `state`. The first row that fits decides.
    ///
    /// # Errors
    /// [`No`].
    pub fn decide(&self, state: S, event: E, role: Role) -> Result<S, No> {
        let mut known = false;
        for row in self
            .rows
            .iter()
            .filter(|row| row.event == event && row.from.contains(&state))
        {
            known = true;
            if row.actors.iter().any(|group| group.contains(&role)) {
                return Ok(row.to);
            }
        }
        Err(if known { No::NotYou } else { No::NotNow })
    }

    /// The events `role` may make happen in `state`, in the table's order.
    #[must_use]
    pub fn allowed(&self, state: S, role: Role) -> Vec<E> {
        let mut events = Vec::new();
        for row in self.rows {
            if !events.contains(&row.event) && self.decide(state, row.event, role).is_ok() {
                events.push(row.event);
            }
        }
        events
    }

    /// The states that no path from the beginning reaches.
    #[must_use]
    pub fn unreachable(&self, all: &[S]) -> Vec<S> {
        let mut seen = vec![self.initial];
        let mut next = 0;
        while let Some(state) = seen.get(next).copied() {
            for row in self.rows.iter().filter(|row| row.from.contains(&state)) {
                if !seen.contains(&row.to) {
                    seen.push(row.to);
                }
            }
            next += 1;
        }
        all.iter()
            .copied()
            .filter(|state| !seen.contains(state))
            .collect()
    }

    /// The states from which no end can be reached by any path.
    #[must_use]
    pub fn dead_ends(&self, all: &[S]) -> Vec<S> {
        let mut good: Vec<S> = self.ends.to_vec();
        loop {
            let before = good.len();
            for row in self
                .rows
                .iter()
                .filter(|row| good.contains(&row.to))
                .collect::<Vec<_>>()
            {
                for from in row.from {
                    if !good.contains(from) {
                        good.push(*from);
                    }
                }
            }
            if good.len() == before {
                return all
                    .iter()
                    .copied()
                    .filter(|state| !good.contains(state))
                    .collect();
            }
        }
    }

    /// The states, other than ends, in which neither the program nor the platform's staff can act:
    /// a wait there could last for ever.
    #[must_use]
    pub fn limbo(&self, all: &[S]) -> Vec<S> {
        let way_out = [
            Role::System,
            Role::PlatformArbiter,
            Role::PlatformFinance,
            Role::PlatformVerifier,
            Role::PlatformOfficer,
        ];
        all.iter()
            .copied()
            .filter(|state| !self.ends.contains(state))
            .filter(|state| way_out.iter().all(|role| self.allowed(*state, *role).is_empty()))
            .collect()
    }

    /// The diagram, in Mermaid's language.
    #[must_use]
    pub fn diagram(
        &self,
        state_name: impl Fn(S) -> &'static str,
        event_name: impl Fn(E) -> &'static str,
    ) -> String {
        use std::fmt::Write as _;
        let mut text = format!("stateDiagram-v2\n  [*] --> {}\n", state_name(self.initial));
        for row in self.rows {
            for from in row.from {
                let _ = writeln!(
                    text,
                    "  {} --> {}: {}",
                    state_name(*from),
                    state_name(row.to),
                    event_name(row.event)
                );
            }
        }
        for end in self.ends {
            let _ = writeln!(text, "  {} --> [*]", state_name(*end));
        }
        text
    }
}
