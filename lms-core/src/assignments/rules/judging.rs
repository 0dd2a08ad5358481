//! What is worth knowing about a rule, of what it says and what it names. Pure.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::check::{RuleFinding, RuleSeverity};
use super::definition::RuleDefinition;
use super::names::Named;
use crate::assignments::engine::{Kind, OnPastDue};
use crate::assignments::terms::DueRule;
use crate::kernel::text::Day;

/// A rule that is looked over, with what it means.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) definition: RuleDefinition,
    pub(super) named: Named,
    /// All that it asks for, also through paths.
    pub(super) trainings: BTreeSet<Uuid>,
    /// The places of paths that are not published.
    pub(super) closed_paths: Vec<usize>,
    /// Who is in its audience; nothing where that is not known.
    pub(super) people: Option<Vec<Uuid>>,
}

impl Subject {
    pub(super) fn all_trainings(&self) -> impl Iterator<Item = Uuid> {
        self.trainings.iter().copied().chain(self.named.trainings.iter().copied())
    }
}

/// What has to be known of a training.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    pub(super) code: String,
    /// Whether people can be given it.
    pub(super) is_given: bool,
    pub(super) validity_months: Option<u32>,
    pub(super) retraining_by: Option<Day>,
    pub(super) prerequisites: Vec<(String, Uuid)>,
}

/// Findings of one rule by itself; with the trainings that any rule gives to people.
pub(super) fn judge(
    subject: &Subject,
    asked: &BTreeMap<Uuid, Asked>,
    given: &BTreeSet<Uuid>,
    today: Day,
) -> Vec<RuleFinding> {
    let rule = &subject.definition;
    let mut found = Vec::new();
    if subject.people.as_ref().is_some_and(Vec::is_empty) {
        let message = format!("nobody is in its audience today: {}", rule.audience);
        let hint = format!("`lmsctl person list {}` shows who would be", rule.audience.to_flags());
        found.push(warning(rule, "empty_audience", "audience", message).hint(hint));
    }
    judge_days(rule, today, &mut found);
    for id in &subject.trainings {
        if let Some(training) = asked.get(id) {
            judge_training(subject, *id, training, given, &mut found);
        }
    }
    for at in &subject.closed_paths {
        let code = rule.paths.get(*at).map(String::as_str).unwrap_or_default();
        let message = format!("the path `{code}` is not published, so that nobody is given it");
        found.push(
            error(rule, "not_published", &format!("paths[{at}]"), message)
                .hint(format!("publish it first: `lmsctl path publish {code}`")),
        );
    }
    if let (Some(after), Some(code)) = (subject.named.after, rule.due_after())
        && !given.contains(&after)
    {
        let message = format!("no rule asks people for `{code}`, after which it is due");
        found.push(
            warning(rule, "waits_for_nothing", "due", message)
                .hint("whoever never does it is never late with this one"),
        );
    }
    found
}

fn error(rule: &RuleDefinition, code: &str, place: &str, message: String) -> RuleFinding {
    RuleFinding::new(RuleSeverity::Error, code, &rule.code, place, message)
}

fn warning(rule: &RuleDefinition, code: &str, place: &str, message: String) -> RuleFinding {
    RuleFinding::new(RuleSeverity::Warning, code, &rule.code, place, message)
}

/// What is odd about its days.
fn judge_days(rule: &RuleDefinition, today: Day, found: &mut Vec<RuleFinding>) {
    if let DueRule::On(due_on) = rule.due {
        if rule.from.is_some_and(|from| due_on < from) {
            let message = format!("it is due on {due_on}, before the rule begins");
            found.push(error(rule, "due_before_start", "due", message));
        } else if due_on < today {
            let then = match rule.on_past_due {
                OnPastDue::Extend(days) => format!("gets {days} days from then"),
                OnPastDue::Park => "waits for somebody to decide".to_owned(),
                OnPastDue::AssignAnyway => "is overdue at once".to_owned(),
            };
            let message = format!("{due_on} is past: whoever is assigned it from now on {then}");
            found.push(
                warning(rule, "due_past", "due", message)
                    .hint("`every MM-DD` comes again each year; `after joining + 30d` is in time"),
            );
        }
    }
    if rule.due == DueRule::Never && rule.kind == Kind::Mandatory {
        let message = "it is mandatory and never due, so that nobody is ever late".to_owned();
        found.push(warning(rule, "never_due", "due", message).hint("say when, in `due`"));
    }
    if let Some(until) = rule.until.filter(|until| *until < today) {
        let message = format!("it ended on {until}, and asks nobody for anything any more");
        found.push(warning(rule, "ended", "until", message));
    }
}

