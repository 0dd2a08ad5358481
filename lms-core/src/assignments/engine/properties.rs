//! What holds for all rules, all people and all days.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::apply::apply;
use super::catch_up::catch_up;
use super::days::{plus_days, plus_months};
use super::due::{Due, OnPastDue};
use super::facts::{Completion, Exemption, Facts, Membership, Obligation, PersonFacts, Spell};
use super::leave::{Pause, due_after_pauses, join_pauses};
use super::plan::{Act, Cause, Counts};
use super::planner::plan;
use super::reasons::{Head, Kind, Reason, Source, SourceKind};
use super::renewal::{Chain, Method, Renewal, Window};
use super::rulebook::{
    Credit, Demand, Equivalent, Leaving, OnLeaving, Retraining, Rulebook, Terms, Training, row,
};
use super::status::{Around, Boundaries, ClosedAs, Status, status};
use super::testing::day;
use super::transitions::{Notices, around, wake_on, walk};
use crate::kernel::text::Day;

const TRAININGS: u32 = 2;
const AUDIENCES: u32 = 5;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// Days of two years, the ends of months more often than others.
fn days() -> impl Strategy<Value = Day> {
    prop_oneof![
        3 => (0..500_i32).prop_map(|n| plus_days(day("2027-01-01"), n)),
        1 => (0..16_i32).prop_map(|n| plus_months(day("2027-01-31"), n)),
    ]
}

/// Some that have an end and some that have none.
fn pause() -> impl Strategy<Value = Pause> {
    (days(), of(1..200_i32)).prop_map(|(from, length)| Pause {
        from,
        back_on: length.map(|length| plus_days(from, length)),
    })
}

fn renewal() -> impl Strategy<Value = Renewal> {
    let method = prop_oneof![
        Just(Method::Completion),
        Just(Method::Expiry),
        (1..=3_u32).prop_map(|min_active_months| Method::Fixed { min_active_months }),
    ];
    let window =
        prop_oneof![(0..=1_u32).prop_map(Window::Months), (0..28_u32).prop_map(Window::Days)];
    (3..=7_u32, window, method).prop_map(|(active_months, window, method)| {
        let renewal = Renewal { active_months, window, method };
        renewal.check().unwrap();
        renewal
    })
}

fn due() -> impl Strategy<Value = Due> {
    prop_oneof![
        Just(Due::Never),
        (0..90_u32).prop_map(Due::AfterAssignment),
        (0..90_u32).prop_map(Due::AfterHire),
        (0..90_u32).prop_map(Due::AfterJoining),
        (0..TRAININGS, 0..90_u32)
            .prop_map(|(training, days)| Due::AfterCompleting { training, days }),
        days().prop_map(Due::On),
        (1..=12_u8, 1..=28_u8).prop_map(|(month, day)| Due::Next { month, day }),
    ]
}

fn leaving() -> impl Strategy<Value = Leaving> {
    prop_oneof![Just(Leaving::Cancel), Just(Leaving::Optional), Just(Leaving::Keep)]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Mandatory), Just(Kind::Recommended), Just(Kind::Optional)]
}

fn terms(past: impl Strategy<Value = OnPastDue>) -> impl Strategy<Value = Terms> {
    let credit = (prop::option::weighted(0.2, days()), prop::option::weighted(0.3, 0..12_u32))
        .prop_map(|(since, within_months)| Credit { since, within_months });
    (
        kind(),
        due(),
        past,
        0..20_u32,
        credit,
        prop::option::weighted(0.7, renewal()),
        leaving(),
        leaving(),
        any::<bool>(),
    )
        .prop_map(|(kind, due, on_past_due, grace_days, credit, renewal, a, b, pauses)| {
            Terms {
                version: 0,
                kind,
                due,
                on_past_due,
                grace_days,
                credit,
                renewal,
                on_leaving: OnLeaving { not_started: a, started: b },
                pauses,
            }
        })
}

fn any_past() -> impl Strategy<Value = OnPastDue> {
    prop_oneof![
        (0..30_u32).prop_map(OnPastDue::Extend),
        Just(OnPastDue::AssignAnyway),
        Just(OnPastDue::Park),
    ]
}

