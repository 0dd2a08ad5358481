//! What people lack that their job roles require.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::asked::Asked;
use super::closing::Closing;
use super::grants::{self, best, having_required, missing};
use super::types::{GapFilter, SkillGap};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{One, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::people::PersonId;
use crate::skills::{SkillId, SkillLevel};

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
    let mut wanted = having_required(asked.required(SELECT).push("AND NOT"), asked.day);
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
    Ok(Page { items: told(&mut tx, page.items, &asked).await?, next: page.next })
}

/// With what people have all the same, and what would help them.
async fn told(tx: &mut Tx, rows: Vec<GapRow>, asked: &Asked) -> Result<Vec<SkillGap>> {
    let people: BTreeSet<Uuid> = rows.iter().map(|row| row.person_id).collect();
    let people: Vec<Uuid> = people.into_iter().collect();
    let skills: BTreeSet<Uuid> = rows.iter().map(|row| row.skill_id).collect();
    let closing = Closing::load(tx, &skills).await?;
    let skills: Vec<Uuid> = skills.into_iter().collect();
    let mut held = best(grants::load(tx, &people, Some(&skills), asked.day).await?)?;
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
    let wanted = having_required(asked.required("SELECT COUNT(*)").push("AND NOT"), asked.day);
    let One(count): One<i64> = wanted.on(&mut tx).one().await?;
    Ok(count)
}
