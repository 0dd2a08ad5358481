//! What became of somebody, as acts in the order of the days.

use super::named;
use super::staff::{Plan, Position, Staff, after, days_between};
use super::structure::{Structure, title};
use crate::kernel::text::Day;
use crate::people::{NewPerson, PersonAct, PersonChange, PersonField};

const EMPLOYMENT_TYPES: [&str; 4] = ["permanent", "temporary", "part_time", "contractor"];

/// Tells lives.
pub(super) struct Lives<'a> {
    pub(super) structure: &'a Structure,
    pub(super) staff: &'a Staff,
    pub(super) until: Day,
}

impl Lives<'_> {
    /// All that is recorded of one person.
    pub(super) fn acts(&self, plan: &Plan) -> Vec<PersonAct> {
        if let Some(person) = plan.named {
            return vec![PersonAct::hire(named_person(person))];
        }
        let mut dice = plan.dice.clone();
        let last_day = plan.end.map_or(self.until, |end| end.last_day);
        let days = days_between(plan.hired_on, last_day);
        let job_role = *dice.pick(self.structure.departments[plan.department].division.job_roles);
        let moved_from = (plan.position == Position::Member && days > 200 && dice.per_mille(150))
            .then(|| self.other_department(plan, dice.below(usize::MAX)))
            .flatten();
        let moved_on = after(plan.hired_on, 60 + dice.below(days.saturating_sub(90)));

        let mut acts = vec![self.hire(plan, job_role, moved_from, dice.below(1000))];
        if let Some(before) = moved_from {
            acts.extend(self.new_managers(plan, before.manager, plan.hired_on, Some(moved_on)));
            acts.push(self.moved(plan, moved_on));
            acts.extend(self.new_managers(plan, plan.manager, moved_on, None));
        } else {
            acts.extend(self.new_managers(plan, plan.manager, plan.hired_on, None));
        }
        if let Some(promoted) = promotion(plan, job_role, days, dice.below(1000), dice.below(1000))
        {
            acts.push(promoted);
        }
        if days > 150 && dice.per_mille(90) {
            let from = after(plan.hired_on, 60 + dice.below(days - 90));
            acts.extend(self.leave(plan, from, dice.below(1000), dice.below(1000)));
        }
        if let Some(end) = plan.end {
            acts.push(PersonAct::deactivate(&plan.number, end.last_day, Some(end.reason)));
            acts.extend(end.back_on.map(|day| PersonAct::reactivate(&plan.number, day)));
        }
        acts
    }

    fn hire(
        &self,
        plan: &Plan,
        job_role: &str,
        moved_from: Option<Before>,
        chance: usize,
    ) -> PersonAct {
        let department = moved_from.map_or(plan.department, |before| before.department);
        let manager = moved_from.map_or(plan.manager, |before| before.manager);
        let site = &self.structure.sites()[plan.site];
        let (role, door) = match plan.position {
            Position::Head => ("HEAD", "Head of Department".to_owned()),
            Position::Lead if plan.leads_from == plan.hired_on => ("LEAD", "Team Lead".to_owned()),
            _ if chance < 25 => ("INTERN", "Intern".to_owned()),
            _ if chance < 150 => (job_role, format!("Junior {}", title(job_role))),
            _ => (job_role, title(job_role).to_owned()),
        };
        let kind = match chance % 100 {
            0..82 => EMPLOYMENT_TYPES[0],
            82..90 => EMPLOYMENT_TYPES[1],
            90..97 => EMPLOYMENT_TYPES[2],
            _ => EMPLOYMENT_TYPES[3],
        };
        let mut new = NewPerson::new(&plan.name.first, &plan.name.last)
            .set(PersonField::EmployeeNumber, &plan.number)
            .set(PersonField::Department, &self.structure.departments[department].code)
            .set(PersonField::Location, site.code)
            .set(PersonField::Country, site.country)
            .set(PersonField::TimeZone, site.timezone)
            .set(PersonField::Locale, site.locale)
            .set(PersonField::JobRole, role)
            .set(PersonField::JobTitle, &door)
            .set(PersonField::EmploymentType, kind)
            .attribute("cost_centre", &cost_centre(department))
            .hired_on(plan.hired_on);
        if let Some(email) = &plan.email {
            new = new.set(PersonField::Email, email);
        }
        if let Some(preferred) = plan.name.preferred {
            new = new.set(PersonField::PreferredName, preferred);
        }
        if let Some(leader) = self.staff.leader_on(manager, plan.hired_on) {
            new = new.set(PersonField::Manager, &self.staff.people[leader].number);
        }
        PersonAct::hire(new)
    }

    /// Where somebody was before they came to their department.
    fn other_department(&self, plan: &Plan, chance: usize) -> Option<Before> {
        let departments = &self.structure.departments;
        let division = departments[plan.department].division.code;
        let is_other = |at: &usize| {
            *at != plan.department
                && departments[*at].is_leaf
                && departments[*at].division.code == division
        };
        let others: Vec<usize> = (0..departments.len()).filter(is_other).collect();
        let department = *others.get(chance % others.len().max(1))?;
        let leads = &self.staff.leads[department];
        let lead = leads.get(chance % leads.len().max(1)).copied();
        Some(Before { department, manager: lead.or(self.staff.heads[department]) })
    }

    fn moved(&self, plan: &Plan, on: Day) -> PersonAct {
        let mut change = PersonChange::new()
            .set(PersonField::Department, &self.structure.departments[plan.department].code)
            .attribute("cost_centre", &cost_centre(plan.department))
            .from(on);
        if let Some(leader) = self.staff.leader_on(plan.manager, on) {
            change = change.set(PersonField::Manager, &self.staff.people[leader].number);
        }
        PersonAct::change(&plan.number, change)
    }

    /// Whoever came to lead them while they were there.
    fn new_managers(
        &self,
        plan: &Plan,
        manager: Option<usize>,
        from: Day,
        before: Option<Day>,
    ) -> Vec<PersonAct> {
        let gone = plan.end.map(|end| end.last_day);
        self.staff
            .new_leaders(manager, from)
            .into_iter()
            .filter(|(day, _)| before.is_none_or(|before| *day < before))
            .filter(|(day, _)| gone.is_none_or(|gone| *day <= gone))
            .map(|(day, leader)| {
                let leader = &self.staff.people[leader].number;
                let change = PersonChange::new().set(PersonField::Manager, leader).from(day);
                PersonAct::change(&plan.number, change)
            })
            .collect()
    }

    /// A leave; one that reaches beyond today often has no end yet.
    fn leave(&self, plan: &Plan, from: Day, kind: usize, chance: usize) -> Vec<PersonAct> {
        let (reason, days) = match kind % 10 {
            0..5 => ("parental leave", 60 + chance / 4),
            5..8 => ("long illness", 20 + chance / 14),
            _ => ("sabbatical", 30 + chance / 16),
        };
        let back_on = after(from, days);
        let number = &plan.number;
        if back_on > self.until && chance.is_multiple_of(2) {
            return vec![PersonAct::add_leave(number, from, None, Some(reason))];
        }
        if back_on < self.until && chance.is_multiple_of(5) {
            return vec![
                PersonAct::add_leave(number, from, None, Some(reason)),
                PersonAct::end_leave(number, back_on),
            ];
        }
        vec![PersonAct::add_leave(number, from, Some(back_on), Some(reason))]
    }
}

