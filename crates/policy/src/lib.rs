//! Clause register, policy versions and their differences.
