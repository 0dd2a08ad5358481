//! How a change is shown, before and after it is made.

use lms_core::{Changed, FieldChange};
use serde::Serialize;

use crate::app::App;
use crate::error::Result;
use crate::output::{Cell, Column, Row, keep, prose};

/// What a command would change.
#[derive(Debug, Serialize)]
pub(crate) struct ChangePlan {
    pub(crate) dry_run: bool,
    pub(crate) changed: Vec<FieldChange>,
}

impl Row for FieldChange {
    const COLUMNS: &'static [Column] = &[keep("field"), prose("before"), prose("after")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.field.as_str().into(), self.before.clone().into(), self.after.clone().into()]
    }
}

/// Shows what a change of one record did, and says whether it did anything.
pub(crate) fn changed<T: Serialize>(app: &App, outcome: &Changed<T>, what: &str) -> Result<()> {
    app.output.present(outcome, &outcome.changed, || app.output.table(&outcome.changed))?;
    app.output.done(&if outcome.operation.is_none() {
        format!("nothing to change: {what} is as asked")
    } else {
        format!("changed {what}")
    });
    Ok(())
}
