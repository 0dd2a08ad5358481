//! `skills`: who has the skills that their job roles require: job roles beside skills, and who lacks what.

use std::collections::{BTreeMap, HashMap};

use lms_core::{Actor, Lms, Result, RoleReadiness, SkillFacts, SkillLevel};

use crate::asked::{
    PRESENT, Parts, day, document, person_cells, person_columns, query, reconciled, unit, whole,
};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::tone::Tone;
use crate::words::Words;

/// More skills than this nobody reads side by side.
const MAP_SKILLS_MAX: usize = 200;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().skills(actor, query(params)?).await?;
    let mut notes = Vec::new();
    if facts.roles.is_empty() {
        notes.push("No job role of those who were asked about requires a skill.".into());
    }
    let mut tables = vec![by_role(&facts)];
    match map(&facts) {
        Ok(map) => tables.insert(0, map),
        Err(why) => notes.push(why),
    }
    tables.push(gaps(&facts));
    let (aside, charts) = drawn(&facts);
    tables.push(aside);
    let lacked: i64 = facts.roles.iter().map(|role| role.missed).sum();
    let provenance = vec![
        Fact::new(
            "Has a skill",
            "a completion that is valid on the day, of a version of a training that teaches the skill at the \
             level that the job role requires, or above",
        ),
        Fact::new(
            "Ready %",
            "people in the job role who have the skill at that level, of all people in the job role; nobody \
             is left out",
        ),
        Fact::new(
            "Job roles",
            "those of the day, with what they require on it; a job role that requires nothing is not in it",
        ),
        Fact::new("Gaps reconcile", reconciled(whole(facts.gaps.len()), lacked)),
    ];
    let parts = Parts {
        notes,
        figures: figures(&facts, lacked),
        charts,
        tables,
        population: PRESENT.into(),
        period_from: None,
        provenance,
    };
    Ok(document(Report::Skills, &facts.origin, params, actor, parts))
}

fn figures(facts: &SkillFacts, lacked: i64) -> Vec<Figure> {
    let required: i64 = facts.roles.iter().map(|role| role.people).sum();
    vec![
        Figure::new(
            "ready_people_percent",
            "People who lack nothing",
            Value::Share { numerator: facts.ready_people, denominator: facts.required_people },
            Words::with(
                "{} who have every skill that their job role requires, of {} whose job role requires any; {} \
                 others are left out",
                [
                    facts.ready_people,
                    facts.required_people,
                    whole(facts.people.len()) - facts.required_people,
                ],
            ),
        ),
        Figure::new(
            "ready_percent",
            "Requirements met",
            Value::Share { numerator: required - lacked, denominator: required },
            Words::with(
                "{} that are met, of {}: one for each person and skill that the job role requires; none is \
                 left out",
                [required - lacked, required],
            ),
        ),
        Figure::new(
            "gaps",
            "Gaps",
            Value::Count(lacked),
            "Skills that people lack, or do not have at the level that their job role requires",
        ),
    ]
}

fn met(role: &RoleReadiness) -> Cell<'static> {
    Cell::Share { numerator: role.met, denominator: role.people }
}

/// Job roles beside the skills that any of them requires; or why there is no such table.
fn map(facts: &SkillFacts) -> std::result::Result<Table, Words> {
    let mut skills: BTreeMap<&str, &str> = BTreeMap::new();
    for role in &facts.roles {
        skills.insert(&role.skill, &role.name);
    }
    if skills.len() > MAP_SKILLS_MAX {
        return Err(Words::with(
            "The heat map is left out: {} skills are too many to be read side by side.",
            [skills.len()],
        ));
    }
    let mut columns = vec![
        Column::new("job_role", "Job role", Kind::Text, 30),
        Column::new("people", "People", Kind::Integer, 10),
    ];
    let column = |(code, name): (&&str, &&str)| {
        let title = Words::from((*name).to_owned());
        Column::new(format!("skill_{code}"), title, Kind::Heat, 16).about((*code).to_owned())
    };
    columns.extend(skills.iter().map(column));
    let places: HashMap<&str, usize> = skills.keys().copied().zip(2..).collect();
    let empty = "No job role requires a skill.";
    let mut table = Table::new("map", "Heat map", empty, columns);
    for roles in facts.roles.chunk_by(|one, other| one.job_role == other.job_role) {
        let mut row = vec![Cell::Nothing; 2 + skills.len()];
        row[0] = Cell::Text(&roles[0].job_role_name);
        row[1] = Cell::Integer(roles[0].people);
        for role in roles {
            row[places[role.skill.as_str()]] = met(role);
        }
        table.push(row);
    }
    Ok(table)
}

