//! A rule as a file: TOML for people, JSON for programs, read and written as trainings are.

use serde::{Deserialize, Serialize};

use super::INVALID_FILE;
use super::definition::RuleDefinition;
use super::validation::tidy;
use crate::kernel::document::{self, BYTES_MAX, FORMAT, FileFormat};
use crate::kernel::error::Result;

/// What a file says before the definition.
#[derive(Deserialize)]
struct Head {
    format: Option<u32>,
}

/// A file as it is written.
#[derive(Serialize)]
struct Written<'f> {
    format: u32,
    #[serde(flatten)]
    definition: &'f RuleDefinition,
}

impl RuleDefinition {
    /// What can stand in a file, as a JSON schema.
    pub const SCHEMA: &str = include_str!("../../../../docs/rule.schema.json");

    /// How many bytes a file may have; whoever reads one stops behind them.
    pub const BYTES_MAX: usize = BYTES_MAX;

    /// Reads a file. What is wrong with its form is told with its line; what it says is looked at where
    /// it is used.
    pub fn read(text: &str, format: FileFormat) -> Result<Self> {
        let read = || -> Result<(Head, Self)> {
            let head: Head = document::read(&INVALID_FILE, text, format)?;
            Ok((head, document::read(&INVALID_FILE, text, format)?))
        };
        let (head, mut definition) = read().map_err(|error| {
            let error = if error.message().contains("missing field `audience`") {
                error.with_hint("say for whom it is: `audience = {}` is for everybody")
            } else {
                error
            };
            error.with_hint("docs/rule.schema.json says what can stand in it")
        })?;
        document::check_format(&INVALID_FILE, head.format)?;
        tidy(&mut definition);
        Ok(definition)
    }

