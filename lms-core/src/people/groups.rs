//! Groups: people who are asked for together, by a list or by an audience that has a name.

use serde::Serialize;
use uuid::Uuid;

use super::audience::Audience;
use super::find;
use super::group_facts::{Definition, GroupFacts};
use super::person_filter::PersonFilter;
use super::reach::Reach;
use super::{GroupId, audience::AudienceField};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::text::Day;
use crate::settings;

/// What a group is.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// A list of people.
    Fixed,
    /// An audience: whoever it is true of on the day asked about.
    Saved,
}

impl GroupKind {
    /// The name in JSON and tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Saved => "saved",
        }
    }
}

/// A group, as of a day.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// The short name that people type; unique without regard to case.
    pub code: String,
    /// The name.
    pub name: String,
    /// Whether it is a list or an audience.
    pub kind: GroupKind,
    /// Whom a saved audience is true of.
    pub audience: Option<Audience>,
    /// Whether it is there on that day.
    pub open: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed, the people on its list included.
    pub updated_at: Timestamp,
}

/// A group with how many people are in it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupCard {
    /// The group on that day.
    #[serde(flatten)]
    pub group: Group,
    /// How many of its people are active or on leave, or meet the status that its audience asks for.
    pub people: Option<i64>,
    /// Why that cannot be said: a name in its audience that does not exist any more.
    pub problem: Option<String>,
}

impl GroupFacts {
    /// A group as it is on the day that was loaded, or as it was at the end.
    pub(super) fn group(&self, id: Uuid) -> Result<Group> {
        let row = self.rows.iter().find(|row| row.id == id);
        let row = row.ok_or_else(|| Error::internal("a group is gone"))?;
        let on_day = self.definition(id).cloned();
        let last = || {
            let last = self.periods.iter().rfind(|period| period.group_id == id);
            last.map_or(Definition::Fixed, |period| Definition::of(period.audience.clone()))
        };
        let open = on_day.is_some();
        let definition = on_day.unwrap_or_else(last);
        Ok(Group {
            id: GroupId::new(row.id),
            code: row.code.clone(),
            name: row.name.clone(),
            kind: if definition == Definition::Fixed { GroupKind::Fixed } else { GroupKind::Saved },
            audience: definition.text().map(|text| Self::read(id, text)).transpose()?,
            open,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

pub(super) async fn list(core: &Core, as_of: Option<Day>, closed: bool) -> Result<Vec<Group>> {
    let mut tx = core.db().begin_read().await?;
    let day = match as_of {
        Some(day) => day,
        None => settings::today(&mut tx, core.now()).await?,
    };
    let facts = GroupFacts::load(&mut tx, day, None).await?;
    let groups = facts.rows.iter().map(|row| facts.group(row.id)).collect::<Result<Vec<_>>>()?;
    Ok(groups.into_iter().filter(|group| closed || group.open).collect())
}

pub(super) async fn show(core: &Core, name: &str, as_of: Option<Day>) -> Result<GroupCard> {
    let mut tx = core.db().begin_read().await?;
    let day = match as_of {
        Some(day) => day,
        None => settings::today(&mut tx, core.now()).await?,
    };
    let facts = GroupFacts::load(&mut tx, day, None).await?;
    let group = facts.group(facts.find(name)?)?;
    if !group.open {
        return Ok(GroupCard { group, people: None, problem: None });
    }
    let members = Audience::everybody().with(AudienceField::Group, &group.id.to_string());
    let filter = PersonFilter::new().audience(members).as_of(day);
    match find::count_in(&mut tx, Reach::everybody(), core.now(), &filter).await {
        Ok(people) => Ok(GroupCard { group, people: Some(people), problem: None }),
        Err(error) if error.kind() == ErrorKind::Internal => Err(error),
        Err(error) => {
            Ok(GroupCard { group, people: None, problem: Some(error.message().to_owned()) })
        }
    }
}