/// Rules of which each has an audience of its own.
fn demands(past: impl Strategy<Value = OnPastDue> + 'static) -> impl Strategy<Value = Vec<Demand>> {
    let one = (terms(past), 0..TRAININGS, days(), of(1..400_i32), 0..10_u8);
    vec(one, 2..=AUDIENCES as usize).prop_map(|drawn| {
        let made =
            drawn.into_iter().zip(0..).map(|((terms, training, from, length, chance), number)| {
                let source = Source { kind: SourceKind::Rule, number };
                // Most rules have been there for ever.
                let from = if chance < 8 { day("2020-01-01") } else { from };
                let mut demand = Demand::new(source, number, training, terms, from);
                demand.until = length.filter(|_| chance > 8).map(|length| plus_days(from, length));
                demand.paused = chance == 0;
                demand
            });
        made.collect()
    })
}

fn trainings() -> impl Strategy<Value = Vec<Training>> {
    let retraining = (2..=2_u32, days(), 0..120_i32).prop_map(|(major, announced_on, within)| {
        Retraining { major, announced_on, by: plus_days(announced_on, within) }
    });
    let equivalent = (0..TRAININGS, days(), of(1..300_i32)).prop_map(|(by, from, length)| {
        Equivalent { by, from, until: length.map(|length| plus_days(from, length)) }
    });
    let training = (
        prop::bool::weighted(0.05),
        prop::option::weighted(0.15, retraining),
        vec(equivalent, 0..2),
    )
        .prop_map(|(closed, retraining, equivalents)| Training {
            closed,
            retraining,
            equivalents,
        });
    vec(training, TRAININGS as usize)
}

fn person() -> impl Strategy<Value = PersonFacts> {
    let spell = (days(), of(30..700_i32), 0..10_u8);
    let joined = prop_oneof![Just(day("2026-06-01")), days()];
    let membership = (0..AUDIENCES, joined, prop::option::weighted(0.3, 1..300_i32), 0..40_i32);
    let completion = (0..TRAININGS, days(), 1..=2_u32, prop::option::weighted(0.2, 1..300_i32));
    let exemption = (0..TRAININGS, pause());
    (spell, vec(membership, 2..8), vec(pause(), 0..3), vec(exemption, 0..=2), vec(completion, 0..5))
        .prop_map(|(spell, memberships, leaves, exemptions, completions)| {
            let mut person = PersonFacts::new(day("2027-06-01"));
            let (hired_on, length, chance) = spell;
            if chance > 0 {
                let hired_on = if chance < 6 { day("2021-03-01") } else { hired_on };
                let gone_on =
                    length.filter(|_| chance > 7).map(|length| plus_days(hired_on, length));
                person.spells.push(Spell { hired_on, gone_on });
            }
            for (audience, joined_on, length, known_after) in memberships {
                let left_on = length.map(|length| plus_days(joined_on, length));
                let known_on = plus_days(joined_on, known_after - 20).max(joined_on);
                // Nobody is in an audience twice at once.
                let meets = person.memberships.iter().any(|other: &Membership| {
                    other.audience == audience
                        && other.left_on.is_none_or(|left_on| joined_on < left_on)
                        && left_on.is_none_or(|left_on| other.joined_on < left_on)
                });
                if !meets {
                    person.memberships.push(Membership { audience, joined_on, left_on, known_on });
                }
            }
            person.leaves = leaves;
            person.exemptions = exemptions
                .into_iter()
                .map(|(training, time)| Exemption { training, time })
                .collect();
            for ((training, completed_on, major, valid), number) in completions.into_iter().zip(0..)
            {
                let valid_until = valid.map(|length| plus_days(completed_on, length));
                person.completions.push(Completion {
                    training,
                    completed_on,
                    number,
                    major,
                    valid_until,
                });
            }
            person
        })
}

fn facts_of(people: &[PersonFacts], today: Day) -> Facts {
    let mut facts = Facts::new();
    for person in people {
        facts.push(&mut PersonFacts { today, ..person.clone() });
    }
    facts
}

