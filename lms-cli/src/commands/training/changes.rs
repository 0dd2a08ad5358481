//! Changes of a training as people read them: of a long text, the place where it differs.

use lms_core::FieldChange;

/// A longer value is told by the place where it differs.
const CHARS_MAX: usize = 60;
/// So much is told of what stands before that place.
const CHARS_BEFORE: usize = 16;

/// The changes with values that fit beside each other.
pub(crate) fn excerpts(changed: &[FieldChange]) -> Vec<FieldChange> {
    changed.iter().cloned().map(excerpt).collect()
}

fn excerpt(mut change: FieldChange) -> FieldChange {
    let same = match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            before.chars().zip(after.chars()).take_while(|(one, other)| one == other).count()
        }
        _ => 0,
    };
    let from = same.saturating_sub(CHARS_BEFORE);
    change.before = change.before.map(|text| cut(&text, from));
    change.after = change.after.map(|text| cut(&text, from));
    change
}

fn cut(text: &str, from: usize) -> String {
    let length = text.chars().count();
    if length <= CHARS_MAX {
        return text.to_owned();
    }
    let part: String = text.chars().skip(from).take(CHARS_MAX).collect();
    let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
    let before = if from > 0 { "…" } else { "" };
    let behind = if from + CHARS_MAX < length { "…" } else { "" };
    format!("{before}{part}{behind}")
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_long_text_is_told_by_the_place_where_it_differs() {
        let long = "word ".repeat(40) + "end";
        assert_eq!(cut("short", 3), "short");
        assert_eq!(cut(&long, 180), "…word word word word end");
        assert!(cut(&long, 0).starts_with("word") && cut(&long, 0).ends_with('…'));
    }
}
