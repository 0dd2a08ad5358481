//! An audience on one line, as it would be typed: `--department Sales --not-location "New York"`.

use crate::kernel::error::{Error, Result};

/// What needs no value.
const BARE: &[&str] = &["exact", "all-reports", "all_reports"];

pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut words = words(text)?.into_iter();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--") else {
            return Err(wrong(format!("`{word}` does not begin with `--`")));
        };
        let (key, value) = match flag.split_once('=') {
            // An attribute is `--attribute KEY=VALUE`: that `=` is not in this word.
            Some((key, value)) => (key.to_owned(), value.to_owned()),
            None if BARE.contains(&flag) => (flag.to_owned(), String::new()),
            None => {
                let value = words.next().filter(|value| !value.starts_with("--"));
                let value = value.ok_or_else(|| wrong(format!("`--{flag}` has no value")))?;
                (flag.to_owned(), value)
            }
        };
        pairs.push((key, value));
    }
    Ok(pairs)
}

pub(super) fn write(pairs: &[(String, String)]) -> String {
    let flags: Vec<String> = pairs
        .iter()
        .map(|(key, value)| {
            let (head, name) =
                key.split_once('.').map_or((key.as_str(), None), |(head, name)| (head, Some(name)));
            let flag = head.replace('_', "-");
            match name {
                Some(name) => format!("--{flag} {}", quoted(&format!("{name}={value}"))),
                None if BARE.contains(&flag.as_str()) => format!("--{flag}"),
                None => format!("--{flag} {}", quoted(value)),
            }
        })
        .collect();
    flags.join(" ")
}

/// Words as a shell would part them: at blanks that are not quoted.
fn words(text: &str) -> Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(wrong("a quotation mark is not closed".to_owned()));
    }
    words.extend(word);
    Ok(words)
}

/// In quotation marks of a kind that the text does not hold; one that holds both is put together.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.@+=:/,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\"'\"'"))
    }
}

fn wrong(what: String) -> Error {
    Error::invalid("audience", what)
        .with_hint("write it like `--department Sales --not-location \"New York\"`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let pairs = pairs(text).unwrap();
        pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[test]
    fn a_line_is_read_as_a_shell_would() {
        assert_eq!(
            read("--department 'Research & Development'  --location=\"New York\" --exact"),
            ["department=Research & Development", "location=New York", "exact="]
        );
        assert_eq!(read("--attribute cost_centre=42*"), ["attribute=cost_centre=42*"]);
        assert!(read(" ").is_empty());
        for wrong in ["department x", "--department", "--department --exact", "--department 'x"] {
            assert!(pairs(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for value in ["Sales", "New York", "O'Brien \"Bo\"", "42*", "-90d"] {
            let pairs = [("not_location".to_owned(), value.to_owned())];
            let line = write(&pairs);
            assert_eq!(super::pairs(&line).unwrap(), [("not-location".into(), value.into())]);
        }
        let attribute = [("attribute.a-b".to_owned(), "x y".to_owned())];
        assert_eq!(write(&attribute), "--attribute 'a-b=x y'");
    }
}
