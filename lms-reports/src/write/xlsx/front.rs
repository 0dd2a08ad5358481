//! The first sheet, which says what matters, and the last, which says where it comes from.

use jiff::civil::{DateTime, Time};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::chart;
use super::fit::{fitting, row_height, serial};
use super::sheet::{Place, Written};
use super::style::{Style, number, set_up_page};
use crate::document::{Document, Figure, Value};
use crate::table::share;
use crate::write::{MADE_BY, Origin, title_of};

/// How wide a sheet is, in characters, and what of it values have on Summary.
const WIDTH: f64 = 148.0;
const VALUE_WIDTH: f64 = 24.0;
/// Labels have as much as they need, from here to there.
const LABEL_WIDTHS: [f64; 2] = [28.0, 54.0];
/// The height of a row, in pixels.
const ROW_PIXELS: u32 = 20;
/// In percent; at this the columns of Summary fit a page in every program, and it has so many rows.
const PRINT_SCALE: u16 = 75;
const PAGE_ROWS: u32 = 42;
/// So many can still be read where all of them are made to fit a page.
const ONE_PAGE_ROWS: u32 = 62;

/// Writes Summary: what this is, as of when, the figures with their definitions, the chart.
pub(super) fn summary(
    book: &mut Workbook,
    document: &Document,
    places: &[Place],
    style: &Style,
) -> Result<(), XlsxError> {
    let language = document.language;
    let sheet = book.add_worksheet();
    sheet.set_name(language.say("Summary"))?;
    set_up_page(sheet, document);
    sheet.set_screen_gridlines(false);
    let facts = document.filters.iter().map(|fact| &fact.label);
    let labels = document.figures.iter().map(|figure| &figure.label).chain(facts);
    let label_width = label_width(labels.map(|label| label.text().into_owned()));
    let text_width = WIDTH - VALUE_WIDTH - label_width;
    for (at, width) in (0..).zip([label_width, VALUE_WIDTH, text_width]) {
        sheet.set_column_width(at, width)?;
    }
    text(sheet, 0, 0, &document.title.text(), &style.title)?;
    sheet.set_row_height(0, 30)?;
    text(sheet, 1, 0, &document.organisation, &style.subtitle)?;

    let mut row = 3;
    let first = [
        (language.say("As of"), document.as_of_in_words()),
        (language.say("Data revision"), revision(document)),
        (language.say("Asked by"), document.asked_by.clone()),
    ];
    let first = first.map(|(label, value)| (label.to_owned(), value));
    let asked = document
        .filters
        .iter()
        .map(|fact| (fact.label.text().into_owned(), fact.text.text().into_owned()));
    for (label, value) in first.into_iter().chain(asked) {
        text(sheet, row, 0, &label, &style.plain_label)?;
        text(sheet, row, 1, &value, &style.plain)?;
        row += 1;
    }
    row += 1;
    for note in document.notes() {
        text(sheet, row, 0, &note, &style.alarm)?;
        row += 1;
    }
    row += u32::from(!document.notes.is_empty());

    let headings = [language.say("Figure"), language.say("Value"), language.say("What it means")];
    for (at, heading) in (0..).zip(headings) {
        text(sheet, row, at, heading, &style.header)?;
    }
    for figure in &document.figures {
        row += 1;
        let definition = figure.definition.text();
        text(sheet, row, 0, &figure.label.text(), &style.label)?;
        value(sheet, row, figure, document, style)?;
        text(sheet, row, 2, &definition, &style.text)?;
        heighten(sheet, row, &definition, text_width)?;
    }
    if let Some(remark) = document.remark() {
        row += 1;
        text(sheet, row, 0, remark, &style.remark)?;
    }
    row += 2;
    let mut breaks = Vec::new();
    let mut page_begin = 0;
    let drawn: Vec<_> = document.charts().collect();
    for pair in drawn.chunks(2) {
        let rows_of = |table, drawn| chart::height(drawn, table).div_ceil(ROW_PIXELS) + 1;
        let n_rows = pair.iter().map(|(drawn, table)| rows_of(table, drawn)).max().unwrap_or(0);
        if row > page_begin && row + n_rows > page_begin + PAGE_ROWS {
            breaks.push(row);
            page_begin = row;
        }
        let is_half = pair.len() == 2;
        let offsets = [0, chart::HALF_WIDTH + 10];
        for ((drawn, table), beside) in pair.iter().zip(offsets) {
            let at = document.tables.iter().position(|other| other.key == table.key);
            let place = &places[at.expect("the table of a chart is one of the document")];
            let title = title_of(drawn, table, language);
            let excel = chart::chart(drawn, table, place, &title, is_half);
            sheet.insert_chart_with_offset(row, 0, &excel, beside, 0)?;
        }
        row += n_rows;
    }
    if row <= ONE_PAGE_ROWS {
        sheet.set_print_fit_to_pages(1, 1);
    } else {
        // Excel breaks pages where it is told only when it does not fit them itself.
        sheet.set_print_scale(PRINT_SCALE);
        sheet.set_page_breaks(&breaks)?;
    }
    Ok(())
}

