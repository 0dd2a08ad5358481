//! People named in a file: an e-mail address, employee number, user name or id in the first column.

use std::io::Read;
use std::path::Path;

use lms_core::Error;

use crate::error::{FILE, NO_FILE, Result, USAGE, file_error};

/// Titles of a first column that are not somebody's name.
const TITLES: &[&str] =
    &["email", "e-mail", "mail", "employee_number", "employee number", "username", "person", "id"];

/// Reads who is named, one a line, or in the first column of a CSV; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<Vec<String>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map_err(|cause| {
            FILE.error(format!("cannot read standard input: {}", crate::error::io_reason(&cause)))
        })?;
    } else {
        bytes = std::fs::read(path).map_err(|cause| match cause.kind() {
            std::io::ErrorKind::NotFound => {
                NO_FILE.error(format!("there is no file `{}`", path.display()))
            }
            _ => file_error("read", path, &cause),
        })?;
    }
    let text = String::from_utf8(bytes).map_err(|_| not_text(path))?;
    let people = first_column(&text);
    if people.is_empty() {
        return Err(USAGE
            .error(format!("`{}` names nobody", path.display()))
            .with_hint("write one e-mail address, employee number, user name or id a line")
            .into());
    }
    Ok(people)
}

fn not_text(path: &Path) -> Error {
    USAGE
        .error(format!("`{}` is not text in UTF-8", path.display()))
        .with_hint("save a spreadsheet as CSV in UTF-8")
}

fn first_column(text: &str) -> Vec<String> {
    let lines = text.trim_start_matches('\u{feff}').lines();
    let cells = lines.map(first_cell).filter(|cell| !cell.is_empty());
    cells
        .enumerate()
        .filter(|(at, cell)| *at > 0 || !TITLES.contains(&cell.to_lowercase().as_str()))
        .map(|(_, cell)| cell)
        .collect()
}

fn first_cell(line: &str) -> String {
    let line = line.trim();
    let cell = match line.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => line.split([',', ';', '\t']).next().unwrap_or_default(),
    };
    cell.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_stand_in_the_first_column() {
        let csv =
            "\u{feff}E-Mail;Name\r\nada@example.com;Ada\r\n\r\n\"00123\",Bo\n  cy@example.com\n";
        assert_eq!(first_column(csv), ["ada@example.com", "00123", "cy@example.com"]);
        assert_eq!(first_column("00101\n00102"), ["00101", "00102"]);
        assert_eq!(first_column("email\n"), Vec::<String>::new());
    }
}
