//! The pages and forms as a browser meets them, on both engines.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod account;
mod api;
mod api_account;
mod api_member;
mod api_org;
mod api_public;
mod api_spending;
mod book;
mod browser;
mod budget;
mod capability;
mod consent;
mod guard;
mod html;
mod kept;
mod log;
mod minor;
mod order;
mod order_plan;
mod org;
mod pages;
mod passkey;
mod person;
mod phone;
mod program;
mod public;
mod rights;
mod routes;
mod second;
mod share;
mod staff;
mod supplier;
