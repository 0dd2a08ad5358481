//! Golden cases of the whole engine: rules and a person in words, days that pass one by one, and
//! what stands in the end.
//!
//! A line of what is expected reads: cycle, status, due day, kind unless it is mandatory, and how
//! long it covers. `testing.rs` says how stories are written.

use super::testing::Story;

/// Tells each story of a table and compares: a story, `=>` what is expected, `#` why.
pub(super) fn check(common: &str, table: &str) {
    let (mut wrong, mut begun, mut n_told) = (Vec::new(), String::new(), 0);
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        begun += line;
        let Some((story, expected)) = begun.split_once("=>") else { continue };
        let (expected, why) = expected.split_once('#').unwrap();
        let shown = Story::read(&format!("{common}; {story}")).told().shown();
        if shown != expected.trim() {
            wrong.push(format!("{why}: {story}\n  expected{expected}\n  is       {shown}"));
        }
        begun.clear();
        n_told += 1;
    }
    assert!(wrong.is_empty(), "\n{common}\n{}", wrong.join("\n"));
    assert!(begun.is_empty() && n_told > 0, "a row without an end: {begun}");
}

#[test]
fn due_days_from_every_anchor() {
    check(
        "hired 2026-01-31..; in 1 2026-02-10..; since 2026-02-20",
        "
        rule 1 mandatory due assigned+30; today 2026-02-20 => 1 assigned 2026-03-22 # assignment
        rule 1 mandatory due hire+60; today 2026-02-20 => 1 assigned 2026-04-01 # hire
        rule 1 mandatory due joined+30; today 2026-02-20 => 1 assigned 2026-03-12 # joining
        rule 1 mandatory due 2026-12-31; today 2026-02-20 => 1 assigned 2026-12-31 # a day
        rule 1 mandatory due 12-01; today 2026-02-20 => 1 assigned 2026-12-01 # every year
        rule 1 mandatory due 02-20; today 2026-02-20 => 1 due_soon 2026-02-20 # today is in time
        rule 1 mandatory due 02-19; today 2026-02-20 => 1 assigned 2027-02-19 # next year
        rule 1 mandatory due 02-29; today 2026-02-20 => 1 due_soon 2026-02-28 # 29 February, clamped
        rule 1 mandatory; today 2026-02-20 => 1 assigned - # whenever
        rule 1 mandatory due t1+10; today 2026-02-20 => 1 assigned - # the other is not done yet
        rule 1 mandatory due t1+10; done 2026-02-22 of 1; today 2026-02-25
            => 1 due_soon 2026-03-04 # done
        rule 1 mandatory due t1+10; done 2026-02-22 of 1; done 2026-02-24 of 1; today 2026-02-25
            => 1 due_soon 2026-03-04 # done again moves nothing
        rule 1 mandatory due t1+30; done 2025-02-22 of 1; today 2026-02-20
            => 1 due_soon 2026-03-06 # done long before: past, so extended
        rule 1 mandatory due t1+30; done 2026-02-01 of 1; today 2026-02-20
            => 1 due_soon 2026-03-03 # done before joining, and not past
        ",
    );
}

#[test]
fn nothing_begins_overdue() {
    check(
        "hired 2020-01-01..; in 1 2020-01-01..; since 2026-02-20; today 2026-02-20",
        "
        rule 1 mandatory due hire+14 => 1 due_soon 2026-03-06 # a fortnight, unless said otherwise
        rule 1 mandatory due hire+14 past 30 => 1 assigned 2026-03-22 # as the rule says
        rule 1 mandatory due hire+14 past 0 => 1 due_soon 2026-02-20 # today
        rule 1 mandatory due hire+14 past anyway => 1 overdue 2020-01-15 # wanted so
        rule 1 mandatory due hire+14 past park => parked # somebody has to decide
        rule 1 mandatory due 2026-02-19 past park => parked # yesterday
        rule 1 mandatory due 2026-02-20 past park => 1 due_soon 2026-02-20 # today
        rule 1 mandatory due joined+90 => 1 due_soon 2026-03-06 # members of long ago are met
        rule 1 mandatory due hire+14 past park; decided 1 due 2026-04-01
            => 1 assigned 2026-04-01 # a day was decided
        rule 1 mandatory due hire+14 past park; decided 1 => 1 assigned - # without a day
        rule 1 mandatory due hire+14 past park; exempt 2026-01-01.. => exempt # exempt is not parked
        ",
    );
    check(
        "in 1 2020-01-01..; since 2026-02-20; today 2026-02-20",
        "
        rule 1 mandatory due hire+14 => 1 due_soon 2026-03-06 # hire unknown: extended
        rule 1 mandatory due hire+14 past anyway => 1 assigned - # hire unknown: no due day
        rule 1 mandatory due hire+14 past park => parked # hire unknown
        ",
    );
    check(
        "hired 2020-01-01..; in 1 2020-01-01..; since 2026-02-20",
        "
        rule 1 mandatory due hire+14; today 2026-03-06
            => 1 due_soon 2026-03-06 # stays on later days
        rule 1 mandatory due hire+14; today 2026-03-07 => 1 overdue 2026-03-06 # and passes
        rule 1 mandatory due hire+14 grace 7; today 2026-03-07 => 1 late 2026-03-06 # in grace
        rule 1 mandatory due hire+14 grace 7; today 2026-03-13 => 1 late 2026-03-06 # its last day
        rule 1 mandatory due hire+14 grace 7; today 2026-03-14 => 1 overdue 2026-03-06 # past grace
        ",
    );
}

