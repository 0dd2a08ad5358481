//! What a file says of itself, for a program to read: with it the same report can be computed again.

use lms_core::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use crate::document::{Document, Revision};
use crate::report::Params;

/// Which report it was, what it was asked, and which state of the data it saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub(crate) report: String,
    pub(crate) filters: Params,
    pub(crate) as_of: Timestamp,
    pub(crate) day: Option<Day>,
    pub(crate) data_revision: Revision,
}

impl Origin {
    pub(crate) fn of(document: &Document) -> Self {
        Self {
            report: document.name.to_string(),
            filters: document.params.clone(),
            as_of: document.as_of,
            day: document.day,
            data_revision: document.data_revision.clone(),
        }
    }

    /// As one line.
    pub(crate) fn to_line(&self) -> String {
        serde_json::to_string(self).expect("names and days are plain data")
    }
}
