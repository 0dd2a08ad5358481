//! How good trainings are: whether people end what they begin, how long it takes them, and how quizzes turn
//! out.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{CHUNK, FactsOrigin, FactsQuery, Reading, TrainingColumns, Whom};
use crate::analytics::READ;
use crate::analytics::types::Tenths;
use crate::assignments::engine::{days_between, plus_days, plus_months};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

const PERIOD_MONTHS: i32 = 12;

/// Whoever began later than so many days before the end of the period still has time to go on.
const TIME_TO_GO_ON_DAYS: i32 = 30;

/// What came of a training, or of all of them, in a period.
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrainingScore {
    /// The place of the training among the trainings; nothing for all of them together.
    pub training: Option<u32>,
    /// Assignments and enrolments that began in the period, of every kind.
    pub enrolments: i64,
    /// Those of them that are completed on the day.
    pub enrolments_completed: i64,
    /// What people began to learn in the period, up to 30 days before its end.
    pub begun: i64,
    /// Those of them that are not completed on the day.
    pub dropped: i64,
    /// What was completed in the period after it was begun.
    pub timed: i64,
    /// The days from begun to completed: half of them took no more.
    pub median_days: Option<Tenths>,
    /// Quizzes that people handed in within the period and that were graded: one for each person, turn and
    /// quiz.
    pub tested: i64,
    /// Those of them that were passed in it, whatever number of attempts it took.
    pub passed: i64,
    /// First attempts among what was handed in.
    pub first_attempts: i64,
    /// Those of them that were passed.
    pub first_passed: i64,
    /// What was done in the period, whoever asked for it.
    pub completions: i64,
    /// Those of them that have a score.
    pub scored: i64,
    /// The mean of the scores, in hundredths of a per cent, rounded down.
    pub average_score: Option<i64>,
    /// The time that was recorded in the modules of what was completed in the period, in seconds.
    pub seconds: i64,
}

/// How good trainings are.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct TrainingScores {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// The first day of the period, which ends with the day asked about.
    pub from: Day,
    /// The last day on which what was begun counts for those who dropped out.
    pub begun_until: Day,
    /// All trainings.
    pub trainings: TrainingColumns,
    /// All of them together.
    pub total: TrainingScore,
    /// Those with which anything happened, in the order of the trainings.
    pub scores: Vec<TrainingScore>,
}

/// A training in the making.
#[derive(Debug, Clone, Default)]
struct Sum {
    score: TrainingScore,
    scores: i64,
    /// How often it took so many days.
    days: BTreeMap<i32, i64>,
}

row! {
    struct EnrolledRow {
        training_id: Uuid,
        enrolments: i64,
        completed: i64,
        begun: i64,
        dropped: i64,
    }
}

row! {
    struct TimedRow {
        training_id: Uuid,
        started_on: Day,
        closed_on: Day,
        n: i64,
    }
}

row! {
    struct TestedRow {
        training_id: Uuid,
        tested: i64,
        passed: i64,
        first: i64,
        first_passed: i64,
    }
}

row! {
    struct DoneRow {
        training_id: Uuid,
        completions: i64,
        scored: i64,
        scores: i64,
    }
}

row! {
    struct SpentRow {
        training_id: Uuid,
        seconds: i64,
    }
}

impl Sum {
    fn join(&mut self, other: &Self) {
        let (sum, score) = (&mut self.score, &other.score);
        sum.enrolments += score.enrolments;
        sum.enrolments_completed += score.enrolments_completed;
        sum.begun += score.begun;
        sum.dropped += score.dropped;
        sum.timed += score.timed;
        sum.tested += score.tested;
        sum.passed += score.passed;
        sum.first_attempts += score.first_attempts;
        sum.first_passed += score.first_passed;
        sum.completions += score.completions;
        sum.scored += score.scored;
        sum.seconds += score.seconds;
        self.scores += other.scores;
        for (days, n) in &other.days {
            *self.days.entry(*days).or_default() += n;
        }
    }

    fn told(self, training: Option<u32>) -> TrainingScore {
        TrainingScore {
            training,
            median_days: median(&self.days),
            average_score: self.scores.checked_div(self.score.scored),
            ..self.score
        }
    }
}

