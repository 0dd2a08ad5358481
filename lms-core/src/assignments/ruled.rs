//! Rules on their way into the engine: what each of them wants of the trainings that are asked about, and
//! who is in its audience since when.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use uuid::Uuid;

use super::engine::{Demand, Membership, Source, SourceKind, plus_days};
use super::load::{Asked, Gathered};
use super::paths::no_longer_needed;
use super::policy::{self, Policies};
use super::rules::{RuleInForce, RuleStatus, in_force};
use crate::catalog::paths::{GivenPath, all_given};
use crate::kernel::db::{IdList, Tx};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::memberships::{Belongings, belongings};
use crate::settings::OrganisationSettings;

const WEEK: i32 = 7;

/// The rules that concern the trainings asked about.
#[derive(Debug)]
pub(super) struct Ruled {
    rules: Vec<RuleInForce>,
    paths: Vec<GivenPath>,
    /// Who is in the audience of each rule, by its place in the list.
    belongings: Belongings,
    /// What each rule wants of what was asked about.
    wanted: Vec<Vec<Wanted>>,
}

/// A training that a rule wants, as the engine is asked about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    training: Uuid,
    /// Whether it is one of several of which some have to be done.
    is_elective: bool,
    /// The audience: that of the rule, but for electives, which people lose one by one.
    audience: u32,
}

impl Ruled {
    pub(super) async fn load(tx: &mut Tx, asked: &Asked<'_>, day: Day) -> Result<Self> {
        let mut rules = in_force(tx, day, None, Some(asked.trainings)).await?;
        rules.retain(|rule| asked.as_if.iter().all(|other| other.id != rule.id));
        rules.extend_from_slice(asked.as_if);
        let paths: BTreeSet<Uuid> = rules.iter().flat_map(|rule| rule.paths.clone()).collect();
        let paths =
            if paths.is_empty() { Vec::new() } else { all_given(tx, &IdList::new(paths)).await? };
        let audiences: Vec<_> =
            rules.iter().map(|rule| (&rule.definition.audience, rule.begins_on())).collect();
        let belongings = belongings(tx, &audiences, asked.people, day, None).await?;
        Ok(Self { rules, paths, belongings, wanted: Vec::new() })
    }

    /// The rules as demands, each once for each training that is asked about.
    pub(super) fn demands(
        &mut self,
        asked: &Asked<'_>,
        organisation: &OrganisationSettings,
        gathered: &mut Gathered,
    ) -> Vec<Demand> {
        let is_asked: HashSet<Uuid> = asked.trainings.iter().copied().collect();
        let grace_days = organisation.grace_days.try_into().unwrap_or_default();
        let mut demands = Vec::new();
        for (place, rule) in self.rules.iter().enumerate() {
            let number = gathered.sources.of(rule.id);
            let source = Source { kind: SourceKind::Rule, number };
            let after = rule.after.map(|id| gathered.trainings.of(id));
            let mut wanted = Vec::new();
            for (training, is_elective) in self.wanted_by(rule) {
                // What was done of a path says which of its electives are still wanted.
                let number = gathered.trainings.of(training);
                if !is_asked.contains(&training) {
                    continue;
                }
                let audience = if is_elective {
                    rule.id.as_u128() ^ training.as_u128()
                } else {
                    rule.id.as_u128()
                };
                let audience = gathered.sources.of(Uuid::from_u128(audience));
                wanted.push(Wanted { training, is_elective, audience });
                let terms = rule.definition.terms(rule.version, after, grace_days);
                let mut demand = Demand::new(source, audience, number, terms, rule.begins_on());
                for (version, definition) in &rule.earlier {
                    demand.earlier.push(definition.terms(*version, after, grace_days));
                }
                demand.until = rule.ends_on();
                // Where nobody can say any more who is meant, nothing is given and nothing taken.
                demand.paused = rule.status == RuleStatus::Paused
                    || self.belongings.unclear.contains_key(&place);
                demand.moves_open = rule.definition.moves_open();
                demands.push(demand);
            }
            self.wanted.push(wanted);
        }
        demands
    }

