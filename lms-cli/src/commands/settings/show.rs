//! `lmsctl settings show`

use clap::Args;
use lms_core::{Error, SETTING_KEYS, suggest};
use serde::Serialize;

use crate::app::App;
use crate::cli::help::examples;
use crate::cli::names;
use crate::error::{Exit, Result, USAGE};
use crate::output::{Cell, Column, Row, keep, shrink};

/// Show the organisation's settings, or the value of one
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl settings show",
    "lmsctl settings show timezone",
    "lmsctl settings show --output json",
])]
pub(crate) struct ShowArgs {
    /// Only this setting
    #[arg(value_parser = names::setting_keys(), hide_possible_values = true)]
    key: Option<String>,
}

/// One setting.
#[derive(Serialize)]
struct Value {
    key: String,
    value: Option<String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let settings = session.lms.settings().show(&session.actor).await?;
    match args.key {
        None => app.output.record(&settings)?,
        Some(key) => {
            if !SETTING_KEYS.iter().any(|known| known.key == key) {
                return Err(unknown(&key).into());
            }
            let value = Value { value: settings.get(&key), key };
            // The bare value, so that a script can use it.
            let bare = format!("{}\n", value.value.clone().unwrap_or_default());
            app.output.present(&value, std::slice::from_ref(&value), || bare)?;
        }
    }
    Ok(Exit::Done)
}

fn unknown(key: &str) -> Error {
    let keys = || SETTING_KEYS.iter().map(|known| known.key);
    let hint = suggest(key, keys())
        .unwrap_or_else(|| format!("the settings are {}", keys().collect::<Vec<_>>().join(", ")));
    USAGE.error(format!("there is no setting `{key}`")).with_hint(hint)
}

impl Row for Value {
    const COLUMNS: &'static [Column] = &[keep("key"), shrink("value")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.key.as_str().into(), self.value.clone().into()]
    }
}
