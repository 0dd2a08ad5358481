//! A file becomes rows that may change something: read in pieces, compared with what its source said
//! last, in memory that does not grow with what is the same.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::contract::Contract;
use super::options::{PeopleImport, StagedPeople};
use crate::imports::plan::{Columns, RejectedRow, RowProblem};
use crate::imports::reading::{Layout, ReadRow};
use crate::imports::row::FileRow;
use crate::imports::sql;
use crate::imports::staged::refuse_too_many;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, One, Tx};
use crate::kernel::error::Result;

/// So many rows are looked up at once.
const PIECE: usize = 5_000;

/// What the file is called, and what is in it.
#[derive(Debug)]
pub(crate) struct FileFacts<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) fingerprint: String,
    pub(crate) notes: Vec<String>,
}

/// Told how many rows were read, and of how many.
pub(crate) type Progress<'a> = &'a mut (dyn FnMut(u64, u64) + Send);

/// Reads all rows.
pub(crate) async fn stage(
    core: &Core,
    options: PeopleImport,
    file: FileFacts<'_>,
    records: impl Iterator<Item = Result<ReadRow>> + Send,
    progress: Progress<'_>,
) -> Result<StagedPeople> {
    options.check()?;
    let layout = file.layout;
    let mut staged = StagedPeople {
        options,
        file: layout.name.clone(),
        fingerprint: file.fingerprint,
        notes: file.notes,
        columns: Columns::of_file(layout),
        contract: Contract::of(layout),
        rows: Vec::new(),
        rejected: Vec::new(),
        n_rows: 0,
        unchanged: BTreeSet::new(),
    };
    let mut records = records;
    loop {
        let mut piece: Vec<FileRow> = Vec::with_capacity(PIECE);
        let mut is_at_end = true;
        for row in records.by_ref() {
            staged.take(row?, layout, &mut piece);
            if piece.len() >= PIECE {
                is_at_end = false;
                break;
            }
        }
        // A moment of its own for each piece: no long look at the database holds up who cleans it.
        let mut tx = core.db().begin_read().await?;
        staged.compare(&mut tx, piece).await?;
        drop(tx);
        progress(staged.n_rows, layout.rows.max(staged.n_rows));
        if is_at_end {
            return Ok(staged);
        }
    }
}

impl StagedPeople {
    fn take(&mut self, row: ReadRow, layout: &Layout, piece: &mut Vec<FileRow>) {
        self.n_rows += 1;
        match &row.outcome {
            Ok(record) => {
                let row = FileRow::of(record);
                self.contract.count(Some(&row));
                piece.push(row);
            }
            Err(errors) => {
                self.contract.count(None);
                let problems = errors.iter().map(RowProblem::from).collect();
                let known_by = FileRow::known_by(&row, layout);
                self.rejected.push(RejectedRow { known_by, problems });
            }
        }
    }

    /// Puts those aside of which the source says what it said last, of people whom nobody touched since.
    async fn compare(&mut self, tx: &mut Tx, piece: Vec<FileRow>) -> Result<()> {
        let keys: Vec<String> = piece.iter().filter_map(FileRow::row_key).collect();
        let mut settled: HashMap<String, (Uuid, Vec<u8>)> = HashMap::new();
        if !keys.is_empty() && !self.options.releases_edits {
            // Where a department has another name since, the same row may say something else.
            let units: Option<One<Option<Timestamp>>> =
                Assembly::new("SELECT MAX(updated_at) FROM units").on(tx).opt().await?;
            let units_changed_at = units.and_then(|One(instant)| instant);
            let rows: Vec<sql::SettledRow> = Assembly::new(
                "SELECT s.row_key, s.person_id, s.digest FROM import_sightings s
                 JOIN persons x ON x.id = s.person_id
                 WHERE s.n_missed = 0 AND x.closed_as IS NULL AND x.updated_at <= s.settled_at
                   AND s.row_key IN (texts?)",
            )
            .bind_texts(&keys)
            .push("AND s.source = ?")
            .bind(self.options.source.as_str())
            .push_some("AND s.settled_at >= ?", units_changed_at)
            .on(tx)
            .all()
            .await?;
            let known = rows.into_iter().map(|row| (row.row_key, (row.person_id, row.digest)));
            settled.extend(known);
        }
        for row in piece {
            // Taken out, so that a second row about the same person is looked at.
            let known = row.row_key().and_then(|key| settled.remove(&key));
            let is_same = known.as_ref().is_some_and(|(_, digest)| *digest == row.digest());
            match known.filter(|_| is_same) {
                Some((person, _)) if self.unchanged.insert(person) => {}
                _ => self.rows.push(row),
            }
        }
        refuse_too_many(&self.file, self.rows.len())
    }
}
