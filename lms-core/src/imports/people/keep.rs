//! What is kept of a file of people: what its source looks like, whom it knows, and who is to come.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::decide::Decided;
use super::options::StagedPeople;
use super::there::last_contracts;
use crate::imports::ImportRunId;
use crate::imports::reading::Kind;
use crate::kernel::db::schema::{IMPORT_PENDING, IMPORT_SIGHTINGS, IMPORT_SOURCES};
use crate::kernel::db::{Assembly, Field, IdList, One, Value, bulk, statistics};
use crate::kernel::error::Result;
use crate::operations::Write;

impl Decided {
    pub(crate) async fn keep(
        &self,
        write: &mut Write,
        staged: &StagedPeople,
        run: ImportRunId,
    ) -> Result<()> {
        let source = staged.source();
        if !staged.contract.is_correction {
            let kept = last_contracts(write, source).await?;
            let contract = staged.contract.clone().beside(kept);
            let contract = serde_json::to_string(&contract).expect("it is plain data");
            let row = vec![
                source.into_value(),
                Kind::People.as_str().into_value(),
                staged.options.mode.as_str().into_value(),
                contract.into_value(),
                i64::try_from(staged.n_rows).unwrap_or(i64::MAX).into_value(),
                run.into_value(),
                write.ctx.now.into_value(),
            ];
            bulk::upsert_by(&mut write.tx, &IMPORT_SOURCES, &["name", "kind"], vec![row]).await?;
        }
        keep_sightings(write, source, self).await
    }
}

async fn keep_sightings(write: &mut Write, source: &str, decided: &Decided) -> Result<()> {
    let now = write.ctx.now;
    let keys: Vec<&String> = decided.seen.iter().map(|(key, ..)| key).collect();
    let known: Vec<One<String>> = if keys.is_empty() {
        Vec::new()
    } else {
        Assembly::new("SELECT row_key FROM import_sightings WHERE row_key IN (texts?)")
            .bind_texts(&keys)
            .push("AND source = ?")
            .bind(source.to_owned())
            .on(&mut write.tx)
            .all()
            .await?
    };
    let known: BTreeSet<String> = known.into_iter().map(|One(key)| key).collect();
    let mut told = BTreeSet::new();
    let first = decided.seen.iter().filter(|(key, ..)| told.insert(key));
    let (again, new): (Vec<_>, Vec<_>) = first.partition(|(key, ..)| known.contains(key));
    let n_rows = new.len() + again.len();
    let row = |(key, person, digest): &(String, Uuid, Vec<u8>)| {
        vec![
            source.into_value(),
            key.as_str().into_value(),
            (*person).into_value(),
            digest.clone().into_value(),
            now.into_value(),
            0_i64.into_value(),
        ]
    };
    let new: bulk::Rows<'_> = Box::new(new.into_iter().map(row));
    let again: bulk::Rows<'_> = Box::new(again.into_iter().map(row));
    bulk::insert(&mut write.tx, &IMPORT_SIGHTINGS, new).await?;
    bulk::upsert_by(&mut write.tx, &IMPORT_SIGHTINGS, &["source", "row_key"], again).await?;
    for (update, people) in [
        ("UPDATE import_sightings SET n_missed = n_missed + 1", &decided.missing),
        ("UPDATE import_sightings SET n_missed = 0", &decided.returned),
    ] {
        if !people.is_empty() {
            Assembly::new(update)
                .push("WHERE person_id IN (ids?)")
                .bind_ids(&IdList::new(people.iter().copied()))
                .push("AND source = ?")
                .bind(source.to_owned())
                .on(&mut write.tx)
                .run()
                .await?;
        }
    }
    if n_rows >= statistics::WORTH_FROM {
        statistics::refresh(&mut write.tx, &[&IMPORT_SIGHTINGS]).await?;
    }
    Ok(())
}

/// Notes whose manager is still to come; what was pending of those of whom one was said, or nobody, is settled.
pub(super) async fn keep_pending(
    write: &mut Write,
    source: &str,
    pending: &[(Uuid, String)],
    said: &[Uuid],
) -> Result<()> {
    let now = write.ctx.now;
    let pending: BTreeMap<Uuid, &String> =
        pending.iter().map(|(person, manager)| (*person, manager)).collect();
    let settled: BTreeSet<Uuid> = said.iter().copied().chain(pending.keys().copied()).collect();
    if !settled.is_empty() {
        Assembly::new("DELETE FROM import_pending WHERE person_id IN (ids?)")
            .bind_ids(&IdList::new(settled))
            .push("AND source = ?")
            .bind(source.to_owned())
            .on(&mut write.tx)
            .run()
            .await?;
    }
    let rows: Vec<Vec<Value>> = pending
        .into_iter()
        .map(|(person, manager)| {
            vec![
                source.into_value(),
                person.into_value(),
                manager.as_str().into_value(),
                now.into_value(),
            ]
        })
        .collect();
    bulk::insert(&mut write.tx, &IMPORT_PENDING, rows).await.map(drop)
}