#[test]
fn audiences_are_states_and_not_moments() {
    check(
        "hired 2026-01-01..; rule 1 mandatory due assigned+30; since 2026-01-01",
        "
        in 1 2026-03-01..; today 2026-02-28 =>  # not yet
        in 1 2026-03-01..; today 2026-03-01 => 1 assigned 2026-03-31 # on the day
        in 1 2026-03-01..; today 2026-03-20 => 1 due_soon 2026-03-31 # since then
        in 1 2026-01-01.. known 2026-03-10; today 2026-03-09 =>  # recorded late
        in 1 2026-01-01.. known 2026-03-10; today 2026-03-10 => 1 assigned 2026-04-09 # known now
        in 1 2026-01-01..2026-02-01; today 2026-01-31 => 1 due_soon 2026-01-31 # the last day of it
        in 1 2026-01-01..2026-01-15; today 2026-01-15 => 1 cancelled 2026-01-31 # not begun
        in 1 2026-01-01..2026-01-15; started 2026-01-10; today 2026-01-15
            => 1 in_progress - optional # begun: may be finished
        in 1 2026-01-01..2026-01-15; started 2026-01-10; done 2026-01-20; today 2026-01-21
            => 1 completed - optional # and is
        in 1 2026-01-01..2026-01-15; done 2026-01-10; today 2026-02-15
            => 1 completed 2026-01-31 # done stays
        in 1 2026-01-01..2026-01-15; in 1 2026-01-20..; today 2026-01-20
            => 1 cancelled 2026-01-31; 2 assigned 2026-02-19 # there and back: begins anew
        in 1 2026-01-01..2026-01-15; in 1 2026-01-20..; started 2026-01-10; today 2026-01-20
            => 1 in_progress 2026-02-19 # there and back with something begun
        in 1 2026-01-01..2026-01-15; in 1 2026-01-20..; done 2026-01-10; today 2026-01-20
            => 1 completed 2026-01-31 # there and back with a completion
        ",
    );
    check(
        "hired 2026-01-01..; since 2026-01-01; in 1 2026-01-01..2026-01-15; today 2026-01-16",
        "
        rule 1 mandatory due assigned+30 leaving keep => 1 assigned 2026-01-31 # kept
        rule 1 mandatory due assigned+30 leaving optional
            => 1 assigned - optional # not begun, optional
        rule 1 mandatory due assigned+30 leaving cancel; started 2026-01-05
            => 1 cancelled 2026-01-31 # begun, cancelled
        ",
    );
    check(
        "hired 2026-01-01..; since 2026-01-01; in 1 2026-01-01..; today 2026-02-10",
        "
        rule 1 mandatory due assigned+60 from 2026-02-01 => 1 assigned 2026-04-02 # from a day
        rule 1 mandatory due assigned+60 ends 2026-02-10 => 1 cancelled 2026-03-02 # until a day
        rule 1 mandatory due assigned+60 ends 2026-02-11 => 1 assigned 2026-03-02 # its last day
        rule 1 mandatory due assigned+60 paused =>  # a paused rule gives nothing
        rule 1 mandatory due assigned+60; closed => not_eligible # an archived training is not given
        ",
    );
}

