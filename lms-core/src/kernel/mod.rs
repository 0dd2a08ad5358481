//! What every context may use, and nothing that is a noun of the domain.
//!
//! Errors, scalars, clock and ids as ports, who acts, paging, leases, and the two databases behind
//! one statement text. The kernel imports no context; each module here serves at least two of them.

pub(crate) mod access;
pub(crate) mod clock;
pub(crate) mod core;
pub(crate) mod db;
pub(crate) mod document;
pub(crate) mod error;
pub(crate) mod fold;
pub(crate) mod ids;
pub(crate) mod joining;
pub(crate) mod lease;
pub(crate) mod page;
pub(crate) mod request_key;
pub(crate) mod store;
pub(crate) mod suggest;
pub(crate) mod text;
pub(crate) mod words;
