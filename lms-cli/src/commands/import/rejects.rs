//! Rows that could not be imported, beside the file that they came from: its own columns, untouched, and
//! behind them what is wrong. Corrected, it is a file to import. Questions that are no rows stand in it as they
//! stood in theirs, with what is wrong in a remark before each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lms_core::imports::reading::{Column, Format, Kind, ReadRow, Survey};
use lms_core::{FileImportPlan, PlannedRow};

use crate::app::App;
use crate::error::Result;
use crate::out_file::{OutFile, put};
use crate::output::counted;

/// Ours, which a file of rejected rows has already when it comes back.
const ADDED: [&str; 4] = ["_row", "_code", "_message", "_hint"];
/// Spreadsheets take a text without it for something else.
const MARK: &str = "\u{feff}";

/// Rows that are put aside, by their numbers.
type Rejected<'p> = BTreeMap<u64, &'p PlannedRow>;

/// Writes them, where there are any.
pub(super) fn write(
    app: &App,
    file: &Path,
    target: Option<&Path>,
    survey: &Survey,
    plan: &FileImportPlan,
) -> Result<()> {
    let rejected: Rejected<'_> = plan
        .rows
        .iter()
        .filter(|row| row.effect.is_put_aside())
        .filter_map(|row| Some((row.row?, row)))
        .collect();
    if rejected.is_empty() || target == Some(Path::new("-")) {
        return Ok(());
    }
    let layout = survey.layout();
    let ending = match layout.format {
        Format::Gift => "gift",
        Format::MoodleXml => "xml",
        _ => "csv",
    };
    let target = target.map_or_else(|| free(file, plan.kind, ending), Path::to_owned);
    let mut out = OutFile::create_new(&target)?;
    if ending == "csv" {
        rows(&mut out, survey, &rejected)?;
    } else {
        questions(&mut out, survey, &rejected)?;
    }
    out.commit()?;
    app.output.note(&format!(
        "{} not imported, to be corrected and imported again: {}",
        counted(rejected.len(), "row was", "rows were"),
        target.display()
    ));
    Ok(())
}

/// Rows of a table, in its own columns.
fn rows(out: &mut OutFile, survey: &Survey, rejected: &Rejected<'_>) -> Result<()> {
    let layout = survey.layout();
    let delimiter = layout.delimiter.unwrap_or(',');
    let own: Vec<&Column> =
        layout.columns.iter().filter(|column| !ADDED.contains(&column.header.trim())).collect();
    let width = layout.columns.last().map_or(0, |last| last.place() + 1);
    let headers = own.iter().map(|column| column.header.as_str());
    let headers: Vec<&str> = headers.chain(ADDED).collect();
    put(out, format!("{MARK}{}", line(&headers, delimiter)).as_bytes())?;
    for row in survey.records()? {
        let row = row?;
        let Some(planned) = rejected.get(&row.number) else { continue };
        let joined = |of: fn(&lms_core::RowProblem) -> Option<&str>| {
            let told: Vec<&str> = planned.problems.iter().filter_map(of).collect();
            told.join("; ")
        };
        let number = row.number.to_string();
        let codes = joined(|problem| Some(&problem.code));
        let messages = joined(|problem| Some(&problem.message));
        let hints = joined(|problem| problem.hint.as_deref());
        let cells = own.iter().map(|column| row.raw.get(column.place()).map_or("", String::as_str));
        let beyond = row.raw.iter().skip(width).map(String::as_str);
        // A row that is longer than the header stays so, until somebody says which of its cells are whose.
        let ours = [&*number, &*codes, &*messages, &*hints];
        let cells: Vec<&str> = cells.chain(ours).chain(beyond).collect();
        put(out, line(&cells, delimiter).as_bytes())?;
    }
    Ok(())
}

/// Questions as they stood in their file, each behind a remark.
fn questions(out: &mut OutFile, survey: &Survey, rejected: &Rejected<'_>) -> Result<()> {
    let is_xml = survey.layout().format == Format::MoodleXml;
    if is_xml {
        put(out, b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n")?;
    }
    for row in survey.records()? {
        let ReadRow { number, raw, .. } = row?;
        let (Some(planned), Some(source)) = (rejected.get(&number), raw.get(1)) else { continue };
        for problem in &planned.problems {
            let hint = problem.hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default();
            let told = format!("line {number}: {}{hint}", problem.message).replace('\n', " ");
            // Two hyphens would end the remark.
            let told = if is_xml { told.replace("--", "- -") } else { told };
            let remark = if is_xml { format!("<!-- {told} -->\n") } else { format!("// {told}\n") };
            put(out, remark.as_bytes())?;
        }
        put(out, format!("{}\n\n", source.trim_end()).as_bytes())?;
    }
    if is_xml {
        put(out, b"</quiz>\n")?;
    }
    Ok(())
}

/// `people.rejects.csv` beside `people.csv`; `people.rejects-2.csv` where there is one, so that
/// corrections are not written over.
fn free(file: &Path, kind: Kind, ending: &str) -> PathBuf {
    let of_kind = PathBuf::from(format!("{}.csv", kind.as_str()));
    let named = if file == Path::new("-") { of_kind.as_path() } else { file };
    let stem = named.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = |n: u32| match n {
        1 => named.with_file_name(format!("{stem}.rejects.{ending}")),
        n => named.with_file_name(format!("{stem}.rejects-{n}.{ending}")),
    };
    (1..1_000).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(1))
}

fn line(cells: &[&str], delimiter: char) -> String {
    let quoted = cells.iter().map(|cell| {
        let must_be_quoted = cell.contains([delimiter, '"', '\n', '\r'])
            || cell.starts_with(char::is_whitespace)
            || cell.ends_with(char::is_whitespace);
        if must_be_quoted {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            (*cell).to_owned()
        }
    });
    let mut line = quoted.collect::<Vec<_>>().join(&delimiter.to_string());
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn cells_are_untouched() {
        assert_eq!(
            line(&["=\"00123\"", " a ", "b;c", "d"], ';'),
            "\"=\"\"00123\"\"\";\" a \";\"b;c\";d\r\n"
        );
    }
}
