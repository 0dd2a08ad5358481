//! Golden cases over time: versions, renewals, pauses, several reasons, and what happens when.

use super::golden::check;
use super::testing::Story;

#[test]
fn equivalents_and_versions() {
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; rule 1 mandatory due assigned+90; since 2026-01-01; today 2026-03-01",
        "
        equivalent 1 2020-01-01..; done 2025-01-01 of 1 => 1 completed - # counts for it
        equivalent 1 2025-01-01..2026-01-01; done 2025-01-01 of 1 => 1 completed - # first day
        equivalent 1 2025-01-02..2026-01-01; done 2025-01-01 of 1
            => 1 assigned 2026-04-01 # too early
        equivalent 1 2024-01-01..2025-01-01; done 2025-01-01 of 1
            => 1 assigned 2026-04-01 # no longer
        equivalent 1 2020-01-01..; done 2026-02-01 of 1
            => 1 completed 2026-04-01 # closes an obligation
        equivalent 1 2020-01-01..; done 2026-02-01 of 1; done 2026-01-15
            => 1 completed 2026-04-01 # both
        done 2025-01-01 of 1 => 1 assigned 2026-04-01 # another training does not
        ",
    );
    let retraining = "retrain v 2 announced 2026-02-01 by 2026-04-30";
    let cases = "
        done 2026-01-15; today 2026-01-31 => 1 completed 2026-04-01 # not announced yet
        done 2026-01-15; today 2026-02-01
            => 1 completed 2026-04-01 covers 2026-04-30; 2 assigned 2026-04-30 # announced
        done 2026-01-15; done 2026-03-01 v 2; today 2026-03-02
            => 1 completed 2026-04-01 covers 2026-04-30; 2 completed 2026-04-30 # done again
        done 2026-01-15; done 2026-03-01 v 1; today 2026-03-02
            => 1 completed 2026-04-01 covers 2026-04-30; 2 assigned 2026-04-30 # the old version will not do
        done 2026-01-15; today 2026-05-01
            => 1 expired 2026-04-01 covers 2026-04-30; 2 overdue 2026-04-30 # not done
        done 2026-01-15 v 2; today 2026-05-01 => 1 completed 2026-04-01 # had the new one already
        ";
    check(
        &format!(
            "hired 2026-01-01..; in 1 2026-01-01..; rule 1 mandatory due assigned+90; since 2026-01-01; {retraining}"
        ),
        cases,
    );
    check(
        &format!(
            "hired 2026-01-01..; in 1 2026-01-01..; rule 1 mandatory due assigned+90 renew expiry 12; since 2026-01-01; {retraining}; done 2026-01-15"
        ),
        "
        today 2026-02-01
            => 1 completed 2026-04-01 covers 2026-04-30; 2 assigned 2026-04-30 # before it expires
        done 2026-03-01 v 2; today 2027-03-01
            => 1 expired 2026-04-01 covers 2026-04-30; 2 completed 2026-04-30 covers 2027-04-01 # keeps the expiry: too early for the next year
        ",
    );
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; equivalent 1 2020-01-01..",
        "
        rule 1 mandatory due assigned+90; retrain v 5 announced 2026-01-01 by 2026-02-01; done 2025-06-01 of 1; today 2026-01-10
            => 1 completed - # versions of an equivalent are its own
        ",
    );
}

#[test]
fn renewals_open_the_next_cycle() {
    let common = "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; done 2026-01-10";
    check(
        &format!(
            "{common}; rule 1 mandatory due assigned+30 renew completion 12 window 30d grace 5"
        ),
        "
        today 2026-12-10 => 1 completed 2026-01-31 covers 2027-01-10 # before the window
        today 2026-12-11
            => 1 completed 2026-01-31 covers 2027-01-10; 2 assigned 2027-01-10 # its first day
        today 2027-01-10
            => 1 completed 2026-01-31 covers 2027-01-10; 2 due_soon 2027-01-10 # the last covered
        today 2027-01-11
            => 1 expired 2026-01-31 covers 2027-01-10; 2 late 2027-01-10 # expired, in grace
        today 2027-01-16 => 1 expired 2026-01-31 covers 2027-01-10; 2 overdue 2027-01-10 # overdue
        done 2026-12-20; today 2026-12-20
            => 1 completed 2026-01-31 covers 2027-01-10; 2 completed 2027-01-10 covers 2027-12-20 # in the window
        done 2026-06-01; today 2026-12-11
            => 1 completed 2026-01-31 covers 2027-06-01 # early: prolonged
        done 2027-02-01; today 2027-02-01
            => 1 expired 2026-01-31 covers 2027-01-10; 2 completed_late 2027-01-10 covers 2028-02-01 # late
        done 2026-12-20; done 2027-12-01; today 2027-12-01
            => 1 expired 2026-01-31 covers 2027-01-10; 2 completed 2027-01-10 covers 2027-12-20; 3 completed 2027-12-20 covers 2028-12-01 # and so on
        ",
    );
}

