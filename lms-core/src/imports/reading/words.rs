//! Words of files and what they mean: yes and no, how people stand, languages, numbers. Pure.

use super::headers::fold;

const YES: &[&str] = &[
    "y", "yes", "true", "t", "1", "j", "ja", "oui", "o", "si", "s", "sim", "x", "wahr", "vrai",
    "vero", "on", "tak",
];
const NO: &[&str] = &[
    "n", "no", "false", "f", "0", "nein", "non", "nao", "nee", "falsch", "faux", "falso", "off",
    "nie", "nej",
];

/// Yes or no.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    let word = fold(text);
    if YES.contains(&&*word) {
        Some(true)
    } else if NO.contains(&&*word) {
        Some(false)
    } else {
        None
    }
}

/// How somebody stands to the organisation, from the worst to the best: where several columns tell, the
/// worst holds.
const STATUSES: &[(&str, &[&str])] = &[
    (
        "inactive",
        &[
            "inactive",
            "i",
            "terminated",
            "inaktiv",
            "inactif",
            "inactivo",
            "inattivo",
            "inactief",
            "left",
            "leaver",
            "former",
            "resigned",
            "retired",
            "deceased",
            "dismissed",
            "disabled",
            "deleted",
            "tobedeleted",
            "deprovisioned",
            "ausgeschieden",
            "ausgetreten",
            "gekundigt",
            "sorti",
            "parti",
            "baja",
            "cessato",
            "uitdienst",
            "nonactive",
            "notactive",
            "archived",
            "separated",
            "ended",
        ],
    ),
    (
        "suspended",
        &["suspended", "blocked", "gesperrt", "suspendu", "suspendido", "sospeso", "lockedout"],
    ),
    (
        "on_leave",
        &[
            "onleave",
            "leave",
            "leaveofabsence",
            "loa",
            "parentalleave",
            "maternityleave",
            "paternityleave",
            "sabbatical",
            "beurlaubt",
            "elternzeit",
            "mutterschutz",
            "conge",
            "enconge",
            "excedencia",
            "paidleave",
            "unpaidleave",
            "absent",
            "furloughed",
        ],
    ),
    (
        "pre_hire",
        &[
            "prehire",
            "pending",
            "onboarding",
            "future",
            "futurehire",
            "hired",
            "notstarted",
            "staged",
            "preboarding",
        ],
    ),
    (
        "active",
        &[
            "active",
            "a",
            "aktiv",
            "actif",
            "activo",
            "attivo",
            "actief",
            "employed",
            "current",
            "enabled",
            "working",
            "beschaftigt",
            "angestellt",
            "enposte",
            "alta",
            "indienst",
            "aktywny",
        ],
    ),
];

/// What a word says about how somebody stands.
pub(super) fn status(text: &str) -> Option<&'static str> {
    let word = fold(text);
    let found = STATUSES.iter().find(|(_, words)| words.contains(&&*word));
    found.map(|(name, _)| *name).or_else(|| match yes_or_no(text) {
        // `t` is true here, and terminated there.
        _ if matches!(&*word, "t" | "f" | "o" | "s" | "x") => None,
        Some(true) => Some("active"),
        Some(false) => Some("inactive"),
        None => None,
    })
}

/// Which of two holds.
pub(super) fn worse<'a>(one: &'a str, other: &'a str) -> &'a str {
    let rank = |name: &str| STATUSES.iter().position(|(status, _)| *status == name);
    if rank(one) <= rank(other) { one } else { other }
}

/// A number in plain digits, with a point; nothing where it is none, or could be two.
pub(super) fn number(text: &str) -> Option<String> {
    let text =
        text.trim().trim_end_matches('%').trim_end().replace(['\u{a0}', '\u{202f}', '\''], "");
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(&text)),
    };
    if digits.is_empty()
        || digits.len() > 30
        || !digits.starts_with(|first: char| first.is_ascii_digit())
    {
        return None;
    }
    let signs: Vec<char> = digits.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    let plain = match signs.as_slice() {
        [] => digits.to_owned(),
        ['.' | ','] => {
            let (whole, part) = digits.split_once(['.', ','])?;
            // `1,234` is a thousand here and one and a bit there.
            if signs == [','] && part.len() == 3 && whole != "0" {
                return None;
            }
            format!("{whole}.{part}")
        }
        [thousands @ .., last] if matches!(last, '.' | ',') => {
            let first = thousands.first()?;
            if !thousands.iter().all(|other| other == first) || !matches!(first, '.' | ',' | ' ') {
                return None;
            }
            if first == last {
                digits.replace(*first, "")
            } else {
                digits.replace(*first, "").replace(*last, ".")
            }
        }
        _ => return None,
    };
    let plain = plain.strip_suffix('.').unwrap_or(&plain);
    let plain = match plain.split_once('.') {
        Some((whole, part)) if part.bytes().all(|byte| byte == b'0') => whole,
        _ => plain,
    };
    Some(format!("{sign}{plain}"))
}

