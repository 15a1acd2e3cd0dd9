//! What the kernel decides, what does not compile, what de-identification lets through; and its log
//! against what others compute.

mod bulk;
mod compile;
mod decide;
mod decode;
mod deidentify;
mod disclose;
mod log;
mod minor;
mod receipt;
mod tree;
