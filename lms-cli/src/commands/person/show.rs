//! `lmsctl person show`

use clap::Args;
use lms_core::{Leave, OwnedField, PersonCard, PersonStatus};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, counted, keep, shrink};

/// Show a person and their way through the organisation
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person show ada@demo.example",
    "lmsctl person show 00104 --as-of 2024-12-31 --output json",
])]
pub(crate) struct ShowArgs {
    /// E-mail, employee number, user name or id
    person: Option<String>,
    /// As it was on this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let name = picking::person(app, &session, args.person, PersonStatus::ALL).await?;
    let as_of = session.optional_day(args.as_of.as_deref()).await?;
    let card = session.lms.people().card(&session.actor, &name, as_of).await?;
    let person = &card.person;
    app.output.present(&card, std::slice::from_ref(person), || page(app, &card))?;
    Ok(Exit::Done)
}

/// The card as people read it: the person, then what else is known, part by part.
fn page(app: &App, card: &PersonCard) -> String {
    let person = &card.person;
    let attribute = |(key, value): (&String, &String)| format!("  {key}: {value}\n");
    let attributes: Vec<String> = person.attributes.iter().map(attribute).collect();
    let sources: Vec<String> =
        card.sources.iter().map(|known| format!("  {}:{}\n", known.source, known.key)).collect();
    let leaves: String = card.leaves.iter().map(leave).collect();
    let parts = [
        (person.name(), app.output.card(person)),
        ("Attributes".to_owned(), attributes.concat()),
        ("Leaves".to_owned(), leaves),
        ("Placements".to_owned(), app.output.table(&card.placements)),
        ("Reports".to_owned(), reports(card.reports)),
        ("Known to feeds as".to_owned(), sources.concat()),
        ("Fields that belong to a feed".to_owned(), app.output.table(&card.owned)),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(title, text)| format!("{}{text}", app.output.heading(&title)))
        .collect();
    told.join("\n")
}

impl Row for OwnedField {
    const COLUMNS: &'static [Column] =
        &[keep("field"), keep("source"), shrink("delivered"), keep("pinned_at")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.field.as_str().into(),
            self.source.as_str().into(),
            self.delivered.clone().into(),
            self.pinned_at.map_or(Cell::Nothing, Cell::from),
        ]
    }
}

fn leave(leave: &Leave) -> String {
    let until = leave.until_on.map_or("open".to_owned(), |day| day.to_string());
    let reason = leave.reason.as_deref().unwrap_or_default();
    format!("  {} to {until}  {reason}\n", leave.from_on)
}

fn reports(n_people: i64) -> String {
    match usize::try_from(n_people) {
        Ok(0) | Err(_) => String::new(),
        Ok(n) => format!("  {}\n", counted(n, "person", "people")),
    }
}
