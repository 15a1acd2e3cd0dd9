//! Who says what the public register holds, and who makes a transfer: ports, and the rule-based
//! stand-ins of a demonstration. The real ones are the binary's, `crates/cli/src/enterprises.rs`.

use std::pin::Pin;

use domain::org::verification::Register;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::person::SourceFailed;

/// What the register is asked. It does not print itself.
pub struct RegisterAsked {
    /// Of this one question: asked again, it is the same.
    pub reference: Uuid,
    /// The enterprise's name.
    pub name: String,
    /// Its credit code.
    pub credit_code: String,
    /// The legal representative's name; the yearly check asks without it.
    pub representative: Option<Zeroizing<String>>,
}

/// What the register answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterAnswer {
    /// What it holds.
    pub register: Register,
    /// The source's own name for the answer.
    pub reference: String,
}

/// What a source answers with, later.
pub type Answered<'a, T> = Pin<Box<dyn Future<Output = Result<T, SourceFailed>> + Send + 'a>>;

/// The public register of enterprises.
pub trait EnterpriseRegister: Send + Sync {
    /// Asks whether name, code and representative belong together and the enterprise is in business.
    ///
    /// # Errors
    /// [`SourceFailed`]: the question may be asked again.
    fn check<'a>(&'a self, asked: &'a RegisterAsked) -> Answered<'a, RegisterAnswer>;
}

/// A transfer to be made. It does not print itself.
pub struct TransferAsked {
    /// Of this one transfer: a bank that gets it twice makes it once.
    pub reference: Uuid,
    /// The account's holder: the enterprise.
    pub holder: String,
    /// The bank and branch.
    pub bank: Zeroizing<String>,
    /// The account's number.
    pub number: Zeroizing<String>,
    /// How much, in fen.
    pub amount: i64,
}

/// What became of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It is on its way.
    Sent,
    /// The account is none, or not the holder's.
    Refused,
}

/// A bank that makes transfers for the operator.
pub trait TransferBank: Send + Sync {
    /// Makes a transfer, once for each reference.
    ///
    /// # Errors
    /// [`SourceFailed`]: it may be asked again.
    fn send<'a>(&'a self, asked: &'a TransferAsked) -> Answered<'a, Made>;
}

/// The register of a demonstration: it knows fictional enterprises, and its answer can be chosen by the
/// name.
#[derive(Clone, Copy, Debug, Default)]
pub struct DemoRegister;

impl DemoRegister {
    /// An enterprise with this in its name is registered under another one.
    pub const OTHERS: &'static str = "不符";
    /// One with this is in no register.
    pub const UNKNOWN: &'static str = "查无";
    /// One with this is no longer in business.
    pub const CLOSED: &'static str = "注销";
    /// About one with this there is no answer.
    pub const DOWN: &'static str = "无应答";

    fn answer(asked: &RegisterAsked) -> Result<RegisterAnswer, SourceFailed> {
        let says = |word: &str| asked.name.contains(word);
        if says(Self::DOWN) {
            return Err(SourceFailed::Down);
        }
        let representative = asked.representative.as_ref();
        Ok(RegisterAnswer {
            register: Register {
                name: (!says(Self::UNKNOWN)).then_some(!says(Self::OTHERS)),
                representative: !representative.is_some_and(|name| name.contains(Self::OTHERS)),
                in_business: !says(Self::CLOSED),
            },
            reference: format!("demo-{}", asked.reference.simple()),
        })
    }
}

impl EnterpriseRegister for DemoRegister {
    fn check<'a>(&'a self, asked: &'a RegisterAsked) -> Answered<'a, RegisterAnswer> {
        Box::pin(std::future::ready(Self::answer(asked)))
    }
}

/// The bank of a demonstration: no money moves; the applicant reads the amount in a message.
#[derive(Clone, Copy, Debug, Default)]
pub struct DemoBank;

impl DemoBank {
    /// An account that ends so is nobody's.
    pub const REFUSED: &'static str = "0000";
}

impl TransferBank for DemoBank {
    fn send<'a>(&'a self, asked: &'a TransferAsked) -> Answered<'a, Made> {
        let refused = asked.number.ends_with(Self::REFUSED);
        Box::pin(std::future::ready(Ok(if refused {
            Made::Refused
        } else {
            Made::Sent
        })))
    }
}
