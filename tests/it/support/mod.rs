//! What the tests share.

pub mod cli;
pub mod dice;
pub mod engines;
pub mod images;
pub mod learning;
pub mod looks;
pub mod raw;
pub mod s3;
pub mod vendor;
pub mod web;
