//! Making, changing and putting away skills.

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::sql::{self, RequirementRow, SkillRow};
use super::types::{NewSkill, Skill, SkillChange};
use super::{EXISTS, IN_USE, STALE, Skills, find};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::schema::SKILLS;
use crate::kernel::db::{Field, Value, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::{Code, Name};
use crate::operations::{Changed, FieldChange, Operation, OperationId, Write, refuse_changed};
use crate::settings;

const DESCRIPTION_CHARS_MAX: usize = 2_000;
const CATEGORY_CHARS_MAX: usize = 60;

pub(super) async fn add(core: &Core, actor: &Actor, new: NewSkill) -> Result<Changed<Skill>> {
    let code = Code::parse(&new.code)?;
    let mut write = Write::begin(core, actor).await?;
    let key = fold(code.as_str());
    if find::listed(&mut write.tx, std::iter::once(code.as_str())).await?.contains_key(&key) {
        return Err(EXISTS
            .error(format!("there is a skill `{code}` already"))
            .with_field("code")
            .with_hint("choose another code, or edit the one that is there"));
    }
    let now = write.ctx.now;
    let mut row = SkillRow {
        id: write.ctx.new_id(),
        code: code.as_str().to_owned(),
        code_key: key,
        name: String::new(),
        description: None,
        category: None,
        archived_at: None,
        created_at: now,
        updated_at: now,
    };
    apply(&mut row, new.change)?;
    bulk::insert(&mut write.tx, &SKILLS, [values(&row)]).await?;
    let changed = difference(None, &row);
    let operation = Some(record(&mut write, "skill.created", "created", row.id, true, &changed));
    write.commit().await?;
    Ok(Changed { value: row.into(), changed, operation })
}

pub(super) async fn edit(
    skills: &Skills<'_>,
    actor: &Actor,
    name: &str,
    change: SkillChange,
) -> Result<Changed<Skill>> {
    let (write, before) = begin(skills, actor, name).await?;
    let mut after = before.clone();
    apply(&mut after, change)?;
    finish(write, "skill.changed", "changed", &before, after).await
}

pub(super) async fn archive(
    skills: &Skills<'_>,
    actor: &Actor,
    name: &str,
) -> Result<Changed<Skill>> {
    let (mut write, before) = begin(skills, actor, name).await?;
    let mut after = before.clone();
    if before.archived_at.is_none() {
        refuse_in_use(&mut write, &before).await?;
        after.archived_at = Some(write.ctx.now);
    }
    finish(write, "skill.archived", "archived", &before, after).await
}

pub(super) async fn reopen(
    skills: &Skills<'_>,
    actor: &Actor,
    name: &str,
) -> Result<Changed<Skill>> {
    let (write, before) = begin(skills, actor, name).await?;
    let after = SkillRow { archived_at: None, ..before.clone() };
    finish(write, "skill.reopened", "reopened", &before, after).await
}

async fn begin(skills: &Skills<'_>, actor: &Actor, name: &str) -> Result<(Write, SkillRow)> {
    let mut write = Write::begin(skills.core, actor).await?;
    let row = find(&mut write.tx, name).await?;
    refuse_changed(&STALE, "skill", skills.unchanged_since, row.updated_at)?;
    Ok((write, row))
}

/// What is taught to people now, or asked of them now or later, is not put away behind their backs.
async fn refuse_in_use(write: &mut Write, skill: &SkillRow) -> Result<()> {
    let taught = find::taught_by(&mut write.tx, skill.id).await?;
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let required: Vec<RequirementRow> =
        write.tx.sql(&sql::REQUIRED_FROM_ON).bind(skill.id).bind(today).all().await?;
    if taught.is_empty() && required.is_empty() {
        return Ok(());
    }
    let mut refused = IN_USE.error(format!("`{}` is taught or required", skill.code));
    if !taught.is_empty() {
        let codes: Vec<&str> = taught.iter().map(|one| one.training.as_str()).collect();
        refused = refused.with_hint(format!(
            "these trainings teach it: {}; publish them without it first",
            codes.join(", ")
        ));
    }
    if !required.is_empty() {
        let mut codes: Vec<&str> = required.iter().map(|row| row.code.as_str()).collect();
        codes.dedup();
        refused = refused.with_hint(format!(
            "these job roles require it: {}; `lmsctl skill release {} --job-role …` ends that",
            codes.join(", "),
            skill.code
        ));
    }
    Err(refused)
}

async fn finish(
    mut write: Write,
    kind: &'static str,
    count: &'static str,
    before: &SkillRow,
    mut after: SkillRow,
) -> Result<Changed<Skill>> {
    let changed = difference(Some(before), &after);
    if changed.is_empty() {
        return Ok(Changed { value: after.into(), changed, operation: None });
    }
    after.updated_at = write.ctx.now;
    bulk::upsert(&mut write.tx, &SKILLS, vec![values(&after)]).await?;
    let operation = Some(record(&mut write, kind, count, after.id, false, &changed));
    write.commit().await?;
    Ok(Changed { value: after.into(), changed, operation })
}

fn apply(row: &mut SkillRow, change: SkillChange) -> Result<()> {
    if let Some(name) = change.name {
        Name::parse(&name)?.as_str().clone_into(&mut row.name);
    }
    if let Some(text) = change.description {
        row.description = tidied("description", &text, DESCRIPTION_CHARS_MAX)?;
    }
    if let Some(text) = change.category {
        row.category = tidied("category", &text, CATEGORY_CHARS_MAX)?;
    }
    Ok(())
}

/// A text that may be empty, and then is none.
fn tidied(field: &str, text: &str, chars_max: usize) -> Result<Option<String>> {
    let text = text.trim().replace("\r\n", "\n");
    if text.chars().count() > chars_max {
        return Err(Error::invalid(field, format!("it is longer than {chars_max} characters")));
    }
    let breaks = field == "description";
    if text.contains(|c: char| c.is_control() && !(breaks && matches!(c, '\n' | '\t'))) {
        return Err(Error::invalid(field, "it has a control character"));
    }
    Ok((!text.is_empty()).then_some(text))
}

fn difference(before: Option<&SkillRow>, after: &SkillRow) -> Vec<FieldChange> {
    let was = |of: fn(&SkillRow) -> Option<String>| before.and_then(of);
    let code = |row: &SkillRow| Some(row.code.clone());
    let name = |row: &SkillRow| Some(row.name.clone());
    let description = |row: &SkillRow| row.description.clone();
    let category = |row: &SkillRow| row.category.clone();
    let archived = |row: &SkillRow| row.archived_at.map(|_| "yes".to_owned());
    FieldChange::between([
        ("code", was(code), code(after)),
        ("name", was(name), name(after)),
        ("description", was(description), description(after)),
        ("category", was(category), category(after)),
        ("archived", was(archived), archived(after)),
    ])
}

fn record(
    write: &mut Write,
    kind: &'static str,
    count: &'static str,
    skill: Uuid,
    is_new: bool,
    changed: &[FieldChange],
) -> OperationId {
    let values = |of: fn(&FieldChange) -> &Option<String>| -> Map<String, Json> {
        let pairs = changed.iter();
        pairs.map(|change| (change.field.clone(), of(change).clone().into())).collect()
    };
    let before = (!is_new).then(|| values(|change| &change.before));
    let after = values(|change| &change.after);
    let operation = Operation::new(kind)
        .count(count, 1)
        .change("skill", Some(skill), before.as_ref(), Some(&after))
        .event(kind, Some(skill.to_string()), json!({ "skill_ids": [skill] }));
    write.record(operation)
}

fn values(row: &SkillRow) -> Vec<Value> {
    vec![
        row.id.into_value(),
        row.code.as_str().into_value(),
        row.code_key.as_str().into_value(),
        row.name.as_str().into_value(),
        fold(&row.name).into_value(),
        row.description.clone().into_value(),
        row.category.clone().into_value(),
        row.category.as_deref().map(fold).into_value(),
        row.archived_at.into_value(),
        row.created_at.into_value(),
        row.updated_at.into_value(),
    ]
}
