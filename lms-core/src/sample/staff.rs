//! Who works where, since when and under whom. First those who lead, from the top down, so that
//! everybody's manager is there before them.

use std::collections::HashMap;

use jiff::ToSpan;

use super::cultures::{FullName, name};
use super::dice::Dice;
use super::named::{self, NamedPerson};
use super::structure::{Department, Structure};
use crate::kernel::fold::fold;
use crate::kernel::text::Day;

/// As many report to one who leads in person, or to a lead among them.
const SPAN: usize = 11;
const FEW_LEADS: usize = 4;
/// From here on some people are on record twice.
const TWINS_FROM: usize = 60;
const TWINS_MAX: usize = 3;
/// What a die is thrown for, beside a person.
const FOR_TWINS: u64 = u64::MAX;
pub(super) const DOMAIN: &str = "demo.example";

/// What somebody is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Head,
    Lead,
    Member,
}

/// Somebody, before their story is told.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) named: Option<&'static NamedPerson>,
    pub(super) position: Position,
    /// Places in the lists of departments, people and sites.
    pub(super) department: usize,
    pub(super) manager: Option<usize>,
    pub(super) site: usize,
    pub(super) name: FullName,
    pub(super) number: String,
    pub(super) email: Option<String>,
    pub(super) hired_on: Day,
    /// From when on others report to them.
    pub(super) leads_from: Day,
    pub(super) end: Option<End>,
    /// What else is drawn for them.
    pub(super) dice: Dice,
}

/// How an employment ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) last_day: Day,
    pub(super) reason: &'static str,
    pub(super) back_on: Option<Day>,
}

/// Everybody, with those whom the departments are led by.
#[derive(Debug)]
pub(super) struct Staff {
    pub(super) people: Vec<Plan>,
    /// For each department.
    pub(super) heads: Vec<Option<usize>>,
    /// For each department, those below whom its people are; the head where there are none.
    pub(super) leads: Vec<Vec<usize>>,
    until: Day,
    seed: u64,
}

pub(super) fn before(day: Day, days: usize) -> Day {
    let days = i64::try_from(days).unwrap_or_default();
    day.inner().checked_sub(days.days()).map_or(day, Day::new)
}

pub(super) fn after(day: Day, days: usize) -> Day {
    let days = i64::try_from(days).unwrap_or_default();
    day.inner().checked_add(days.days()).map_or(day, Day::new)
}

/// How many days lie between; none where the second comes first.
pub(super) fn days_between(first: Day, second: Day) -> usize {
    usize::try_from((second.inner() - first.inner()).get_days()).unwrap_or_default()
}

impl Staff {
    pub(super) fn of(structure: &Structure, people: usize, seed: u64, until: Day) -> Self {
        let n = structure.departments.len();
        let mut staff = Self {
            people: Vec::with_capacity(people),
            heads: vec![None; n],
            leads: vec![Vec::new(); n],
            until,
            seed,
        };
        staff.add_named(structure, people);
        staff.add_heads(structure, people);
        staff.add_members(structure, people);
        staff.add_twins(people);
        staff.number();
        staff.write_to();
        staff
    }

    fn add_named(&mut self, structure: &Structure, people: usize) {
        for named in &named::PEOPLE[..people.min(named::PEOPLE.len())] {
            let is_there = |department: &Department| department.code == named.department;
            let department = structure.departments.iter().position(is_there).unwrap_or_default();
            let by_number = |number| named::PEOPLE.iter().position(|p| p.number == number);
            let site = structure.sites().iter().position(|site| site.code == named.location);
            if named.leads {
                self.heads[department] = Some(self.people.len());
            }
            self.people.push(Plan {
                named: Some(named),
                position: if named.leads { Position::Head } else { Position::Member },
                department,
                manager: named.manager.and_then(by_number),
                site: site.unwrap_or_default(),
                name: FullName {
                    first: named.first.to_owned(),
                    last: named.last.to_owned(),
                    preferred: None,
                },
                number: named.number.to_owned(),
                email: Some(format!("{}@{DOMAIN}", named.mailbox)),
                hired_on: named.hired_on,
                leads_from: named.hired_on,
                end: None,
                dice: Dice::new(self.seed, 0),
            });
        }
    }

