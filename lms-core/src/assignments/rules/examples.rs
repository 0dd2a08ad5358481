//! Trying a rule out on people who are made up: a file says who they are and what should become of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::INVALID_FILE;
use crate::assignments::engine::Status;
use crate::kernel::document::{self, FileFormat, TextOrDay, in_document};
use crate::kernel::error::Result;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;

/// More examples than anybody writes by hand.
const EXAMPLES_MAX: usize = 1_000;

/// Examples of a rule, as they stand in a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RuleExamples {
    format: Option<u32>,
    /// The code of the rule that they are about.
    pub rule: String,
    /// Who, and what should become of them.
    #[serde(default)]
    pub examples: Vec<RuleExample>,
}

/// Somebody who could be, and what a rule should come to for them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RuleExample {
    /// What the example is about.
    pub name: String,
    /// The day on which it is looked at.
    #[serde(deserialize_with = "needed_day")]
    pub on: Day,
    /// The code of the training; the first that the rule asks for, unless said.
    pub training: Option<String>,
    /// Since when the rule is in force; from its own beginning, or before anything here, unless said.
    #[serde(default, deserialize_with = "document::day")]
    pub applied_on: Option<Day>,
    /// Who it is.
    #[serde(default)]
    pub person: ExamplePerson,
    /// When they began.
    #[serde(default, deserialize_with = "document::day")]
    pub started_on: Option<Day>,
    /// What they did.
    #[serde(default)]
    pub completions: Vec<ExampleCompletion>,
    /// When they were away.
    #[serde(default)]
    pub leaves: Vec<ExamplePeriod>,
    /// When they need not.
    #[serde(default)]
    pub exemptions: Vec<ExamplePeriod>,
    /// What should become of them.
    pub expect: ExampleExpected,
}

/// A person as far as rules look at one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ExamplePerson {
    /// A department, by code or name.
    pub department: Option<String>,
    /// A location, by code or name.
    pub location: Option<String>,
    /// A country code.
    pub country: Option<String>,
    /// A job role, by code or name.
    pub job_role: Option<String>,
    /// What stands on the door.
    pub job_title: Option<String>,
    /// Such as `permanent`.
    pub employment_type: Option<String>,
    /// How they stand to the organisation; active, unless said.
    pub status: Option<String>,
    /// Free attributes.
    pub attributes: BTreeMap<String, String>,
    /// Whether they are in the audience, for audiences that name groups, roles or people.
    pub member: Option<bool>,
    /// The first day of employment.
    #[serde(deserialize_with = "document::day")]
    pub hired_on: Option<Day>,
    /// The last one.
    #[serde(deserialize_with = "document::day")]
    pub terminated_on: Option<Day>,
    /// Since when they are in the audience; since they were hired, unless said.
    #[serde(deserialize_with = "document::day")]
    pub joined_on: Option<Day>,
    /// The first day on which they no longer are.
    #[serde(deserialize_with = "document::day")]
    pub left_on: Option<Day>,
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ExampleCompletion {
    /// The code of the training; that of the example, unless said.
    pub training: Option<String>,
    /// When.
    #[serde(deserialize_with = "needed_day")]
    pub on: Day,
    /// The last day on which it holds, where the evidence itself says one.
    #[serde(default, deserialize_with = "document::day")]
    pub valid_until: Option<Day>,
}

/// Days from one on, until another one or without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ExamplePeriod {
    /// The first day.
    #[serde(deserialize_with = "needed_day")]
    pub from: Day,
    /// The last one.
    #[serde(default, deserialize_with = "document::day")]
    pub until: Option<Day>,
}

/// What should become of somebody. What is not said is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ExampleExpected {
    /// Whether they are in the audience on the day.
    pub in_audience: Option<bool>,
    /// Whether there is anything that they have, or had, to do.
    pub assigned: Option<bool>,
    /// What it is on the day, such as `overdue`.
    #[serde(deserialize_with = "status_word")]
    pub status: Option<String>,
    /// Which turn of it, from one.
    pub cycle: Option<u32>,
    /// The last day in time, or `never`.
    #[serde(deserialize_with = "day_or_never")]
    pub due_on: Option<ExpectedDay>,
    /// The first day past the grace, or `never`.
    #[serde(deserialize_with = "day_or_never")]
    pub overdue_on: Option<ExpectedDay>,
    /// The last day that is covered, or `never`.
    #[serde(deserialize_with = "day_or_never")]
    pub expires_on: Option<ExpectedDay>,
}

/// A day, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpectedDay {
    /// There is none.
    Never,
    /// This one.
    On(Day),
}

fn needed_day<'de, D: serde::Deserializer<'de>>(input: D) -> std::result::Result<Day, D::Error> {
    let missing = || serde::de::Error::custom("a day is missing here; write it like `2026-03-31`");
    document::day(input)?.ok_or_else(missing)
}

