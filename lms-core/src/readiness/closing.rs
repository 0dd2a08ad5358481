//! The trainings that teach a skill to whoever takes them now, the cheapest first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::types::ClosingTraining;
use crate::catalog::{self, TrainingId};
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::skills::SkillLevel;

row! {
    struct TaughtRow {
        skill_id: Uuid,
        training_id: Uuid,
        level: i64,
    }
}

/// By skill, all trainings that teach it.
#[derive(Debug, Default)]
pub(super) struct Closing(HashMap<Uuid, Vec<ClosingTraining>>);

impl Closing {
    /// For these skills: trainings that are published, as they are now, whatever day is asked about.
    pub(super) async fn load(tx: &mut Tx, skills: &BTreeSet<Uuid>) -> Result<Self> {
        if skills.is_empty() {
            return Ok(Self::default());
        }
        let rows: Vec<TaughtRow> = Assembly::new(
            "SELECT s.skill_id, v.training_id, s.level
             FROM training_skills s
             JOIN training_versions v ON v.id = s.version_id
             JOIN trainings t ON t.id = v.training_id
             WHERE t.removed_at IS NULL AND t.status = 'published'
               AND NOT EXISTS (SELECT 1 FROM training_versions w
                               WHERE w.training_id = v.training_id AND w.state = 'published'
                                 AND (w.major, w.minor) > (v.major, v.minor))
               AND s.skill_id IN (ids?)",
        )
        .bind_ids(&IdList::new(skills.iter().copied()))
        .on(tx)
        .all()
        .await?;
        let ids: BTreeSet<Uuid> = rows.iter().map(|row| row.training_id).collect();
        let trainings: BTreeMap<Uuid, catalog::sql::Stored> =
            catalog::sql::load(tx, &IdList::new(ids)).await?;
        let mut found: HashMap<Uuid, Vec<ClosingTraining>> = HashMap::new();
        for row in rows {
            let Some((code, definition)) = trainings
                .get(&row.training_id)
                .and_then(|stored| Some((&stored.code, &stored.published.as_ref()?.definition)))
            else {
                continue;
            };
            found.entry(row.skill_id).or_default().push(ClosingTraining {
                training_id: TrainingId::new(row.training_id),
                training: code.clone(),
                title: definition.title.clone(),
                level: SkillLevel::stored(row.level)?,
                minutes: definition.minutes(),
                cost: definition.cost.clone(),
            });
        }
        for all in found.values_mut() {
            all.sort_by(|a, b| rank(a).cmp(&rank(b)));
        }
        Ok(Self(found))
    }

    /// Those that teach a skill at a level or above.
    pub(super) fn of(&self, skill: Uuid, level: SkillLevel) -> Vec<ClosingTraining> {
        let all = self.0.get(&skill).map_or(&[][..], Vec::as_slice);
        all.iter().filter(|training| training.level >= level).cloned().collect()
    }
}

/// What costs nothing comes first, then the less of a currency, then what takes less time. Amounts of two
/// currencies are not compared: they stand by the names of the currencies.
fn rank(training: &ClosingTraining) -> (Option<(&str, u64)>, u32, &str) {
    let cost = training.cost.as_ref().filter(|cost| cost.amount_minor > 0);
    let cost = cost.map(|cost| (cost.currency.as_str(), cost.amount_minor));
    (cost, training.minutes.unwrap_or(u32::MAX), &training.training)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Cost;

    #[test]
    fn what_costs_less_stands_first_and_then_what_is_shorter() {
        let training = |code: &str, cost: Option<(u64, &str)>, minutes| ClosingTraining {
            training_id: TrainingId::new(Uuid::nil()),
            training: code.to_owned(),
            title: code.to_owned(),
            level: SkillLevel::ALL[2],
            minutes,
            cost: cost.map(|(amount_minor, currency)| Cost {
                amount_minor,
                currency: currency.to_owned(),
            }),
        };
        let mut all = vec![
            training("unknown length", None, None),
            training("dear", Some((9_900, "EUR")), Some(1)),
            training("pounds", Some((1, "GBP")), Some(1)),
            training("long", None, Some(90)),
            training("cheap", Some((100, "EUR")), Some(500)),
            training("at no cost", Some((0, "EUR")), Some(30)),
        ];
        all.sort_by(|a, b| rank(a).cmp(&rank(b)));
        let codes: Vec<&str> = all.iter().map(|one| &*one.training).collect();
        assert_eq!(codes, ["at no cost", "long", "unknown length", "cheap", "dear", "pounds"]);
        let closing = Closing(HashMap::from([(Uuid::nil(), all)]));
        assert_eq!(closing.of(Uuid::nil(), SkillLevel::ALL[2]).len(), 6);
        assert_eq!(closing.of(Uuid::nil(), SkillLevel::ALL[3]), []);
        assert_eq!(closing.of(Uuid::max(), SkillLevel::ALL[0]), []);
    }
}
