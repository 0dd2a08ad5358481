//! What people lack that their job roles require.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::asked::Asked;
use super::closing::Closing;
use super::grants::{self, best, having_required, missing};
use super::types::{GapFilter, SkillGap};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, One, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::people::PersonId;
use crate::skills::{SkillId, SkillLevel};

/// So many gaps are told at a time: memory is that of their people.
const CHUNK: usize = 5_000;

row! {
    struct GapRow {
        person_id: Uuid,
        person: String,
        employee_number: Option<String>,
        job_role: String,
        skill_id: Uuid,
        skill: String,
        name: String,
        level: i64,
        sort_key: String,
        code_key: String,
    }
}

const SELECT: &str = "
SELECT x.id, COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name, x.employee_number, u.code,
       k.id, k.code, k.name, q.level, x.sort_key, k.code_key";

/// What a page continues behind: a name, whose it is, and a skill.
type Key = (String, Uuid, String);

pub(super) async fn list(core: &Core, actor: &Actor, filter: GapFilter) -> Result<Page<SkillGap>> {
    let mut tx = core.db().begin_read().await?;
    let asked = Asked::prepare(&mut tx, core, actor, &filter).await?;
    let mut wanted = lacked(&asked);
    if let Some((name, person, skill)) = filter.paging.after::<Key>()? {
        // Said twice: the first is what the index over the names can serve.
        wanted = wanted
            .push("AND (x.sort_key, x.id) >= (?")
            .bind(name.clone())
            .push(", ?")
            .bind(person)
            .push(") AND (x.sort_key, x.id, k.code_key) > (?")
            .bind(name)
            .push(", ?")
            .bind(person)
            .push(", ?")
            .bind(skill)
            .push(")");
    }
    let rows: Vec<GapRow> = wanted
        .push("ORDER BY x.sort_key, x.id, k.code_key LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let key = |row: &GapRow| (row.sort_key.clone(), row.person_id, row.code_key.clone());
    let page = filter.paging.page(rows, key)?;
    let skills: BTreeSet<Uuid> = page.items.iter().map(|row| row.skill_id).collect();
    let closing = Closing::load(&mut tx, &skills).await?;
    Ok(Page { items: told(&mut tx, page.items, &asked, &closing).await?, next: page.next })
}

/// What people of all those who are asked about lack, in the order of their names and then by skill.
pub(crate) async fn all(tx: &mut Tx, asked: &Asked) -> Result<Vec<SkillGap>> {
    let rows: Vec<GapRow> =
        lacked(asked).push("ORDER BY x.sort_key, x.id, k.code_key").on(tx).all().await?;
    let mut gaps = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some = rows.by_ref().take(CHUNK).collect();
        gaps.extend(told(tx, some, asked, &Closing::default()).await?);
    }
    Ok(gaps)
}

fn lacked(asked: &Asked) -> Assembly {
    having_required(asked.required(SELECT).push("AND NOT"), asked.on)
}

/// With what people have all the same, and what would help them.
async fn told(
    tx: &mut Tx,
    rows: Vec<GapRow>,
    asked: &Asked,
    closing: &Closing,
) -> Result<Vec<SkillGap>> {
    let people: BTreeSet<Uuid> = rows.iter().map(|row| row.person_id).collect();
    let people: Vec<Uuid> = people.into_iter().collect();
    let skills: BTreeSet<Uuid> = rows.iter().map(|row| row.skill_id).collect();
    let skills: Vec<Uuid> = skills.into_iter().collect();
    let held = grants::load(tx, &people, Some(&skills), asked.on).await?;
    let mut held = best(held)?;
    rows.into_iter()
        .map(|row| {
            let required = SkillLevel::stored(row.level)?;
            let held = held.remove(&(row.person_id, row.skill_id));
            Ok(SkillGap {
                person_id: PersonId::new(row.person_id),
                person: row.person,
                employee_number: row.employee_number,
                job_role: row.job_role,
                skill_id: SkillId::new(row.skill_id),
                skill: row.skill,
                name: row.name,
                required,
                missing: missing(Some(required), held.as_ref()),
                held,
                closed_by: closing.of(row.skill_id, required),
            })
        })
        .collect()
}

pub(super) async fn count(core: &Core, actor: &Actor, filter: GapFilter) -> Result<i64> {
    let mut tx = core.db().begin_read().await?;
    let asked = Asked::prepare(&mut tx, core, actor, &filter).await?;
    let wanted = having_required(asked.required("SELECT COUNT(*)").push("AND NOT"), asked.on);
    let One(count): One<i64> = wanted.on(&mut tx).one().await?;
    Ok(count)
}
