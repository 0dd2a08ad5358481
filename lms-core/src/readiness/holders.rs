//! Who has a skill.

use uuid::Uuid;

use super::asked::{On, among, day, selected};
use super::grants::{self, best, having};
use super::types::{HeldBy, HolderFilter};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::Page;
use crate::people::PersonId;
use crate::skills::{self, SkillLevel};

row! {
    struct HolderRow {
        person_id: Uuid,
        person: String,
        employee_number: Option<String>,
        sort_key: String,
    }
}

pub(super) async fn list(
    core: &Core,
    actor: &Actor,
    skill: &str,
    filter: HolderFilter,
) -> Result<Page<HeldBy>> {
    let mut tx = core.db().begin_read().await?;
    let skill = skills::find(&mut tx, skill).await?.id;
    let day = day(&mut tx, core, filter.as_of).await?;
    let people = selected(&mut tx, core, actor, &filter.audience, day).await?;
    let wanted = Assembly::new(
        "SELECT x.id, COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name,
                x.employee_number, x.sort_key
         FROM persons x WHERE",
    )
    .append(among(tx.engine(), people))
    .push("AND");
    let level = filter.level.unwrap_or(SkillLevel::ALL[0]);
    let mut wanted = having(wanted, skill, level, On::day(day));
    if let Some((name, person)) = filter.paging.after::<(String, Uuid)>()? {
        wanted = wanted
            .push("AND (x.sort_key, x.id) > (?")
            .bind(name)
            .push(", ?")
            .bind(person)
            .push(")");
    }
    let rows: Vec<HolderRow> = wanted
        .push("ORDER BY x.sort_key, x.id LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let page = filter.paging.page(rows, |row| (row.sort_key.clone(), row.person_id))?;
    let ids: Vec<Uuid> = page.items.iter().map(|row| row.person_id).collect();
    let mut held = best(grants::load(&mut tx, &ids, Some(&[skill]), On::day(day)).await?)?;
    let items = page.items.into_iter().map(|row| {
        let held = held.remove(&(row.person_id, skill));
        Ok(HeldBy {
            person_id: PersonId::new(row.person_id),
            person: row.person,
            employee_number: row.employee_number,
            held: held.ok_or_else(|| Error::internal("who has a skill was not given it"))?,
        })
    });
    Ok(Page { items: items.collect::<Result<Vec<_>>>()?, next: page.next })
}
