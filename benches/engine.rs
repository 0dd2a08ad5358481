//! The engine alone: 100,000 people, each under 50 rules, beside one pass over the same columns.
//!
//! People come in chunks as the shell brings them; only deciding is on the clock, not the filling of
//! the chunks. Everybody is in all audiences, so that nothing is decided by looking away.

use std::hint::black_box;
use std::time::{Duration, Instant};

use lms_core::Day;
use lms_core::engine::{
    Boundaries, Completion, Demand, Due, Exemption, Facts, Kind, Membership, Method, OnPastDue,
    Pause, PersonFacts, Renewal, Rulebook, Source, SourceKind, Terms, Training, Window, apply,
    plan, plus_days,
};

use crate::harness::{Case, Options, heading, line, measure};

const RULES: u32 = 50;
const CHUNK: u32 = 1_000;

pub(crate) fn run(options: &Options) {
    let people = if options.quick { 10_000 } else { 100_000 };
    heading(&format!("engine: {people} people × {RULES} rules, seconds"));
    let (book, today) = (book(), day("2026-11-21"));
    let [floor, standing, nobody, tenth] = measure(
        options.rounds(),
        [
            Case::new("floor", || timed(&book, people, today, true, pass)),
            Case::new("standing", || timed(&book, people, today, true, decide)),
            Case::new("nobody", || timed(&book, people, today, false, decide)),
            Case::new("tenth", || timed(&book, people / 10, today, true, decide)),
        ],
    );
    line("one pass over the columns", &floor.spread(3));
    line("nothing has to be done", &standing.spread(3));
    line("everything is assigned", &nobody.spread(3));
    line("a tenth of the people", &tenth.spread(3));
    line("× the floor, nothing to do", &format!("{:.1}", standing.median() / floor.median()));
    line("growth, ten times the people", &format!("{:.1}", standing.median() / tenth.median()));
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn book() -> Rulebook {
    let demands = (0..RULES).map(|number| {
        let due = match number % 5 {
            0 => Due::AfterHire(30),
            1 => Due::AfterJoining(60),
            2 => Due::Next { month: 12, day: 1 },
            _ => Due::AfterAssignment(30),
        };
        let method = match number % 3 {
            0 => Method::Completion,
            1 => Method::Expiry,
            _ => Method::Fixed { min_active_months: 6 },
        };
        let mut terms = Terms::new(Kind::Mandatory, due);
        terms.grace_days = 7;
        terms.on_past_due = OnPastDue::Extend(14);
        terms.renewal = Some(Renewal { active_months: 24, window: Window::Months(1), method });
        let source = Source { kind: SourceKind::Rule, number };
        Demand::new(source, number, number * 7 % RULES, terms, day("2020-01-01"))
    });
    let demands = demands.collect();
    Rulebook::new(vec![Training::default(); RULES as usize], demands).expect("the rules fit")
}

/// One person among many: others leave, others learn, and everybody is under all rules.
fn fill(person: &mut PersonFacts, number: u32, today: Day) {
    let of = |n: u32| {
        i32::try_from(number.wrapping_mul(2_654_435_761).wrapping_add(n * 97) >> 20).unwrap_or(0)
    };
    let hired_on = plus_days(today, -(of(1) % 2_000) - 1);
    *person = PersonFacts::employed(today, hired_on);
    for audience in 0..RULES {
        person.memberships.push(Membership::known(audience, hired_on));
        if (number + audience).is_multiple_of(2) {
            let completed_on = plus_days(today, -(of(audience) % 600));
            person.completions.push(Completion {
                training: audience,
                completed_on,
                number: number * RULES + audience,
                major: 1,
                valid_until: None,
            });
        }
    }
    if number.is_multiple_of(20) {
        let from = plus_days(today, -(of(3) % 90));
        person.leaves.push(Pause { from, back_on: Some(plus_days(from, 60)) });
    }
    if number.is_multiple_of(100) {
        let time = Pause { from: plus_days(today, -30), back_on: None };
        person.exemptions.push(Exemption { training: number % RULES, time });
    }
}

/// Fills chunk after chunk, and measures what is done with each.
fn timed(
    book: &Rulebook,
    people: u32,
    today: Day,
    standing: bool,
    work: fn(&Rulebook, &Facts) -> usize,
) -> f64 {
    let (mut facts, mut spent) = (Facts::new(), Duration::ZERO);
    let mut person = PersonFacts::new(today);
    for chunk in 0..people / CHUNK {
        facts.clear();
        for number in 0..CHUNK {
            fill(&mut person, chunk * CHUNK + number, today);
            facts.push(&mut person);
        }
        let chunk = if standing { apply(&facts, &plan(book, &facts)) } else { facts.clone() };
        let begun = Instant::now();
        black_box(work(book, &chunk));
        spent += begun.elapsed();
    }
    spent.as_secs_f64()
}

fn decide(book: &Rulebook, facts: &Facts) -> usize {
    plan(book, facts).actions.len()
}

/// Reads every row once.
fn pass(_: &Rulebook, facts: &Facts) -> usize {
    let mut seen = 0_usize;
    for number in 0..u32::try_from(facts.len()).unwrap_or(0) {
        let person = facts.person(number);
        let late = |days: &Boundaries| days.due_on.is_some_and(|due_on| due_on < person.today);
        seen += person.memberships.iter().filter(|one| one.joined_on <= person.today).count();
        seen += person.completions.iter().filter(|one| one.completed_on <= person.today).count();
        seen += person.leaves.iter().filter(|one| one.covers(person.today)).count();
        seen += person.exemptions.iter().filter(|one| one.time.covers(person.today)).count();
        for (at, obligation) in person.obligations.iter().enumerate() {
            seen += usize::from(late(&obligation.days));
            seen += person.reasons_of(at).iter().filter(|reason| reason.is_owed()).count();
        }
    }
    seen
}
