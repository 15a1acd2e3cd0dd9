//! Use cases, jobs and ports.
