//! How much was learnt in a time, by some people, in some trainings.

use super::READ;
use super::types::{LearningFigures, LearningQuery, Tenths};
use crate::assignments::engine::plus_months;
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Engine, IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::people::{self, PersonFilter, Reach};
use crate::readiness::Percent;
use crate::settings;

const PERIOD_MONTHS: i32 = 12;

/// How many of what was completed in some days was begun before, and how many days that took together.
pub(super) fn timed(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "COUNT(*), CAST(COALESCE(SUM(julianday(closed_on) - julianday(started_on)), 0) AS BIGINT)
             FROM assignments
             WHERE closed_as = 'completed' AND started_on <= closed_on AND closed_on BETWEEN ?"
        }
        Engine::Postgres => {
            "COUNT(*), CAST(COALESCE(SUM(closed_on - started_on), 0) AS BIGINT)
             FROM assignments
             WHERE closed_as = 'completed' AND started_on <= closed_on AND closed_on BETWEEN ?"
        }
    }
}

/// Days on average, in tenths and rounded down.
pub(super) fn average(days: i64, timed: i64) -> Option<Tenths> {
    (days * 10).checked_div(timed).map(Tenths)
}

row! {
    struct EnrolledRow {
        enrolments: i64,
        completed: i64,
    }
}

row! {
    struct DoneRow {
        completions: i64,
        scored: i64,
        scores: i64,
    }
}

row! {
    struct TimedRow {
        timed: i64,
        days: i64,
    }
}

pub(super) async fn learning(
    core: &Core,
    actor: &Actor,
    query: &LearningQuery,
) -> Result<LearningFigures> {
    let mut tx = core.db().begin_read().await?;
    let now = core.now();
    let organisation = settings::current(&mut tx).await?;
    let zone = organisation.timezone.zone();
    let until = query.until.unwrap_or_else(|| Day::today(now, &zone));
    let from = query.from.unwrap_or_else(|| plus_months(until, -PERIOD_MONTHS).next());
    if until < from {
        return Err(Error::invalid("from", format!("`{from}` comes after `{until}`"))
            .with_hint("give the first day of the time, and then the last"));
    }
    let trainings = catalog::sql::find_all(&mut tx, &query.trainings).await?;
    let reach = Reach::of(&mut tx, actor, READ, now).await?;
    let is_of_all = query.audience.is_everybody() && reach.is_everybody();
    let filter = PersonFilter::new().audience(query.audience.clone()).as_of(until);
    // Who has left has learnt all the same, where nobody in particular is asked about.
    let people =
        if is_of_all { None } else { Some(people::selecting(&mut tx, reach, now, &filter).await?) };
    let asked = Asked {
        from,
        until,
        begins_at: from.starts_at(&zone),
        ends_at: until.next().starts_at(&zone),
        people,
        trainings: (!trainings.is_empty()).then(|| IdList::new(trainings)),
    };
    asked.figures(&mut tx).await
}

/// What is asked, with its names resolved.
struct Asked {
    from: Day,
    until: Day,
    begins_at: Timestamp,
    ends_at: Timestamp,
    people: Option<Assembly>,
    trainings: Option<IdList>,
}

impl Asked {
    /// Only of these people and trainings.
    fn narrow(&self, mut wanted: Assembly) -> Assembly {
        if let Some(people) = &self.people {
            wanted = wanted.push("AND person_id IN (").append(people.clone()).push(")");
        }
        if let Some(trainings) = &self.trainings {
            wanted = wanted.push("AND training_id IN (ids?)").bind_ids(trainings);
        }
        wanted
    }

    fn in_days(&self, select: &'static str) -> Assembly {
        self.between(Assembly::new(select))
    }

    fn between(&self, wanted: Assembly) -> Assembly {
        self.narrow(wanted.bind(self.from).push("AND ?").bind(self.until))
    }

    fn in_time(&self, select: &'static str) -> Assembly {
        let wanted = Assembly::new(select).bind(self.begins_at);
        self.narrow(wanted.push("AND updated_at < ?").bind(self.ends_at))
    }

    async fn figures(&self, tx: &mut Tx) -> Result<LearningFigures> {
        let enrolled: EnrolledRow = self
            .in_days(
                "SELECT COUNT(*), COUNT(*) FILTER (WHERE closed_as = 'completed') FROM assignments
                 WHERE retracted_at IS NULL AND (closed_as IS NULL OR closed_as <> 'undone')
                   AND assigned_on BETWEEN ?",
            )
            .on(tx)
            .one()
            .await?;
        let done: DoneRow = self
            .in_days(
                "SELECT COUNT(*), COUNT(score), CAST(COALESCE(SUM(score), 0) AS BIGINT) FROM completions
                 WHERE retracted_at IS NULL AND revoked_on IS NULL AND completed_on BETWEEN ?",
            )
            .on(tx)
            .one()
            .await?;
        let timed = self.between(Assembly::new("SELECT").push(timed(tx.engine())));
        let timed = timed.push("AND retracted_at IS NULL");
        let timed: TimedRow = timed.on(tx).one().await?;
        let One(seconds): One<i64> = self
            .in_time(
                "SELECT CAST(COALESCE(SUM(seconds), 0) AS BIGINT) FROM module_progress
                 WHERE updated_at >= ?",
            )
            .on(tx)
            .one()
            .await?;
        let active = Assembly::new("SELECT COUNT(*) FROM (")
            .append(self.in_days(
                "SELECT person_id FROM assignments
                 WHERE retracted_at IS NULL AND started_on BETWEEN ?",
            ))
            .push("UNION")
            .append(self.in_days(
                "SELECT person_id FROM completions
                 WHERE retracted_at IS NULL AND revoked_on IS NULL AND completed_on BETWEEN ?",
            ))
            .push("UNION")
            .append(self.in_time("SELECT person_id FROM module_progress WHERE updated_at >= ?"))
            .push(") active");
        let One(active_learners): One<i64> = active.on(tx).one().await?;
        Ok(LearningFigures {
            from: self.from,
            until: self.until,
            enrolments: enrolled.enrolments,
            enrolments_completed: enrolled.completed,
            completion_percent: (enrolled.enrolments > 0)
                .then(|| Percent::of(enrolled.completed, enrolled.enrolments)),
            completions: done.completions,
            scored: done.scored,
            average_score: done.scores.checked_div(done.scored),
            timed: timed.timed,
            average_days: average(timed.days, timed.timed),
            learnt_minutes: seconds / 60,
            active_learners,
        })
    }
}