#[test]
fn renewals_from_the_expiry() {
    let common = "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; done 2026-01-10";
    check(
        &format!("{common}; rule 1 mandatory due assigned+30 renew expiry 12 window 2m"),
        "
        today 2026-11-29 => 1 completed 2026-01-31 covers 2027-01-31 # from the due day
        today 2026-11-30
            => 1 completed 2026-01-31 covers 2027-01-31; 2 assigned 2027-01-31 # two months before
        done 2026-12-05; today 2026-12-05
            => 1 completed 2026-01-31 covers 2027-01-31; 2 completed 2027-01-31 covers 2028-01-31 # nothing lost
        done 2026-06-01; today 2026-12-01
            => 1 completed 2026-01-31 covers 2027-01-31; 2 assigned 2027-01-31 # early does not count
        extended 2026-12-05 to 2027-03-15; today 2027-03-01
            => 1 expired 2026-01-31 covers 2027-01-31; 2 due_soon 2027-03-15 # extended
        extended 2026-12-05 to 2027-03-15; done 2027-01-20; today 2027-02-01
            => 1 expired 2026-01-31 covers 2027-01-31; 2 completed 2027-03-15 covers 2028-01-31 # the extension moves no later cycle
        ",
    );
}

#[test]
fn renewals_on_the_same_days_for_ever() {
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; rule 1 mandatory due 12-01 renew fixed 12 min 6 window 3m",
        "
        done 2026-08-15; today 2026-08-15
            => 1 completed 2026-12-01 covers 2027-12-01 # golden: August
        done 2026-08-15; done 2027-11-10; today 2027-11-10
            => 1 completed 2026-12-01 covers 2027-12-01; 2 completed 2027-12-01 covers 2028-12-01 # golden: November
        done 2026-08-15; done 2028-04-20; today 2028-04-20
            => 1 expired 2026-12-01 covers 2027-12-01; 2 completed_late 2027-12-01 covers 2028-12-01 # golden: lapsed
        done 2026-02-28; today 2026-03-01
            => 1 completed 2026-12-01 covers 2026-12-01 # golden: so early
        done 2026-02-28; today 2026-09-01
            => 1 completed 2026-12-01 covers 2026-12-01; 2 assigned 2026-12-01 # and due again this year
        ",
    );
    check(
        "hired 2024-01-01..; in 1 2024-01-01..; since 2024-02-01; rule 1 mandatory due 2024-02-29 renew expiry 12 window 20d",
        "
        done 2024-02-20; today 2025-02-10
            => 1 completed 2024-02-29 covers 2025-02-28; 2 assigned 2025-02-28 # 29 February, a year on
        done 2024-02-20; done 2025-02-20; done 2026-02-20; done 2027-02-20; today 2027-03-01
            => 1 expired 2024-02-29 covers 2025-02-28; 2 expired 2025-02-28 covers 2026-02-28; 3 expired 2026-02-28 covers 2027-02-28; 4 completed 2027-02-28 covers 2028-02-29 # comes back
        ",
    );
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; rule 1 mandatory due assigned+30",
        "
        done 2026-01-10 until 2026-06-30; today 2026-06-30
            => 1 completed 2026-01-31 covers 2026-06-30 # a licence
        done 2026-01-10 until 2026-06-30; today 2026-07-01
            => 1 expired 2026-01-31 covers 2026-06-30; 2 assigned 2026-07-31 # ran out: wanted like new
        ",
    );
}

