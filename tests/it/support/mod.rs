//! What the tests share.

pub mod engines;
