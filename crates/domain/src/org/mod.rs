//! Organisations: their name and credit code, how an enterprise is verified, who its members are and
//! what each may do and spend.

pub mod bank_account;
pub mod bank_proof;
pub mod book;
pub mod company_name;
pub mod credit_code;
pub mod invitation;
pub mod member;
pub mod picture;
pub mod seat;
pub mod spending;
pub mod verification;
