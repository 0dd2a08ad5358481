//! People whose manager a source named before anybody knew them. Whoever arrives, by whatever door, becomes
//! the manager of those who waited, as if the source had said so just now.

use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;

use super::resolve::OfFile;
use super::row::ManagerName;
use crate::kernel::db::{Assembly, IdList, row};
use crate::kernel::error::Result;
use crate::operations::Write;
use crate::people::delivery::{Delivery, Feed, Names, Said, deliver_in, known};

row! {
    struct WaitingRow {
        source: String,
        person_id: Uuid,
        manager: String,
    }
}

/// Sets the managers who are there by now.
pub(crate) async fn settle(write: &mut Write) -> Result<()> {
    let rows: Vec<WaitingRow> = Assembly::new(
        "SELECT p.source, p.person_id, p.manager FROM import_pending p
         JOIN persons x ON x.id = p.person_id AND x.closed_as IS NULL
         ORDER BY p.source, p.person_id",
    )
    .on(&mut write.tx)
    .all()
    .await?;
    let mut by_source: BTreeMap<String, Vec<(Uuid, ManagerName)>> = BTreeMap::new();
    for row in rows {
        let name = ManagerName::parse(&row.manager)?;
        by_source.entry(row.source).or_default().push((row.person_id, name));
    }
    // As many as there are feeds.
    for (source, waiting) in by_source {
        settle_of(write, &source, waiting).await?;
    }
    Ok(())
}

async fn settle_of(
    write: &mut Write,
    source: &str,
    waiting: Vec<(Uuid, ManagerName)>,
) -> Result<()> {
    let mut names = Names::default();
    for (_, name) in &waiting {
        name.add_names(&mut names);
    }
    let there = known(&mut write.tx, source, &names).await?;
    let no_file = OfFile::default();
    let found = waiting.into_iter().filter_map(|(person, name)| {
        let manager = no_file.resolve(&name, &there)?;
        Some(Delivery {
            person,
            is_new: false,
            key: None,
            fields: BTreeMap::new(),
            attributes: BTreeMap::new(),
            employment: Said::default(),
            manager: Some(Some(manager)),
        })
    });
    let deliveries: Vec<Delivery> = found.collect();
    if deliveries.is_empty() {
        return Ok(());
    }
    let protected = HashSet::new();
    let feed = Feed { source, releases: false, protected: &protected };
    let landing = deliver_in(write, &feed, &deliveries, None).await?;
    if let Some(operation) = landing.operation {
        write.record(operation);
    }
    // Whoever would have reported to themselves goes on waiting: somebody may correct it.
    let settled = deliveries.iter().zip(&landing.landed);
    let settled = settled.filter(|(_, one)| one.did_land() && !one.goes_round);
    let people = IdList::new(settled.map(|(delivery, _)| delivery.person));
    Assembly::new("DELETE FROM import_pending WHERE person_id IN (ids?)")
        .bind_ids(&people)
        .push("AND source = ?")
        .bind(source.to_owned())
        .on(&mut write.tx)
        .run()
        .await
        .map(drop)
}
