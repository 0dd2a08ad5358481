//! What looks like an accident stops, with its figures, until somebody says the very number.

use std::fmt::Write as _;

use lms_core::{Acceptance, Engine, Error, ErrorKind, PeopleImport};

use super::{HEADER, company, from_hr, full, import, person, plan, try_import};
use crate::support::engines::on_both_engines;
use crate::support::looks::head;

on_both_engines! {
    many_who_are_deactivated_stop_it_until_the_number_is_said,
    a_department_is_looked_at_by_itself,
    a_file_that_is_cut_off_stops_it,
    many_new_addresses_and_managers_who_vanish_stop_it,
    a_department_that_empties_stops_it,
    other_columns_stop_it,
    a_file_that_looks_otherwise_stops_before_it_is_planned,
    corrected_rows_are_few_and_stop_nothing,
}

/// People 1 to `n`, each line as `line` says.
fn file(n: usize, line: impl Fn(usize) -> String) -> String {
    let mut file = HEADER.to_owned();
    for number in 1..=n {
        let _ = writeln!(file, "{}", line(number));
    }
    file
}

fn usual(n: usize) -> String {
    let department = if n.is_multiple_of(2) { "ENG" } else { "SALES" };
    let manager = if n == 1 { "" } else { "1" };
    format!("{n},p{n}@x.org,First{n},Last{n},{department},{manager},2020-01-01,active")
}

fn accepting(options: PeopleImport, what: &str) -> PeopleImport {
    options.accept(Acceptance::parse(what).unwrap())
}

#[track_caller]
fn assert_guarded(refused: &Error, accept: &str) {
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Refused, "import.guarded"));
    let told = refused.hints().join(" ");
    assert!(told.contains(&format!("--accept {accept}")), "{refused}: {told}");
}

async fn many_who_are_deactivated_stop_it_until_the_number_is_said(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, from_hr(), &file(40, usual)).await;
    let leaving = |n: usize| {
        let line = usual(n);
        if n > 34 { line.replace("active", "inactive") } else { line }
    };
    let before = head(&lms).await;
    let refused = try_import(&lms, from_hr(), &file(40, leaving)).await.unwrap_err();
    assert_guarded(&refused, "deactivate=6");
    assert!(refused.message().contains("6 of 40 people"), "{refused}");
    assert_eq!(head(&lms).await, before, "nothing was imported");
    let planned = plan(&lms, from_hr(), &file(40, leaving)).await;
    assert_eq!(planned.guards[0].accept, "deactivate=6");
    for wrong in ["deactivate=5", "deactivate=7", "emails=6"] {
        let refused = try_import(&lms, accepting(from_hr(), wrong), &file(40, leaving)).await;
        assert_guarded(&refused.unwrap_err(), "deactivate=6");
    }
    let done = import(&lms, accepting(from_hr(), "deactivate=6"), &file(40, leaving)).await;
    let kept = lms.imports().show(&lms.admin(), "last").await.unwrap();
    assert_eq!(kept.run.accepted, ["deactivate=6"]);
    assert_eq!(done.plan.counts.deactivate, 6);
    assert!(person(&lms, "40").await.terminated_on.is_some());
}

async fn a_department_is_looked_at_by_itself(engine: Engine) {
    let lms = company(engine).await;
    // Of 140 people, 7 are few; of the 20 in Sales they are not.
    let line = |n: usize| {
        let department = if n <= 20 { "SALES" } else { "ENG" };
        format!("{n},p{n}@x.org,First{n},Last{n},{department},,2020-01-01,active")
    };
    import(&lms, from_hr(), &file(140, line)).await;
    let leaving = |n: usize| if n <= 7 { line(n).replace("active", "inactive") } else { line(n) };
    let refused = try_import(&lms, from_hr(), &file(140, leaving)).await.unwrap_err();
    assert_guarded(&refused, "deactivate@SALES=7");
    let options = accepting(from_hr(), "deactivate@SALES=7");
    assert_eq!(import(&lms, options, &file(140, leaving)).await.plan.counts.deactivate, 7);
}