/// The number in the middle, or half-way between the two in the middle.
fn median(counted: &BTreeMap<i32, i64>) -> Option<Tenths> {
    let n: i64 = counted.values().sum();
    let at = |place: i64| {
        let mut seen = 0;
        let found = counted.iter().find(|(_, n)| {
            seen += **n;
            seen > place
        });
        found.map(|(number, _)| i64::from(*number))
    };
    let (low, high) = (at((n - 1) / 2)?, at(n / 2)?);
    Some(Tenths((low + high) * 5))
}

pub(in crate::analytics) async fn trainings(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<TrainingScores> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let as_of = reading.origin.as_of;
    let from = reading.origin.from.unwrap_or_else(|| plus_months(as_of, -PERIOD_MONTHS).next());
    // Who has left has learnt all the same.
    let named = reading.named(Whom::All).await?;
    let asked = Asked { from, until: as_of, begun_until: plus_days(as_of, -TIME_TO_GO_ON_DAYS) };
    let mut sums: HashMap<Uuid, Sum> = HashMap::new();
    for people in named.ids.chunks(CHUNK) {
        asked.add(&mut reading, people, &mut sums).await?;
    }
    let mut total = Sum::default();
    for sum in sums.values() {
        total.join(sum);
    }
    let mut scores: Vec<TrainingScore> = sums
        .into_iter()
        .filter_map(|(id, sum)| Some(sum.told(Some(*named.of_training.get(&id)?))))
        .collect();
    scores.sort_unstable_by_key(|score| score.training);
    Ok(TrainingScores {
        origin: reading.origin,
        from,
        begun_until: asked.begun_until,
        trainings: named.trainings,
        total: total.told(None),
        scores,
    })
}

/// Which days are asked about.
struct Asked {
    from: Day,
    until: Day,
    begun_until: Day,
}

impl Asked {
    async fn add(
        &self,
        reading: &mut Reading<'_>,
        people: &[Uuid],
        sums: &mut HashMap<Uuid, Sum>,
    ) -> Result<()> {
        for row in self.enrolled(reading, people).await? {
            let score = &mut sums.entry(row.training_id).or_default().score;
            score.enrolments += row.enrolments;
            score.enrolments_completed += row.completed;
            score.begun += row.begun;
            score.dropped += row.dropped;
        }
        for row in self.timed(reading, people).await? {
            let sum = sums.entry(row.training_id).or_default();
            sum.score.timed += row.n;
            *sum.days.entry(days_between(row.started_on, row.closed_on)).or_default() += row.n;
        }
        for row in self.tested(reading, people).await? {
            let score = &mut sums.entry(row.training_id).or_default().score;
            score.tested += row.tested;
            score.passed += row.passed;
            score.first_attempts += row.first;
            score.first_passed += row.first_passed;
        }
        for row in self.done(reading, people).await? {
            let sum = sums.entry(row.training_id).or_default();
            sum.score.completions += row.completions;
            sum.score.scored += row.scored;
            sum.scores += row.scores;
        }
        for row in self.spent(reading, people).await? {
            sums.entry(row.training_id).or_default().score.seconds += row.seconds;
        }
        Ok(())
    }

