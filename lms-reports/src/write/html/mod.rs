//! All of a report as one page that needs nothing else: no font, picture or script of another place.
//!
//! It is read on a phone, in the dark and on paper, and is whole without its script, which sorts and
//! searches. The page forbids itself to load or run anything but what is in it, and all that comes
//! from the data goes through [`Text`].

mod chart;
mod table;

use std::fmt::{self, Display};
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use self::chart::Drawn;
use super::{MADE_BY, Origin, heading, in_words, shown, title_of};
use crate::document::{Document, Value};
use crate::table::{rounded, share};
use crate::tone::Tone;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// More rows of a table than this would be a page that no phone opens; workbooks have them all.
const ROWS_MAX: usize = 2_000;

pub(super) fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let language = document.language;
    let title = Text(&document.title.text()).to_string();
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – {}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        language.code(),
        digest(STYLE),
        digest(SCRIPT),
        Text(&document.organisation),
    )?;
    head(document, &title, out)?;
    writeln!(out, "<main>")?;
    figures(document, out)?;
    charts(document, out)?;
    for table in &document.tables {
        table::write(document, table, ROWS_MAX, out)?;
    }
    provenance(document, out)?;
    writeln!(out, "</main>")?;
    // In a script `</` would end it, wherever it stands.
    let origin = Origin::of(document).to_line().replace('<', "\\u003c");
    writeln!(out, "<script type=\"application/json\" id=\"origin\">{origin}</script>")?;
    let search = Text(language.say("Search")).to_string();
    writeln!(out, "<script data-search=\"{search}\">{SCRIPT}</script>\n</body>\n</html>")
}

fn head(document: &Document, title: &str, out: &mut dyn Write) -> io::Result<()> {
    let language = document.language;
    writeln!(
        out,
        "<header>\n<p class=\"organisation\">{}</p>\n<h1>{title}</h1>\n<dl>",
        Text(&document.organisation)
    )?;
    let mut pair = |label: &str, text: &str| {
        writeln!(out, "<div><dt>{}</dt><dd dir=\"auto\">{}</dd></div>", Text(label), Text(text))
    };
    pair(language.say("As of"), &document.as_of_in_words())?;
    for fact in &document.filters {
        pair(&fact.label.text(), &fact.text.text())?;
    }
    pair(language.say("Asked by"), &document.asked_by)?;
    writeln!(out, "</dl>")?;
    for note in document.notes() {
        writeln!(out, "<p class=\"note\" role=\"note\">{}</p>", Text(&note))?;
    }
    writeln!(out, "</header>")
}

fn figures(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    if document.figures.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section aria-label=\"{}\" class=\"figures\">",
        Text(document.language.say("Summary"))
    )?;
    for figure in &document.figures {
        writeln!(
            out,
            "<div class=\"figure\"><h2>{}</h2><p class=\"value\">{}</p><p>{}</p></div>",
            Text(&figure.label.text()),
            value(document, figure.value),
            Text(&figure.definition.text())
        )?;
    }
    writeln!(out, "</section>")?;
    match document.remark() {
        Some(remark) => writeln!(out, "<p class=\"remark\">{}</p>", Text(remark)),
        None => Ok(()),
    }
}

/// A figure, as markup.
fn value(document: &Document, value: Value) -> String {
    let nothing = || "–".to_owned();
    match value {
        Value::Count(count) => grouped(count),
        Value::Decimal(number) => number.map_or_else(nothing, |number| rounded(number, 1)),
        Value::Money(amount) => rounded(amount, 2),
        Value::Share { denominator: 0, .. } => nothing(),
        Value::Share { numerator, denominator } => {
            format!("{:.1}&nbsp;%", share(numerator, denominator) * 100.0)
        }
        Value::Instant(instant) => instant.map_or_else(nothing, |instant| {
            let local = instant.inner().to_zoned(document.timezone.zone());
            local.strftime("%Y-%m-%d %H:%M").to_string()
        }),
        Value::Day(day) => day.map_or_else(nothing, |day| day.to_string()),
        Value::Status(word) => pill(word, &document.language.word(word)),
    }
}

