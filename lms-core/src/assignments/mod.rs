//! Who has to learn what, by when, and why.
//!
//! What should be is decided in [`engine`], which is pure: facts, rules and a day go in, obligations
//! with their reasons come out, and the difference to what stands is the plan. Loading, writing and
//! the verbs stand around it and decide nothing.

pub mod engine;
