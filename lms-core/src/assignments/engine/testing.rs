//! Words that the tests of the engine are written in.

use super::catch_up::catch_up;
use super::days::plus_days;
use super::due::{Due, OnPastDue};
use super::facts::{
    Completion, Decided, Exemption, Facts, Membership, Parked, PersonFacts, Spell, Withdrawal,
};
use super::leave::{Pause, join_pauses};
use super::plan::{Outcome, Plan};
use super::planner::plan;
use super::reasons::{Extension, Kind, Source, SourceKind};
use super::renewal::{Method, Renewal, Window};
use super::rulebook::{
    Credit, Demand, Equivalent, Leaving, OnLeaving, Retraining, Rulebook, Terms, Training,
};
use super::status::{Status, status};
use super::transitions::{Transition, around};
use crate::kernel::text::Day;

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// `2026-03-01..2026-03-11 2026-05-01..`, joined.
pub(super) fn pauses(text: &str) -> Vec<Pause> {
    let pause = |text: &str| {
        let (from, back) = text.split_once("..").unwrap();
        let back_on = (!back.is_empty()).then(|| day(back));
        Pause { from: day(from), back_on }
    };
    let mut pauses: Vec<Pause> = text.split_whitespace().map(pause).collect();
    join_pauses(&mut pauses);
    pauses
}

/// Rules and a person, in words, and what becomes of the person as the days pass.
///
/// ```text
/// rule 1 mandatory due hire+14 grace 7 renew expiry 12 window 30d; hired 2026-01-01; in 1 2026-01-01..;
/// done 2026-02-01; leave 2026-03-01..2026-04-01; since 2026-01-01; today 2026-05-01
/// ```
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) trainings: Vec<Training>,
    pub(super) demands: Vec<Demand>,
    pub(super) person: PersonFacts,
    since: Option<Day>,
    started: Vec<(u32, Day)>,
    extended: Vec<Extension>,
    waits: Option<Pause>,
}

fn period(text: &str) -> Pause {
    let (from, back) = text.split_once("..").unwrap_or_else(|| panic!("a period: {text}"));
    Pause { from: day(from), back_on: (!back.is_empty()).then(|| day(back)) }
}

impl Story {
    pub(super) fn read(text: &str) -> Self {
        let mut story = Self {
            trainings: vec![Training::default(), Training::default(), Training::default()],
            demands: Vec::new(),
            person: PersonFacts::new(day("2026-01-01")),
            since: None,
            started: Vec::new(),
            extended: Vec::new(),
            waits: None,
        };
        for sentence in text.split(';').map(str::trim).filter(|sentence| !sentence.is_empty()) {
            story.sentence(&sentence.split_whitespace().collect::<Vec<_>>());
        }
        story
    }

    fn sentence(&mut self, words: &[&str]) {
        let option = |name: &str| {
            let at = words.iter().position(|word| *word == name)?;
            Some(*words.get(at + 1).unwrap_or(&""))
        };
        let number = |name: &str| option(name).map(|text| text.parse::<u32>().unwrap());
        let training = number("of").unwrap_or(0);
        let person = &mut self.person;
        match words[0] {
            "rule" | "order" | "version" => self.demand(words, &option),
            "hired" => {
                let Pause { from, back_on } = period(words[1]);
                person.spells.push(Spell { hired_on: from, gone_on: back_on });
            }
            "in" => {
                let Pause { from, back_on } = period(words[2]);
                person.memberships.push(Membership {
                    audience: words[1].parse().unwrap(),
                    joined_on: from,
                    left_on: back_on,
                    known_on: option("known").map_or(from, day),
                });
            }
            "leave" => person.leaves.push(period(words[1])),
            "exempt" => person.exemptions.push(Exemption { training, time: period(words[1]) }),
            "done" => person.completions.push(Completion {
                training,
                completed_on: day(words[1]),
                number: u32::try_from(person.completions.len()).unwrap(),
                major: number("v").unwrap_or(1),
                valid_until: option("until").map(day),
            }),
            "retrain" => {
                self.trainings[training as usize].retraining = Some(Retraining {
                    major: number("v").unwrap(),
                    announced_on: day(option("announced").unwrap()),
                    by: day(option("by").unwrap()),
                });
            }
            "equivalent" => {
                let Pause { from, back_on: until } = period(words[2]);
                let by = words[1].parse().unwrap();
                self.trainings[0].equivalents.push(Equivalent { by, from, until });
            }
            "closed" => self.trainings[training as usize].closed = true,
            "started" => self.started.push((training, day(words[1]))),
            "extended" => self
                .extended
                .push(Extension { granted_on: day(words[1]), due_on: day(option("to").unwrap()) }),
            "waits" => self.waits = Some(period(words[1])),
            "decided" => person.parked.push(Parked {
                training,
                source: Source { kind: SourceKind::Rule, number: words[1].parse().unwrap() },
                decided: Some(Decided { due_on: option("due").map(day) }),
            }),
            "withdrawn" => person.withdrawals.push(Withdrawal {
                training,
                source: Source { kind: SourceKind::Person, number: words[1].parse().unwrap() },
                even_started: words.contains(&"started"),
            }),
            "since" => self.since = Some(day(words[1])),
            "today" => person.today = day(words[1]),
            other => panic!("what does `{other}` mean?"),
        }
    }

