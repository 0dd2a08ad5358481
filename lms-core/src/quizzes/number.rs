//! How a number is read that somebody typed: with a decimal point or comma, with or without groups
//! of three, with or without the unit.

use super::decimal::Decimal;

const CHARS_MAX: usize = 60;
/// What may stand between groups of three digits: blanks of all widths and apostrophes, besides the
/// marks.
const GROUPING: &[char] = &[' ', '\u{a0}', '\u{2009}', '\u{202f}', '\'', '’'];
const MARKS: [char; 2] = ['.', ','];

/// Every number that the text can be. `1,000` is one thousand to some and one to others: it is
/// both, and whoever asks takes the one that fits.
pub(super) fn readings(text: &str, unit: Option<&str>) -> Vec<Decimal> {
    let text = text.trim();
    if text.chars().count() > CHARS_MAX {
        return Vec::new();
    }
    let number = unit.and_then(|unit| text.strip_suffix(unit)).unwrap_or(text).trim_end();
    let (negative, digits) = match number.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, number.strip_prefix('+').unwrap_or(number).trim_start()),
    };
    let whole = ungrouped(digits).map(|whole| (whole, ""));
    let with_mark = MARKS.into_iter().filter_map(|mark| {
        let (whole, places) = digits.rsplit_once(mark)?;
        let whole = if whole.is_empty() { String::new() } else { ungrouped(whole)? };
        // The mark itself does not group as well.
        let once = !digits[..digits.len() - places.len() - mark.len_utf8()].contains(mark);
        (once && !places.is_empty()).then_some((whole, places))
    });
    let mut numbers: Vec<Decimal> = whole
        .into_iter()
        .chain(with_mark)
        .filter_map(|(whole, places)| Decimal::of_digits(negative, &whole, places))
        .collect();
    numbers.sort();
    numbers.dedup();
    numbers
}

/// The digits without what groups them; nothing where the groups are not of three.
fn ungrouped(text: &str) -> Option<String> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(separator) = text.chars().find(|c| GROUPING.contains(c) || MARKS.contains(c)) else {
        return is_digits(text).then(|| text.to_owned());
    };
    let groups: Vec<&str> = text.split(separator).collect();
    let (first, rest) = groups.split_first()?;
    let sound = is_digits(first)
        && first.len() <= 3
        && !first.starts_with('0')
        && rest.iter().all(|group| group.len() == 3 && is_digits(group));
    sound.then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let numbers = readings(text, Some("km/h"));
        numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [
            ("42", "42"),
            (" -3.14 ", "-3.14"),
            ("− 3,14", "-3.14"),
            ("+7", "7"),
            (",5", "0.5"),
            ("007", "7"),
            ("1 234 567,5", "1234567.5"),
            ("1\u{202f}234", "1234"),
            ("1'234.50", "1234.5"),
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1,234,567", "1234567"),
            ("12,5", "12.5"),
            ("0,125", "0.125"),
            ("30 km/h", "30"),
            ("30km/h", "30"),
        ] {
            assert_eq!(read(text), number, "{text}");
        }
    }

    #[test]
    fn what_can_be_two_numbers_is_both() {
        assert_eq!(read("1,000"), "1 or 1000");
        assert_eq!(read("1.000"), "1 or 1000");
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "", "-", ".", ",", "many", "3 apples", "1 2", "12 34", "1,2,3", "1.2.3", "3,", "5-3",
            "0 123", "1e3", "٣", "km/h", "30 mph", "1,23.456", "--3",
        ] {
            assert_eq!(read(text), "", "{text}");
        }
        assert_eq!(read(&"9".repeat(61)), "");
    }
}
