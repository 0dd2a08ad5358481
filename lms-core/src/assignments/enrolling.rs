//! Enrolling oneself: what is published, once, with a seat or a place in the queue, and only when what
//! comes first is done.

use std::collections::{BTreeSet, HashSet};

use serde_json::json;
use uuid::Uuid;

use super::as_of::Moment;
use super::engine::{Kind, OnPastDue, SourceKind, plan};
use super::list::{Assignment, cycles};
use super::load::{Asked, Fresh, Today};
use super::seating::Seating;
use super::store::{Ending, store};
use super::terms::{DueRule, OrderTerms, TermsDocument};
use super::{ALREADY_DONE, ENROL, ENROLLED, NOT_GIVEN, PREREQUISITES_MISSING, UNKNOWN_ASSIGNMENT};
use crate::catalog::{self, TrainingStatus};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::schema::ASSIGNMENT_ORDERS;
use crate::kernel::db::{Assembly, Field, IdList, One, Tx, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Changed, Operation, Write};
use crate::people::{self, Reach};
use crate::settings;

/// The prerequisites of a training that a person has not done, as of a day; by code.
pub(crate) async fn missing_prerequisites(
    tx: &mut Tx,
    person: Uuid,
    training: Uuid,
    day: Day,
) -> Result<Vec<String>> {
    let wanted = Assembly::new(
        "SELECT t.code FROM training_prerequisites p
         JOIN trainings t ON t.id = p.required_id
         JOIN persons x ON x.id = ?",
    )
    .bind(person)
    .push("WHERE p.training_id = ?")
    .bind(training)
    .push("AND");
    let missing: Vec<One<String>> = not_done(wanted, day)
        .push("AND c.retracted_at IS NULL) ORDER BY t.code_key")
        .on(tx)
        .all()
        .await?;
    Ok(missing.into_iter().map(|One(code)| code).collect())
}

/// Those of these assignments that cannot be begun, because something has to be done before: as of a day,
/// by what was known of completions. What comes first is what does so now.
pub(crate) async fn lacking_prerequisites(
    tx: &mut Tx,
    assignments: &[Uuid],
    moment: &Moment,
) -> Result<HashSet<Uuid>> {
    let wanted = Assembly::new(
        "SELECT DISTINCT a.id FROM assignments a
         JOIN persons x ON x.id = a.person_id
         JOIN training_prerequisites p ON p.training_id = a.training_id
         WHERE a.id IN (ids?)",
    )
    .bind_ids(&IdList::new(assignments.iter().copied()))
    .push("AND");
    let wanted = match moment.known_at {
        None => not_done(wanted, moment.day).push("AND c.retracted_at IS NULL"),
        Some(instant) => not_done(wanted, moment.day)
            .push("AND c.recorded_at <= ?")
            .bind(instant)
            .push("AND (c.retracted_at IS NULL OR c.retracted_at > ?")
            .bind(instant)
            .push(")"),
    };
    let wanted = wanted.push("AND c.completed_on <= ?").bind(moment.day).push(")");
    let lacking: Vec<One<Uuid>> = wanted.on(tx).all().await?;
    Ok(lacking.into_iter().map(|One(id)| id).collect())
}

