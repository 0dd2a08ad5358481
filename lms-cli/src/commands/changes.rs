//! How a change is shown, before and after it is made.

use lms_core::FieldChange;
use serde::Serialize;

use crate::output::{Cell, Column, Row, keep, shrink};

/// A field that changes, or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Changing {
    pub(crate) field: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// What a command would do or did.
#[derive(Debug, Serialize)]
pub(crate) struct ChangePlan {
    pub(crate) dry_run: bool,
    pub(crate) changed: Vec<Changing>,
}

impl Changing {
    /// A change, unless it would change nothing.
    pub(crate) fn between(
        field: &str,
        before: Option<String>,
        after: Option<String>,
    ) -> Option<Self> {
        (before != after).then(|| Self { field: field.to_owned(), before, after })
    }
}

impl From<&FieldChange> for Changing {
    fn from(change: &FieldChange) -> Self {
        Self {
            field: change.field.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        }
    }
}

impl Row for Changing {
    const COLUMNS: &'static [Column] = &[keep("field"), shrink("before"), shrink("after")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.field.as_str().into(), self.before.clone().into(), self.after.clone().into()]
    }
}
