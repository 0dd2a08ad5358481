//! What a rule says as options, for `add` and `edit`, and rules out of files.

use std::path::Path;

use clap::Args;
use lms_core::engine::Kind;
use lms_core::{
    Day, DueRule, Error, LeavePolicy, OpenCycles, RenewalBase, RuleDefinition, RuleEscalation,
    RuleReminders, RuleRenewal,
};

use crate::commands::assignments::assign::on_past_due;
use crate::commands::audience::AudienceArgs;
use crate::commands::documents::{Written, in_file, read};
use crate::error::{Result, USAGE};

/// Everything that a rule says. An empty value clears what can be left out.
#[derive(Debug, Clone, Args)]
pub(crate) struct FieldArgs {
    /// Training by code; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    /// Learning path by code; repeat for several
    #[arg(long = "path", value_name = "PATH")]
    paths: Vec<String>,
    /// "after joining + 30d", "after hire + 14d", 2026-12-31, "every 12-01" or never
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    due: Option<String>,
    /// Mandatory, recommended or optional
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// How long a completion covers, such as 12m; empty for once and for all
    #[arg(long, value_name = "MONTHS")]
    renew_every: Option<String>,
    /// How long before its end the next cycle opens: 2m or 60d
    #[arg(long, value_name = "TIME")]
    window: Option<String>,
    /// What renewal is counted from: completion, expiry or fixed
    #[arg(long, value_name = "BASE")]
    renew_from: Option<String>,
    /// With fixed: how long a completion covers at least, such as 6m
    #[arg(long, value_name = "MONTHS")]
    min_active: Option<String>,
    /// Days of grace after the due day; those of the organisation, unless said
    #[arg(long, value_name = "DAYS")]
    grace: Option<String>,
    /// Only completions since this day count from before
    #[arg(long, value_name = "DAY")]
    credit_since: Option<String>,
    /// Only completions of so many months before joining count, such as 12m
    #[arg(long, value_name = "MONTHS")]
    credit_within: Option<String>,
    /// What would be past due: extend, extend:DAYS, assign or park
    #[arg(long, value_name = "HOW")]
    on_past_due: Option<String>,
    /// What leaves do to the clock: pause or run
    #[arg(long, value_name = "HOW")]
    leave: Option<String>,
    /// Remind so many days after the due day, before it where negative: -14,-7,1; empty for as usual
    #[arg(long, value_name = "DAYS,…", allow_hyphen_values = true)]
    remind: Option<String>,
    /// Tell the manager after so many days overdue
    #[arg(long, value_name = "DAYS")]
    tell_manager_after: Option<String>,
    /// Tell the head of the department after so many days overdue
    #[arg(long, value_name = "DAYS")]
    tell_head_after: Option<String>,
    /// First day of the rule
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    /// Last day of the rule
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    until: Option<String>,
    /// Let those who are in the audience when it begins start over so many weeks
    #[arg(long, value_name = "WEEKS")]
    stagger: Option<String>,
    /// What is open when the rule changes: keep its terms, or move to the new ones
    #[arg(long, value_name = "HOW")]
    open_cycles: Option<String>,
    #[command(flatten)]
    audience: AudienceArgs,
}

impl FieldArgs {
    /// Whether somebody is meant.
    pub(crate) fn names_an_audience(&self) -> bool {
        !self.audience.is_empty()
    }

