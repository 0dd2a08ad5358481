//! Text with `*` for any characters and `?` for one, without regard to case and accents. Pure.

use crate::kernel::fold::fold;

/// A text to compare others with.
#[derive(Debug)]
pub(crate) struct Pattern {
    folded: Vec<char>,
}

/// Whether a text stands for others.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self { folded: fold(text).chars().collect() }
    }

    /// Whether a text, which is folded here, is one of those it stands for.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.matches_folded(&fold(text))
    }

    /// As [`matches`](Self::matches), for a text that is folded already.
    pub(crate) fn matches_folded(&self, folded: &str) -> bool {
        let text: Vec<char> = folded.chars().collect();
        let (mut at, mut seen) = (0, 0);
        // Where the last `*` stands, and up to where it has been taken to reach.
        let mut star: Option<(usize, usize)> = None;
        while seen < text.len() {
            match self.folded.get(at) {
                Some('*') => {
                    star = Some((at, seen));
                    at += 1;
                }
                Some(c) if *c == '?' || *c == text[seen] => (at, seen) = (at + 1, seen + 1),
                _ => match star {
                    Some((place, reach)) => {
                        star = Some((place, reach + 1));
                        (at, seen) = (place + 1, reach + 1);
                    }
                    None => return false,
                },
            }
        }
        self.folded[at..].iter().all(|c| *c == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_text() {
        for (pattern, text, wanted) in [
            ("eng", "ENG", true),
            ("eng", "eng-web", false),
            ("eng*", "ENG", true),
            ("ENG-*", "eng-web", true),
            ("*web*", "eng-web-ui", true),
            ("4?0", "420", true),
            ("4?0", "4200", false),
            ("*a*b*c", "xaxbxbxc", true),
            ("*a*b*c", "xaxbxbx", false),
            ("köln", "KOLN", true),
            ("?", "ß", false),
            ("gro??", "Groß", true),
            ("*", "", true),
            ("?", "", false),
            ("", "", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_take_no_longer_than_they_must() {
        let pattern = Pattern::new(&"a*".repeat(50));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(49))));
        assert!(!Pattern::new(&format!("{}b", "*a".repeat(100))).matches(&"a".repeat(5_000)));
    }
}
