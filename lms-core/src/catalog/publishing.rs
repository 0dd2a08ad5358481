//! Whether drafts can be published: what they must not lack, and whether what has to come first is
//! there and leads nowhere in a circle. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::definition::{ItemContent, TrainingDefinition};
use super::item_file::{StoredFiles, missing};
use super::problems::Problem;
use super::types::TrainingStatus;
use crate::kernel::fold::fold;
use crate::skills::Listed;

/// What is known of other trainings, by the folded code.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) trainings: HashMap<String, KnownTraining>,
    /// What has to come before which, as published.
    pub(crate) prerequisites: BTreeMap<String, Vec<String>>,
    /// Quizzes that can be given, by the folded code.
    pub(crate) quizzes: HashSet<String>,
    /// Skills, by the folded code.
    pub(crate) skills: HashMap<String, Listed>,
    pub(crate) files: StoredFiles,
}

/// A training that is named as a prerequisite.
#[derive(Debug, Clone)]
pub(crate) struct KnownTraining {
    pub(crate) code: String,
    pub(crate) status: TrainingStatus,
    pub(crate) template: bool,
}

/// What stands in the way of publishing a draft.
pub(crate) fn problems(code: &str, definition: &TrainingDefinition, known: &Known) -> Vec<Problem> {
    let mut found = Vec::new();
    if definition.modules.is_empty() && definition.read_and_sign.is_none() {
        found.push(Problem::new("modules", "there is no module, and nothing to read and sign"));
    }
    for (at, module) in definition.modules.iter().enumerate() {
        if module.items.is_empty() {
            let message = format!("the module `{}` has nothing in it", module.key);
            found.push(Problem::new(format!("modules[{at}].items"), message));
        }
        for (place, item) in module.items.iter().enumerate() {
            if let ItemContent::Quiz { quiz } = &item.content
                && !known.quizzes.contains(&fold(quiz))
            {
                let path = format!("modules[{at}].items[{place}].quiz");
                found.push(Problem::new(path, format!("there is no quiz `{quiz}` to be given")));
            }
        }
    }
    for (at, taught) in definition.skills.iter().enumerate() {
        let skill = &taught.skill;
        let message = match known.skills.get(&fold(skill)) {
            None => format!("there is no skill `{skill}`"),
            Some(listed) if listed.archived => format!("the skill `{skill}` is archived"),
            Some(_) => continue,
        };
        found.push(Problem::new(format!("skills[{at}].skill"), message));
    }
    found.extend(missing(code, definition, &known.files));
    if !definition.modules.is_empty()
        && definition.modules.iter().all(|module| !module.required)
        && definition.read_and_sign.is_none()
        && definition.completion.minimum_minutes.is_none()
        && !definition.completion.marked_by_instructor
    {
        let message = "nothing has to be done for it: no module is required, no time, no signature";
        found.push(Problem::new("completion", message));
    }
    for (at, wanted) in definition.prerequisites.iter().enumerate() {
        let path = format!("prerequisites[{at}]");
        if fold(wanted) == fold(code) {
            found.push(Problem::new(path, format!("`{code}` cannot come before itself")));
            continue;
        }
        match known.trainings.get(&fold(wanted)) {
            None => found.push(Problem::new(path, format!("there is no training `{wanted}`"))),
            Some(training) if training.template => {
                found.push(Problem::new(path, format!("`{}` is a template", training.code)));
            }
            Some(training) if training.status != TrainingStatus::Published => {
                let message = format!(
                    "`{}` is not published: it is {}",
                    training.code,
                    told(training.status)
                );
                found.push(Problem::new(path, message));
            }
            Some(_) => {
                if let Some(chain) = way_back(&fold(wanted), &fold(code), known) {
                    let codes: Vec<&str> = std::iter::once(code)
                        .chain(chain.iter().map(|key| known.code(key)))
                        .collect();
                    let message = format!("each would wait for the other: {}", codes.join(" → "));
                    found.push(Problem::new(path, message));
                }
            }
        }
    }
    found
}

pub(super) fn told(status: TrainingStatus) -> &'static str {
    match status {
        TrainingStatus::Draft => "a draft",
        TrainingStatus::InReview => "in review",
        TrainingStatus::Published => "published",
        TrainingStatus::Archived => "archived",
    }
}

/// The shortest way along prerequisites from one training to another, both included.
fn way_back(from: &str, to: &str, known: &Known) -> Option<Vec<String>> {
    let mut seen = HashSet::from([from.to_owned()]);
    let mut ways = std::collections::VecDeque::from([vec![from.to_owned()]]);
    while let Some(way) = ways.pop_front() {
        let here = way.last().expect("a way has a beginning");
        if here == to {
            return Some(way);
        }
        for next in known.prerequisites.get(here).into_iter().flatten() {
            if seen.insert(next.clone()) {
                let mut longer = way.clone();
                longer.push(next.clone());
                ways.push_back(longer);
            }
        }
    }
    None
}