#[test]
fn leaves_exemptions_and_waiting_stop_the_clock() {
    let common = "hired 2026-01-01..; in 1 2026-03-01..; since 2026-03-01";
    check(
        &format!("{common}; rule 1 mandatory due assigned+30"),
        "
        leave 2026-03-11..2026-06-01; today 2026-03-10 => 1 assigned 2026-03-31 # before the leave
        leave 2026-03-11..2026-06-01; today 2026-03-11 => 1 on_leave 2026-06-21 # 20 days were left
        leave 2026-03-11..2026-06-01; today 2026-06-01 => 1 assigned 2026-06-21 # back
        leave 2026-03-25..2026-06-01; today 2026-06-01
            => 1 due_soon 2026-06-15 # a fortnight at least
        leave 2026-03-11..; today 2026-12-31 => 1 on_leave 2026-03-31 # nobody knows when
        leave 2026-04-01..2026-06-01; today 2026-04-10
            => 1 overdue 2026-03-31 # was overdue: stays so
        leave 2026-04-01..2026-06-01; today 2026-06-10 => 1 overdue 2026-03-31 # also after it
        leave 2026-02-01..2026-03-21; today 2026-03-01 => 1 on_leave 2026-04-20 # assigned on leave
        leave 2026-02-01..2026-03-01; today 2026-03-01 => 1 assigned 2026-03-31 # over by then
        leave 2026-03-11..2026-03-21; leave 2026-03-21..2026-04-01; today 2026-04-01
            => 1 assigned 2026-04-21 # one leave straight into the next
        leave 2026-03-11..2026-03-21; leave 2026-03-15..2026-04-01; today 2026-04-01
            => 1 assigned 2026-04-21 # overlapping
        exempt 2026-03-11..2026-06-01; today 2026-03-20 => 1 exempt 2026-06-21 # exempt
        exempt 2026-03-11..2026-06-01; today 2026-06-01
            => 1 assigned 2026-06-21 # no longer: time is given back
        exempt 2026-03-01..2026-06-01; today 2026-03-20
            => exempt # exempt from the first day: nothing is made
        exempt 2026-03-01..2026-06-01; today 2026-06-01 => 1 assigned 2026-07-01 # and begins then
        exempt 2026-03-11..; today 2027-06-01 => 1 exempt 2026-03-31 # for good
        exempt 2026-03-11..2026-06-01; done 2026-04-01; today 2026-07-01
            => 1 completed 2026-06-21 # done all the same
        waits 2026-03-01..2026-05-01; today 2026-04-30 => 1 waitlisted 2026-03-31 # waits for a seat
        waits 2026-03-01..2026-05-01; today 2026-05-01
            => 1 assigned 2026-05-31 # has one: thirty days again
        leave 2026-03-11..2026-04-01; done 2026-03-20; today 2026-04-01
            => 1 completed 2026-04-21 # done on leave
        ",
    );
}

#[test]
fn leaves_that_do_not_stop_it_grace_and_extensions() {
    let common = "hired 2026-01-01..; in 1 2026-03-01..; since 2026-03-01";
    check(
        &format!("{common}; rule 1 mandatory due assigned+30 runs_on"),
        "
        leave 2026-03-11..2026-06-01; today 2026-03-20 => 1 due_soon 2026-03-31 # runs on
        leave 2026-03-11..2026-06-01; today 2026-04-01 => 1 overdue 2026-03-31 # and passes
        exempt 2026-03-11..2026-06-01; today 2026-03-20
            => 1 exempt 2026-06-21 # an exemption does stop it
        ",
    );
    check(
        &format!("{common}; rule 1 mandatory due assigned+30 grace 10"),
        "
        leave 2026-04-05..2026-06-01; today 2026-04-04 => 1 late 2026-03-31 # late
        leave 2026-04-05..2026-06-01; today 2026-04-05
            => 1 on_leave 2026-06-15 # not overdue yet: moves
        leave 2026-04-11..2026-06-01; today 2026-04-11 => 1 overdue 2026-03-31 # overdue on that day
        ",
    );
    check(
        &format!("{common}; rule 1 mandatory due assigned+30; extended 2026-03-10 to 2026-04-30"),
        "
        today 2026-03-09 => 1 assigned 2026-03-31 # not yet
        today 2026-03-10 => 1 assigned 2026-04-30 # extended
        today 2026-05-01 => 1 overdue 2026-04-30 # passes
        leave 2026-04-20..2026-05-01; today 2026-05-01 => 1 due_soon 2026-05-15 # and a leave later
        ",
    );
}

