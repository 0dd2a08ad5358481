//! Steps of many people, noted in one transaction.
//!
//! What goes together is what is no operation: a step of somebody who has begun, in a module that is
//! there, that is not the last one. Whatever else a step may be, it leaves the others and is done
//! alone by whoever brought it: the beginning and the end of a training are operations, which have
//! an actor each, and what is refused is refused in words of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use super::criteria::{missing, quizzes};
use super::joined_sql::{self, BegunRow, CodeRow, ModuleOfRow, PassedOfRow, SignedRow};
use super::report::{self, Cycle, TrainingProgress};
use super::settling::Counted;
use super::sql;
use super::steps::Step;
use crate::catalog;
use crate::catalog::sql::Version;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Tx, Value};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::joining::{Gathering, Joined};
use crate::operations::Write;
use crate::people::PersonId;

/// A step of somebody in a training.
#[derive(Debug)]
pub(super) struct Joining {
    pub(super) person: PersonId,
    /// The training, by code or id.
    pub(super) training: String,
    pub(super) step: Step,
}

/// What became of it.
#[derive(Debug)]
pub(super) enum Noted {
    /// It is stored, and this is how far they are.
    Kept(Box<TrainingProgress>),
    /// It is to be done alone.
    Alone,
    /// It met all of them: the database was busy, or gone.
    Failed(Error),
}

/// Notes a step together with those of others.
pub(super) async fn note(core: &Core, joining: Joining) -> Result<Noted> {
    core.shared::<Gathering<Joining>>().join(core, joining).await
}

/// Waits until all steps that were brought are noted.
pub(crate) async fn drained(core: &Core) {
    core.shared::<Gathering<Joining>>().drained().await;
}

impl Joined for Joining {
    type Answer = Noted;
    type On = Core;

    async fn carry_out(core: &Core, all: Vec<Self>) -> Vec<Noted> {
        let failed = |error: Error| {
            let mut answers: Vec<Noted> =
                (1..all.len()).map(|_| Noted::Failed(error.for_another())).collect();
            answers.push(Noted::Failed(error));
            answers
        };
        let mut write = match Write::begin(core, &Actor::system("progress")).await {
            Ok(write) => write,
            Err(error) => return failed(error),
        };
        match note_in(&mut write, &all).await {
            // Whether what was sent arrived is not known: to do it again alone could count it twice.
            Ok(answers) => match write.tx.commit().await {
                Ok(()) => answers,
                Err(error) => failed(error),
            },
            // One of them is what the database refuses; alone, it meets nobody else.
            Err(error) => {
                tracing::warn!(%error, "updates of progress are done one by one");
                all.iter().map(|_| Noted::Alone).collect()
            }
        }
    }
}

async fn note_in(write: &mut Write, all: &[Joining]) -> Result<Vec<Noted>> {
    let now = write.ctx.now;
    let trainings = Trainings::load(&mut write.tx, all).await?;
    let mut begun = load(&mut write.tx, all, &trainings).await?;
    let answers = all.iter().map(|one| take(one, &trainings, &mut begun, now)).collect();
    let rows: Vec<Vec<Value>> = begun.values().flat_map(Begun::values).collect();
    if !rows.is_empty() {
        sql::keep_modules(&mut write.tx, rows).await?;
    }
    Ok(answers)
}

/// The trainings that are meant, as far as anything of them was published.
struct Trainings {
    codes: HashMap<Uuid, String>,
    ids: HashMap<String, Uuid>,
}

impl Trainings {
    async fn load(tx: &mut Tx, all: &[Joining]) -> Result<Self> {
        let names: BTreeSet<&str> = all.iter().map(|one| one.training.trim()).collect();
        let ids: Vec<Uuid> = names.iter().filter_map(|name| name.parse().ok()).collect();
        let keys: Vec<String> = names.into_iter().map(fold).collect();
        let by_code = Assembly::new(joined_sql::PUBLISHED_TRAININGS);
        let by_code = by_code.push("AND t.code_key IN (texts?)").bind_texts(&keys);
        let mut rows: Vec<CodeRow> = by_code.on(tx).all().await?;
        if !ids.is_empty() {
            let by_id = Assembly::new(joined_sql::PUBLISHED_TRAININGS);
            let by_id = by_id.push("AND t.id IN (ids?)").bind_ids(&IdList::new(ids));
            rows.extend(by_id.on(tx).all::<CodeRow>().await?);
        }
        let ids = rows.iter().map(|row| (row.code_key.clone(), row.id)).collect();
        Ok(Self { codes: rows.into_iter().map(|row| (row.id, row.code)).collect(), ids })
    }

    /// A training by code or id.
    fn find(&self, name: &str) -> Option<(Uuid, &str)> {
        let id = match name.trim().parse() {
            Ok(id) => id,
            Err(_) => *self.ids.get(&fold(name))?,
        };
        Some((id, self.codes.get(&id)?))
    }
}

