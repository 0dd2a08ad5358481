//! The groups as they are on a day: which there are, whom they stand for, who is on a fixed list.

use std::collections::HashMap;

use uuid::Uuid;

use super::audience::Audience;
use super::audience::pattern::{Pattern, is_pattern};
use super::{GROUP_AMBIGUOUS, GROUP_CLOSED, UNKNOWN_GROUP};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, Tx, row, statements};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;

statements! {
    GROUPS = "SELECT id, code, code_key, name, name_key, created_at, updated_at FROM groups
              ORDER BY code_key";

    GROUP_PERIODS = "SELECT id, group_id, valid_from, valid_until, audience FROM group_periods
                     WHERE retracted_at IS NULL ORDER BY group_id, valid_from";

    GROUP_PERIODS_KNOWN = "SELECT id, group_id, valid_from, valid_until, audience FROM group_periods
                           WHERE recorded_at <= $1 AND (retracted_at > $1 OR retracted_at IS NULL)
                           ORDER BY group_id, valid_from";
}

row! {
    #[derive(Debug, Clone)]
    pub(crate) struct GroupRow {
        pub(crate) id: Uuid,
        pub(crate) code: String,
        pub(crate) code_key: String,
        pub(crate) name: String,
        pub(crate) name_key: String,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
    }
}

row! {
    #[derive(Debug, Clone)]
    pub(crate) struct GroupPeriodRow {
        pub(crate) id: Uuid,
        pub(crate) group_id: Uuid,
        pub(crate) from: Day,
        pub(crate) until: Option<Day>,
        pub(crate) audience: Option<String>,
    }
}

row! {
    struct MemberRow {
        group_id: Uuid,
        person_id: Uuid,
    }
}

/// Whom a group stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Definition {
    /// Those on its list.
    Fixed,
    /// An audience, in JSON.
    Saved(String),
}

impl Definition {
    pub(super) fn of(audience: Option<String>) -> Self {
        audience.map_or(Self::Fixed, Self::Saved)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Fixed => None,
            Self::Saved(text) => Some(text),
        }
    }
}

/// All groups, as of a day. There are few thousands of them at most.
#[derive(Debug, Default)]
pub(crate) struct GroupFacts {
    pub(super) rows: Vec<GroupRow>,
    pub(super) periods: Vec<GroupPeriodRow>,
    on_day: HashMap<Uuid, Definition>,
    members: HashMap<Uuid, Vec<Uuid>>,
}

impl GroupFacts {
    pub(crate) async fn load(tx: &mut Tx, day: Day, known_at: Option<Timestamp>) -> Result<Self> {
        let rows: Vec<GroupRow> = tx.sql(&GROUPS).all().await?;
        let periods: Vec<GroupPeriodRow> = match known_at {
            None => tx.sql(&GROUP_PERIODS).all().await?,
            Some(instant) => tx.sql(&GROUP_PERIODS_KNOWN).bind(instant).all().await?,
        };
        let holds = |period: &&GroupPeriodRow| {
            period.from <= day && period.until.is_none_or(|until| day < until)
        };
        let on_day = periods
            .iter()
            .filter(holds)
            .map(|period| (period.group_id, Definition::of(period.audience.clone())))
            .collect();
        Ok(Self { rows, periods, on_day, members: HashMap::new() })
    }

    /// Reads who is on these lists on the day.
    pub(crate) async fn load_members(
        &mut self,
        tx: &mut Tx,
        groups: &[Uuid],
        day: Day,
        known_at: Option<Timestamp>,
    ) -> Result<()> {
        if groups.is_empty() {
            return Ok(());
        }
        let wanted = Assembly::new(
            "SELECT m.group_id, m.person_id FROM group_members m WHERE m.group_id IN (ids?)",
        )
        .bind_ids(&IdList::new(groups.iter().copied()))
        .push("AND m.valid_from <= ?")
        .bind(day)
        .push("AND (m.valid_until > ? OR m.valid_until IS NULL)")
        .bind(day);
        let wanted = match known_at {
            None => wanted.push("AND m.retracted_at IS NULL"),
            Some(instant) => wanted
                .push("AND m.recorded_at <= ?")
                .bind(instant)
                .push("AND (m.retracted_at > ? OR m.retracted_at IS NULL)")
                .bind(instant),
        };
        let rows: Vec<MemberRow> = wanted.on(tx).all().await?;
        for row in rows {
            self.members.entry(row.group_id).or_default().push(row.person_id);
        }
        Ok(())
    }

    /// Whom a group stands for on the day; nothing where it is not there.
    pub(crate) fn definition(&self, group: Uuid) -> Option<&Definition> {
        self.on_day.get(&group)
    }

    pub(crate) fn members(&self, group: Uuid) -> impl Iterator<Item = Uuid> {
        self.members.get(&group).into_iter().flatten().copied()
    }

    pub(crate) fn code(&self, group: Uuid) -> &str {
        self.rows.iter().find(|row| row.id == group).map_or("", |row| row.code.as_str())
    }

    /// The audience of a group as it was saved.
    pub(crate) fn read(group: Uuid, text: &str) -> Result<Audience> {
        Audience::from_json(text).map_err(|cause| {
            Error::inconsistent("group_periods.audience", format!("of the group {group}: {cause}"))
        })
    }

    /// The groups that are there on the day and can be meant by a name or a pattern.
    pub(crate) fn meant(&self, text: &str) -> Vec<Uuid> {
        let open = |row: &&GroupRow| self.on_day.contains_key(&row.id);
        if !is_pattern(text) {
            return self
                .find(text)
                .ok()
                .filter(|id| self.on_day.contains_key(id))
                .into_iter()
                .collect();
        }
        let pattern = Pattern::new(text);
        let matches = |row: &&GroupRow| {
            pattern.matches_folded(&row.code_key) || pattern.matches_folded(&row.name_key)
        };
        self.rows.iter().filter(open).filter(matches).map(|row| row.id).collect()
    }

    /// A group by code, by name or by id; closed ones too.
    pub(crate) fn find(&self, text: &str) -> Result<Uuid> {
        let key = fold(text);
        let by_code = |row: &&GroupRow| row.code_key == key || row.id.to_string() == key;
        if let Some(row) = self.rows.iter().find(by_code) {
            return Ok(row.id);
        }
        let named: Vec<&GroupRow> = self.rows.iter().filter(|row| row.name_key == key).collect();
        match named.as_slice() {
            [row] => Ok(row.id),
            [] => {
                let known = self.rows.iter().flat_map(|row| [row.code.as_str(), row.name.as_str()]);
                Err(UNKNOWN_GROUP
                    .error(format!("there is no group `{}`", text.trim()))
                    .with_field("group")
                    .with_hints(suggest(text, known))
                    .with_hint("`lmsctl group list` shows all"))
            }
            several => {
                let codes: Vec<&str> = several.iter().map(|row| row.code.as_str()).collect();
                Err(GROUP_AMBIGUOUS
                    .error(format!("several have the name `{}`: {}", text.trim(), codes.join(", ")))
                    .with_field("group")
                    .with_hint("name one by its code"))
            }
        }
    }

    /// As [`find`](Self::find), of those that are there on the day.
    pub(crate) fn find_open(&self, text: &str, day: Day) -> Result<Uuid> {
        let id = self.find(text)?;
        if self.on_day.contains_key(&id) {
            return Ok(id);
        }
        Err(GROUP_CLOSED
            .error(format!("the group `{}` is not there on {day}", text.trim()))
            .with_field("group")
            .with_hint("name one that is, or another day"))
    }
}