#[test]
fn two_rules_make_one_obligation() {
    let common = "hired 2026-01-01..; since 2026-01-01; rule 1 optional due assigned+60; rule 2 mandatory due assigned+20";
    check(
        common,
        "
        in 1 2026-01-01..; today 2026-01-01 => 1 assigned 2026-03-02 optional # one
        in 2 2026-01-01..; today 2026-01-01 => 1 assigned 2026-01-21 # the other
        in 1 2026-01-01..; in 2 2026-01-01..; today 2026-01-01 => 1 assigned 2026-01-21 # both
        in 1 2026-01-01..; in 2 2026-01-10..; today 2026-01-10
            => 1 assigned 2026-01-30 # strengthened
        in 1 2026-01-01..; in 2 2026-01-01..2026-01-10; today 2026-01-10
            => 1 assigned 2026-03-02 optional # computed back
        in 1 2026-01-01..2026-01-10; in 2 2026-01-01..; today 2026-01-10
            => 1 due_soon 2026-01-21 # the weak one goes
        in 1 2026-01-01..2026-01-10; in 2 2026-01-01..2026-01-11; today 2026-01-11
            => 1 cancelled 2026-01-21 # neither wants it
        in 1 2026-01-01..; in 2 2026-01-01..2026-01-10; started 2026-01-05; today 2026-01-10
            => 1 in_progress 2026-03-02 optional # begun, and one still wants it
        in 1 2026-01-01..; in 2 2026-01-01..; done 2026-01-05; today 2026-01-10
            => 1 completed 2026-01-21 # done
        ",
    );
    check(
        "hired 2026-01-01..; since 2026-01-01; in 1 2026-01-01..; in 2 2026-01-01..; done 2025-06-01",
        "
        rule 1 mandatory due assigned+60; rule 2 recommended due assigned+20 credit_months 3; today 2026-01-01
            => 1 assigned 2026-01-21 recommended # for one of them it is done already
        rule 1 mandatory due assigned+60 renew completion 12 window 30d; rule 2 mandatory due assigned+20 renew completion 24 window 30d; today 2026-05-02
            => 1 completed - covers 2026-06-01; 2 assigned 2026-06-01 # the stricter one renews first
        rule 1 mandatory due assigned+60 renew completion 12 window 30d; rule 2 mandatory due assigned+20 renew completion 24 window 30d; done 2026-05-20; today 2026-06-02
            => 1 expired - covers 2026-06-01; 2 completed 2026-06-01 covers 2027-05-20 # and covers both
        ",
    );
    check(
        "hired 2026-01-01..; since 2026-01-01; in 1 2026-01-01..2026-01-10; in 9 2026-01-01..; rule 1 mandatory due assigned+20; order 9 recommended due 2026-06-30",
        "
        today 2026-01-09 => 1 due_soon 2026-01-21 # a rule and a person
        today 2026-01-10 => 1 assigned 2026-06-30 recommended # what somebody ordered stays
        ",
    );
}

#[test]
fn cycles_keep_the_version_that_opened_them() {
    let common = "hired 2026-01-01..; since 2026-01-01; in 1 2026-01-01..";
    check(
        common,
        "
        rule 1 mandatory due assigned+30 v 1 renew completion 24; version 1 mandatory due assigned+30 v 2 renew completion 12; done 2026-01-10; today 2026-02-01
            => 1 completed 2026-01-31 covers 2027-01-10 # opened under the second
        ",
    );
    let opened = Story::read(&format!(
        "{common}; rule 1 mandatory due assigned+30 v 1 renew completion 24; today 2026-01-05"
    ))
    .told();
    for (later, expected) in [
        (
            "version 1 recommended due assigned+10 v 2 renew completion 12; today 2026-01-06",
            "1 assigned 2026-01-31",
        ),
        (
            "version 1 recommended due assigned+25 v 2 renew completion 12 moving; today 2026-01-06",
            "1 assigned 2026-01-26 recommended",
        ),
        (
            "version 1 mandatory due assigned+3 v 2 renew completion 12 moving; today 2026-01-06",
            "1 assigned 2026-01-31",
        ),
        (
            "version 1 recommended due assigned+10 v 2 renew completion 12; done 2026-01-06; today 2026-01-06",
            "1 completed 2026-01-31 covers 2028-01-06",
        ),
        (
            "version 1 mandatory due assigned+30 v 2 renew completion 12 moving; done 2026-01-06; today 2026-01-06",
            "1 completed 2026-01-31 covers 2028-01-06",
        ),
    ] {
        let mut story = Story::read(&format!(
            "{common}; rule 1 mandatory due assigned+30 v 1 renew completion 24; {later}"
        ));
        story.person.obligations = opened.facts.to_person(0).obligations;
        story.since_today();
        assert_eq!(story.told().shown(), expected, "{later}");
    }
}

