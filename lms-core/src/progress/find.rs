//! Looking at attempts: lists that page by id, one with all that may be told, and what waits.

use std::collections::HashMap;

use serde_json::Value as Json;
use uuid::Uuid;

use super::limits::may_know_key;
use super::sql::{self, AttemptRow, WaitingRow};
use super::stored::{self, Loaded};
use super::types::{Attempt, AttemptCard, AttemptState, GradedAnswer, QueueEntry};
use super::{GRADE, READ, overdue};
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Tx};
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::kernel::page::{Page, Paging, paged};
use crate::people::{Reach, find_person};
use crate::quizzes::{self, GradeState, Points};

/// Which attempts.
#[derive(Debug, Clone, Default)]
pub struct AttemptFilter {
    quiz: Option<String>,
    training: Option<String>,
    person: Option<String>,
    state: Option<AttemptState>,
    paging: Paging,
}

/// Which of what waits to be graded.
#[derive(Debug, Clone, Default)]
pub struct QueueFilter {
    quiz: Option<String>,
    training: Option<String>,
    paging: Paging,
}

paged!(AttemptFilter, QueueFilter);

impl AttemptFilter {
    /// All of those whom one may see.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those at this quiz.
    #[must_use]
    pub fn quiz(mut self, quiz: &str) -> Self {
        self.quiz = Some(quiz.to_owned());
        self
    }

    /// Only those in this training.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.training = Some(training.to_owned());
        self
    }

    /// Only those of this person.
    #[must_use]
    pub fn person(mut self, person: &str) -> Self {
        self.person = Some(person.to_owned());
        self
    }

    /// Only those that stand so.
    #[must_use]
    pub fn state(mut self, state: AttemptState) -> Self {
        self.state = Some(state);
        self
    }
}

impl QueueFilter {
    /// All that waits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only what waits of this quiz.
    #[must_use]
    pub fn quiz(mut self, quiz: &str) -> Self {
        self.quiz = Some(quiz.to_owned());
        self
    }

    /// Only what waits in this training.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.training = Some(training.to_owned());
        self
    }
}

/// Which quiz and training lists are about.
async fn about(
    tx: &mut Tx,
    actor: &Actor,
    quiz: Option<&str>,
    training: Option<&str>,
) -> Result<Assembly> {
    let mut wanted = Assembly::new(sql::ATTEMPTS_FROM).push("TRUE");
    if let Some(name) = quiz {
        // Who may not see quizzes learns from an empty list no more than that they did not take it.
        let id = match name.trim().parse::<Uuid>() {
            Ok(id) => Some(id),
            Err(_) if actor.may(quizzes::READ.name) => Some(quizzes::quiz_row(tx, name).await?.id),
            Err(_) => None,
        };
        wanted = match id {
            Some(id) => wanted.push("AND a.quiz_id = ?").bind(id),
            None => wanted.push("AND q.code_key = ?").bind(fold(name)),
        };
    }
    if let Some(name) = training {
        let id = catalog::find_for(tx, actor, name).await?;
        wanted = wanted.push("AND a.training_id = ?").bind(id);
    }
    Ok(wanted)
}

