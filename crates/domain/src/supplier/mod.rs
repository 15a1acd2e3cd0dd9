//! Suppliers: how an enterprise becomes one and leaves, and how long its licences hold.

pub mod licence;
pub mod onboarding;