#[test]
fn people_come_go_and_come_again() {
    check(
        "rule 1 mandatory due hire+30; since 2026-01-01",
        "
        hired 2026-02-01..; in 1 2026-01-15..; today 2026-01-20
            => 1 assigned 2026-03-03 # before the first day
        hired 2026-01-01..2026-01-20; in 1 2026-01-01..; today 2026-01-19
            => 1 due_soon 2026-01-31 # last day
        hired 2026-01-01..2026-01-20; in 1 2026-01-01..; today 2026-01-20
            => 1 cancelled 2026-01-31 # gone
        hired 2026-01-01..2026-01-20; in 1 2026-01-01..; started 2026-01-05; today 2026-01-20
            => 1 cancelled 2026-01-31 # gone, whatever was begun
        hired 2026-01-01..2026-01-20; in 1 2026-01-01..; done 2026-01-10; today 2026-03-20
            => 1 completed 2026-01-31 # what was done stays
        hired 2026-01-01..2026-01-20; hired 2026-06-01..; in 1 2026-01-01..2026-01-20; in 1 2026-06-01..; today 2026-06-01
            => 1 cancelled 2026-01-31; 2 assigned 2026-07-01 # from the new hire day
        hired 2026-01-01..2026-01-20; hired 2026-06-01..; in 1 2026-01-01..2026-01-20; in 1 2026-06-01..; done 2026-01-10; today 2026-06-01
            => 1 completed 2026-01-31 # it still counts
        ",
    );
    check(
        "hired 2026-01-01..2026-01-20; hired 2026-06-01..; in 1 2026-01-01..2026-01-20; in 1 2026-06-01..; done 2026-01-10; since 2026-01-01; today 2026-06-01",
        "
        rule 1 mandatory due hire+30 credit_months 3
            => 1 completed 2026-01-31; 2 assigned 2026-07-01 # too old
        rule 1 mandatory due hire+30 credit_months 5 => 1 completed 2026-01-31 # recent enough
        rule 1 mandatory due hire+30 credit_since 2026-05-01
            => 1 completed 2026-01-31; 2 assigned 2026-07-01 # before the day
        ",
    );
}

#[test]
fn what_was_done_before_it_was_wanted_counts() {
    check(
        "hired 2026-01-01..; since 2026-01-01; rule 1 mandatory due assigned+30 renew completion 12 window 1m",
        "
        in 1 2026-03-01..; done 2025-06-01; today 2026-02-28 =>  # nobody wants it
        in 1 2026-03-01..; done 2025-06-01; today 2026-03-01
            => 1 completed - covers 2026-06-01 # from the day on which it is wanted
        in 1 2026-03-01..; done 2025-06-01; today 2026-05-01
            => 1 completed - covers 2026-06-01; 2 assigned 2026-06-01 # renewed like any other
        in 1 2026-03-01..; done 2025-06-01; today 2026-06-02
            => 1 expired - covers 2026-06-01; 2 overdue 2026-06-01 # and runs out
        in 1 2026-03-01..; done 2025-06-01; done 2026-05-10; today 2026-06-02
            => 1 expired - covers 2026-06-01; 2 completed 2026-06-01 covers 2027-05-10 # done again
        in 1 2026-03-01..; done 2025-06-01; done 2026-03-10; today 2026-06-02
            => 1 completed - covers 2027-03-10 # before its time
        in 1 2026-03-01..; in 1 2026-02-01..2026-02-10; done 2025-06-01; today 2026-03-01
            => 1 completed - covers 2026-06-01 # there and back: once
        in 1 2026-03-01..; done 2025-06-01; exempt 2026-02-01..2026-04-01; today 2026-03-20
            => exempt # exempt is exempt
        in 1 2026-03-01..; done 2025-06-01; exempt 2026-02-01..2026-04-01; today 2026-04-01
            => 1 completed - covers 2026-06-01 # and then it counts
        in 1 2026-03-01..; in 9 2026-01-10..; order 9 optional; done 2026-02-01; today 2026-03-01
            => 1 completed - optional; 2 completed - covers 2027-02-01 # done because of somebody else
        ",
    );
}

