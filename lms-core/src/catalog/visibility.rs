//! How much of the catalog somebody sees. What is not published is for those who write it, and for those
//! who look after them; to everybody else it does not exist.

use super::{DRAFTS, PUBLISH, WRITE};
use crate::kernel::access::Actor;
use crate::kernel::error::Result;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    Everything,
    /// What is published now, or was until it was archived.
    Published,
}

impl Visibility {
    pub(super) fn of(actor: &Actor) -> Self {
        if [DRAFTS, WRITE, PUBLISH].iter().any(|permission| actor.may(permission.name)) {
            Self::Everything
        } else {
            Self::Published
        }
    }

    /// Refuses whoever does not see what is not published.
    pub(super) fn require(actor: &Actor) -> Result<()> {
        match Self::of(actor) {
            Self::Everything => Ok(()),
            Self::Published => actor.require(DRAFTS),
        }
    }

    pub(super) fn is_of_everything(self) -> bool {
        self == Self::Everything
    }

    /// Says nothing of a draft to those who do not see it.
    pub(super) fn hide<T>(self, draft: &mut Option<T>) {
        if self == Self::Published {
            *draft = None;
        }
    }
}
