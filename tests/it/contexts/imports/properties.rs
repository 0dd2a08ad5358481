//! What holds whatever the file: twice is once, the order of rows is nothing, and an undo is as before.

use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{Acceptance, Engine, PeopleImport, PersonFilter};

use super::{HEADER, company, counts, from_hr, full, import, plan};
use crate::support::dice::Dice;
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    twice_is_once_and_order_is_nothing,
    an_undo_is_as_before_for_whom_nobody_touched,
    a_rejected_row_is_never_missing,
}

const PEOPLE: u64 = 12;

/// A file of some people with something of all that goes wrong.
fn random_lines(dice: &mut Dice) -> Vec<String> {
    let mut lines = Vec::new();
    for n in 1..=PEOPLE {
        if dice.below(5) == 0 {
            continue;
        }
        let email = dice.one(&["p{n}@x.org", "P{n}@X.org", "other{n}@x.org", "", "shared@x.org"]);
        let email = email.replace("{n}", &n.to_string());
        let last = dice.one(&["Baker", "Cole", "Dunn"]);
        let department = dice.one(&["ENG", "SALES", "Engineering", "Nowhere", ""]);
        let manager = dice.one(&["1", "2", "3", "4", "99", ""]);
        let status = dice.one(&["active", "active", "inactive", ""]);
        lines.push(format!(
            "{n},{email},First{n},{last},{department},{manager},2020-01-01,{status}"
        ));
    }
    lines
}

fn file(lines: &[String]) -> String {
    format!("{HEADER}{}\n", lines.join("\n"))
}

/// Whatever the guards say: these files are about what follows when somebody lets them through.
fn accepting_all(mut options: PeopleImport) -> PeopleImport {
    for kind in ["rows", "deactivate", "managers", "departments", "emails", "contract"] {
        for n in 0..=PEOPLE {
            options = options.accept(Acceptance::parse(&format!("{kind}={n}")).unwrap());
        }
    }
    options
}

/// Everybody, but for ids and instants.
async fn everybody(lms: &TestLms) -> Vec<String> {
    let filter = PersonFilter::new().limit(100).status_any();
    let people = lms.people().list(&lms.admin(), filter).await.unwrap().items;
    let mut told: Vec<String> = people
        .iter()
        .map(|person| {
            format!(
                "{:?} {:?} {} {} {:?} {:?} {:?} {:?} {:?}",
                person.employee_number,
                person.email,
                person.first_name,
                person.last_name,
                person.department,
                person.manager_name,
                person.status,
                person.hired_on,
                person.terminated_on,
            )
        })
        .collect();
    told.sort();
    told
}

trait AnyStatus {
    fn status_any(self) -> Self;
}

impl AnyStatus for PersonFilter {
    fn status_any(self) -> Self {
        use lms_core::PersonStatus;
        PersonStatus::ALL.iter().fold(self, |filter, status| filter.status(*status))
    }
}

async fn twice_is_once_and_order_is_nothing(engine: Engine) {
    for seed in 0..6 {
        let mut dice = Dice::new(seed);
        let (one, other) = (company(engine).await, company(engine).await);
        for _ in 0..3 {
            let lines = random_lines(&mut dice);
            let mut shuffled = lines.clone();
            for at in (1..shuffled.len()).rev() {
                shuffled.swap(at, dice.below(at + 1));
            }
            let done = import(&one, accepting_all(from_hr()), &file(&lines)).await;
            let there = import(&other, accepting_all(from_hr()), &file(&shuffled)).await;
            assert_eq!(done.plan.counts, there.plan.counts, "seed {seed}: {lines:#?}");
            let state = everybody(&one).await;
            assert_eq!(state, everybody(&other).await, "seed {seed}: {lines:#?}");
            let again = import(&one, accepting_all(from_hr()), &file(&lines)).await;
            assert_eq!(again.plan.counts.changed(), 0, "seed {seed}: {:#?}", again.plan.rows);
            assert_eq!(again.operation, None, "seed {seed}: {:#?}", again.plan.rows);
            import(&other, accepting_all(from_hr()), &file(&lines)).await;
            assert_eq!(state, everybody(&one).await, "seed {seed}");
        }
        assert_sound(&one).await;
    }
}

