//! For tests: rules put into force without anything that follows for people, and asked for as of a day.

use super::definition::RuleDefinition;
use super::in_force::{as_if, in_force, in_force_of};
use super::parts::RuleStatus;
use super::save::{difference, tell};
use super::store::put;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::{Operation, Write};

/// Code, status, version, title and number of other versions.
pub(crate) type Then = (String, RuleStatus, u32, String, usize);

/// Puts a definition into force from a day on, or says that it stands otherwise from then on.
pub(crate) async fn apply(
    core: &Core,
    actor: &Actor,
    from: Day,
    definition: RuleDefinition,
    status: RuleStatus,
) -> Result<()> {
    let mut write = Write::begin(core, actor).await?;
    // Whatever begins later is to be followed, too.
    let last = Day::parse("9999-12-31")?;
    let known = in_force_of(&mut write.tx, &definition.code, last, None).await?;
    let before = known.as_ref().map(|rule| rule.definition.clone());
    let mut rule = as_if(&mut write.tx, from, definition, known.as_ref()).await?;
    rule.status = status;
    let id = put(&mut write, &rule).await?;
    let changed = difference(before.as_ref(), &rule.definition);
    write.record(tell(Operation::new("rule.applied"), id, &changed));
    write.commit().await
}

/// The rules in force on a day, as known at an instant; only those about these trainings, where any are
/// named.
pub(crate) async fn then(
    core: &Core,
    day: Day,
    known_at: Option<Timestamp>,
    trainings: &[&str],
) -> Result<Vec<Then>> {
    let mut tx = core.db().begin_read().await?;
    let mut ids = Vec::new();
    for name in trainings {
        ids.push(crate::catalog::sql::find(&mut tx, name).await?.uuid());
    }
    let asked = (!trainings.is_empty()).then_some(ids.as_slice());
    let rules = in_force(&mut tx, day, known_at, asked).await?;
    let told = rules.into_iter().map(|rule| {
        (rule.code, rule.status, rule.version, rule.definition.title, rule.earlier.len())
    });
    Ok(told.collect())
}
