//! A step in a line, as people type and read it: `GDPR-101`, `any 2 of A, B, C`,
//! `Choose a language: any 1 of FR-A1, ES-A1`. Pure.

use std::fmt;

use super::definition::PathStep;
use crate::kernel::error::{Error, Result};

impl PathStep {
    /// Reads a step.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let wrong = |why: &str| {
            Error::invalid("step", format!("`{text}` is not a step: {why}")).with_hint(
                "write the code of a training, or a choice such as `any 2 of GDPR-101, SEC-101, A11Y-110`",
            )
        };
        // Codes have neither blanks nor colons: whatever has is a choice.
        if !text.contains([' ', ',', ':']) {
            return match text {
                "" => Err(wrong("it is empty")),
                code => Ok(Self::required(code)),
            };
        }
        let (title, choice) = match text.rsplit_once(':') {
            Some((title, choice)) => (Some(title.trim().to_owned()), choice.trim()),
            None => (None, text),
        };
        let words: Vec<&str> = choice.split_whitespace().collect();
        let [first, number, second, codes @ ..] = words.as_slice() else {
            return Err(wrong("a choice reads `any N of` and the codes"));
        };
        if !first.eq_ignore_ascii_case("any") || !second.eq_ignore_ascii_case("of") {
            return Err(wrong("a choice reads `any N of` and the codes"));
        }
        let any = number.parse().map_err(|_| wrong("behind `any` stands how many"))?;
        let codes = codes.join(" ");
        let of: Vec<String> = codes.split(',').map(|code| code.trim().to_owned()).collect();
        if of.iter().any(String::is_empty) {
            return Err(wrong("behind `of` stand codes, with commas between them"));
        }
        Ok(Self::Elective { title, any, of })
    }
}

impl fmt::Display for PathStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required { training } => f.write_str(training),
            Self::Elective { title, any, of } => {
                if let Some(title) = title {
                    write!(f, "{title}: ")?;
                }
                write!(f, "any {any} of {}", of.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_read_as_it_is_written() {
        let titled = |title: &str| PathStep::Elective {
            title: Some(title.to_owned()),
            any: 1,
            of: vec!["A".to_owned(), "B.1_x-y".to_owned()],
        };
        for step in [
            PathStep::required("GDPR-101"),
            PathStep::elective(2, ["A", "B", "C"]),
            PathStep::elective(1, ["A"]),
            titled("Languages"),
            titled("Safety: any 2 of us"),
            titled("any 1 of"),
        ] {
            assert_eq!(PathStep::parse(&step.to_string()).unwrap(), step);
        }
        let sloppy = PathStep::parse("  Pick :ANY 2 Of A ,B,C ").unwrap();
        assert_eq!(sloppy.to_string(), "Pick: any 2 of A, B, C");
        for bad in [
            "",
            "A B",
            "A, B",
            "any two of A, B",
            "any 2 A, B",
            "any 2 of",
            "any 2 of A,,B",
            "any -1 of A",
            "Pick: A",
        ] {
            assert_eq!(PathStep::parse(bad).unwrap_err().field(), Some("step"), "{bad}");
        }
    }
}