#[test]
fn what_happens_has_its_own_day() {
    let common = "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; rule 1 mandatory due assigned+30 grace 5 renew completion 12 window 30d";
    for (story, expected) in [
        ("today 2026-03-01", "2026-01-01 Assigned 1; 2026-02-01 Late 1; 2026-02-06 Overdue 1"),
        ("done 2026-02-03; today 2026-03-01", "2026-01-01 Assigned 1; 2026-02-01 Late 1"),
        (
            "done 2026-01-10; today 2027-02-01",
            "2026-01-01 Assigned 1; 2026-12-11 WindowOpened 1; 2026-12-11 Assigned 2; 2027-01-11 Expired 1; 2027-01-11 Late 2; 2027-01-16 Overdue 2",
        ),
        (
            "done 2026-01-10; done 2026-12-20; today 2027-02-01",
            "2026-01-01 Assigned 1; 2026-12-11 WindowOpened 1; 2026-12-11 Assigned 2",
        ),
        ("leave 2026-01-20..; today 2026-05-01", "2026-01-01 Assigned 1"),
        (
            "leave 2026-02-02..2026-03-01; today 2026-03-16",
            "2026-01-01 Assigned 1; 2026-02-01 Late 1; 2026-03-16 Late 1",
        ),
        (
            "leave 2026-02-10..; today 2026-05-01",
            "2026-01-01 Assigned 1; 2026-02-01 Late 1; 2026-02-06 Overdue 1",
        ),
        (
            "exempt 2026-01-10..2026-03-01; today 2026-04-01",
            "2026-01-01 Assigned 1; 2026-02-15 ExemptionEnding 0; 2026-03-01 ExemptionEnded 0; 2026-03-23 Late 1; 2026-03-28 Overdue 1",
        ),
    ] {
        let told = Story::read(&format!("{common}; {story}")).told();
        assert_eq!(told.happened(), expected, "{story}");
    }
}

#[test]
fn orders_stand_until_they_are_withdrawn() {
    let common = "hired 2026-01-01..; since 2026-01-01; order 1 mandatory due 2026-02-01; in 1 2026-01-01..2026-01-02";
    check(
        common,
        "
        today 2026-01-20 => 1 due_soon 2026-02-01 # spoke once
        ",
    );
    let standing = Story::read(&format!("{common}; started 2026-01-05; today 2026-01-20")).told();
    let untouched = Story::read(&format!("{common}; today 2026-01-20")).told();
    for (facts, withdrawal, expected) in [
        (&untouched, "withdrawn 1", "1 cancelled 2026-02-01"),
        (&standing, "withdrawn 1", "1 due_soon 2026-02-01"),
        (&standing, "withdrawn 1 started", "1 cancelled 2026-02-01"),
        (&untouched, "withdrawn 2", "1 due_soon 2026-02-01"),
    ] {
        let mut story = Story::read(&format!("{common}; {withdrawal}; today 2026-01-21"));
        story.person.obligations = facts.facts.to_person(0).obligations;
        story.since_today();
        assert_eq!(story.told().shown(), expected, "{withdrawal}");
    }
}

#[test]
fn what_covers_nothing_settles_nothing() {
    check(
        "hired 2026-01-01..; in 1 2026-03-01..; rule 1 mandatory due assigned+90; since 2026-03-01; today 2026-03-10",
        "
        retrain v 2 announced 2026-01-01 by 2026-02-01; done 2026-03-05
            => 1 assigned 2026-05-30 # the old version
        retrain v 2 announced 2026-01-01 by 2026-02-01; done 2026-03-05 v 2
            => 1 completed 2026-05-30 # the new one
        done 2026-03-05 until 2026-03-04 => 1 assigned 2026-05-30 # evidence that had run out
        ",
    );
}
