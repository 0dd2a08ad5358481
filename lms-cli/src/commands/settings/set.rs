//! `lmsctl settings set`

use clap::Args;
use lms_core::{OrganisationSettings, SETTING_KEYS, SettingsChange};

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::cli::names;
use crate::commands::changes::ChangePlan;
use crate::error::{Exit, Result, USAGE};
use crate::output::{Format, counted};

/// Change settings of the organisation
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl settings set timezone Europe/Berlin",
    "lmsctl settings set grace_days=7 due_soon_days=14 --dry-run",
    "lmsctl settings set quiet_hours=20:00-07:00 locale=de --yes",
    "lmsctl settings set logo_url=            # empty: clears it",
])]
pub(crate) struct SetArgs {
    /// KEY=VALUE, as many as you like, or one KEY and its VALUE
    #[arg(value_name = "KEY=VALUE")]
    #[arg(value_parser = names::setting_keys(), hide_possible_values = true)]
    assignments: Vec<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub(crate) async fn run(app: &App, args: SetArgs) -> Result {
    if args.assignments.is_empty() {
        app.prompt.need_terminal("which setting?", "it as KEY=VALUE")?;
    }
    let wanted = pairs(&args.assignments)?;
    // Wrong keys and values are told before a database is needed.
    change(&wanted)?;
    let session = app.open().await?;
    let settings = session.lms.settings();
    let current = settings.show(&session.actor).await?;
    let wanted = if wanted.is_empty() { vec![ask(app, &current)?] } else { wanted };

    let change = change(&wanted)?;
    let planned = settings.plan(&session.actor, &change).await?;
    if args.dry_run.dry_run {
        let plan = ChangePlan { dry_run: true, changed: planned };
        app.output.present(&plan, &plan.changed, || app.output.table(&plan.changed))?;
        let settings = counted(plan.changed.len(), "setting", "settings");
        app.output.done(&format!("dry run: {settings} would change; nothing was changed"));
        return Ok(Exit::of_dry_run(args.dry_run.detailed_exitcode, !plan.changed.is_empty()));
    }
    let is_asked = planned.len() > 1;
    let was_shown = is_asked && app.prompt.asks();
    if was_shown {
        app.output.aside(&app.output.table(&planned));
    }
    if is_asked {
        app.prompt.confirm(&format!("Change these {} settings?", planned.len()))?;
    }

    // What somebody has looked at is what is changed, or nothing is. A script says what it wants,
    // whatever else changed meanwhile.
    let change = if was_shown { change.expect_version(current.version) } else { change };
    let outcome = settings.set(&session.actor, change).await?;
    let changed = &outcome.changed;
    if !was_shown || app.output.format() != Format::Table {
        app.output.present(&outcome, changed, || app.output.table(changed))?;
    }
    if changed.is_empty() {
        app.output.done("nothing to change: all is as asked");
    } else {
        let text = format!("changed {}", counted(changed.len(), "setting", "settings"));
        let count = i64::try_from(changed.len()).unwrap_or(i64::MAX);
        app.output.done_with(&text, &[("changed", count)]);
    }
    Ok(Exit::Done)
}

fn pairs(assignments: &[String]) -> Result<Vec<(String, String)>> {
    if let [key, value] = assignments
        && !key.contains('=')
    {
        return Ok(vec![(key.clone(), value.clone())]);
    }
    let pair = |text: &String| match text.split_once('=') {
        Some((key, value)) => Ok((key.trim().to_owned(), value.to_owned())),
        None => Err(USAGE
            .error(format!("`{text}` has no value"))
            .with_hint(format!(
                "write `{text}=VALUE`; `{text}=` clears a setting that may be empty"
            ))
            .into()),
    };
    assignments.iter().map(pair).collect()
}

fn change(wanted: &[(String, String)]) -> Result<SettingsChange> {
    let change = wanted
        .iter()
        .try_fold(SettingsChange::new(), |change, (key, value)| change.set(key, value))?;
    Ok(change)
}

fn ask(app: &App, current: &OrganisationSettings) -> Result<(String, String)> {
    let items: Vec<String> =
        SETTING_KEYS.iter().map(|key| format!("{:<14} {}", key.key, key.summary)).collect();
    let key = &SETTING_KEYS[app.prompt.pick("Which setting?", &items, "it as KEY=VALUE")?];
    let question = format!("{} (such as {})", key.key, key.example);
    let check = |text: &str| SettingsChange::new().set(key.key, text).map(|_| ());
    let value = app.prompt.text(&question, current.get(key.key), "it as KEY=VALUE", &check)?;
    Ok((key.key.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_given_as_pairs_or_as_key_and_value() {
        let read = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            pairs(&texts).map_err(|_| ())
        };
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(read(&["locale", "de"]), Ok(vec![pair("locale", "de")]));
        assert_eq!(
            read(&["locale=de", "name=A=B"]),
            Ok(vec![pair("locale", "de"), pair("name", "A=B")])
        );
        assert_eq!(read(&["logo_url="]), Ok(vec![pair("logo_url", "")]));
        assert_eq!(read(&["locale"]), Err(()));
        assert_eq!(read(&["locale=de", "name"]), Err(()));
    }
}
