//! JSON for programs: a readable document, or a line a record.

use std::io::{self, Write};

use serde::Serialize;

/// Writes one document, indented.
pub(super) fn document(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// Writes one record on one line.
pub(super) fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::fruits;

    #[test]
    fn a_document_is_indented_and_a_line_is_a_line() {
        let fruit = &fruits()[1];
        let (mut document, mut line) = (Vec::new(), Vec::new());
        super::document(&mut document, fruit).expect("memory");
        super::line(&mut line, fruit).expect("memory");
        assert_eq!(
            String::from_utf8(document).expect("text"),
            "{\n  \"name\": \"=1+1\",\n  \"count\": 12,\n  \"seen_in\": null\n}\n"
        );
        assert_eq!(
            String::from_utf8(line).expect("text"),
            "{\"name\":\"=1+1\",\"count\":12,\"seen_in\":null}\n"
        );
    }
}
