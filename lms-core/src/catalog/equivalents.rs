//! What counts in place of a training: dated facts that are never overwritten.

use serde_json::json;

use super::sql::{self, EquivalentRow, Stored};
use super::types::Equivalent;
use super::{EQUIVALENT_UNKNOWN, NOT_EQUIVALENT, TrainingId, find};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::TRAINING_EQUIVALENTS;
use crate::kernel::db::{Field, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Changed, FieldChange, Operation, Write};
use crate::settings;

/// From now on, or from a day on, whoever has done `by` has done `training` as well.
pub(super) async fn add(
    core: &Core,
    actor: &Actor,
    training: &str,
    by: &str,
    from: Option<Day>,
    until: Option<Day>,
) -> Result<Changed<Vec<Equivalent>>> {
    let mut act = Act::begin(core, actor, training, by).await?;
    let from = match from {
        Some(day) => day,
        None => settings::today(&mut act.write.tx, act.write.ctx.now).await?,
    };
    if until.is_some_and(|until| until <= from) {
        return Err(Error::invalid("until", "it ends before it begins")
            .with_hint("`until` is the first day on which it no longer holds"));
    }
    if act.training.id == act.other.id {
        return Err(NOT_EQUIVALENT
            .error(format!("`{}` cannot stand in for itself", act.training.code))
            .with_field("satisfied_by"));
    }
    if let Some(unfit) = [&act.training, &act.other].into_iter().find(|one| one.published.is_none())
    {
        return Err(NOT_EQUIVALENT
            .error(format!("`{}` was never published: nobody can have done it", unfit.code))
            .with_hint(format!("publish it first: `lmsctl training publish {}`", unfit.code)));
    }
    if act.known.iter().any(|known| (known.valid_from, known.valid_until) == (from, until)) {
        return act.finish(None, None).await;
    }
    let overlaps = act.known.iter().find(|known| {
        known.valid_until.is_none_or(|end| from < end)
            && until.is_none_or(|end| known.valid_from < end)
    });
    if let Some(known) = overlaps {
        return Err(NOT_EQUIVALENT
            .error(format!(
                "`{}` counts for `{}` from {} already",
                act.other.code, act.training.code, known.valid_from
            ))
            .with_hint("end that first: `lmsctl training equivalent end`"));
    }
    act.insert(from, until).await?;
    act.finish(None, Some(told(from, until))).await
}

/// From this day on `by` no longer counts for `training`.
pub(super) async fn end(
    core: &Core,
    actor: &Actor,
    training: &str,
    by: &str,
    until: Day,
) -> Result<Changed<Vec<Equivalent>>> {
    let mut act = Act::begin(core, actor, training, by).await?;
    if act.known.iter().any(|known| known.valid_until == Some(until)) {
        return act.finish(None, None).await;
    }
    let open = act.known.iter().rfind(|known| known.valid_until.is_none_or(|end| until < end));
    let Some(open) = open else {
        return Err(EQUIVALENT_UNKNOWN
            .error(format!(
                "`{}` does not count for `{}` on {until}",
                act.other.code, act.training.code
            ))
            .with_hint(format!("`lmsctl training show {}` lists what does", act.training.code)));
    };
    let (id, from) = (open.id, open.valid_from);
    let before = told(from, open.valid_until);
    let now = act.write.ctx.now;
    act.write.tx.sql(&sql::RETRACT_EQUIVALENT).bind(id).bind(now).run_one().await?;
    // What ends before it began never held.
    let after = (from < until).then(|| told(from, Some(until)));
    if after.is_some() {
        act.insert(from, Some(until)).await?;
    }
    act.finish(Some(before), after).await
}

fn told(from: Day, until: Option<Day>) -> String {
    match until {
        Some(until) => format!("from {from}, before {until}"),
        None => format!("from {from}"),
    }
}

/// Two trainings, and what is believed of them.
struct Act {
    write: Write,
    training: Stored,
    other: Stored,
    known: Vec<EquivalentRow>,
}

impl Act {
    async fn begin(core: &Core, actor: &Actor, training: &str, by: &str) -> Result<Self> {
        let mut write = Write::begin(core, actor).await?;
        let id = sql::find(&mut write.tx, training).await?;
        let training = sql::load_one(&mut write.tx, id).await?;
        let other = sql::find(&mut write.tx, by).await;
        let other = other.map_err(|error| error.with_field("satisfied_by"))?;
        let other = sql::load_one(&mut write.tx, other).await?;
        let mut known: Vec<EquivalentRow> =
            write.tx.sql(&sql::EQUIVALENTS_OF).bind(id).all().await?;
        known.retain(|known| known.satisfied_by_id == other.id);
        Ok(Self { write, training, other, known })
    }

    async fn insert(&mut self, from: Day, until: Option<Day>) -> Result<()> {
        let row = vec![
            self.write.ctx.new_id().into_value(),
            self.training.id.into_value(),
            self.other.id.into_value(),
            from.into_value(),
            until.into_value(),
            self.write.ctx.now.into_value(),
            None::<Timestamp>.into_value(),
        ];
        bulk::insert(&mut self.write.tx, &TRAINING_EQUIVALENTS, [row]).await.map(drop)
    }

    /// Records what changed, if anything.
    async fn finish(
        mut self,
        before: Option<String>,
        after: Option<String>,
    ) -> Result<Changed<Vec<Equivalent>>> {
        let field = format!("equivalents.{}", self.other.code);
        let (changed, operation) = if before == after {
            (Vec::new(), None)
        } else {
            let was = before.as_ref().map(|before| json!({ &field: before }));
            let is = json!({ &field: after });
            let id = self.training.id;
            let data = json!({ "training_ids": [id], "codes": [self.training.code] });
            let operation = Operation::new("training.changed")
                .count("changed", 1)
                .change("training", Some(id), was.as_ref(), Some(&is))
                .event("training.changed", Some(id.to_string()), data);
            self.write.retaught(id);
            (vec![FieldChange { field, before, after }], Some(self.write.record(operation)))
        };
        let id = TrainingId::new(self.training.id);
        let value = find::equivalents(&mut self.write.tx, id).await?;
        self.write.commit().await?;
        Ok(Changed { value, changed, operation })
    }
}
