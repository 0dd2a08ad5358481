//! "Did you mean": the nearest known names for one that is not known.

use strsim::normalized_damerau_levenshtein;

/// How alike two names must be to be worth suggesting, from 0 to 1.
const LIKENESS_MIN: f64 = 0.55;
const NAMES_MAX: usize = 3;

/// The nearest known names as a hint, or nothing where none is near.
pub fn suggest(unknown: &str, known: impl IntoIterator<Item = impl AsRef<str>>) -> Option<String> {
    let wanted = unknown.to_lowercase();
    let mut near: Vec<(f64, String)> = known
        .into_iter()
        .filter_map(|name| {
            let name = name.as_ref();
            let folded = name.to_lowercase();
            let prefix = !wanted.is_empty() && folded.starts_with(&wanted);
            let likeness =
                if prefix { 1.0 } else { normalized_damerau_levenshtein(&wanted, &folded) };
            (likeness >= LIKENESS_MIN).then(|| (likeness, name.to_owned()))
        })
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    // A code and a name can be the same.
    near.dedup_by(|a, b| a.1 == b.1);
    near.truncate(NAMES_MAX);
    let names: Vec<String> = near.into_iter().map(|(_, name)| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("did you mean {}?", names.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn names_the_nearest_first_and_nothing_that_is_far() {
        let known = ["timezone", "locale", "grace_days"];
        assert_eq!(suggest("time_zone", known).as_deref(), Some("did you mean `timezone`?"));
        assert_eq!(suggest("GRACE", known).as_deref(), Some("did you mean `grace_days`?"));
        assert_eq!(
            suggest("grace_day", ["grace_days"; 2]).as_deref(),
            Some("did you mean `grace_days`?")
        );
        assert_eq!(suggest("colour", known), None);
        assert_eq!(suggest("", known), None);
    }
}