    /// Puts people into the audiences of the rules, once it is known what they have done.
    pub(super) fn memberships(&self, asked: &Asked<'_>, gathered: &mut Gathered) {
        for (place, id) in asked.people.iter().enumerate() {
            for time in &self.belongings.of[place] {
                let rule = &self.rules[time.audience];
                let known_on = rule.turn_of(*id, time.from);
                let one =
                    Membership { left_on: time.until, known_on, ..Membership::known(0, time.from) };
                self.join(time.audience, place, one, gathered);
            }
        }
        for at in self.belongings.unclear.keys() {
            let number = gathered.sources.of(self.rules[*at].id);
            for place in 0..asked.people.len() {
                if let Some(since) = gathered.reason_since(place, number) {
                    self.join(*at, place, Membership::known(0, since), gathered);
                }
            }
        }
    }

    /// Puts somebody into the audiences of one rule, but for those of electives that they need no longer.
    fn join(&self, rule: usize, place: usize, one: Membership, gathered: &mut Gathered) {
        let wanted = &self.wanted[rule];
        let has_electives = wanted.iter().any(|wanted| wanted.is_elective);
        let spare = if has_electives {
            let done = gathered.done_by(place);
            let paths = self.paths_of(&self.rules[rule]);
            paths.flat_map(|path| no_longer_needed(path, &done)).collect()
        } else {
            BTreeSet::new()
        };
        let still = wanted.iter().filter(|one| !(one.is_elective && spare.contains(&one.training)));
        let mut audiences: Vec<u32> = still.map(|wanted| wanted.audience).collect();
        audiences.sort_unstable();
        audiences.dedup();
        let memberships = audiences.into_iter().map(|audience| Membership { audience, ..one });
        gathered.people[place].memberships.extend(memberships);
    }

    pub(super) fn into_rules(self) -> Vec<RuleInForce> {
        self.rules
    }

    /// What the rules say of reminders and escalations.
    pub(super) fn policies(&self, gathered: &Gathered, due_soon_days: u32) -> Policies {
        let own = self.rules.iter().filter_map(|rule| {
            let number = gathered.sources.get(rule.id)?;
            Some((number, policy::of_rule(&rule.definition, due_soon_days)?))
        });
        own.collect()
    }

    /// What a rule wants, what it names and what its paths lead to; and whether that is to be chosen.
    fn wanted_by(&self, rule: &RuleInForce) -> BTreeMap<Uuid, bool> {
        let mut wanted: BTreeMap<Uuid, bool> =
            rule.trainings.iter().map(|training| (*training, false)).collect();
        for step in self.paths_of(rule).flat_map(|path| &path.steps) {
            for training in &step.of {
                let is_elective = wanted.entry(*training).or_insert(true);
                *is_elective &= !step.is_required();
            }
        }
        wanted
    }

    fn paths_of<'a>(&'a self, rule: &'a RuleInForce) -> impl Iterator<Item = &'a GivenPath> {
        self.paths.iter().filter(|path| rule.paths.contains(&path.id))
    }
}

impl RuleInForce {
    /// The day from which on the rule gives somebody anything: where its beginning is spread over weeks,
    /// those who are there already have their turn one after the other, in an order of their own for
    /// each rule.
    fn turn_of(&self, person: Uuid, joined_on: Day) -> Day {
        let begins_on = self.begins_on();
        match self.definition.stagger_weeks {
            Some(weeks) if joined_on <= begins_on => {
                let lot = (person.as_u128() ^ self.seed()) % u128::from(weeks);
                plus_days(begins_on, i32::try_from(lot).unwrap_or_default() * WEEK)
            }
            _ => joined_on,
        }
    }
}
