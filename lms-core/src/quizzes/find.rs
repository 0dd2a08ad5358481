//! Looking at the bank: lists that page by code, search by the beginnings of words, one by its code.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value as Json;
use uuid::Uuid;

use super::bank::{Bank, Entry, tag};
use super::definition::QuestionKind;
use super::sheet::BankedQuestion;
use super::sql::{self, BankRow, KeyRow, QuestionRow, QuizRow, TagRow};
use super::types::{Question, Quiz};
use super::wanted::{stored_definition, stored_quiz};
use super::{QUESTION_UNKNOWN, QUIZ_UNKNOWN, QuestionId, QuizId};
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, One, Statement, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::{fold, words};
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::suggest::suggest;

/// Which questions of the bank.
#[derive(Debug, Clone, Default)]
pub struct QuestionFilter {
    search: Option<String>,
    tags: Vec<String>,
    kind: Option<QuestionKind>,
    archived: bool,
    paging: Paging,
}

/// Which quizzes.
#[derive(Debug, Clone, Default)]
pub struct QuizFilter {
    search: Option<String>,
    archived: bool,
    paging: Paging,
}

paged!(QuestionFilter, QuizFilter);

impl QuestionFilter {
    /// All that are asked, by code.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those with words that begin so, in code or text.
    #[must_use]
    pub fn search(mut self, text: &str) -> Self {
        self.search = Some(text.to_owned());
        self
    }

    /// Only those with this tag; several: with all of them.
    #[must_use]
    pub fn tag(mut self, tag: &str) -> Self {
        self.tags.push(tag.to_owned());
        self
    }

    /// Only those of this kind.
    #[must_use]
    pub fn kind(mut self, kind: QuestionKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Also those that are archived.
    #[must_use]
    pub fn archived(mut self, archived: bool) -> Self {
        self.archived = archived;
        self
    }
}

impl QuizFilter {
    /// All that are given, by code.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those with words that begin so, in code or title.
    #[must_use]
    pub fn search(mut self, text: &str) -> Self {
        self.search = Some(text.to_owned());
        self
    }

    /// Also those that are archived.
    #[must_use]
    pub fn archived(mut self, archived: bool) -> Self {
        self.archived = archived;
        self
    }
}

/// The whole bank, without what is asked.
pub(super) async fn bank(tx: &mut Tx) -> Result<Bank> {
    let rows: Vec<BankRow> = tx.sql(&sql::BANK).all().await?;
    let tags: Vec<TagRow> = tx.sql(&sql::TAGS).all().await?;
    let mut tags = by_question(tags);
    let entry = |row: BankRow| {
        let tags = tags.remove(&row.id).unwrap_or_default();
        (row.code_key, Entry { id: row.id, code: row.code, archived: row.archived, tags })
    };
    Ok(Bank { entries: rows.into_iter().map(entry).collect() })
}

/// The ids of those of these codes that are quizzes which are given, by the folded code.
pub(crate) async fn given(
    tx: &mut Tx,
    codes: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Uuid>> {
    let keys: BTreeSet<String> = codes.map(fold).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<String> = keys.into_iter().collect();
    let rows: Vec<KeyRow> = Assembly::new(
        "SELECT id, code_key FROM quizzes WHERE archived_at IS NULL AND code_key IN (texts?)",
    )
    .bind_texts(&keys)
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|row| (row.code_key, row.id)).collect())
}

fn by_question(rows: Vec<TagRow>) -> BTreeMap<Uuid, BTreeSet<String>> {
    let mut tags: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        tags.entry(row.question_id).or_default().insert(row.tag);
    }
    tags
}

/// The newest versions of these questions.
pub(super) async fn question_rows(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<QuestionRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = IdList::new(ids.iter().copied());
    let rows = Assembly::new(sql::QUESTIONS_FROM).push("q.id IN (ids?)").bind_ids(&ids);
    rows.push("ORDER BY q.code_key").on(tx).all().await
}

