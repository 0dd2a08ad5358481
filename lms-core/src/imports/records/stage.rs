//! A file becomes rows. What there is already is asked when the rows land: records settle at once, so that
//! nothing has to be remembered of the last file.

use super::options::{RecordsImport, StagedRecords};
use crate::imports::people::stage::FileFacts;
use crate::imports::plan::{Columns, RejectedRow, RowProblem};
use crate::imports::reading::ReadRow;
use crate::imports::row::FileRow;
use crate::imports::staged::refuse_too_many;
use crate::kernel::error::Result;

/// So often it is told how far reading has come.
const PIECE: u64 = 5_000;

/// Reads all rows.
pub(in crate::imports) async fn stage(
    options: RecordsImport,
    file: FileFacts<'_>,
    records: impl Iterator<Item = Result<ReadRow>> + Send,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<StagedRecords> {
    let FileFacts { layout, fingerprint, notes } = file;
    let mut staged = StagedRecords {
        options,
        file: layout.name.clone(),
        fingerprint,
        notes,
        columns: Columns::of_file(layout),
        rows: Vec::new(),
        rejected: Vec::new(),
        n_rows: 0,
    };
    for row in records {
        let row = row?;
        staged.n_rows += 1;
        match &row.outcome {
            Ok(record) => staged.rows.push(FileRow::of(record)),
            Err(errors) => staged.rejected.push(RejectedRow {
                known_by: FileRow::known_by(&row, layout),
                problems: errors.iter().map(RowProblem::from).collect(),
            }),
        }
        refuse_too_many(&staged.file, staged.rows.len() + staged.rejected.len())?;
        if staged.n_rows.is_multiple_of(PIECE) {
            progress(staged.n_rows, layout.rows.max(staged.n_rows));
            // Others have their turn while a long file is read.
            tokio::task::yield_now().await;
        }
    }
    progress(staged.n_rows, layout.rows.max(staged.n_rows));
    Ok(staged)
}