fn by_role(facts: &SkillFacts) -> Table {
    let columns = [
        Column::new("job_role", "Job role", Kind::Text, 26),
        Column::new("job_role_code", "Code", Kind::Text, 14),
        Column::new("skill", "Skill", Kind::Text, 14),
        Column::new("name", "Title", Kind::Text, 30),
        Column::new("required", "Required level", Kind::Integer, 10).about("From 1 to 5"),
        Column::new("people", "People", Kind::Integer, 10).about("In the job role"),
        Column::new("met", "Have it", Kind::Integer, 10).about("At that level or above"),
        Column::new("missed", "Lack it", Kind::Integer, 10),
        Column::new("ready_percent", "Ready %", Kind::Heat, 10)
            .about("Those who have it, of all in the job role"),
    ];
    let empty = "No job role requires a skill.";
    let mut table = Table::new("roles", "Job roles", empty, columns).grouped_by(2);
    for role in &facts.roles {
        table.push([
            Cell::Text(&role.job_role_name),
            Cell::Text(&role.job_role),
            Cell::Text(&role.skill),
            Cell::Text(&role.name),
            level(role.required),
            Cell::Integer(role.people),
            Cell::Integer(role.met),
            Cell::Integer(role.missed),
            met(role),
        ]);
    }
    table
}

fn level(level: SkillLevel) -> Cell<'static> {
    Cell::Integer(i64::from(level.number()))
}

fn gaps(facts: &SkillFacts) -> Table {
    let mut columns = person_columns();
    columns.extend([
        Column::new("job_role", "Job role", Kind::Text, 22),
        Column::new("manager", "Manager", Kind::Text, 24),
        Column::new("skill", "Skill", Kind::Text, 14),
        Column::new("name", "Title", Kind::Text, 30),
        Column::new("required", "Required level", Kind::Integer, 10).about("From 1 to 5"),
        Column::new("held", "Skill level", Kind::Integer, 9)
            .about("The level that the person has; blank where it is none"),
        Column::new("held_until", "Valid until", Kind::Day, 12)
            .about("The last day on which the person has that level"),
        Column::new("missing", "Levels missing", Kind::Integer, 10),
    ]);
    let mut table = Table::new("gaps", "Gaps", "Nobody lacks a skill.", columns).grouped_by(1);
    let own = &facts.gaps;
    for (at, place) in own.person.iter().enumerate() {
        let person = *place as usize;
        let mut row = person_cells(&facts.people, &facts.units, *place);
        row.extend([
            unit(&facts.units, facts.people.job_role[person]),
            facts.people.manager_name[person].as_deref().into(),
            Cell::Text(&own.skill[at]),
            Cell::Text(&own.skill_name[at]),
            level(own.required[at]),
            own.held[at].map_or(Cell::Nothing, level),
            day(own.held_until[at]),
            Cell::Integer(i64::from(own.missing[at])),
        ]);
        table.push(row);
    }
    table
}

/// Each job role with all that it requires: how much of it is there, and how much is lacking.
fn drawn(facts: &SkillFacts) -> (Table, Vec<Chart>) {
    let columns = [
        Column::new("job_role", "Job role", Kind::Text, 30),
        Column::new("met", "Have it", Kind::Integer, 10),
        Column::new("missed", "Lack it", Kind::Integer, 10),
    ];
    let title = "Requirements by job role";
    let empty = "No job role requires a skill.";
    let mut table = Table::new("skills_chart", title, empty, columns).aside();
    for roles in facts.roles.chunk_by(|one, other| one.job_role == other.job_role) {
        table.push([
            Cell::Text(&roles[0].job_role_name),
            Cell::Integer(roles.iter().map(|role| role.met).sum()),
            Cell::Integer(roles.iter().map(|role| role.missed).sum()),
        ]);
    }
    let series = [Series::new(1).tone(Tone::Good), Series::new(2).tone(Tone::Bad)];
    let chart = Chart::new(ChartKind::StackedBar, title, "skills_chart", 0, series)
        .axes("People and skills", "Job role");
    (table, vec![chart])
}
