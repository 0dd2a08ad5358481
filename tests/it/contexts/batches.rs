//! Operations are taken back: what goes back, what stays because somebody changed it since, and what
//! cannot go back as things are.

mod groups;

use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AuditFilter, BatchFilter, Day, Engine, ErrorKind, GroupChange, NewGroup, NewPerson,
    NewUnit, PersonChange, PersonField, PersonFilter, PersonStatus, Reorganisation, SettingsChange,
    Timestamp, UndoItem, UndoOutcome, UnitChange, UnitKind,
};

use crate::support::dice::Dice;
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head};

on_both_engines! {
    a_change_goes_back_where_nobody_changed_it_since,
    people_who_were_hired_by_mistake_are_gone,
    whom_others_depend_on_stays,
    an_undo_happens_once_and_can_be_taken_back,
    what_belongs_to_somebody_else_by_now_stays,
    an_employment_that_was_followed_by_another_stays_ended,
    nobody_comes_to_report_to_themselves,
    units_go_back_unless_somebody_is_in_them,
    a_plan_that_has_become_another_is_refused_by_name,
    what_nobody_takes_back_says_what_to_do,
    batches_are_listed_and_shown,
    what_nobody_touched_is_as_before_whatever_was_done,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Engineering with Platform below it, Sales, Berlin and Lisbon; Ada in Engineering, Bob below her.
async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let department = |code: &str, name: &str| NewUnit::new(UnitKind::Department, code, name);
    let units = vec![
        department("ENG", "Engineering"),
        department("ENG-PLAT", "Platform").parent("ENG"),
        department("SALES", "Sales"),
        NewUnit::new(UnitKind::Location, "BER", "Berlin"),
        NewUnit::new(UnitKind::Location, "LIS", "Lisbon"),
    ];
    lms.people().add_units(&lms.admin(), units).await.unwrap();
    let bob = person("bob", "Baker").set(PersonField::Manager, "ada@example.com");
    lms.people().add(&lms.admin(), vec![person("ada", "Lovelace"), bob]).await.unwrap();
    lms
}

fn person(first: &str, last: &str) -> NewPerson {
    NewPerson::new(first, last)
        .set(PersonField::Email, &format!("{first}@example.com"))
        .set(PersonField::Department, "ENG")
        .set(PersonField::Location, "BER")
        .hired_on(day("2025-01-01"))
}

fn change(field: PersonField, value: &str) -> PersonChange {
    PersonChange::new().set(field, value)
}

async fn edit(lms: &TestLms, person: &str, change: PersonChange) -> i64 {
    lms.people().edit(&lms.admin(), person, change).await.unwrap();
    head(lms).await.seq
}

/// An instant between what was recorded before and what will be.
fn instant(lms: &TestLms) -> Timestamp {
    let minute = std::time::Duration::from_mins(1);
    lms.clock().advance(minute);
    let instant = lms.now();
    lms.clock().advance(minute);
    instant
}

async fn undo(lms: &TestLms, seq: i64) -> UndoOutcome {
    let plan = lms.batches().plan_undo(&lms.admin(), &seq.to_string()).await.unwrap();
    let outcome = lms.batches().undo(&lms.admin(), plan.clone()).await.unwrap();
    assert_eq!(outcome.parts, plan.parts, "what was planned is what was done");
    assert_sound(lms).await;
    outcome
}

fn told(items: &[UndoItem]) -> Vec<String> {
    items
        .iter()
        .map(|item| {
            let UndoItem { subject, field, now, back_to, .. } = item;
            let side = |side: &Option<String>| side.clone().unwrap_or("-".to_owned());
            let days = match (item.from, item.until) {
                (Some(from), Some(until)) => format!(" from {from} until {until}"),
                (Some(from), None) => format!(" from {from}"),
                _ => String::new(),
            };
            let why = item.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            format!("{subject}: {field} {} → {}{days}{why}", side(now), side(back_to))
        })
        .collect()
}