/// The same people on another day.
fn on_day(facts: &Facts, today: Day) -> Facts {
    let people: Vec<PersonFacts> = (0..row(facts.len())).map(|at| facts.to_person(at)).collect();
    facts_of(&people, today)
}

/// Some of what is open is begun.
fn with_some_begun(facts: &Facts, today: Day) -> Facts {
    let people: Vec<PersonFacts> = (0..row(facts.len()))
        .map(|at| {
            let mut person = facts.to_person(at);
            let open = person.obligations.iter_mut().filter(|(one, _)| one.is_open());
            for (obligation, _) in open.filter(|(one, _)| (one.training + at) % 2 == 0) {
                obligation.days.started_on = Some(today);
            }
            person
        })
        .collect();
    facts_of(&people, today)
}

type Standing = Vec<(Obligation, Vec<Reason>)>;

/// Obligations with their reasons, the reasons in an order of their own.
fn standing(facts: &Facts, person: u32) -> Standing {
    let mut obligations = facts.to_person(person).obligations;
    for (_, reasons) in &mut obligations {
        reasons.sort_by_key(|reason| reason.source);
    }
    obligations
}

fn open(standing: &Standing) -> Vec<Obligation> {
    standing.iter().map(|(one, _)| *one).filter(Obligation::is_open).collect()
}

