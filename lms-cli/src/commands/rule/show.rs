//! `lmsctl rule show`

use clap::Args;
use lms_core::engine::{Leaving, OnLeaving, OnPastDue};
use lms_core::{
    LeavePolicy, OpenCycles, RuleCard, RuleDefinition, RulePeriod, RuleRenewal, RuleShown,
    RuleVersion, Timestamp,
};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, counted, drop_first, keep, shrink};

/// Show a rule: what it says, its versions, and since when it holds
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule add GDPR \"Data protection\" --training GDPR-101 --everybody && lmsctl rule show GDPR",
    "lmsctl rule show GDPR --draft --output json      # exit 7",
])]
pub(crate) struct ShowArgs {
    /// Code
    rule: Option<String>,
    /// The draft, in place of what is in force
    #[arg(long, conflicts_with = "version")]
    draft: bool,
    /// The version of this number
    #[arg(long, value_name = "N")]
    version: Option<u32>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let rule = picking::rule(app, &session, args.rule).await?;
    let shown = match (args.draft, args.version) {
        (true, _) => RuleShown::Draft,
        (_, Some(version)) => RuleShown::Version(version),
        _ => RuleShown::Current,
    };
    let card = session.lms.rules().show(&session.actor, &rule, shown).await?;
    let rows = std::slice::from_ref(&card.rule);
    app.output.present(&card, rows, || page(app, &card))?;
    Ok(Exit::Done)
}

impl Row for RuleVersion {
    const COLUMNS: &'static [Column] =
        &[keep("version"), keep("state"), shrink("title"), keep("recorded_at"), drop_first("by")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            i64::from(self.version).into(),
            if self.is_draft { "draft" } else { "applied" }.into(),
            self.title.as_str().into(),
            self.recorded_at.into(),
            self.by.clone().into(),
        ]
    }
}

impl Row for RulePeriod {
    const COLUMNS: &'static [Column] =
        &[keep("from"), keep("status"), keep("version"), keep("recorded_at"), drop_first("by")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.valid_from.to_string().into(),
            self.status.as_str().into(),
            i64::from(self.version).into(),
            self.recorded_at.into(),
            self.by.clone().into(),
        ]
    }
}

/// The card as people read it.
fn page(app: &App, card: &RuleCard) -> String {
    let title = format!("{}  {}", card.rule.code, card.definition.title);
    let mut page = format!("{}{}", app.output.heading(&title), app.output.pairs(&facts(card)));
    if !card.periods.is_empty() {
        page.push('\n');
        page.push_str(&app.output.heading("Since when it holds"));
        page.push_str(&app.output.table(&card.periods));
    }
    if card.versions.len() > 1 {
        page.push('\n');
        page.push_str(&app.output.heading("Versions"));
        page.push_str(&app.output.table(&card.versions));
    }
    page
}

/// What there is to say in a line each; what is as usual is left out.
fn facts(card: &RuleCard) -> Vec<(&'static str, String)> {
    let (rule, says) = (&card.rule, &card.definition);
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let status = match rule.since {
        Some(since) => format!("{} since {since}", rule.status.as_str()),
        None => rule.status.as_str().to_owned(),
    };
    let people = usize::try_from(card.people).unwrap_or_default();
    let draft = rule.draft.filter(|draft| *draft != card.shown.version);
    let all = [
        ("status", Some(status)),
        ("version", Some(version(&card.shown))),
        ("draft", draft.map(|draft| format!("{draft} is being written"))),
        ("trainings", some(says.trainings.join(", "))),
        ("paths", some(says.paths.join(", "))),
        ("audience", Some(says.audience.to_string())),
        ("kind", Some(says.kind.as_str().to_owned())),
        ("due", Some(says.due.to_string())),
        ("grace", says.grace_days.map(|days| format!("{days} days"))),
        ("again", says.renewal.as_ref().map(renewal)),
        ("credit", credit(says)),
        ("past due", past_due(says.on_past_due)),
        ("leaving", leaving(says.on_leaving)),
        ("leave", (says.leave == LeavePolicy::Run).then(|| "the clock runs on".to_owned())),
        ("reminders", reminders(says)),
        ("escalation", escalation(says)),
        ("from", says.from.map(|day| day.to_string())),
        ("until", says.until.map(|day| day.to_string())),
        ("stagger", says.stagger_weeks.map(|weeks| format!("over {weeks} weeks"))),
        (
            "open cycles",
            (says.open_cycles == OpenCycles::Move).then(|| "move to these terms".to_owned()),
        ),
        ("open for", (people > 0).then(|| counted(people, "person", "people"))),
    ];
    all.into_iter().filter_map(|(label, text)| text.map(|text| (label, text))).collect()
}

fn day_of(instant: Timestamp) -> String {
    let text = instant.to_string();
    text.get(..10).unwrap_or(&text).to_owned()
}

fn version(version: &RuleVersion) -> String {
    let what = if version.is_draft { "draft, written" } else { "applied" };
    let by = version.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    format!("{}, {what} {}{by}", version.version, day_of(version.recorded_at))
}

fn renewal(renewal: &RuleRenewal) -> String {
    let window = match (renewal.window_months, renewal.window_days) {
        (Some(months), _) => format!("{months} months before"),
        (None, days) => format!("{} days before", days.unwrap_or_default()),
    };
    let least = renewal.min_active_months.map(|months| format!(", at least {months} months"));
    format!(
        "every {} months from the {}, open {window}{}",
        renewal.active_months,
        match renewal.base.as_str() {
            "fixed" => "fixed day",
            other => other,
        },
        least.unwrap_or_default()
    )
}

fn credit(says: &RuleDefinition) -> Option<String> {
    let since = says.credit.since.map(|day| format!("since {day}"));
    let within = says.credit.within_months.map(|months| format!("of {months} months before"));
    let parts: Vec<String> = since.into_iter().chain(within).collect();
    (!parts.is_empty()).then(|| format!("completions {}", parts.join(" and ")))
}

fn past_due(how: OnPastDue) -> Option<String> {
    match how {
        how if how == OnPastDue::default() => None,
        OnPastDue::Extend(days) => Some(format!("{days} days from then")),
        OnPastDue::AssignAnyway => Some("assigned as it is".to_owned()),
        OnPastDue::Park => Some("waits for somebody to decide".to_owned()),
        _ => None,
    }
}

fn leaving(how: OnLeaving) -> Option<String> {
    let told = |how: Leaving| match how {
        Leaving::Cancel => "cancelled",
        Leaving::Optional => "becomes optional",
        Leaving::Keep => "stays",
    };
    (how != OnLeaving::default())
        .then(|| format!("not started: {}; started: {}", told(how.not_started), told(how.started)))
}

fn reminders(says: &RuleDefinition) -> Option<String> {
    let reminders = says.reminders.as_ref()?;
    let days: Vec<String> = reminders.days.iter().map(|days| format!("{days:+}")).collect();
    let then = reminders.then_every_days.map(|days| format!(", then every {days} days"));
    if days.is_empty() && then.is_none() {
        return Some("none".to_owned());
    }
    Some(format!("{} days{}", days.join(", "), then.unwrap_or_default()))
}

fn escalation(says: &RuleDefinition) -> Option<String> {
    let escalation = says.escalation?;
    let manager = escalation.manager_after_days.map(|days| format!("manager after {days} days"));
    let head = escalation.head_after_days.map(|days| format!("head after {days} days"));
    Some(manager.into_iter().chain(head).collect::<Vec<_>>().join(", "))
}
