//! Looking over rules before they are put into force: what they name and nobody has, whom they mean,
//! what they have in common, and what would come of their days. It changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;
use uuid::Uuid;

use super::definition::RuleDefinition;
use super::judging::{Asked, Subject, judge, overlap};
use super::names::look_up;
use super::parts::RuleStatus;
use super::save::place_in_audience;
use super::stored::load;
use super::validation::{problems_of, tidy};
use crate::catalog::{self, Problem};
use crate::kernel::core::Core;
use crate::kernel::db::{IdList, Tx};
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::kernel::text::Day;
use crate::kernel::words::words;
use crate::people::audience::known::{people_of, wrong_in};
use crate::settings;

words! {
    /// How much a finding matters.
    RuleSeverity, "severity" {
        /// The rule cannot be as it is.
        Error = "error",
        /// It can be so, and may be meant so.
        Warning = "warning",
    }
}

/// Something about a rule that somebody should know.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleFinding {
    /// How much it matters.
    pub severity: RuleSeverity,
    /// What kind of finding it is, such as `empty_audience`.
    pub code: String,
    /// The code of the rule.
    pub rule: String,
    /// Where in it, such as `trainings[1]`.
    pub place: String,
    /// What was found.
    pub message: String,
    /// What can be done.
    pub hint: Option<String>,
}

impl RuleFinding {
    pub(super) fn new(
        severity: RuleSeverity,
        code: &str,
        rule: &str,
        place: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            code: code.to_owned(),
            rule: rule.to_owned(),
            place: place.into(),
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// What became of a check.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RulesChecked {
    /// How many rules were looked at.
    pub rules: usize,
    /// What was found, errors first.
    pub findings: Vec<RuleFinding>,
}

impl RulesChecked {
    /// Whether there is no error among the findings.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != RuleSeverity::Error)
    }
}

/// Looks over these definitions, with the rules that are kept around them; or over all that are kept,
/// with drafts as they would be.
pub(super) async fn check(core: &Core, given: Option<Vec<RuleDefinition>>) -> Result<RulesChecked> {
    let mut tx = core.db().begin_read().await?;
    let today = settings::today(&mut tx, core.now()).await?;
    let kept = load(&mut tx, None).await?;
    let mut findings = Vec::new();
    let codes: HashSet<String> = given.iter().flatten().map(|one| fold(one.code.trim())).collect();
    let mut definitions = Vec::new();
    let mut around = Vec::new();
    for rule in &kept {
        let (status, in_force) = (rule.status_on(today), rule.in_force_on(today));
        let working = rule.draft().or(in_force);
        match (&given, working) {
            (None, Some(version)) if status != RuleStatus::Removed => {
                definitions.push(version.definition.clone());
            }
            (Some(_), _) if status == RuleStatus::Active && !codes.contains(&fold(&rule.code)) => {
                around.extend(in_force.map(|version| version.definition.clone()));
            }
            _ => {}
        }
    }
    let mut seen = HashSet::new();
    for mut definition in given.into_iter().flatten() {
        tidy(&mut definition);
        if seen.insert(fold(&definition.code)) {
            definitions.push(definition);
        } else {
            let message = format!("two files hold the rule `{}`", definition.code);
            let error = RuleSeverity::Error;
            findings.push(
                RuleFinding::new(error, "duplicate", &definition.code, "code", message)
                    .hint("a rule has one file; give the other a code of its own"),
            );
        }
    }
    let rules = definitions.len();
    let mut subjects = Vec::new();
    for definition in definitions {
        let (subject, found) = subject(&mut tx, today, definition, true).await?;
        findings.extend(found);
        subjects.push(subject);
    }
    let mut others = Vec::new();
    for definition in around {
        others.push(subject(&mut tx, today, definition, false).await?.0);
    }
    let trainings: BTreeSet<Uuid> =
        subjects.iter().chain(&others).flat_map(Subject::all_trainings).collect();
    let asked = asked(&mut tx, &trainings).await?;
    let given_to_people: BTreeSet<Uuid> =
        subjects.iter().chain(&others).flat_map(|one| one.trainings.iter().copied()).collect();
    for subject in &subjects {
        findings.extend(judge(subject, &asked, &given_to_people, today));
    }
    for (at, one) in subjects.iter().enumerate() {
        // As many as have a training in common with it.
        for other in subjects[at + 1..].iter().chain(&others) {
            findings.extend(common(&mut tx, today, one, other, &asked).await?);
        }
    }
    findings.sort_by(|one, other| {
        (one.severity, &one.rule, &one.place).cmp(&(other.severity, &other.rule, &other.place))
    });
    Ok(RulesChecked { rules, findings })
}

