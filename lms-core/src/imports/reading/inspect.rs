//! Both passes, for somebody to look at before anything is imported.

use std::collections::BTreeMap;

use serde::Serialize;

use super::fields::Kind;
use super::mapping::Mapping;
use super::source::Source;
use super::survey::look_over;
use super::types::{Layout, ReadOptions, RowError};
use crate::kernel::error::{Error, Result};

/// Errors that are shown.
const ERRORS_SHOWN: usize = 20;

/// What was found of a file, and what is wrong with its rows.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// What would be imported.
    pub kind: Kind,
    /// What was found.
    #[serde(flatten)]
    pub layout: Layout,
    /// How many rows would be rejected, for what they hold alone.
    pub rejected: u64,
    /// How often, by the code of the error.
    pub rejected_for: BTreeMap<&'static str, u64>,
    /// The first errors of rows.
    pub errors: Vec<RowError>,
    /// What was found, as a mapping file.
    #[serde(skip)]
    pub mapping: Mapping,
}

/// Reads a file twice, and says what it is. Blocks while it reads.
pub fn inspect(source: &Source, kind: Kind, options: &ReadOptions) -> Result<Inspection> {
    match inspect_whatever(source, kind, options)? {
        (_, Some(missing)) => Err(missing),
        (inspection, None) => Ok(inspection),
    }
}

/// The same of a file that lacks a column without which no row can land: what was found all the same, so that
/// somebody can say what its columns are, and what is missing.
pub fn inspect_whatever(
    source: &Source,
    kind: Kind,
    options: &ReadOptions,
) -> Result<(Inspection, Option<Error>)> {
    let (survey, missing) = look_over(source, kind, options)?;
    let mut inspection = Inspection {
        kind,
        layout: survey.layout().clone(),
        rejected: 0,
        rejected_for: BTreeMap::new(),
        errors: Vec::new(),
        mapping: survey.mapping(),
    };
    if missing.is_some() {
        return Ok((inspection, missing));
    }
    for row in survey.records()? {
        let Err(errors) = row?.outcome else { continue };
        inspection.rejected += 1;
        for error in errors {
            *inspection.rejected_for.entry(error.code).or_default() += 1;
            if inspection.errors.len() < ERRORS_SHOWN {
                inspection.errors.push(error);
            }
        }
    }
    Ok((inspection, None))
}