/// What cards and lists say of the company on several days.
async fn observed(lms: &TestLms) -> Vec<String> {
    let (people, admin) = (lms.people(), lms.admin());
    let mut seen = Vec::new();
    for on in ["2025-06-01", "2026-03-31", "2026-05-15", "2027-01-01"] {
        for kind in [UnitKind::Department, UnitKind::Location] {
            for mut unit in people.units(&admin, kind, Some(day(on)), true).await.unwrap() {
                unit.updated_at = lms_core::Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
                seen.push(format!("{on} {unit:?}"));
            }
        }
        for mut group in people.groups(&admin, Some(day(on)), true).await.unwrap() {
            group.updated_at = group.created_at;
            let filter = PersonFilter::new().as_of(day(on));
            let members = if group.open {
                people.count_members(&admin, &group.code, filter.clone()).await.unwrap()
            } else {
                0
            };
            seen.push(format!("{on} {group:?} {members}"));
        }
        let everybody = PersonStatus::ALL
            .iter()
            .fold(PersonFilter::new().as_of(day(on)), |filter, status| filter.status(*status));
        for mut person in people.list(&admin, everybody.clone()).await.unwrap().items {
            let id = person.id.to_string();
            let mut card = people.card(&admin, &id, Some(day(on))).await.unwrap();
            // When something was written is not what is known of a person.
            person.updated_at = person.created_at;
            card.person.updated_at = card.person.created_at;
            let placements: Vec<_> = card
                .placements
                .iter()
                .map(|placed| (placed.from, placed.until, &placed.department, placed.status))
                .collect();
            seen.push(format!("{on} {person:?} {:?} {:?}", card.person, card.employments));
            seen.push(format!("{placements:?} {:?} {}", card.leaves, card.reports));
        }
        for word in ["ada", "bob", "baker", "eng"] {
            let found = people.list(&admin, everybody.clone().search(word)).await.unwrap();
            seen.push(format!("{word} {}", found.items.len()));
        }
    }
    seen
}

async fn a_change_goes_back_where_nobody_changed_it_since(engine: Engine) {
    let lms = company(engine).await;
    let seq = edit(
        &lms,
        "ada@example.com",
        change(PersonField::Department, "SALES")
            .set(PersonField::Location, "LIS")
            .set(PersonField::LastName, "King")
            .set(PersonField::JobTitle, "Head")
            .attribute("badge", "7")
            .from(day("2026-03-01")),
    )
    .await;
    // Since then somebody moved her again, and gave her another name.
    let later = change(PersonField::Department, "ENG-PLAT").from(day("2026-06-01"));
    let moved = edit(&lms, "ada@example.com", later).await;
    let named = edit(&lms, "ada@example.com", change(PersonField::LastName, "Byron")).await;
    let known = instant(&lms);
    let then = lms.people().list(&lms.admin(), PersonFilter::new().known_at(known)).await.unwrap();

    let outcome = undo(&lms, seq).await;

    assert_eq!(
        told(&outcome.parts.restored),
        [
            "ada Byron: attribute.badge 7 → - from 2026-03-01",
            "ada Byron: department SALES → ENG from 2026-03-01 until 2026-06-01",
            "ada Byron: job_title Head → - from 2026-03-01",
            "ada Byron: location LIS → BER from 2026-03-01",
        ]
    );
    assert_eq!(
        told(&outcome.parts.kept),
        [
            format!(
                "ada Byron: last_name Byron → Lovelace (changed since by os:admin in #{named})"
            ),
            format!(
                "ada Byron: department ENG-PLAT → ENG from 2026-06-01 \
                 (changed since by os:admin in #{moved})"
            ),
        ]
    );
    assert_eq!(outcome.parts.kept[1].changed_by.as_ref().unwrap().kind, "person.changed");
    assert_eq!(outcome.parts.blocked, []);
    let card = lms.people().card(&lms.admin(), "ada@example.com", None).await.unwrap();
    let placed: Vec<String> = card
        .placements
        .iter()
        .map(|placed| format!("{} {}", placed.from, placed.department.as_deref().unwrap()))
        .collect();
    assert_eq!(placed, ["2025-01-01 ENG", "2026-06-01 ENG-PLAT"]);
    assert_eq!(card.person.location.as_deref(), Some("BER"));
    assert_eq!(card.person.attributes.len(), 0);
    // What was known then is what was known then.
    let again = lms.people().list(&lms.admin(), PersonFilter::new().known_at(known)).await.unwrap();
    let places = |page: &lms_core::Page<lms_core::Person>| -> Vec<_> {
        page.items
            .iter()
            .map(|person| (person.department.clone(), person.location.clone()))
            .collect()
    };
    assert_eq!(places(&again), places(&then));
    let now = lms.people().list(&lms.admin(), PersonFilter::new()).await.unwrap();
    assert_ne!(places(&now), places(&then));
}