/// What is odd about one of the trainings that it asks for.
fn judge_training(
    subject: &Subject,
    id: Uuid,
    training: &Asked,
    given: &BTreeSet<Uuid>,
    found: &mut Vec<RuleFinding>,
) {
    let (rule, code) = (&subject.definition, &training.code);
    let place = subject.named.trainings.iter().position(|named| *named == id);
    let place = place.map_or_else(|| "paths".to_owned(), |at| format!("trainings[{at}]"));
    if !training.is_given {
        let message = format!("`{code}` is not published, so that nobody is given it");
        found.push(
            error(rule, "not_published", &place, message)
                .hint(format!("publish it first: `lmsctl training publish {code}`")),
        );
    }
    if let (Some(months), Some(renewal)) = (training.validity_months, &rule.renewal)
        && months < renewal.active_months
    {
        let message = format!(
            "`{code}` holds for {months} months, and it is asked for again after {}",
            renewal.active_months
        );
        found.push(
            warning(rule, "validity_shorter", &place, message)
                .hint("whoever has done it is not covered in between; make the two the same"),
        );
    }
    if let Some(by) = training.retraining_by {
        let message = format!(
            "`{code}` has a version that everybody has to do by {by}; whoever did an earlier one is \
             asked again, whatever the rule says of renewal"
        );
        found.push(warning(rule, "retraining", &place, message));
    }
    for (first, _) in training.prerequisites.iter().filter(|(_, id)| !given.contains(id)) {
        let message = format!("`{code}` comes after `{first}`, which no rule asks people for");
        found.push(
            warning(rule, "prerequisite_not_given", &place, message)
                .hint(format!("ask for `{first}` as well, in this rule or another")),
        );
    }
}

/// That two rules ask some of the same people for the same trainings.
pub(super) fn overlap(
    one: &RuleDefinition,
    other: &RuleDefinition,
    trainings: &[String],
    n_both: usize,
) -> Option<RuleFinding> {
    if n_both == 0 || trainings.is_empty() {
        return None;
    }
    let people = if n_both == 1 { "one person".to_owned() } else { format!("{n_both} people") };
    let trainings: Vec<String> = trainings.iter().map(|code| format!("`{code}`")).collect();
    let wins = match earlier(&one.due, &other.due) {
        Some(Ordering::Equal) => "both say the same due day".to_owned(),
        Some(Ordering::Less) => format!("what `{}` says is due earlier, and holds", one.code),
        Some(Ordering::Greater) => format!("what `{}` says is due earlier, and holds", other.code),
        None => "for each of them the earlier of the two due days holds".to_owned(),
    };
    let message =
        format!("`{}` asks {people} for {} as well; {wins}", other.code, trainings.join(", "));
    Some(
        RuleFinding::new(RuleSeverity::Warning, "overlap", &one.code, "audience", message)
            .hint("two rules make one assignment with two reasons; it goes when neither wants it"),
    )
}