fn value(
    sheet: &mut Worksheet,
    row: u32,
    figure: &Figure,
    document: &Document,
    style: &Style,
) -> Result<(), XlsxError> {
    let day = |at: DateTime, format: &Format, sheet: &mut Worksheet| match serial(at) {
        Some(serial) => sheet.write_number_with_format(row, 1, serial, format).map(|_| ()),
        None => text(sheet, row, 1, &at.to_string(), &style.text),
    };
    match figure.value {
        Value::Count(count) => {
            sheet.write_number_with_format(row, 1, number(count), &style.count)?;
        }
        Value::Decimal(Some(number)) => {
            sheet.write_number_with_format(row, 1, number, &style.fraction)?;
        }
        Value::Money(amount) => {
            sheet.write_number_with_format(row, 1, amount, &style.amount)?;
        }
        Value::Share { denominator: 0, .. }
        | Value::Decimal(None)
        | Value::Instant(None)
        | Value::Day(None) => text(sheet, row, 1, "–", &style.text)?,
        Value::Share { numerator, denominator } => {
            let share = share(numerator, denominator);
            sheet.write_number_with_format(row, 1, share, &style.percent)?;
        }
        Value::Instant(Some(instant)) => {
            let local = instant.inner().to_zoned(document.timezone.zone()).datetime();
            day(local, &style.instant, sheet)?;
        }
        Value::Day(Some(on)) => day(on.inner().to_datetime(Time::midnight()), &style.day, sheet)?,
        Value::Status(word) => {
            text(sheet, row, 1, &document.language.word(word), style.status(word))?;
        }
    }
    Ok(())
}

/// Writes Provenance: all that somebody needs to get to the same numbers.
pub(super) fn provenance(
    book: &mut Workbook,
    document: &Document,
    written: &Written,
    style: &Style,
) -> Result<(), XlsxError> {
    let language = document.language;
    let sheet = book.add_worksheet();
    sheet.set_name(language.say("Provenance"))?;
    set_up_page(sheet, document);
    sheet.set_screen_gridlines(false).set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
    let lines = lines(document, written);
    let label_width = label_width(lines.iter().map(|(label, _)| label.clone()));
    let text_width = WIDTH - label_width;
    for (at, width) in (0..).zip([label_width, text_width]) {
        sheet.set_column_width(at, width)?;
    }
    text(sheet, 0, 0, language.say("About this report"), &style.header)?;
    text(sheet, 0, 1, "", &style.header)?;
    for (row, (label, said)) in (1..).zip(&lines) {
        text(sheet, row, 0, label, &style.label)?;
        text(sheet, row, 1, said, &style.text)?;
        heighten(sheet, row, said, text_width)?;
    }
    Ok(())
}

/// What Provenance says, line by line.
fn lines(document: &Document, written: &Written) -> Vec<(String, String)> {
    let language = document.language;
    let mut lines = Vec::new();
    let mut line = |label: &str, said: &str| lines.push((label.to_owned(), said.to_owned()));
    line(language.say("Report"), &document.name);
    line(language.say("Organisation"), &document.organisation);
    line(language.say("Read at"), &document.as_of.to_string());
    line(language.say("Asked by"), &document.asked_by);
    line(language.say("Made by"), MADE_BY);
    for fact in document.filters.iter().chain(&document.provenance) {
        line(&fact.label.text(), &fact.text.text());
    }
    let zone = document.timezone.to_string();
    line(
        language.say("Dates and times"),
        &language.tell(
            "in sheets: of {}, to the second as shown. CSV has the offset, JSON is in UTC",
            [&zone],
        ),
    );
    if written.n_cut > 0 {
        let n_cut = written.n_cut.to_string();
        let what = language.tell(
            "texts longer than 32,767 characters end with …; `.json` has all of them: {}",
            [&n_cut],
        );
        line(language.say("Cut"), &what);
    }
    for (name, rows) in &written.sheets {
        line(&language.tell("Sheet {}", [name]), rows);
    }
    for figure in &document.figures {
        let label = language.tell("Figure: {}", [&figure.label.text()]);
        line(&label, &figure.definition.text());
    }
    for table in &document.tables {
        for column in &table.columns {
            let Some(about) = &column.about else { continue };
            let label = format!("{}: {}", table.title.text(), column.title.text());
            line(&label, &about.text());
        }
    }
    line(language.say("For `lmsctl report verify`"), &Origin::of(document).to_line());
    lines
}

/// As wide as the longest label, within bounds.
fn label_width(labels: impl Iterator<Item = String>) -> f64 {
    let longest = labels.map(|label| label.chars().count()).max().unwrap_or(0);
    let wanted = f64::from(u32::try_from(longest).unwrap_or(u32::MAX)) + 3.0;
    wanted.clamp(LABEL_WIDTHS[0], LABEL_WIDTHS[1])
}

/// Makes a row as high as a text needs it.
fn heighten(sheet: &mut Worksheet, row: u32, text: &str, width: f64) -> Result<(), XlsxError> {
    match row_height(std::iter::once((text, width))) {
        Some(height) => sheet.set_row_height(row, height).map(|_| ()),
        None => Ok(()),
    }
}

fn revision(document: &Document) -> String {
    let revision = &document.data_revision;
    let seq = revision.seq.to_string();
    document.language.tell("entry {} of the audit chain, hash {}", [&seq, &revision.hash])
}

fn text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, column, fitting(text).0, format).map(|_| ())
}
