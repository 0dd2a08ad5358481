//! Golden cases of renewals over several cycles, and of what moves one cycle and not the next.

use super::golden::check;
use super::testing::{Story, Told};

#[test]
fn from_each_completion() {
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; rule 1 mandatory due assigned+30 renew completion 12 window 30d",
        "
        done 2026-01-20; done 2027-01-10; done 2028-01-05; today 2028-01-05
            => 1 expired 2026-01-31 covers 2027-01-20; 2 completed 2027-01-20 covers 2028-01-10; 3 completed 2028-01-10 covers 2029-01-05 # early each time: days are lost
        done 2026-01-20; done 2027-02-20; done 2028-03-20; today 2028-03-20
            => 1 expired 2026-01-31 covers 2027-01-20; 2 expired 2027-01-20 covers 2028-02-20; 3 completed_late 2028-02-20 covers 2029-03-20 # late each time
        done 2026-02-10; today 2026-02-10
            => 1 completed_late 2026-01-31 covers 2027-02-10 # late the first time
        done 2026-01-20; done 2027-01-20; today 2027-01-21
            => 1 expired 2026-01-31 covers 2027-01-20; 2 completed 2027-01-20 covers 2028-01-20 # on the last covered day
        ",
    );
}

#[test]
fn from_the_expiry_before() {
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; rule 1 mandatory due assigned+30 renew expiry 12 window 30d",
        "
        done 2026-01-10; done 2027-01-20; done 2028-01-05; today 2028-01-05
            => 1 expired 2026-01-31 covers 2027-01-31; 2 completed 2027-01-31 covers 2028-01-31; 3 completed 2028-01-31 covers 2029-01-31 # three cycles in the window
        done 2026-01-10; done 2027-01-31; today 2027-02-01
            => 1 expired 2026-01-31 covers 2027-01-31; 2 completed 2027-01-31 covers 2028-01-31 # on the last day nothing is lost
        done 2026-01-10; done 2027-01-02; today 2027-01-02
            => 1 completed 2026-01-31 covers 2027-01-31; 2 completed 2027-01-31 covers 2028-01-31 # on the second day of the window
        done 2026-01-10; done 2026-12-31; today 2027-01-01
            => 1 completed 2026-01-31 covers 2027-01-31; 2 assigned 2027-01-31 # the day before it: the expiry stays
        done 2026-01-10; done 2027-02-10; today 2027-02-10
            => 1 expired 2026-01-31 covers 2027-01-31; 2 completed_late 2027-01-31 covers 2028-02-10 # late: from the completion
        done 2026-01-10; done 2027-02-10; done 2028-01-20; today 2028-01-20
            => 1 expired 2026-01-31 covers 2027-01-31; 2 completed_late 2027-01-31 covers 2028-02-10; 3 completed 2028-02-10 covers 2029-02-10 # and on from there
        done 2026-02-05; today 2026-02-05
            => 1 completed_late 2026-01-31 covers 2027-02-05 # late the first time
        ",
    );
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; rule 1 mandatory renew expiry 12 window 30d",
        "
        done 2026-05-10; today 2026-05-10
            => 1 completed - covers 2027-05-10 # without a due day: from the completion
        ",
    );
    check(
        "hired 2024-01-01..; in 1 2024-01-01..; since 2024-02-01; rule 1 mandatory due 2024-02-29 renew expiry 12 window 20d",
        "
        done 2024-02-20; done 2025-02-20; done 2026-02-20; done 2027-02-20; today 2027-03-01
            => 1 expired 2024-02-29 covers 2025-02-28; 2 expired 2025-02-28 covers 2026-02-28; 3 expired 2026-02-28 covers 2027-02-28; 4 completed 2027-02-28 covers 2028-02-29 # 29 February comes back
        ",
    );
    check(
        "hired 2025-01-01..; in 1 2025-01-01..; since 2025-08-01; rule 1 mandatory due 2025-08-31 renew expiry 6 window 30d",
        "
        done 2025-08-20; done 2026-02-20; done 2026-08-20; today 2026-08-20
            => 1 expired 2025-08-31 covers 2026-02-28; 2 completed 2026-02-28 covers 2026-08-31; 3 completed 2026-08-31 covers 2027-02-28 # the 31st comes back after each February
        ",
    );
}

