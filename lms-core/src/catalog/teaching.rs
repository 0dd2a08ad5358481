//! What a training teaches, as it stands in its definition. Pure.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::validation::{Found, trim};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Code;
use crate::skills::SkillLevel;

const SKILLS_MAX: usize = 50;

/// A skill that whoever completes the training has from then on, as long as the completion holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaughtSkill {
    /// The code of the skill.
    pub skill: String,
    /// Up to which level: from 1, aware, to 5, expert.
    pub level: u8,
}

impl TaughtSkill {
    /// A skill up to a level.
    #[must_use]
    pub fn new(skill: &str, level: SkillLevel) -> Self {
        Self { skill: skill.to_owned(), level: level.number() }
    }
}

impl fmt::Display for TaughtSkill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.skill, self.level)
    }
}

/// Reads `SAFETY=3, GERMAN=basic`.
pub(super) fn parse(text: &str) -> Result<Vec<TaughtSkill>> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (skill, level) = part.split_once('=').ok_or_else(|| {
                Error::invalid("skills", format!("`{}` has no level", part.escape_debug()))
                    .with_hint("write a skill with its level, such as `FIRST-AID=2`")
            })?;
            let level = SkillLevel::parse(level).map_err(|error| error.with_field("skills"))?;
            Ok(TaughtSkill::new(skill.trim(), level))
        })
        .collect()
}

pub(super) fn tidy(skills: &mut [TaughtSkill]) {
    for taught in skills {
        trim(&mut taught.skill);
    }
}

pub(super) fn problems(skills: &[TaughtSkill], found: &mut Found) {
    found.count("skills", skills.len(), SKILLS_MAX);
    let mut seen = HashSet::new();
    for (at, taught) in skills.iter().enumerate().take(SKILLS_MAX) {
        let TaughtSkill { skill, level } = taught;
        if Code::parse(skill).is_err() {
            let message = format!("`{skill}` cannot be the code of a skill");
            found.add(&format!("skills[{at}].skill"), message);
        } else if !seen.insert(fold(skill)) {
            found.add(&format!("skills[{at}].skill"), format!("`{skill}` is there twice"));
        }
        if SkillLevel::new(*level).is_none() {
            found.add(&format!("skills[{at}].level"), format!("`{level}` is not from 1 to 5"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skills_are_read_and_told_with_their_levels() {
        let read = parse(" SAFETY=3, German = basic ,").unwrap();
        let told: Vec<String> = read.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["SAFETY=3", "German=2"]);
        assert_eq!(parse("").unwrap(), []);
        for bad in ["SAFETY", "SAFETY=", "SAFETY=6", "SAFETY=3;GERMAN=2"] {
            assert_eq!(parse(bad).unwrap_err().field(), Some("skills"), "{bad}");
        }
    }

    #[test]
    fn a_skill_is_taught_once_and_up_to_a_level_that_there_is() {
        let taught = |skill: &str, level| TaughtSkill { skill: skill.to_owned(), level };
        let mut skills = vec![taught(" A ", 1), taught("a", 5), taught("B C", 0), taught("D", 6)];
        tidy(&mut skills);
        let mut found = Found(Vec::new());
        problems(&skills, &mut found);
        let paths: Vec<&str> = found.0.iter().map(|problem| &*problem.path).collect();
        assert_eq!(
            paths,
            ["skills[1].skill", "skills[2].skill", "skills[2].level", "skills[3].level"]
        );
    }
}