/// Where somebody began.
#[derive(Debug, Clone, Copy)]
struct Before {
    department: usize,
    manager: Option<usize>,
}

/// To lead, or to know more.
fn promotion(
    plan: &Plan,
    job_role: &str,
    days: usize,
    chance: usize,
    when: usize,
) -> Option<PersonAct> {
    let change = match plan.position {
        Position::Lead if plan.leads_from > plan.hired_on => PersonChange::new()
            .set(PersonField::JobRole, "LEAD")
            .set(PersonField::JobTitle, "Team Lead")
            .from(plan.leads_from),
        Position::Member if days > 400 && chance < 180 => PersonChange::new()
            .set(PersonField::JobRole, job_role)
            .set(PersonField::JobTitle, &format!("Senior {}", title(job_role)))
            .from(after(plan.hired_on, 300 + (days - 350) * when / 1000)),
        _ => return None,
    };
    Some(PersonAct::change(&plan.number, change))
}

fn cost_centre(department: usize) -> String {
    format!("{}", 4_100 + department * 10)
}

fn named_person(person: &named::NamedPerson) -> NewPerson {
    let new = NewPerson::new(person.first, person.last)
        .set(PersonField::EmployeeNumber, person.number)
        .set(PersonField::Email, &format!("{}@{}", person.mailbox, super::staff::DOMAIN))
        .set(PersonField::Department, person.department)
        .set(PersonField::Location, person.location)
        .set(PersonField::JobRole, person.job_role)
        .hired_on(person.hired_on);
    match person.manager {
        Some(manager) => new.set(PersonField::Manager, manager),
        None => new,
    }
}
