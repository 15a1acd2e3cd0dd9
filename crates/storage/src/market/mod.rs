//! The market's tables.

pub mod books;
pub mod catalogue;
pub mod membership;
pub mod note_copy;
pub mod notice;
pub mod order;
pub mod order_list;
pub mod share;
