//! What people have done: every completion, with the assignment that it closed.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    CHUNK, FactsOrigin, FactsQuery, Named, PeopleColumns, Reading, TrainingColumns, UnitColumns,
    Whom,
};
use crate::assignments::{CompletionId, CompletionSource, READ};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// What was done, by person, then by day.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct CompletionColumns {
    /// The completion.
    pub id: Vec<CompletionId>,
    /// The place of the person among the people.
    pub person: Vec<u32>,
    /// The place of the training among the trainings.
    pub training: Vec<u32>,
    /// Major and minor version.
    pub version: Vec<(i64, i64)>,
    /// When it was done.
    pub completed_on: Vec<Day>,
    /// Who says so.
    pub source: Vec<CompletionSource>,
    /// The score, in hundredths of a per cent.
    pub score: Vec<Option<i64>>,
    /// Since when it was assigned; nothing where nobody had asked for it.
    pub assigned_on: Vec<Option<Day>>,
    /// The last day in time, where there was one.
    pub due_on: Vec<Option<Day>>,
    /// Whether it was in time, where there was a due day.
    pub on_time: Vec<Option<bool>>,
    /// The last day that it covers.
    pub expires_on: Vec<Option<Day>>,
    /// How long the person was in the modules, in seconds; nothing where nothing was recorded.
    pub seconds: Vec<Option<i64>>,
    /// Where the evidence lies.
    pub evidence: Vec<Option<String>>,
    /// Whether a file is kept as evidence.
    pub has_file: Vec<bool>,
}

/// What people have done.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct TranscriptFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// Everybody who was asked about, also those who have done nothing.
    pub people: PeopleColumns,
    /// All trainings.
    pub trainings: TrainingColumns,
    /// All units.
    pub units: UnitColumns,
    /// What was done.
    pub completions: CompletionColumns,
}

row! {
    struct CompletionRow {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        completed_on: Day,
        source: String,
        score: Option<i64>,
        major: i64,
        minor: i64,
        valid_until: Option<Day>,
        evidence_link: Option<String>,
        evidence_id: Option<Uuid>,
    }
}

row! {
    struct CycleRow {
        id: Uuid,
        completion_id: Uuid,
        training_id: Uuid,
        assigned_on: Day,
        due_on: Option<Day>,
        expires_on: Option<Day>,
    }
}

row! {
    struct SpentRow {
        assignment_id: Uuid,
        seconds: i64,
    }
}

impl CompletionColumns {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }

    fn push(
        &mut self,
        (person, training): (u32, u32),
        row: CompletionRow,
        cycle: Option<&CycleRow>,
        seconds: Option<i64>,
    ) -> Result<()> {
        let due_on = cycle.and_then(|cycle| cycle.due_on);
        self.id.push(CompletionId::new(row.id));
        self.person.push(person);
        self.training.push(training);
        self.version.push((row.major, row.minor));
        self.completed_on.push(row.completed_on);
        self.source.push(CompletionSource::parse(&row.source)?);
        self.score.push(row.score);
        self.assigned_on.push(cycle.map(|cycle| cycle.assigned_on));
        self.due_on.push(due_on);
        self.on_time.push(due_on.map(|due_on| row.completed_on <= due_on));
        self.expires_on.push(cycle.map_or(row.valid_until, |cycle| cycle.expires_on));
        self.seconds.push(seconds);
        self.evidence.push(row.evidence_link);
        self.has_file.push(row.evidence_id.is_some());
        Ok(())
    }
}

pub(in crate::analytics) async fn transcript(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<TranscriptFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let named = reading.named(Whom::Named).await?;
    let columns = reading.learnt(&named).await?;
    Ok(TranscriptFacts {
        origin: reading.origin,
        people: named.people,
        trainings: named.trainings,
        units: named.units,
        completions: columns,
    })
}

impl Reading<'_> {
    /// What they have done.
    pub(super) async fn learnt(&mut self, named: &Named) -> Result<CompletionColumns> {
        let mut columns = CompletionColumns::default();
        for chunk in named.ids.chunks(CHUNK) {
            let mut rows = self.completions(chunk).await?;
            let cycles = self.closed(chunk).await?;
            let spent = self.spent(chunk).await?;
            rows.sort_by_cached_key(|row| {
                (named.of_person.get(&row.person_id).copied(), row.completed_on, row.id)
            });
            for row in rows {
                let person = named.of_person.get(&row.person_id);
                let Some(places) = person.zip(named.of_training.get(&row.training_id)) else {
                    continue;
                };
                let cycle = cycles.get(&(row.id, row.training_id));
                let seconds = cycle.and_then(|cycle| spent.get(&cycle.id).copied());
                columns.push((*places.0, *places.1), row, cycle, seconds)?;
            }
        }
        Ok(columns)
    }

    /// What was believed of rows at the instant.
    pub(super) fn believed(&self, wanted: Assembly) -> Assembly {
        match self.moment.known_at {
            None => wanted.push("AND retracted_at IS NULL"),
            Some(instant) => wanted
                .push("AND recorded_at <= ?")
                .bind(instant)
                .push("AND (retracted_at IS NULL OR retracted_at > ?")
                .bind(instant)
                .push(")"),
        }
    }

    /// Only of these people, and of the trainings that were asked for.
    pub(super) fn of(&self, wanted: Assembly, people: &[Uuid]) -> Assembly {
        let wanted =
            wanted.push("AND person_id IN (ids?)").bind_ids(&IdList::new(people.iter().copied()));
        match &self.trainings {
            Some(ids) => {
                wanted.push("AND training_id IN (ids?)").bind_ids(&IdList::new(ids.iter().copied()))
            }
            None => wanted,
        }
    }

    async fn completions(&mut self, people: &[Uuid]) -> Result<Vec<CompletionRow>> {
        let day = self.moment.day;
        let wanted = Assembly::new(
            "SELECT id, person_id, training_id, completed_on, source, score, major, minor, valid_until,
                    evidence_link, evidence_id
             FROM completions WHERE completed_on <= ?",
        )
        .bind(day)
        .push("AND (revoked_on IS NULL OR revoked_on > ?")
        .bind(day)
        .push(")")
        .push_some("AND completed_on >= ?", self.origin.from);
        let wanted = self.of(self.believed(wanted), people);
        wanted.on(&mut self.tx).all().await
    }

    /// The assignments that were closed by completions, by the completion and the training.
    async fn closed(&mut self, people: &[Uuid]) -> Result<HashMap<(Uuid, Uuid), CycleRow>> {
        let wanted = Assembly::new(
            "SELECT id, completion_id, training_id, assigned_on, due_on, expires_on
             FROM assignments WHERE closed_as = 'completed' AND completion_id IS NOT NULL",
        );
        // The first cycle is the one that was open; another may have been credited with it later.
        let wanted = self.of(self.believed(wanted), people).push("ORDER BY cycle DESC");
        let rows: Vec<CycleRow> = wanted.on(&mut self.tx).all().await?;
        Ok(rows.into_iter().map(|row| ((row.completion_id, row.training_id), row)).collect())
    }

    async fn spent(&mut self, people: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
        let wanted = Assembly::new(
            "SELECT assignment_id, CAST(SUM(seconds) AS BIGINT) FROM module_progress WHERE TRUE",
        );
        let wanted = self.of(wanted, people).push("GROUP BY assignment_id");
        let rows: Vec<SpentRow> = wanted.on(&mut self.tx).all().await?;
        Ok(rows.into_iter().map(|row| (row.assignment_id, row.seconds)).collect())
    }
}