async fn people_who_were_hired_by_mistake_are_gone(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let before = observed(&lms).await;
    let hires: Vec<NewPerson> = (0..50)
        .map(|n| {
            let hire = NewPerson::new("Hire", &format!("Number {n:02}"))
                .set(PersonField::Email, &format!("hire{n:02}@example.com"))
                .set(PersonField::EmployeeNumber, &format!("9{n:02}"))
                .set(PersonField::Department, "SALES");
            if n == 0 { hire } else { hire.set(PersonField::Manager, "hire00@example.com") }
        })
        .collect();
    let ids = lms.people().add(&admin, hires).await.unwrap();
    let seq = head(&lms).await.seq;
    let known = instant(&lms);
    // Somebody has taken care of the last of them.
    let touched = edit(
        &lms,
        "hire49@example.com",
        change(PersonField::JobTitle, "Keeper").set(PersonField::Manager, ""),
    )
    .await;

    let outcome = undo(&lms, seq).await;

    assert_eq!(outcome.parts.restored.len(), 49);
    assert_eq!(
        told(&outcome.parts.kept),
        [format!("Hire Number 49: record recorded → - (changed since by os:admin in #{touched})")]
    );
    assert_eq!(outcome.parts.blocked, []);
    let counts = &lms.audit().list(&admin, AuditFilter::new().limit(1)).await.unwrap().items[0];
    assert_eq!((counts.counts["restored"], counts.counts["kept"]), (49, 1));
    assert_eq!(counts.undoes, Some(seq));

    // Nobody finds them, by whatever name.
    let id = ids.people[7].to_string();
    for name in ["hire07@example.com", "907", &id] {
        let gone = lms.people().card(&admin, name, None).await.unwrap_err();
        // Whoever has the id knew of the record, and is told what became of it.
        let code = if name == id { "people.person_closed" } else { "people.person_unknown" };
        assert_eq!(gone.code(), code, "{name}");
        let manager = change(PersonField::Manager, name);
        let refused = lms.people().edit(&admin, "bob@example.com", manager).await.unwrap_err();
        assert_eq!(refused.code(), code, "{name}");
    }
    let misspelt = lms.people().card(&admin, "Hire Number 07", None).await.unwrap_err();
    assert!(misspelt.hints().iter().all(|hint| !hint.contains("hire07")), "{misspelt:?}");
    let found = lms.people().list(&admin, PersonFilter::new().search("hire")).await.unwrap();
    assert_eq!(found.items.len(), 1);
    // As it was known before, they still show.
    let then = PersonFilter::new().department("SALES").known_at(known).limit(500);
    assert_eq!(lms.people().list(&admin, then).await.unwrap().items.len(), 50);
    // Their addresses are free.
    let again = NewPerson::new("Another", "One").set(PersonField::Email, "hire07@example.com");
    lms.people().add(&admin, vec![again.set(PersonField::EmployeeNumber, "907")]).await.unwrap();
    let last = head(&lms).await.seq;
    undo(&lms, last).await;
    lms.people().deactivate(&admin, "hire49@example.com", day("2026-03-31"), None).await.unwrap();
    let now: Vec<String> =
        observed(&lms).await.into_iter().filter(|seen| !seen.contains("Number 49")).collect();
    assert_eq!(now.iter().filter(|seen| before.contains(*seen)).count(), before.len());
}