/// Languages by their names, in their own language and in English, and a few in German.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("en", &["english", "englisch", "anglais", "ingles"]),
    ("de", &["german", "deutsch", "allemand", "aleman"]),
    ("fr", &["french", "francais", "franzosisch", "frances"]),
    ("es", &["spanish", "espanol", "spanisch", "castellano"]),
    ("it", &["italian", "italiano", "italienisch"]),
    ("pt", &["portuguese", "portugues", "portugiesisch"]),
    ("nl", &["dutch", "nederlands", "niederlandisch"]),
    ("pl", &["polish", "polski", "polnisch"]),
    ("sv", &["swedish", "svenska", "schwedisch"]),
    ("da", &["danish", "dansk", "danisch"]),
    ("cs", &["czech", "cestina", "tschechisch"]),
    ("tr", &["turkish", "turkce", "turkisch"]),
    ("ja", &["japanese", "japanisch"]),
    ("zh", &["chinese", "chinesisch"]),
];

/// A language as its code: `de_DE` and `German` as well.
pub(super) fn locale(text: &str) -> String {
    let word = fold(text);
    let found = LANGUAGES.iter().find(|(_, names)| names.contains(&&*word));
    found.map_or_else(
        || {
            let code = text.split('.').next().unwrap_or(text);
            code.replace('_', "-")
        },
        |(code, _)| (*code).to_owned(),
    )
}

/// Whether a row begins as a sum below a list does.
pub(super) fn is_total(text: &str) -> bool {
    const TOTALS: &[&str] = &[
        "total",
        "totals",
        "grandtotal",
        "subtotal",
        "sum",
        "summe",
        "gesamt",
        "gesamtsumme",
        "anzahl",
        "count",
        "somme",
        "totale",
        "suma",
        "totaal",
        "razem",
        "recordcount",
        "rows",
        "records",
        "endoffile",
        "eof",
        "endofreport",
        "ende",
        "nombretotal",
        "totalgeneral",
    ];
    let words = text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty());
    let letters: String = words.map(fold).collect();
    let first = text.split(|letter: char| !letter.is_alphabetic()).find(|word| !word.is_empty());
    TOTALS.contains(&&*letters)
        || first.is_some_and(|word| {
            matches!(&*fold(word), "total" | "summe" | "gesamt" | "totale" | "totaal")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_or_refused_and_never_guessed() {
        for (text, expected) in [
            ("85", Some("85")),
            ("85,5", Some("85.5")),
            ("85.50 %", Some("85.50")),
            ("12.0", Some("12")),
            ("1.234,5", Some("1234.5")),
            ("1,234.5", Some("1234.5")),
            ("1.234.567", Some("1234567")),
            ("-3", Some("-3")),
            ("0,125", Some("0.125")),
            ("1,234", None),
            ("", None),
            ("abc", None),
            ("1e5", None),
            ("1.2,3.4", None),
            ("--1", None),
        ] {
            assert_eq!(number(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn statuses_are_known_in_several_languages_and_the_worst_holds() {
        for (text, expected) in [
            ("Active", Some("active")),
            ("1", Some("active")),
            ("nein", Some("inactive")),
            ("Elternzeit", Some("on_leave")),
            ("Leave of Absence", Some("on_leave")),
            ("T", None),
            ("maybe", None),
        ] {
            assert_eq!(status(text), expected, "{text}");
        }
        assert_eq!(worse("active", "suspended"), "suspended");
        assert_eq!(worse("inactive", "suspended"), "inactive");
        assert_eq!(
            (yes_or_no("Ja"), yes_or_no("0"), yes_or_no("?")),
            (Some(true), Some(false), None)
        );
    }

    #[test]
    fn totals_and_languages_are_known() {
        for text in ["Total", "TOTAL: 23", "Summe", "Total employees 12", "Gesamt:"] {
            assert!(is_total(text), "{text}");
        }
        assert!(!is_total("Totalenergies Ltd") && !is_total("Sumner"));
        assert_eq!(["de_DE", "German", "en_GB.UTF-8"].map(locale), ["de-DE", "de", "en-GB"]);
    }
}
