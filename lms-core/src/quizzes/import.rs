//! Files in and out: a plan says what a file would do, applying does exactly that, exporting writes
//! what importing reads.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use super::file::QuizFile;
use super::find;
use super::problems::{Problem, Problems, refusal};
use super::save::{self, Decision, ImportStep, Known, StepAction};
use super::wanted::Wanted;
use super::{IN_USE, INVALID};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::operations::{OperationId, Write, fingerprint, refuse_other, refuse_stale};

/// What importing a file would do.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct QuizPlan {
    /// A step for each question and quiz of the file.
    pub steps: Vec<ImportStep>,
    /// What is wrong; a plan with problems cannot be applied.
    pub problems: Vec<Problem>,
    /// What tells this plan from every other one.
    #[serde(skip)]
    pub fingerprint: String,
    #[serde(skip)]
    file: QuizFile,
}

/// What importing a file did.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct QuizImported {
    /// How many questions and quizzes were made.
    pub created: i64,
    /// How many were changed.
    pub changed: i64,
    /// How many were as the file has them.
    pub kept: i64,
    /// The operation, where there was anything to do.
    pub operation: Option<OperationId>,
}

impl QuizPlan {
    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }

    /// Fails with all problems where there are any.
    pub fn require_sound(&self) -> Result<()> {
        // What the file says wrongly has a place in it; else it stands against what is there.
        let is_invalid = self.problems.iter().any(|problem| problem.path.is_some());
        let code = if is_invalid { &INVALID } else { &IN_USE };
        refusal(code, &self.problems).map_or(Ok(()), Err)
    }

    /// Whether applying it would change anything.
    #[must_use]
    pub fn changes_anything(&self) -> bool {
        self.steps.iter().any(|step| step.action != StepAction::Keep)
    }

    /// How many steps do this.
    #[must_use]
    pub fn count(&self, action: StepAction) -> i64 {
        let steps = self.steps.iter().filter(|step| step.action == action);
        i64::try_from(steps.count()).unwrap_or(i64::MAX)
    }
}

/// A file held against what is there.
struct Compared {
    known: Known,
    wanted: Wanted,
    decision: Decision,
}

async fn compare(tx: &mut Tx, file: &QuizFile) -> Result<Compared> {
    let problems = Problems::default();
    let mut wanted = Wanted::read(&file.questions, &file.quizzes, &problems);
    let found = problems.into_vec();
    let known = Known::load(tx, wanted.questions.keys().cloned().collect()).await?;
    let mut decision = known.decide(&mut wanted);
    if !found.is_empty() {
        // A question that cannot be read is missing only because of that: tell the cause alone.
        decision.problems = found;
    }
    Ok(Compared { known, wanted, decision })
}

pub(super) async fn plan(core: &Core, file: QuizFile) -> Result<QuizPlan> {
    let mut tx = core.db().begin_read().await?;
    let Compared { decision, .. } = compare(&mut tx, &file).await?;
    let problems: Vec<Problem> = decision.problems.into_iter().chain(decision.conflicts).collect();
    let content = (&file.questions, &file.quizzes);
    let fingerprint = fingerprint(&(&decision.steps, &problems, content));
    Ok(QuizPlan { steps: decision.steps, problems, fingerprint, file })
}

pub(super) async fn apply(core: &Core, actor: &Actor, plan: QuizPlan) -> Result<QuizImported> {
    plan.require_sound()?;
    let mut write = Write::begin(core, actor).await?;
    let Compared { known, wanted, decision } = compare(&mut write.tx, &plan.file).await?;
    refuse_stale(effects(&plan.steps), effects(&decision.steps))?;
    decision.refuse()?;
    let operation = save::write(&mut write, "quiz.imported", &known, &wanted).await?;
    write.commit().await?;
    Ok(QuizImported {
        created: plan.count(StepAction::Create),
        changed: plan.count(StepAction::Change),
        kept: plan.count(StepAction::Keep),
        operation,
    })
}

/// What a plan does, each with what it does it to.
fn effects(steps: &[ImportStep]) -> impl Iterator<Item = (String, String)> {
    let told = |step: &ImportStep| serde_json::to_string(step).expect("a step is plain data");
    steps.iter().map(move |step| (format!("{} {}", step.subject, step.code), told(step)))
}

/// Everything, or these quizzes with all that they can ask.
pub(super) async fn export(core: &Core, codes: &[String]) -> Result<QuizFile> {
    let mut tx = core.db().begin_read().await?;
    let bank = find::bank(&mut tx).await?;
    let mut known = Known::load(&mut tx, bank.entries.keys().cloned().collect()).await?;
    if !codes.is_empty() {
        let mut quizzes = BTreeMap::new();
        for code in codes {
            let key = find::quiz_key(&mut tx, code).await?;
            let Some(quiz) = known.quizzes.remove(&key) else {
                if quizzes.contains_key(&key) {
                    continue;
                }
                let all = known.quizzes.values().map(|quiz| quiz.row.code.as_str());
                return Err(find::unknown_quiz(code, all));
            };
            quizzes.insert(key, quiz);
        }
        let sections = quizzes.values().flat_map(|quiz| &quiz.is.definition.sections);
        let (mut named, mut tags) = (BTreeSet::new(), BTreeSet::new());
        for section in sections {
            named.extend(section.questions.iter().map(|code| fold(code)));
            tags.extend(section.draw.iter().map(|draw| draw.tag.clone()));
        }
        known.questions.retain(|key, question| {
            let drawn = !question.is.archived && !question.is.tags.is_disjoint(&tags);
            named.contains(key) || drawn
        });
        known.quizzes = quizzes;
    }
    let questions = known.questions.values().map(|question| Json::Object(question.is.document()));
    let quizzes = known.quizzes.values().map(|quiz| Json::Object(quiz.is.document()));
    Ok(QuizFile { questions: questions.collect(), quizzes: quizzes.collect() })
}