/// People who lived under the rules until a day, some of them having begun.
fn lived(book: &Rulebook, people: &[PersonFacts], until: Day) -> Facts {
    let facts = facts_of(people, until);
    with_some_begun(&catch_up(book, &facts, plus_days(until, -120)).after, until)
}

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn after_a_plan_nothing_is_left_to_plan(
        trainings in trainings(), demands in demands(any_past()), people in vec(person(), 1..4), today in days(),
    ) {
        let book = Rulebook::new(trainings, demands).unwrap();
        let before = lived(&book, &people, plus_days(today, -60));
        let before = on_day(&before, today);
        let first = plan(&book, &before);
        let after = apply(&before, &first);
        let second = plan(&book, &after);
        prop_assert!(second.is_empty(), "{:#?}\nthen\n{:#?}", first.actions, second.actions);
    }

    #[test]
    fn at_most_one_cycle_is_open_and_none_is_lost(
        trainings in trainings(), demands in demands(any_past()), people in vec(person(), 1..4), today in days(),
    ) {
        let book = Rulebook::new(trainings, demands).unwrap();
        let before = lived(&book, &people, plus_days(today, -60));
        let after = catch_up(&book, &on_day(&before, today), plus_days(today, -60)).after;
        for number in 0..row(people.len()) {
            let (old, new) = (standing(&before, number), standing(&after, number));
            for training in 0..TRAININGS {
                let cycles: Vec<u32> = new.iter().map(|(one, _)| one).filter(|one| one.training == training)
                    .map(|one| one.cycle).collect();
                prop_assert_eq!(&cycles, &(1..=row(cycles.len())).collect::<Vec<_>>());
                let n_open = open(&new).iter().filter(|one| one.training == training).count();
                prop_assert!(n_open <= 1);
            }
            for (obligation, _) in old.iter().filter(|(one, _)| !one.is_open()) {
                let same = new.iter().map(|(one, _)| one)
                    .find(|one| (one.training, one.cycle) == (obligation.training, obligation.cycle));
                prop_assert_eq!(same.map(|one| one.days.closed_on), Some(obligation.days.closed_on));
            }
            for (obligation, reasons) in &new {
                prop_assert!(!obligation.is_open() || reasons.iter().any(Reason::is_owed));
                prop_assert!(obligation.is_open() || obligation.days.closed_as.is_some());
            }
        }
    }

    #[test]
    fn the_order_of_rules_and_of_people_is_irrelevant(
        trainings in trainings(), demands in demands(any_past()), people in vec(person(), 1..4), today in days(),
        turn in 0..6_usize,
    ) {
        let book = Rulebook::new(trainings.clone(), demands.clone()).unwrap();
        let mut turned = demands;
        let n = turned.len();
        turned.rotate_left(turn % n);
        turned.reverse();
        let other = Rulebook::new(trainings, turned).unwrap();
        let mut reversed = people.clone();
        reversed.reverse();
        for person in &mut reversed {
            person.memberships.reverse();
            person.completions.reverse();
            person.leaves.reverse();
        }
        let one = catch_up(&book, &facts_of(&people, today), plus_days(today, -90)).after;
        let two = catch_up(&other, &facts_of(&reversed, today), plus_days(today, -90)).after;
        for number in 0..row(people.len()) {
            let mirrored = row(people.len()) - 1 - number;
            prop_assert_eq!(standing(&one, number), standing(&two, mirrored));
        }
    }

    #[test]
    fn one_more_rule_takes_nothing_away(
        trainings in trainings(), demands in demands(any_past()), people in vec(person(), 1..4), today in days(),
    ) {
        let mut fewer = demands.clone();
        fewer.pop();
        let fewer = Rulebook::new(trainings.clone(), fewer).unwrap();
        let more = Rulebook::new(trainings, demands).unwrap();
        let before = on_day(&lived(&fewer, &people, plus_days(today, -30)), today);
        let without = apply(&before, &plan(&fewer, &before));
        let with = apply(&before, &plan(&more, &before));
        for number in 0..row(people.len()) {
            let with = open(&standing(&with, number));
            for one in open(&standing(&without, number)) {
                let same = with.iter().find(|other| other.training == one.training);
                prop_assert!(same.is_some_and(|other| other.kind >= one.kind), "{one:?} {same:?}");
                let head = same.unwrap().head();
                prop_assert!(!one.head().is_stronger_than(&head), "{one:?} {same:?}");
            }
        }
    }

    #[test]
    fn a_rule_that_goes_is_computed_back(
        trainings in trainings(), demands in demands(any_past()), people in vec(person(), 1..4), today in days(),
    ) {
        let tomorrow = today.next();
        let mut ending = demands.clone();
        let last = ending.last_mut().unwrap();
        // Nothing was begun, and what is not begun is cancelled.
        (last.until, last.paused) = (Some(tomorrow), false);
        last.terms.on_leaving = OnLeaving::default();
        let mut fewer = demands;
        fewer.pop();
        let fewer = Rulebook::new(trainings.clone(), fewer).unwrap();
        let ending = Rulebook::new(trainings, ending).unwrap();
        let start = facts_of(&people, today);
        let with = apply(&start, &plan(&ending, &start));
        let with = on_day(&with, tomorrow);
        let back = apply(&with, &plan(&ending, &with));
        let without = apply(&start, &plan(&fewer, &start));
        let without = on_day(&without, tomorrow);
        let without = apply(&without, &plan(&fewer, &without));
        let heads = |facts: &Facts, number| {
            let of = |one: &Obligation| (one.training, one.head());
            open(&standing(facts, number)).iter().map(of).collect::<Vec<_>>()
        };
        for number in 0..row(people.len()) {
            prop_assert_eq!(heads(&back, number), heads(&without, number));
        }
    }

    #[test]
    fn counts_add_up_to_the_audience(
        trainings in trainings(), demands in demands(any_past()), people in vec(person(), 1..6), today in days(),
    ) {
        let book = Rulebook::new(trainings, demands.clone()).unwrap();
        let before = on_day(&lived(&book, &people, plus_days(today, -30)), today);
        let plan = plan(&book, &before);
        let waiting = people.iter().map(|person| &person.memberships);
        for (demand, counts) in demands.iter().zip(&plan.counts) {
            let is_in = |one: &&Membership| {
                one.audience == demand.audience
                    && one.joined_on <= today
                    && one.known_on <= today
                    && one.left_on.is_none_or(|left_on| today < left_on)
            };
            let audience = waiting.clone().filter(|all| all.iter().any(|one| is_in(&one))).count() as u64;
            if !demand.holds(today) {
                prop_assert_eq!(counts.total(), 0);
            } else if !demand.paused {
                prop_assert_eq!(counts.total(), audience);
            }
        }
        prop_assert_eq!(plan.total().total(), plan.counts.iter().map(Counts::total).sum::<u64>());
    }

    #[test]
    fn nothing_is_born_overdue(
        trainings in trainings(),
        demands in demands((0..30_u32).prop_map(OnPastDue::Extend)),
        people in vec(person(), 1..4), today in days(),
    ) {
        let book = Rulebook::new(trainings, demands).unwrap();
        for action in plan(&book, &facts_of(&people, today)).actions {
            if let Act::Assign(obligation) = action.act {
                prop_assert!(obligation.days.due_on.is_none_or(|due_on| today <= due_on));
                prop_assert!(obligation.days.overdue_on.is_none_or(|overdue_on| today < overdue_on));
            }
        }
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn one_run_over_many_days_is_a_run_on_each_of_them(
        trainings in trainings(), demands in demands(Just(OnPastDue::AssignAnyway)),
        people in vec(person(), 1..3), start in days(), gap in 1..200_i32,
    ) {
        let book = Rulebook::new(trainings, demands).unwrap();
        let before = lived(&book, &people, start);
        let end = plus_days(start, gap);
        let mut nightly = before.clone();
        let mut transitions = Vec::new();
        for n in 1..=gap {
            let today = plus_days(start, n);
            let night = catch_up(&book, &on_day(&nightly, today), plus_days(today, -1));
            transitions.extend(night.transitions);
            nightly = night.after;
        }
        let mut once = catch_up(&book, &on_day(&before, end), start);
        transitions.sort_unstable();
        once.transitions.sort_unstable();
        for number in 0..row(people.len()) {
            prop_assert_eq!(standing(&nightly, number), standing(&once.after, number));
        }
        prop_assert_eq!(transitions, once.transitions);
    }

    // What is parked is asked about anew on each day, and may be assigned on a later one.
    #[test]
    fn looking_again_at_days_that_were_caught_up_changes_nothing(
        trainings in trainings(), demands in demands(Just(OnPastDue::AssignAnyway)),
        people in vec(person(), 1..3), start in days(), gap in 2..60_i32, again in 1..4_i32,
    ) {
        let book = Rulebook::new(trainings, demands).unwrap();
        let end = plus_days(start, gap);
        let once = catch_up(&book, &on_day(&lived(&book, &people, start), end), start).after;
        let twice = catch_up(&book, &once, plus_days(end, -again)).after;
        for number in 0..row(people.len()) {
            prop_assert_eq!(standing(&once, number), standing(&twice, number));
        }
    }

    #[test]
    fn nothing_happens_to_an_obligation_that_sleeps(
        trainings in trainings(), demands in demands(any_past()), people in vec(person(), 1..4), today in days(),
    ) {
        let book = Rulebook::new(trainings, demands).unwrap();
        let facts = lived(&book, &people, today);
        // On a day that is not one of the reminders as well.
        let notices = Notices { due_soon_days: 10, ..Notices::default() };
        // More than a year in which nobody does anything.
        for number in 0..row(people.len()) {
            let person = facts.person(number);
            for on in (0..400).map(|n| plus_days(today, n)) {
                let mut happened = Vec::new();
                walk(&person, on, on.next(), &mut happened);
                for obligation in person.obligations {
                    let wakes = wake_on(&person, obligation, on, &notices);
                    prop_assert!(wakes.is_none_or(|wakes| wakes > on));
                    let happens = happened.iter().find(|one| {
                        (one.training, one.cycle) == (obligation.training, obligation.cycle)
                    });
                    prop_assert!(happens.is_none() || wakes == Some(on.next()), "{happens:?} {wakes:?}");
                    let shown = |day| {
                        let around = around(&person, obligation, day, notices.due_soon_days);
                        status(&obligation.days, &around, day)
                    };
                    let (before, after) = (shown(on), shown(on.next()));
                    let stays = before == after || !obligation.is_open();
                    prop_assert!(stays || wakes == Some(on.next()), "{before:?} {after:?} {wakes:?}");
                }
            }
        }
        // Also a clock that stops or runs on again is something that happens.
        let moved = |day: Day| -> Vec<(u32, Head)> {
            let heads = plan(&book, &on_day(&facts, day)).actions.into_iter().filter_map(|action| {
                match (action.act, action.cause) {
                    (Act::ChangeHead { to, .. }, Cause::ClockMoved) => Some((action.obligation?, to)),
                    _ => None,
                }
            });
            heads.collect()
        };
        let mut before = moved(today);
        for on in (0..28).map(|n| plus_days(today, n)) {
            let after = moved(on.next());
            for (number, _) in after.iter().filter(|one| !before.contains(*one)) {
                let mut all = (0..row(people.len())).rev().map(|person| facts.person(person));
                let person = all.find(|person| person.first_obligation <= *number).unwrap();
                let obligation = &person.obligations[(number - person.first_obligation) as usize];
                prop_assert_eq!(wake_on(&person, obligation, on, &notices), Some(on.next()));
            }
            before = after;
        }
    }
}

