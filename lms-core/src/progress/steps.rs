//! A step within a module, and what becomes of what was known before: pure.

use sha2::{Digest, Sha256};

use super::sql::ModuleRow;
use crate::kernel::clock::Timestamp;

/// So many updates with an id are remembered for each module.
const REMEMBERED: usize = 16;
/// The beginning of a SHA-256: nobody gains by finding two ids that are taken for one.
const DIGEST_BYTES: usize = 16;

/// How far somebody came in a module since the last time.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The key of the module.
    pub(super) module: String,
    pub(super) percent: i64,
    pub(super) seconds: i64,
    pub(super) position: Option<String>,
    pub(super) id: Option<UpdateId>,
}

/// By what a repeated update is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UpdateId([u8; DIGEST_BYTES]);

impl UpdateId {
    pub(super) fn of(text: &str) -> Self {
        let mut digest = [0; DIGEST_BYTES];
        digest.copy_from_slice(&Sha256::digest(text)[..DIGEST_BYTES]);
        Self(digest)
    }

    /// Whether it is among those that are remembered.
    pub(super) fn is_in(self, remembered: Option<&[u8]>) -> bool {
        remembered.unwrap_or_default().chunks(DIGEST_BYTES).any(|one| one == self.0)
    }

    /// Remembers it, and forgets the oldest beyond what is kept.
    fn remember(self, remembered: &mut Option<Vec<u8>>) {
        let all = remembered.get_or_insert_default();
        all.extend(self.0);
        let beyond = all.len().saturating_sub(REMEMBERED * DIGEST_BYTES);
        all.drain(..beyond);
    }
}

impl ModuleRow {
    /// A module of which nothing was seen yet.
    pub(super) fn unseen(module: &str, now: Timestamp) -> Self {
        Self {
            module: module.to_owned(),
            percent: 0,
            seconds: 0,
            position: None,
            updated_at: now,
            recent_updates: None,
        }
    }

    /// Per cent only rise, time adds up, and the last position is where somebody is. A step that was
    /// taken before changes nothing; whether this one did.
    pub(super) fn take(&mut self, step: &Step, now: Timestamp) -> bool {
        if let Some(id) = step.id {
            if id.is_in(self.recent_updates.as_deref()) {
                return false;
            }
            id.remember(&mut self.recent_updates);
        }
        self.percent = self.percent.max(step.percent);
        self.seconds = self.seconds.saturating_add(step.seconds);
        self.position = step.position.clone().or(self.position.take());
        self.updated_at = now;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(percent: i64, seconds: i64, position: Option<&str>, id: Option<&str>) -> Step {
        Step {
            module: "read".to_owned(),
            percent,
            seconds,
            position: position.map(str::to_owned),
            id: id.map(UpdateId::of),
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("an instant")
    }

    #[test]
    fn per_cent_only_rise_time_adds_up_and_the_last_position_stays() {
        let (first, later) = (at("2026-03-31T12:00:00Z"), at("2026-03-31T12:00:30Z"));
        let mut row = ModuleRow::unseen("read", first);
        assert!(row.take(&step(40, 30, Some("00:30"), None), first));
        assert!(row.take(&step(20, 5, None, None), later));
        assert_eq!((row.percent, row.seconds, row.updated_at), (40, 35, later));
        assert_eq!(row.position.as_deref(), Some("00:30"));
        assert_eq!(row.recent_updates, None, "nothing to be known by");
    }

    #[test]
    fn a_repeat_changes_nothing_as_long_as_it_is_remembered() {
        let now = at("2026-03-31T12:00:00Z");
        let mut row = ModuleRow::unseen("read", now);
        let numbered = |n: usize| step(0, 1, None, Some(&format!("update {n}")));
        for n in 0..REMEMBERED {
            assert!(row.take(&numbered(n), now));
        }
        for n in 0..REMEMBERED {
            assert!(!row.take(&numbered(n), at("2026-04-01T12:00:00Z")), "{n}");
        }
        assert_eq!((row.seconds, row.updated_at), (16, now));
        assert!(row.take(&numbered(REMEMBERED), now));
        assert!(!row.take(&numbered(1), now), "of the last sixteen");
        assert!(row.take(&numbered(0), now), "it was forgotten");
        assert_eq!(row.recent_updates.map(|all| all.len()), Some(REMEMBERED * DIGEST_BYTES));
    }
}