#[test]
fn on_the_same_days_for_ever() {
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; rule 1 mandatory due 12-01 renew fixed 12 min 6 window 3m",
        "
        done 2026-11-20; done 2027-10-01; done 2028-12-01; today 2028-12-01
            => 1 expired 2026-12-01 covers 2027-12-01; 2 completed 2027-12-01 covers 2028-12-01; 3 completed 2028-12-01 covers 2029-12-01 # three cycles
        done 2026-06-01; today 2026-06-01
            => 1 completed 2026-12-01 covers 2026-12-01 # six months before to the day
        done 2026-06-02; today 2026-06-02
            => 1 completed 2026-12-01 covers 2027-12-01 # a day later
        done 2026-11-20; done 2027-12-15; today 2027-12-15
            => 1 expired 2026-12-01 covers 2027-12-01; 2 completed_late 2027-12-01 covers 2028-12-01 # late by a fortnight
        done 2026-11-20; done 2028-06-01; today 2028-06-01
            => 1 expired 2026-12-01 covers 2027-12-01; 2 completed_late 2027-12-01 covers 2028-12-01 # late by six months
        done 2026-11-20; done 2028-06-02; today 2028-06-02
            => 1 expired 2026-12-01 covers 2027-12-01; 2 completed_late 2027-12-01 covers 2029-12-01 # a day more, and it covers a year and a half
        done 2026-12-10; today 2026-12-10
            => 1 completed_late 2026-12-01 covers 2027-12-01 # late the first time
        ",
    );
    check(
        "hired 2021-01-01..; in 1 2021-01-01..; since 2021-01-01; rule 1 mandatory due 2021-12-31 renew fixed 12 min 6 window 3m",
        "
        done 2021-02-28; today 2021-03-01
            => 1 completed 2021-12-31 covers 2021-12-31 # golden: February
        done 2021-07-30; today 2021-08-01
            => 1 completed 2021-12-31 covers 2022-12-31 # golden: July
        done 2021-06-30; today 2021-07-01
            => 1 completed 2021-12-31 covers 2021-12-31 # six months before, clamped
        done 2021-07-01; today 2021-07-01
            => 1 completed 2021-12-31 covers 2022-12-31 # a day later
        done 2021-07-30; today 2022-09-30
            => 1 completed 2021-12-31 covers 2022-12-31; 2 assigned 2022-12-31 # three months before, clamped
        ",
    );
    check(
        "hired 2025-01-01..; in 1 2025-01-01..; since 2025-08-01; rule 1 mandatory due 2025-08-31 renew fixed 6 min 3 window 1m",
        "
        done 2025-08-20; done 2026-02-10; done 2026-08-10; today 2026-08-10
            => 1 expired 2025-08-31 covers 2026-02-28; 2 completed 2026-02-28 covers 2026-08-31; 3 completed 2026-08-31 covers 2027-02-28 # clamped once, without drift
        ",
    );
}

#[test]
fn an_extension_moves_its_cycle_alone() {
    let common = "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01";
    check(
        &format!("{common}; rule 1 mandatory due assigned+30; extended 2026-02-05 to 2026-02-28"),
        "
        today 2026-02-04 => 1 overdue 2026-01-31 # overdue
        today 2026-02-05 => 1 assigned 2026-02-28 # and extended: in time again
        done 2026-02-20; today 2026-02-20 => 1 completed 2026-02-28 # done in time
        done 2026-03-02; today 2026-03-02 => 1 completed_late 2026-02-28 # late all the same
        ",
    );
    check(
        &format!(
            "{common}; rule 1 mandatory due assigned+30 renew expiry 12 window 30d; extended 2026-01-20 to 2026-02-28"
        ),
        "
        done 2026-01-25; today 2026-01-25
            => 1 completed 2026-02-28 covers 2027-01-31 # from the day that was asked for first
        done 2026-02-15; today 2026-02-15
            => 1 completed 2026-02-28 covers 2027-02-15 # later than that: from the completion
        ",
    );
    check(
        &format!(
            "{common}; rule 1 mandatory due 12-01 renew fixed 12 min 6 window 3m; extended 2026-11-15 to 2026-12-20"
        ),
        "
        done 2026-12-15; today 2026-12-15
            => 1 completed 2026-12-20 covers 2027-12-01 # the days stay the same
        ",
    );
    check(
        &format!(
            "{common}; rule 1 mandatory due assigned+30 grace 5; extended 2026-01-20 to 2026-02-28"
        ),
        "
        today 2026-03-05 => 1 late 2026-02-28 # grace is counted from the extension
        today 2026-03-06 => 1 overdue 2026-02-28 # and ends
        ",
    );
}

