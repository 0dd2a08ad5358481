//! Whether somebody has come to the end of a training: pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::catalog::{ItemContent, Module, TrainingDefinition};
use crate::kernel::fold::fold;

/// How far somebody is.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    /// Per cent and seconds by the keys of the modules.
    pub(super) modules: BTreeMap<String, (i64, i64)>,
    /// The folded codes of the quizzes that were passed.
    pub(super) passed: BTreeSet<String>,
    /// Whether the text of this version was acknowledged.
    pub(super) signed: bool,
}

/// What somebody has yet to do.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Missing {
    /// To go through a module to its end.
    Module {
        /// Its key.
        module: String,
    },
    /// To pass a quiz.
    Quiz {
        /// Its code.
        quiz: String,
    },
    /// To spend more time in it.
    Time {
        /// So many minutes more.
        minutes: i64,
    },
    /// To acknowledge the text.
    Signature,
    /// To be told by an instructor that it is done.
    Instructor,
}

impl Missing {
    /// The name in JSON.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self {
            Self::Module { .. } => "module",
            Self::Quiz { .. } => "quiz",
            Self::Time { .. } => "time",
            Self::Signature => "signature",
            Self::Instructor => "instructor",
        }
    }
}

/// What stands between somebody and the end of a training, in order; nothing where they are there.
/// Modules that are not required count for nothing, and neither do the quizzes in them.
pub(super) fn missing(definition: &TrainingDefinition, standing: &Standing) -> Vec<Missing> {
    let mut missing = Vec::new();
    for module in definition.modules.iter().filter(|module| module.required) {
        if !standing.has_seen(module) {
            missing.push(Missing::Module { module: module.key.clone() });
        }
        for quiz in quizzes(module).filter(|quiz| !standing.passed.contains(&fold(quiz))) {
            let quiz = Missing::Quiz { quiz: quiz.to_owned() };
            if !missing.contains(&quiz) {
                missing.push(quiz);
            }
        }
    }
    let completion = &definition.completion;
    let seconds: i64 = standing.modules.values().map(|(_, seconds)| seconds).sum();
    let short = completion.minimum_minutes.map_or(0, |min| i64::from(min) * 60 - seconds);
    if short > 0 {
        missing.push(Missing::Time { minutes: (short + 59) / 60 });
    }
    if definition.read_and_sign.is_some() && !standing.signed {
        missing.push(Missing::Signature);
    }
    if completion.marked_by_instructor {
        missing.push(Missing::Instructor);
    }
    missing
}

/// The codes of the quizzes of a module.
pub(super) fn quizzes(module: &Module) -> impl Iterator<Item = &str> {
    module.items.iter().filter_map(|item| match &item.content {
        ItemContent::Quiz { quiz } => Some(quiz.as_str()),
        _ => None,
    })
}

impl Standing {
    /// Whether somebody went through a module to its end. One that has nothing but quizzes has nothing
    /// to go through.
    pub(super) fn has_seen(&self, module: &Module) -> bool {
        let only_asks = quizzes(module).count() == module.items.len() && !module.items.is_empty();
        only_asks || self.modules.get(&module.key).is_some_and(|(percent, _)| *percent == 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Item, ReadAndSign};

    fn module(key: &str, items: Vec<ItemContent>) -> Module {
        let mut module = Module::new(key);
        module.key = key.to_owned();
        module.items = items.into_iter().map(|content| Item::new("Item", content)).collect();
        module
    }

    fn text() -> ItemContent {
        ItemContent::Text { text: "Read.".to_owned() }
    }

    fn quiz(code: &str) -> ItemContent {
        ItemContent::Quiz { quiz: code.to_owned() }
    }

    fn of(modules: Vec<Module>) -> TrainingDefinition {
        let mut definition = TrainingDefinition::new("Fire");
        definition.modules = modules;
        definition
    }

    fn seen(all: &[(&str, i64, i64)]) -> Standing {
        let modules =
            all.iter().map(|(key, percent, seconds)| ((*key).to_owned(), (*percent, *seconds)));
        Standing { modules: modules.collect(), ..Standing::default() }
    }

    #[test]
    fn required_modules_are_gone_through_and_their_quizzes_passed() {
        let mut more = module("more", vec![text(), quiz("MORE")]);
        more.required = false;
        let both = module("both", vec![text(), quiz("FIRE")]);
        let training =
            of(vec![module("read", vec![text()]), both, module("ask", vec![quiz("Fire-2")]), more]);
        let module = |key: &str| Missing::Module { module: key.to_owned() };
        let asked = |code: &str| Missing::Quiz { quiz: code.to_owned() };
        let all = [module("read"), module("both"), asked("FIRE"), asked("Fire-2")];
        assert_eq!(missing(&training, &Standing::default()), all);
        let mut standing = seen(&[("read", 100, 0), ("both", 99, 0)]);
        standing.passed = BTreeSet::from(["fire".to_owned(), "fire-2".to_owned()]);
        assert_eq!(missing(&training, &standing), [module("both")]);
        standing.modules.insert("both".to_owned(), (100, 0));
        assert_eq!(missing(&training, &standing), []);
    }

    #[test]
    fn time_counts_to_the_second_and_is_told_in_minutes() {
        let mut training = of(vec![module("read", vec![text()])]);
        training.completion.minimum_minutes = Some(10);
        assert_eq!(missing(&training, &seen(&[("read", 100, 600)])), []);
        assert_eq!(
            missing(&training, &seen(&[("read", 100, 599)])),
            [Missing::Time { minutes: 1 }]
        );
        let elsewhere = seen(&[("read", 100, 300), ("more", 0, 300)]);
        assert_eq!(missing(&training, &elsewhere), [], "it adds up over the modules");
    }

    #[test]
    fn what_is_to_be_signed_or_marked_is_not_done_by_itself() {
        let mut training = of(vec![]);
        training.read_and_sign = Some(ReadAndSign::new("Text"));
        assert_eq!(missing(&training, &Standing::default()), [Missing::Signature]);
        let signed = Standing { signed: true, ..Standing::default() };
        assert_eq!(missing(&training, &signed), []);
        training.completion.marked_by_instructor = true;
        assert_eq!(missing(&training, &signed), [Missing::Instructor]);
    }
}
