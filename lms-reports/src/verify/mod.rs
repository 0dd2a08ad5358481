//! Whether a report that somebody was sent is what the data say.
//!
//! The report is computed again with what it was asked, as of the instant and the entry of the audit
//! chain at which it looked, and written in the same format; then both files are read and compared
//! value by value. So it finds a value that was typed over as well as data that are other ones. What
//! can only be told of the moment is compared as long as nothing has been changed since.

mod content;

use std::collections::HashSet;
use std::path::Path;

use lms_core::{Actor, ErrorKind, Lms, Result, Timestamp};
use serde::Serialize;

use self::content::{Content, Part};
use crate::document::Document;
use crate::error::{UNREADABLE, unreadable};
use crate::report::{Again, Report};
use crate::write::{Format, Origin};

/// What is said of a report, and follows from no data: who asked, by which program, and the line by which it
/// is computed again.
const UNPROVEN: [&str; 3] = ["Asked by", "Made by", "For `lmsctl report verify`"];
/// So many differences are told one by one.
const TOLD_MAX: usize = 20;

/// What came of computing a report again.
#[non_exhaustive]
#[derive(Debug, Serialize)]
pub struct Verified {
    /// Whether everything that could be compared is the same.
    pub ok: bool,
    /// Which report it is.
    pub report: String,
    /// The instant at which it looked.
    pub as_of: Timestamp,
    /// The entry of the audit chain that it ended with.
    pub entry: i64,
    /// How many values were compared.
    pub values: usize,
    /// How many of them differ.
    pub n_differences: usize,
    /// The first of the differences.
    pub differences: Vec<Difference>,
    /// What tells of the moment of the report and could not be compared, because something has been
    /// changed since.
    pub not_compared: Vec<String>,
}

/// Something that is other in the file than in the data.
#[non_exhaustive]
#[derive(Debug, Serialize)]
pub struct Difference {
    /// Where it stands: a cell of a sheet, a row of a table.
    pub place: String,
    /// What the file says; nothing where it lacks it.
    pub file: Option<String>,
    /// What the data say; nothing where they do not have it.
    pub data: Option<String>,
}