async fn an_undo_is_as_before_for_whom_nobody_touched(engine: Engine) {
    for seed in 100..106 {
        let mut dice = Dice::new(seed);
        let lms = company(engine).await;
        import(&lms, accepting_all(from_hr()), &file(&random_lines(&mut dice))).await;
        let before = everybody(&lms).await;
        let next = file(&random_lines(&mut dice));
        let planned = plan(&lms, accepting_all(from_hr()), &next).await;
        assert_eq!(everybody(&lms).await, before, "a plan does nothing");
        let done = import(&lms, accepting_all(from_hr()), &next).await;
        assert_eq!(counts(&done.plan), counts(&planned), "seed {seed}");
        let Some(operation) = done.operation else { continue };
        let undo = lms.batches().plan_undo(&lms.admin(), &operation.to_string()).await.unwrap();
        assert!(undo.parts.kept.is_empty(), "seed {seed}: {:?}", undo.parts.kept);
        if undo.parts.blocked.is_empty() && !undo.parts.restored.is_empty() {
            lms.batches().undo(&lms.admin(), undo).await.unwrap();
            assert_eq!(everybody(&lms).await, before, "seed {seed}");
        }
        assert_sound(&lms).await;
    }
}

/// Whoever stands in a file, readable or not, is there: however often, and whatever else is wrong with the row.
async fn a_rejected_row_is_never_missing(engine: Engine) {
    for seed in 200..206 {
        let mut dice = Dice::new(seed);
        let lms = company(engine).await;
        let options = || accepting_all(full().deactivate_missing(Some(1)).unwrap());
        let line = |n: u64, wrong: &str| {
            let (email, hired, status) = match wrong {
                "email" => ("no address".to_owned(), "2020-01-01", "active"),
                "day" => (format!("p{n}@x.org"), "some day", "active"),
                "status" => (format!("p{n}@x.org"), "2020-01-01", "asleep"),
                _ => (format!("p{n}@x.org"), "2020-01-01", "active"),
            };
            format!("{n},{email},First{n},Baker,ENG,,{hired},{status}")
        };
        let everyone: Vec<String> = (1..=PEOPLE).map(|n| line(n, "")).collect();
        import(&lms, options(), &file(&everyone)).await;
        let mut gone: Vec<u64> = Vec::new();
        for _ in 0..3 {
            let mut lines = Vec::new();
            let (mut absent, mut rejected) = (Vec::new(), 0);
            for n in 1..=PEOPLE {
                let wrong = dice.one(&["", "", "", "email", "day", "status", "absent"]);
                match wrong {
                    "absent" => absent.push(n),
                    wrong => {
                        rejected += u64::from(!wrong.is_empty());
                        if wrong.is_empty() {
                            gone.retain(|other| *other != n);
                        }
                        lines.push(line(n, wrong));
                    }
                }
            }
            if lines.is_empty() || rejected == lines.len() as u64 {
                continue;
            }
            let done = import(&lms, options(), &file(&lines)).await;
            // The day on which somebody is found missing is their last one.
            lms.clock().advance(Duration::from_hours(24));
            assert_eq!(done.plan.counts.rejected, rejected, "seed {seed}: {lines:#?}");
            gone.extend(absent.iter().filter(|n| !gone.contains(n)).copied().collect::<Vec<_>>());
            for n in 1..=PEOPLE {
                let is_active = super::person(&lms, &n.to_string()).await.status
                    == lms_core::PersonStatus::Active;
                assert_eq!(is_active, !gone.contains(&n), "seed {seed}, person {n}: {lines:#?}");
            }
        }
        assert_sound(&lms).await;
    }
}
