//! Numbers that people read to each other, and codes that nobody can guess.

use crate::kernel::ids::Ids;

/// Letters and digits that are not taken for each other: no `I`, `L`, `O` and `U`.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Five bits each: 140 of them.
const CODE_LETTERS: usize = 28;
/// So many letters stand together.
const GROUP_LETTERS: usize = 4;
const SEQUENCE_DIGITS: usize = 6;

/// The number of the nth certificate of a year.
pub(super) fn number(year: i64, sequence: i64) -> String {
    format!("{year:04}-{sequence:0SEQUENCE_DIGITS$}")
}

/// Year and place of a number, however it was typed: `2026-000123`, `2026-123`, `2026 000123`.
pub(super) fn parse_number(text: &str) -> Option<(i64, i64)> {
    let (year, sequence) = text.trim().split_once(['-', ' ', '/'])?;
    let digits =
        |text: &str| (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !digits(year) || !digits(sequence) {
        return None;
    }
    Some((year.parse().ok()?, sequence.parse().ok()?))
}

pub(super) fn file_name(number: &str) -> String {
    format!("certificate-{number}.pdf")
}

/// A code that is as hard to guess as the secret that it is made of.
pub(super) fn new_code(ids: &dyn Ids) -> String {
    code_of(&ids.secret())
}

fn code_of(secret: &[u8; 32]) -> String {
    let bit = |at: usize| (secret[at / 8] >> (7 - at % 8)) & 1;
    let letter = |nth: usize| {
        let index = (0..5).fold(0, |index, place| index << 1 | usize::from(bit(nth * 5 + place)));
        char::from(LETTERS[index])
    };
    (0..CODE_LETTERS).map(letter).collect()
}

/// A code as it is kept, however it was typed: in small letters, with spaces and dashes, or with letters
/// that look like the one that is meant. What cannot be a code is empty, which is nobody's.
pub(super) fn parse_code(text: &str) -> String {
    let mut code = String::with_capacity(CODE_LETTERS);
    for letter in
        text.chars().filter(|letter| !letter.is_whitespace() && !"-‐‑–—_.".contains(*letter))
    {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let is_known = u8::try_from(letter).is_ok_and(|byte| LETTERS.contains(&byte));
        if !is_known || code.len() == CODE_LETTERS {
            return String::new();
        }
        code.push(letter);
    }
    if code.len() == CODE_LETTERS { code } else { String::new() }
}

/// A code as people read it.
pub(super) fn grouped(code: &str) -> String {
    let mut text = String::with_capacity(CODE_LETTERS + CODE_LETTERS / GROUP_LETTERS);
    for (nth, letter) in code.chars().enumerate() {
        if nth > 0 && nth % GROUP_LETTERS == 0 {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

/// Where anybody can verify a code, below the address of the organisation.
pub(super) fn verify_url(base_url: Option<&str>, code: &str) -> Option<String> {
    Some(format!("{}/api/v1/certificates/verify/{code}", base_url?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        assert_eq!(number(2026, 123), "2026-000123");
        assert_eq!(number(2026, 12_345_678), "2026-12345678");
        for text in ["2026-000123", " 2026-123 ", "2026 000123", "2026/123"] {
            assert_eq!(parse_number(text), Some((2026, 123)), "{text}");
        }
        for text in ["", "2026", "2026-", "26-123", "2026-12a", "2026-9999999999999", "-2026-1"] {
            assert_eq!(parse_number(text), None, "{text}");
        }
    }

    #[test]
    fn a_code_uses_every_bit_that_it_shows() {
        assert_eq!(code_of(&[0; 32]), "0".repeat(28));
        assert_eq!(code_of(&[255; 32]), "Z".repeat(28));
        let mut codes: Vec<String> = (0..140)
            .map(|bit| {
                let mut secret = [0; 32];
                secret[bit / 8] = 128 >> (bit % 8);
                code_of(&secret)
            })
            .collect();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), 140);
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = code_of(&[0x1b; 32]);
        for typed in [
            grouped(&code),
            grouped(&code).to_lowercase(),
            format!(" {code} "),
            code.replace('0', "o"),
        ] {
            assert_eq!(parse_code(&typed), code, "{typed}");
        }
        assert_eq!(parse_code(&"lIi1".repeat(7)), "1".repeat(28));
        for typed in
            ["", "0", &"0".repeat(27), &"0".repeat(29), &"0".repeat(100_000), &"U".repeat(28), "ſ"]
        {
            assert_eq!(parse_code(typed), "", "{}", typed.len());
        }
    }
}
