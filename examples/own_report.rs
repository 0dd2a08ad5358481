//! A report of one's own: how many valid completions each training has, as a workbook.
//!
//! ```sh
//! cargo run --package lms-examples --example own_report -- sqlite:demo/lms.db own.xlsx
//! ```

use std::path::Path;

use lms_core::{Actor, FactsQuery, Lms, Result};
use lms_reports::{
    Cell, Chart, ChartKind, Column, Document, Figure, Kind, Series, Table, Tone, Value,
};

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "sqlite:demo/lms.db".to_owned());
    let file = arguments.next().unwrap_or_else(|| "own.xlsx".to_owned());
    let lms = Lms::open(&url).await?;
    let actor = Actor::os_user("ada");

    // One read, one state of the data: rows refer to people and trainings by their places.
    let facts = lms.analytics().obligations(&actor, FactsQuery::new()).await?;
    let mut valid = vec![0_i64; facts.trainings.code.len()];
    for (training, completed_on) in
        facts.obligations.training.iter().zip(&facts.obligations.completed_on)
    {
        valid[*training as usize] += i64::from(completed_on.is_some());
    }

    let columns = [
        Column::new("training", "Training", Kind::Text, 16),
        Column::new("title", "Title", Kind::Text, 40),
        Column::new("done", "Done", Kind::Integer, 10).about("People who have done it"),
    ];
    let mut table = Table::new("done", "Done", "Nothing was done.", columns);
    for (at, n) in valid.iter().enumerate().filter(|(_, n)| **n > 0) {
        let (code, title) = (&facts.trainings.code[at], &facts.trainings.title[at]);
        table.push([Cell::Text(code), Cell::Text(title), Cell::Integer(*n)]);
    }
    let all = Value::Count(valid.iter().sum());
    Document::of("done", "What was done", &facts.origin, &actor, table)
        .figure(Figure::new("done", "Done", all, "One person and one training each"))
        .chart(Chart::new(
            ChartKind::Bar,
            "Done, by training",
            "done",
            0,
            [Series::new(2).tone(Tone::Good)],
        ))
        .save(Path::new(&file))
}
