//! What verifiers decide about, whatever kind of application it is: by identifier, state and clock. A kind
//! is a row of [`Applications`]; what is to be decided of it is its one condition, which an index carries.

use privacy::Purpose;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use crate::account::Place;
use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

/// Before every row of a list that runs from the earliest to the latest.
pub const BOTTOM: Place = Place {
    at: datetime!(0001-01-01 0:00 UTC),
    id: Uuid::nil(),
};

/// A kind of application: its statements, all of one shape.
#[derive(Debug)]
pub struct Applications {
    at_hand: &'static str,
    in_state: &'static str,
    count: &'static str,
}

/// A kind: its table, what is to be decided of it, and its columns of name and detail.
macro_rules! applications {
    ($table:literal, $condition:literal, $name:literal, $detail:literal) => {
        applications!(
            $table,
            $condition,
            "proposed_by, proposed_at, appeal",
            $name,
            $detail
        )
    };
    ($table:literal, $condition:literal, $measure:literal, $name:literal, $detail:literal) => {
        Applications {
            at_hand: concat!(
                "SELECT id, state, since, ",
                $measure,
                ", ",
                $name,
                ", ",
                $detail,
                " FROM ",
                $table,
                " WHERE ",
                $condition,
                " AND (since, id) > ($1, $2) ORDER BY since, id LIMIT $3"
            ),
            in_state: concat!(
                "SELECT id, state, since, ",
                $measure,
                ", ",
                $name,
                ", ",
                $detail,
                " FROM ",
                $table,
                " WHERE state = $1 AND (since, id) < ($2, $3) ORDER BY since DESC, id DESC LIMIT $4"
            ),
            count: concat!("SELECT COUNT(*) FROM ", $table, " WHERE ", $condition),
        }
    };
}

/// Verifications of persons: a check, a proposed revocation, an appeal. No name.
pub const PERSONS: Applications = applications!(
    "person_verification",
    "(state = 'checking' OR (state = 'verified' AND proposed_at IS NOT NULL) OR (state = 'revoked' AND appeal = 'open'))",
    "CAST(NULL AS TEXT)",
    "CAST(NULL AS TEXT)"
);
/// Verifications of enterprises: a letter, a proposed revocation, an appeal. The name is in the public
/// register; the detail is the way of proof.
pub const ENTERPRISES: Applications = applications!(
    "enterprise_verification",
    "((state = 'proving' AND proof = 'letter') OR proposed_at IS NOT NULL OR (state = 'revoked' AND appeal = 'open'))",
    "company_name",
    "proof"
);
/// Suppliers: an application to be read, a proposed ban, an appeal. The name is the registered one.
pub const SUPPLIERS: Applications = applications!(
    "supplier_standing",
    "(state = 'material_review' OR proposed_at IS NOT NULL OR (state = 'banned' AND appeal = 'open'))",
    "(SELECT o.name FROM organisation o WHERE o.id = supplier_standing.organisation)",
    "name"
);
/// Licences of suppliers: those to be read. No measure takes two; the detail is the area.
pub const LICENCES: Applications = applications!(
    "supplier_licence",
    "(state = 'submitted')",
    "CAST(NULL AS TEXT), NULLIF(since, since), CAST(NULL AS TEXT)",
    "(SELECT o.name FROM supplier_standing s JOIN organisation o ON o.id = s.organisation WHERE s.id = supplier_licence.supplier)",
    "area"
);
pub(crate) const STATEMENTS: &[&str] = &[
    PERSONS.at_hand,
    PERSONS.in_state,
    PERSONS.count,
    ENTERPRISES.at_hand,
    ENTERPRISES.in_state,
    ENTERPRISES.count,
    SUPPLIERS.at_hand,
    SUPPLIERS.in_state,
    SUPPLIERS.count,
    LICENCES.at_hand,
    LICENCES.in_state,
    LICENCES.count,
];

/// An application as a line.
#[derive(Clone, Debug)]
pub struct Case {
    /// The application.
    pub id: Uuid,
    /// How far it is, by its kind's word.
    pub state: String,
    /// Since when.
    pub since: OffsetDateTime,
    /// Who proposed a measure.
    pub proposed_by: Option<String>,
    /// When.
    pub proposed_at: Option<OffsetDateTime>,
    /// Whether an appeal waits.
    pub appealed: bool,
    /// The enterprise's name, where the kind has one: it is in the public register.
    pub name: Option<String>,
    /// What else the kind says.
    pub detail: Option<String>,
}

fn read(row: &Row) -> Result<Case, StoreError> {
    Ok(Case {
        id: row.id(0)?,
        state: row.text(1)?,
        since: row.time(2)?,
        proposed_by: row.opt_text(3)?,
        proposed_at: row.opt_time(4)?,
        appealed: row.opt_text(5)?.as_deref() == Some("open"),
        name: row.opt_text(6)?,
        detail: row.opt_text(7)?,
    })
}

impl Applications {
    /// What is to be decided, the longest waiting first, those after a place, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn at_hand<P: Purpose>(
        &self,
        tx: &mut Tx<'_, P>,
        after: Place,
        limit: i64,
    ) -> Result<Vec<Case>, StoreError> {
        let values = [
            Value::Time(after.at),
            Value::Id(after.id),
            Value::Int(limit.clamp(1, 200)),
        ];
        tx.rows(self.at_hand, &values).await?.iter().map(read).collect()
    }

    /// How much is to be decided.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count<P: Purpose>(&self, tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
        tx.row(self.count, &[]).await?.map_or(Ok(0), |row| row.int(0))
    }

    /// Those in a state, the latest first, those before a place, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn in_state<P: Purpose>(
        &self,
        tx: &mut Tx<'_, P>,
        state: &str,
        before: Place,
        limit: i64,
    ) -> Result<Vec<Case>, StoreError> {
        let values = [
            Value::Text(state.to_owned()),
            Value::Time(before.at),
            Value::Id(before.id),
            Value::Int(limit.clamp(1, 200)),
        ];
        tx.rows(self.in_state, &values).await?.iter().map(read).collect()
    }
}