    /// Whoever leads a department that no named person leads.
    fn add_heads(&mut self, structure: &Structure, people: usize) {
        for (at, department) in structure.departments.iter().enumerate() {
            if self.heads[at].is_some() || self.people.len() >= people {
                continue;
            }
            let above = department.parent.and_then(|parent| self.heads[parent]);
            let depth = department.code.matches('-').count();
            let mut dice = self.dice();
            let hired_on =
                first_of_month(before(self.until, 2_600 - depth * 140 - dice.below(130)));
            let person = self.plan(structure, Position::Head, at, above, hired_on, dice);
            self.heads[at] = Some(person);
        }
    }

    /// All others, spread over the departments that are not divided.
    fn add_members(&mut self, structure: &Structure, people: usize) {
        let mut leaves_of: HashMap<&str, usize> = HashMap::new();
        let leaves = || structure.departments.iter().enumerate().filter(|(_, d)| d.is_leaf);
        for (_, department) in leaves() {
            *leaves_of.entry(department.division.code).or_default() += 1;
        }
        // Whole numbers, so that every machine counts the same people.
        let weight = |department: &Department| {
            department.division.weight * 1_000 / leaves_of[department.division.code]
        };
        let whole: usize = leaves().map(|(_, department)| weight(department)).sum();
        let wanted = people.saturating_sub(self.people.len());
        let (mut passed, mut placed) = (0, 0);
        let mut wanted_in = Vec::new();
        for (at, department) in leaves() {
            passed += weight(department);
            let n_here = wanted * passed / whole - placed;
            placed += n_here;
            wanted_in.push((at, n_here));
        }
        // All leads before all others: somebody may have begun under a lead of another department.
        for (department, n_here) in &wanted_in {
            self.add_leads(structure, *department, *n_here);
        }
        for (department, n_here) in wanted_in {
            self.fill(structure, department, n_here - self.leads[department].len());
        }
    }

    /// Those who lead a part of a department, where its people are too many for the head alone.
    fn add_leads(&mut self, structure: &Structure, department: usize, n_people: usize) {
        let n_leads = if n_people > SPAN { n_people.div_ceil(SPAN) } else { 0 };
        for _ in 0..n_leads {
            let mut dice = self.dice();
            let hired_on = first_of_month(before(self.until, 600 + dice.below(1_500)));
            let head = self.heads[department];
            let person = self.plan(structure, Position::Lead, department, head, hired_on, dice);
            self.leads[department].push(person);
        }
    }

    fn fill(&mut self, structure: &Structure, department: usize, n_people: usize) {
        let head = self.heads[department];
        let n_leads = self.leads[department].len();
        for at in 0..n_people {
            let mut dice = self.dice();
            // Where there are few leads, the head has time for some people.
            let n_below = if n_leads <= FEW_LEADS { n_leads + 1 } else { n_leads };
            let lead = self.leads[department].get(at % n_below).copied();
            // The company grew: more of them came in the later years.
            let days_ago = dice.below(2_200).min(dice.below(2_600));
            let hired_on = if dice.per_mille(8) {
                after(self.until, 1 + dice.below(75))
            } else {
                first_of_month(before(self.until, days_ago))
            };
            let manager = lead.or(head);
            self.plan(structure, Position::Member, department, manager, hired_on, dice);
        }
    }

    fn dice(&self) -> Dice {
        Dice::new(self.seed, self.people.len() as u64 + 1)
    }

    fn plan(
        &mut self,
        structure: &Structure,
        position: Position,
        department: usize,
        manager: Option<usize>,
        hired_on: Day,
        mut dice: Dice,
    ) -> usize {
        let division = structure.departments[department].division;
        let site = match structure.departments[department].site {
            Some(site) if !dice.per_mille(60) => site,
            _ => dice.weighted(structure.site_weights()),
        };
        let name = name(&mut dice, structure.sites()[site].country);
        let mut leads_from = hired_on;
        let mut end = None;
        match position {
            // Half of them came to do something else.
            Position::Lead if dice.per_mille(500) => {
                leads_from = first_of_month(after(hired_on, 150 + dice.below(400)));
            }
            Position::Member => end = self.end(hired_on, &mut dice),
            Position::Head | Position::Lead => {}
        }
        let writes = position != Position::Member || !dice.per_mille(division.without_mailbox);
        self.people.push(Plan {
            named: None,
            position,
            department,
            manager,
            site,
            name,
            number: String::new(),
            email: writes.then(String::new),
            hired_on,
            leads_from,
            end,
            dice,
        });
        self.people.len() - 1
    }

