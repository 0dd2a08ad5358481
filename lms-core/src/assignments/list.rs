//! Looking at assignments: lists by what they are on a day, and all that stands between one person and
//! one training.

use serde::Serialize;
use uuid::Uuid;

use super::engine::{Kind, Obligation, Status};
use super::order::AssignmentSort;
use super::sql::{AssignmentRow, assignment_columns, kind, was_in_time_for_leave};
use super::{AssignmentId, READ};
use crate::catalog::{self, TrainingId};
use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Engine, IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;
use crate::people::{self, Audience, PersonFilter, PersonId, Reach};
use crate::settings;

/// Which assignments, as of which day.
#[derive(Debug, Clone, Default)]
pub struct AssignmentFilter {
    who: Option<PersonFilter>,
    trainings: Vec<String>,
    statuses: Vec<Status>,
    kinds: Vec<Kind>,
    closed: bool,
    enrolled: bool,
    own: bool,
    as_of: Option<Day>,
    due_before: Option<Day>,
    sort: AssignmentSort,
    paging: Paging,
}

paged!(AssignmentFilter);

impl AssignmentFilter {
    /// All that are open today, the earliest due first.
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

    /// Only those for this training, or another one that is asked for.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
        self
    }

    /// Only those that are this, or another one that is asked for.
    #[must_use]
    pub fn status(mut self, status: Status) -> Self {
        self.statuses.push(status);
        self
    }

    /// Only those of this kind, or another one that is asked for.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kinds.push(kind);
        self
    }

    /// Also those that are done or cancelled.
    #[must_use]
    pub fn closed(mut self, closed: bool) -> Self {
        self.closed = closed;
        self
    }

    /// Only those of whoever asks.
    #[must_use]
    pub fn own(mut self, own: bool) -> Self {
        self.own = own;
        self
    }

    /// Only those in which somebody enrolled themselves.
    #[must_use]
    pub fn enrolled(mut self, enrolled: bool) -> Self {
        self.enrolled = enrolled;
        self
    }

    /// Only those that are due before this day.
    #[must_use]
    pub fn due_before(mut self, day: Option<Day>) -> Self {
        self.due_before = day;
        self
    }

    /// In this order.
    #[must_use]
    pub fn sort(mut self, sort: AssignmentSort) -> Self {
        self.sort = sort;
        self
    }

    /// What they are on this day, by what is known now.
    #[must_use]
    pub fn as_of(mut self, day: Option<Day>) -> Self {
        self.as_of = day;
        self
    }
}

impl Status {
    /// Reads the name.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|status| status.as_str() == wanted).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str);
            Error::invalid("status", format!("`{}` is not a status", text.trim()))
                .with_hints(suggest(&wanted, names))
                .with_hint(format!("it is one of: {}", names.join(", ")))
        })
    }
}

impl Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        output.serialize_str(self.as_str())
    }
}

/// One assignment, as it is on a day.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assignment {
    /// Its id: that of one cycle.
    pub id: AssignmentId,
    /// Whose.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// Their number in the payroll.
    pub employee_number: Option<String>,
    /// Of what.
    pub training_id: TrainingId,
    /// Its code.
    pub training: String,
    /// What it is called.
    pub title: String,
    /// Which turn of it.
    pub cycle: i64,
    /// How strongly it is meant.
    pub kind: Kind,
    /// What it is on the day.
    pub status: Status,
    /// Since when it stands.
    pub assigned_on: Day,
    /// When it was begun.
    pub started_on: Option<Day>,
    /// The last day in time.
    pub due_on: Option<Day>,
    /// The first day past the grace.
    pub overdue_on: Option<Day>,
    /// The due day as it was asked for, before extensions and leaves.
    pub baseline_due_on: Option<Day>,
    /// Until when it was extended.
    pub extended_to: Option<Day>,
    /// The last day that it covers, where it is done.
    pub expires_on: Option<Day>,
    /// When the next one begins, where it is done.
    pub window_on: Option<Day>,
    /// When it ended.
    pub closed_on: Option<Day>,
    /// How it ended.
    pub closed_as: Option<String>,
    /// Since when a seat is waited for.
    pub waiting_since: Option<Day>,
}

