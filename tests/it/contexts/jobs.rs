//! Named jobs of which only one may run.

use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{Clock, Engine, ErrorKind, Timestamp};

use crate::support::engines::on_both_engines;
use crate::support::looks::another_handle;

on_both_engines! {
    the_second_is_told_who_runs_it_and_since_when,
    jobs_of_other_names_do_not_meet,
    what_was_released_is_free_at_once,
    a_dead_holder_is_replaced_when_its_time_is_over,
    renewing_holds_on_for_as_long_again,
    whoever_slept_through_their_end_finds_out,
    a_clock_that_was_set_back_keeps_nobody_waiting,
    of_many_at_once_one_wins,
}

const TTL: Duration = Duration::from_mins(1);

async fn the_second_is_told_who_runs_it_and_since_when(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let lease = lms.jobs().acquire("sweep", "host7, process 4711", TTL).await.unwrap();
    lms.clock().advance(Duration::from_secs(30));

    let other = another_handle(&lms).await;
    let refused = other.jobs().acquire("sweep", "host8", TTL).await.unwrap_err();

    assert_eq!(refused.kind(), ErrorKind::Busy);
    assert_eq!(refused.code(), "job.busy");
    for told in ["sweep", "host7, process 4711", "2026-03-31T12:00:00Z"] {
        assert!(refused.message().contains(told), "{refused}");
    }
    assert!(!refused.hints().is_empty());
    // The refusal took nothing away.
    lease.release().await.unwrap();
}

async fn jobs_of_other_names_do_not_meet(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let sweep = lms.jobs().acquire("sweep", "a", TTL).await.unwrap();
    let import = lms.jobs().acquire("import people", "b", TTL).await.unwrap();
    let upper = lms.jobs().acquire("Sweep", "c", TTL).await.unwrap();
    for lease in [sweep, import, upper] {
        assert_eq!(lease.generation(), 1);
        lease.release().await.unwrap();
    }
}

async fn a_clock_that_was_set_back_keeps_nobody_waiting(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let noon = lms.clock().now();
    lms.clock().advance(Duration::from_secs(6 * 3_600));
    lms.jobs().acquire("sweep", "a", TTL).await.unwrap().release().await.unwrap();
    lms.clock().set(noon);
    let released = lms.jobs().acquire("sweep", "b", TTL).await.unwrap();
    assert_eq!(released.generation(), 2);
    // One that died with the clock ahead is not waited for either; one whose clock is a little ahead is.
    released.release().await.unwrap();
    lms.clock().advance(Duration::from_secs(6 * 3_600));
    let mut dead = lms.jobs().acquire("sweep", "c", TTL).await.unwrap();
    lms.clock().set(noon.plus(Duration::from_secs(6 * 3_600 - 30)));
    assert!(lms.jobs().acquire("sweep", "d", TTL).await.is_err());
    lms.clock().set(noon);
    assert_eq!(lms.jobs().acquire("sweep", "e", TTL).await.unwrap().generation(), 4);
    assert_eq!(dead.renew().await.unwrap_err().code(), "job.lost");
}

async fn what_was_released_is_free_at_once(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for generation in 1..=3 {
        let lease = lms.jobs().acquire("sweep", "a", TTL).await.unwrap();
        assert_eq!(lease.generation(), generation, "each holder is a generation");
        lease.release().await.unwrap();
    }
}

async fn a_dead_holder_is_replaced_when_its_time_is_over(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let dead = lms.jobs().acquire("sweep", "dead", TTL).await.unwrap();
    let other = another_handle(&lms).await;

    let microsecond = Duration::from_micros(1);
    lms.clock().advance(TTL - microsecond);
    let refused = other.jobs().acquire("sweep", "heir", TTL).await.unwrap_err();
    assert!(refused.message().contains("dead"), "{refused}");
    lms.clock().advance(microsecond);
    let heir = other.jobs().acquire("sweep", "heir", TTL).await.unwrap();

    assert_eq!(heir.generation(), dead.generation() + 1);
    let refused = lms.jobs().acquire("sweep", "third", TTL).await.unwrap_err();
    assert!(refused.message().contains("heir"), "{refused}");
    assert!(refused.message().contains("2026-03-31T12:01:00Z"), "{refused}");
}

async fn renewing_holds_on_for_as_long_again(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let mut lease = lms.jobs().acquire("sweep", "long", TTL).await.unwrap();
    for _ in 0..5 {
        lms.clock().advance(Duration::from_secs(45));
        lease.renew().await.unwrap();
        assert!(lms.jobs().acquire("sweep", "other", TTL).await.is_err());
    }
    assert_eq!(lease.generation(), 1);
    let refused = lms.jobs().acquire("sweep", "other", TTL).await.unwrap_err();
    assert!(refused.message().contains("2026-03-31T12:00:00Z"), "since it began: {refused}");
    lms.clock().advance(TTL);
    let heir = lms.jobs().acquire("sweep", "other", TTL).await.unwrap();
    assert_eq!(heir.generation(), 2);
}

async fn whoever_slept_through_their_end_finds_out(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let mut sleeper = lms.jobs().acquire("sweep", "sleeper", TTL).await.unwrap();
    lms.clock().advance(TTL);
    let heir = another_handle(&lms).await.jobs().acquire("sweep", "heir", TTL).await.unwrap();

    let renewed = sleeper.renew().await.unwrap_err();
    let released = sleeper.release().await.unwrap_err();
    for refused in [renewed, released] {
        assert_eq!(refused.code(), "job.lost");
        assert_eq!(refused.kind(), ErrorKind::Busy);
    }
    // The heir still has it: the sleeper's release freed nothing.
    assert!(lms.jobs().acquire("sweep", "third", TTL).await.is_err());
    heir.release().await.unwrap();

    // Nor does a sleeper win it back when the heir is done.
    let mut late = lms.jobs().acquire("sweep", "late", TTL).await.unwrap();
    lms.clock().set(Timestamp::parse("2026-04-01T00:00:00Z").unwrap());
    lms.jobs().acquire("sweep", "short", TTL).await.unwrap().release().await.unwrap();
    assert_eq!(late.renew().await.unwrap_err().code(), "job.lost");
}

async fn of_many_at_once_one_wins(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for round in 1..=3 {
        let mut tasks = Vec::new();
        for handle in 0..4 {
            let other = another_handle(&lms).await;
            for task in 0..4 {
                let other = other.clone();
                tasks.push(tokio::spawn(async move {
                    let holder = format!("holder {handle}.{task}");
                    other.jobs().acquire("sweep", &holder, TTL).await
                }));
            }
        }
        let mut winners = Vec::new();
        for task in tasks {
            match task.await.unwrap() {
                Ok(lease) => winners.push(lease),
                Err(refused) => assert_eq!(refused.code(), "job.busy", "{refused:?}"),
            }
        }
        assert_eq!(winners.len(), 1);
        let winner = winners.remove(0);
        assert_eq!(winner.generation(), round);
        winner.release().await.unwrap();
    }
}
