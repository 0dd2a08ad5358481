//! `lmsctl question show`

use std::fmt::Write;

use clap::Args;
use serde_json::Value;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::harmless;

/// Show a question with what is right
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl question show FIRE-01",
    "lmsctl question show FIRE-07 --output json",
])]
pub(crate) struct ShowArgs {
    /// Code of the question
    question: Option<String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let question = picking::question(app, &session, args.question).await?;
    let question = session.lms.quizzes().question(&session.actor, &question).await?;
    app.output.present(&question, std::slice::from_ref(&question), || {
        let card = app.output.card(&question);
        format!("{card}\n{}{}", app.output.heading("Definition"), definition(&question.definition))
    })?;
    Ok(Exit::Done)
}

/// What a card does not have: a line for each field, and for each entry of a list.
fn definition(document: &Value) -> String {
    let mut page = String::new();
    let fields = document.as_object().into_iter().flatten();
    for (name, value) in
        fields.filter(|(name, _)| !["kind", "text", "points"].contains(&name.as_str()))
    {
        let label = name.replace('_', " ");
        match value {
            Value::Array(items) => {
                let _ = writeln!(page, "{label}");
                for item in items {
                    let _ = writeln!(page, "  {}", entry(item));
                }
            }
            Value::Object(gaps) => {
                let _ = writeln!(page, "{label}");
                for (gap, accepted) in gaps {
                    let _ = writeln!(page, "  {}: {}", harmless(gap), entry(accepted));
                }
            }
            other => {
                let _ = writeln!(page, "{label}  {}", entry(other));
            }
        }
    }
    page
}

fn entry(value: &Value) -> String {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    match value {
        Value::String(text) => harmless(text),
        Value::Array(items) => items.iter().map(entry).collect::<Vec<_>>().join(" | "),
        Value::Object(fields) if fields.contains_key("left") => {
            harmless(&format!("{} → {}", text("left"), text("right")))
        }
        Value::Object(fields) => {
            let mark = if fields.get("right") == Some(&Value::Bool(true)) { "[x]" } else { "[ ]" };
            let feedback = match text("feedback") {
                "" => String::new(),
                feedback => format!("    ({feedback})"),
            };
            harmless(&format!("{mark} {}{feedback}", text("text")))
        }
        other => other.to_string(),
    }
}
