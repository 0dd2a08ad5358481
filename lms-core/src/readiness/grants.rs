//! What completions give: a skill at a level, to a person, up to a day.
//!
//! There are two ways to ask. [`having`] is a condition of a statement over very many people: whether
//! somebody has a skill at a level. [`load`] reads what few people were given, and [`best`] says what they
//! have of it. Both go by [`FROM_COMPLETIONS`] and [`holding`]; a property test holds the answers together.

use std::collections::HashMap;

use uuid::Uuid;

use super::asked::On;
use super::types::HeldSkill;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::skills::SkillLevel;

/// Completions `c` with the skills `s` that they gave: those of the version that was done.
const FROM_COMPLETIONS: &str = "
FROM training_skills s
JOIN training_versions v ON v.id = s.version_id
JOIN completions c ON c.training_id = v.training_id AND c.major = v.major AND c.minor = v.minor";

/// Leaves completions that hold on a day, as far as was known: one that was revoked by then never did.
fn holding(wanted: Assembly, On { day, known_at }: On) -> Assembly {
    let wanted = match known_at {
        None => wanted.push("AND c.retracted_at IS NULL"),
        Some(instant) => wanted
            .push("AND c.recorded_at <= ?")
            .bind(instant)
            .push("AND (c.retracted_at IS NULL OR c.retracted_at > ?")
            .bind(instant)
            .push(")"),
    };
    wanted
        .push("AND c.revoked_on IS NULL AND c.completed_on <= ?")
        .bind(day)
        .push("AND (c.valid_until IS NULL OR c.valid_until >= ?)")
        .bind(day)
}

/// Whether the person `x` has the skill of the requirement `q` on a day, at the level that it wants.
pub(super) fn having_required(wanted: Assembly, on: On) -> Assembly {
    let wanted = wanted
        .push("EXISTS (SELECT 1")
        .push(FROM_COMPLETIONS)
        .push("WHERE s.skill_id = q.skill_id AND s.level >= q.level AND c.person_id = x.id");
    holding(wanted, on).push(")")
}

/// Whether the person `x` has a skill on a day, at a level or above.
pub(super) fn having(wanted: Assembly, skill: Uuid, level: SkillLevel, on: On) -> Assembly {
    let wanted = wanted
        .push("EXISTS (SELECT 1")
        .push(FROM_COMPLETIONS)
        .push("WHERE s.skill_id = ?")
        .bind(skill)
        .push("AND s.level >= ?")
        .bind(i64::from(level.number()))
        .push("AND c.person_id = x.id");
    holding(wanted, on).push(")")
}

row! {
    /// A skill that a completion gave.
    #[derive(Debug, Clone, PartialEq)]
    pub(super) struct Grant {
        pub(super) person_id: Uuid,
        pub(super) skill_id: Uuid,
        pub(super) level: i64,
        pub(super) completion_id: Uuid,
        pub(super) training: String,
        pub(super) completed_on: Day,
        pub(super) valid_until: Option<Day>,
    }
}

/// All that these people were given and that holds on a day; in these skills, where some are named.
pub(super) async fn load(
    tx: &mut Tx,
    people: &[Uuid],
    skills: Option<&[Uuid]>,
    on: On,
) -> Result<Vec<Grant>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = Assembly::new(
        "SELECT c.person_id, s.skill_id, s.level, c.id, t.code, c.completed_on, c.valid_until
         FROM completions c
         JOIN training_versions v
           ON v.training_id = c.training_id AND v.major = c.major AND v.minor = c.minor
         JOIN training_skills s ON s.version_id = v.id
         JOIN trainings t ON t.id = c.training_id
         WHERE c.person_id IN (ids?)",
    )
    .bind_ids(&IdList::new(people.iter().copied()));
    let wanted = match skills {
        Some(skills) => {
            wanted.push("AND s.skill_id IN (ids?)").bind_ids(&IdList::new(skills.iter().copied()))
        }
        None => wanted,
    };
    holding(wanted, on).on(tx).all().await
}

/// What each of the people has of each skill: the highest level; of several completions at that level, the
/// one that lasts longest, and then the latest.
pub(super) fn best(grants: Vec<Grant>) -> Result<HashMap<(Uuid, Uuid), HeldSkill>> {
    let rank = |grant: &Grant| {
        let lasts = (grant.valid_until.is_none(), grant.valid_until);
        (grant.level, lasts, grant.completed_on, grant.completion_id)
    };
    let mut best: HashMap<(Uuid, Uuid), Grant> = HashMap::new();
    for grant in grants {
        let key = (grant.person_id, grant.skill_id);
        match best.get(&key) {
            Some(known) if rank(known) >= rank(&grant) => {}
            _ => {
                best.insert(key, grant);
            }
        }
    }
    best.into_iter()
        .map(|(key, grant)| {
            let held = HeldSkill {
                level: SkillLevel::stored(grant.level)?,
                training: grant.training,
                completed_on: grant.completed_on,
                valid_until: grant.valid_until,
                completion_id: grant.completion_id,
            };
            Ok((key, held))
        })
        .collect()
}

/// How many levels are missing.
pub(super) fn missing(required: Option<SkillLevel>, held: Option<&HeldSkill>) -> u8 {
    let has = held.map_or(0, |held| held.level.number());
    required.map_or(0, |required| required.number().saturating_sub(has))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(level: i64, done: &str, until: Option<&str>) -> Grant {
        let day = |text: &str| Day::parse(text).unwrap();
        Grant {
            person_id: Uuid::from_u128(1),
            skill_id: Uuid::from_u128(2),
            level,
            completion_id: Uuid::from_u128(3),
            training: format!("{level} {done}"),
            completed_on: day(done),
            valid_until: until.map(day),
        }
    }

    #[test]
    fn the_highest_level_counts_and_then_what_lasts_longest() {
        let short = grant(2, "2026-01-01", Some("2026-12-31"));
        let long = grant(2, "2025-06-01", Some("2027-05-31"));
        let for_good = grant(2, "2020-01-01", None);
        let latest = grant(2, "2024-01-01", None);
        let high = grant(3, "2026-01-01", Some("2026-02-01"));
        let all = [short, long, for_good, latest, high];
        let names: Vec<&str> = all.iter().map(|grant| &*grant.training).collect();
        for count in 1..=all.len() {
            let mut some = all[..count].to_vec();
            for _ in 0..count {
                some.rotate_left(1);
                let held = best(some.clone()).unwrap();
                let held = &held[&(Uuid::from_u128(1), Uuid::from_u128(2))];
                assert_eq!(held.training, names[count - 1]);
            }
        }
        assert_eq!(best(Vec::new()).unwrap(), HashMap::new());
    }

    #[test]
    fn what_is_missing_is_counted_in_levels() {
        let level = |number| SkillLevel::new(number);
        let held = best(vec![grant(2, "2026-01-01", None)]).unwrap();
        let held = held.values().next();
        assert_eq!(missing(level(5), held), 3);
        assert_eq!(missing(level(2), held), 0);
        assert_eq!(missing(level(1), held), 0);
        assert_eq!(missing(level(4), None), 4);
        assert_eq!(missing(None, held), 0);
    }
}