/// Whether the person `x` has not done the prerequisite `p`, nor what stands in for it, so that it covers a
/// day; which completions `c` are believed is still to be said.
fn not_done(wanted: Assembly, day: Day) -> Assembly {
    wanted
        .push(
            "NOT EXISTS (SELECT 1 FROM completions c
                         WHERE c.person_id = x.id AND c.revoked_on IS NULL
                           AND (c.training_id = p.required_id OR c.training_id IN
                                (SELECT e.satisfied_by_id FROM training_equivalents e
                                 WHERE e.training_id = p.required_id AND e.retracted_at IS NULL
                                   AND e.valid_from <= c.completed_on
                                   AND (e.valid_until IS NULL OR e.valid_until > c.completed_on)))
                           AND (c.valid_until IS NULL OR c.valid_until >= ?",
        )
        .bind(day)
        .push(")")
}

/// Enrols somebody in a training; who is enrolled already stays so, and nothing happens.
pub(super) async fn enrol(
    core: &Core,
    actor: &Actor,
    person: &str,
    training: &str,
) -> Result<Changed<Assignment>> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let reach = Reach::of(&mut write.tx, actor, ENROL, now).await?;
    let person = people::find_person(&mut write.tx, &reach, person).await?.uuid();
    let training = catalog::sql::find(&mut write.tx, training).await?;
    let stored = catalog::sql::load_one(&mut write.tx, training).await?;
    let training = training.uuid();
    if stored.published.is_none() || stored.status != TrainingStatus::Published {
        return Err(NOT_GIVEN
            .error(format!("`{}` is not open for enrolment", stored.code))
            .with_field("training")
            .with_hint("`lmsctl training list` shows what is"));
    }
    let before = cycles(&mut write.tx, now, person, Some(training)).await?;
    if let Some(open) = before.iter().find(|one| one.closed_on.is_none()) {
        return Ok(Changed { value: open.clone(), changed: Vec::new(), operation: None });
    }
    let today = settings::today(&mut write.tx, now).await?;
    let missing = missing_prerequisites(&mut write.tx, person, training, today).await?;
    if !missing.is_empty() {
        return Err(prerequisites_missing(&stored.code, &missing));
    }
    let fresh = Fresh {
        id: write.ctx.new_id(),
        kind: SourceKind::Learner,
        training,
        path: None,
        ordered_on: today,
        terms: TermsDocument::new(&OrderTerms {
            kind: Kind::Optional,
            due: &DueRule::Never,
            after: None,
            grace_days: 0,
            on_past_due: OnPastDue::default(),
            again: false,
        }),
    };
    let row = vec![
        fresh.id.into_value(),
        fresh.kind.as_str().into_value(),
        training.into_value(),
        None::<Uuid>.into_value(),
        today.into_value(),
        fresh.terms.text().into_value(),
        fresh.terms.after().into_value(),
        now.into_value(),
    ];
    bulk::insert(&mut write.tx, &ASSIGNMENT_ORDERS, [row]).await?;
    let (people, trainings, fresh) = ([person], [training], [fresh]);
    let asked = Asked { fresh: &fresh, ..Asked::of(Today::Local(now), &people, &trainings) };
    let loaded = asked.load(&mut write.tx).await?;
    let plan = plan(&loaded.book, &loaded.facts);
    let plan = Seating::default().allot(&mut write.tx, &loaded, plan).await?;
    let effects = store(&mut write, &loaded, &plan, Ending::Cancelled).await?;
    if effects.is_empty() {
        return Err(ALREADY_DONE
            .error(format!("`{}` cannot be enrolled in: it is done, or not asked for", stored.code))
            .with_hint("whoever has done it need not do it again as long as it holds"));
    }
    let operation = write.record(effects.told(Operation::new(ENROLLED)));
    let after = cycles(&mut write.tx, now, person, Some(training)).await?;
    let value = after.into_iter().rfind(|one| one.closed_on.is_none());
    let value = value.ok_or_else(|| Error::internal("an enrolment is gone"))?;
    write.commit().await?;
    Ok(Changed { value, changed: Vec::new(), operation: Some(operation) })
}

/// Refuses to begin before what comes first is done.
pub(crate) fn prerequisites_missing(code: &str, missing: &[String]) -> Error {
    PREREQUISITES_MISSING
        .error(format!("before `{code}` comes {}", missing.join(", ")))
        .with_field("training")
        .with_hint("do that first; `lmsctl assign --with-prerequisites` assigns it along")
}

/// Takes an enrolment of one's own back; what others ask for stays.
pub(super) async fn withdraw(
    core: &Core,
    actor: &Actor,
    assignment: super::AssignmentId,
) -> Result<Option<crate::operations::OperationId>> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let reach = Reach::of(&mut write.tx, actor, ENROL, now).await?;
    let row = super::list::row_of(&mut write.tx, &reach, assignment.uuid()).await?;
    let Some(row) = row else {
        return Err(UNKNOWN_ASSIGNMENT
            .error(format!("there is no enrolment `{assignment}`"))
            .with_hint("`lmsctl assignment list` shows what is open"));
    };
    let own: Vec<One<Uuid>> = Assembly::new(
        "SELECT r.source_id FROM assignment_reasons r
         WHERE r.retracted_at IS NULL AND r.removed_on IS NULL AND r.source = 'self' AND r.assignment_id IN (ids?)",
    )
    .bind_ids(&IdList::new([row.id]))
    .on(&mut write.tx)
    .all()
    .await?;
    let own: BTreeSet<Uuid> = own.into_iter().map(|One(id)| id).collect();
    if own.is_empty() || row.closed_on.is_some() {
        return Ok(None);
    }
    let taken_back = super::load::TakenBack { orders: Some(own), even_started: true };
    let (people, trainings) = ([row.person_id], [row.training_id]);
    let taken_back = Some(&taken_back);
    let asked = Asked { taken_back, ..Asked::of(Today::Local(now), &people, &trainings) };
    let loaded = asked.load(&mut write.tx).await?;
    let plan = plan(&loaded.book, &loaded.facts);
    let mut effects = store(&mut write, &loaded, &plan, Ending::Cancelled).await?;
    let left = effects.left();
    effects.join(super::reconsider::fill_seats(&mut write, &left).await?);
    let told = json!({ "withdrawn": row.person_id });
    let operation = effects.told(Operation::new(super::WITHDRAWN)).change(
        "assignment",
        Some(row.id),
        None::<&()>,
        Some(&told),
    );
    let operation = write.record(operation);
    write.commit().await?;
    Ok(Some(operation))
}
