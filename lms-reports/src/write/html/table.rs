//! A table of the page. Values that are not text say in `data-v` what they are sorted by.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Text, grouped, heading, pill, shown};
use crate::document::Document;
use crate::table::{Cell, Kind, Lines, Table, rounded, share};
use crate::write::status_on;

pub(super) fn write(
    document: &Document,
    table: &Table,
    rows_max: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let language = document.language;
    let n_rows = table.n_rows();
    writeln!(
        out,
        "<section class=\"table\"><h2>{} <span class=\"count\">{}</span></h2>",
        Text(&table.title.text()),
        grouped(i64::try_from(n_rows).unwrap_or(i64::MAX))
    )?;
    if n_rows == 0 {
        return writeln!(out, "<p class=\"remark\">{}</p></section>", Text(&table.if_empty.text()));
    }
    if n_rows > rows_max {
        let said = language.tell(
            "The first {} of {} rows are here; the workbook has all of them.",
            [&rows_max.to_string(), &n_rows.to_string()],
        );
        writeln!(out, "<p class=\"remark\">{}</p>", Text(&said))?;
    }
    // On paper nothing can be scrolled: letters are as small as it takes for all columns to be there.
    let class = match table.columns.len() {
        0..=10 => "",
        11..=15 => " class=\"wide\"",
        _ => " class=\"wider\"",
    };
    writeln!(out, "<div class=\"scroll\" tabindex=\"0\"><table{class}><thead><tr>")?;
    for column in &table.columns {
        let class = if is_number(column.kind) { " class=\"n\"" } else { "" };
        let about = column.about.as_ref().map(|about| about.text().into_owned());
        let about = about.map_or_else(String::new, |about| format!(" title=\"{}\"", Text(&about)));
        writeln!(out, "<th scope=\"col\"{class}{about}>{}</th>", Text(&heading(document, column)))?;
    }
    let lines = table.lines.as_ref();
    let lines = lines.and_then(|lines| Some((lines, document.table_of(&lines.of)?)));
    if let Some((lines, _)) = lines {
        writeln!(out, "<th scope=\"col\">{}</th>", Text(&lines.title.text()))?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for row in 0..n_rows.min(rows_max) {
        let begins = table.n_grouping > 0 && table.begins_group(row);
        out.write_all(if begins { b"<tr class=\"group\">" } else { b"<tr>" })?;
        for (at, column) in table.columns.iter().enumerate() {
            let repeats = at < table.n_grouping && !begins;
            cell(document, table.cell(row, at), column.kind, repeats, out)?;
        }
        if let Some((lines, through)) = lines {
            writeln!(out, "<td>{}</td>", small_line(lines, through, row))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div></section>")
}

const LINE_WIDTH: f64 = 96.0;
const LINE_HEIGHT: f64 = 20.0;

/// A line through the numbers of a row, from the least to the most of them; its title tells them. Where
/// there is none, the line has a gap.
fn small_line(lines: &Lines, through: &Table, row: usize) -> String {
    let rows = row * lines.n_each..(row + 1) * lines.n_each;
    let numbers: Vec<Option<f64>> =
        rows.map(|row| through.cell(row, lines.column).number()).collect();
    let there = || numbers.iter().flatten().copied();
    let (least, most) = there()
        .fold((f64::MAX, f64::MIN), |(least, most), number| (least.min(number), most.max(number)));
    if there().next().is_none() {
        return String::new();
    }
    #[expect(clippy::cast_precision_loss, reason = "months of a year")]
    let step = LINE_WIDTH / (numbers.len().max(2) - 1) as f64;
    let span = (most - least).max(f64::EPSILON);
    let mut path = String::new();
    let mut end = (0.0, 0.0);
    let mut x = 0.0;
    let mut verb = 'M';
    for number in &numbers {
        if let Some(number) = number {
            let y = LINE_HEIGHT - (number - least) / span * LINE_HEIGHT;
            let _ = write!(path, "{verb}{x:.1} {y:.1}");
            end = (x, y);
            verb = 'L';
        } else {
            verb = 'M';
        }
        x += step;
    }
    let told: Vec<String> = numbers
        .iter()
        .map(|number| number.map_or_else(|| "–".to_owned(), |it| format!("{:.1}", it * 100.0)))
        .collect();
    let (x, y) = end;
    format!(
        "<svg class=\"line\" viewBox=\"-3 -3 {:.0} {:.0}\" role=\"img\"><title>{}</title>\
         <path d=\"{path}\"/><circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/></svg>",
        LINE_WIDTH + 6.0,
        LINE_HEIGHT + 6.0,
        Text(&told.join(" · "))
    )
}

/// The ground of a share, in eleven steps from red over yellow to green; the page knows their colours.
fn warmth(share: f64) -> String {
    let step = (share.clamp(0.0, 1.0) * 10.0).floor();
    format!(" class=\"heat heat{step}\"")
}

fn is_number(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Integer
            | Kind::Decimal
            | Kind::Coefficient
            | Kind::Money
            | Kind::Share
            | Kind::Heat
            | Kind::Change
    )
}

fn cell(
    document: &Document,
    cell: Cell<'_>,
    kind: Kind,
    repeats: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let language = document.language;
    let mut number =
        |sort: f64, said: String| write!(out, "<td class=\"n\" data-v=\"{sort}\">{said}</td>");
    match cell {
        Cell::Integer(count) => {
            #[expect(clippy::cast_precision_loss, reason = "rows are sorted by it, no more")]
            let sort = count as f64;
            return number(sort, grouped(count));
        }
        Cell::Decimal(value) if kind == Kind::Change => {
            let said = rounded(value, 1);
            let sign = if value > 0.0 && said != "0.0" { "+" } else { "" };
            return number(value, format!("{sign}{said}"));
        }
        Cell::Decimal(value) if matches!(kind, Kind::Money | Kind::Coefficient) => {
            return number(value, rounded(value, 2));
        }
        Cell::Decimal(value) => return number(value, rounded(value, 1)),
        Cell::Share { numerator, denominator } => {
            let share = share(numerator, denominator);
            let of = format!("{} / {}", grouped(numerator), grouped(denominator));
            let percent = share * 100.0;
            let ground = if kind == Kind::Heat { warmth(share) } else { String::new() };
            return number(
                share,
                format!("<span{ground} title=\"{of}\">{percent:.1}&nbsp;%</span>"),
            );
        }
        _ => {}
    }
    match cell {
        Cell::Nothing => write!(out, "<td></td>"),
        Cell::Text(word) if kind == Kind::Status => {
            write!(out, "<td>{}</td>", pill(word, &language.word(word)))
        }
        Cell::StatusOn(word, on) => {
            write!(out, "<td>{}</td>", pill(word, &status_on(&language.word(word), on)))
        }
        Cell::Day(_) => {
            write!(out, "<td class=\"day\">{}</td>", Text(&shown(document, cell, kind)))
        }
        Cell::Instant(_) => {
            let said = shown(document, cell, kind);
            write!(out, "<td class=\"day\">{}</td>", Text(&said))
        }
        _ => {
            let class = match kind {
                Kind::Id => " class=\"id\"",
                _ if repeats => " class=\"repeats\"",
                _ => "",
            };
            write!(out, "<td dir=\"auto\"{class}>{}</td>", Text(&shown(document, cell, kind)))
        }
    }
}
