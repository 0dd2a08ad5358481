//! `lmsctl skill show`

use clap::Args;
use lms_core::{RequiredBy, SkillCard, TaughtBy};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, keep, shrink};

/// Show a skill, what teaches it, and which job roles require it
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill show SECURITY",
    "lmsctl skill show \"First aid\" --as-of 2027-01-01 --output json",
])]
pub(crate) struct ShowArgs {
    /// Code or name
    skill: Option<String>,
    /// What is required on this day; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let skill = picking::skill(app, &session, args.skill).await?;
    let day = session.optional_day(args.as_of.as_deref()).await?;
    let card = session.lms.skills().show(&session.actor, &skill, day).await?;
    let rows = std::slice::from_ref(&card.skill);
    app.output.present(&card, rows, || page(app, &card))?;
    Ok(Exit::Done)
}

fn page(app: &App, card: &SkillCard) -> String {
    let title = format!("{}  {}", card.skill.code, card.skill.name);
    let or_nothing =
        |table: String| if table.is_empty() { "  nothing\n".to_owned() } else { table };
    let required = format!("Required on {}", card.as_of);
    [
        (title.as_str(), app.output.card(&card.skill)),
        ("Taught by", or_nothing(app.output.table(&card.taught_by))),
        (required.as_str(), or_nothing(app.output.table(&card.required_by))),
    ]
    .map(|(title, text)| format!("{}{text}", app.output.heading(title)))
    .join("\n")
}

impl Row for TaughtBy {
    const COLUMNS: &'static [Column] = &[keep("training"), shrink("title"), keep("level")];

    fn cells(&self) -> Vec<Cell> {
        let level = i64::from(self.level.number());
        vec![self.training.as_str().into(), self.title.as_str().into(), level.into()]
    }
}

impl Row for RequiredBy {
    const COLUMNS: &'static [Column] =
        &[keep("job_role"), shrink("name"), keep("level"), keep("from"), keep("until")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.job_role.as_str().into(),
            self.name.as_str().into(),
            i64::from(self.level.number()).into(),
            self.from.to_string().into(),
            self.until.map(|day| day.to_string()).into(),
        ]
    }
}
