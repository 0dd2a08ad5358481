//! A company that could be: the same for the same seed, with as many people as are asked for.
//!
//! Names of many cultures, departments and managers, hires over the years, moves, promotions,
//! leaves, people who left and some who came back, and a few who are on record twice. The
//! demonstration, tests, benchmarks and examples use it. It knows neither clock nor randomness, and
//! what it yields are plain inputs of public verbs; [`found`] writes them as anybody could.
//!
//! [`Years`] has it live: people come and go week by week, learn what they are asked to, and are looked at
//! at night.
//!
//! The first people of every company are those whom documents call by name.

mod named;
mod structure;
mod cultures;
mod dice;
mod staff;
mod lives;
mod years;
mod learning;

pub use years::Years;

use crate::kernel::access::Actor;
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::lms::Lms;
use crate::people::{Appointment, NewGroup, NewUnit, PersonAct};
use lives::Lives;
use staff::Staff;
use structure::Structure;

/// The day up to which things have happened, unless said: the same for everybody who looks.
const UNTIL: Day = Day::new(jiff::civil::date(2026, 10, 31));
/// People who are written in one operation.
const CHUNK_PEOPLE: usize = 5_000;

/// A company on paper.
#[derive(Debug)]
pub struct Company {
    structure: Structure,
    staff: Staff,
    until: Day,
    seed: u64,
}

impl Company {
    /// With so many people, those included who have left.
    #[must_use]
    pub fn new(people: usize, seed: u64) -> Self {
        Self::until(people, seed, UNTIL)
    }

    /// As [`new`](Self::new), with a history up to another day.
    #[must_use]
    pub fn until(people: usize, seed: u64, until: Day) -> Self {
        let structure = Structure::of(people);
        let staff = Staff::of(&structure, people, seed, until);
        Self { structure, staff, until, seed }
    }

    /// How many people there are.
    #[must_use]
    pub fn n_people(&self) -> usize {
        self.staff.people.len()
    }

    /// Departments, each before those below it, locations and job roles.
    #[must_use]
    pub fn units(&self) -> Vec<NewUnit> {
        self.structure.units()
    }

    /// All that happened to so many people at a time, in an order in which it can be recorded; the
    /// named ones are only hired.
    pub fn acts(&self, chunk_people: usize) -> impl Iterator<Item = Vec<PersonAct>> + Send {
        let lives = Lives { structure: &self.structure, staff: &self.staff, until: self.until };
        self.staff
            .people
            .chunks(chunk_people.max(1))
            .map(move |people| people.iter().flat_map(|plan| lives.acts(plan)).collect())
    }

    /// What became of the named people, each thing an operation of its own: an audit log in which
    /// there is something to see.
    #[must_use]
    pub fn stories(&self) -> Vec<PersonAct> {
        let is_there = |number: &str| {
            self.staff.people.iter().take(named::PEOPLE.len()).any(|plan| plan.number == number)
        };
        let stories = named::stories().into_iter();
        stories.filter(|(number, _)| is_there(number)).map(|(_, act)| act).collect()
    }

    /// A fixed list of named people, and a saved audience; none where the named people are not there.
    #[must_use]
    pub fn groups(&self) -> Vec<NewGroup> {
        if self.n_people() < named::PEOPLE.len() { Vec::new() } else { named::groups() }
    }

    /// Who leads the departments, and who does while they are away.
    #[must_use]
    pub fn appointments(&self) -> Vec<Appointment> {
        let departments = 0..self.structure.departments.len();
        departments.filter_map(|at| self.led_by(at, None)).collect()
    }

    /// The same, each from when those are there whom it names: a department may have a head for years
    /// before somebody comes to stand in for them.
    fn dated_appointments(&self) -> Vec<(Day, Appointment)> {
        let people = &self.staff.people;
        let mut dated = Vec::new();
        for at in 0..self.structure.departments.len() {
            let Some(head) = self.staff.heads[at] else { continue };
            let since = people[head].hired_on;
            let deputy_since = self.deputy(at).map_or(since, |deputy| people[deputy].hired_on);
            if deputy_since > since {
                dated.extend(self.led_by(at, Some(since)).map(|led| (since, led)));
            }
            let since = since.max(deputy_since);
            dated.extend(self.led_by(at, Some(since)).map(|led| (since, led)));
        }
        dated
    }

    /// Who leads a department, with the deputy that is there on a day, or ever.
    fn led_by(&self, department: usize, on: Option<Day>) -> Option<Appointment> {
        let people = &self.staff.people;
        let head = &people[self.staff.heads[department]?];
        let appointment = Appointment::new(&self.structure.departments[department].code)
            .head(&head.number)
            .from(head.leads_from);
        let deputy = self.deputy(department).map(|deputy| &people[deputy]);
        Some(match deputy.filter(|deputy| on.is_none_or(|on| deputy.hired_on <= on)) {
            Some(deputy) => appointment.deputy(&deputy.number),
            None => appointment,
        })
    }

