//! Use cases as their users live them, on both engines.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod account;
mod backup;
mod catalogue;
mod consent;
mod decade;
mod demand;
mod demo;
mod disclosure;
mod full_disk;
mod guard;
mod house;
mod job;
mod joint;
mod order;
mod order_agreed;
mod order_plan;
mod order_refund;
mod order_trouble;
mod org;
mod org_members;
mod org_orders;
mod passkey;
mod passkey_second;
mod person;
mod phone;
mod profile;
mod ration;
mod retention;
mod rights;
mod second;
mod second_loss;
mod staff;
mod staff_case;
mod staff_enterprise;
mod token;
