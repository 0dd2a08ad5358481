//! Headers as people write them, and which fields they mean. Pure.

use unicode_normalization::UnicodeNormalization;

use super::fields::{FieldSpec, Kind};

/// Columns of our own list of rejected rows; they are told to whoever corrects it, and not read again.
const OURS: &[&str] = &["_row", "_code", "_message", "_hint"];
/// What stands in brackets behind a header and is no name of it.
const REMARKS: &[&str] =
    &["required", "optional", "uploadonly", "readonly", "pflicht", "pflichtfeld", "obligatoire"];

/// A header without what does not matter: case, spaces, punctuation and accents.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().flat_map(char::to_lowercase) {
        match letter {
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            letter if letter.is_alphanumeric() => folded.push(letter),
            _ => {}
        }
    }
    folded
}

/// The ways in which a header may be meant, the likeliest first: `Name [displayName] Required` is
/// `displayname`, `Hire date (dd/mm/yyyy)` is `hiredate`.
pub(super) fn forms(header: &str) -> Vec<String> {
    let mut forms = Vec::new();
    let (outside, inside) = without_brackets(header, '[', ']');
    let inside = fold(&inside);
    if !inside.is_empty() && !REMARKS.contains(&&*inside) {
        forms.push(inside);
    }
    let (plain, _) = without_brackets(&outside, '(', ')');
    for text in [&*plain, &*outside, header] {
        let folded = fold(text);
        let bare = REMARKS.iter().find_map(|remark| folded.strip_suffix(remark)).unwrap_or(&folded);
        for form in [folded.as_str(), bare] {
            if !form.is_empty() && !forms.iter().any(|other| other == form) {
                forms.push(form.to_owned());
            }
        }
    }
    forms
}

fn without_brackets(text: &str, open: char, close: char) -> (String, String) {
    let (mut outside, mut inside, mut deep) = (String::new(), String::new(), false);
    for letter in text.chars() {
        match letter {
            _ if letter == open => deep = true,
            _ if letter == close => deep = false,
            _ if deep => inside.push(letter),
            _ => outside.push(letter),
        }
    }
    (outside, inside)
}

/// Whether the column is one that this program adds to its lists of rejected rows.
pub(super) fn is_ours(header: &str) -> bool {
    OURS.contains(&header.trim())
}

/// How well a header means a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// If nothing else does.
    Weak,
    /// It says the opposite.
    Inverted,
    /// It does.
    Strong,
    /// It is the very name of it.
    Name,
}

/// The fields that a header may mean, with how well it does.
pub(super) fn meanings(kind: Kind, header: &str) -> Vec<(&'static FieldSpec, Fit)> {
    for form in forms(header) {
        let found: Vec<_> = kind
            .fields()
            .iter()
            .filter_map(|field| fit(field, &form).map(|fit| (field, fit)))
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn fit(field: &FieldSpec, form: &str) -> Option<Fit> {
    let is_name = field.name.split('_').map(str::len).sum::<usize>() == form.len()
        && field.name.replace('_', "") == form;
    if is_name {
        Some(Fit::Name)
    } else if field.aliases.contains(&form) {
        Some(Fit::Strong)
    } else if field.inverted.contains(&form) {
        Some(Fit::Inverted)
    } else if field.weak.contains(&form) {
        Some(Fit::Weak)
    } else {
        None
    }
}

/// The letters of a column, counted from nought: `A`, `Z`, `AA`.
pub(super) fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default()));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(kind: Kind, header: &str) -> Vec<&'static str> {
        meanings(kind, header).into_iter().map(|(field, _)| field.name).collect()
    }

    #[test]
    fn case_spaces_punctuation_and_accents_do_not_matter() {
        for header in [
            "E-Mail",
            "e_mail",
            " EMAIL* ",
            "\u{feff}E‑Mail‑Adresse",
            "Adresse e-mail",
            "Email [Required]",
        ] {
            assert_eq!(names(Kind::People, header), ["email"], "{header}");
        }
        for (header, field) in [
            ("Prénom", "first_name"),
            ("Führungskraft", "manager"),
            ("Name [displayName] Required", "full_name"),
            ("Email Address [Required]", "email"),
            ("Hire Date (dd/mm/yyyy)", "hired_on"),
            ("department", "department"),
            ("New Status [UPLOAD ONLY]", ""),
            ("Shoe size", ""),
        ] {
            let wanted: Vec<&str> =
                Some(field).filter(|field| !field.is_empty()).into_iter().collect();
            assert_eq!(names(Kind::People, header), wanted, "{header}");
        }
        assert_eq!(names(Kind::People, "Employee ID"), ["employee_number", "source_key"]);
        assert!(is_ours(" _code") && !is_ours("code"));
    }

    #[test]
    fn no_header_means_two_fields_well_and_all_are_folded() {
        for kind in Kind::ALL {
            for field in kind.fields() {
                for alias in field.aliases.iter().chain(field.weak).chain(field.inverted) {
                    assert_eq!(&fold(alias), alias, "{} of {}", field.name, kind.as_str());
                    let strong =
                        meanings(*kind, alias).into_iter().filter(|(_, fit)| *fit > Fit::Inverted);
                    assert!(strong.count() <= 1, "{alias} of {}", kind.as_str());
                }
            }
        }
    }

    #[test]
    fn columns_have_letters() {
        let some = [0, 25, 26, 51, 52, 701, 702].map(letters);
        assert_eq!(some, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
