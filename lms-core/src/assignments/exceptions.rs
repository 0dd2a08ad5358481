//! What could not be assigned as it was asked for, and waits for somebody to decide.

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::load::ExceptionRow;
use super::reconsider::reconsider;
use super::store::{ExceptionValues, retract};
use super::{ExceptionId, PAST_DUE, READ, RESOLVED, UNKNOWN_EXCEPTION, WRITE};
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::schema::ASSIGNMENT_EXCEPTIONS;
use crate::kernel::db::{Assembly, bulk, row};
use crate::kernel::error::Result;
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::text::Day;
use crate::operations::{Operation, OperationId, Write};
use crate::people::{self, Audience, PersonFilter, PersonId, Reach};
use crate::settings;

/// Something that waits for a decision.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exception {
    /// Its id.
    pub id: ExceptionId,
    /// Whose.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// The code of the training.
    pub training: String,
    /// Why it could not be assigned: `past_due` or `hire_unknown`.
    pub because: String,
    /// When it would have been due.
    pub due_on: Option<Day>,
    /// Since when it waits.
    pub parked_on: Day,
    /// When it was decided.
    pub resolved_on: Option<Day>,
    /// How: `assigned`, `dismissed`, or `settled` where it is no question any more.
    pub resolved_as: Option<String>,
}

/// Which of them.
#[derive(Debug, Clone, Default)]
pub struct ExceptionFilter {
    who: Option<PersonFilter>,
    training: Option<String>,
    resolved: bool,
    paging: Paging,
}

paged!(ExceptionFilter);

impl ExceptionFilter {
    /// Those that wait, the oldest first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those of these people.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.who = Some(PersonFilter::new().audience(audience.or_whoever_is_named()));
        self
    }

    /// Only those of this training.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.training = Some(training.to_owned());
        self
    }

    /// Also those that are decided.
    #[must_use]
    pub fn resolved(mut self, resolved: bool) -> Self {
        self.resolved = resolved;
        self
    }
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// It is assigned, with this due day or without one.
    Assign(Option<Day>),
    /// It is not.
    Dismiss,
}

row! {
    struct ListedRow {
        id: Uuid,
        person_id: Uuid,
        person: String,
        training: String,
        because: String,
        due_on: Option<Day>,
        parked_on: Day,
        resolved_on: Option<Day>,
        resolved_as: Option<String>,
    }
}

pub(super) async fn list(
    core: &Core,
    actor: &Actor,
    filter: ExceptionFilter,
) -> Result<Page<Exception>> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let mut wanted = Assembly::new(
        "SELECT e.id, e.person_id, COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name,
                t.code, e.because, e.due_on, e.parked_on, e.resolved_on, e.resolved_as
         FROM assignment_exceptions e
         JOIN persons x ON x.id = e.person_id JOIN trainings t ON t.id = e.training_id
         WHERE e.retracted_at IS NULL",
    );
    if !filter.resolved {
        wanted = wanted.push("AND e.resolved_on IS NULL");
    }
    if let Some(training) = &filter.training {
        let id = catalog::sql::find(&mut tx, training).await?;
        wanted = wanted.push("AND e.training_id = ?").bind(id.uuid());
    }
    wanted = match &filter.who {
        Some(who) => {
            let people = people::selecting(&mut tx, reach, core.now(), who).await?;
            wanted.push("AND e.person_id IN (").append(people).push(")")
        }
        None => reach.narrow(wanted),
    };
    if let Some((on, id)) = filter.paging.after::<(Day, Uuid)>()? {
        wanted =
            wanted.push("AND (e.parked_on, e.id) > (?").bind(on).push(", ?").bind(id).push(")");
    }
    let rows: Vec<ListedRow> = wanted
        .push("ORDER BY e.parked_on, e.id LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let page = filter.paging.page(rows, |row| (row.parked_on, row.id))?;
    let shown = |row: ListedRow| Exception {
        id: ExceptionId::new(row.id),
        person_id: PersonId::new(row.person_id),
        person: row.person,
        training: row.training,
        because: row.because,
        due_on: row.due_on,
        parked_on: row.parked_on,
        resolved_on: row.resolved_on,
        resolved_as: row.resolved_as,
    };
    Ok(Page { items: page.items.into_iter().map(shown).collect(), next: page.next })
}

/// Decides one of them; deciding again what was decided so changes nothing.
pub(super) async fn resolve(
    core: &Core,
    actor: &Actor,
    exception: ExceptionId,
    resolution: Resolution,
) -> Result<Option<OperationId>> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let reach = Reach::of(&mut write.tx, actor, WRITE, now).await?;
    let today = settings::today(&mut write.tx, now).await?;
    if let Resolution::Assign(Some(due_on)) = resolution
        && due_on < today
    {
        return Err(PAST_DUE
            .error(format!("{due_on} is past: it is {today}"))
            .with_field("due")
            .with_hint("name a day to come, such as `+14d`"));
    }
    let wanted = Assembly::new(
        "SELECT e.id, e.person_id, e.training_id, e.source, e.source_id, e.because, e.due_on,
                e.parked_on, e.resolved_on, e.resolved_as, e.decided_due_on
         FROM assignment_exceptions e JOIN persons x ON x.id = e.person_id
         WHERE e.retracted_at IS NULL AND e.id = ?",
    )
    .bind(exception.uuid());
    let row: Option<ExceptionRow> = reach.narrow(wanted).on(&mut write.tx).opt().await?;
    let Some(row) = row else {
        return Err(UNKNOWN_EXCEPTION
            .error(format!("nothing waits under `{exception}`"))
            .with_hint("`lmsctl exception list` shows what waits, with ids"));
    };
    let (how, decided_due_on) = match resolution {
        Resolution::Assign(due_on) => ("assigned", due_on),
        Resolution::Dismiss => ("dismissed", None),
    };
    if let Some(before) = &row.resolved_as {
        if before == how && row.decided_due_on == decided_due_on {
            return Ok(None);
        }
        return Err(UNKNOWN_EXCEPTION
            .error(format!("it was decided already: it is {before}"))
            .with_hint("`lmsctl assign` and `lmsctl unassign` change what is assigned"));
    }
    retract(
        &mut write.tx,
        [
            "DELETE FROM assignment_exceptions WHERE recorded_at = ?",
            "UPDATE assignment_exceptions SET retracted_at = ?",
        ],
        "AND retracted_at IS NULL AND id IN (ids?)",
        now,
        vec![row.id],
    )
    .await?;
    let values = ExceptionValues {
        id: row.id,
        person: row.person_id,
        training: row.training_id,
        source: &row.source,
        source_id: row.source_id,
        because: &row.because,
        due_on: row.due_on,
        parked_on: row.parked_on,
        resolved: Some((today, how)),
        decided_due_on,
    };
    bulk::insert(&mut write.tx, &ASSIGNMENT_EXCEPTIONS, [values.values(now)]).await?;
    let effects = reconsider(&mut write, &[row.person_id], &[row.training_id]).await?;
    let told = json!({ "resolved_as": how, "due_on": decided_due_on });
    let operation = effects.told(Operation::new(RESOLVED)).count("resolved", 1).change(
        "exception",
        Some(row.id),
        None::<&()>,
        Some(&told),
    );
    let operation = write.record(operation);
    write.commit().await?;
    Ok(Some(operation))
}
