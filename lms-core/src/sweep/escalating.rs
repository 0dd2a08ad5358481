//! Telling others that people are overdue: noted with what became of them, told once all were looked at,
//! so that everybody gets one notice for all that they answer for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::ladder::{Department, Level, Member, Organisation};
use crate::assignments::sweeping::Standing;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::schema::ESCALATIONS;
use crate::kernel::db::{Assembly, Field, IdList, One, Tx, Value, bulk, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::notifications::{self, Inbox, NoticeType, Told};
use crate::operations::{Operation, Write};

/// So many are listed in one notice; of others it tells how many there are.
const LISTED_MAX: usize = 500;

row! {
    #[derive(Debug, Clone)]
    struct UntoldRow {
        id: Uuid,
        assignment_id: Uuid,
        due_on: Day,
        level: String,
        person_id: Uuid,
        code: String,
        overdue_on: Day,
    }
}

row! {
    struct MemberRow {
        person_id: Uuid,
        status: String,
        manager_id: Option<Uuid>,
        department_id: Option<Uuid>,
    }
}

row! {
    #[expect(clippy::struct_field_names, reason = "they are columns")]
    struct DepartmentRow {
        unit_id: Uuid,
        parent_id: Option<Uuid>,
        head_id: Option<Uuid>,
        deputy_id: Option<Uuid>,
    }
}

row! {
    struct KnownRow {
        assignment_id: Uuid,
        due_on: Day,
        level: String,
    }
}

/// The levels to which something has to have gone up by now.
pub(super) fn levels(standing: &Standing) -> Vec<Level> {
    if !standing.escalates || !standing.is_overdue {
        return Vec::new();
    }
    let since = crate::assignments::engine::days_between(standing.overdue_on, standing.today);
    let policy = &standing.policy;
    let reached = |after: Option<u32>| {
        after.and_then(|days| i32::try_from(days).ok()).is_some_and(|days| since >= days)
    };
    [(Level::Manager, policy.manager_after_days), (Level::Head, policy.head_after_days)]
        .into_iter()
        .filter(|(_, after)| reached(*after))
        .map(|(level, _)| level)
        .collect()
}

/// Of all that has gone up, what is not noted yet.
pub(super) async fn new_among(tx: &mut Tx, standing: &[Standing]) -> Result<Vec<(usize, Level)>> {
    let wanted: Vec<(usize, Level)> = standing
        .iter()
        .enumerate()
        .flat_map(|(at, one)| levels(one).into_iter().map(move |level| (at, level)))
        .collect();
    if wanted.is_empty() {
        return Ok(wanted);
    }
    let assignments = wanted.iter().map(|(at, _)| standing[*at].assignment);
    let known: Vec<KnownRow> = Assembly::new(
        "SELECT assignment_id, due_on, level FROM escalations WHERE assignment_id IN (ids?)",
    )
    .bind_ids(&IdList::new(assignments))
    .on(tx)
    .all()
    .await?;
    let known: BTreeSet<(Uuid, Day, String)> =
        known.into_iter().map(|row| (row.assignment_id, row.due_on, row.level)).collect();
    let is_new = |(at, level): &(usize, Level)| {
        let one = &standing[*at];
        !known.contains(&(one.assignment, one.due_on, level.as_str().to_owned()))
    };
    Ok(wanted.into_iter().filter(is_new).collect())
}

/// Notes what has gone up; it is told when all were looked at.
pub(super) async fn note(
    write: &mut Write,
    standing: &[Standing],
    new: &[(usize, Level)],
) -> Result<u64> {
    let ctx = &write.ctx;
    let row = |(at, level): &(usize, Level)| -> Vec<Value> {
        let one = &standing[*at];
        vec![
            ctx.new_id().into_value(),
            one.assignment.into_value(),
            one.due_on.into_value(),
            level.as_str().into_value(),
            one.person.into_value(),
            one.training.into_value(),
            one.overdue_on.into_value(),
            one.today.into_value(),
            ctx.now.into_value(),
            None::<Uuid>.into_value(),
        ]
    };
    let rows: Vec<Vec<Value>> = new.iter().map(row).collect();
    bulk::insert_new(&mut write.tx, &ESCALATIONS, rows).await
}

/// Tells everybody what has gone up to them, at once. What was done or dropped since is not told. Says how
/// many notices there were.
pub(super) async fn tell(core: &Core, actor: &Actor, day: Day) -> Result<u64> {
    let mut tx = core.db().begin_read().await?;
    let any: Option<One<Uuid>> =
        Assembly::new("SELECT id FROM escalations WHERE notice_id IS NULL LIMIT 1")
            .on(&mut tx)
            .opt()
            .await?;
    drop(tx);
    if any.is_none() {
        return Ok(0);
    }
    let mut write = Write::begin(core, actor).await?;
    Assembly::new(
        "DELETE FROM escalations WHERE notice_id IS NULL AND NOT EXISTS
             (SELECT a.id FROM assignments a WHERE a.id = escalations.assignment_id
              AND a.retracted_at IS NULL AND a.closed_on IS NULL)",
    )
    .on(&mut write.tx)
    .run()
    .await?;
    let n_told = tell_all(&mut write, day).await?;
    if n_told == 0 {
        write.commit_unrecorded().await?;
        return Ok(0);
    }
    let count = i64::try_from(n_told).unwrap_or(i64::MAX);
    write.record(Operation::new(super::ADVANCED).count("digests", count));
    write.commit().await?;
    Ok(n_told)
}

async fn tell_all(write: &mut Write, day: Day) -> Result<u64> {
    let untold: Vec<UntoldRow> = Assembly::new(
        "SELECT e.id, e.assignment_id, e.due_on, e.level, e.person_id, t.code, e.overdue_on
         FROM escalations e JOIN trainings t ON t.id = e.training_id
         WHERE e.notice_id IS NULL ORDER BY e.overdue_on, e.person_id, e.id",
    )
    .on(&mut write.tx)
    .all()
    .await?;
    if untold.is_empty() {
        return Ok(0);
    }
    let people: BTreeSet<Uuid> = untold.iter().map(|row| row.person_id).collect();
    let organisation = organisation(&mut write.tx, people, day).await?;
    let admins = notifications::admins(&mut write.tx).await?;
    let mut by_recipient: BTreeMap<Inbox, Vec<&UntoldRow>> = BTreeMap::new();
    for row in &untold {
        let level = if row.level == Level::Head.as_str() { Level::Head } else { Level::Manager };
        if let Some(person) = organisation.told(row.person_id, level) {
            by_recipient.entry(Inbox::Person(person)).or_default().push(row);
            continue;
        }
        for admin in admins.iter().filter(|one| **one != Inbox::Person(row.person_id)) {
            by_recipient.entry(*admin).or_default().push(row);
        }
    }
    let (mut notices, mut told) = (Vec::new(), BTreeMap::new());
    for (to, rows) in by_recipient {
        let notice = digest(to, &rows, day, write.ctx.new_id());
        for row in rows {
            told.entry(row.id).or_insert(notice.id);
        }
        notices.push(notice);
    }
    let n_new = notifications::queue(write, &notices).await?;
    let told = told.into_iter().map(|(id, notice)| (id.into_value(), notice.into_value()));
    let told: Vec<_> = told.collect();
    let untold = "escalations.notice_id IS NULL";
    bulk::set(&mut write.tx, &ESCALATIONS, ("id", "notice_id"), untold, told).await?;
    Ok(n_new)
}

/// One notice of all that somebody answers for.
fn digest(to: Inbox, rows: &[&UntoldRow], day: Day, id: Uuid) -> Told {
    let mut seen = BTreeSet::new();
    let each: Vec<&&UntoldRow> =
        rows.iter().filter(|row| seen.insert((row.assignment_id, row.due_on))).collect();
    let people: BTreeSet<Uuid> = each.iter().map(|row| row.person_id).collect();
    let listed = |row: &&&UntoldRow| {
        json!({
            "person_id": row.person_id,
            "assignment_id": row.assignment_id,
            "training": row.code,
            "due_on": row.due_on,
            "overdue_on": row.overdue_on,
            "level": row.level,
        })
    };
    let overdue: Vec<_> = each.iter().take(LISTED_MAX).map(listed).collect();
    let first = rows.first().map(|row| row.id).unwrap_or_default();
    Told {
        id,
        to,
        notice_type: NoticeType::Escalation,
        once: first.to_string(),
        training: None,
        assignment: None,
        n_people: i64::try_from(people.len()).unwrap_or(i64::MAX),
        data: json!({ "overdue": overdue, "not_listed": each.len().saturating_sub(LISTED_MAX) }),
        day,
    }
}

/// Those people with all who are above them, and the departments, on a day.
async fn organisation(tx: &mut Tx, people: BTreeSet<Uuid>, day: Day) -> Result<Organisation> {
    let mut organisation = Organisation::default();
    let rows: Vec<DepartmentRow> = Assembly::new(
        "SELECT p.unit_id, p.parent_id, p.head_id, p.deputy_id
         FROM unit_periods p JOIN units u ON u.id = p.unit_id AND u.kind = 'department'
         WHERE p.retracted_at IS NULL AND p.valid_from <= ?",
    )
    .bind(day)
    .push("AND (p.valid_until IS NULL OR p.valid_until > ?)")
    .bind(day)
    .on(tx)
    .all()
    .await?;
    let mut wanted = people;
    for row in rows {
        wanted.extend([row.head_id, row.deputy_id].into_iter().flatten());
        let department =
            Department { parent: row.parent_id, head: row.head_id, deputy: row.deputy_id };
        organisation.departments.insert(row.unit_id, department);
    }
    // As often as there are levels of managers.
    while !wanted.is_empty() {
        let rows: Vec<MemberRow> = Assembly::new(
            "SELECT person_id, status, manager_id, department_id FROM placements
             WHERE retracted_at IS NULL AND valid_from <= ?",
        )
        .bind(day)
        .push("AND (valid_until IS NULL OR valid_until > ?)")
        .bind(day)
        .push("AND person_id IN (ids?)")
        .bind_ids(&IdList::new(std::mem::take(&mut wanted)))
        .on(tx)
        .all()
        .await?;
        let mut above: BTreeSet<Uuid> = BTreeSet::new();
        for row in rows {
            let member = Member {
                is_there: row.status == "active",
                manager: row.manager_id,
                department: row.department_id,
            };
            organisation.people.insert(row.person_id, member);
            above.extend(row.manager_id);
        }
        wanted.extend(above.into_iter().filter(|id| !organisation.people.contains_key(id)));
    }
    Ok(organisation)
}