    fn demand<'w>(&mut self, words: &[&'w str], option: &dyn Fn(&str) -> Option<&'w str>) {
        let number: u32 = words[1].parse().unwrap();
        let count = |name: &str| option(name).map(|text| text.parse::<u32>().unwrap());
        let flag = |name: &str| words.contains(&name);
        let kind = match words[2] {
            "mandatory" => Kind::Mandatory,
            "recommended" => Kind::Recommended,
            "optional" => Kind::Optional,
            other => panic!("no kind: {other}"),
        };
        let mut terms = Terms::new(kind, option("due").map_or(Due::Never, due));
        terms.version = count("v").unwrap_or(0);
        terms.grace_days = count("grace").unwrap_or(0);
        terms.pauses = !flag("runs_on");
        terms.credit = Credit {
            since: option("credit_since").map(day),
            within_months: count("credit_months"),
        };
        terms.on_past_due = match option("past") {
            Some("park") => OnPastDue::Park,
            Some("anyway") => OnPastDue::AssignAnyway,
            Some(days) => OnPastDue::Extend(days.parse().unwrap()),
            None => OnPastDue::default(),
        };
        if let Some(leaving) = option("leaving") {
            let leaving = match leaving {
                "keep" => Leaving::Keep,
                "cancel" => Leaving::Cancel,
                _ => Leaving::Optional,
            };
            terms.on_leaving = OnLeaving { not_started: leaving, started: leaving };
        }
        if let Some(method) = option("renew") {
            let active_months =
                words[words.iter().position(|word| *word == "renew").unwrap() + 2].parse().unwrap();
            let window = option("window").unwrap_or("30d");
            let (length, unit) = window.split_at(window.len() - 1);
            let length = length.parse().unwrap();
            let window = if unit == "m" { Window::Months(length) } else { Window::Days(length) };
            let method = match method {
                "completion" => Method::Completion,
                "expiry" => Method::Expiry,
                _ => Method::Fixed { min_active_months: count("min").unwrap_or(6) },
            };
            terms.renewal = Some(Renewal { active_months, window, method });
        }
        let kind = if words[0] == "order" { SourceKind::Person } else { SourceKind::Rule };
        let source = Source { kind, number };
        if words[0] == "version" {
            let demand = self.demands.iter_mut().find(|demand| demand.source == source).unwrap();
            let earlier = std::mem::replace(&mut demand.terms, terms);
            demand.earlier.push(earlier);
            demand.moves_open = flag("moving");
            return;
        }
        let from = option("from").map_or(day("2000-01-01"), day);
        let training = count("of").unwrap_or(0);
        let mut demand = Demand::new(source, number, training, terms, from);
        demand.until = option("ends").map(day);
        demand.paused = flag("paused");
        demand.again = flag("again");
        self.demands.push(demand);
    }

    /// Only today is lived through.
    pub(super) fn since_today(&mut self) {
        self.since = None;
    }

    pub(super) fn book(&self) -> Rulebook {
        Rulebook::new(self.trainings.clone(), self.demands.clone()).unwrap()
    }

    /// Lives through the days one by one; what is there in the end, and what happened.
    pub(super) fn told(&self) -> Told {
        let book = self.book();
        let today = self.person.today;
        let mut day = self.since.unwrap_or(today);
        let mut person = self.person.clone();
        let mut transitions = Vec::new();
        loop {
            person.today = day;
            for (obligation, _) in person.obligations.iter_mut().filter(|(one, _)| one.is_open()) {
                let begun = self.started.iter().find(|(training, started_on)| {
                    *training == obligation.training && *started_on <= day
                });
                if let Some((_, started_on)) = begun {
                    obligation.days.started_on.get_or_insert(*started_on);
                }
                let extended = self.extended.iter().find(|one| one.granted_on <= day);
                obligation.extension = obligation.extension.or(extended.copied());
                if self.waits.is_some_and(|waits| waits.from <= day) {
                    let waits = self.waits.unwrap();
                    let back_on = waits.back_on.filter(|back_on| *back_on <= day);
                    obligation.waiting = Some(Pause { back_on, ..waits });
                }
            }
            let mut facts = Facts::new();
            facts.push(&mut person);
            let caught_up = catch_up(&book, &facts, plus_days(day, -1));
            transitions.extend(caught_up.transitions);
            let again = plan(&book, &caught_up.after);
            assert!(again.is_empty(), "something is left on {day}: {:?}", again.actions);
            person = caught_up.after.to_person(0);
            if day >= today {
                return Told { facts: caught_up.after, transitions, counts: caught_up.plan };
            }
            day = day.next();
        }
    }
}