/// Days of two weeks, so that boundaries often fall on the day asked about.
fn near_days() -> impl Strategy<Value = Day> {
    (0..14_i32).prop_map(|n| plus_days(day("2027-01-25"), n))
}

fn boundaries() -> impl Strategy<Value = Boundaries> {
    let closed = of((near_days(), 0..4_u8));
    (near_days(), of(near_days()), of((near_days(), 0..5_i32)), of(near_days()), closed).prop_map(
        |(assigned_on, started_on, due, expires_on, closed)| {
            let closed_as = closed.map(|(_, how)| match how {
                0 => ClosedAs::Cancelled,
                1 => ClosedAs::Left,
                _ => ClosedAs::Completed,
            });
            Boundaries {
                started_on,
                due_on: due.map(|(due_on, _)| due_on),
                overdue_on: due.map(|(due_on, grace)| plus_days(due_on, grace + 1)),
                expires_on: expires_on.filter(|_| closed_as == Some(ClosedAs::Completed)),
                closed_on: closed.map(|(closed_on, _)| closed_on),
                closed_as,
                ..Boundaries::new(assigned_on)
            }
        },
    )
}

fn surroundings() -> impl Strategy<Value = Around> {
    (any::<bool>(), any::<bool>(), of(near_days()), 0..6_u32).prop_map(
        |(exempt, waiting, leave_from, due_soon_days)| Around {
            exempt,
            waiting,
            leave_from,
            due_soon_days,
        },
    )
}