    /// Puts what was given into a definition; days may be told from today.
    pub(crate) fn set(&self, rule: &mut RuleDefinition, today: Day) -> Result<()> {
        if !self.trainings.is_empty() {
            rule.trainings.clone_from(&self.trainings);
        }
        if !self.paths.is_empty() {
            rule.paths.clone_from(&self.paths);
        }
        if self.names_an_audience() {
            rule.audience = self.audience.audience()?;
        }
        if let Some(due) = &self.due {
            rule.due = DueRule::parse_for_rule(due)?;
        }
        if let Some(kind) = &self.kind {
            rule.kind = Kind::parse(kind)?;
        }
        self.set_renewal(rule)?;
        given(self.grace.as_deref(), |text| number("grace", text), &mut rule.grace_days)?;
        let day = |text: &str| Ok(Day::parse_relative(text, today)?);
        given(self.credit_since.as_deref(), day, &mut rule.credit.since)?;
        let within = |text: &str| months("credit-within", text);
        given(self.credit_within.as_deref(), within, &mut rule.credit.within_months)?;
        if let Some(how) = &self.on_past_due {
            rule.on_past_due = on_past_due(how, "then")?;
        }
        if let Some(how) = &self.leave {
            rule.leave = LeavePolicy::parse(how)?;
        }
        given(self.remind.as_deref(), reminders, &mut rule.reminders)?;
        let nobody = RuleEscalation { manager_after_days: None, head_after_days: None };
        let mut told = rule.escalation.unwrap_or(nobody);
        let days = |text: &str| number("tell-manager-after", text);
        given(self.tell_manager_after.as_deref(), days, &mut told.manager_after_days)?;
        let days = |text: &str| number("tell-head-after", text);
        given(self.tell_head_after.as_deref(), days, &mut told.head_after_days)?;
        rule.escalation = Some(told).filter(|told| *told != nobody);
        given(self.from.as_deref(), day, &mut rule.from)?;
        given(self.until.as_deref(), day, &mut rule.until)?;
        given(self.stagger.as_deref(), |text| number("stagger", text), &mut rule.stagger_weeks)?;
        if let Some(how) = &self.open_cycles {
            rule.open_cycles = OpenCycles::parse(how)?;
        }
        Ok(())
    }

    fn set_renewal(&self, rule: &mut RuleDefinition) -> Result<()> {
        let of_renewal = [&self.window, &self.renew_from, &self.min_active];
        match self.renew_every.as_deref().map(str::trim) {
            Some("") => rule.renewal = None,
            Some(text) => {
                let active_months = months("renew-every", text)?;
                match &mut rule.renewal {
                    Some(renewal) => renewal.active_months = active_months,
                    None => rule.renewal = Some(RuleRenewal::new(active_months)),
                }
            }
            None => {}
        }
        let Some(renewal) = &mut rule.renewal else {
            if of_renewal.iter().any(|given| given.is_some()) {
                return Err(USAGE
                    .error("a window, or what renewal is counted from, needs a renewal")
                    .with_hint("say how long a completion covers, such as `--renew-every 12m`")
                    .into());
            }
            return Ok(());
        };
        if let Some(window) = &self.window {
            let days = window.trim().to_lowercase().strip_suffix('d').map(str::to_owned);
            (renewal.window_months, renewal.window_days) = match days {
                Some(days) => (None, Some(number("window", &days)?)),
                None => (Some(months("window", window)?), None),
            };
        }
        if let Some(base) = &self.renew_from {
            renewal.base = RenewalBase::parse(base)?;
        }
        let least = |text: &str| months("min-active", text);
        given(self.min_active.as_deref(), least, &mut renewal.min_active_months)
    }
}

/// Sets what was given; an empty text clears it.
fn given<T>(
    text: Option<&str>,
    read: impl Fn(&str) -> Result<T>,
    into: &mut Option<T>,
) -> Result<()> {
    match text.map(str::trim) {
        None => {}
        Some("") => *into = None,
        Some(text) => *into = Some(read(text)?),
    }
    Ok(())
}

fn number(option: &str, text: &str) -> Result<u32> {
    text.trim().parse().map_err(|_| {
        USAGE.error(format!("`--{option} {text}` is not a whole number, such as 7")).into()
    })
}

/// `12m`, or `12`.
fn months(option: &str, text: &str) -> Result<u32> {
    let digits = text.trim().trim_end_matches(['m', 'M']);
    digits.trim().parse().map_err(|_| {
        USAGE.error(format!("`--{option} {text}` is not a number of months, such as 12m")).into()
    })
}

fn reminders(text: &str) -> Result<RuleReminders> {
    let days = text.split(',').map(|days| days.trim().parse::<i32>());
    let days = days.collect::<std::result::Result<Vec<_>, _>>().map_err(|_| {
        USAGE.error(format!("`--remind {text}` is not a list of days, such as -14,-7,1"))
    })?;
    Ok(RuleReminders { days, ..RuleReminders::default() })
}

/// Reads a rule out of a file, and says which file it was that could not be read.
pub(crate) fn document(path: &Path) -> Result<RuleDefinition> {
    let text = read(path, RuleDefinition::BYTES_MAX)?;
    let written = Written::of(path, &text);
    let told = |error: Error| in_file(error, path);
    RuleDefinition::read(&text, written.into()).map_err(told)
}