/// What became of a person.
pub(super) struct Told {
    pub(super) facts: Facts,
    pub(super) transitions: Vec<Transition>,
    pub(super) counts: Plan,
}

impl Told {
    /// Each cycle: its number, status, due day, kind unless it is mandatory, and how long it covers.
    pub(super) fn shown(&self) -> String {
        let person = self.facts.person(0);
        let mut lines: Vec<String> = Vec::new();
        for obligation in person.obligations {
            let days = &obligation.days;
            let around = around(&person, obligation, person.today, 14);
            let status = status(days, &around, person.today).map_or("none", Status::as_str);
            let due = days.due_on.map_or("-".to_owned(), |due_on| due_on.to_string());
            let mut line = format!("{} {status} {due}", obligation.cycle);
            if obligation.training != 0 {
                line = format!("[{}] {line}", obligation.training);
            }
            if obligation.kind != Kind::Mandatory {
                line = format!("{line} {}", obligation.kind.as_str());
            }
            if let Some(expires_on) = days.expires_on {
                line = format!("{line} covers {expires_on}");
            }
            lines.push(line);
        }
        lines.extend(person.parked.iter().map(|_| "parked".to_owned()));
        if lines.is_empty() {
            let outcomes = Outcome::ALL.iter().filter(|one| self.counts.total().of(**one) > 0);
            return outcomes.map(|one| one.as_str()).collect::<Vec<_>>().join(" ");
        }
        lines.join("; ")
    }

    /// What happened and when.
    pub(super) fn happened(&self) -> String {
        let told = |one: &Transition| format!("{} {:?} {}", one.day, one.kind, one.cycle);
        self.transitions.iter().map(told).collect::<Vec<_>>().join("; ")
    }
}

fn due(text: &str) -> Due {
    if let Some((anchor, days)) = text.split_once('+') {
        let days = days.parse().unwrap();
        return match anchor {
            "assigned" => Due::AfterAssignment(days),
            "hire" => Due::AfterHire(days),
            "joined" => Due::AfterJoining(days),
            done => Due::AfterCompleting {
                training: done.trim_start_matches('t').parse().unwrap(),
                days,
            },
        };
    }
    match text.len() {
        5 => Due::Next { month: text[..2].parse().unwrap(), day: text[3..].parse().unwrap() },
        _ => Due::On(day(text)),
    }
}