#[test]
fn what_nobody_wants_any_more_does_not_run_out() {
    check(
        "hired 2026-01-01..; since 2026-01-01; done 2026-01-10",
        "
        rule 1 mandatory due assigned+30 renew completion 12; in 1 2026-01-01..; today 2027-01-11
            => 1 expired 2026-01-31 covers 2027-01-10; 2 overdue 2027-01-10 # wanted
        rule 1 mandatory due assigned+30 renew completion 12; in 1 2026-01-01..2026-06-01; today 2027-01-11
            => 1 completed 2026-01-31 # no longer
        rule 1 mandatory due assigned+30 renew completion 12; in 1 2026-01-01..2026-06-01;
        in 1 2026-09-01..; today 2026-09-01
            => 1 completed 2026-01-31 covers 2027-01-10 # wanted again
        rule 1 mandatory due assigned+30 renew completion 12 window 1m; in 1 2026-01-01..2026-12-20; today 2027-01-11
            => 1 completed 2026-01-31; 2 cancelled 2027-01-10 # in the window
        rule 1 mandatory due assigned+30 renew completion 12; in 1 2026-01-01..2026-06-01;
        rule 2 mandatory due assigned+60 renew completion 24; in 2 2026-01-01..; today 2027-01-11
            => 1 completed 2026-01-31 covers 2028-01-10 # the other still does
        rule 1 mandatory due assigned+30 renew completion 12 ends 2026-06-01; in 1 2026-01-01..; today 2027-01-11
            => 1 completed 2026-01-31 # the rule has ended
        ",
    );
}

#[test]
fn earlier_completions_count_as_the_rule_says() {
    check(
        "hired 2026-01-01..; in 1 2026-03-31..; since 2026-03-31; today 2026-03-31",
        "
        rule 1 mandatory due assigned+30; done 2019-05-05 => 1 completed - # any
        rule 1 mandatory due assigned+30 credit_months 6; done 2025-09-30
            => 1 completed - # six months
        rule 1 mandatory due assigned+30 credit_months 6; done 2025-09-29
            => 1 assigned 2026-04-30 # more
        rule 1 mandatory due assigned+30 credit_months 1; done 2026-02-28
            => 1 completed - # clamped
        rule 1 mandatory due assigned+30 credit_since 2026-01-01; done 2026-01-01
            => 1 completed - # since
        rule 1 mandatory due assigned+30 credit_since 2026-01-01; done 2025-12-31
            => 1 assigned 2026-04-30 # before
        rule 1 mandatory due assigned+30; done 2025-05-05 until 2026-03-31
            => 1 completed - covers 2026-03-31 # its last day
        rule 1 mandatory due assigned+30; done 2025-05-05 until 2026-03-30
            => 1 assigned 2026-04-30 # over
        rule 1 mandatory due assigned+30 renew completion 12; done 2025-06-01
            => 1 completed - covers 2026-06-01 # covers
        rule 1 mandatory due assigned+30 renew completion 12; done 2025-03-01
            => 1 assigned 2026-04-30 # ran out before anybody wanted it
        rule 1 mandatory due assigned+60 renew completion 12; done 2025-04-10
            => 1 completed - covers 2026-04-10; 2 due_soon 2026-04-10 # in the window: due when it runs out
        rule 1 mandatory due assigned+30 renew completion 12; done 2025-03-31
            => 1 completed - covers 2026-03-31; 2 due_soon 2026-03-31 # runs out today
        order 1 mandatory due assigned+30; done 2026-01-01 => already_complete # an order as well
        order 1 mandatory due assigned+30 again; done 2026-01-01
            => 1 assigned 2026-04-30 # unless again
        ",
    );
    check(
        "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01",
        "
        rule 1 mandatory due assigned+30 credit_months 1; done 2025-12-20; today 2027-01-01
            => 1 completed - # counted from joining: it does not grow too old
        order 1 mandatory due assigned+90 again; done 2025-12-20; done 2026-02-01; today 2026-03-01
            => 1 completed 2026-04-01 # again, and done
        ",
    );
}

#[test]
fn what_runs_out_at_once_is_owed_again_at_once() {
    check(
        "hired 2026-01-01..; in 1 2026-06-01..; in 2 2027-09-30..; rule 1 mandatory; rule 2 mandatory; \
         retrain v 2 announced 2027-09-02 by 2027-11-17; since 2027-09-01; today 2027-09-30",
        "
        done 2027-09-30 v 1 => 1 assigned 2027-11-17 # the old version, as another rule begins
        ",
    );
}
