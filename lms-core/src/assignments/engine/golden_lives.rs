//! Golden cases of lives: leaves, exemptions, moves between audiences, several rules, coming back.

use super::golden::check;

#[test]
fn leaves_move_only_what_would_be_due_too_soon() {
    let common = "hired 2026-01-01..; in 1 2026-03-01..; since 2026-03-01";
    check(
        &format!("{common}; rule 1 mandatory due assigned+30"),
        "
        leave 2026-03-02..2026-03-10; today 2026-03-10
            => 1 assigned 2026-03-31 # three weeks are left after the return
        leave 2026-03-02..2026-03-17; today 2026-03-17
            => 1 due_soon 2026-03-31 # a fortnight to the day
        leave 2026-03-02..2026-03-18; today 2026-03-18
            => 1 assigned 2026-04-16 # a day less: what was left at its start
        leave 2026-03-02..2026-03-10; today 2026-03-05
            => 1 on_leave 2026-03-31 # away, and nothing moves
        leave 2026-03-31..2026-04-30; today 2026-04-30
            => 1 due_soon 2026-05-14 # begins on the due day: a fortnight at least
        leave 2026-03-30..2026-03-31; today 2026-03-31
            => 1 due_soon 2026-04-14 # a day away
        leave 2026-03-06..2026-03-26; today 2026-03-26 => 1 assigned 2026-04-20 # the first of two
        leave 2026-03-06..2026-03-26; leave 2026-04-10..2026-05-10; today 2026-05-10
            => 1 due_soon 2026-05-24 # the second moves what the first has moved
        leave 2026-03-06..2026-03-26; leave 2026-03-28..; today 2026-08-01
            => 1 on_leave 2026-04-20 # away again, and nobody knows for how long
        leave 2026-03-11..2027-03-11; today 2027-03-11
            => 1 assigned 2027-03-31 # a year away
        leave 2026-04-01..2026-05-01; leave 2026-05-20..2026-06-20; today 2026-06-20
            => 1 overdue 2026-03-31 # overdue before both
        leave 2026-04-05..2026-04-20; done 2026-04-22; today 2026-04-22
            => 1 completed_late 2026-03-31 # overdue, then away, then done
        leave 2026-03-11..2026-06-01; extended 2026-03-05 to 2026-07-31; today 2026-06-01
            => 1 assigned 2026-07-31 # extended so far that the leave does not matter
        ",
    );
    check(
        &format!("{common}; rule 1 mandatory due assigned+30 grace 30"),
        "
        leave 2026-04-15..2026-05-15; today 2026-05-15
            => 1 due_soon 2026-05-29 # in grace when it began: nothing was left but a fortnight
        ",
    );
    check(
        &format!("{common}; rule 1 mandatory"),
        "
        leave 2026-03-11..2026-06-01; today 2026-04-01 => 1 on_leave - # due on no day
        leave 2026-03-11..2026-06-01; today 2026-06-01 => 1 assigned - # and back
        ",
    );
}

#[test]
fn leaves_and_renewals() {
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; done 2026-01-10; rule 1 mandatory due assigned+30 renew completion 12 window 30d",
        "
        leave 2026-12-20..2027-03-01; today 2026-12-25
            => 1 completed 2026-01-31 covers 2027-01-10; 2 on_leave 2027-03-22 # 21 days were left
        leave 2026-12-20..2027-03-01; today 2027-03-01
            => 1 expired 2026-01-31 covers 2027-01-10; 2 assigned 2027-03-22 # back, and covered no longer
        leave 2026-12-20..2027-03-01; done 2027-03-20; today 2027-03-20
            => 1 expired 2026-01-31 covers 2027-01-10; 2 completed 2027-03-22 covers 2028-03-20 # in time
        leave 2026-05-01..2026-08-01; today 2026-12-11
            => 1 completed 2026-01-31 covers 2027-01-10; 2 assigned 2027-01-10 # over long before
        ",
    );
}

#[test]
fn exemptions_over_the_due_day() {
    check(
        "hired 2026-01-01..; in 1 2026-03-01..; since 2026-03-01; rule 1 mandatory due assigned+30",
        "
        exempt 2026-03-21..2026-05-01; today 2026-04-15
            => 1 exempt 2026-05-15 # past the due day, and exempt
        exempt 2026-03-21..2026-05-01; today 2026-05-01 => 1 due_soon 2026-05-15 # and after it
        exempt 2026-04-10..2026-05-01; today 2026-04-20 => 1 exempt 2026-03-31 # was overdue
        exempt 2026-04-10..2026-05-01; today 2026-05-01 => 1 overdue 2026-03-31 # and is again
        exempt 2026-03-11..2026-04-01; leave 2026-04-01..2026-05-01; today 2026-05-01
            => 1 assigned 2026-05-21 # straight from one into the other: twenty days were left
        exempt 2026-03-11..2026-06-01; leave 2026-03-20..2026-04-20; today 2026-04-01
            => 1 exempt 2026-06-21 # exempt comes before on leave
        exempt 2026-03-02..2026-03-05; today 2026-03-05
            => 1 assigned 2026-03-31 # so short that nothing moves
        ",
    );
}