async fn whom_others_depend_on_stays(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    lms.people().add(&admin, vec![person("cy", "Boss"), person("di", "Head")]).await.unwrap();
    let seq = head(&lms).await.seq;
    edit(&lms, "bob@example.com", change(PersonField::Manager, "cy@example.com")).await;
    let led = UnitChange::new().head(Some("di@example.com"));
    lms.people().edit_unit(&admin, UnitKind::Department, "ENG", led).await.unwrap();

    let plan = lms.batches().plan_undo(&admin, &seq.to_string()).await.unwrap();

    assert_eq!(
        told(&plan.parts.blocked),
        [
            "cy Boss: record recorded → - (bob Baker reports to them)",
            "di Head: record recorded → - (they lead `ENG`)",
        ]
    );
    let before = head(&lms).await;
    let refused = lms.batches().undo(&admin, plan).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Refused, "batch.nothing_left"));
    assert!(refused.message().contains("bob Baker reports to them"), "{refused}");
    assert_eq!(head(&lms).await, before);
}

async fn an_undo_happens_once_and_can_be_taken_back(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let before = observed(&lms).await;
    lms.people().add(&admin, vec![person("cy", "Boss"), person("di", "Head")]).await.unwrap();
    let hired = head(&lms).await.seq;
    let after = observed(&lms).await;
    undo(&lms, hired).await;
    let undone = head(&lms).await.seq;
    assert_eq!(observed(&lms).await, before);

    let again = undo(&lms, hired).await;
    assert_eq!((again.operation, again.batch.undone_by), (None, Some(undone)));
    assert_eq!(head(&lms).await.seq, undone, "the second time nothing happens");

    let redone = undo(&lms, undone).await;
    assert_eq!(told(&redone.parts.restored).len(), 2);
    assert_eq!(observed(&lms).await, after);
    let redo = head(&lms).await.seq;
    let refused = lms.batches().plan_undo(&admin, &hired.to_string()).await.unwrap_err();
    assert_eq!(refused.code(), "batch.redone");
    assert!(refused.hints()[0].contains(&format!("batch undo {redo}")), "{refused:?}");

    undo(&lms, redo).await;
    assert_eq!(observed(&lms).await, before);
    let entry = lms.audit().show(&admin, &undone.to_string()).await.unwrap().entry;
    assert_eq!((entry.undoes, entry.undone_by), (Some(hired), Some(redo)));
}

async fn what_belongs_to_somebody_else_by_now_stays(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let seq = edit(
        &lms,
        "ada@example.com",
        change(PersonField::Email, "countess@example.com").set(PersonField::FirstName, "Augusta"),
    )
    .await;
    let namesake = NewPerson::new("Ada", "Yonath").set(PersonField::Email, "ADA@example.com");
    lms.people().add(&admin, vec![namesake]).await.unwrap();

    let outcome = undo(&lms, seq).await;

    assert_eq!(told(&outcome.parts.restored), ["ada Lovelace: first_name Augusta → ada"]);
    assert_eq!(
        told(&outcome.parts.blocked),
        ["ada Lovelace: email countess@example.com → ada@example.com \
          (`ada@example.com` belongs to somebody else now)"]
    );
}

async fn an_employment_that_was_followed_by_another_stays_ended(engine: Engine) {
    let lms = company(engine).await;
    let (admin, people) = (lms.admin(), lms.people());
    let before = observed(&lms).await;
    people.add_leave(&admin, "bob@example.com", day("2025-05-01"), None, None).await.unwrap();
    let leave = head(&lms).await.seq;
    people.deactivate(&admin, "bob@example.com", day("2025-12-31"), Some("left")).await.unwrap();
    let ended = head(&lms).await.seq;
    people.reactivate(&admin, "bob@example.com", day("2026-05-01")).await.unwrap();
    let back = head(&lms).await.seq;

    let plan = people_plan(&lms, ended).await;
    assert_eq!(
        plan,
        ["bob Baker: employment 2025-01-01 to 2025-12-31 → from 2025-01-01 from \
                       2025-01-01 (they are employed again from 2026-05-01)"]
    );
    // The other way round it goes.
    for seq in [back, ended, leave] {
        undo(&lms, seq).await;
    }
    assert_eq!(observed(&lms).await, before);
}

