//! `lmsctl person show`

use clap::Args;
use lms_core::{
    Assignment, AssignmentFilter, Audience, AudienceField, Completion, CompletionFilter, Day,
    Leave, OwnedField, PersonCard, PersonStatus,
};
use serde::Serialize;

use crate::app::{App, Session};
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
    let learning = Learning::of(&session, &card, as_of).await?;
    let shown = Shown { card, learning };
    let person = &shown.card.person;
    app.output.present(&shown, std::slice::from_ref(person), || page(app, &shown))?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    card: PersonCard,
    #[serde(flatten)]
    learning: Option<Learning>,
}

/// What somebody has to learn and has learnt.
#[derive(Serialize)]
struct Learning {
    assignments: Vec<Assignment>,
    completions: Vec<Completion>,
}

impl Learning {
    /// The first of each; nothing for whoever does not see what people learn.
    async fn of(session: &Session, card: &PersonCard, as_of: Option<Day>) -> Result<Option<Self>> {
        if !session.actor.may("assignments.read") {
            return Ok(None);
        }
        let (assignments, actor) = (session.lms.assignments(), &session.actor);
        let named = Audience::everybody()
            .with(AudienceField::Person, &card.person.id.to_string())
            .with(AudienceField::Status, "*");
        let open = AssignmentFilter::new().audience(named.clone()).as_of(as_of);
        let done = CompletionFilter::new().audience(named).between(None, as_of);
        Ok(Some(Self {
            assignments: assignments.list(actor, open).await?.items,
            completions: assignments.completions(actor, done).await?.items,
        }))
    }
}

/// An assignment beside others of the same person.
#[derive(Serialize)]
struct ToLearn<'a>(&'a Assignment);

impl Row for ToLearn<'_> {
    const COLUMNS: &'static [Column] =
        &[keep("training"), shrink("title"), keep("kind"), keep("status"), keep("due_on")];
    fn cells(&self) -> Vec<Cell> {
        let Self(one) = self;
        vec![
            one.training.as_str().into(),
            one.title.as_str().into(),
            one.kind.as_str().into(),
            one.status.as_str().into(),
            one.due_on.map(|day| day.to_string()).into(),
        ]
    }
}

/// A completion beside others of the same person.
#[derive(Serialize)]
struct Learnt<'a>(&'a Completion);

impl Row for Learnt<'_> {
    const COLUMNS: &'static [Column] =
        &[keep("training"), keep("version"), keep("completed_on"), keep("valid_until")];
    fn cells(&self) -> Vec<Cell> {
        let Self(one) = self;
        vec![
            one.training.as_str().into(),
            one.version.as_str().into(),
            one.completed_on.to_string().into(),
            one.valid_until.map(|day| day.to_string()).into(),
        ]
    }
}

/// The card as people read it: the person, then what else is known, part by part.
fn page(app: &App, shown: &Shown) -> String {
    let Shown { card, learning } = shown;
    let person = &card.person;
    let (to_learn, learnt) = learning.as_ref().map_or_else(Default::default, |learning| {
        let open: Vec<ToLearn<'_>> = learning.assignments.iter().map(ToLearn).collect();
        let done: Vec<Learnt<'_>> = learning.completions.iter().map(Learnt).collect();
        (app.output.table(&open), app.output.table(&done))
    });
    let attribute = |(key, value): (&String, &String)| format!("  {key}: {value}\n");
    let attributes: Vec<String> = person.attributes.iter().map(attribute).collect();
    let sources: Vec<String> =
        card.sources.iter().map(|known| format!("  {}:{}\n", known.source, known.key)).collect();
    let leaves: String = card.leaves.iter().map(leave).collect();
    let parts = [
        (person.name(), app.output.card(person)),
        ("Attributes".to_owned(), attributes.concat()),
        ("Leaves".to_owned(), leaves),
        ("Has to learn".to_owned(), to_learn),
        ("Has learnt".to_owned(), learnt),
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