pub(super) async fn questions(core: &Core, filter: QuestionFilter) -> Result<Page<Question>> {
    let mut tx = core.db().begin_read().await?;
    let wanted = filter.narrow(Assembly::new(sql::QUESTIONS_FROM))?;
    let wanted = wanted.push_some("AND q.code_key > ?", filter.paging.after::<String>()?);
    let rows: Vec<QuestionRow> = wanted
        .push("ORDER BY q.code_key LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let page = filter.paging.page(rows, |row| row.code_key.clone())?;
    let items = told_questions(&mut tx, page.items).await?;
    Ok(Page { items, next: page.next })
}

/// How many questions a list has on all its pages.
pub(super) async fn count_questions(core: &Core, filter: &QuestionFilter) -> Result<i64> {
    let counted = filter.narrow(Assembly::new("SELECT COUNT(*) FROM questions q WHERE"))?;
    let One(count): One<i64> = counted.on(&mut core.db().begin_read().await?).one().await?;
    Ok(count)
}

impl QuestionFilter {
    /// All of them by code, without pages.
    pub(super) async fn rows(self, tx: &mut Tx) -> Result<Vec<QuestionRow>> {
        let wanted = self.narrow(Assembly::new(sql::QUESTIONS_FROM))?;
        wanted.push("ORDER BY q.code_key").on(tx).all().await
    }

    fn narrow(&self, wanted: Assembly) -> Result<Assembly> {
        let mut wanted = wanted.push("TRUE");
        if !self.archived {
            wanted = wanted.push("AND q.archived_at IS NULL");
        }
        wanted = wanted.push_some("AND q.kind = ?", self.kind.map(QuestionKind::as_str));
        for text in &self.tags {
            wanted = wanted
                .push("AND q.id IN (SELECT t.question_id FROM question_tags t WHERE t.tag = ?)")
                .bind(tag(text)?);
        }
        searched(wanted, self.search.as_deref())
    }
}

/// Words that begin so; they are letters and digits, so that none of them steers a pattern.
fn searched(mut wanted: Assembly, search: Option<&str>) -> Result<Assembly> {
    let Some(search) = search else { return Ok(wanted) };
    let words = words(search);
    if words.is_empty() {
        return Err(Error::invalid("search", format!("`{search}` has no letter and no digit")));
    }
    for word in words {
        wanted = wanted.push("AND q.search_key LIKE ?").bind(format!("% {word}%"));
    }
    Ok(wanted)
}

/// The codes of these questions.
pub(crate) async fn codes_of(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = question_rows(tx, ids).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.code)).collect())
}

pub(super) async fn told_questions(tx: &mut Tx, rows: Vec<QuestionRow>) -> Result<Vec<Question>> {
    let ids = IdList::new(rows.iter().map(|row| row.id));
    let tags: Vec<TagRow> = Assembly::new(sql::TAGS_OF).bind_ids(&ids).on(tx).all().await?;
    let mut tags = by_question(tags);
    rows.into_iter()
        .map(|row| {
            let tags = tags.remove(&row.id).unwrap_or_default();
            told_question(row, tags)
        })
        .collect()
}

