//! The end of a training: when nothing is missing any more, it is completed in the transaction of what
//! was missing last.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::criteria::{Standing, missing};
use super::sql::{self, AttemptRow, ModuleRow, PassedRow};
use super::steps::Step;
use crate::assignments::{self, Achieved, CompletionSource};
use crate::catalog::sql::Version;
use crate::catalog::{self, TrainingId};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{One, Tx};
use crate::kernel::error::Result;
use crate::operations::Write;
use crate::settings;

/// All that counts of one cycle.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) modules: Vec<ModuleRow>,
    pub(super) passed: Vec<PassedRow>,
    pub(super) signed_at: Option<Timestamp>,
}

impl Counted {
    pub(super) async fn load(tx: &mut Tx, assignment: Uuid, version: Uuid) -> Result<Self> {
        let modules = tx.sql(&sql::MODULES_OF).bind(assignment).all().await?;
        let passed = tx.sql(&sql::PASSED).bind(assignment).all().await?;
        let signed: Option<One<Timestamp>> =
            tx.sql(&sql::SIGNED_AT).bind(assignment).bind(version).opt().await?;
        Ok(Self { modules, passed, signed_at: signed.map(|One(at)| at) })
    }

    /// Takes a step. Gives the module back as it was before, nothing where this step was taken before.
    pub(super) fn take(&mut self, step: &Step, now: Timestamp) -> Option<ModuleRow> {
        let at = self.modules.iter().position(|row| row.module == step.module);
        let at = at.unwrap_or_else(|| {
            self.modules.push(ModuleRow::unseen(&step.module, now));
            self.modules.len() - 1
        });
        let row = &mut self.modules[at];
        let before = row.clone();
        row.take(step, now).then_some(before)
    }

    /// Takes the last step in a module back.
    pub(super) fn put_back(&mut self, before: ModuleRow) {
        if let Some(row) = self.modules.iter_mut().find(|row| row.module == before.module) {
            *row = before;
        }
    }

    pub(super) fn standing(&self) -> Standing {
        let of_module = |row: &ModuleRow| (row.module.clone(), (row.percent, row.seconds));
        Standing {
            modules: self.modules.iter().map(of_module).collect(),
            passed: self.passed.iter().map(|row| row.code_key.clone()).collect(),
            signed: self.signed_at.is_some(),
        }
    }

    /// When the last of it was done: handing in counts, and not the day on which somebody graded.
    fn done_at(&self) -> Option<Timestamp> {
        let modules = self.modules.iter().map(|row| row.updated_at);
        let passed = self.passed.iter().filter_map(|row| row.submitted_at);
        modules.chain(passed).chain(self.signed_at).max()
    }

    /// What the quizzes earned together, in hundredths of a per cent; the best attempt of each.
    fn score(&self) -> Option<u16> {
        let mut best: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for row in &self.passed {
            let of_quiz = best.entry(&row.code_key).or_insert((row.points, row.points_max));
            if row.points > of_quiz.0 {
                *of_quiz = (row.points, row.points_max);
            }
        }
        let points: i64 = best.values().map(|(points, _)| points).sum();
        let max: i64 = best.values().map(|(_, max)| max).sum();
        (points * 10_000).checked_div(max).and_then(|score| u16::try_from(score).ok())
    }
}

/// Completes what this attempt was the last of.
pub(super) async fn after_attempt(write: &mut Write, attempt: &AttemptRow) -> Result<()> {
    if attempt.passed == Some(true) {
        let training = TrainingId::new(attempt.training_id);
        settle(write, attempt.person_id, training, attempt.assignment_id).await?;
    }
    Ok(())
}

/// Completes an obligation that is open if nothing of it is missing; whether it did.
pub(super) async fn settle(
    write: &mut Write,
    person: Uuid,
    training: TrainingId,
    assignment: Uuid,
) -> Result<bool> {
    let open = assignments::open_of(&mut write.tx, person, training.uuid()).await?;
    let Some(open) = open.filter(|open| open.id == assignment) else { return Ok(false) };
    let version = catalog::version_in(&mut write.tx, training, open.version).await?;
    let counted = Counted::load(&mut write.tx, assignment, version.id).await?;
    if !missing(&version.definition, &counted.standing()).is_empty() {
        return Ok(false);
    }
    let score = counted.score();
    let source = if score.is_some() { CompletionSource::Quiz } else { CompletionSource::Learner };
    let done_at = counted.done_at().unwrap_or(write.ctx.now);
    complete(write, person, training, &version, source, score, done_at).await?;
    Ok(true)
}

/// Records that a course is done, with all that follows.
pub(super) async fn complete(
    write: &mut Write,
    person: Uuid,
    training: TrainingId,
    version: &Version,
    source: CompletionSource,
    score: Option<u16>,
    at: Timestamp,
) -> Result<()> {
    let zone = settings::current(&mut write.tx).await?.timezone.zone();
    let achieved = Achieved {
        person,
        training: training.uuid(),
        completed_on: at.day_in(&zone),
        source,
        score,
        version: Some((version.number.major, version.number.minor)),
        valid_until: None,
        evidence_link: None,
        evidence: None,
        note: None,
    };
    assignments::complete(write, vec![achieved]).await.map(drop)
}