    /// Writes it; reading it again gives the same rule.
    #[must_use]
    pub fn write(&self, format: FileFormat) -> String {
        let written = Written { format: FORMAT, definition: self };
        match format {
            FileFormat::Toml => {
                toml::to_string_pretty(&written).expect("a rule has a form in TOML")
            }
            FileFormat::Json => {
                let text = serde_json::to_string_pretty(&written);
                text.expect("a rule has a form in JSON") + "\n"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::parts::{
        LeavePolicy, OpenCycles, RenewalBase, RuleEscalation, RuleReminders, RuleRenewal,
    };
    use super::super::validation::problems_of;
    use super::*;
    use crate::assignments::engine::{Credit, Kind, Leaving, OnLeaving, OnPastDue};
    use crate::assignments::terms::DueRule;
    use crate::kernel::text::Day;
    use crate::people::{Audience, AudienceField};

    const FULL: &str = include_str!("full.toml");
    const TEXTS: &[&str] =
        &["plain", "\"\"\"", "'''", "back\\slash", "# none", "[audience]", "Zoë"];
    const DUES: &[&str] = &[
        "never",
        "2026-12-31",
        "after assignment + 30d",
        "after hire + 14d",
        "after joining + 7d",
        "after completing SEC-101 + 9d",
        "every 12-01",
    ];

    /// A definition made of a number: the same number, the same definition.
    fn made_of(mut seed: u64) -> RuleDefinition {
        let mut draw = move |n: usize| {
            // Steele and Vigna's mixer: every seed gives a sequence of its own.
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            usize::try_from((z ^ (z >> 27)) % (n as u64)).unwrap()
        };
        let day = |text: &str| Day::parse(text).ok();
        let mut audience = Audience::everybody();
        let n_departments = draw(3);
        for text in TEXTS.iter().take(n_departments) {
            audience = audience.with(AudienceField::Department, text);
        }
        // It says how a department is meant.
        audience = audience.exact(n_departments > 0 && draw(4) == 0);
        if draw(2) == 0 {
            audience = audience.without(AudienceField::JobRole, TEXTS[draw(TEXTS.len())]);
        }
        if draw(3) == 0 {
            audience = audience.with(AudienceField::Attribute("cost_centre".to_owned()), "4 2");
        }
        let mut rule = RuleDefinition::new("X", TEXTS[draw(TEXTS.len())], audience);
        rule.trainings = (0..=draw(3)).map(|n| format!("T.{n}")).collect();
        rule.paths = (0..draw(2)).map(|n| format!("P-{n}")).collect();
        rule.kind = [Kind::Mandatory, Kind::Recommended, Kind::Optional][draw(3)];
        rule.due = DueRule::parse_for_rule(DUES[draw(DUES.len())]).unwrap();
        rule.renewal = (draw(2) == 0).then(|| RuleRenewal {
            window_months: Some(2),
            base: *[RenewalBase::Completion, RenewalBase::Expiry].get(draw(2)).unwrap(),
            ..RuleRenewal::new(12)
        });
        rule.grace_days = (draw(2) == 0).then_some(0);
        rule.credit = Credit {
            since: day("2025-01-01").filter(|_| draw(2) == 0),
            within_months: (draw(2) == 0).then_some(9),
        };
        let leaving = [Leaving::Cancel, Leaving::Keep, Leaving::Optional];
        rule.on_leaving = OnLeaving { not_started: leaving[draw(3)], started: leaving[draw(3)] };
        rule.leave = [LeavePolicy::Pause, LeavePolicy::Run][draw(2)];
        rule.on_past_due =
            [OnPastDue::Extend(14), OnPastDue::Extend(3), OnPastDue::AssignAnyway, OnPastDue::Park]
                [draw(4)];
        rule.reminders = (draw(2) == 0)
            .then(|| RuleReminders { days: (-3..5).collect(), then_every_days: Some(7) });
        rule.escalation = (draw(2) == 0)
            .then_some(RuleEscalation { manager_after_days: Some(7), head_after_days: None });
        rule.from = day("2026-01-01").filter(|_| draw(2) == 0);
        rule.until = day("2027-01-01").filter(|_| draw(2) == 0);
        rule.stagger_weeks = (draw(2) == 0).then_some(4);
        rule.open_cycles = [OpenCycles::Keep, OpenCycles::Move][draw(2)];
        tidy(&mut rule);
        rule
    }

    #[test]
    fn a_definition_is_the_same_in_toml_in_json_and_as_a_document() {
        let mut seen = BTreeSet::new();
        for seed in 0..2_000 {
            let rule = made_of(seed);
            let document = rule.document();
            assert_eq!(RuleDefinition::from_document(&document).unwrap(), rule, "{document}");
            for format in [FileFormat::Toml, FileFormat::Json] {
                let text = rule.write(format);
                let read = RuleDefinition::read(&text, format);
                assert_eq!(read.as_ref().ok(), Some(&rule), "{seed}: {read:?} of\n{text}");
                assert_eq!(read.unwrap().document(), document);
            }
            seen.insert(document);
        }
        assert!(seen.len() > 1_500, "{} different ones", seen.len());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let head = "format = 1\ncode = \"X\"\ntitle = \"x\"\naudience = {}\n";
        let told = |text: &str| {
            let error =
                RuleDefinition::read(&format!("{head}{text}"), FileFormat::Toml).unwrap_err();
            assert_eq!(error.code(), "rules.file_invalid");
            format!("{} {}", error.message(), error.hints().join(" "))
        };
        for (text, wanted) in [
            ("dues = 'never'\n", "line 5, column 1: unknown field `dues`"),
            ("dues = 'never'\n", "did you mean `due`?"),
            ("due = 'soon'\n", "line 5, column 7: `soon` does not say when"),
            ("due = '+30d'\n", "write `after assignment + 30d`"),
            ("due = 2026-02-30\n", "line 5"),
            ("kind = 'mandatroy'\n", "did you mean `mandatory`?"),
            ("on_past_due = 'parc'\n", "did you mean `park`?"),
            ("on_past_due = { extend = 3 }\n", "it is `assign`, `park`, or"),
            ("leave = 'stop'\n", "unknown variant `stop`, expected `pause` or `run`"),
            ("from = 'soon'\n", "line 5, column 8: `soon` is not a day"),
            ("[renewal]\nwindow_months = 2\n", "missing field `active_months`"),
            ("[renewal]\nactive = 12\n", "unknown field `active`"),
            ("[on_leaving]\nstarted = 'drop'\n", "unknown variant `drop`"),
            ("[reminders]\ndays = [1.5]\n", "line 6"),
        ] {
            assert!(told(text).contains(wanted), "{text}: {}", told(text));
        }
        let read = |text: &str| RuleDefinition::read(text, FileFormat::Toml);
        let error = read("format = 1\ncode = 'X'\n").unwrap_err();
        assert!(error.hints()[0].contains("`audience = {}` is for everybody"), "{error}");
        let error = read("format = 1\ncode = 'X'\naudience = { departmant = 'x' }\n").unwrap_err();
        assert!(error.message().contains("did you mean `department`?"), "{error}");
        assert_eq!(read("code = 'X'\naudience = {}").unwrap_err().field(), Some("format"));
        let dated = read(&format!("{head}due = 2026-12-31\nfrom = 2026-01-01\n")).unwrap();
        assert_eq!(dated.due.to_string(), "2026-12-31");
        assert_eq!(dated.from, Day::parse("2026-01-01").ok());
    }

    /// The schema is written by hand; it has the names that a full file has, and no other.
    #[test]
    fn the_schema_has_every_name_that_a_file_can_have() {
        let schema: Value = serde_json::from_str(RuleDefinition::SCHEMA).unwrap();
        let rule = RuleDefinition::read(FULL, FileFormat::Toml).unwrap();
        assert_eq!(problems_of(&rule), []);
        let written: Value = serde_json::from_str(&rule.write(FileFormat::Json)).unwrap();
        let names = |value: &Value| -> BTreeSet<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        let of = |path: &str| names(schema.pointer(path).unwrap());
        assert_eq!(names(&written), of("/properties"));
        for object in ["credit", "on_leaving", "reminders", "escalation"] {
            assert_eq!(names(&written[object]), of(&format!("/properties/{object}/properties")));
        }
        let mut renewal = names(&written["renewal"]);
        renewal.insert("window_days".to_owned());
        assert_eq!(renewal, of("/properties/renewal/properties"));
        let mut audience: BTreeSet<String> =
            AudienceField::plain().map(|field| field.key()).collect();
        audience.extend(["attribute", "exact", "all_reports", "not"].map(str::to_owned));
        assert_eq!(audience, of("/properties/audience/properties"));
        let words = |path: &str| schema.pointer(path).unwrap().clone();
        let known = |words: &[&str]| Value::from(words.to_vec());
        for (path, all) in [
            ("/properties/renewal/properties/base/enum", known(&["completion", "expiry", "fixed"])),
            ("/properties/leave/enum", known(&["pause", "run"])),
            ("/properties/open_cycles/enum", known(&["keep", "move"])),
            ("/properties/kind/enum", known(&["mandatory", "recommended", "optional"])),
        ] {
            assert_eq!(words(path), all, "{path}");
        }
    }
}
