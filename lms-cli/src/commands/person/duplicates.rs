//! `lmsctl person duplicates`

use clap::Args;
use lms_core::{DuplicateFilter, DuplicatePair, DuplicateRecord};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, apart, drop_first, keep, prose, shrink};

/// List records that are likely one human
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person duplicates",
    "lmsctl person duplicates --min-score 80 --all --output csv",
])]
pub(crate) struct DuplicatesArgs {
    /// Only pairs with at least this score, of 100
    #[arg(long, value_name = "SCORE")]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
    min_score: Option<u8>,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: DuplicatesArgs) -> Result {
    let session = app.open().await?;
    let filter = DuplicateFilter::new();
    let filter = args.min_score.map_or(filter.clone(), |score| filter.score_min(score));
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.people().duplicates(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "pair", "pairs")?;
    if let Some(pair) = list.items.first() {
        app.output.hint(&format!(
            "look at one with `lmsctl person merge {} {} --dry-run`",
            name_of(&pair.keep),
            name_of(&pair.other)
        ));
    }
    Ok(Exit::Done)
}

/// What to type for a record.
fn name_of(record: &DuplicateRecord) -> String {
    let name = record.employee_number.clone().or_else(|| record.email.clone());
    name.unwrap_or_else(|| record.id.to_string())
}

impl Row for DuplicatePair {
    const COLUMNS: &'static [Column] = &[
        keep("score"),
        keep("keep"),
        shrink("keep_name"),
        keep("other"),
        shrink("other_name"),
        prose("reasons"),
        drop_first("keep_department"),
        drop_first("other_department"),
        apart("keep_id"),
        apart("other_id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            i64::from(self.score).into(),
            name_of(&self.keep).into(),
            self.keep.name.as_str().into(),
            name_of(&self.other).into(),
            self.other.name.as_str().into(),
            Cell::List(self.reasons.clone()),
            self.keep.department.clone().into(),
            self.other.department.clone().into(),
            self.keep.id.to_string().into(),
            self.other.id.to_string().into(),
        ]
    }
}
