//! What somebody should know of a file before its rows land, in a line each. Pure.

use super::types::{Format, Layout};

/// Rows that are named of those that are left out.
const NAMED: usize = 3;
/// Fields that are named of those of which no column speaks.
const FIELDS_NAMED: usize = 12;

impl Layout {
    /// Warnings, and what was found out rather than said: the system that the file comes from, columns that are
    /// read as nothing, fields of which no column speaks, rows that hold nothing to import.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if let Some(system) = self.system {
            remarks.push(format!("it is read as a file of another system: {system}"));
        }
        remarks.extend(self.warnings.iter().cloned());
        if !self.unknown.is_empty() {
            let names: Vec<String> = self.unknown.iter().map(|name| format!("`{name}`")).collect();
            remarks.push(format!("columns that nobody knows are not read: {}", names.join(", ")));
        }
        // A feed tells what its records lack by itself.
        if !self.never_delivered.is_empty() && self.format != Format::Feed {
            let n_more = self.never_delivered.len().saturating_sub(FIELDS_NAMED);
            let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
            let named = self.never_delivered.len() - n_more;
            let names = self.never_delivered[..named].join(", ") + &more;
            remarks.push(format!("no column delivers these, which are left alone: {names}"));
        }
        if !self.skipped.is_empty() {
            let told =
                |skipped: &super::types::Skipped| format!("{} ({})", skipped.row, skipped.why);
            let rows: Vec<String> = self.skipped.iter().take(NAMED).map(told).collect();
            let more = if self.skipped.len() > NAMED { ", …" } else { "" };
            remarks.push(format!("rows that are none are left out: {}{more}", rows.join(", ")));
        }
        remarks
    }
}
