//! Whether a typed text is one of those that were expected.

use unicode_normalization::UnicodeNormalization;

use crate::kernel::fold::fold;

/// The texts that count as right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wording {
    pub(crate) accepted: Vec<String>,
    /// Whether case and accents count. Blanks never do.
    pub(crate) exact: bool,
    /// Whether `*` stands for anything, also nothing.
    pub(crate) wildcards: bool,
}

impl Wording {
    /// Whether the text is one of the accepted.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let text = self.plain(text);
        self.accepted
            .iter()
            .map(|accepted| self.plain(accepted))
            .any(|accepted| if self.wildcards { fits(&accepted, &text) } else { accepted == text })
    }

    /// What makes two texts the same.
    pub(crate) fn plain(&self, text: &str) -> String {
        if self.exact {
            // The same letter can be typed in two ways.
            text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            fold(text)
        }
    }
}

/// Whether the text fits a pattern with `*`, in time that grows with both, not with their stars.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(accepted: &str, text: &str, exact: bool, wildcards: bool) -> bool {
        Wording { accepted: vec![accepted.to_owned()], exact, wildcards }.matches(text)
    }

    #[test]
    fn case_accents_and_blanks_do_not_count() {
        assert!(matches("Zürich", "  ZURICH ", false, false));
        assert!(matches("Straße  42", "strasse 42", false, false));
        assert!(!matches("Zürich", "Genève", false, false));
        assert!(!matches("10", "100", false, false));
    }

    #[test]
    fn where_the_text_is_exact_they_do() {
        assert!(matches("let x = 1;", " let  x = 1; ", true, false));
        assert!(matches("caf\u{e9}", "cafe\u{301}", true, false), "typed in two ways");
        assert!(!matches("Café", "cafe", true, false));
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, fit) in [
            ("*extinguisher*", "a CO2 extinguisher, please", true),
            ("fire*", "fire", true),
            ("fire*", "a fire", false),
            ("*a*a*", "a", false),
            ("a*a", "a", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "acb", false),
        ] {
            assert_eq!(matches(pattern, text, false, true), fit, "{pattern} {text}");
        }
        assert!(!matches("a*", "ab", false, false), "only where it was asked for");
        let (stars, text) = ("*a".repeat(1_000), "b".repeat(20_000));
        assert!(!matches(&stars, &text, false, true), "and in no time");
    }
}
