//! Skills, requirements and gaps as JSON.

use lms_core::{
    ClosingTraining, HeldBy, HeldSkill, PersonSkill, PersonSkills, RequiredBy, RequiredSkill,
    RoleReadiness, RoleRequirements, Skill, SkillCard, SkillGap, TaughtBy,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A skill.
#[derive(Serialize, ToSchema)]
#[schema(as = Skill)]
pub(super) struct SkillBody {
    #[schema(format = "uuid")]
    id: String,
    /// The short name that people type; the same for good.
    #[schema(examples("FIRST-AID"))]
    code: String,
    name: String,
    /// What somebody can who has it.
    description: Option<String>,
    /// Under which heading it stands.
    category: Option<String>,
    /// Whether it was put away.
    archived: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A skill with what teaches it now, and which job roles require it on a day.
#[derive(Serialize, ToSchema)]
pub(super) struct SkillCardBody {
    #[serde(flatten)]
    skill: SkillBody,
    /// The day.
    #[schema(format = Date)]
    as_of: String,
    /// The trainings that are published now and teach it, those of the highest level first.
    taught_by: Vec<TaughtByBody>,
    /// The job roles that require it on the day.
    required_by: Vec<RequiredByBody>,
}

/// A training that teaches a skill.
#[derive(Serialize, ToSchema)]
#[schema(as = TaughtBy)]
pub(super) struct TaughtByBody {
    /// The code of the training.
    training: String,
    title: String,
    /// Up to which level, from 1 to 5.
    level: u8,
}

/// A job role that requires a skill.
#[derive(Serialize, ToSchema)]
#[schema(as = RequiredBy)]
pub(super) struct RequiredByBody {
    /// The code of the job role.
    job_role: String,
    name: String,
    /// At which level, from 1 to 5.
    level: u8,
    #[schema(format = Date)]
    from: String,
    /// The first day on which it no longer does.
    #[schema(format = Date)]
    until: Option<String>,
}

/// What a job role requires on a day.
#[derive(Serialize, ToSchema)]
#[schema(as = RoleRequirements)]
pub(super) struct RequirementsBody {
    #[schema(format = "uuid")]
    job_role_id: String,
    /// The code of the job role.
    job_role: String,
    /// The day.
    #[schema(format = Date)]
    as_of: String,
    /// The skills, by code.
    skills: Vec<RequiredSkillBody>,
}

/// A skill that a job role requires.
#[derive(Serialize, ToSchema)]
#[schema(as = RequiredSkill)]
pub(super) struct RequiredSkillBody {
    /// The code of the skill.
    skill: String,
    name: String,
    /// At which level, from 1 to 5.
    level: u8,
    #[schema(format = Date)]
    from: String,
    /// The first day on which it no longer does.
    #[schema(format = Date)]
    until: Option<String>,
}

/// That somebody has a skill, and by what.
#[derive(Serialize, ToSchema)]
#[schema(as = HeldSkill)]
pub(super) struct HeldBody {
    /// From 1 to 5.
    level: u8,
    /// The code of the training that taught it.
    training: String,
    #[schema(format = Date)]
    completed_on: String,
    /// The last day on which it is held at this level; null where it is held for good.
    #[schema(format = Date)]
    valid_until: Option<String>,
    #[schema(format = "uuid")]
    completion_id: String,
}

/// Somebody who has a skill.
#[derive(Serialize, ToSchema)]
#[schema(as = SkillHolder)]
pub(super) struct HolderBody {
    #[schema(format = "uuid")]
    person_id: String,
    person: String,
    employee_number: Option<String>,
    held: HeldBody,
}

/// The skills of a person on a day.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonSkills)]
pub(super) struct PersonSkillsBody {
    #[schema(format = "uuid")]
    person_id: String,
    person: String,
    /// The code of their job role on the day.
    job_role: Option<String>,
    /// The day.
    #[schema(format = Date)]
    as_of: String,
    /// What they have and what is required of them, by the code of the skill.
    skills: Vec<PersonSkillBody>,
}

/// One skill of one person: one that they have, or that their job role requires.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonSkill)]
pub(super) struct PersonSkillBody {
    #[schema(format = "uuid")]
    skill_id: String,
    /// The code of the skill.
    skill: String,
    name: String,
    /// The level that the job role requires, where it does.
    required: Option<u8>,
    /// What they have, where they have anything.
    held: Option<HeldBody>,
    /// How many levels are missing; 0 where nothing is.
    missing: u8,
    /// The trainings that would close the gap, the cheapest first.
    closed_by: Vec<ClosingBody>,
}

/// A training that teaches a skill at the level that is required, or above.
#[derive(Serialize, ToSchema)]
#[schema(as = ClosingTraining)]
pub(super) struct ClosingBody {
    #[schema(format = "uuid")]
    training_id: String,
    /// The code of the training.
    training: String,
    title: String,
    /// From 1 to 5.
    level: u8,
    /// How long it takes.
    minutes: Option<u32>,
    /// What a seat costs, with its currency.
    #[schema(examples("120.00 EUR"))]
    cost: Option<String>,
}

/// A skill that somebody's job role requires, and that they do not have at that level.
#[derive(Serialize, ToSchema)]
#[schema(as = SkillGap)]
pub(super) struct GapBody {
    #[schema(format = "uuid")]
    person_id: String,
    person: String,
    employee_number: Option<String>,
    /// The code of their job role.
    job_role: String,
    #[schema(format = "uuid")]
    skill_id: String,
    /// The code of the skill.
    skill: String,
    name: String,
    /// The level that is required, from 1 to 5.
    required: u8,
    /// What they have all the same.
    held: Option<HeldBody>,
    /// How many levels are missing.
    missing: u8,
    /// The trainings that would close the gap, the cheapest first.
    closed_by: Vec<ClosingBody>,
}

/// How a job role stands in one skill that it requires.
#[derive(Serialize, ToSchema)]
#[schema(as = RoleReadiness)]
pub(super) struct ReadinessBody {
    /// The code of the job role.
    job_role: String,
    job_role_name: String,
    /// The code of the skill.
    skill: String,
    name: String,
    /// The level that is required, from 1 to 5.
    required: u8,
    /// How many people have the job role.
    people: i64,
    /// How many of them have the skill at that level.
    met: i64,
    /// How many do not.
    missed: i64,
    /// How many of a hundred have it, in tenths and rounded down.
    #[schema(value_type = f64, examples(33.3))]
    met_percent: lms_core::Percent,
}

impl From<Skill> for SkillBody {
    fn from(skill: Skill) -> Self {
        Self {
            id: skill.id.to_string(),
            code: skill.code,
            name: skill.name,
            description: skill.description,
            category: skill.category,
            archived: skill.archived,
            created_at: skill.created_at.to_string(),
            updated_at: skill.updated_at.to_string(),
        }
    }
}

impl From<SkillCard> for SkillCardBody {
    fn from(card: SkillCard) -> Self {
        Self {
            skill: card.skill.into(),
            as_of: card.as_of.to_string(),
            taught_by: card.taught_by.into_iter().map(Into::into).collect(),
            required_by: card.required_by.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<TaughtBy> for TaughtByBody {
    fn from(taught: TaughtBy) -> Self {
        Self { training: taught.training, title: taught.title, level: taught.level.number() }
    }
}

impl From<RequiredBy> for RequiredByBody {
    fn from(required: RequiredBy) -> Self {
        Self {
            job_role: required.job_role,
            name: required.name,
            level: required.level.number(),
            from: required.from.to_string(),
            until: required.until.map(|day| day.to_string()),
        }
    }
}

impl From<RoleRequirements> for RequirementsBody {
    fn from(required: RoleRequirements) -> Self {
        Self {
            job_role_id: required.job_role_id.to_string(),
            job_role: required.job_role,
            as_of: required.as_of.to_string(),
            skills: required.skills.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<RequiredSkill> for RequiredSkillBody {
    fn from(required: RequiredSkill) -> Self {
        Self {
            skill: required.skill,
            name: required.name,
            level: required.level.number(),
            from: required.from.to_string(),
            until: required.until.map(|day| day.to_string()),
        }
    }
}

impl From<HeldSkill> for HeldBody {
    fn from(held: HeldSkill) -> Self {
        Self {
            level: held.level.number(),
            training: held.training,
            completed_on: held.completed_on.to_string(),
            valid_until: held.valid_until.map(|day| day.to_string()),
            completion_id: held.completion_id.to_string(),
        }
    }
}

impl From<HeldBy> for HolderBody {
    fn from(holder: HeldBy) -> Self {
        Self {
            person_id: holder.person_id.to_string(),
            person: holder.person,
            employee_number: holder.employee_number,
            held: holder.held.into(),
        }
    }
}

impl From<PersonSkills> for PersonSkillsBody {
    fn from(card: PersonSkills) -> Self {
        Self {
            person_id: card.person_id.to_string(),
            person: card.person,
            job_role: card.job_role,
            as_of: card.as_of.to_string(),
            skills: card.skills.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<PersonSkill> for PersonSkillBody {
    fn from(skill: PersonSkill) -> Self {
        Self {
            skill_id: skill.skill_id.to_string(),
            skill: skill.skill,
            name: skill.name,
            required: skill.required.map(lms_core::SkillLevel::number),
            held: skill.held.map(Into::into),
            missing: skill.missing,
            closed_by: skill.closed_by.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<ClosingTraining> for ClosingBody {
    fn from(training: ClosingTraining) -> Self {
        Self {
            training_id: training.training_id.to_string(),
            training: training.training,
            title: training.title,
            level: training.level.number(),
            minutes: training.minutes,
            cost: training.cost.map(|cost| cost.to_string()),
        }
    }
}

impl From<SkillGap> for GapBody {
    fn from(gap: SkillGap) -> Self {
        Self {
            person_id: gap.person_id.to_string(),
            person: gap.person,
            employee_number: gap.employee_number,
            job_role: gap.job_role,
            skill_id: gap.skill_id.to_string(),
            skill: gap.skill,
            name: gap.name,
            required: gap.required.number(),
            held: gap.held.map(Into::into),
            missing: gap.missing,
            closed_by: gap.closed_by.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<RoleReadiness> for ReadinessBody {
    fn from(row: RoleReadiness) -> Self {
        Self {
            job_role: row.job_role,
            job_role_name: row.job_role_name,
            skill: row.skill,
            name: row.name,
            required: row.required.number(),
            people: row.people,
            met: row.met,
            missed: row.missed,
            met_percent: row.met_percent,
        }
    }
}