impl Known {
    fn code<'k>(&'k self, key: &'k str) -> &'k str {
        self.trainings.get(key).map_or(key, |training| &training.code)
    }
}

#[cfg(test)]
mod tests {
    use super::super::definition::{Item, Module, ReadAndSign};
    use super::super::teaching::TaughtSkill;
    use super::*;
    use crate::skills::SkillLevel;

    fn published(codes: &[(&str, &[&str])]) -> Known {
        let mut known = Known::default();
        for (code, first) in codes {
            let training = KnownTraining {
                code: (*code).to_owned(),
                status: TrainingStatus::Published,
                template: false,
            };
            known.trainings.insert(fold(code), training);
            let first = first.iter().map(|code| fold(code)).collect();
            known.prerequisites.insert(fold(code), first);
        }
        known
    }

    fn complete(first: &[&str]) -> TrainingDefinition {
        let mut definition = TrainingDefinition::new("X");
        let text = ItemContent::Text { text: "x".to_owned() };
        let items = vec![Item::new("Read", text)];
        definition.modules = vec![Module { items, ..Module::new("One") }];
        definition.prerequisites = first.iter().map(ToString::to_string).collect();
        definition
    }

    #[test]
    fn a_circle_is_named_link_by_link() {
        let known = published(&[("A", &["B"]), ("B", &["C", "D"]), ("C", &[]), ("D", &[])]);
        assert_eq!(problems("A", &complete(&["b"]), &known), []);
        let found = problems("D", &complete(&["a"]), &known);
        assert_eq!(found[0].message, "each would wait for the other: D → A → B → D");
        assert_eq!(found[0].path, "prerequisites[0]");
        assert_eq!(problems("A", &complete(&["A"]), &known).len(), 1);
    }

    #[test]
    fn what_is_lacking_is_told_at_once() {
        let mut known = published(&[("A", &[]), ("T", &[]), ("OLD", &[])]);
        known.trainings.get_mut("t").unwrap().template = true;
        known.trainings.get_mut("old").unwrap().status = TrainingStatus::Archived;
        let mut definition = complete(&["A", "T", "OLD", "NONE"]);
        definition.modules.push(Module { required: false, ..Module::new("Two") });
        let paths: Vec<String> =
            problems("X", &definition, &known).into_iter().map(|problem| problem.path).collect();
        assert_eq!(
            paths,
            ["modules[1].items", "prerequisites[1]", "prerequisites[2]", "prerequisites[3]"]
        );
    }

    #[test]
    fn a_quiz_has_to_be_there() {
        let mut known = published(&[]);
        let mut definition = complete(&[]);
        let quiz = ItemContent::Quiz { quiz: "Fire".to_owned() };
        definition.modules[0].items.push(Item::new("Test", quiz));
        let found = problems("X", &definition, &known);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "modules[0].items[1].quiz");
        known.quizzes.insert("fire".to_owned());
        assert_eq!(problems("X", &definition, &known), []);
    }

    #[test]
    fn what_it_teaches_has_to_be_there() {
        let mut known = published(&[]);
        let mut definition = complete(&[]);
        let level = SkillLevel::ALL[0];
        definition.skills = vec![TaughtSkill::new("Fire", level), TaughtSkill::new("Old", level)];
        let listed = |archived| Listed { id: uuid::Uuid::nil(), archived };
        known.skills.insert("old".to_owned(), listed(true));
        let told = |known: &Known| -> Vec<(String, String)> {
            let found = problems("X", &definition, known).into_iter();
            found.map(|problem| (problem.path, problem.message)).collect()
        };
        let pair = |path: &str, message: &str| (path.to_owned(), message.to_owned());
        assert_eq!(
            told(&known),
            [
                pair("skills[0].skill", "there is no skill `Fire`"),
                pair("skills[1].skill", "the skill `Old` is archived"),
            ]
        );
        known.skills.insert("fire".to_owned(), listed(false));
        known.skills.insert("old".to_owned(), listed(false));
        assert_eq!(told(&known), []);
    }

    #[test]
    fn something_has_to_be_done_for_it() {
        let known = Known::default();
        let mut definition = TrainingDefinition::new("X");
        assert_eq!(problems("X", &definition, &known)[0].path, "modules");
        definition.read_and_sign = Some(ReadAndSign::new("Be kind."));
        assert_eq!(problems("X", &definition, &known), []);
        let mut definition = complete(&[]);
        definition.modules[0].required = false;
        assert_eq!(problems("X", &definition, &known)[0].path, "completion");
        definition.completion.minimum_minutes = Some(5);
        assert_eq!(problems("X", &definition, &known), []);
    }
}