fn day_or_never<'de, D: serde::Deserializer<'de>>(
    input: D,
) -> std::result::Result<Option<ExpectedDay>, D::Error> {
    match TextOrDay::deserialize(input)?.0.as_deref().map(str::trim) {
        None => Ok(None),
        Some("never") => Ok(Some(ExpectedDay::Never)),
        Some(text) => Day::parse(text).map(|day| Some(ExpectedDay::On(day))).map_err(in_document),
    }
}

fn status_word<'de, D: serde::Deserializer<'de>>(
    input: D,
) -> std::result::Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(input)? else { return Ok(None) };
    let wanted = text.trim().to_lowercase().replace([' ', '-'], "_");
    let known: Vec<&str> = Status::ALL.iter().map(|status| status.as_str()).collect();
    if known.contains(&wanted.as_str()) {
        return Ok(Some(wanted));
    }
    let hint = suggest(&wanted, &known).map(|hint| format!("; {hint}")).unwrap_or_default();
    let all = known.join(", ");
    Err(serde::de::Error::custom(format!("`{text}` is not a status: it is one of {all}{hint}")))
}

impl RuleExamples {
    /// How many bytes a file may have; whoever reads one stops behind them.
    pub const BYTES_MAX: usize = document::BYTES_MAX;

    /// Reads a file; what is wrong is told with its line.
    pub fn read(text: &str, format: FileFormat) -> Result<Self> {
        let read: Self = document::read(&INVALID_FILE, text, format).map_err(|error| {
            error.with_hint("docs/rules.md shows a file with examples, and what can stand in it")
        })?;
        document::check_format(&INVALID_FILE, read.format)?;
        if read.examples.is_empty() {
            return Err(INVALID_FILE
                .error("there is no example in it")
                .with_field("examples")
                .with_hint("begin each with `[[examples]]`"));
        }
        if read.examples.len() > EXAMPLES_MAX {
            let n = read.examples.len();
            return Err(INVALID_FILE
                .error(format!("it has {n} examples, and at most {EXAMPLES_MAX} are possible"))
                .with_field("examples"));
        }
        Ok(read)
    }
}

/// What became of an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExampleOutcome {
    /// What it is about.
    pub name: String,
    /// The day on which it was looked at.
    pub on: Day,
    /// The code of the training.
    pub training: String,
    /// What came out as another thing than expected; nothing where it holds.
    pub differences: Vec<ExampleDifference>,
}

/// Something that came out as another thing than expected.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExampleDifference {
    /// What, such as `due_on`.
    pub field: String,
    /// What was expected.
    pub expected: String,
    /// What came out.
    pub came_out: String,
}

/// What became of all examples of a rule.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleTested {
    /// The code of the rule.
    pub rule: String,
    /// Each of them, in the order of the file.
    pub examples: Vec<ExampleOutcome>,
}

impl RuleTested {
    /// How many came out as another thing than expected.
    #[must_use]
    pub fn n_failed(&self) -> usize {
        self.examples.iter().filter(|example| !example.differences.is_empty()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "format = 1\nrule = \"GDPR\"\n[[examples]]\nname = \"A\"\non = 2026-04-01\n";

    #[test]
    fn a_file_is_read_as_it_is_written() {
        let text = format!(
            "{HEAD}completions = [{{ on = 2026-03-10 }}]\nleaves = [{{ from = '2026-03-12' }}]\n\
             person = {{ department = 'ENG', hired_on = 2026-03-01 }}\n\
             expect = {{ status = 'due soon', due_on = 2026-04-10, expires_on = 'never' }}\n"
        );
        let read = RuleExamples::read(&text, FileFormat::Toml).unwrap();
        let [example] = read.examples.as_slice() else { panic!("{read:?}") };
        assert_eq!(example.expect.status.as_deref(), Some("due_soon"));
        assert_eq!(example.expect.expires_on, Some(ExpectedDay::Never));
        assert_eq!(example.expect.due_on, Day::parse("2026-04-10").ok().map(ExpectedDay::On));
        assert_eq!(example.leaves[0].until, None);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let told = |text: &str| {
            let error = RuleExamples::read(text, FileFormat::Toml).unwrap_err();
            assert_eq!(error.code(), "rules.file_invalid");
            format!("{} {}", error.message(), error.hints().join(" "))
        };
        for (text, wanted) in [
            ("expect = { state = 'x' }\n", "line 6, column 12: unknown field `state`"),
            ("expect = { status = 'overdu' }\n", "did you mean `overdue`?"),
            ("expect = { due_on = 'soon' }\n", "`soon` is not a day of the calendar"),
            ("expect = {}\nperson = { departmant = 'x' }\n", "did you mean `department`?"),
            ("expect = {}\ncompletions = [{ when = 2026-01-01 }]\n", "unknown field `when`"),
            ("", "missing field `expect`"),
        ] {
            assert!(told(&format!("{HEAD}{text}")).contains(wanted), "{text}: {}", told(text));
        }
        assert!(told("format = 1\nrule = 'X'\n").contains("there is no example in it"));
        assert!(told("rule = 'X'\n").contains("of which format"));
        assert!(told("format = 1\n").contains("missing field `rule`"));
    }
}