async fn people_plan(lms: &TestLms, seq: i64) -> Vec<String> {
    let plan = lms.batches().plan_undo(&lms.admin(), &seq.to_string()).await.unwrap();
    assert_eq!(plan.parts.restored, []);
    told(&plan.parts.blocked)
}

async fn nobody_comes_to_report_to_themselves(engine: Engine) {
    let lms = company(engine).await;
    let freed = edit(&lms, "bob@example.com", change(PersonField::Manager, "")).await;
    edit(&lms, "ada@example.com", change(PersonField::Manager, "bob@example.com")).await;
    let blocked = people_plan(&lms, freed).await;
    assert_eq!(blocked.len(), 1);
    assert!(
        blocked[0]
            .contains("they would report to themselves: bob Baker → ada Lovelace → bob Baker"),
        "{blocked:?}"
    );
}

async fn units_go_back_unless_somebody_is_in_them(engine: Engine) {
    let lms = company(engine).await;
    let (admin, people) = (lms.admin(), lms.people());
    let kind = UnitKind::Department;
    let before = observed(&lms).await;
    let legal = NewUnit::new(kind, "LEGAL", "Legal").parent("SALES");
    people.add_units(&admin, vec![legal]).await.unwrap();
    let made = head(&lms).await.seq;
    let renamed = UnitChange::new().code("ENGINE").name("Engines").parent(Some("SALES"));
    people.edit_unit(&admin, kind, "ENG", renamed).await.unwrap();
    let changed = head(&lms).await.seq;
    let closed = UnitChange::new().close().from(day("2026-05-01"));
    people.edit_unit(&admin, kind, "ENG-PLAT", closed).await.unwrap();
    let shut = head(&lms).await.seq;

    // Somebody is in the new one: it stays.
    let seq = edit(&lms, "bob@example.com", change(PersonField::Department, "LEGAL")).await;
    let blocked = people_plan(&lms, made).await;
    assert_eq!(blocked, ["LEGAL: record recorded → - (bob Baker is in it)"]);
    undo(&lms, seq).await;
    // The code was given to another one meanwhile.
    people.add_units(&admin, vec![NewUnit::new(kind, "ENG", "Another")]).await.unwrap();
    let other = head(&lms).await.seq;
    let outcome = undo(&lms, changed).await;
    assert_eq!(
        told(&outcome.parts.blocked),
        ["ENGINE: code ENGINE → ENG (the code `ENG` is taken since)"]
    );
    assert_eq!(outcome.parts.restored.len(), 2, "name and parent go back");
    undo(&lms, other).await;
    let code = UnitChange::new().code("ENG");
    people.edit_unit(&admin, kind, "ENGINE", code).await.unwrap();
    undo(&lms, shut).await;
    undo(&lms, made).await;
    assert_eq!(observed(&lms).await, before);
    // And the code of what is gone can be used again.
    people.add_units(&admin, vec![NewUnit::new(kind, "LEGAL", "Legal")]).await.unwrap();
}

async fn a_plan_that_has_become_another_is_refused_by_name(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let seq = edit(&lms, "ada@example.com", change(PersonField::Department, "SALES")).await;
    let plan = lms.batches().plan_undo(&admin, &seq.to_string()).await.unwrap();
    edit(&lms, "ada@example.com", change(PersonField::Department, "ENG-PLAT")).await;
    let before = head(&lms).await;
    let stale = lms.batches().undo(&admin, plan).await.unwrap_err();
    assert_eq!((stale.kind(), stale.code()), (ErrorKind::Stale, "plan.stale"));
    assert!(stale.message().ends_with("changed since: ada Lovelace"), "{stale}");
    assert_eq!(head(&lms).await, before);
}