pub(super) async fn attempts(
    core: &Core,
    actor: &Actor,
    filter: AttemptFilter,
) -> Result<Page<Attempt>> {
    overdue::close(core).await?;
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let (quiz, training) = (filter.quiz.as_deref(), filter.training.as_deref());
    let mut wanted = about(&mut tx, actor, quiz, training).await?;
    if let Some(name) = &filter.person {
        let person = find_person(&mut tx, &reach, name).await?;
        wanted = wanted.push("AND a.person_id = ?").bind(person);
    }
    wanted = wanted.push_some("AND a.state = ?", filter.state.map(AttemptState::as_str));
    wanted = wanted.push_some("AND a.id < ?", filter.paging.after::<Uuid>()?);
    let rows: Vec<AttemptRow> = reach
        .narrow(wanted)
        .push("ORDER BY a.id DESC LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let page = filter.paging.page(rows, |row| row.id)?;
    let items = page.items.into_iter().map(AttemptRow::told).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

pub(super) async fn queue(
    core: &Core,
    actor: &Actor,
    filter: QueueFilter,
) -> Result<Page<QueueEntry>> {
    overdue::close(core).await?;
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, GRADE, core.now()).await?;
    let (quiz, training) = (filter.quiz.as_deref(), filter.training.as_deref());
    let mut wanted = about(&mut tx, actor, quiz, training).await?;
    wanted = wanted.push("AND a.state = 'waiting'");
    if let Some((at, id)) = filter.paging.after::<(Timestamp, Uuid)>()? {
        wanted = wanted.push("AND (a.submitted_at, a.id) > (?, ?)").bind(at).bind(id);
    }
    let rows: Vec<AttemptRow> = reach
        .narrow(wanted)
        .push("ORDER BY a.submitted_at, a.id LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let page = filter.paging.page(rows, |row| (row.submitted_at, row.id))?;
    let ids = IdList::new(page.items.iter().map(|row| row.id));
    let all: Vec<WaitingRow> =
        Assembly::new(sql::WAITING_IN).bind_ids(&ids).on(&mut tx).all().await?;
    let mut waiting: HashMap<Uuid, Vec<i64>> = HashMap::new();
    for row in all {
        waiting.entry(row.attempt_id).or_default().push(row.number);
    }
    let entry = |row: AttemptRow| {
        let questions = waiting.remove(&row.id).unwrap_or_default();
        Ok(QueueEntry { attempt: row.told()?, questions })
    };
    let items = page.items.into_iter().map(entry).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

pub(super) async fn attempt(core: &Core, actor: &Actor, id: &str) -> Result<AttemptCard> {
    overdue::close(core).await?;
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let row = stored::find(&mut tx, &reach, id).await?;
    let loaded = stored::load_one(&mut tx, row).await?;
    card_of(&mut tx, actor, loaded).await
}

/// An attempt with all that this actor may be told of it.
pub(super) async fn card_of(tx: &mut Tx, actor: &Actor, loaded: Loaded) -> Result<AttemptCard> {
    let answers = loaded.by_key()?;
    let sheet = loaded.paper.sheet();
    if loaded.row.is_open() {
        let attempt = loaded.row.told()?;
        return Ok(AttemptCard { attempt, sheet, answers, graded: Vec::new(), key: None });
    }
    let quiz = quizzes::newest(tx, loaded.row.quiz_id).await?;
    let may_know = may_know_key(&quiz, loaded.row.number, loaded.row.passed)
        || !actor.is_person(loaded.row.person_id) && actor.require(quizzes::READ).is_ok();
    let key = may_know.then(|| loaded.paper.key());
    let graded = loaded.graded(&Json::Object(answers.clone()))?;
    Ok(AttemptCard { attempt: loaded.row.told()?, sheet, answers, graded, key })
}

impl Loaded {
    fn graded(&self, answers: &Json) -> Result<Vec<GradedAnswer>> {
        // What the author has to say follows from the answer; what it earned is what was noted.
        let feedback = self.paper.grade(&self.paper.read_answers(answers)?).questions;
        let rows = self.answers.iter().zip(self.paper.all()).zip(feedback);
        rows.map(|((row, asked), graded)| {
            Ok(GradedAnswer {
                number: row.number,
                key: asked.key.clone(),
                question: graded.question,
                version: graded.version,
                kind: asked.question.definition.kind(),
                state: row.grade_state()?.unwrap_or(GradeState::Wrong),
                points: Points::of_hundredths(row.points),
                points_max: Points::of_hundredths(row.points_max),
                feedback: graded.feedback,
                comment: row.comment.clone(),
                graded_by: row.graded_by.clone(),
                graded_at: row.graded_at,
            })
        })
        .collect()
    }
}
