//! `lmsctl training show`

use std::fmt::Write;

use clap::Args;
use lms_core::{Equivalent, ItemContent, Module, Shown, TrainingCard, VersionNumber};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Show a training with all that is in it
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training show GDPR-101",
    "lmsctl training show GDPR-101 --version 1.0 --output json",
    "lmsctl training show GDPR-101 --as-of today",
])]
pub(crate) struct ShowArgs {
    /// Code
    training: Option<String>,
    /// The draft, in place of what is published
    #[arg(long, conflicts_with_all = ["version", "as_of"])]
    draft: bool,
    /// The version of this number
    #[arg(long, value_name = "N.N", conflicts_with = "as_of")]
    version: Option<String>,
    /// The version that was in the catalog on this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
}

/// Texts are easier to read in lines that are not too long.
pub(crate) const LINE_CHARS_MAX: usize = 88;

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let version = args.version.as_deref().map(VersionNumber::parse).transpose()?;
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let shown = match (args.draft, version, session.optional_day(args.as_of.as_deref()).await?) {
        (true, ..) => Shown::Draft,
        (_, Some(version), _) => Shown::Version(version),
        (.., Some(day)) => Shown::AsOf(day),
        _ => Shown::Current,
    };
    let card = session.lms.catalog().show(&session.actor, &training, shown).await?;
    let rows = std::slice::from_ref(&card.training);
    app.output.present(&card, rows, || page(app, &card))?;
    Ok(Exit::Done)
}

/// The card as people read it: what it is, what is in it, and what stands in the way.
fn page(app: &App, card: &TrainingCard) -> String {
    let (training, definition) = (&card.training, &card.definition);
    let width = app.output.width().unwrap_or(LINE_CHARS_MAX).min(LINE_CHARS_MAX);
    let title = format!("{}  {}", training.code, definition.title);
    let sign = definition.read_and_sign.as_ref();
    let signed = sign.map(|sign| {
        let statement = wrapped(&sign.statement, width, "  > ");
        format!("{}\n{statement}", wrapped(&sign.text, width, "  "))
    });
    let problems: String = card
        .problems
        .iter()
        .map(|problem| wrapped(&format!("{}: {}", problem.path, problem.message), width, "  "))
        .collect();
    let parts = [
        (title, app.output.pairs(&facts(card))),
        ("About".to_owned(), wrapped(&definition.description, width, "  ")),
        ("Modules".to_owned(), modules(&definition.modules)),
        ("To read and sign".to_owned(), signed.unwrap_or_default()),
        ("Counts as done with".to_owned(), card.equivalents.iter().map(equivalent).collect()),
        ("Before the draft can be published".to_owned(), problems),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(title, text)| format!("{}{text}", app.output.heading(&title)))
        .collect();
    told.join("\n")
}

