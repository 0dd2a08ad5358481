//! Groups as JSON.

use lms_core::{Audience, Error, FieldChange, Group, GroupCard, GroupChange, NewGroup};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::answer::ChangeBody;
use crate::extract::Patch;
use crate::query::day;

/// A group to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGroup)]
pub(super) struct NewGroupBody {
    /// The short name that people type.
    code: String,
    /// The name.
    name: String,
    /// Who is on its list: e-mail, employee number, user name or id.
    #[serde(default)]
    members: Vec<String>,
    /// Whom it asks for, in place of a list: `{"department": ["ENG"], "not": {"job_role": "LEAD"}}`.
    #[schema(value_type = Option<Object>)]
    audience: Option<Value>,
    /// The first day; unless said, it is there since ever, and its list begins today.
    #[schema(format = Date)]
    from: Option<String>,
}

/// What is to change of a group.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupPatch {
    /// The short name that people type.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: Patch<String>,
    /// The name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Patch<String>,
    /// Whom it asks for, where it is an audience.
    #[serde(default)]
    #[schema(value_type = Object)]
    audience: Patch<Value>,
    /// Who comes onto its list, where it is one.
    #[serde(default)]
    add: Vec<String>,
    /// Who leaves its list; who is not on it is no mistake.
    #[serde(default)]
    remove: Vec<String>,
}

/// What a change of a group would do.
#[derive(Serialize, ToSchema)]
pub(super) struct GroupPlan {
    /// Whether nothing was written.
    dry_run: bool,
    /// What would change.
    changed: Vec<ChangeBody>,
}

/// A group as of a day.
#[derive(Serialize, ToSchema)]
#[schema(as = Group)]
pub(super) struct GroupBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// The short name that people type; unique without regard to case.
    code: String,
    /// The name.
    name: String,
    /// `fixed` for a list of people, `saved` for an audience.
    kind: &'static str,
    /// Whom it asks for, where it is an audience.
    #[schema(value_type = Option<Object>)]
    audience: Option<Audience>,
    /// Whether it is there on that day.
    open: bool,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed last, its list included.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A group with how many people are in it.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupCard)]
pub(super) struct GroupCardBody {
    /// The group on that day.
    #[serde(flatten)]
    group: GroupBody,
    /// How many of its people are active or on leave, or meet the status that its audience asks for.
    people: Option<i64>,
    /// Why that cannot be said: a name in its audience that does not exist any more.
    problem: Option<String>,
}

impl NewGroupBody {
    pub(super) fn into_new(self) -> Result<NewGroup, Error> {
        let new = match &self.audience {
            Some(audience) => NewGroup::saved(&self.code, &self.name, read(audience)?),
            None => NewGroup::fixed(&self.code, &self.name),
        };
        let from = day("from", self.from.as_deref())?;
        Ok(from.into_iter().fold(new.members(self.members), NewGroup::from))
    }
}

impl GroupPatch {
    pub(super) fn into_change(self) -> Result<GroupChange, Error> {
        let mut change = GroupChange::new().add_members(self.add).remove_members(self.remove);
        if let Some(code) = self.code.into_text() {
            change = change.code(&code);
        }
        if let Some(name) = self.name.into_text() {
            change = change.name(&name);
        }
        match &self.audience {
            Patch::Keep => Ok(change),
            // A group that asks for somebody cannot ask for nobody: the reader says so.
            Patch::Clear => Ok(change.audience(read(&Value::Null)?)),
            Patch::Set(audience) => Ok(change.audience(read(audience)?)),
        }
    }
}

/// Reads an audience; what is wrong is told of its field within the body.
fn read(audience: &Value) -> Result<Audience, Error> {
    Audience::from_json(&audience.to_string()).map_err(|error| match error.field() {
        Some(field) if field != "audience" => {
            let field = format!("audience.{field}");
            error.with_field(field)
        }
        _ => error,
    })
}

impl From<Vec<FieldChange>> for GroupPlan {
    fn from(changes: Vec<FieldChange>) -> Self {
        Self { dry_run: true, changed: ChangeBody::all(changes) }
    }
}

impl From<Group> for GroupBody {
    fn from(group: Group) -> Self {
        Self {
            id: group.id.to_string(),
            code: group.code,
            name: group.name,
            kind: group.kind.as_str(),
            audience: group.audience,
            open: group.open,
            created_at: group.created_at.to_string(),
            updated_at: group.updated_at.to_string(),
        }
    }
}

impl From<GroupCard> for GroupCardBody {
    fn from(card: GroupCard) -> Self {
        Self { group: card.group.into(), people: card.people, problem: card.problem }
    }
}
