//! Setting the fields of a person: each read and checked in its own way.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::directory::Step;
use super::draft::{Draft, add_leave, end, end_leave, take_back};
use super::managers::Named;
use super::sql::IdentityRow;
use super::types::{FieldValues, PersonField, Placement};
use super::units::{UnitKind, Units};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::{Code, Country, Day, Email, Locale, Name, TimeZoneName};

/// What every step needs to know.
pub(super) struct Work<'a> {
    pub(super) units: &'a Units,
    pub(super) today: Day,
    /// Which step is being carried out.
    pub(super) step: usize,
}

impl Work<'_> {
    pub(super) fn carry_out(
        &self,
        mut draft: Draft,
        step: Step,
        managers: &mut Vec<Named>,
    ) -> Result<Draft> {
        match step {
            Step::Make(_, new) => {
                let from = draft.known_from;
                let values = draft.claims.admit(new.values, new.source.as_ref())?;
                self.set(&mut draft, values, from, managers)?;
                if draft.identity.first_name.is_empty() || draft.identity.last_name.is_empty() {
                    return Err(Error::invalid(
                        "first_name",
                        "a person has a first and a last name",
                    ));
                }
            }
            Step::Change(_, change) => {
                let from = change.from.unwrap_or(self.today);
                let values = draft.claims.admit_change(change, &draft.name())?;
                self.set(&mut draft, values, from, managers)?;
            }
            Step::End { last_day, reason, .. } => {
                draft.claims.employed_by_hand();
                end(&mut draft, last_day, reason)?;
            }
            Step::TakeBack { hired_on, .. } => {
                draft.claims.employed_by_hand();
                take_back(&mut draft, hired_on)?;
            }
            Step::AddLeave { leave, .. } => add_leave(&mut draft, leave)?,
            Step::EndLeave { last_day, .. } => end_leave(&mut draft, last_day)?,
        }
        draft.restate();
        Ok(draft)
    }

    pub(super) fn set(
        &self,
        draft: &mut Draft,
        values: FieldValues,
        from: Day,
        managers: &mut Vec<Named>,
    ) -> Result<()> {
        let mut identity = draft.identity.clone();
        let mut wrong = Vec::new();
        // What is the same for all days is told before what holds from a day on.
        let (own, placed): (Vec<_>, Vec<_>) =
            values.fields.into_iter().partition(|(field, _)| *field < PersonField::Department);
        for fields in [own, placed] {
            for (field, value) in fields {
                let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
                let set = self.set_field(draft, &mut identity, field, value, from, managers);
                wrong.extend(set.err());
            }
            if wrong.is_empty() {
                draft.note_identity(&identity);
                draft.identity.clone_from(&identity);
            }
        }
        let mut attributes = checked_attributes(values.attributes).unwrap_or_else(|error| {
            wrong.push(error);
            BTreeMap::new()
        });
        if !wrong.is_empty() {
            return Err(Error::several(wrong));
        }
        if values.replaces_attributes {
            let known =
                draft.on(from).into_iter().flat_map(|placement| placement.attributes.keys());
            for key in known.cloned().collect::<Vec<_>>() {
                attributes.entry(key).or_insert(None);
            }
        }
        if !attributes.is_empty() {
            for (key, value) in &attributes {
                let before =
                    draft.on(from).and_then(|placement| placement.attributes.get(key).cloned());
                draft.note(&format!("attribute.{key}"), before, value.clone());
            }
            draft.place(from, |base, later| {
                for (key, value) in &attributes {
                    if later.attributes.get(key) == base.attributes.get(key) {
                        match value {
                            Some(value) => later.attributes.insert(key.clone(), value.clone()),
                            None => later.attributes.remove(key),
                        };
                    }
                }
            });
        }
        Ok(())
    }

    fn set_field(
        &self,
        draft: &mut Draft,
        identity: &mut IdentityRow,
        field: PersonField,
        value: Option<String>,
        from: Day,
        managers: &mut Vec<Named>,
    ) -> Result<()> {
        let text = value.as_deref();
        let unit =
            |kind: UnitKind| text.map(|text| self.units.find_open(kind, text, from)).transpose();
        let name = |text: Option<&str>| {
            text.map(|text| Name::parse(text).map(|name| name.to_string())).transpose()
        };
        let required = |text: Option<String>| {
            text.ok_or_else(|| {
                Error::invalid(field.as_str(), "a person has a first and a last name")
            })
        };
        let tag = |error: Error| error.with_field(field.as_str());
        match field {
            PersonField::EmployeeNumber => {
                identity.employee_number = text.map(employee_number).transpose()?;
            }
            PersonField::Email => {
                identity.email = text
                    .map(|text| Email::parse(text).map(|email| email.to_string()))
                    .transpose()?;
            }
            PersonField::Username => {
                identity.username = text
                    .map(|text| Name::parse(text).map(|name| name.to_string()))
                    .transpose()
                    .map_err(tag)?;
            }
            PersonField::FirstName => identity.first_name = required(name(text).map_err(tag)?)?,
            PersonField::LastName => identity.last_name = required(name(text).map_err(tag)?)?,
            PersonField::PreferredName => identity.preferred_name = name(text).map_err(tag)?,
            PersonField::Locale => {
                identity.locale = text
                    .map(|text| Locale::parse(text).map(|locale| locale.to_string()))
                    .transpose()?;
            }
            PersonField::TimeZone => {
                identity.timezone = text
                    .map(|text| TimeZoneName::parse(text).map(|zone| zone.to_string()))
                    .transpose()?;
            }
            PersonField::Department => {
                let to = unit(UnitKind::Department)?;
                self.place_unit(draft, field, from, to, |placement| &mut placement.department);
            }
            PersonField::Location => {
                let to = unit(UnitKind::Location)?;
                self.place_unit(draft, field, from, to, |placement| &mut placement.location);
            }
            PersonField::JobRole => {
                let to = unit(UnitKind::JobRole)?;
                self.place_unit(draft, field, from, to, |placement| &mut placement.job_role);
            }
            PersonField::JobTitle => {
                let to = name(text).map_err(tag)?;
                draft.place_text(field, from, to, |placement| &mut placement.job_title);
            }
            PersonField::Country => {
                let to = text
                    .map(|text| Country::parse(text).map(|country| country.to_string()))
                    .transpose()?;
                draft.place_text(field, from, to, |placement| &mut placement.country);
            }
            PersonField::EmploymentType => {
                let to = text
                    .map(|text| Code::parse(text).map(|code| code.as_str().to_lowercase()))
                    .transpose()
                    .map_err(tag)?;
                draft.place_text(field, from, to, |placement| &mut placement.employment_type);
            }
            // Who it is can only be said when all people of this act are there.
            PersonField::Manager => {
                managers.push(Named { step: self.step, person: draft.id, from, manager: value });
            }
        }
        Ok(())
    }

    fn place_unit(
        &self,
        draft: &mut Draft,
        field: PersonField,
        from: Day,
        to: Option<Uuid>,
        of: fn(&mut Placement) -> &mut Option<Uuid>,
    ) {
        let code = |id: Option<Uuid>| id.and_then(|id| self.units.code(id)).map(str::to_owned);
        let before = draft.on(from).cloned().and_then(|mut placement| *of(&mut placement));
        draft.note(field.as_str(), code(before), code(to));
        draft.place(from, |_, later| {
            if *of(later) == before {
                *of(later) = to;
            }
        });
    }
}

fn employee_number(text: &str) -> Result<String> {
    let odd = text.chars().any(|c| c.is_control() || c.is_whitespace());
    if odd || text.chars().count() > 64 {
        return Err(Error::invalid(
            "employee_number",
            format!("`{text}` cannot be an employee number"),
        )
        .with_hint("use up to 64 characters without blanks; leading zeros are kept"));
    }
    Ok(text.to_owned())
}

fn checked_attributes(
    attributes: BTreeMap<String, String>,
) -> Result<BTreeMap<String, Option<String>>> {
    attributes
        .into_iter()
        .map(|(key, value)| {
            let key = Code::parse(&key).map_err(|error| error.with_field("attribute"))?;
            let value = value.trim();
            if value.chars().count() > 500 || value.chars().any(char::is_control) {
                return Err(Error::invalid(
                    "attribute",
                    format!("the attribute `{key}` is too long, or has a control character"),
                ));
            }
            Ok((key.to_string(), Some(value.to_owned()).filter(|value| !value.is_empty())))
        })
        .collect()
}