/// What there is to say in a line each; what is not said is left out.
fn facts(card: &TrainingCard) -> Vec<(&'static str, String)> {
    let (training, definition, shown) = (&card.training, &card.definition, &card.shown);
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let version = match shown.published_at {
        Some(at) => {
            let day = at.to_string();
            format!("{}, published {}", shown.version, day.get(..10).unwrap_or(&day))
        }
        None => format!("{}, not published", shown.version),
    };
    let draft = training.draft.filter(|draft| *draft != shown.version);
    let completion = &definition.completion;
    let done: Vec<String> = [
        definition
            .modules
            .iter()
            .any(|module| module.required)
            .then(|| "required modules".to_owned()),
        completion.minimum_minutes.map(|least| format!("at least {}", minutes(least))),
        definition.read_and_sign.as_ref().map(|_| "signature".to_owned()),
        completion.marked_by_instructor.then(|| "the instructor's word".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let taught: Vec<String> = definition
        .skills
        .iter()
        .map(|taught| format!("{} up to level {}", taught.skill, taught.level))
        .collect();
    let months = |months: u32| match months {
        1 => "1 month".to_owned(),
        months => format!("{months} months"),
    };
    let all = [
        ("status", some(training.status.as_str().replace('_', " "))),
        ("version", Some(version)),
        ("draft", draft.map(|draft| format!("{draft} is being written"))),
        ("template", training.template.then(|| "yes: there to be copied".to_owned())),
        ("retraining by", shown.require_retraining_by.map(|day| day.to_string())),
        ("category", definition.category.clone()),
        ("tags", some(definition.tags.join(", "))),
        ("delivery", some(definition.delivery.as_str().replace('_', "-"))),
        ("difficulty", definition.difficulty.map(|level| level.as_str().to_owned())),
        ("languages", some(definition.languages.join(", "))),
        ("duration", definition.minutes().map(minutes)),
        ("counts as", definition.credit_minutes.map(minutes)),
        ("valid for", definition.validity_months.map(months)),
        ("seats", definition.seat_limit.map(|seats| seats.to_string())),
        ("cost", definition.cost.as_ref().map(ToString::to_string)),
        ("comes after", some(definition.prerequisites.join(", "))),
        ("teaches", some(taught.join(", "))),
        ("comes before", some(card.required_by.join(", "))),
        ("done with", some(done.join(", "))),
    ];
    all.into_iter().filter_map(|(label, text)| text.map(|text| (label, text))).collect()
}

/// A time as people say it.
pub(crate) fn minutes(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The modules, numbered, with their keys and what is in them.
fn modules(modules: &[Module]) -> String {
    let mut page = String::new();
    for (number, module) in (1..).zip(modules) {
        let minutes = module.minutes.map(|minutes| format!("  {minutes} min")).unwrap_or_default();
        let optional = if module.required { "" } else { "  optional" };
        let _ =
            writeln!(page, "{number:>3}  {}{minutes}{optional}  ({})", module.title, module.key);
        for item in &module.items {
            let address = match &item.content {
                ItemContent::Link { url } => format!("  {url}"),
                ItemContent::Quiz { quiz } => format!("  {quiz}"),
                content => content.file().map(|is| format!("  {}", is.file)).unwrap_or_default(),
            };
            let _ = writeln!(page, "     {:<8} {}{address}", item.content.kind(), item.title);
        }
    }
    page
}

fn equivalent(equivalent: &Equivalent) -> String {
    let until = equivalent.until.map(|day| format!(", before {day}")).unwrap_or_default();
    format!("  {} from {}{until}\n", equivalent.satisfied_by, equivalent.from)
}

/// Paragraphs in lines that fit, behind a margin. As in Markdown, a line goes on in the next one, but
/// for headings, quotes and the points of a list.
pub(crate) fn wrapped(text: &str, width: usize, margin: &str) -> String {
    let room = width.saturating_sub(margin.chars().count()).max(20);
    let mut page = String::new();
    let mut paragraphs: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        let begins = line.is_empty()
            || line.starts_with(['#', '>', '|', '`'])
            || line.starts_with("- ")
            || line.starts_with("* ")
            || line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
        match paragraphs.last_mut().filter(|last| !begins && !last.is_empty()) {
            Some(last) if !last.starts_with('#') => {
                last.push(' ');
                last.push_str(line);
            }
            _ => paragraphs.push(line.to_owned()),
        }
    }
    for paragraph in paragraphs {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
                let _ = writeln!(page, "{margin}{line}");
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        let _ = writeln!(page, "{}", format!("{margin}{line}").trim_end());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn long_lines_are_broken_between_words() {
        let text = "one two three four five six\n\nseven";
        assert_eq!(wrapped(text, 22, "  "), "  one two three four\n  five six\n\n  seven\n");
        assert_eq!(wrapped("", 80, "  "), "");
        let list = "# Rules\nThey\nhold.\n\n- one\n- two\n  more\n1. first";
        assert_eq!(wrapped(list, 80, ""), "# Rules\nThey hold.\n\n- one\n- two more\n1. first\n");
    }
}
