//! People as JSON. These are never the types of the library: what is sent can only hold what may be
//! set, and what is answered changes only when somebody changes it here.

use std::collections::BTreeMap;

use lms_core::{
    Added, Employment, Error, Leave, NewPerson, Person, PersonCard, PersonChange, PersonField,
    Placed,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::Patch;
use crate::query::day;

/// Writes the three forms in which a person is sent, each with the same fields.
macro_rules! user_fields {
    ($($(#[$about:meta])* $name:ident: $field:ident,)+) => {
        /// A person to be made.
        #[derive(Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct NewUser {
            /// Given name.
            first_name: String,
            /// Family name.
            last_name: String,
            $($(#[$about])* $name: Option<String>,)+
            /// The first day of employment; today, unless said.
            #[schema(format = Date)]
            hired_on: Option<String>,
            /// Whatever else is known.
            #[serde(default)]
            attributes: BTreeMap<String, String>,
        }

        /// All of a person that can be set; what is not there is cleared.
        #[derive(Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct UserReplacement {
            /// Given name.
            first_name: String,
            /// Family name.
            last_name: String,
            $($(#[$about])* $name: Option<String>,)+
            /// Whatever else is known.
            #[serde(default)]
            attributes: BTreeMap<String, String>,
        }

        /// What is to change of a person.
        #[derive(Deserialize, Default, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct UserPatch {
            /// Given name.
            #[serde(default)]
            #[schema(value_type = Option<String>)]
            first_name: Patch<String>,
            /// Family name.
            #[serde(default)]
            #[schema(value_type = Option<String>)]
            last_name: Patch<String>,
            $($(#[$about])* #[serde(default)] #[schema(value_type = Option<String>)] $name: Patch<String>,)+
            /// Attributes to be set, or with `null` to be removed; `null` for all removes all.
            #[serde(default)]
            #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
            attributes: Patch<BTreeMap<String, Option<String>>>,
        }

        impl NewUser {
            fn fields(&mut self) -> Vec<(PersonField, Option<String>)> {
                vec![$((PersonField::$field, self.$name.take()),)+]
            }
        }

        impl UserReplacement {
            fn fields(self) -> Vec<(PersonField, String)> {
                vec![
                    (PersonField::FirstName, self.first_name),
                    (PersonField::LastName, self.last_name),
                    $((PersonField::$field, self.$name.unwrap_or_default()),)+
                ]
            }
        }

        impl UserPatch {
            fn fields(self) -> Vec<(PersonField, Option<String>)> {
                vec![
                    (PersonField::FirstName, self.first_name.into_text()),
                    (PersonField::LastName, self.last_name.into_text()),
                    $((PersonField::$field, self.$name.into_text()),)+
                ]
            }
        }
    };
}

user_fields! {
    /// As the payroll has it; leading zeros matter.
    employee_number: EmployeeNumber,
    /// Where they are written to.
    email: Email,
    /// What they sign in as elsewhere.
    username: Username,
    /// What they are called.
    preferred_name: PreferredName,
    /// Their department, by code or name.
    department: Department,
    /// Their location, by code or name.
    location: Location,
    /// Their job role, by code or name.
    job_role: JobRole,
    /// What stands on their door.
    job_title: JobTitle,
    /// Two-letter code of the country they work in.
    country: Country,
    /// Such as `permanent`, `temporary`.
    employment_type: EmploymentType,
    /// Whom they report to: e-mail, employee number, user name or id.
    manager: Manager,
    /// Their language, where it is not that of the organisation.
    locale: Locale,
    /// Their time zone, where it is not that of the organisation.
    timezone: TimeZone,
}

/// A leave to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewLeave)]
pub(super) struct LeaveBody {
    /// The first day.
    #[schema(format = Date)]
    pub(super) from_on: String,
    /// The last day, where it is known.
    #[schema(format = Date)]
    pub(super) until_on: Option<String>,
    /// What for.
    pub(super) reason: Option<String>,
}

/// A person as of a day.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(in crate::routes) struct UserBody {
    /// Their id.
    #[schema(format = "uuid")]
    id: String,
    /// As the payroll has it; leading zeros matter.
    employee_number: Option<String>,
    /// Where they are written to.
    email: Option<String>,
    /// What they sign in as elsewhere.
    username: Option<String>,
    /// Given name.
    first_name: String,
    /// Family name.
    last_name: String,
    /// What they are called.
    preferred_name: Option<String>,
    /// How they stand to the organisation: `pre_hire`, `active`, `on_leave` or `inactive`.
    #[schema(examples("active"))]
    status: &'static str,
    /// The first day of this employment.
    #[schema(format = Date)]
    hired_on: Option<String>,
    /// The last day of the latest employment.
    #[schema(format = Date)]
    terminated_on: Option<String>,
    /// The code of their department.
    department: Option<String>,
    /// The code of their location.
    location: Option<String>,
    /// The code of their job role.
    job_role: Option<String>,
    /// What stands on their door.
    job_title: Option<String>,
    /// Two-letter code of the country they work in.
    country: Option<String>,
    /// Such as `permanent`, `temporary`.
    employment_type: Option<String>,
    /// The id of whom they report to.
    #[schema(format = "uuid")]
    manager: Option<String>,
    /// The name of whom they report to.
    manager_name: Option<String>,
    /// Their language, where it is not that of the organisation.
    locale: Option<String>,
    /// Their time zone, where it is not that of the organisation.
    timezone: Option<String>,
    /// Whatever else is known.
    attributes: BTreeMap<String, String>,
    /// When they were recorded first.
    #[schema(format = DateTime)]
    created_at: String,
    /// When they were changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A person with their way through the organisation.
#[derive(Serialize, ToSchema)]
pub(super) struct UserCard {
    /// The person on that day.
    #[serde(flatten)]
    person: UserBody,
    /// Their employments, oldest first.
    employments: Vec<EmploymentBody>,
    /// Their leaves, oldest first.
    leaves: Vec<RecordedLeave>,
    /// How they were placed, oldest first.
    placements: Vec<PlacementBody>,
    /// How many report to them.
    reports: i64,
}

/// A time of employment.
#[derive(Serialize, ToSchema)]
#[schema(as = Employment)]
struct EmploymentBody {
    /// The first day.
    #[schema(format = Date)]
    hired_on: String,
    /// The last day.
    #[schema(format = Date)]
    terminated_on: Option<String>,
    /// Why it ended.
    reason: Option<String>,
}

/// A leave.
#[derive(Serialize, ToSchema)]
#[schema(as = Leave)]
struct RecordedLeave {
    /// The first day.
    #[schema(format = Date)]
    from_on: String,
    /// The last day, where it is known.
    #[schema(format = Date)]
    until_on: Option<String>,
    /// What for.
    reason: Option<String>,
}

/// How a person was placed for a time.
#[derive(Serialize, ToSchema)]
#[schema(as = Placement)]
struct PlacementBody {
    /// The first day.
    #[schema(format = Date)]
    from: String,
    /// The first day on which it was no longer so.
    #[schema(format = Date)]
    until: Option<String>,
    /// How they stood to the organisation.
    status: &'static str,
    /// The code of their department.
    department: Option<String>,
    /// The code of their location.
    location: Option<String>,
    /// The code of their job role.
    job_role: Option<String>,
    /// What stood on their door.
    job_title: Option<String>,
    /// The id of whom they reported to.
    #[schema(format = "uuid")]
    manager: Option<String>,
    /// When this was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// People that were made together, or would be.
#[derive(Serialize, ToSchema)]
#[schema(as = UsersAdded)]
pub(super) struct AddedBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// How many of what.
    counts: BTreeMap<&'static str, usize>,
    /// Their ids, in the order of the request; none where nothing was written.
    ids: Vec<String>,
    /// The entry of the audit log; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

impl NewUser {
    pub(super) fn into_person(mut self) -> Result<NewPerson, Error> {
        let mut new = NewPerson::new(&self.first_name, &self.last_name);
        if let Some(day) = day("hired_on", self.hired_on.as_deref())? {
            new = new.hired_on(day);
        }
        let given = self.fields().into_iter().filter_map(|(field, text)| Some((field, text?)));
        let new = given.fold(new, |new, (field, text)| new.set(field, &text));
        Ok(self.attributes.iter().fold(new, |new, (key, value)| new.attribute(key, value)))
    }
}

impl UserReplacement {
    pub(super) fn into_change(mut self) -> PersonChange {
        let attributes = std::mem::take(&mut self.attributes);
        let change = PersonChange::new().replacing_attributes();
        let change =
            self.fields().iter().fold(change, |change, (field, text)| change.set(*field, text));
        attributes.iter().fold(change, |change, (key, value)| change.attribute(key, value))
    }
}

impl UserPatch {
    pub(super) fn into_change(mut self) -> PersonChange {
        let attributes = std::mem::take(&mut self.attributes);
        let given = self.fields().into_iter().filter_map(|(field, text)| Some((field, text?)));
        let change =
            given.fold(PersonChange::new(), |change, (field, text)| change.set(field, &text));
        match attributes {
            Patch::Keep => change,
            Patch::Clear => change.replacing_attributes(),
            Patch::Set(attributes) => attributes.iter().fold(change, |change, (key, value)| {
                change.attribute(key, value.as_deref().unwrap_or_default())
            }),
        }
    }
}

impl AddedBody {
    pub(super) fn planned(created: usize) -> Self {
        Self {
            dry_run: true,
            counts: BTreeMap::from([("created", created)]),
            ids: Vec::new(),
            operation: None,
        }
    }
}

impl From<Added> for AddedBody {
    fn from(added: Added) -> Self {
        Self {
            dry_run: false,
            counts: BTreeMap::from([("created", added.people.len())]),
            ids: added.people.iter().map(ToString::to_string).collect(),
            operation: added.operation.map(|id| id.to_string()),
        }
    }
}

impl From<Person> for UserBody {
    fn from(person: Person) -> Self {
        Self {
            id: person.id.to_string(),
            employee_number: person.employee_number,
            email: person.email,
            username: person.username,
            first_name: person.first_name,
            last_name: person.last_name,
            preferred_name: person.preferred_name,
            status: person.status.as_str(),
            hired_on: text(person.hired_on),
            terminated_on: text(person.terminated_on),
            department: person.department,
            location: person.location,
            job_role: person.job_role,
            job_title: person.job_title,
            country: person.country,
            employment_type: person.employment_type,
            manager: text(person.manager),
            manager_name: person.manager_name,
            locale: person.locale,
            timezone: person.timezone,
            attributes: person.attributes,
            created_at: person.created_at.to_string(),
            updated_at: person.updated_at.to_string(),
        }
    }
}

impl From<PersonCard> for UserCard {
    fn from(card: PersonCard) -> Self {
        Self {
            person: card.person.into(),
            employments: card.employments.into_iter().map(EmploymentBody::from).collect(),
            leaves: card.leaves.into_iter().map(RecordedLeave::from).collect(),
            placements: card.placements.into_iter().map(PlacementBody::from).collect(),
            reports: card.reports,
        }
    }
}

impl From<Employment> for EmploymentBody {
    fn from(employment: Employment) -> Self {
        Self {
            hired_on: employment.hired_on.to_string(),
            terminated_on: text(employment.terminated_on),
            reason: employment.reason,
        }
    }
}

impl From<Leave> for RecordedLeave {
    fn from(leave: Leave) -> Self {
        Self {
            from_on: leave.from_on.to_string(),
            until_on: text(leave.until_on),
            reason: leave.reason,
        }
    }
}

impl From<Placed> for PlacementBody {
    fn from(placed: Placed) -> Self {
        Self {
            from: placed.from.to_string(),
            until: text(placed.until),
            status: placed.status.as_str(),
            department: placed.department,
            location: placed.location,
            job_role: placed.job_role,
            job_title: placed.job_title,
            manager: text(placed.manager),
            recorded_at: placed.recorded_at.to_string(),
        }
    }
}

fn text(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| value.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_field_of_a_person_can_be_set_here() {
        let patched: BTreeSet<_> =
            UserPatch::default().fields().into_iter().map(|(field, _)| field).collect();
        assert_eq!(patched, PersonField::ALL.iter().copied().collect());
        let body = r#"{"first_name": "Ada", "last_name": "Lovelace"}"#;
        let replaced: UserReplacement = serde_json::from_str(body).unwrap();
        let replaced: BTreeSet<_> = replaced.fields().into_iter().map(|(field, _)| field).collect();
        assert_eq!(replaced, patched);
    }
}
