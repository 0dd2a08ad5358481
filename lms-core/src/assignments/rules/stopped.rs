//! Rules that stand still, because a name in their audience means nothing any more: nothing is given and
//! nothing taken before somebody says who is meant.

use serde::Serialize;

use super::RuleId;
use super::in_force::{RuleInForce, in_force};
use super::parts::RuleStatus;
use crate::kernel::db::{Assembly, One, Tx};
use crate::kernel::error::{ErrorKind, Result};
use crate::kernel::text::Day;
use crate::people::audience::known::Known;

/// More endings than this are not gone back to, to find the one that stopped a rule.
const ENDINGS_MAX: u32 = 64;

/// A rule that is active, and whose audience nobody can tell.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoppedRule {
    /// The rule.
    pub id: RuleId,
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Since when; the day on which it began where that cannot be told.
    pub since: Day,
    /// What means nothing.
    pub because: String,
}

/// Those that stand still on a day, by code.
pub(crate) async fn stopped(tx: &mut Tx, day: Day) -> Result<Vec<StoppedRule>> {
    let mut active = in_force(tx, day, None, None).await?;
    active.retain(|rule| {
        rule.status == RuleStatus::Active && rule.ends_on().is_none_or(|end| day < end)
    });
    if active.is_empty() {
        return Ok(Vec::new());
    }
    let audiences = active.iter().map(|rule| rule.definition.audience.clone()).collect();
    let known = Known::load_for(tx, audiences, day, None).await?.forgiving();
    let mut stopped = Vec::new();
    for rule in active {
        match known.resolve(&rule.definition.audience) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Internal => return Err(error),
            Err(error) => stopped.push(StoppedRule {
                since: since(tx, &rule, day).await?,
                id: RuleId::new(rule.id),
                because: error.message().to_owned(),
                title: rule.definition.title,
                code: rule.code,
            }),
        }
    }
    stopped.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(stopped)
}

/// The day on which what its audience names came to mean nothing: the last on which something ended
/// before which it meant something.
async fn since(tx: &mut Tx, rule: &RuleInForce, day: Day) -> Result<Day> {
    let audience = &rule.definition.audience;
    // Few rules stop, and most because of what ended last.
    for ended_on in endings(tx, rule.begins_on(), day).await? {
        let known = Known::load_for(tx, vec![audience.clone()], ended_on.previous(), None).await?;
        if known.forgiving().resolve(audience).is_ok() {
            return Ok(ended_on);
        }
    }
    Ok(rule.begins_on())
}

/// The days after one and up to another on which a department, location, job role or group ended, the
/// latest first.
async fn endings(tx: &mut Tx, after: Day, until: Day) -> Result<Vec<Day>> {
    let days: Vec<One<Day>> = Assembly::new(
        "SELECT DISTINCT e.valid_until FROM (
             SELECT valid_until FROM unit_periods WHERE retracted_at IS NULL
             UNION ALL
             SELECT valid_until FROM group_periods WHERE retracted_at IS NULL
         ) e WHERE e.valid_until > ?",
    )
    .bind(after)
    .push("AND e.valid_until <= ?")
    .bind(until)
    .push("ORDER BY e.valid_until DESC LIMIT ?")
    .bind(i64::from(ENDINGS_MAX))
    .on(tx)
    .all()
    .await?;
    Ok(days.into_iter().map(|One(day)| day).collect())
}
