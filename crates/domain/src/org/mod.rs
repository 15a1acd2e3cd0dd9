//! Organisations: their name and credit code, how an enterprise is verified, who its members are and
//! what each may do and spend.

pub mod company_name;
pub mod credit_code;