/// Which of two due days is earlier, where that is the same for everybody.
fn earlier(one: &DueRule, other: &DueRule) -> Option<Ordering> {
    match (one, other) {
        (DueRule::Never, DueRule::Never) => Some(Ordering::Equal),
        (DueRule::Never, _) => Some(Ordering::Greater),
        (_, DueRule::Never) => Some(Ordering::Less),
        (DueRule::On(one), DueRule::On(other)) => Some(one.cmp(other)),
        (DueRule::AfterAssignment(one), DueRule::AfterAssignment(other))
        | (DueRule::AfterHire(one), DueRule::AfterHire(other)) => Some(one.cmp(other)),
        (one, other) if one == other => Some(Ordering::Equal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignments::rules::parts::RuleRenewal;
    use crate::people::Audience;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    const TRAINING: Uuid = Uuid::from_u128(1);
    const FIRST: Uuid = Uuid::from_u128(2);

    fn subject() -> Subject {
        let mut definition = RuleDefinition::new("R", "Rule", Audience::everybody());
        definition.trainings = vec!["T".to_owned()];
        definition.due = DueRule::AfterHire(14);
        Subject {
            definition,
            named: Named { trainings: vec![TRAINING], ..Named::default() },
            trainings: BTreeSet::from([TRAINING]),
            closed_paths: Vec::new(),
            people: Some(vec![Uuid::from_u128(9)]),
        }
    }

    fn asked() -> Asked {
        Asked { code: "T".to_owned(), is_given: true, ..Asked::default() }
    }

    fn codes(subject: &Subject, asked: Asked) -> Vec<(String, RuleSeverity, String)> {
        let given = subject.trainings.clone();
        judge(subject, &BTreeMap::from([(TRAINING, asked)]), &given, day("2026-06-15"))
            .into_iter()
            .map(|finding| (finding.code, finding.severity, finding.place))
            .collect()
    }

    fn only(subject: &Subject, asked: Asked, code: &str, severity: RuleSeverity, place: &str) {
        assert_eq!(codes(subject, asked), [(code.to_owned(), severity, place.to_owned())]);
    }

    #[test]
    fn a_sound_rule_has_no_findings() {
        assert_eq!(codes(&subject(), asked()), []);
    }

    #[test]
    fn each_finding_comes_of_its_cause() {
        use RuleSeverity::{Error, Warning};
        let with = |change: &dyn Fn(&mut Subject)| {
            let mut subject = subject();
            change(&mut subject);
            subject
        };
        let empty = with(&|one| one.people = Some(Vec::new()));
        only(&empty, asked(), "empty_audience", Warning, "audience");
        let unknown = with(&|one| one.people = None);
        assert_eq!(codes(&unknown, asked()), [], "that is told as an unknown name");
        let past = with(&|one| one.definition.due = DueRule::On(day("2026-06-14")));
        only(&past, asked(), "due_past", Warning, "due");
        let today = with(&|one| one.definition.due = DueRule::On(day("2026-06-15")));
        assert_eq!(codes(&today, asked()), []);
        let before = with(&|one| {
            one.definition.due = DueRule::On(day("2026-07-01"));
            one.definition.from = Some(day("2026-07-02"));
        });
        only(&before, asked(), "due_before_start", Error, "due");
        let never = with(&|one| one.definition.due = DueRule::Never);
        only(&never, asked(), "never_due", Warning, "due");
        let ended = with(&|one| one.definition.until = Some(day("2026-06-14")));
        only(&ended, asked(), "ended", Warning, "until");
        let closed = Asked { is_given: false, ..asked() };
        only(&subject(), closed, "not_published", Error, "trainings[0]");
        let path = with(&|one| {
            one.definition.paths = vec!["P".to_owned()];
            one.closed_paths = vec![0];
        });
        only(&path, asked(), "not_published", Error, "paths[0]");
        let yearly = with(&|one| {
            let renewal = RuleRenewal { window_months: Some(2), ..RuleRenewal::new(24) };
            one.definition.renewal = Some(renewal);
        });
        let short = Asked { validity_months: Some(12), ..asked() };
        only(&yearly, short, "validity_shorter", Warning, "trainings[0]");
        let long = Asked { validity_months: Some(24), ..asked() };
        assert_eq!(codes(&yearly, long), []);
        let again = Asked { retraining_by: Some(day("2026-12-31")), ..asked() };
        only(&subject(), again, "retraining", Warning, "trainings[0]");
        let after = Asked { prerequisites: vec![("F".to_owned(), FIRST)], ..asked() };
        only(&subject(), after.clone(), "prerequisite_not_given", Warning, "trainings[0]");
        let both = with(&|one| {
            one.trainings.insert(FIRST);
        });
        assert_eq!(codes(&both, after), []);
        let waits = with(&|one| {
            one.definition.due = DueRule::AfterCompleting("F".to_owned(), 7);
            one.named.after = Some(FIRST);
        });
        only(&waits, asked(), "waits_for_nothing", Warning, "due");
    }

    #[test]
    fn of_two_rules_the_earlier_due_day_is_told() {
        let rule = |code: &str, due: &str| {
            let mut rule = RuleDefinition::new(code, code, Audience::everybody());
            rule.due = DueRule::parse_for_rule(due).unwrap();
            rule
        };
        let told = |one: &str, other: &str| {
            let found = overlap(&rule("A", one), &rule("B", other), &["T".to_owned()], 3);
            found.unwrap().message
        };
        for (one, other, wanted) in [
            ("after hire + 14d", "after hire + 30d", "what `A` says is due earlier"),
            ("2026-12-31", "2026-12-01", "what `B` says is due earlier"),
            ("never", "every 12-01", "what `B` says is due earlier"),
            ("every 12-01", "every 12-01", "both say the same"),
            ("after hire + 14d", "2026-12-01", "the earlier of the two"),
            ("after joining + 14d", "after joining + 30d", "the earlier of the two"),
        ] {
            assert!(told(one, other).contains(wanted), "{}", told(one, other));
        }
        assert!(told("never", "never").contains("asks 3 people for `T` as well"));
        assert_eq!(overlap(&rule("A", "never"), &rule("B", "never"), &["T".to_owned()], 0), None);
    }
}
