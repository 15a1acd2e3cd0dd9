//! What the kernel decides, what does not compile, and what de-identification lets through.

mod bulk;
mod compile;
mod decide;
mod deidentify;
