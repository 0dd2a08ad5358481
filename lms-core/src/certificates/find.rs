//! Looking at certificates, as far as somebody sees their holders.

use uuid::Uuid;

use super::number::{parse_code, parse_number};
use super::sql::{CertificateRow, SELECT};
use super::types::{Certificate, CertificateFilter, CertificateState};
use super::{READ, UNKNOWN};
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::kernel::text::Day;
use crate::people::directory;
use crate::people::reach::Reach;
use crate::settings;

/// What a page continues behind: year and place of a number.
type Key = (i64, i64);

pub(super) async fn list(
    core: &Core,
    actor: &Actor,
    filter: CertificateFilter,
) -> Result<Page<Certificate>> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let settings = settings::current(&mut tx).await?;
    let today = Day::today(core.now(), &settings.timezone.zone());
    let mut wanted = Assembly::new(SELECT);
    if !filter.people.is_empty() {
        let mut people = Vec::with_capacity(filter.people.len());
        // Bounded by what somebody typed.
        for name in &filter.people {
            people.push(directory::find(&mut tx, &reach, name).await?.uuid());
        }
        wanted = wanted.push("AND c.person_id IN (ids?)").bind_ids(&IdList::new(people));
    }
    if !filter.trainings.is_empty() {
        let mut trainings = Vec::with_capacity(filter.trainings.len());
        for name in &filter.trainings {
            trainings.push(catalog::sql::find_published(&mut tx, name).await?.uuid());
        }
        wanted = wanted.push("AND c.training_id IN (ids?)").bind_ids(&IdList::new(trainings));
    }
    wanted = in_states(wanted, &filter.states, today);
    if let Some((year, sequence)) = filter.paging.after::<Key>()? {
        wanted =
            wanted.push("AND (c.year, c.sequence) < (?").bind(year).push(", ?)").bind(sequence);
    }
    let wanted = reach.narrow(wanted).push("ORDER BY c.year DESC, c.sequence DESC LIMIT ?");
    let rows: Vec<CertificateRow> =
        wanted.bind(filter.paging.rows_wanted()?).on(&mut tx).all().await?;
    let page = filter.paging.page(rows, |row| (row.year, row.sequence))?;
    let base_url = settings.base_url.as_deref();
    let items = page.items.into_iter().map(|row| row.certificate(today, base_url));
    Ok(Page { items: items.collect::<Result<Vec<_>>>()?, next: page.next })
}

/// Leaves those that are in one of the states on a day; all, where none is asked for.
fn in_states(wanted: Assembly, states: &[CertificateState], today: Day) -> Assembly {
    let mut wanted = wanted;
    for (nth, state) in states.iter().enumerate() {
        wanted = wanted.push(if nth == 0 { "AND (" } else { "OR" });
        wanted = match state {
            CertificateState::Valid => wanted
                .push("(c.revoked_on IS NULL AND (c.valid_until IS NULL OR c.valid_until >= ?))")
                .bind(today),
            CertificateState::Expired => {
                wanted.push("(c.revoked_on IS NULL AND c.valid_until < ?)").bind(today)
            }
            CertificateState::Revoked => wanted.push("c.revoked_on IS NOT NULL"),
        };
    }
    if states.is_empty() { wanted } else { wanted.push(")") }
}

pub(super) async fn show(core: &Core, actor: &Actor, name: &str) -> Result<Certificate> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    find_in(&mut tx, &reach, core.now(), name).await
}

/// A certificate within reach by its number, its code or its id. Any other is answered as one that is
/// not there.
pub(super) async fn find_in(
    tx: &mut Tx,
    reach: &Reach,
    now: Timestamp,
    name: &str,
) -> Result<Certificate> {
    let name = name.trim();
    let wanted = Assembly::new(SELECT);
    let wanted = if let Ok(id) = name.parse::<Uuid>() {
        wanted.push("AND c.id = ?").bind(id)
    } else if let Some((year, sequence)) = parse_number(name) {
        wanted.push("AND c.year = ?").bind(year).push("AND c.sequence = ?").bind(sequence)
    } else {
        wanted.push("AND c.code = ?").bind(parse_code(name))
    };
    let row: Option<CertificateRow> = reach.narrow(wanted).on(tx).opt().await?;
    let settings = settings::current(tx).await?;
    let today = Day::today(now, &settings.timezone.zone());
    let row = row.ok_or_else(|| {
        UNKNOWN
            .error(format!("there is no certificate `{}`", name.escape_debug()))
            .with_field("certificate")
            .with_hint("name it by its number, such as `2026-000123`, its code or its id; `lmsctl certificate list --person` finds it")
    })?;
    row.certificate(today, settings.base_url.as_deref())
}
