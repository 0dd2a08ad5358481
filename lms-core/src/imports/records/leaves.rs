//! Who is away, and for how long. Clocks of what is open for them stand still as rules and assignments say.

use std::collections::BTreeMap;

use super::fates::{Aside, Fates};
use super::options::StagedRecords;
use super::subjects::Subjects;
use super::twice::{Claim, Twice, clash, twice};
use super::{Landing, text_of};
use crate::imports::plan::RowEffect;
use crate::imports::row::FileRow;
use crate::kernel::error::{Error, Result};
use crate::operations::Write;
use crate::people::Leave;
use crate::people::delivery::deliver_leaves;

pub(super) async fn land(
    write: &mut Write,
    staged: &StagedRecords,
    fates: &mut Fates<'_>,
) -> Result<Landing> {
    let rows = staged.rows.as_slice();
    let subjects = Subjects::load(write, &staged.options.source, rows).await?;
    let (mut sound, mut claims) = (BTreeMap::new(), Vec::new());
    for (at, row) in rows.iter().enumerate() {
        match (subjects.of(row), read(row)) {
            (Ok(known), Ok(leave)) => {
                let (from, until) = (leave.from_on, leave.until_on);
                claims.push(Claim { at, key: known.person, from, until });
                sound.insert(at, (known, leave));
            }
            (Ok(known), Err(error)) => fates.aside(at, Some(&known), Aside::rejected(error)),
            (Err(aside), leave) => {
                let wrong = leave.err().map(Aside::rejected);
                fates.aside(at, None, wrong.into_iter().fold(aside, Aside::join));
            }
        }
    }
    for (at, what) in twice(rows, claims) {
        let Some((known, _)) = sound.remove(&at) else { continue };
        match what {
            Twice::Same => fates.unchanged(at, &known, None),
            Twice::Clash(numbers) => fates.aside(at, Some(&known), clash(&numbers)),
        }
    }
    let leaves = sound.values().map(|(known, leave)| (known.person, leave.clone())).collect();
    let (landed, operation) = deliver_leaves(write, leaves).await?;
    for ((at, (known, _)), fate) in sound.into_iter().zip(landed) {
        match fate {
            Ok(true) => fates.landed(at, &known, RowEffect::Create),
            Ok(false) => fates.unchanged(at, &known, None),
            Err(error) => {
                let field = if error.field() == Some("until_on") { "until" } else { "from" };
                fates.aside(at, Some(&known), Aside::rejected(error.with_field(field)));
            }
        }
    }
    Ok(Landing { operation, ..Landing::default() })
}

fn read(row: &FileRow) -> Result<Leave> {
    let from_on = row.day("from")?.ok_or_else(|| Error::invalid("from", "it has no first day"))?;
    let until_on = row.day("until")?;
    if until_on.is_some_and(|until| until < from_on) {
        let wrong = format!("it would end before {from_on}, when it begins");
        return Err(Error::invalid("until", wrong));
    }
    Ok(Leave { from_on, until_on, reason: text_of(row, "reason")? })
}