#[test]
fn moves_between_audiences() {
    check(
        "hired 2026-01-01..; since 2026-01-01; rule 1 mandatory due assigned+30; rule 2 mandatory due assigned+20",
        "
        in 1 2026-01-01..2026-01-15; in 2 2026-01-15..; today 2026-01-15
            => 1 assigned 2026-02-04 # from one to the other: one obligation
        in 1 2026-01-01..2026-01-15; in 2 2026-01-15..; started 2026-01-05; today 2026-01-15
            => 1 in_progress 2026-02-04 # begun under the one, wanted by the other
        in 1 2026-01-01..2026-01-15; in 2 2026-01-15..; done 2026-01-10; today 2026-01-15
            => 1 completed 2026-01-31; 2 completed - # done for the one counts for the other
        in 1 2026-01-01..2026-01-15; in 2 2026-01-16..; today 2026-01-16
            => 1 cancelled 2026-01-31; 2 assigned 2026-02-05 # a day in neither
        in 1 2026-01-01..2026-02-10; in 2 2026-02-10..; today 2026-02-09
            => 1 overdue 2026-01-31 # overdue where they were
        in 1 2026-01-01..2026-01-15; in 2 2026-01-15..2026-01-20; in 1 2026-01-20..; today 2026-01-20
            => 1 assigned 2026-02-19 # there and back
        in 1 2026-01-01..2026-01-15; today 2026-01-15
            => 1 cancelled 2026-01-31 # wanted nowhere
        ",
    );
}

#[test]
fn the_strongest_kind_and_the_earliest_day() {
    check(
        "hired 2026-01-01..; since 2026-01-01; in 1 2026-01-01..; rule 1 optional; rule 2 recommended due assigned+60; rule 3 mandatory due assigned+90",
        "
        today 2026-01-01 => 1 assigned - optional # one
        in 2 2026-01-01..; today 2026-01-01 => 1 assigned 2026-03-02 recommended # two
        in 2 2026-01-01..; in 3 2026-01-01..; today 2026-01-01
            => 1 assigned 2026-03-02 # three: the kind of one, the day of another
        in 2 2026-01-01..; in 3 2026-01-01..2026-01-20; today 2026-01-20
            => 1 assigned 2026-03-02 recommended # the strongest goes
        in 2 2026-01-01..2026-01-20; in 3 2026-01-01..; today 2026-01-20
            => 1 assigned 2026-04-01 # the earliest goes
        in 2 2026-01-01..2026-01-20; in 3 2026-01-01..2026-01-20; today 2026-01-20
            => 1 assigned - optional # both go
        in 2 2026-02-01..; in 3 2026-01-01..; today 2026-02-01
            => 1 assigned 2026-04-01 # what comes later is due later
        ",
    );
    check(
        "hired 2026-01-01..; since 2026-01-01; in 1 2026-01-01..; in 2 2026-01-01..; done 2026-01-20",
        "
        rule 1 mandatory due assigned+30 renew completion 12 window 30d; rule 2 mandatory due assigned+40; today 2026-02-01
            => 1 completed 2026-01-31 covers 2027-01-20 # one renews, one does not
        rule 1 mandatory due assigned+30 renew completion 12 window 30d; rule 2 recommended due assigned+40; today 2026-12-21
            => 1 completed 2026-01-31 covers 2027-01-20; 2 assigned 2027-01-20 # and only the one asks again
        rule 1 mandatory due assigned+30 of 0; rule 2 mandatory due assigned+20 of 1; today 2026-01-25
            => 1 completed 2026-01-31; [1] 1 overdue 2026-01-21 # two trainings are two obligations
        ",
    );
}

#[test]
fn credit_to_the_day() {
    check(
        "hired 2025-01-01..; since 2026-08-31; in 1 2026-08-31..; today 2026-08-31",
        "
        rule 1 mandatory due assigned+30 credit_months 6; done 2026-02-28
            => 1 completed - # six months back, clamped
        rule 1 mandatory due assigned+30 credit_months 6; done 2026-02-27
            => 1 assigned 2026-09-30 # a day more
        rule 1 mandatory due assigned+30 credit_months 6; done 2025-01-10; done 2026-05-01
            => 1 completed - # one of two is recent enough
        rule 1 mandatory due assigned+30 credit_since 2026-03-01; done 2026-03-01
            => 1 completed - # since that day
        rule 1 mandatory due assigned+30 credit_since 2026-03-01; done 2026-02-28
            => 1 assigned 2026-09-30 # the day before
        rule 1 mandatory due assigned+30 credit_since 2026-03-01 credit_months 3; done 2026-04-15
            => 1 assigned 2026-09-30 # recent enough for one, and not for the other
        rule 1 mandatory due assigned+30 credit_months 6; done 2026-02-27 of 1; equivalent 1 2020-01-01..
            => 1 assigned 2026-09-30 # an equivalent is as old as it is
        ",
    );
}

#[test]
fn whoever_comes_back() {
    let common = "hired 2025-01-01..2025-07-01; hired 2026-01-01..; in 1 2025-01-01..2025-07-01; in 1 2026-01-01..; since 2025-01-01";
    check(
        &format!("{common}; rule 1 mandatory due hire+30"),
        "
        today 2025-07-01 => 1 cancelled 2025-01-31 # overdue when they left, and closed
        today 2026-01-01
            => 1 cancelled 2025-01-31; 2 assigned 2026-01-31 # back: from the new first day
        done 2025-03-01; today 2026-01-01
            => 1 completed_late 2025-01-31 # late then, and it still counts
        done 2025-09-01; today 2026-01-01
            => 1 cancelled 2025-01-31; 2 completed - # done elsewhere in between: nothing to do
        ",
    );
    check(
        &format!("{common}; rule 1 mandatory due hire+30 renew completion 12 window 30d"),
        "
        done 2025-02-01; today 2026-01-01
            => 1 completed_late 2025-01-31 covers 2026-02-01 # covered on the first day
        done 2025-02-01; today 2026-01-02
            => 1 completed_late 2025-01-31 covers 2026-02-01; 2 assigned 2026-02-01 # and in the window on the second
        done 2025-02-01; done 2026-01-20; today 2026-01-20
            => 1 completed_late 2025-01-31 covers 2026-02-01; 2 completed 2026-02-01 covers 2027-01-20 # renewed
        ",
    );
}