/// The `CASE` of `status.rs`, line by line as SQL reads it: a comparison with nothing is not true.
fn case(days: &Boundaries, around: &Around, day: Day) -> &'static str {
    let le = |a: Option<Day>, b: Option<Day>| matches!((a, b), (Some(a), Some(b)) if a <= b);
    let lt = |a: Option<Day>, b: Option<Day>| matches!((a, b), (Some(a), Some(b)) if a < b);
    let today = Some(day);
    let soon = Some(plus_days(day, i32::try_from(around.due_soon_days).unwrap()));
    let closed = le(days.closed_on, today);
    let valid = days.expires_on.is_none() || le(today, days.expires_on);
    if lt(today, Some(days.assigned_on)) && !closed {
        "none"
    } else if closed && days.closed_as != Some(ClosedAs::Completed) {
        "cancelled"
    } else if around.exempt {
        "exempt"
    } else if closed && valid && (days.due_on.is_none() || le(days.closed_on, days.due_on)) {
        "completed"
    } else if closed && valid {
        "completed_late"
    } else if closed {
        "expired"
    } else if around.waiting {
        "waitlisted"
    } else if around.leave_from.is_some()
        && (days.overdue_on.is_none() || lt(around.leave_from, days.overdue_on))
    {
        "on_leave"
    } else if le(days.overdue_on, today) {
        "overdue"
    } else if lt(days.due_on, today) {
        "late"
    } else if le(days.due_on, soon) {
        "due_soon"
    } else if le(days.started_on, today) {
        "in_progress"
    } else {
        "assigned"
    }
}