fn told_question(row: QuestionRow, tags: BTreeSet<String>) -> Result<Question> {
    let definition = stored_definition(&row.code, &row.definition)?;
    Ok(Question {
        id: QuestionId::new(row.id),
        code: row.code,
        kind: definition.kind(),
        text: definition.text.clone(),
        points: definition.points,
        tags: tags.into_iter().collect(),
        version: row.version,
        archived: row.archived_at.is_some(),
        definition: Json::Object(definition.document()),
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

pub(super) async fn question(core: &Core, code: &str) -> Result<Question> {
    question_in(&mut core.db().begin_read().await?, code).await
}

/// The key of the question that somebody calls by its code or its id, if there is one.
pub(super) async fn question_key(tx: &mut Tx, name: &str) -> Result<String> {
    key_of(tx, &sql::QUESTION_KEY, name).await
}

/// The key of the quiz that somebody calls by its code or its id, if there is one.
pub(super) async fn quiz_key(tx: &mut Tx, name: &str) -> Result<String> {
    key_of(tx, &sql::QUIZ_KEY, name).await
}

async fn key_of(tx: &mut Tx, by_id: &'static Statement, name: &str) -> Result<String> {
    let found: Option<One<String>> = match name.trim().parse::<Uuid>() {
        Ok(id) => tx.sql(by_id).bind(id).opt().await?,
        Err(_) => None,
    };
    Ok(found.map_or_else(|| fold(name), |One(key)| key))
}

/// One question by its code or its id.
pub(super) async fn question_in(tx: &mut Tx, code: &str) -> Result<Question> {
    let key = question_key(tx, code).await?;
    let row: Option<QuestionRow> =
        Assembly::new(sql::QUESTIONS_FROM).push("q.code_key = ?").bind(key).on(tx).opt().await?;
    match row {
        Some(row) => Ok(told_questions(tx, vec![row]).await?.remove(0)),
        None => Err(unknown_question(&bank(tx).await?, code)),
    }
}

pub(super) fn unknown_question(bank: &Bank, code: &str) -> Error {
    QUESTION_UNKNOWN
        .error(format!("there is no question `{code}`"))
        .with_field("question")
        .with_hints(bank.near(code))
        .with_hint("`lmsctl question list` shows all codes")
}

pub(super) async fn quizzes(core: &Core, filter: QuizFilter) -> Result<Page<Quiz>> {
    let mut tx = core.db().begin_read().await?;
    let wanted = filter.narrow(Assembly::new(sql::QUIZZES_FROM))?;
    let wanted = wanted.push_some("AND q.code_key > ?", filter.paging.after::<String>()?);
    let rows: Vec<QuizRow> = wanted
        .push("ORDER BY q.code_key LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let page = filter.paging.page(rows, |row| row.code_key.clone())?;
    let items = page.items.into_iter().map(told_quiz).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

/// How many quizzes a list has on all its pages.
pub(super) async fn count_quizzes(core: &Core, filter: &QuizFilter) -> Result<i64> {
    let counted = filter.narrow(Assembly::new("SELECT COUNT(*) FROM quizzes q WHERE"))?;
    let One(count): One<i64> = counted.on(&mut core.db().begin_read().await?).one().await?;
    Ok(count)
}

impl QuizFilter {
    fn narrow(&self, wanted: Assembly) -> Result<Assembly> {
        let wanted = wanted.push("TRUE");
        let wanted = if self.archived { wanted } else { wanted.push("AND q.archived_at IS NULL") };
        searched(wanted, self.search.as_deref())
    }
}

pub(super) fn told_quiz(row: QuizRow) -> Result<Quiz> {
    let definition = stored_quiz(&row.code, &row.definition)?;
    Ok(Quiz {
        id: QuizId::new(row.id),
        code: row.code,
        title: definition.title.clone(),
        questions: i64::try_from(definition.n_questions()).unwrap_or(i64::MAX),
        passing_percent: definition.passing_percent,
        time_limit_minutes: definition.time_limit_minutes,
        attempts_max: definition.attempts_max,
        cool_down_hours: definition.cool_down_hours,
        version: row.version,
        archived: row.archived_at.is_some(),
        definition: Json::Object(definition.document()),
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

pub(super) async fn quiz(core: &Core, code: &str) -> Result<Quiz> {
    told_quiz(quiz_row(&mut core.db().begin_read().await?, code).await?)
}

/// The newest version of a quiz by its code or its id.
pub(crate) async fn quiz_row(tx: &mut Tx, code: &str) -> Result<QuizRow> {
    let key = quiz_key(tx, code).await?;
    let row: Option<QuizRow> =
        Assembly::new(sql::QUIZZES_FROM).push("q.code_key = ?").bind(key).on(tx).opt().await?;
    if let Some(row) = row {
        return Ok(row);
    }
    let all: Vec<QuizRow> = tx.sql(&sql::QUIZ_DEFINITIONS).all().await?;
    Err(unknown_quiz(code, all.iter().map(|row| row.code.as_str())))
}

/// What these quizzes are called: id, code and title, in the order of their codes.
pub(crate) async fn quizzes_called(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<(Uuid, String, String)>> {
    let rows: Vec<QuizRow> = Assembly::new(sql::QUIZZES_FROM)
        .push("q.id IN (ids?)")
        .bind_ids(&IdList::new(ids))
        .push("ORDER BY q.code_key")
        .on(tx)
        .all()
        .await?;
    let called = |row: QuizRow| {
        let title = stored_quiz(&row.code, &row.definition)?.title;
        Ok((row.id, row.code, title))
    };
    rows.into_iter().map(called).collect()
}

pub(super) fn unknown_quiz<'c>(code: &str, known: impl IntoIterator<Item = &'c str>) -> Error {
    QUIZ_UNKNOWN
        .error(format!("there is no quiz `{code}`"))
        .with_field("quiz")
        .with_hints(suggest(code, known))
        .with_hint("`lmsctl quiz list` shows all codes")
}

/// The newest versions of the drawn questions, in the order in which they were drawn.
pub(super) async fn drawn_questions(
    tx: &mut Tx,
    bank: &Bank,
    drawn: Vec<Vec<String>>,
) -> Result<Vec<Vec<BankedQuestion>>> {
    let keys = drawn.iter().flatten();
    let ids: Vec<Uuid> =
        keys.filter_map(|key| bank.entries.get(key)).map(|entry| entry.id).collect();
    let mut questions = BTreeMap::new();
    for row in question_rows(tx, &ids).await? {
        let definition = stored_definition(&row.code, &row.definition)?;
        let question = BankedQuestion { code: row.code, version: row.version, definition };
        questions.insert(row.code_key, question);
    }
    let mut taken = |key: String| {
        questions.remove(&key).ok_or_else(|| {
            Error::inconsistent("quiz_versions.definition", format!("no question `{key}`"))
        })
    };
    drawn.into_iter().map(|section| section.into_iter().map(&mut taken).collect()).collect()
}