    fn deputy(&self, department: usize) -> Option<usize> {
        self.staff.leads[department].first().copied().or_else(|| self.below(department))
    }

    /// The head of the first department below.
    fn below(&self, department: usize) -> Option<usize> {
        let mut departments = self.structure.departments.iter();
        let first = departments.position(|below| below.parent == Some(department))?;
        self.staff.heads[first]
    }
}

/// Records a company in an empty organisation, in few operations. Says how many of its people are
/// there, of how many.
pub async fn found(
    lms: &Lms,
    actor: &Actor,
    company: &Company,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<()> {
    Years::of(company, 0, lms.now()).found(lms, actor, progress).await
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use sha2::{Digest, Sha256};

    use super::staff::Position;
    use super::*;
    use crate::kernel::db::migrate::hex;

    fn hash(company: &Company) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{:?}", company.units()));
        for acts in company.acts(100) {
            hash.update(format!("{acts:?}"));
        }
        hash.update(format!("{:?}", company.appointments()));
        hex(&hash.finalize())[..16].to_owned()
    }

    /// Pins what documents, snapshots and measurements stand on.
    #[test]
    fn the_same_seed_makes_the_same_company() {
        assert_eq!(hash(&Company::new(500, 1)), "eb9d36e1a015e4ac");
        assert_ne!(hash(&Company::new(500, 2)), hash(&Company::new(500, 1)));
        let earlier = Company::until(500, 1, Day::new(jiff::civil::date(2025, 1, 31)));
        assert_ne!(hash(&earlier), hash(&Company::new(500, 1)));
    }

    #[test]
    fn every_size_has_as_many_people_as_were_asked_for() {
        for people in [0, 1, 5, 12, 13, 14, 20, 37, 60, 120, 999, 20_000] {
            let company = Company::new(people, 7);
            assert_eq!(company.n_people(), people);
            assert_eq!(company.acts(100).count(), people.div_ceil(100));
        }
    }

    #[test]
    fn numbers_and_addresses_are_one_persons_each() {
        let company = Company::new(20_000, 3);
        let people = &company.staff.people;
        let numbers: BTreeSet<&str> = people.iter().map(|plan| plan.number.as_str()).collect();
        assert_eq!(numbers.len(), people.len());
        let addresses: Vec<&String> =
            people.iter().filter_map(|plan| plan.email.as_ref()).collect();
        assert_eq!(addresses.iter().collect::<BTreeSet<_>>().len(), addresses.len());
        assert!(addresses.iter().all(|address| address.is_ascii() && !address.contains("..")));
        assert!(addresses.len() < people.len(), "some have no mailbox");
    }

    /// Whoever is named in an act is hired in it or before it.
    #[test]
    fn acts_name_nobody_who_comes_later() {
        let company = Company::new(3_000, 2);
        let leaders = company.staff.people.iter().filter(|plan| plan.position != Position::Member);
        let numbers: BTreeSet<&str> = leaders.map(|plan| plan.number.as_str()).collect();
        let members = company.staff.people.iter().skip(named::PEOPLE.len());
        let first_member = members.clone().position(|plan| plan.position == Position::Member);
        let later = members.skip(first_member.unwrap_or_default());
        assert!(later.clone().all(|plan| plan.position == Position::Member));
        let acts: Vec<String> = company.acts(1).flatten().map(|act| format!("{act:?}")).collect();
        for act in acts.iter().filter(|act| act.contains("Manager: ")) {
            let (_, manager) = act.split_once("Manager: \"").expect("it is a text");
            let manager = manager.split('"').next().unwrap_or_default();
            assert!(numbers.contains(manager), "{manager} leads nobody: {act}");
        }
    }

    #[test]
    fn managers_are_a_forest_of_believable_spans() {
        let company = Company::new(20_000, 3);
        let people = &company.staff.people;
        let mut spans: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, plan) in people.iter().enumerate() {
            if let Some(manager) = plan.manager {
                assert!(manager < at, "whoever leads is there before");
                *spans.entry(manager).or_default() += 1;
            }
        }
        let roots = people.iter().filter(|plan| plan.manager.is_none()).count();
        assert_eq!(roots, 12, "one for each division");
        let widest = spans.values().max().copied().unwrap_or_default();
        assert!(widest <= 16, "{widest}");
        let of_leads = spans.values().filter(|span| (4..=12).contains(*span)).count();
        assert!(of_leads * 10 > spans.len() * 8, "{of_leads} of {}", spans.len());
    }
}