proptest! {
    #![proptest_config(config(2_048))]

    #[test]
    fn the_status_is_the_documented_case(days in boundaries(), around in surroundings(), on in near_days()) {
        let name = status(&days, &around, on).map_or("none", Status::as_str);
        prop_assert_eq!(name, case(&days, &around, on));
    }

    #[test]
    fn as_days_pass_the_status_gets_worse_and_never_better(
        days in boundaries(), around in surroundings(), on in near_days(), later in 1..20_i32,
    ) {
        let rank = |on: Day| match status(&days, &around, on) {
            None => 0,
            Some(Status::Assigned) => 1,
            Some(Status::InProgress) => 2,
            Some(Status::DueSoon) => 3,
            Some(Status::Late) => 4,
            Some(Status::Overdue) => 5,
            Some(Status::OnLeave | Status::Waitlisted) => 6,
            Some(Status::Completed) => 7,
            Some(Status::CompletedLate) => 8,
            Some(Status::Expired) => 9,
            Some(Status::Exempt) => 10,
            Some(Status::Cancelled) => 11,
        };
        prop_assert!(rank(on) <= rank(plus_days(on, later)));
    }

    #[test]
    fn pauses_only_give_time(
        due_on in days(), grace in 0..20_u32, runs_from in days(), mut pauses in vec(pause(), 0..4), today in days(),
    ) {
        join_pauses(&mut pauses);
        let after = due_after_pauses(due_on, grace, runs_from, &pauses, today);
        prop_assert!(after >= due_on);
        let known = |pause: &&Pause| pause.from <= today && pause.back_on.is_some();
        if !pauses.iter().any(|pause| known(&pause)) {
            prop_assert_eq!(after, due_on);
        }
        for two in pauses.windows(2) {
            prop_assert!(two[0].back_on.is_some_and(|back| back < two[1].from));
        }
        // What was moved is moved to a day on which nobody is away, and a fortnight after a return.
        if after != due_on {
            prop_assert!(pauses.iter().filter_map(|pause| pause.back_on).any(|back| plus_days(back, 14) <= after));
        }
    }

    #[test]
    fn a_completion_covers_what_its_method_promises(
        renewal in renewal(), due_on in of(days()), completions in vec(days(), 1..6),
    ) {
        let mut completions = completions;
        completions.sort_unstable();
        let mut before: Option<Chain> = None;
        for completed_on in completions {
            let chain = renewal.renew(before, due_on, completed_on);
            let window_on = renewal.window_on(&chain);
            prop_assert!(window_on <= chain.expires_on);
            prop_assert!(chain.expires_on >= completed_on);
            let active = i32::try_from(renewal.active_months).unwrap();
            let full = plus_months(completed_on, active);
            match (renewal.method, before) {
                (Method::Completion, _) => prop_assert_eq!(chain.expires_on, full),
                (Method::Expiry, None) => {
                    prop_assert!(chain.expires_on >= full);
                    prop_assert!(due_on.is_none_or(|due_on| chain.expires_on > due_on));
                }
                (Method::Expiry, Some(before)) if completed_on > before.expires_on => {
                    prop_assert_eq!(chain.expires_on, full);
                }
                (Method::Expiry, Some(before)) if completed_on < renewal.window_on(&before) => {
                    prop_assert_eq!(chain.expires_on, before.expires_on);
                }
                (Method::Expiry, Some(before)) => {
                    // Who is early in the window loses nothing.
                    prop_assert!(chain.expires_on > before.expires_on && chain.expires_on >= full);
                    prop_assert_eq!(chain.anchor_on, before.anchor_on);
                }
                (Method::Fixed { min_active_months: least }, before) => {
                    let least = i32::try_from(least).unwrap();
                    prop_assert!(chain.expires_on >= plus_months(completed_on, least));
                    prop_assert!(chain.expires_on <= plus_months(completed_on, active + least + 1));
                    // Always whole steps from the same day.
                    let anchor = before.map_or(due_on.unwrap_or(completed_on), |before| before.anchor_on);
                    prop_assert_eq!(chain.anchor_on, anchor);
                    let step = (-40..40).find(|step| plus_months(anchor, step * active) == chain.expires_on);
                    prop_assert!(step.is_some(), "{} {}", anchor, chain.expires_on);
                }
            }
            before = Some(chain);
        }
    }
}