/// Computes a report again from its file, and compares. `progress` hears how much of the reading is
/// done.
pub async fn verify(
    file: &Path,
    lms: &Lms,
    actor: &Actor,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Verified> {
    let format = Format::of_file(file)?;
    if matches!(format, Format::Csv | Format::Ndjson) {
        return Err(UNREADABLE
            .error(format!("a `.{}` does not say where it comes from", format.name()))
            .with_hint("verify the `.xlsx`, `.html` or `.json` of the same report"));
    }
    let bytes = std::fs::read(file).map_err(|cause| unreadable(file, &cause))?;
    let told = Content::read(format, bytes, file)?;
    let origin = &told.origin;
    let report = Report::named(&origin.report)?;

    let mut compared = Comparison::default();
    let is_of_this_chain = compared.chain(lms, actor, origin).await?;
    if is_of_this_chain {
        let mut params = origin.filters.clone();
        params.as_of = params.as_of.or(origin.day);
        params.again = Some(Again { at: origin.as_of, revision: origin.data_revision.clone() });
        let document = crate::run(report, lms, actor, params, progress).await?;
        let moved_on = has_moved_on(lms, actor, origin).await?;
        let mut again = Vec::new();
        document.write(format, &mut again)?;
        let computed = Content::read(format, again, file)?;
        let skipped = if moved_on { of_the_moment(&document) } else { HashSet::new() };
        compared.unproven = UNPROVEN.map(|label| document.language.say(label).to_owned()).into();
        compared.parts(&told.parts, &computed.parts, &skipped);
    }
    Ok(Verified {
        ok: compared.n_differences == 0,
        report: origin.report.clone(),
        as_of: origin.as_of,
        entry: origin.data_revision.seq,
        values: compared.n_values,
        n_differences: compared.n_differences,
        differences: compared.differences,
        not_compared: compared.not_compared,
    })
}

/// Whether something was changed since; unknown to whoever may not read the log, and then assumed.
async fn has_moved_on(lms: &Lms, actor: &Actor, origin: &Origin) -> Result<bool> {
    match lms.audit().seal(actor).await {
        Ok(head) => Ok(head.seq != origin.data_revision.seq),
        Err(error) if error.kind() == ErrorKind::Forbidden => Ok(true),
        Err(error) => Err(error),
    }
}

/// What tells how things are, by the names that it has in files.
fn of_the_moment(document: &Document) -> HashSet<String> {
    let language = document.language;
    let mut names = HashSet::new();
    for table in document.tables.iter().filter(|table| table.is_of_the_moment) {
        let title = table.title.text().into_owned();
        names.extend(["Sheet {}", "Table {}"].map(|label| language.tell(label, [&title])));
        names.extend([table.key.to_string(), title]);
    }
    for figure in document.figures.iter().filter(|figure| figure.is_of_the_moment) {
        names.extend([figure.key.to_owned(), figure.label.text().into_owned()]);
    }
    let facts = document.provenance.iter().filter(|fact| fact.is_of_the_moment);
    names.extend(facts.map(|fact| fact.label.text().into_owned()));
    names
}

#[derive(Default)]
struct Comparison {
    n_values: usize,
    n_differences: usize,
    differences: Vec<Difference>,
    not_compared: Vec<String>,
    /// Labels of what follows from no data.
    unproven: HashSet<String>,
}

impl Comparison {
    /// Whether the entry that the report ended with is in the chain as it was then.
    async fn chain(&mut self, lms: &Lms, actor: &Actor, origin: &Origin) -> Result<bool> {
        let revision = &origin.data_revision;
        let seq = revision.seq;
        let hash = match lms.audit().show(actor, &seq.to_string()).await {
            Ok(detail) => Some(detail.entry.hash),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) if error.kind() == ErrorKind::Forbidden => return Ok(true),
            Err(error) => return Err(error),
        };
        if hash.as_ref() == Some(&revision.hash) {
            return Ok(true);
        }
        self.differs(format!("audit chain, entry {seq}"), Some(&revision.hash), hash.as_deref());
        Ok(false)
    }

    fn parts(&mut self, file: &[Part], data: &[Part], skipped: &HashSet<String>) {
        for told in file {
            if told.is_in(skipped) {
                self.not_compared.push(told.name.clone());
            } else if let Some(computed) = data.iter().find(|part| part.name == told.name) {
                self.rows(told, computed, skipped);
            } else {
                self.differs(told.name.clone(), Some("it is there"), None);
            }
        }
        for computed in data {
            if !computed.is_in(skipped) && !file.iter().any(|part| part.name == computed.name) {
                self.differs(computed.name.clone(), None, Some("it is there"));
            }
        }
    }

    fn rows(&mut self, told: &Part, computed: &Part, skipped: &HashSet<String>) {
        let n_rows = told.rows.len().max(computed.rows.len());
        if told.rows.len() != computed.rows.len() {
            let rows = |part: &Part| format!("{} rows", part.rows.len());
            let place = told.whole();
            self.differs(place, Some(&rows(told)), Some(&rows(computed)));
        }
        for at in 0..n_rows {
            match (told.rows.get(at), computed.rows.get(at)) {
                (Some(file), Some(data)) => {
                    let label = data.cells.first();
                    if told.has_labels && label.is_some_and(|one| self.unproven.contains(one)) {
                        continue;
                    }
                    if told.has_labels && label.is_some_and(|label| skipped.contains(label)) {
                        self.not_compared.extend(label.cloned());
                        continue;
                    }
                    for column in 0..file.cells.len().max(data.cells.len()) {
                        let cell = |cells: &'_ [String]| cells.get(column).cloned();
                        let (said, meant) = (cell(&file.cells), cell(&data.cells));
                        self.n_values += 1;
                        if said.as_deref().unwrap_or_default()
                            != meant.as_deref().unwrap_or_default()
                        {
                            let place = told.place(file.line, column);
                            self.differs(place, said.as_deref(), meant.as_deref());
                        }
                    }
                }
                (file, data) => {
                    let joined = |row: Option<&content::Row>| row.map(|row| row.cells.join(", "));
                    let line = file.or(data).map_or(0, |row| row.line);
                    let (said, meant) = (joined(file), joined(data));
                    self.differs(told.row(line), said.as_deref(), meant.as_deref());
                }
            }
        }
    }

    fn differs(&mut self, place: String, file: Option<&str>, data: Option<&str>) {
        self.n_differences += 1;
        if self.differences.len() < TOLD_MAX {
            let (file, data) = (file.map(ToOwned::to_owned), data.map(ToOwned::to_owned));
            self.differences.push(Difference { place, file, data });
        }
    }
}
