//! The public register of enterprises and the bank that makes transfers, over the same signed line as the
//! identity source. The formats are in `docs/identity-source.md`.

use app::org::{
    Answered, EnterpriseRegister, Made, RegisterAnswer, RegisterAsked, TransferAsked, TransferBank,
};
use app::person::SourceFailed;
use domain::org::verification::Register;
use serde::{Deserialize, Serialize};

use crate::signed::{Line, Source, may_keep};

/// What the register is called.
pub const REGISTER: Source = Source {
    name: "enterprise register",
    flag: "register",
};
/// What the bank is called.
pub const BANK: Source = Source {
    name: "bank",
    flag: "bank",
};

/// The register of a real installation.
pub struct HttpRegister(pub Line);

#[derive(Serialize)]
struct Question<'a> {
    reference: String,
    name: &'a str,
    credit_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    representative: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    reference: String,
    id: String,
    /// Whether the name is the one of the code; nothing if the code is unknown.
    name: Option<bool>,
    /// Whether the representative is the stated one; left out where none was.
    #[serde(default)]
    representative: Option<bool>,
    in_business: bool,
}

impl HttpRegister {
    async fn ask(&self, asked: &RegisterAsked) -> Result<RegisterAnswer, SourceFailed> {
        let representative = asked.representative.as_ref().map(|name| name.as_str());
        let question = Question {
            reference: asked.reference.to_string(),
            name: &asked.name,
            credit_code: &asked.credit_code,
            representative,
        };
        let reply: Reply = self.0.ask(&question).await?;
        // An empty name is in every text; the yearly check asks about nobody.
        let keeps = may_keep(&reply.id, representative.unwrap_or("\0"));
        if reply.reference != question.reference || !keeps {
            return Err(SourceFailed::Untrusted);
        }
        Ok(RegisterAnswer {
            register: Register {
                name: reply.name,
                // Who was not asked about agrees; who was and is not spoken of is no answer.
                representative: match (representative, reply.representative) {
                    (None, _) => true,
                    (Some(_), Some(same)) => same,
                    (Some(_), None) => return Err(SourceFailed::Untrusted),
                },
                in_business: reply.in_business,
            },
            reference: reply.id,
        })
    }
}

impl EnterpriseRegister for HttpRegister {
    fn check<'a>(&'a self, asked: &'a RegisterAsked) -> Answered<'a, RegisterAnswer> {
        Box::pin(self.ask(asked))
    }
}

/// The bank of a real installation.
pub struct HttpBank(pub Line);

#[derive(Serialize)]
struct Order<'a> {
    reference: String,
    holder: &'a str,
    bank: &'a str,
    number: &'a str,
    /// In fen.
    amount: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipt {
    reference: String,
    result: String,
}

impl HttpBank {
    async fn ask(&self, asked: &TransferAsked) -> Result<Made, SourceFailed> {
        let order = Order {
            reference: asked.reference.to_string(),
            holder: &asked.holder,
            bank: &asked.bank,
            number: &asked.number,
            amount: asked.amount,
        };
        let receipt: Receipt = self.0.ask(&order).await?;
        match (&*receipt.result, receipt.reference == order.reference) {
            ("sent", true) => Ok(Made::Sent),
            ("refused", true) => Ok(Made::Refused),
            _ => Err(SourceFailed::Untrusted),
        }
    }
}

impl TransferBank for HttpBank {
    fn send<'a>(&'a self, asked: &'a TransferAsked) -> Answered<'a, Made> {
        Box::pin(self.ask(asked))
    }
}

#[cfg(test)]
#[path = "enterprises/tests.rs"]
mod tests;
