//! People on learning paths: who came to the end of one, and which electives nobody needs any more once
//! enough of them are done.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::engine::plan;
use super::load::{Asked, TakenBack, Today};
use super::reconsider::{CHUNK, fill_seats};
use super::store::{Effects, Ending, store};
use crate::catalog::paths::{GivenPath, all_given};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::Write;
use crate::settings;

row! {
    /// An order, or a version of a rule, with a path that it asks for.
    struct LeadingRow {
        source_id: Uuid,
        version: Option<i64>,
        path_id: Uuid,
    }
}

row! {
    struct FollowingRow {
        source_id: Uuid,
        version: i64,
        person_id: Uuid,
    }
}

row! {
    struct DoneRow {
        person_id: Uuid,
        training_id: Uuid,
        recorded_at: Timestamp,
    }
}

row! {
    struct OrderedRow {
        id: Uuid,
        path_id: Uuid,
        training_id: Uuid,
    }
}

/// What has been done, by person.
type Done = BTreeMap<Uuid, BTreeSet<Uuid>>;

/// After people did these trainings: says who came to the end of a path with them, and takes back the
/// electives that they no longer need and have not begun.
pub(super) async fn go_on(
    write: &mut Write,
    people: &[Uuid],
    trainings: &[Uuid],
) -> Result<Effects> {
    let mut effects = Effects::default();
    for people in people.chunks(CHUNK) {
        effects.join(go_on_with(write, people, trainings).await?);
    }
    let left = effects.left();
    effects.join(fill_seats(write, &left).await?);
    Ok(effects)
}

async fn go_on_with(write: &mut Write, people: &[Uuid], trainings: &[Uuid]) -> Result<Effects> {
    let mut effects = Effects::default();
    let following = following(&mut write.tx, people, trainings).await?;
    if following.is_empty() {
        return Ok(effects);
    }
    let paths = all_given(&mut write.tx, &IdList::new(following.keys().copied())).await?;
    let (before, now) = done(write, people, &paths).await?;
    let nothing = BTreeSet::new();
    // Whoever needs the same no longer is asked about at once.
    let mut superfluous: BTreeMap<(Uuid, Vec<Uuid>), Vec<Uuid>> = BTreeMap::new();
    for path in &paths {
        for person in following.get(&path.id).into_iter().flatten() {
            let was = before.get(person).unwrap_or(&nothing);
            let is = now.get(person).unwrap_or(&nothing);
            if is_complete(path, is) && !is_complete(path, was) {
                effects.add_path(path.id, *person);
            }
            let trainings = no_longer_needed(path, is);
            if !trainings.is_empty() {
                superfluous.entry((path.id, trainings)).or_default().push(*person);
            }
        }
    }
    let ordered = ordered(&mut write.tx, superfluous.keys().map(|(path, _)| *path)).await?;
    for ((path, trainings), people) in superfluous {
        let is_meant =
            |row: &&OrderedRow| row.path_id == path && trainings.contains(&row.training_id);
        let orders = ordered.iter().filter(is_meant).map(|row| row.id).collect();
        let taken_back = TakenBack { orders: Some(orders), even_started: false };
        let today = Today::Local(write.ctx.now);
        let taken_back = Some(&taken_back);
        let asked = Asked { taken_back, ..Asked::of(today, &people, &trainings) };
        let loaded = asked.load(&mut write.tx).await?;
        let plan = plan(&loaded.book, &loaded.facts);
        effects.join(store(write, &loaded, &plan, Ending::Cancelled).await?);
    }
    Ok(effects)
}

/// Whether enough of every step is done.
fn is_complete(path: &GivenPath, done: &BTreeSet<Uuid>) -> bool {
    path.steps.iter().all(|step| {
        let n_done = step.of.iter().filter(|training| done.contains(training)).count();
        n_done >= step.n_needed.min(step.of.len())
    })
}

/// What is not done of steps of which enough is, and no other step needs.
pub(super) fn no_longer_needed(path: &GivenPath, done: &BTreeSet<Uuid>) -> Vec<Uuid> {
    let (mut spare, mut needed) = (BTreeSet::new(), BTreeSet::new());
    for step in &path.steps {
        let (finished, open): (Vec<Uuid>, Vec<Uuid>) =
            step.of.iter().partition(|training| done.contains(training));
        let kept = if finished.len() >= step.n_needed { &mut spare } else { &mut needed };
        kept.extend(open);
    }
    spare.difference(&needed).copied().collect()
}

