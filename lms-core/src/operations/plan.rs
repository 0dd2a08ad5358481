//! What somebody has looked at is what is done, or nothing is: of a plan, and of a record.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::kernel::db::migrate::hex;
use crate::kernel::error::{ErrorCode, Result, error_codes};

error_codes! {
    PLAN_STALE = "plan.stale", Stale, "the data changed since the plan was made";
}

/// How many of those that changed are named.
const NAMED_MAX: usize = 5;

/// The fingerprint of what a plan would do.
pub(crate) fn fingerprint(effects: &impl Serialize) -> String {
    let effects = serde_json::to_vec(effects).expect("a plan is plain data");
    hex(&Sha256::digest(effects))
}

/// The same of very many effects, none of which is kept.
pub(crate) fn fingerprint_of_each(effects: impl Iterator<Item = impl Serialize>) -> String {
    let mut hash = Sha256::new();
    let mut before = "[";
    for effect in effects {
        hash.update(before);
        hash.update(serde_json::to_vec(&effect).expect("a plan is plain data"));
        before = ",";
    }
    hash.update(if before == "[" { "[]" } else { "]" });
    hex(&hash.finalize())
}

/// Refuses to go on where somebody looked at another plan than the one that there is now.
pub(crate) fn refuse_other(seen: Option<&str>, now: &str) -> Result<()> {
    match seen {
        Some(seen) if seen != now => Err(PLAN_STALE
            .error("the plan is not what would happen now")
            .with_hint("nothing was done; make the plan again and look at it")),
        _ => Ok(()),
    }
}

/// Refuses to change a record that is not the one that the caller looked at any more. Its version is a
/// number, or the instant of the last change: no two writes have the same one.
pub(crate) fn refuse_changed<V: PartialEq + Display>(
    code: &'static ErrorCode,
    noun: &str,
    seen: Option<V>,
    now: V,
) -> Result<()> {
    match seen {
        Some(seen) if seen != now => Err(code
            .error(format!(
                "somebody changed the {noun} after you looked: the version is `{now}`, not `{seen}`"
            ))
            .with_hint(format!(
                "read the {noun} again, and repeat the change if it is still wanted"
            ))),
        _ => Ok(()),
    }
}

/// Refuses a plan whose effects are not the ones that it would have now. An effect is told as whose
/// it is and what it is.
pub(crate) fn refuse_stale(
    planned: impl IntoIterator<Item = (String, String)>,
    now: impl IntoIterator<Item = (String, String)>,
) -> Result<()> {
    let planned: BTreeSet<(String, String)> = planned.into_iter().collect();
    let now: BTreeSet<(String, String)> = now.into_iter().collect();
    let changed: BTreeSet<&String> =
        planned.symmetric_difference(&now).map(|(whose, _)| whose).collect();
    let more = changed.len().saturating_sub(NAMED_MAX);
    let mut named: Vec<String> =
        changed.into_iter().take(NAMED_MAX).map(ToString::to_string).collect();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    if named.is_empty() {
        return Ok(());
    }
    Err(PLAN_STALE
        .error(format!(
            "the plan is not what would happen now; changed since: {}",
            named.join(", ")
        ))
        .with_hint("nothing was done; make the plan again and look at it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(whose, what)| ((*whose).to_owned(), (*what).to_owned())).collect()
    }

    #[test]
    fn a_plan_is_the_one_that_was_looked_at() {
        assert!(refuse_other(None, "a").is_ok());
        assert!(refuse_other(Some("a"), "a").is_ok());
        assert_eq!(refuse_other(Some("b"), "a").unwrap_err().code(), "plan.stale");
    }

    #[test]
    fn a_record_is_the_one_that_was_looked_at() {
        assert!(refuse_changed(&PLAN_STALE, "thing", None, 2).is_ok());
        assert!(refuse_changed(&PLAN_STALE, "thing", Some(2), 2).is_ok());
        let refused = refuse_changed(&PLAN_STALE, "thing", Some(1), 2).unwrap_err();
        assert!(refused.message().ends_with("the version is `2`, not `1`"), "{refused}");
    }

    #[test]
    fn a_plan_that_would_do_something_else_now_is_refused_by_name() {
        let planned = effects(&[("Ada", "ENG → SALES"), ("Bo", "ENG → SALES")]);
        assert!(refuse_stale(planned.clone(), planned.clone()).is_ok());
        let now = effects(&[("Ada", "HR → SALES"), ("Bo", "ENG → SALES"), ("Cy", "x")]);
        let refused = refuse_stale(planned, now).unwrap_err();
        assert!(refused.message().ends_with("changed since: Ada, Cy"), "{refused}");
        let many: Vec<_> = (0..9).map(|n| (n.to_string(), String::new())).collect();
        let refused = refuse_stale(many, []).unwrap_err();
        assert!(refused.message().ends_with("0, 1, 2, 3, 4, 4 more"), "{refused}");
    }
}
