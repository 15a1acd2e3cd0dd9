//! Handlers, by room.

pub mod account;
pub mod assets;
pub mod catalogue;
pub mod consent;
pub mod gallery;
pub mod guard;
pub mod home;
pub mod interface;
pub mod log;
pub mod order;
mod order_action;
mod order_view;
pub mod org;
pub mod org_members;
pub mod overview;
pub mod person;
pub mod phone;
mod place_view;
pub mod policy;
pub mod profile;
pub mod register;
pub mod rights;
pub mod second;
pub mod share;
pub mod spending;
pub mod staff;
pub mod token;