async fn what_nobody_takes_back_says_what_to_do(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let setting = SettingsChange::new().set("grace_days", "7").unwrap();
    lms.settings().set(&admin, setting).await.unwrap();
    let seq = head(&lms).await.seq.to_string();
    for refused in [
        lms.batches().plan_undo(&admin, &seq).await.unwrap_err(),
        lms.batches().show(&admin, &seq).await.unwrap_err(),
    ] {
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::Refused, "batch.not_undoable"));
        assert!(refused.hints()[0].contains("set the former values"), "{refused:?}");
    }
    for name in ["999", "nonsense", "0198f000-0000-7000-8000-000000000000"] {
        let unknown = lms.batches().plan_undo(&admin, name).await.unwrap_err();
        assert_eq!(unknown.code(), "batch.unknown", "{name}");
    }
}

async fn batches_are_listed_and_shown(engine: Engine) {
    let lms = company(engine).await;
    let reasoned = lms.admin().with_reason("they moved");
    let lisbon = change(PersonField::Location, "LIS");
    lms.people().edit(&reasoned, "ada@example.com", lisbon).await.unwrap();
    let seq = head(&lms).await.seq;
    undo(&lms, seq).await;

    let list = async |filter: BatchFilter| -> Vec<String> {
        let page = lms.batches().list(&lms.admin(), filter).await.unwrap();
        let told = page.items.iter().map(|batch| {
            let back = batch.undone_by.map(|by| format!(", taken back by {by}"));
            format!("{} {}{}", batch.kind, batch.n_records, back.unwrap_or_default())
        });
        told.collect()
    };
    let changed = format!("person.changed 1, taken back by {}", seq + 1);
    assert_eq!(
        list(BatchFilter::new()).await,
        ["batch.undone 1", &changed, "person.created 2", "unit.created 5"]
    );
    assert_eq!(list(BatchFilter::new().many(true)).await, ["person.created 2", "unit.created 5"]);
    assert_eq!(list(BatchFilter::new().kind("person.changed")).await, [changed]);
    assert_eq!(list(BatchFilter::new().actor("os:eve")).await, [""; 0]);
    let page = lms.batches().list(&lms.admin(), BatchFilter::new().limit(3)).await.unwrap();
    let rest = BatchFilter::new().cursor(&page.next.unwrap());
    assert_eq!(list(rest).await, ["unit.created 5"]);

    let detail = lms.batches().show(&lms.admin(), &seq.to_string()).await.unwrap();
    assert_eq!(detail.batch.reason.as_deref(), Some("they moved"));
    assert_eq!(detail.samples.len(), 1);
    assert_eq!(detail.samples[0].subject, "ada Lovelace");
    assert_eq!(detail.samples[0].changed[0].after.as_deref(), Some("LIS"));
}

