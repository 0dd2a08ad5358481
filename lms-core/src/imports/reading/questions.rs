//! Questions in files that have no rows: Moodle's GIFT and XML. Each question is a row, on the line on which it
//! begins; what it asks is read by the question bank, which knows these formats.

use std::io::Read;
use std::sync::Arc;

use super::encoding::{self, Decoded};
use super::fields::QUESTION;
use super::source::Source;
use super::types::{
    Cell, Column, Field, Format, HowKnown, Layout, ReadOptions, ReadRow, Record, RowError, Scalar,
};
use super::{CANNOT_READ, NOT_A_TABLE, QUESTION_UNFIT, TOO_LARGE, limits};
use crate::kernel::error::Result;
use crate::quizzes::{Foreign, read_gift, read_moodle};

/// So much is looked at to find out what a file is.
const FIRST_BYTES: u64 = 64 << 10;
const SAMPLES: usize = 3;

/// Which of the two a file is, if it is either.
pub(super) fn format_of(source: &Source, options: &ReadOptions) -> Result<Option<Format>> {
    if let Some(format) = options.format {
        return Ok(Some(format).filter(|format| matches!(format, Format::Gift | Format::MoodleXml)));
    }
    let ending = source.name().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let ending = ending.unwrap_or_default();
    let mut first = Vec::new();
    let read = source.input().take(FIRST_BYTES).read_to_end(&mut first);
    read.map_err(|cause| source.unreadable(&cause))?;
    let first = String::from_utf8_lossy(&first);
    let start = first.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with("<?xml") || start.starts_with("<quiz") {
        return Ok(Some(Format::MoodleXml));
    }
    let is_gift = ending == "gift"
        || first.lines().any(|line| line.starts_with("::") || line.starts_with("$CATEGORY:"))
        || (ending == "txt" && first.contains('{') && first.contains('}'));
    Ok(is_gift.then_some(Format::Gift))
}

/// A file of questions, read to its end.
pub(super) fn read(
    source: &Source,
    format: Format,
    options: &ReadOptions,
) -> Result<(Layout, Vec<ReadRow>)> {
    if source.length() > limits::QUESTIONS_BYTES {
        return Err(TOO_LARGE
            .error(format!(
                "`{}` has more than {} MB",
                source.name(),
                limits::QUESTIONS_BYTES >> 20
            ))
            .with_hint("split it; questions may come from several files"));
    }
    let found = match &options.encoding {
        Some(name) => encoding::named(name)?,
        None => encoding::detect(source)?,
    };
    let mut text = String::new();
    let read = Decoded::new(source.input(), found.encoding).read_to_string(&mut text);
    read.map_err(|cause| CANNOT_READ.error(format!("cannot read `{}`: {cause}", source.name())))?;
    let questions = match format {
        Format::MoodleXml => read_moodle(&text)?,
        _ => read_gift(&text)?,
    };
    if questions.is_empty() {
        return Err(NOT_A_TABLE
            .error(format!("`{}` holds no questions", source.name()))
            .with_hint("`lmsctl question export --format gift` shows how they are written"));
    }
    let mut warnings = Vec::new();
    if found.is_guess {
        warnings.push(format!(
            "the file is not UTF-8; its words look like {}: say another one with --encoding if they are wrong",
            found.name()
        ));
    }
    let layout = Layout {
        name: source.name().to_owned(),
        format,
        system: (format == Format::MoodleXml).then_some("Moodle question bank"),
        encoding: Some(found.name()),
        delimiter: None,
        sheet: None,
        sheets: Vec::new(),
        header_row: 0,
        rows: questions.len() as u64,
        columns: columns(&questions),
        unknown: Vec::new(),
        never_delivered: Vec::new(),
        full: None,
        skipped: Vec::new(),
        warnings,
    };
    let fields: Arc<[Field]> = QUESTION.iter().map(Field::Known).collect();
    Ok((layout, questions.into_iter().map(|question| row(question, &fields)).collect()))
}

/// What every question has: a name, and itself.
fn columns(questions: &[Foreign]) -> Vec<Column> {
    let samples = questions.iter().take(SAMPLES).map(|question| question.name.clone());
    let column = |column: &str, header: &str, field: Option<Field>, samples| Column {
        column: column.to_owned(),
        header: header.to_owned(),
        field,
        how: HowKnown::System,
        dates: None,
        samples,
        empty: 0,
    };
    let code = QUESTION.first().map(Field::Known);
    vec![column("A", "name", code, samples.collect()), column("B", "question", None, Vec::new())]
}

fn row(question: Foreign, fields: &Arc<[Field]>) -> ReadRow {
    let Foreign { line, name, source, outcome } = question;
    let outcome = match outcome {
        Ok(said) => {
            let code = said.document.get("code").and_then(|code| code.as_str()).unwrap_or_default();
            let text = |text: String| Cell::Value(Scalar::Text(text));
            let code = text(code.to_owned());
            let definition = text(serde_json::Value::Object(said.document).to_string());
            let beside =
                if said.notes.is_empty() { Cell::Absent } else { text(said.notes.join("; ")) };
            let cells = vec![code, definition, beside];
            Ok(Record { number: line, fields: Arc::clone(fields), cells })
        }
        Err(unfit) => Err(vec![RowError {
            row: line,
            column: None,
            header: None,
            field: None,
            value: None,
            code: QUESTION_UNFIT.code,
            message: unfit.message,
            hint: Some(unfit.hint.to_owned()),
        }]),
    };
    ReadRow { number: line, raw: vec![name, source], outcome }
}