/// What a definition means, and what is wrong with what it says.
async fn subject(
    tx: &mut Tx,
    today: Day,
    definition: RuleDefinition,
    counts_people: bool,
) -> Result<(Subject, Vec<RuleFinding>)> {
    let told = |code: &str, problem: Problem| {
        let Problem { path, message, .. } = problem;
        RuleFinding::new(RuleSeverity::Error, code, &definition.code, path, message)
    };
    let mut findings: Vec<RuleFinding> =
        problems_of(&definition).into_iter().map(|problem| told("invalid", problem)).collect();
    let (named, unknown) = look_up(tx, &definition).await?;
    findings.extend(unknown.into_iter().map(|problem| told("unknown_name", problem)));
    let mut people = None;
    if counts_people {
        let wrong = wrong_in(tx, &definition.audience, today).await?;
        for error in &wrong {
            let problem = Problem::new(place_in_audience(error), error.message());
            let hint = error.hints().first();
            findings.push(hint.into_iter().fold(told("unknown_name", problem), RuleFinding::hint));
        }
        if wrong.is_empty() {
            people = Some(people_of(tx, &definition.audience, today).await?);
        }
    }
    let paths = catalog::paths::all_given(tx, &IdList::new(named.paths.iter().copied())).await?;
    let of_paths = paths.iter().flat_map(|path| &path.steps).flat_map(|step| &step.of).copied();
    let trainings: BTreeSet<Uuid> = named.trainings.iter().copied().chain(of_paths).collect();
    let given: HashSet<Uuid> = paths.iter().map(|path| path.id).collect();
    let closed_paths = named.paths.iter().zip(0..).filter(|(id, _)| !given.contains(id));
    let closed_paths = closed_paths.map(|(_, at)| at).collect();
    Ok((Subject { definition, named, trainings, closed_paths, people }, findings))
}

/// What has to be known of trainings.
async fn asked(tx: &mut Tx, trainings: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, Asked>> {
    let stored = catalog::sql::load(tx, &IdList::new(trainings.iter().copied())).await?;
    let first: Vec<String> = stored
        .values()
        .filter_map(|one| one.published.as_ref())
        .flat_map(|version| version.definition.prerequisites.clone())
        .collect();
    let first = catalog::sql::ids_by_code(tx, &first).await?;
    let asked = stored.into_iter().map(|(id, stored)| {
        let published = stored.published.as_ref();
        let prerequisites = published.map(|version| {
            let codes = version.definition.prerequisites.iter();
            codes.filter_map(|code| Some((code.clone(), *first.get(&fold(code))?))).collect()
        });
        let asked = Asked {
            is_given: !stored.template
                && stored.status == catalog::TrainingStatus::Published
                && published.is_some(),
            validity_months: published.and_then(|version| version.definition.validity_months),
            retraining_by: published.and_then(|version| version.require_retraining_by),
            prerequisites: prerequisites.unwrap_or_default(),
            code: stored.code,
        };
        (id, asked)
    });
    Ok(asked.collect())
}

/// What two rules have in common.
async fn common(
    tx: &mut Tx,
    today: Day,
    one: &Subject,
    other: &Subject,
    asked: &BTreeMap<Uuid, Asked>,
) -> Result<Option<RuleFinding>> {
    let shared: Vec<Uuid> = one.trainings.intersection(&other.trainings).copied().collect();
    let Some(people) = one.people.as_ref().filter(|_| !shared.is_empty()) else { return Ok(None) };
    let of_other = match &other.people {
        Some(people) => people.clone(),
        None => people_of(tx, &other.definition.audience, today).await.unwrap_or_default(),
    };
    let of_other: HashSet<Uuid> = of_other.into_iter().collect();
    let n_both = people.iter().filter(|person| of_other.contains(person)).count();
    let codes = shared.iter().filter_map(|id| asked.get(id)).map(|asked| asked.code.clone());
    let codes: Vec<String> = codes.collect();
    Ok(overlap(&one.definition, &other.definition, &codes, n_both))
}