#[test]
fn a_new_version_asks_again() {
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; rule 1 mandatory due assigned+90; since 2026-01-01; retrain v 2 announced 2026-02-01 by 2026-04-30",
        "
        today 2026-02-05 => 1 assigned 2026-04-01 # not done yet: due as before
        done 2026-02-10 v 2; today 2026-02-10 => 1 completed 2026-04-01 # the new one at once
        done 2026-01-15; done 2026-01-20 v 2; today 2026-03-01
            => 1 completed 2026-04-01 # had both before it was announced
        done 2026-01-15; done 2026-04-30 v 2; today 2026-05-01
            => 1 expired 2026-04-01 covers 2026-04-30; 2 completed 2026-04-30 # on the last day
        done 2026-01-15; done 2026-05-02 v 2; today 2026-05-02
            => 1 expired 2026-04-01 covers 2026-04-30; 2 completed_late 2026-04-30 # late
        done 2026-01-15; done 2026-03-01 v 3; today 2026-03-02
            => 1 completed 2026-04-01 covers 2026-04-30; 2 completed 2026-04-30 # a later one will do
        ",
    );
}

/// What stands after a first part of the story, gone on with.
fn gone_on(opened: &Told, story: &str) -> Told {
    let mut story = Story::read(story);
    story.person.obligations = opened.facts.to_person(0).obligations;
    story.since_today();
    story.told()
}

#[test]
fn versions_of_a_rule_move_what_is_open_only_where_they_say_so() {
    let common = "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01";
    let first = "rule 1 mandatory due assigned+30 v 1 renew completion 24 window 30d";
    let opened = Story::read(&format!("{common}; {first}; today 2026-01-05")).told();
    assert_eq!(opened.shown(), "1 assigned 2026-01-31");
    for (later, expected) in [
        ("version 1 mandatory due assigned+60 v 2; today 2026-01-06", "1 assigned 2026-01-31"),
        (
            "version 1 mandatory due assigned+60 v 2 moving; today 2026-01-06",
            "1 assigned 2026-03-02",
        ),
        ("version 1 optional v 2; today 2026-01-06", "1 assigned 2026-01-31"),
        ("version 1 optional v 2 moving; today 2026-01-06", "1 assigned - optional"),
        (
            "version 1 mandatory due assigned+30 grace 10 v 2; today 2026-02-05",
            "1 overdue 2026-01-31",
        ),
        (
            "version 1 mandatory due assigned+30 grace 10 v 2 moving; today 2026-02-05",
            "1 late 2026-01-31",
        ),
        (
            "version 1 mandatory due 2026-06-30 v 2 moving; today 2026-02-05",
            "1 assigned 2026-06-30",
        ),
        (
            "version 1 mandatory due assigned+30 v 2 renew completion 6 window 30d; done 2026-01-20; today 2026-02-01",
            "1 completed 2026-01-31 covers 2028-01-20",
        ),
    ] {
        let told = gone_on(&opened, &format!("{common}; {first}; {later}"));
        assert_eq!(told.shown(), expected, "{later}");
    }
}

#[test]
fn the_next_cycle_has_the_terms_of_then() {
    let common = "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01";
    let first = "rule 1 mandatory due assigned+30 v 1 renew completion 12 window 30d";
    let second = "version 1 mandatory due assigned+30 grace 10 v 2 renew completion 6 window 30d";
    let done = "done 2026-01-20";
    let opened = Story::read(&format!("{common}; {first}; {done}; today 2026-06-01")).told();
    assert_eq!(opened.shown(), "1 completed 2026-01-31 covers 2027-01-20");
    let story = format!("{common}; {first}; {second}; {done}");
    let before = gone_on(&opened, &format!("{story}; today 2026-12-20"));
    assert_eq!(before.shown(), "1 completed 2026-01-31 covers 2027-01-20");
    let renewed = gone_on(&before, &format!("{story}; today 2026-12-21"));
    assert_eq!(renewed.shown(), "1 completed 2026-01-31 covers 2027-01-20; 2 assigned 2027-01-20");
    for (later, expected) in [
        ("today 2027-01-30", "1 expired 2026-01-31 covers 2027-01-20; 2 late 2027-01-20"),
        ("today 2027-01-31", "1 expired 2026-01-31 covers 2027-01-20; 2 overdue 2027-01-20"),
        (
            "done 2027-01-10; today 2027-01-10",
            "1 completed 2026-01-31 covers 2027-01-20; 2 completed 2027-01-20 covers 2027-07-10",
        ),
    ] {
        let told = gone_on(&renewed, &format!("{story}; {later}"));
        assert_eq!(told.shown(), expected, "{later}");
    }
}