    /// Eight in a hundred leave each year, and some of them come back.
    fn end(&self, hired_on: Day, dice: &mut Dice) -> Option<End> {
        let days = days_between(hired_on, self.until);
        if days < 120 || !dice.per_mille(80 * days / 365) {
            return None;
        }
        let last_day = after(hired_on, 60 + dice.below(days - 60));
        let reasons = [60, 15, 10, 8, 7].into_iter();
        let reason = ["resigned", "end of contract", "mutual agreement", "retired", "dismissed"]
            [dice.weighted(reasons)];
        let room = days_between(last_day, self.until);
        let comes_back = room > 200 && ["resigned", "end of contract"].contains(&reason);
        let back_on = (comes_back && dice.per_mille(120))
            .then(|| first_of_month(after(last_day, 120 + dice.below(room - 150))));
        Some(End { last_day, reason, back_on })
    }

    /// The same human twice, as when somebody is typed in again instead of being taken back.
    fn add_twins(&mut self, people: usize) {
        if people < TWINS_FROM {
            return;
        }
        let mut dice = Dice::new(self.seed, FOR_TWINS);
        let gone = |plan: &Plan| {
            plan.named.is_none()
                && plan.end.is_some_and(|end| {
                    end.back_on.is_none() && days_between(end.last_day, self.until) > 150
                })
        };
        let stays = |plan: &Plan| {
            plan.position == Position::Member && plan.named.is_none() && plan.end.is_none()
        };
        let places = |wanted: &dyn Fn(&Plan) -> bool| -> Vec<usize> {
            (0..self.people.len()).filter(|at| wanted(&self.people[*at])).collect()
        };
        let (mut former, mut present) = (places(&gone), places(&stays));
        for _ in 0..TWINS_MAX.min(people / 40).min(former.len()).min(present.len()) {
            let first = former.swap_remove(dice.below(former.len()));
            let second = present.swap_remove(dice.below(present.len()));
            let known = self.people[first].name.clone();
            let last_day = self.people[first].end.map_or(self.until, |end| end.last_day);
            let twin = &mut self.people[second];
            twin.hired_on = first_of_month(after(last_day, 90));
            twin.leads_from = twin.hired_on;
            // Whoever typed it had no key for the accents.
            let typed = |text: &str| -> String {
                text.split(' ').map(|word| capital(&fold(word))).collect::<Vec<_>>().join(" ")
            };
            twin.name = FullName { first: typed(&known.first), last: known.last, preferred: None };
        }
    }

    /// Employee numbers in the order in which people came.
    fn number(&mut self) {
        let mut order: Vec<usize> =
            (0..self.people.len()).filter(|at| self.people[*at].named.is_none()).collect();
        order.sort_by_key(|at| (self.people[*at].hired_on, *at));
        for (number, at) in (101 + named::PEOPLE.len()..).zip(order) {
            self.people[at].number = format!("{number:05}");
        }
    }

    /// An address for each who has a mailbox; namesakes get a number.
    fn write_to(&mut self) {
        let mut taken: HashMap<String, usize> = HashMap::new();
        for plan in self.people.iter_mut().filter(|plan| plan.named.is_none()) {
            let Some(email) = &mut plan.email else { continue };
            let plain = |text: &str| -> String {
                fold(text).chars().filter(char::is_ascii_alphanumeric).collect()
            };
            let local = format!("{}.{}", plain(&plan.name.first), plain(&plan.name.last));
            let n_before = taken.entry(local.clone()).or_default();
            *n_before += 1;
            *email = match n_before {
                1 => format!("{local}@{DOMAIN}"),
                n => format!("{local}{n}@{DOMAIN}"),
            };
        }
    }

    /// Whom somebody reports to on a day: whoever leads already, on the way up.
    pub(super) fn leader_on(&self, manager: Option<usize>, day: Day) -> Option<usize> {
        let mut leader = manager?;
        while self.people[leader].leads_from > day
            && let Some(above) = self.people[leader].manager
        {
            leader = above;
        }
        Some(leader)
    }

    /// The days on which somebody new comes to lead those below this manager, and who it is.
    pub(super) fn new_leaders(&self, manager: Option<usize>, from: Day) -> Vec<(Day, usize)> {
        let (mut changes, mut next) = (Vec::new(), manager);
        while let Some(leader) = next {
            let plan = &self.people[leader];
            if plan.leads_from <= from {
                break;
            }
            // One above who came later than one below never led them.
            if changes.last().is_none_or(|(day, _)| plan.leads_from < *day) {
                changes.push((plan.leads_from, leader));
            }
            next = plan.manager;
        }
        changes.reverse();
        changes
    }
}

/// Most people begin with a month.
fn first_of_month(day: Day) -> Day {
    Day::new(day.inner().first_of_month())
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
