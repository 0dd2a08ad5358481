//! Departments with their parents, in any order.
//!
//! Whoever leads one may be imported later than it: the department lands without them, it is said, and the
//! same file sets them once they are there.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::Landing;
use super::fates::{Aside, Fates};
use super::options::StagedRecords;
use super::subjects::Subjects;
use super::twice::clash;
use crate::imports::plan::RowEffect;
use crate::imports::row::FileRow;
use crate::kernel::error::{Error, Result};
use crate::operations::Write;
use crate::people::delivery::{DepartmentFate, SaidDepartment, deliver_departments};
use crate::people::names_in;

pub(super) async fn land(
    write: &mut Write,
    staged: &StagedRecords,
    fates: &mut Fates<'_>,
) -> Result<Landing> {
    let rows = staged.rows.as_slice();
    let leaders: Vec<FileRow> = rows.iter().map(leader).collect();
    let subjects = Subjects::load(write, &staged.options.source, &leaders).await?;
    let mut said = Vec::with_capacity(rows.len());
    let mut places = Vec::with_capacity(rows.len());
    let mut unknown: BTreeMap<usize, Error> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let head = match (leaders[at].values.is_empty(), leaders[at].text("person")) {
            (true, _) => None,
            (false, None) => Some(None),
            (false, Some(_)) => match subjects.of(&leaders[at]) {
                Ok(known) => Some(Some(known.person)),
                Err(aside) => {
                    let error = aside.errors.into_iter().next();
                    unknown.extend(error.map(|error| (at, error.with_field("leader"))));
                    None
                }
            },
        };
        match row.day("from") {
            Ok(from) => {
                places.push(at);
                said.push(SaidDepartment {
                    code: row.text("code").map(str::to_owned),
                    name: row.text("name").map(str::to_owned),
                    parent: row.values.get("parent").cloned(),
                    head,
                    from,
                });
            }
            Err(error) => {
                fates.thing(at, label(row), RowEffect::Rejected, Vec::new(), vec![error]);
            }
        }
    }
    let (landed, operation) = deliver_departments(write, &said).await?;
    let names = leaders_of(write, &landed).await?;
    for (at, mut fate) in places.iter().copied().zip(landed) {
        for change in fate.changed.iter_mut().filter(|change| change.field == "head") {
            for side in [&mut change.before, &mut change.after] {
                let id = side.as_deref().and_then(|text| text.parse::<Uuid>().ok());
                *side = id.map(|id| names.get(&id).cloned().unwrap_or_else(|| id.to_string()));
            }
        }
        let name = fate.name;
        if !fate.same_as.is_empty() {
            let numbers: Vec<u64> =
                fate.same_as.iter().map(|place| rows[places[*place]].number).collect();
            let Aside { effect, errors } = clash(&numbers);
            fates.thing(at, name, effect, Vec::new(), errors);
            continue;
        }
        let noted: Vec<Error> = unknown.remove(&at).into_iter().collect();
        let effect = match (fate.errors.is_empty(), fate.is_new, fate.changed.is_empty()) {
            (false, ..) => RowEffect::Rejected,
            (true, true, _) => RowEffect::Create,
            (true, false, false) => RowEffect::Update,
            (true, false, true) => RowEffect::Unchanged,
        };
        let errors = if fate.errors.is_empty() { noted } else { fate.errors };
        fates.thing(at, name, effect, fate.changed, errors);
    }
    Ok(Landing { operation, ..Landing::default() })
}

/// Who leads it, as a row that is about them.
fn leader(row: &FileRow) -> FileRow {
    let said = row.values.get("leader").map(|value| ("person".to_owned(), value.clone()));
    FileRow { number: row.number, values: said.into_iter().collect() }
}

fn label(row: &FileRow) -> String {
    let parts: Vec<&str> = [row.text("code"), row.text("name")].into_iter().flatten().collect();
    parts.join(" ")
}

async fn leaders_of(
    write: &mut Write,
    landed: &[DepartmentFate],
) -> Result<BTreeMap<Uuid, String>> {
    let heads = landed.iter().flat_map(|fate| &fate.changed).filter(|one| one.field == "head");
    let ids: BTreeSet<Uuid> = heads
        .flat_map(|change| [change.before.as_deref(), change.after.as_deref()])
        .flatten()
        .filter_map(|text| text.parse().ok())
        .collect();
    Ok(names_in(&mut write.tx, ids).await?.into_iter().collect())
}
