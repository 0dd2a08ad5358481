//! Running examples: what a rule comes to for people who are made up, day by day, on the engine.

use uuid::Uuid;

use super::definition::RuleDefinition;
use super::examples::{
    ExampleDifference, ExampleOutcome, ExamplePeriod, ExamplePerson, ExpectedDay, RuleExample,
    RuleExamples, RuleTested,
};
use super::save::all_problems_of;
use super::stored::{find, load_one};
use super::validation::tidy;
use super::{BAD_EXAMPLE, INVALID_DEFINITION};
use crate::assignments::engine::{
    Completion, Demand, Exemption, Facts, Membership, Obligation, Pause, PersonFacts, Rulebook,
    Source, SourceKind, Spell, Terms, Training, around, catch_up, plus_days, status,
};
use crate::catalog::{self, refuse};
use crate::kernel::core::Core;
use crate::kernel::db::{IdList, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;
use crate::people::audience::known::resolve;
use crate::people::audience::resolved::AudienceFacts;
use crate::people::{PersonStatus, UnitKind, Units};
use crate::settings;

/// More days than an example is followed over.
const DAYS_MAX: i32 = 366 * 20;
/// The rule has this number, and so has its audience.
const RULE: u32 = 0;

/// What is the same for all examples of a rule.
struct Setting {
    rule: RuleDefinition,
    /// Folded codes of what the rule asks for, then of what else is named, in the order of the engine.
    trainings: Vec<String>,
    n_asked_for: usize,
    terms: Terms,
    due_soon_days: u32,
}

/// Tries the rule that the examples name: out of these definitions, or as it is kept, with its draft
/// before what is in force.
pub(super) async fn test(
    core: &Core,
    definitions: Vec<RuleDefinition>,
    examples: RuleExamples,
) -> Result<RuleTested> {
    let mut tx = core.db().begin_read().await?;
    let today = settings::today(&mut tx, core.now()).await?;
    let wanted = fold(examples.rule.trim());
    let given = definitions.into_iter().find(|rule| fold(rule.code.trim()) == wanted);
    let mut rule = if let Some(rule) = given {
        rule
    } else {
        let id = find(&mut tx, &examples.rule).await?;
        let stored = load_one(&mut tx, id).await?;
        let version = stored.draft().map_or_else(|| stored.shown_on(today), Ok)?;
        version.definition.clone()
    };
    tidy(&mut rule);
    let problems = all_problems_of(&mut tx, today, &rule).await?;
    if !problems.is_empty() {
        return Err(refuse(&INVALID_DEFINITION, &format!("the rule `{}`", rule.code), &problems));
    }
    let setting = setting(&mut tx, rule, &examples).await?;
    let units = Units::load(&mut tx).await?;
    let mut outcomes = Vec::new();
    for (at, example) in examples.examples.iter().enumerate() {
        let at = |error: Error| {
            let place = format!("examples[{at}]");
            let field = error.field().map_or(place.clone(), |field| format!("{place}.{field}"));
            error.within(&place).with_field(field)
        };
        let was = is_member(&mut tx, &setting.rule, example, &units, PersonStatus::Active).await;
        let was = was.map_err(at)?;
        let is = if is_gone(example) {
            let gone = PersonStatus::Inactive;
            is_member(&mut tx, &setting.rule, example, &units, gone).await.map_err(at)?
        } else {
            was
        };
        outcomes.push(outcome(&setting, example, Member { was, is }).map_err(at)?);
    }
    Ok(RuleTested { rule: setting.rule.code, examples: outcomes })
}

async fn setting(tx: &mut Tx, rule: RuleDefinition, examples: &RuleExamples) -> Result<Setting> {
    let organisation = settings::current(tx).await?;
    let mut trainings: Vec<String> = rule.trainings.iter().map(|code| fold(code)).collect();
    let paths = catalog::paths::sql::ids_by_code(tx, &rule.paths).await?;
    let paths = catalog::paths::all_given(tx, &IdList::new(paths.into_values())).await?;
    let of_paths = paths.iter().flat_map(|path| &path.steps).filter(|step| step.is_required());
    let of_paths = IdList::new(of_paths.flat_map(|step| step.of.iter().copied()));
    for stored in catalog::sql::load(tx, &of_paths).await?.into_values() {
        let code = fold(&stored.code);
        if !trainings.contains(&code) {
            trainings.push(code);
        }
    }
    let n_asked_for = trainings.len();
    let completed = examples.examples.iter().flat_map(|example| &example.completions);
    let completed = completed.filter_map(|completion| completion.training.as_deref());
    for code in rule.due_after().into_iter().chain(completed).map(fold) {
        if !trainings.contains(&code) {
            trainings.push(code);
        }
    }
    let place = |code: &str| trainings.iter().position(|known| *known == fold(code));
    let after = rule.due_after().and_then(place).and_then(|at| u32::try_from(at).ok());
    let number = |days: i64| u32::try_from(days).unwrap_or(u32::MAX);
    let terms = rule.terms(1, after, number(organisation.grace_days));
    let due_soon_days = number(organisation.due_soon_days);
    Ok(Setting { rule, trainings, n_asked_for, terms, due_soon_days })
}

/// Whether the rule meant somebody while they were employed, and whether it means them on the day.
#[derive(Debug, Clone, Copy)]
struct Member {
    was: bool,
    is: bool,
}

/// Whether somebody has left the organisation by the day.
fn is_gone(example: &RuleExample) -> bool {
    example.person.terminated_on.is_some_and(|last| last < example.on)
}

/// Whether the rule means the person, of this status unless the example says one.
async fn is_member(
    tx: &mut Tx,
    rule: &RuleDefinition,
    example: &RuleExample,
    units: &Units,
    usual: PersonStatus,
) -> Result<bool> {
    let ExamplePerson { status, attributes, .. } = &example.person;
    if let Some(member) = example.person.member {
        return Ok(member);
    }
    let unit = |kind: UnitKind, name: &Option<String>| -> Result<Option<Uuid>> {
        let found = name.as_deref().map(|name| units.find(kind, name)).transpose();
        found.map_err(|error| error.with_field(format!("person.{}", kind.as_str())))
    };
    let job_title = example.person.job_title.as_deref().map(fold);
    let employment_type = example.person.employment_type.as_deref().map(fold);
    let country = example.person.country.as_deref().map(str::to_uppercase);
    let facts = AudienceFacts {
        person: Uuid::nil(),
        today: None,
        status: match status {
            Some(text) => PersonStatus::parse(text)?,
            None => usual,
        },
        hired_on: example.person.hired_on,
        department: unit(UnitKind::Department, &example.person.department)?,
        location: unit(UnitKind::Location, &example.person.location)?,
        job_role: unit(UnitKind::JobRole, &example.person.job_role)?,
        manager: None,
        country: country.as_deref(),
        job_title_key: job_title.as_deref(),
        employment_type: employment_type.as_deref(),
        attributes,
    };
    Ok(resolve(tx, &rule.audience, example.on, None).await?.matches(&facts))
}

/// What the rule comes to for one example.
fn outcome(setting: &Setting, example: &RuleExample, member: Member) -> Result<ExampleOutcome> {
    let training = match &example.training {
        None => 0,
        Some(code) => {
            let asked_for = &setting.trainings[..setting.n_asked_for];
            asked_for.iter().position(|known| *known == fold(code)).ok_or_else(|| {
                BAD_EXAMPLE
                    .error(format!("the rule does not ask for `{code}`"))
                    .with_field("training")
                    .with_hints(suggest(code, asked_for))
            })?
        }
    };
    let number = u32::try_from(training).unwrap_or_default();
    let left_on = example.person.left_on;
    let was_member = member.was || left_on.is_some();
    let is_member = member.is && left_on.is_none_or(|left_on| example.on < left_on);
    let facts = lived(setting, example, number, was_member)?;
    let person = facts.person(0);
    let obligation = person.obligations.iter().rfind(|one| one.training == number);
    let on = example.on;
    let what = obligation
        .and_then(|one| status(&one.days, &around(&person, one, on, setting.due_soon_days), on));
    let expect = &example.expect;
    let mut differences = Vec::new();
    let mut differ = |field: &str, expected: Option<String>, came_out: String| {
        if let Some(expected) = expected.filter(|expected| *expected != came_out) {
            differences.push(ExampleDifference { field: field.to_owned(), expected, came_out });
        }
    };
    let flag = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    let nothing = || "nothing is assigned".to_owned();
    let expected_day = |day: Option<ExpectedDay>| {
        day.map(|day| match day {
            ExpectedDay::Never => "never".to_owned(),
            ExpectedDay::On(day) => day.to_string(),
        })
    };
    let came_out = |day: &dyn Fn(&Obligation) -> Option<Day>| match obligation {
        Some(one) => day(one).map_or_else(|| "never".to_owned(), |day| day.to_string()),
        None => nothing(),
    };
    differ("in_audience", expect.in_audience.map(flag), flag(is_member));
    differ("assigned", expect.assigned.map(flag), flag(what.is_some()));
    let told = what.map_or_else(nothing, |status| status.as_str().to_owned());
    differ("status", expect.status.clone(), told);
    let cycle = obligation.map_or_else(nothing, |one| one.cycle.to_string());
    differ("cycle", expect.cycle.map(|cycle| cycle.to_string()), cycle);
    differ("due_on", expected_day(expect.due_on), came_out(&|one| one.days.due_on));
    differ("overdue_on", expected_day(expect.overdue_on), came_out(&|one| one.days.overdue_on));
    differ("expires_on", expected_day(expect.expires_on), came_out(&|one| one.days.expires_on));
    let asked_for = setting.rule.trainings.get(training).cloned();
    Ok(ExampleOutcome {
        name: example.name.clone(),
        on,
        training: asked_for.unwrap_or_else(|| setting.trainings[training].to_uppercase()),
        differences,
    })
}

fn pause(period: ExamplePeriod) -> Pause {
    Pause { from: period.from, back_on: period.until.map(Day::next) }
}

/// The life of a person under the rule until the day, as if somebody had looked every night.
fn lived(
    setting: &Setting,
    example: &RuleExample,
    training: u32,
    was_member: bool,
) -> Result<Facts> {
    let rule = &setting.rule;
    let person = &example.person;
    let days = [person.hired_on, person.joined_on, example.applied_on, rule.from];
    let done = example.completions.iter().map(|completion| completion.on);
    let first = days.into_iter().flatten().chain(done).min().unwrap_or(example.on).min(example.on);
    if plus_days(first, DAYS_MAX) < example.on {
        return Err(BAD_EXAMPLE
            .error(format!("it begins on {first} and is looked at on {}", example.on))
            .with_field("on")
            .with_hint("an example is followed over twenty years at most"));
    }
    let mut facts = PersonFacts::new(first);
    let hired_on = person.hired_on.unwrap_or(first);
    facts.spells.push(Spell { hired_on, gone_on: person.terminated_on.map(Day::next) });
    if was_member {
        let joined_on = person.joined_on.unwrap_or(hired_on);
        let membership = Membership::known(RULE, joined_on);
        facts.memberships.push(Membership { left_on: person.left_on, ..membership });
    }
    facts.leaves.extend(example.leaves.iter().copied().map(pause));
    let exemptions = example.exemptions.iter().copied();
    facts.exemptions.extend(exemptions.map(|one| Exemption { training, time: pause(one) }));
    for (number, completion) in (0..).zip(&example.completions) {
        let of = completion.training.as_deref();
        let of = of.and_then(|code| setting.trainings.iter().position(|one| *one == fold(code)));
        facts.completions.push(Completion {
            training: of.and_then(|at| u32::try_from(at).ok()).unwrap_or(training),
            completed_on: completion.on,
            number,
            major: 1,
            valid_until: completion.valid_until,
        });
    }
    let source = Source { kind: SourceKind::Rule, number: RULE };
    let from = example.applied_on.or(rule.from).unwrap_or(first);
    let from = rule.from.map_or(from, |begins| begins.max(from));
    let demand = |number: u32| {
        let mut demand = Demand::new(source, RULE, number, setting.terms.clone(), from);
        demand.until = rule.ends_on();
        demand
    };
    let asked_for = u32::try_from(setting.n_asked_for).unwrap_or_default();
    let trainings = vec![Training::default(); setting.trainings.len()];
    let book = Rulebook::new(trainings, (0..asked_for).map(demand).collect())?;

    let mut day = first;
    loop {
        facts.today = day;
        let mut one = Facts::new();
        one.push(&mut facts);
        let caught_up = catch_up(&book, &one, plus_days(day, -1));
        if day >= example.on {
            return Ok(caught_up.after);
        }
        facts = caught_up.after.to_person(0);
        day = day.next();
        if example.started_on == Some(day) {
            let open = facts.obligations.iter_mut().map(|(obligation, _)| obligation);
            for obligation in open.filter(|one| one.training == training && one.is_open()) {
                obligation.days.started_on = Some(day);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::assignments::rules::parts::RuleRenewal;
    use crate::assignments::terms::DueRule;
    use crate::kernel::document::FileFormat;
    use crate::people::Audience;

    fn setting() -> Setting {
        let mut rule = RuleDefinition::new("R", "Rule", Audience::everybody());
        rule.trainings = vec!["T".to_owned()];
        rule.due = DueRule::AfterJoining(30);
        rule.renewal = Some(RuleRenewal { window_months: Some(2), ..RuleRenewal::new(12) });
        let terms = rule.terms(1, None, 7);
        Setting { rule, trainings: vec!["t".to_owned()], n_asked_for: 1, terms, due_soon_days: 14 }
    }

    fn came_out(text: &str) -> BTreeMap<String, String> {
        let text = format!("format = 1\nrule = 'R'\n[[examples]]\nname = 'A'\n{text}");
        let read = RuleExamples::read(&text, FileFormat::Toml).unwrap();
        let always = Member { was: true, is: true };
        let outcome = outcome(&setting(), &read.examples[0], always).unwrap();
        outcome.differences.into_iter().map(|one| (one.field, one.came_out)).collect()
    }

    const WRONG: &str = "expect = { due_on = 1999-01-01, overdue_on = 1999-01-01, \
                         expires_on = 1999-01-01, status = 'cancelled', cycle = 9 }\n";

    #[test]
    fn a_life_is_followed_day_by_day() {
        let person = "person = { hired_on = 2026-01-10 }\n";
        for (text, wanted) in [
            ("on = 2026-01-10\n", ["2026-02-09", "2026-02-17", "never", "assigned", "1"]),
            ("on = 2026-02-10\n", ["2026-02-09", "2026-02-17", "never", "late", "1"]),
            ("on = 2026-02-17\n", ["2026-02-09", "2026-02-17", "never", "overdue", "1"]),
            (
                "on = 2026-02-17\ncompletions = [{ on = 2026-02-01 }]\n",
                ["2026-02-09", "2026-02-17", "2027-02-01", "completed", "1"],
            ),
            (
                "on = 2026-12-01\ncompletions = [{ on = 2026-02-01 }]\n",
                ["2027-02-01", "2027-02-09", "never", "assigned", "2"],
            ),
            (
                "on = 2026-02-01\nleaves = [{ from = 2026-01-20, until = 2026-03-31 }]\n",
                ["2026-02-09", "2026-02-17", "never", "on_leave", "1"],
            ),
        ] {
            let found = came_out(&format!("{text}{person}{WRONG}"));
            let told = ["due_on", "overdue_on", "expires_on", "status", "cycle"]
                .map(|field| found.get(field).map_or("as expected", String::as_str).to_owned());
            // While somebody is on leave without being back, the due day moves with it.
            if text.contains("leaves") {
                assert_eq!(told[3], wanted[3], "{text}");
            } else {
                assert_eq!(told, wanted.map(str::to_owned), "{text}");
            }
        }
    }

    #[test]
    fn what_holds_is_told_as_nothing() {
        let found = came_out(
            "on = 2026-02-10\nperson = { hired_on = 2026-01-10 }\n\
             expect = { in_audience = true, assigned = true, status = 'late', due_on = 2026-02-09, \
                        expires_on = 'never', cycle = 1 }\n",
        );
        assert_eq!(found, BTreeMap::new());
    }

    #[test]
    fn whoever_left_the_audience_was_in_it() {
        let found = came_out(
            "on = 2026-03-01\nperson = { hired_on = 2026-01-10, left_on = 2026-01-20 }\n\
             expect = { in_audience = true, status = 'overdue' }\n",
        );
        assert_eq!(found["in_audience"], "no");
        assert_eq!(found["status"], "cancelled");
        let started = came_out(
            "on = 2026-03-01\nstarted_on = 2026-01-15\n\
             person = { hired_on = 2026-01-10, left_on = 2026-01-20 }\n\
             expect = { status = 'overdue', due_on = 2026-02-09 }\n",
        );
        assert_eq!((&*started["status"], &*started["due_on"]), ("in_progress", "never"));
    }

    #[test]
    fn an_example_has_bounds() {
        let read = |text: &str| {
            let text =
                format!("format = 1\nrule = 'R'\n[[examples]]\nname = 'A'\n{text}expect = {{}}\n");
            let read = RuleExamples::read(&text, FileFormat::Toml).unwrap();
            outcome(&setting(), &read.examples[0], Member { was: true, is: true })
        };
        let error = read("on = 2026-01-01\nperson = { hired_on = 1970-01-01 }\n").unwrap_err();
        assert_eq!((error.code(), error.field()), ("rules.example_invalid", Some("on")));
        let error = read("on = 2026-01-01\ntraining = 'X'\n").unwrap_err();
        assert_eq!(error.field(), Some("training"));
    }
}
