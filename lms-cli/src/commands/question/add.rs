//! `lmsctl question add`

use clap::Args;
use lms_core::{NewQuestion, QuestionKind};

use super::kind;
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result, USAGE};

/// Add a question to the bank
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl question add FIRE-20 single \"What comes first?\" --right Alarm --wrong Lift --wrong Coat",
    "lmsctl question add FIRE-21 numeric \"How wide is the door?\" --value 0.9 --tolerance 0.1 --unit m",
    "lmsctl question add FIRE-22 short-text \"Whom do you call?\" --accept 112 --tag fire-safety",
    "lmsctl question add FIRE-23 matching \"Which sign?\" --pair \"exit=green\" --pair \"alarm=red\"",
    "lmsctl question add FIRE-24 fill-in \"Call {number}.\" --gap number=112",
    "lmsctl question add FIRE-25 ordering \"In which order?\" --item Alarm --item Leave --item Report",
])]
pub(crate) struct AddArgs {
    /// Short name to type
    code: String,
    /// single, multiple, true-false, short-text, numeric, ordering, matching, fill-in, essay or code
    #[arg(value_parser = kind)]
    kind: QuestionKind,
    /// The question; a gap to fill in is written {name}
    text: String,
    /// Option that is right; repeat for several
    #[arg(long = "right", value_name = "TEXT")]
    rights: Vec<String>,
    /// Option that is wrong; repeat for several
    #[arg(long = "wrong", value_name = "TEXT")]
    wrongs: Vec<String>,
    /// Whether the statement is true
    #[arg(long, value_name = "TRUE|FALSE")]
    answer: Option<bool>,
    /// Text that counts as right; repeat for several
    #[arg(long = "accept", value_name = "TEXT")]
    accepted: Vec<String>,
    /// Number that is right
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    value: Option<String>,
    /// How far off a number may be: 0.5, or 10% of it
    #[arg(long, value_name = "NUMBER", requires = "value")]
    tolerance: Option<String>,
    /// Unit of the number
    #[arg(long, value_name = "UNIT", requires = "value")]
    unit: Option<String>,
    /// Next item of the right order; repeat for each
    #[arg(long = "item", value_name = "TEXT")]
    items: Vec<String>,
    /// Two that belong together; repeat for each
    #[arg(long = "pair", value_name = "LEFT=RIGHT")]
    pairs: Vec<String>,
    /// Text that counts as right in a gap; repeat for each
    #[arg(long = "gap", value_name = "NAME=TEXT")]
    gaps: Vec<String>,
    /// What it can earn; 1, unless said
    #[arg(long, value_name = "NUMBER")]
    points: Option<String>,
    /// Tag by which quizzes draw; repeat for several
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// What is told afterwards
    #[arg(long, value_name = "TEXT")]
    feedback: Option<String>,
    /// What those who grade an essay or a program go by
    #[arg(long, value_name = "TEXT")]
    guide: Option<String>,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
    let new = question(&args)?;
    let session = app.open().await?;
    let made = session.lms.quizzes().add_questions(&session.actor, vec![new]).await?;
    for question in &made {
        app.output.record(question)?;
        app.output.done(&format!("added question `{}`", question.code));
    }
    Ok(Exit::Done)
}

fn question(args: &AddArgs) -> Result<NewQuestion> {
    let mut new = NewQuestion::new(&args.code, args.kind, &args.text);
    for (texts, right) in [(&args.rights, true), (&args.wrongs, false)] {
        new = texts.iter().fold(new, |new, text| new.option(text, right));
    }
    new = args.accepted.iter().fold(new, |new, text| new.accepted(text));
    new = args.items.iter().fold(new, |new, text| new.item(text));
    for text in &args.pairs {
        let (left, right) = split(text, "--pair", "LEFT=RIGHT")?;
        new = new.pair(left, right);
    }
    for text in &args.gaps {
        let (name, accepted) = split(text, "--gap", "NAME=TEXT")?;
        new = new.gap(name, accepted);
    }
    if let Some(answer) = args.answer {
        new = new.set("answer", answer);
    }
    if let Some(value) = &args.value {
        new = new.value(value);
    }
    new = match args.tolerance.as_deref().map(|text| (text, text.strip_suffix('%'))) {
        Some((_, Some(percent))) => new.tolerance_percent(percent),
        Some((number, None)) => new.tolerance(number),
        None => new,
    };
    if let Some(points) = &args.points {
        new = new.points(points);
    }
    for (field, text) in
        [("unit", &args.unit), ("feedback", &args.feedback), ("guide", &args.guide)]
    {
        if let Some(text) = text {
            new = new.set(field, text.as_str());
        }
    }
    Ok(args.tags.iter().fold(new, |new, tag| new.tag(tag)))
}

fn split<'t>(text: &'t str, flag: &str, shape: &str) -> Result<(&'t str, &'t str)> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.trim(), value.trim())),
        None => Err(USAGE
            .error(format!("`{text}` has no `=`"))
            .with_hint(format!("write it as `{flag} {shape}`"))
            .into()),
    }
}