/// A training that somebody has begun, with all that counts.
struct Begun {
    cycle: BegunRow,
    version: Arc<Version>,
    counted: Counted,
    /// The modules in which they took a step.
    touched: BTreeSet<String>,
    /// The last step left, and those that came after it must not overtake it.
    is_left: bool,
}

impl Begun {
    fn values(&self) -> impl Iterator<Item = Vec<Value>> {
        let rows = self.counted.modules.iter().filter(|row| self.touched.contains(&row.module));
        rows.map(|row| {
            row.values(self.cycle.assignment_id, self.cycle.person_id, self.cycle.training_id)
        })
    }

    fn told(&self, code: &str) -> TrainingProgress {
        let cycle = Cycle {
            person_id: PersonId::new(self.cycle.person_id),
            person: self.cycle.person.clone(),
            training: code.to_owned(),
            started_on: Some(self.cycle.started_on),
            closed_on: None,
        };
        report::told(cycle, &self.version, &self.counted)
    }
}

/// What people have begun, by person and training.
type AllBegun = BTreeMap<(Uuid, Uuid), Begun>;

async fn load(tx: &mut Tx, all: &[Joining], trainings: &Trainings) -> Result<AllBegun> {
    let people: BTreeSet<Uuid> = all.iter().map(|one| one.person.uuid()).collect();
    let cycles: Vec<BegunRow> = Assembly::new(joined_sql::BEGUN)
        .bind_ids(&IdList::new(people))
        .push("AND a.training_id IN (ids?)")
        .bind_ids(&IdList::new(trainings.codes.keys().copied()))
        .on(tx)
        .all()
        .await?;
    let ids: BTreeSet<Uuid> = cycles.iter().map(|row| row.version_id).collect();
    let versions = catalog::versions_in(tx, &IdList::new(ids)).await?;
    let of = IdList::new(cycles.iter().map(|row| row.assignment_id));
    let mut counted: HashMap<Uuid, Counted> = HashMap::new();
    let rows: Vec<ModuleOfRow> =
        Assembly::new(joined_sql::MODULES_OF_ALL).bind_ids(&of).on(tx).all().await?;
    for row in rows {
        let (assignment, module) = row.into_parts();
        counted.entry(assignment).or_default().modules.push(module);
    }
    // Most trainings ask neither for a quiz nor for a signature, and then there is nothing to look for.
    let asks = |version: &Version| {
        version.definition.modules.iter().any(|module| quizzes(module).next().is_some())
    };
    if versions.values().any(|version| asks(version)) {
        let rows: Vec<PassedOfRow> =
            Assembly::new(joined_sql::PASSED_OF_ALL).bind_ids(&of).on(tx).all().await?;
        for row in rows {
            let (assignment, passed) = row.into_parts();
            counted.entry(assignment).or_default().passed.push(passed);
        }
    }
    let mut signed: HashMap<(Uuid, Uuid), Timestamp> = HashMap::new();
    if versions.values().any(|version| version.definition.read_and_sign.is_some()) {
        let rows: Vec<SignedRow> =
            Assembly::new(joined_sql::SIGNED_OF_ALL).bind_ids(&of).on(tx).all().await?;
        signed.extend(rows.iter().map(|row| ((row.assignment_id, row.version_id), row.signed_at)));
    }
    let mut begun = AllBegun::new();
    for cycle in cycles {
        let Some(version) = versions.get(&cycle.version_id) else { continue };
        let mut counted = counted.remove(&cycle.assignment_id).unwrap_or_default();
        counted.signed_at = signed.get(&(cycle.assignment_id, cycle.version_id)).copied();
        let key = (cycle.person_id, cycle.training_id);
        let version = Arc::clone(version);
        let touched = BTreeSet::new();
        begun.insert(key, Begun { cycle, version, counted, touched, is_left: false });
    }
    Ok(begun)
}

/// Takes a step in memory, unless it is one to be done alone.
fn take(one: &Joining, trainings: &Trainings, begun: &mut AllBegun, now: Timestamp) -> Noted {
    let Some((training, code)) = trainings.find(&one.training) else { return Noted::Alone };
    let Some(begun) = begun.get_mut(&(one.person.uuid(), training)) else { return Noted::Alone };
    let definition = &begun.version.definition;
    let is_known = definition.modules.iter().any(|module| module.key == one.step.module);
    if begun.is_left || !is_known {
        return Noted::Alone;
    }
    let Some(before) = begun.counted.take(&one.step, now) else {
        return Noted::Kept(Box::new(begun.told(code)));
    };
    if missing(definition, &begun.counted.standing()).is_empty() {
        begun.counted.put_back(before);
        begun.is_left = true;
        return Noted::Alone;
    }
    begun.touched.insert(one.step.module.clone());
    Noted::Kept(Box::new(begun.told(code)))
}