    async fn enrolled(
        &self,
        reading: &mut Reading<'_>,
        people: &[Uuid],
    ) -> Result<Vec<EnrolledRow>> {
        let wanted = Assembly::new(
            "SELECT training_id, COUNT(*) FILTER (WHERE e.is_new),
                    COUNT(*) FILTER (WHERE e.is_new AND e.is_done),
                    COUNT(*) FILTER (WHERE e.is_begun),
                    COUNT(*) FILTER (WHERE e.is_begun AND NOT e.is_done)
             FROM (SELECT training_id, assigned_on BETWEEN ?",
        )
        .bind(self.from)
        .push("AND ?")
        .bind(self.until)
        .push("AS is_new, COALESCE(started_on BETWEEN ?")
        .bind(self.from)
        .push("AND ?")
        .bind(self.begun_until)
        .push(", FALSE) AS is_begun, COALESCE(closed_as = 'completed' AND closed_on <= ?")
        .bind(self.until)
        .push(
            ", FALSE) AS is_done
             FROM assignments WHERE (closed_as IS NULL OR closed_as <> 'undone')",
        );
        let wanted = reading.of(reading.believed(wanted), people);
        let wanted = wanted.push(") e WHERE e.is_new OR e.is_begun GROUP BY training_id");
        wanted.on(&mut reading.tx).all().await
    }

    async fn timed(&self, reading: &mut Reading<'_>, people: &[Uuid]) -> Result<Vec<TimedRow>> {
        let wanted = self.in_days(
            "SELECT training_id, started_on, closed_on, COUNT(*) FROM assignments
             WHERE closed_as = 'completed' AND started_on <= closed_on AND closed_on BETWEEN ?",
        );
        let wanted = reading.of(reading.believed(wanted), people);
        let wanted = wanted.push("GROUP BY training_id, started_on, closed_on");
        wanted.on(&mut reading.tx).all().await
    }

    async fn tested(&self, reading: &mut Reading<'_>, people: &[Uuid]) -> Result<Vec<TestedRow>> {
        let zone = reading.origin.timezone.zone();
        let wanted = Assembly::new(
            "SELECT training_id, COUNT(*), COUNT(*) FILTER (WHERE q.n_passed > 0),
                    CAST(SUM(q.n_first) AS BIGINT), CAST(SUM(q.n_first_passed) AS BIGINT)
             FROM (SELECT training_id, COUNT(*) FILTER (WHERE passed) AS n_passed,
                          COUNT(*) FILTER (WHERE number = 1) AS n_first,
                          COUNT(*) FILTER (WHERE number = 1 AND passed) AS n_first_passed
                   FROM quiz_attempts
                   WHERE state = 'graded' AND passed IS NOT NULL AND submitted_at >= ?",
        )
        .bind(self.from.starts_at(&zone))
        .push("AND submitted_at < ?")
        .bind(self.until.next().starts_at(&zone))
        .push_some("AND updated_at <= ?", reading.moment.known_at);
        let wanted = reading.of(wanted, people);
        let wanted =
            wanted.push("GROUP BY training_id, assignment_id, quiz_id) q GROUP BY training_id");
        wanted.on(&mut reading.tx).all().await
    }

    async fn done(&self, reading: &mut Reading<'_>, people: &[Uuid]) -> Result<Vec<DoneRow>> {
        let wanted = self.in_days(
            "SELECT training_id, COUNT(*), COUNT(score), CAST(COALESCE(SUM(score), 0) AS BIGINT)
             FROM completions WHERE completed_on BETWEEN ?",
        );
        let wanted =
            wanted.push("AND (revoked_on IS NULL OR revoked_on > ?").bind(self.until).push(")");
        let wanted = reading.of(reading.believed(wanted), people).push("GROUP BY training_id");
        wanted.on(&mut reading.tx).all().await
    }

    async fn spent(&self, reading: &mut Reading<'_>, people: &[Uuid]) -> Result<Vec<SpentRow>> {
        let wanted = self.in_days(
            "SELECT training_id, CAST(SUM(seconds) AS BIGINT) FROM module_progress
             WHERE assignment_id IN (SELECT id FROM assignments
                                     WHERE closed_as = 'completed' AND closed_on BETWEEN ?",
        );
        let wanted = reading.of(reading.believed(wanted), people).push(") GROUP BY training_id");
        wanted.on(&mut reading.tx).all().await
    }

    fn in_days(&self, select: &'static str) -> Assembly {
        Assembly::new(select).bind(self.from).push("AND ?").bind(self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_them_took_no_more() {
        let of = |days: &[(i32, i64)]| {
            median(&days.iter().copied().collect()).map(|median| median.to_string())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[(3, 1)]).as_deref(), Some("3.0"));
        assert_eq!(of(&[(3, 1), (6, 1)]).as_deref(), Some("4.5"));
        assert_eq!(of(&[(0, 1), (3, 1), (90, 1)]).as_deref(), Some("3.0"));
        assert_eq!(of(&[(1, 5), (90, 4)]).as_deref(), Some("1.0"));
        assert_eq!(of(&[(1, 2), (2, 2)]).as_deref(), Some("1.5"));
    }
}