fn charts(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let mut charts = document.charts().peekable();
    if charts.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "<section class=\"charts\">")?;
    for (chart, table) in charts {
        let title = title_of(chart, table, document.language);
        let drawn = Drawn::new(document, chart, table);
        writeln!(out, "<figure><figcaption>{}</figcaption>", Text(&title))?;
        write!(out, "{}", drawn.legend())?;
        writeln!(out, "{}</figure>", drawn.svg(&title))?;
    }
    writeln!(out, "</section>")
}

fn provenance(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let language = document.language;
    writeln!(
        out,
        "<details class=\"provenance\"><summary>{}</summary>\n<dl>",
        Text(language.say("About this report"))
    )?;
    let mut pair = |label: &str, text: &str| {
        writeln!(out, "<dt>{}</dt><dd dir=\"auto\">{}</dd>", Text(label), Text(text))
    };
    pair(language.say("Report"), &document.name)?;
    pair(language.say("Read at"), &document.instant_in_words())?;
    pair(language.say("Made by"), MADE_BY)?;
    for fact in &document.provenance {
        pair(&fact.label.text(), &fact.text.text())?;
    }
    for table in &document.tables {
        let n_rows = table.n_rows();
        pair(
            &language.tell("Table {}", [&table.title.text()]),
            &in_words(&(0..n_rows.min(ROWS_MAX)), n_rows, language),
        )?;
        for column in &table.columns {
            let Some(about) = &column.about else { continue };
            pair(&format!("{}: {}", table.title.text(), heading(document, column)), &about.text())?;
        }
    }
    writeln!(out, "</dl></details>")
}

/// A status that looks like what it says.
fn pill(word: &str, said: &str) -> String {
    let class = match Tone::of(word) {
        Tone::Good => "good",
        Tone::Open => "open",
        Tone::Warn => "warn",
        Tone::Bad | Tone::Worst => "bad",
        Tone::Muted => "muted",
        Tone::Plain => return Text(said).to_string(),
    };
    format!("<span class=\"pill {class}\">{}</span>", Text(said))
}

/// A count with a thin space between thousands, which every language of ours reads.
fn grouped(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut grouped = if count < 0 { "−".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// A text that is nothing but text, between tags and in attributes.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                // A row of a table is a line, for who reads the page again.
                '\n' => out.write_str("&#10;")?,
                '\t' => fmt::Write::write_char(out, letter)?,
                _ if letter.is_control() => out.write_str("\u{fffd}")?,
                _ => fmt::Write::write_char(out, letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn text_stays_text() {
        let naughty = "<img src=x onerror='a(\"b\")'> & \u{0}";
        assert_eq!(
            Text(naughty).to_string(),
            "&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt; &amp; \u{fffd}"
        );
    }

    #[test]
    fn a_page_needs_nothing_else_and_runs_nothing_of_the_data() {
        let mut page = Vec::new();
        write(&sample::training_matrix(), &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert_eq!(page.matches("<script").count(), 2, "one for the origin, one that sorts");
        assert_eq!(page.matches("</script>").count(), 2);
        for outside in ["src=", "href=", "url(", "@import", "<img", "<link", "onerror=\""] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("&lt;/script&gt;&lt;script&gt;alert(1)"));
        for name in sample::NAMES.iter() {
            assert!(page.contains(&Text(name).to_string()), "{name}");
        }
        assert_eq!(page.matches("<svg viewBox=\"0 0 480").count(), 9, "a drawing for each chart");
        assert_eq!(page.matches("<table>").count(), 4);
        assert!(page.contains("<span class=\"pill warn\">completed late 2026-02-01</span>"));
        for open in ["section", "div", "figure", "table", "tr", "td", "th", "dl", "ul", "p", "h2"] {
            let ends = page.matches(&format!("</{open}>")).count();
            let begins = page.matches(&format!("<{open}>")).count()
                + page.matches(&format!("<{open} ")).count();
            assert_eq!(begins, ends, "{open}");
        }
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        let all = [0, 999, 1_000, -1_234_567].map(grouped);
        assert_eq!(all, ["0", "999", "1\u{202f}000", "−1\u{202f}234\u{202f}567"]);
    }
}
