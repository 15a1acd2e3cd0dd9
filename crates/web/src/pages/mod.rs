//! Typed pages: one struct per page, rendered by askama from `templates/`. Handlers fill the structs; the
//! templates decide nothing about permissions and never see more than they show.

pub mod account;
pub mod api;
pub mod book;
pub mod catalogue;
pub mod consent;
pub mod frame;
pub mod gallery;
pub mod guard;
pub mod history;
pub mod log;
pub mod minor;
pub mod moment;
pub mod order;
pub mod org;
pub mod org_members;
pub mod overview;
pub mod passkey;
pub mod person;
pub mod phone;
pub mod profile;
pub mod public;
pub mod rights;
pub mod second;
pub mod share;
pub mod spending;
pub mod staff;
pub mod supplier;
pub mod token;
