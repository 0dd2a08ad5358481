//! The question bank in memory: which questions there are and how they are tagged, what a quiz can
//! ask of them, and the drawing of what it does ask.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::chance::Seed;
use super::problems::{Place, Problems};
use super::quiz_definition::{QuizDefinition, section_at};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Code;

/// Reads a tag: a short word, the same however it is capitalised.
pub(crate) fn tag(text: &str) -> Result<String> {
    Code::parse(text).map(|code| code.as_str().to_lowercase()).map_err(|_| {
        Error::invalid("tag", format!("`{}` cannot be a tag", text.trim()))
            .with_hint("use letters, digits, `-`, `_` and `.`, such as `fire-safety`")
    })
}

/// What is known of a question without its definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: Uuid,
    pub(crate) code: String,
    pub(crate) archived: bool,
    pub(crate) tags: BTreeSet<String>,
}

/// All questions by the key of their code, which is also the order in which they are drawn from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bank {
    pub(crate) entries: BTreeMap<String, Entry>,
}

impl Bank {
    pub(crate) fn find(&self, code: &str) -> Option<&Entry> {
        self.entries.get(&fold(code))
    }

    /// "Did you mean", for a code that is not there.
    pub(crate) fn near(&self, code: &str) -> Option<String> {
        suggest(code, self.entries.values().map(|entry| &entry.code))
    }

    /// The keys of what a draw may draw from: active, tagged, and not asked of everybody anyway.
    fn pool(&self, tag: &str, named: &BTreeSet<String>) -> Vec<&str> {
        self.entries
            .iter()
            .filter(|(key, entry)| {
                !entry.archived && entry.tags.contains(tag) && !named.contains(*key)
            })
            .map(|(key, _)| key.as_str())
            .collect()
    }

    /// Tells what a quiz asks that the bank does not have.
    pub(crate) fn check(&self, place: &Place, quiz: &QuizDefinition, problems: &Problems) {
        let mut named = BTreeSet::new();
        let spots = (1..).zip(&quiz.sections);
        for (number, section) in spots.clone() {
            let place = section_at(place, number);
            for (at, code) in section.questions.iter().enumerate() {
                let place = place.field(&format!("questions[{at}]"));
                match self.find(code) {
                    None => {
                        let near =
                            self.near(code).map(|near| format!("; {near}")).unwrap_or_default();
                        problems.add(&place, format!("there is no question `{code}`{near}"));
                    }
                    Some(entry) if entry.archived => {
                        problems.add(&place, format!("the question `{}` is archived", entry.code));
                    }
                    Some(_) => {}
                }
                if !named.insert(fold(code)) {
                    problems.add(&place, format!("the question `{code}` is asked twice"));
                }
            }
        }
        let mut earlier: Vec<(usize, BTreeSet<&str>)> = Vec::new();
        for (number, section) in spots {
            let Some(draw) = &section.draw else { continue };
            let pool: BTreeSet<&str> = self.pool(&draw.tag, &named).into_iter().collect();
            // What earlier draws may have taken away at worst, so that no attempt ever runs dry.
            let taken: usize = earlier
                .iter()
                .map(|(count, other)| pool.intersection(other).count().min(*count))
                .sum();
            if draw.count > pool.len().saturating_sub(taken) {
                let taken = match taken {
                    0 => String::new(),
                    n => format!(", and sections before may draw {n} of them"),
                };
                problems.add(
                    &section_at(place, number).field("draw"),
                    format!(
                        "it draws {} of `{}`, which has {} to draw from{taken}",
                        draw.count,
                        draw.tag,
                        pool.len()
                    ),
                );
            }
            earlier.push((draw.count, pool));
        }
    }

    /// The keys of the questions that an attempt gets, by section and in the order in which they are
    /// asked. Of a sound quiz nothing is missing and nothing comes twice.
    pub(crate) fn draw(&self, quiz: &QuizDefinition, seed: &Seed) -> Vec<Vec<String>> {
        let named = quiz.sections.iter().flat_map(|section| &section.questions);
        let mut taken: BTreeSet<String> = named.map(|code| fold(code)).collect();
        let mut sections = Vec::with_capacity(quiz.sections.len());
        for (number, section) in (1..).zip(&quiz.sections) {
            let number: String = format!("{number}");
            let mut asked: Vec<String> = section.questions.iter().map(|code| fold(code)).collect();
            if let Some(draw) = &section.draw {
                let mut pool = self.pool(&draw.tag, &taken);
                seed.shuffle("draw", &number, &mut pool);
                pool.truncate(draw.count);
                asked.extend(pool.into_iter().map(str::to_owned));
            }
            if quiz.shuffle {
                seed.shuffle("questions", &number, &mut asked);
            }
            taken.extend(asked.iter().cloned());
            sections.push(asked);
        }
        sections
    }
}