/// Does anything to anybody; what cannot be is refused and does nothing.
async fn anything(lms: &TestLms, dice: &mut Dice, n: usize) {
    let (people, admin) = (lms.people(), lms.admin());
    let who = dice.one(&["ada@example.com", "bob@example.com", "cy@example.com", "di@example.com"]);
    let from = day(dice.one(&["2025-03-01", "2026-02-01", "2026-05-01", "2026-08-01"]));
    let department = dice.one(&["ENG", "ENG-PLAT", "SALES"]);
    let change = PersonChange::new().from(from);
    let before = head(lms).await.seq;
    let did = match dice.below(12) {
        0 => {
            people.edit(&admin, who, change.set(PersonField::Department, department)).await.is_ok()
        }
        1 => {
            let change = change
                .set(PersonField::Manager, dice.one(&["ada@example.com", "di@example.com", ""]));
            people.edit(&admin, who, change.attribute("key", &n.to_string())).await.is_ok()
        }
        2 => {
            let change =
                change.set(PersonField::LastName, dice.one(&["Nowak", "Baker", "Łukasik"]));
            people.edit(&admin, who, change.set(PersonField::JobTitle, "Lead")).await.is_ok()
        }
        3 => people.deactivate(&admin, who, from, None).await.is_ok(),
        4 => people.reactivate(&admin, who, from).await.is_ok(),
        5 => people.add_leave(&admin, who, from, None, None).await.is_ok(),
        6 => {
            let who = PersonFilter::new().department(department);
            let change = change.set(PersonField::Location, dice.one(&["BER", "LIS", ""]));
            let plan = people.plan_edit_all(&admin, who, change).await.unwrap();
            people.edit_all(&admin, plan).await.is_ok()
        }
        7 => {
            let merged = [dice.one(&["ENG", "ENG-PLAT"]).to_owned()];
            let merge = Reorganisation::merge(UnitKind::Department, &merged, "SALES").from(from);
            match people.plan_reorganisation(&admin, merge).await {
                Ok(plan) => people.reorganise(&admin, plan).await.is_ok(),
                Err(_) => false,
            }
        }
        8 => {
            let group = GroupChange::new().from(from).add_members([who]);
            let other = dice.one(&["ada@example.com", "cy@example.com"]);
            people.edit_group(&admin, "COUNCIL", group.remove_members([other])).await.is_ok()
        }
        9 => {
            let audience =
                Audience::parse(dice.one(&["--location BER", "--location LIS"])).unwrap();
            let group = GroupChange::new().from(from).audience(audience).name(&format!("No {n}"));
            people.edit_group(&admin, "PLACE", group).await.is_ok()
        }
        10 => {
            let group = dice.one(&["COUNCIL", "PLACE"]);
            people.remove_group(&admin, group, Some(from)).await.is_ok()
        }
        _ => people.add(&admin, vec![person(&format!("p{n}"), "New")]).await.is_ok(),
    };
    assert!(did || head(lms).await.seq == before, "what is refused does nothing");
}

async fn what_nobody_touched_is_as_before_whatever_was_done(engine: Engine) {
    let lms = company(engine).await;
    let cy = person("cy", "Fox").set(PersonField::Manager, "bob@example.com");
    lms.people().add(&lms.admin(), vec![cy, person("di", "Ode")]).await.unwrap();
    let council = NewGroup::fixed("COUNCIL", "Council").members(["bob@example.com"]);
    lms.people().add_group(&lms.admin(), council).await.unwrap();
    let place = NewGroup::saved("PLACE", "Place", Audience::parse("--location BER").unwrap());
    lms.people().add_group(&lms.admin(), place).await.unwrap();
    let mut dice = Dice::new(7);
    let mut n_undone = 0;
    for round in 0..60 {
        anything(&lms, &mut dice, round).await;
        let known = instant(&lms);
        let then = as_known(&lms, known).await;
        let (before, first) = (observed(&lms).await, head(&lms).await.seq);
        anything(&lms, &mut dice, 100 + round).await;
        let seq = head(&lms).await.seq;
        if seq == first {
            continue;
        }
        let outcome = undo(&lms, seq).await;
        assert_eq!((outcome.parts.kept, outcome.parts.blocked), (Vec::new(), Vec::new()));
        assert_eq!(observed(&lms).await, before, "round {round}");
        assert_eq!(as_known(&lms, known).await, then, "round {round}");
        n_undone += 1;
    }
    assert!(n_undone > 20, "{n_undone}");
}

/// Where people were on several days, as it was known at an instant.
async fn as_known(lms: &TestLms, instant: Timestamp) -> Vec<String> {
    let mut seen = Vec::new();
    for on in ["2025-06-01", "2026-03-31", "2026-06-15", "2027-01-01"] {
        let filter = PersonFilter::new().as_of(day(on)).known_at(instant);
        for person in lms.people().list(&lms.admin(), filter).await.unwrap().items {
            let place = (person.id, person.status, person.department, person.location);
            seen.push(format!("{on} {place:?} {:?}", person.manager));
        }
    }
    seen
}