async fn a_file_that_is_cut_off_stops_it(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, full(), &file(20, usual)).await;
    assert_guarded(&try_import(&lms, full(), &file(13, usual)).await.unwrap_err(), "rows=13");
    import(&lms, full(), &file(14, usual)).await;
    let empty = try_import(&lms, full(), HEADER).await.unwrap_err();
    assert!(empty.code() == "import.guarded" || empty.kind() == ErrorKind::Invalid, "{empty}");
    import(&lms, accepting(full(), "rows=9"), &file(9, usual)).await;
}

async fn many_new_addresses_and_managers_who_vanish_stop_it(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, from_hr(), &file(10, usual)).await;
    let renamed = |n: usize| {
        if n <= 3 { usual(n).replace("@x.org", "@y.org") } else { usual(n) }
    };
    let refused = try_import(&lms, from_hr(), &file(10, renamed)).await.unwrap_err();
    assert_guarded(&refused, "emails=3");
    let done = import(&lms, accepting(from_hr(), "emails=3"), &file(10, renamed)).await;
    assert_eq!(done.plan.counts.update, 3);
}

async fn a_department_that_empties_stops_it(engine: Engine) {
    let lms = company(engine).await;
    let line = |n: usize, department: &str| {
        let department = if n <= 4 { department } else { "ENG" };
        format!("{n},p{n}@x.org,First{n},Last{n},{department},,2020-01-01,active")
    };
    import(&lms, from_hr(), &file(10, |n| line(n, "SALES"))).await;
    let options = || accepting(from_hr().create_units(), "contract=1");
    let moved = file(10, |n| line(n, "Vertrieb"));
    let refused = try_import(&lms, options(), &moved).await.unwrap_err();
    assert_guarded(&refused, "departments=4");
    let done = import(&lms, accepting(options(), "departments=4"), &moved).await;
    assert_eq!(done.plan.counts.moved, 4);
}

async fn other_columns_stop_it(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, from_hr(), "employee_number,first_name,last_name,email\n1,Ada,Lovelace,a@x.org\n")
        .await;
    let other = "employee_number,first_name,last_name,job_title\n1,Ada,Lovelace,Lead\n";
    let refused = try_import(&lms, from_hr(), other).await.unwrap_err();
    assert_guarded(&refused, "columns=2");
    assert!(refused.message().contains("+job_title, -email"), "{refused}");
    import(&lms, accepting(from_hr(), "columns=2"), other).await;
    import(&lms, from_hr(), other).await;
}

async fn a_file_that_looks_otherwise_stops_before_it_is_planned(engine: Engine) {
    let lms = company(engine).await;
    let line = |n: usize| format!("00{n},p{n}@x.org,First{n},Last{n},ENG,,,");
    import(&lms, from_hr(), &file(5, line)).await;
    let bare = file(5, |n| line(n).trim_start_matches('0').to_owned());
    let refused = try_import(&lms, from_hr(), &bare).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Refused, "import.contract"));
    assert!(refused.message().contains("leading zeros"), "{refused}");
    assert!(refused.hints().iter().any(|hint| hint.contains("--accept contract=1")));
    let renamed = file(5, |n| line(n).replace("ENG", "Eng."));
    let refused = try_import(&lms, from_hr(), &renamed).await.unwrap_err();
    assert!(refused.message().contains("was it renamed?"), "{refused}");
}

async fn corrected_rows_are_few_and_stop_nothing(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, full(), &file(20, usual)).await;
    let header = HEADER.trim_end();
    let corrected = format!(
        "{header},_row,_code,_message,_hint\n21,p21@x.org,Nia,New,ENG,,,,7,people.unit_unknown,no,none\n"
    );
    let done = import(&lms, from_hr(), &corrected).await;
    assert_eq!(done.plan.counts.create, 1);
    // The next whole file is held against the last whole one.
    assert_guarded(&try_import(&lms, full(), &file(3, usual)).await.unwrap_err(), "rows=3");
}
