//! The first sheet, which says what matters, and the last, which says where it comes from.

use jiff::tz::TimeZone;
use rust_xlsxwriter::{
    Chart as ExcelChart, ChartFont, ChartFormat, ChartLine, ChartSolidFill, ChartType, Color,
    Format, Workbook, Worksheet, XlsxError,
};

use super::fit::{fitting, row_height, serial};
use super::sheet::Written;
use super::style::{Style, number, set_up_page};
use crate::document::{Chart, Document, Figure, Value};
use crate::table::Kind;

const SUMMARY_WIDTHS: [f64; 3] = [28.0, 24.0, 96.0];
const PROVENANCE_WIDTHS: [f64; 2] = [30.0, 118.0];
/// In pixels; as wide as the columns of Summary together.
const CHART_WIDTH: u32 = 1_050;
const CHART_HEIGHT: u32 = 300;
const BLUE: Color = Color::RGB(0x002F_6DB5);
const PALE: Color = Color::RGB(0x00D5_DAE3);

/// Writes Summary: what this is, as of when, the figures with their definitions, the chart.
pub(super) fn summary(
    book: &mut Workbook,
    document: &Document,
    style: &Style,
) -> Result<(), XlsxError> {
    let zone = document.timezone.zone();
    let sheet = book.add_worksheet();
    sheet.set_name("Summary")?;
    set_up_page(sheet, document);
    sheet.set_screen_gridlines(false).set_print_fit_to_pages(1, 1);
    for (at, width) in (0..).zip(SUMMARY_WIDTHS) {
        sheet.set_column_width(at, width)?;
    }
    text(sheet, 0, 0, document.report.title(), &style.title)?;
    sheet.set_row_height(0, 30)?;
    text(sheet, 1, 0, &document.organisation, &style.subtitle)?;

    let mut row = 3;
    for (label, value) in [
        ("As of", document.as_of_in_words()),
        ("Data revision", revision(document)),
        ("Period", document.filters.in_words.clone()),
        ("Asked by", document.asked_by.clone()),
    ] {
        text(sheet, row, 0, label, &style.plain_label)?;
        text(sheet, row, 1, &value, &style.plain)?;
        row += 1;
    }
    row += 1;
    for note in &document.notes {
        text(sheet, row, 0, note, &style.alarm)?;
        row += 1;
    }
    row += u32::from(!document.notes.is_empty());

    for (at, heading) in (0..).zip(["Figure", "Value", "What it means"]) {
        text(sheet, row, at, heading, &style.header)?;
    }
    for figure in &document.figures {
        row += 1;
        text(sheet, row, 0, figure.label, &style.label)?;
        value(sheet, row, figure, &zone, style)?;
        text(sheet, row, 2, &figure.definition, &style.text)?;
        heighten(sheet, row, &figure.definition, SUMMARY_WIDTHS[2])?;
    }
    if let Some(chart) = &document.chart {
        sheet.insert_chart(row + 2, 0, &columns(document, chart))?;
    }
    Ok(())
}

fn value(
    sheet: &mut Worksheet,
    row: u32,
    figure: &Figure,
    zone: &TimeZone,
    style: &Style,
) -> Result<(), XlsxError> {
    match figure.value {
        Value::Count(count) => {
            sheet.write_number_with_format(row, 1, number(count), &style.count)?;
        }
        Value::Share { denominator: 0, .. } | Value::Instant(None) => {
            text(sheet, row, 1, "–", &style.text)?;
        }
        Value::Share { numerator, denominator } => {
            let share = number(numerator) / number(denominator);
            sheet.write_number_with_format(row, 1, share, &style.percent)?;
        }
        Value::Instant(Some(instant)) => {
            let local = instant.inner().to_zoned(zone.clone()).datetime();
            match serial(local) {
                Some(serial) => {
                    sheet.write_number_with_format(row, 1, serial, &style.instant)?;
                }
                None => text(sheet, row, 1, &instant.to_string(), &style.text)?,
            }
        }
        Value::Status(word) => text(sheet, row, 1, word, style.status(word))?,
    }
    Ok(())
}

/// A column chart over the sheet of its table.
fn columns(document: &Document, chart: &Chart) -> ExcelChart {
    let table = &document.tables[chart.table];
    let last_row = u32::try_from(table.n_rows()).expect("a chart has few rows");
    let range = |column: u16| (table.title, 1, column, last_row, column);
    let dates = match table.columns[usize::from(chart.categories)].kind {
        Kind::Month => "yyyy-mm",
        _ => "yyyy-mm-dd",
    };
    let mut excel = ExcelChart::new(ChartType::Column);
    excel
        .add_series()
        .set_categories(range(chart.categories))
        .set_values(range(chart.values))
        .set_name(chart.title)
        .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(BLUE)))
        .set_gap(60);
    excel.title().set_name(chart.title).set_font(ChartFont::new().set_size(12));
    excel.legend().set_hidden();
    excel.x_axis().set_num_format(dates);
    excel
        .y_axis()
        .set_num_format("#,##0")
        .set_min(0)
        .set_major_gridlines_line(ChartLine::new().set_color(PALE));
    excel.set_width(CHART_WIDTH).set_height(CHART_HEIGHT).set_alt_text(chart.title);
    excel
}

/// Writes Provenance: all that somebody needs to get to the same numbers.
pub(super) fn provenance(
    book: &mut Workbook,
    document: &Document,
    written: &Written,
    style: &Style,
) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name("Provenance")?;
    set_up_page(sheet, document);
    sheet.set_screen_gridlines(false).set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
    for (at, width) in (0..).zip(PROVENANCE_WIDTHS) {
        sheet.set_column_width(at, width)?;
    }
    text(sheet, 0, 0, "About this report", &style.header)?;
    text(sheet, 0, 1, "", &style.header)?;

    let mut row = 1;
    let mut line = |sheet: &mut Worksheet, label: &str, value: &str| {
        text(sheet, row, 0, label, &style.label)?;
        text(sheet, row, 1, value, &style.text)?;
        heighten(sheet, row, value, PROVENANCE_WIDTHS[1])?;
        row += 1;
        Ok::<(), XlsxError>(())
    };
    line(sheet, "Report", document.report.name())?;
    line(sheet, "Organisation", &document.organisation)?;
    line(sheet, "Read at", &document.as_of.to_string())?;
    line(sheet, "Asked by", &document.asked_by)?;
    line(sheet, "Made by", concat!("lms-reports ", env!("CARGO_PKG_VERSION")))?;
    for fact in &document.provenance {
        line(sheet, &fact.label, &fact.text)?;
    }
    line(
        sheet,
        "Dates and times",
        &format!(
            "in sheets: of {}, to the second as shown. CSV has the offset, JSON is in UTC",
            document.timezone
        ),
    )?;
    if written.n_cut > 0 {
        let what = format!(
            "{} texts longer than 32,767 characters end with …; `.json` has all of them",
            written.n_cut
        );
        line(sheet, "Cut", &what)?;
    }
    for (name, rows) in &written.sheets {
        line(sheet, &format!("Sheet {name}"), rows)?;
    }
    for figure in &document.figures {
        line(sheet, &format!("Figure: {}", figure.label), &figure.definition)?;
    }
    Ok(())
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
    format!("entry {} of the audit chain, hash {}", revision.seq, revision.hash)
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
