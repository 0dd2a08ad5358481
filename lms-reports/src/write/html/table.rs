//! A table of the page. Values that are not text say in `data-v` what they are sorted by.

use std::io::{self, Write};

use super::{Text, grouped, heading, pill, shown};
use crate::document::Document;
use crate::table::{Cell, Kind, Table, share};
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
    writeln!(out, "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>")?;
    for column in &table.columns {
        let class = if is_number(column.kind) { " class=\"n\"" } else { "" };
        let about = column.about.as_ref().map(|about| about.text().into_owned());
        let about = about.map_or_else(String::new, |about| format!(" title=\"{}\"", Text(&about)));
        writeln!(out, "<th scope=\"col\"{class}{about}>{}</th>", Text(&heading(document, column)))?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for row in 0..n_rows.min(rows_max) {
        let begins = table.n_grouping > 0 && table.begins_group(row);
        out.write_all(if begins { b"<tr class=\"group\">" } else { b"<tr>" })?;
        for (at, column) in table.columns.iter().enumerate() {
            let repeats = at < table.n_grouping && !begins;
            cell(document, table.cell(row, at), column.kind, repeats, out)?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div></section>")
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
            return number(value, format!("{value:+.1}"));
        }
        Cell::Decimal(value) if matches!(kind, Kind::Money | Kind::Coefficient) => {
            return number(value, format!("{value:.2}"));
        }
        Cell::Decimal(value) => return number(value, format!("{value:.1}")),
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
