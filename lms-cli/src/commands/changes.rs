//! How a change is shown, before and after it is made.

use lms_core::FieldChange;
use serde::Serialize;

use crate::output::{Cell, Column, Row, keep, shrink};

/// What a command would change.
#[derive(Debug, Serialize)]
pub(crate) struct ChangePlan {
    pub(crate) dry_run: bool,
    pub(crate) changed: Vec<FieldChange>,
}

impl Row for FieldChange {
    const COLUMNS: &'static [Column] = &[keep("field"), shrink("before"), shrink("after")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.field.as_str().into(), self.before.clone().into(), self.after.clone().into()]
    }
}