row! {
    struct ListedRow {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        cycle: i64,
        kind: String,
        assigned_on: Day,
        started_on: Option<Day>,
        due_on: Option<Day>,
        overdue_on: Option<Day>,
        baseline_due_on: Option<Day>,
        window_on: Option<Day>,
        expires_on: Option<Day>,
        closed_on: Option<Day>,
        closed_as: Option<String>,
        waiting_from: Option<Day>,
        waiting_until: Option<Day>,
        extended_to: Option<Day>,
        status: String,
        person: String,
        employee_number: Option<String>,
        training: String,
        title: String,
        due_key: Day,
        sort_key: String,
        code_key: String,
    }
}

/// Later than any due day.
const NEVER: &str = "9999-12-31";

/// What an assignment `a` is on a day: the table of `engine/status.rs`. The day is bound as often as
/// it is asked for; `soon` is the last day that is due soon.
pub(super) fn status_case(wanted: Assembly, engine: Engine, day: Day, soon: Day) -> Assembly {
    wanted
        .push("CASE WHEN a.assigned_on > ?")
        .bind(day)
        .push("AND (a.closed_on IS NULL OR a.closed_on > ?")
        .bind(day)
        .push(") THEN '' WHEN a.closed_on <= ?")
        .bind(day)
        .push(
            "AND a.closed_as <> 'completed' THEN 'cancelled'
             WHEN EXISTS (SELECT 1 FROM exemptions e
                          WHERE e.person_id = a.person_id AND e.training_id = a.training_id
                            AND e.retracted_at IS NULL AND e.from_on <= ?",
        )
        .bind(day)
        .push("AND (e.until_on IS NULL OR e.until_on >= ?")
        .bind(day)
        .push(")) THEN 'exempt' WHEN a.closed_on <= ?")
        .bind(day)
        .push("AND (a.expires_on IS NULL OR a.expires_on >= ?")
        .bind(day)
        .push(
            ") AND (a.due_on IS NULL OR a.closed_on <= a.due_on) THEN 'completed'
             WHEN a.closed_on <= ?",
        )
        .bind(day)
        .push("AND (a.expires_on IS NULL OR a.expires_on >= ?")
        .bind(day)
        .push(") THEN 'completed_late' WHEN a.closed_on <= ?")
        .bind(day)
        .push("THEN 'expired' WHEN a.waiting_from <= ?")
        .bind(day)
        .push("AND (a.waiting_until IS NULL OR a.waiting_until > ?")
        .bind(day)
        .push(
            ") THEN 'waitlisted'
             WHEN a.pauses
              AND EXISTS (SELECT 1 FROM leaves c
                          WHERE c.person_id = a.person_id AND c.retracted_at IS NULL AND c.from_on <= ?",
        )
        .bind(day)
        .push("AND (c.until_on IS NULL OR c.until_on >= ?")
        .bind(day)
        .push("))")
        .append(was_in_time_for_leave(engine, day))
        .push("THEN 'on_leave' WHEN a.overdue_on <= ?")
        .bind(day)
        .push("THEN 'overdue' WHEN a.due_on < ?")
        .bind(day)
        .push("THEN 'late' WHEN a.due_on <= ?")
        .bind(soon)
        .push("THEN 'due_soon' WHEN a.started_on <= ?")
        .bind(day)
        .push("THEN 'in_progress' ELSE 'assigned' END")
}

pub(super) async fn list(
    core: &Core,
    actor: &Actor,
    filter: AssignmentFilter,
) -> Result<Page<Assignment>> {
    let mut tx = core.db().begin_read().await?;
    let wanted = asked(&mut tx, core, actor, READ, &filter, SELECT).await?;
    let wanted = filter.sort.from(filter.paging.after()?, wanted)?;
    let wanted = wanted.push("LIMIT ?").bind(filter.paging.rows_wanted()?);
    let rows: Vec<ListedRow> = wanted.on(&mut tx).all().await?;
    let page = filter.paging.page(rows, |row| {
        let names = (row.sort_key.as_str(), row.code_key.as_str());
        filter.sort.key(row.id, row.due_key, row.assigned_on, names)
    })?;
    let items = page.items.into_iter().map(Assignment::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page { items, next: page.next })
}

pub(super) async fn count(core: &Core, actor: &Actor, filter: &AssignmentFilter) -> Result<i64> {
    let mut tx = core.db().begin_read().await?;
    let wanted = asked(&mut tx, core, actor, READ, filter, "SELECT COUNT(*)").await?;
    let One(count): One<i64> = wanted.on(&mut tx).one().await?;
    Ok(count)
}

const SELECT: &str = "
SELECT b.id, b.person_id, b.training_id, b.cycle, b.kind, b.assigned_on, b.started_on, b.due_on,
       b.overdue_on, b.baseline_due_on, b.window_on, b.expires_on, b.closed_on, b.closed_as,
       b.waiting_from, b.waiting_until, b.extended_to, b.status,
       COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name, x.employee_number, t.code,
       t.title, b.due_key, x.sort_key, t.code_key";

/// The assignments `b` that a filter means, with what they are on the day, of whoever a permission reaches.
pub(crate) async fn asked(
    tx: &mut Tx,
    core: &Core,
    actor: &Actor,
    permission: Permission,
    filter: &AssignmentFilter,
    select: &'static str,
) -> Result<Assembly> {
    let now = core.now();
    let organisation = settings::current(tx).await?;
    let day = match filter.as_of {
        Some(day) => day,
        None => settings::today(tx, now).await?,
    };
    let soon = super::engine::plus_days(
        day,
        i32::try_from(organisation.due_soon_days).unwrap_or(i32::MAX),
    );
    let never = Day::parse(NEVER)?;
    let inner = Assembly::new(select)
        .push("FROM (SELECT")
        .push(assignment_columns!())
        .push(", COALESCE(a.due_on, ?")
        .bind(never)
        .push(") AS due_key,");
    let inner = status_case(inner, tx.engine(), day, soon)
        .push("AS status FROM assignments a WHERE a.retracted_at IS NULL");
    let mut inner = match filter.statuses.as_slice() {
        [] if !filter.closed => {
            inner.push("AND (a.closed_on IS NULL OR a.closed_on > ?").bind(day).push(")")
        }
        _ => inner,
    };
    if filter.statuses == [Status::Overdue] {
        // Said twice, so that the index over what is open can serve.
        inner = inner.push("AND a.overdue_on <= ?").bind(day);
        if filter.as_of.is_none() {
            inner = inner.push("AND a.closed_on IS NULL");
        }
    }
    if !filter.trainings.is_empty() {
        let ids = catalog::sql::find_all(tx, &filter.trainings).await?;
        inner = inner.push("AND a.training_id IN (ids?)").bind_ids(&IdList::new(ids));
    }
    if !filter.kinds.is_empty() {
        let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
        inner = inner.push("AND a.kind IN (texts?)").bind_texts(&kinds);
    }
    inner = inner.push_some("AND a.due_on < ?", filter.due_before);
    if filter.own {
        inner = inner.push("AND a.person_id = ?").bind(actor.own()?);
    }
    if filter.enrolled {
        inner = inner.push(
            "AND EXISTS (SELECT 1 FROM assignment_reasons r
                         WHERE r.assignment_id = a.id AND r.retracted_at IS NULL AND r.source = 'self')",
        );
    }
    let reach = Reach::of(tx, actor, permission, now).await?;
    if let Some(who) = &filter.who {
        let people = people::selecting(tx, reach, now, who).await?;
        inner = inner.push("AND a.person_id IN (").append(people).push(")");
    } else if !reach.is_everybody() {
        let people = reach.narrow(Assembly::new("SELECT x.id FROM persons x WHERE TRUE"));
        inner = inner.push("AND a.person_id IN (").append(people).push(")");
    }
    let wanted = inner.push(
        ") b JOIN persons x ON x.id = b.person_id JOIN trainings t ON t.id = b.training_id
         WHERE b.status <> ''",
    );
    if filter.statuses.is_empty() {
        return Ok(wanted);
    }
    let statuses: Vec<&str> = filter.statuses.iter().map(|status| status.as_str()).collect();
    Ok(wanted.push("AND b.status IN (texts?)").bind_texts(&statuses))
}

/// All cycles of a person, or of a person and a training, the newest last.
pub(super) async fn cycles(
    tx: &mut Tx,
    now: Timestamp,
    person: Uuid,
    training: Option<Uuid>,
) -> Result<Vec<Assignment>> {
    let day = settings::today(tx, now).await?;
    cycles_on(tx, day, person, training).await
}

/// The same, with what each of them is on a day. Its days are those of now: of a day that has passed
/// [`Assignment::of_day`] knows them.
pub(super) async fn cycles_on(
    tx: &mut Tx,
    day: Day,
    person: Uuid,
    training: Option<Uuid>,
) -> Result<Vec<Assignment>> {
    let organisation = settings::current(tx).await?;
    let soon = super::engine::plus_days(
        day,
        i32::try_from(organisation.due_soon_days).unwrap_or(i32::MAX),
    );
    let inner = Assembly::new(SELECT)
        .push("FROM (SELECT")
        .push(assignment_columns!())
        .push(", COALESCE(a.due_on, ?")
        .bind(Day::parse(NEVER)?)
        .push(") AS due_key,");
    let rows: Vec<ListedRow> = status_case(inner, tx.engine(), day, soon)
        .push("AS status FROM assignments a WHERE a.retracted_at IS NULL AND a.person_id = ?")
        .bind(person)
        .push_some("AND a.training_id = ?", training)
        .push(
            ") b JOIN persons x ON x.id = b.person_id JOIN trainings t ON t.id = b.training_id
             ORDER BY t.code_key, b.cycle",
        )
        .on(tx)
        .all()
        .await?;
    rows.into_iter().filter(|row| !row.status.is_empty()).map(Assignment::try_from).collect()
}

impl Assignment {
    /// As it was on a day on which the cycle was this.
    pub(super) fn of_day(self, then: &Obligation, status: Status) -> Self {
        let days = &then.days;
        Self {
            kind: then.kind,
            status,
            started_on: days.started_on,
            due_on: days.due_on,
            overdue_on: days.overdue_on,
            baseline_due_on: days.baseline_due_on,
            extended_to: then.extension.map(|extension| extension.due_on),
            expires_on: days.expires_on,
            window_on: days.window_on,
            closed_on: days.closed_on,
            closed_as: days.closed_as.map(|how| how.as_str().to_owned()),
            waiting_since: then.waiting.filter(|one| one.back_on.is_none()).map(|one| one.from),
            ..self
        }
    }
}

impl TryFrom<ListedRow> for Assignment {
    type Error = Error;

    fn try_from(row: ListedRow) -> Result<Self> {
        let status = Status::parse(&row.status)
            .map_err(|cause| Error::inconsistent("the status of an assignment", cause))?;
        Ok(Self {
            id: AssignmentId::new(row.id),
            person_id: PersonId::new(row.person_id),
            person: row.person,
            employee_number: row.employee_number,
            training_id: TrainingId::new(row.training_id),
            training: row.training,
            title: row.title,
            cycle: row.cycle,
            kind: kind(&row.kind)?,
            status,
            assigned_on: row.assigned_on,
            started_on: row.started_on,
            due_on: row.due_on,
            overdue_on: row.overdue_on,
            baseline_due_on: row.baseline_due_on,
            extended_to: row.extended_to,
            expires_on: row.expires_on,
            window_on: row.window_on,
            closed_on: row.closed_on,
            closed_as: row.closed_as,
            waiting_since: row.waiting_from.filter(|_| row.waiting_until.is_none()),
        })
    }
}

/// An assignment by its id, if the actor may see whose it is.
pub(super) async fn row_of(tx: &mut Tx, reach: &Reach, id: Uuid) -> Result<Option<AssignmentRow>> {
    let row: Option<AssignmentRow> = Assembly::new(concat!(
        "SELECT ",
        assignment_columns!(),
        " FROM assignments a WHERE a.retracted_at IS NULL AND a.id = ?"
    ))
    .bind(id)
    .on(tx)
    .opt()
    .await?;
    let Some(row) = row else { return Ok(None) };
    let within = reach.within(tx, &[row.person_id]).await?;
    Ok(within.contains(&row.person_id).then_some(row))
}
