//! Looking at skills.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::UNKNOWN;
use super::level::SkillLevel;
use super::sql::{self, NamesRow, RequirementRow, SkillRow, TaughtRow};
use super::types::{RequiredBy, Skill, SkillCard, SkillFilter, TaughtBy};
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Tx};
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::kernel::page::Page;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;
use crate::settings;

pub(super) async fn list(core: &Core, filter: SkillFilter) -> Result<Page<Skill>> {
    let mut tx = core.db().begin_read().await?;
    let mut wanted = Assembly::new(sql::SKILLS_FROM).push("TRUE");
    if !filter.archived {
        wanted = wanted.push("AND k.archived_at IS NULL");
    }
    if !filter.categories.is_empty() {
        let keys: Vec<String> = filter.categories.iter().map(|text| fold(text)).collect();
        wanted = wanted.push("AND k.category_key IN (texts?)").bind_texts(&keys);
    }
    if let Some(text) = &filter.search {
        // There are hundreds of skills, and not many thousands.
        let pattern = contained(text);
        wanted = wanted.push("AND (k.code_key LIKE ?").bind(pattern.clone()).push("ESCAPE '!'");
        wanted = wanted.push("OR k.name_key LIKE ?").bind(pattern).push("ESCAPE '!')");
    }
    wanted = wanted.push_some("AND k.code_key > ?", filter.paging.after::<String>()?);
    let rows: Vec<SkillRow> = wanted
        .push("ORDER BY k.code_key LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let page = filter.paging.page(rows, |row| row.code_key.clone())?;
    Ok(Page { items: page.items.into_iter().map(Skill::from).collect(), next: page.next })
}

/// A pattern for what has this in it.
fn contained(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in fold(text).chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// A skill by code, name or id; also one that is archived.
pub(crate) async fn find(tx: &mut Tx, text: &str) -> Result<SkillRow> {
    let found: Vec<SkillRow> = match text.trim().parse::<Uuid>() {
        Ok(id) => tx.sql(&sql::SKILL).bind(id).all().await?,
        Err(_) => tx.sql(&sql::SKILLS_NAMED).bind(fold(text)).all().await?,
    };
    let key = fold(text);
    let by_code = found.iter().position(|row| row.code_key == key);
    match (by_code, found.len()) {
        (Some(at), _) => Ok(found.into_iter().nth(at).expect("it was found there")),
        (None, 1) => Ok(found.into_iter().next().expect("there is one")),
        (None, n) => {
            let names: Vec<NamesRow> = tx.sql(&sql::ALL_NAMES).all().await?;
            let known = names.iter().flat_map(|row| [row.code.as_str(), row.name.as_str()]);
            let message = match n {
                0 => format!("there is no skill `{}`", text.trim().escape_debug()),
                _ => format!("several skills are called `{}`", text.trim().escape_debug()),
            };
            Err(UNKNOWN
                .error(message)
                .with_field("skill")
                .with_hints(suggest(text, known))
                .with_hint("`lmsctl skill list` shows all codes"))
        }
    }
}

/// A skill that a document names.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) id: Uuid,
    pub(crate) archived: bool,
}

/// Those of these codes that are skills, by the folded code.
pub(crate) async fn listed(
    tx: &mut Tx,
    codes: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Listed>> {
    let keys: BTreeSet<String> = codes.map(fold).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<String> = keys.into_iter().collect();
    let rows: Vec<SkillRow> = Assembly::new(sql::SKILLS_FROM)
        .push("k.code_key IN (texts?)")
        .bind_texts(&keys)
        .on(tx)
        .all()
        .await?;
    let listed =
        |row: SkillRow| (row.code_key, Listed { id: row.id, archived: row.archived_at.is_some() });
    Ok(rows.into_iter().map(listed).collect())
}

pub(super) async fn card(core: &Core, name: &str, as_of: Option<Day>) -> Result<SkillCard> {
    let mut tx = core.db().begin_read().await?;
    let day = match as_of {
        Some(day) => day,
        None => settings::today(&mut tx, core.now()).await?,
    };
    let row = find(&mut tx, name).await?;
    let taught_by = taught_by(&mut tx, row.id).await?;
    let required: Vec<RequirementRow> =
        tx.sql(&sql::REQUIRED_BY).bind(row.id).bind(day).all().await?;
    let required_by = required
        .into_iter()
        .map(|row| {
            Ok(RequiredBy {
                job_role: row.code,
                name: row.name,
                level: SkillLevel::stored(row.level)?,
                from: row.valid_from,
                until: row.valid_until,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(SkillCard { skill: row.into(), as_of: day, taught_by, required_by })
}

pub(super) async fn taught_by(tx: &mut Tx, skill: Uuid) -> Result<Vec<TaughtBy>> {
    let rows: Vec<TaughtRow> = tx.sql(&sql::TAUGHT_BY).bind(skill).all().await?;
    rows.into_iter()
        .map(|row| {
            let level = SkillLevel::stored(row.level)?;
            Ok(TaughtBy { training: row.code, title: row.title, level })
        })
        .collect()
}
