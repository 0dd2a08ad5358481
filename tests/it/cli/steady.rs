//! What differs from run to run, replaced by what it is.

use super::Shell;

/// Replaces ids, times, hashes, tokens and places; a gap between two columns, whose width depends
/// on such things, becomes two spaces.
pub fn steady(text: &str, shell: &Shell) -> String {
    let folder = shell.place.folder().display().to_string();
    let version = env!("CARGO_PKG_VERSION");
    let mut text = text.replace(shell.place.url(), "DATABASE").replace(&folder, "FOLDER");
    text = text.replace(&format!("lmsctl {version}"), "lmsctl VERSION");
    text.lines().map(|line| narrow(&replaced(line)) + "\n").collect()
}

/// Recognises something at the beginning of a text: how long it is, and what stands for it.
type Pattern = fn(&str) -> Option<(usize, &'static str)>;

const PATTERNS: &[Pattern] = &[
    |text| shaped(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx").then_some((36, "ID")),
    |text| run(text, "", 64, |c| c.is_ascii_hexdigit()).map(|n| (n, "HASH")),
    |text| {
        (shaped(text, "xxxxxxxxxxxxxxxx") && text[16..].starts_with('…')).then_some((16, "HASH"))
    },
    |text| {
        let seconds = shaped(text, "dddd-dd-ddTdd:dd:dd") || shaped(text, "dddd-dd-dd dd:dd:dd");
        let end = text.find('Z').filter(|_| seconds)?;
        Some((end + 1, "TIME"))
    },
    |text| run(text, "lms_", 40, is_word).map(|n| (n, "lms_TOKEN")),
    // Of a server of the test; one that somebody names has fewer digits.
    |text| run(text, "127.0.0.1:", 15, |c| c.is_ascii_digit()).map(|n| (n, "127.0.0.1:PORT")),
    |text| run(text, "os:", 4, is_word).map(|n| (n, "os:USER")),
    |text| run(text, "--cursor ", 12, is_word).map(|n| (n, "--cursor CURSOR")),
    |text| run(text, "\"cursor\":\"", 12, is_word).map(|n| (n, "\"cursor\":\"CURSOR")),
    |text| {
        run(text, "\"duration_ms\":", 15, |c| c.is_ascii_digit()).map(|n| (n, "\"duration_ms\":N"))
    },
];

fn replaced(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(next) = rest.chars().next() {
        let (length, text) = PATTERNS
            .iter()
            .find_map(|pattern| pattern(rest))
            .map_or_else(|| (next.len_utf8(), next.to_string()), |(n, what)| (n, what.to_owned()));
        out.push_str(&text);
        rest = &rest[length..];
    }
    out
}

fn narrow(line: &str) -> String {
    let text = line.trim_start();
    let mut out = line[..line.len() - text.len()].to_owned();
    for (at, part) in text.split("  ").map(str::trim).filter(|part| !part.is_empty()).enumerate() {
        out.push_str(if at == 0 { "" } else { "  " });
        out.push_str(part);
    }
    out
}

/// `x` is a hexadecimal digit, `d` a decimal one, and everything else itself.
fn shaped(text: &str, shape: &str) -> bool {
    text.len() >= shape.len()
        && text.bytes().zip(shape.bytes()).all(|(found, wanted)| match wanted {
            b'x' => found.is_ascii_hexdigit(),
            b'd' => found.is_ascii_digit(),
            other => found == other,
        })
}

/// The length of a prefix with what follows it, if that is this long at least.
fn run(text: &str, prefix: &str, least: usize, belongs: fn(char) -> bool) -> Option<usize> {
    let rest = text.strip_prefix(prefix)?;
    let length = prefix.len() + rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    (length >= least).then_some(length)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_".contains(c)
}

#[test]
fn what_differs_from_run_to_run_is_replaced() {
    let cases = [
        ("at 2026-11-21 00:20:41Z  x", "at TIME  x"),
        ("\"2026-11-21T00:20:42.076949Z\"", "\"TIME\""),
        ("01a1fb7a-09ef-73d3-91a4-0a888540d8d6", "ID"),
        ("os:root    cli", "os:USER  cli"),
        ("  indented  and      not", "  indented  and  not"),
        ("2026-11-21 is a day", "2026-11-21 is a day"),
    ];
    for (found, wanted) in cases {
        assert_eq!(narrow(&replaced(found)), wanted);
    }
}