/// Who is on a path that leads to these trainings, by path.
async fn following(
    tx: &mut Tx,
    people: &[Uuid],
    trainings: &[Uuid],
) -> Result<BTreeMap<Uuid, BTreeSet<Uuid>>> {
    let trainings = IdList::new(trainings.iter().copied());
    // Most trainings are on no path: then nobody is looked at.
    let leading: Vec<LeadingRow> = Assembly::new(
        "SELECT id AS source_id, NULL AS version, path_id FROM assignment_orders
         WHERE path_id IS NOT NULL AND training_id IN (ids?)",
    )
    .bind_ids(&trainings)
    .push(
        "UNION ALL SELECT rule_id, version, path_id FROM rule_trainings WHERE path_id IS NOT NULL",
    )
    .on(tx)
    .all()
    .await?;
    let mut following: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    if leading.is_empty() {
        return Ok(following);
    }
    let rows: Vec<FollowingRow> = Assembly::new(
        "SELECT DISTINCT r.source_id, r.version, a.person_id
         FROM assignments a JOIN assignment_reasons r ON r.assignment_id = a.id
             AND r.retracted_at IS NULL AND r.removed_on IS NULL AND r.source IN ('path', 'rule')
         WHERE r.source_id IN (ids?)",
    )
    .bind_ids(&IdList::new(leading.iter().map(|row| row.source_id)))
    .push("AND a.retracted_at IS NULL AND a.training_id IN (ids?)")
    .bind_ids(&trainings)
    .push("AND a.person_id IN (ids?)")
    .bind_ids(&IdList::new(people.iter().copied()))
    .on(tx)
    .all()
    .await?;
    let mut paths: BTreeMap<Uuid, Vec<&LeadingRow>> = BTreeMap::new();
    for row in &leading {
        paths.entry(row.source_id).or_default().push(row);
    }
    for row in rows {
        let of_source = paths.get(&row.source_id).into_iter().flatten();
        // A rule leads to the paths that its version names.
        for lead in of_source.filter(|lead| lead.version.is_none_or(|of| of == row.version)) {
            following.entry(lead.path_id).or_default().insert(row.person_id);
        }
    }
    Ok(following)
}

/// What people have done of the trainings of paths and what counts for it: before this write, and now.
async fn done(write: &mut Write, people: &[Uuid], paths: &[GivenPath]) -> Result<(Done, Done)> {
    let now = write.ctx.now;
    let today = settings::today(&mut write.tx, now).await?;
    let steps = paths.iter().flat_map(|path| &path.steps);
    let trainings = IdList::new(steps.flat_map(|step| step.of.iter().copied()));
    let people = IdList::new(people.iter().copied());
    let rows: Vec<DoneRow> = counting(
        "SELECT c.person_id, c.training_id, c.recorded_at FROM completions c
         WHERE c.training_id IN (ids?)",
        &trainings,
        &people,
        today,
    )
    .append(counting(
        "UNION ALL SELECT c.person_id, e.training_id, c.recorded_at
         FROM training_equivalents e
         JOIN completions c ON c.training_id = e.satisfied_by_id AND c.completed_on >= e.valid_from
             AND (e.valid_until IS NULL OR c.completed_on < e.valid_until)
         WHERE e.retracted_at IS NULL AND e.training_id IN (ids?)",
        &trainings,
        &people,
        today,
    ))
    .on(&mut write.tx)
    .all()
    .await?;
    let (mut before, mut after) = (Done::new(), Done::new());
    for row in rows {
        if row.recorded_at < now {
            before.entry(row.person_id).or_default().insert(row.training_id);
        }
        after.entry(row.person_id).or_default().insert(row.training_id);
    }
    Ok((before, after))
}

fn counting(select: &'static str, trainings: &IdList, people: &IdList, today: Day) -> Assembly {
    Assembly::new(select)
        .bind_ids(trainings)
        .push("AND c.retracted_at IS NULL AND c.revoked_on IS NULL AND c.person_id IN (ids?)")
        .bind_ids(people)
        .push("AND (c.valid_until IS NULL OR c.valid_until >= ?")
        .bind(today)
        .push(")")
}

/// The orders by which paths were given.
async fn ordered(tx: &mut Tx, paths: impl Iterator<Item = Uuid>) -> Result<Vec<OrderedRow>> {
    let paths: BTreeSet<Uuid> = paths.collect();
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    Assembly::new("SELECT id, path_id, training_id FROM assignment_orders WHERE path_id IN (ids?)")
        .bind_ids(&IdList::new(paths))
        .on(tx)
        .all()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::paths::GivenStep;

    fn step(n_needed: usize, of: &[u128]) -> GivenStep {
        GivenStep { n_needed, of: of.iter().map(|id| Uuid::from_u128(*id)).collect() }
    }

    /// One that everybody does, two of three, and one of two, of which one is among the three.
    fn path() -> GivenPath {
        let steps = vec![step(1, &[1]), step(2, &[2, 3, 4]), step(1, &[4, 5])];
        GivenPath { id: Uuid::nil(), code: "P".to_owned(), steps }
    }

    fn done(ids: &[u128]) -> BTreeSet<Uuid> {
        ids.iter().map(|id| Uuid::from_u128(*id)).collect()
    }

    #[test]
    fn a_path_is_complete_with_enough_of_every_step() {
        for (ids, complete) in [
            (&[][..], false),
            (&[1, 2, 3], false),
            (&[2, 3, 5], false),
            (&[1, 2, 3, 5], true),
            (&[1, 2, 4], true),
            (&[1, 2, 3, 4, 5], true),
        ] {
            assert_eq!(is_complete(&path(), &done(ids)), complete, "{ids:?}");
        }
    }

    #[test]
    fn what_no_step_needs_any_more_is_spare() {
        for (ids, spare) in [
            (&[][..], &[][..]),
            (&[2], &[]),
            // The last step may still be done by what the second has enough of.
            (&[2, 3], &[]),
            (&[2, 3, 5], &[4]),
            (&[2, 4], &[3, 5]),
            (&[5], &[]),
        ] {
            let expected: Vec<Uuid> = spare.iter().map(|id| Uuid::from_u128(*id)).collect();
            assert_eq!(no_longer_needed(&path(), &done(ids)), expected, "{ids:?}");
        }
    }
}
