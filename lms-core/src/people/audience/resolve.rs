//! From names to ids and stored values. Pure: what a name can mean was loaded before. A name that
//! means nothing is an error that tells the nearest ones, never an audience of nobody.

use uuid::Uuid;

use super::bounds::Bound;
use super::known::{Known, role_pattern};
use super::pattern::{Pattern, is_pattern};
use super::resolved::{Resolved, Test};
use super::terms::on_side;
use super::{Audience, AudienceField, Terms};
use crate::access::UNKNOWN_ROLE;
use crate::kernel::error::{Error, ErrorCode, Result};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Country;
use crate::people::group_facts::{Definition, GroupFacts};
use crate::people::units::UnitKind;
use crate::people::{
    GROUP_CYCLE, PersonStatus, UNKNOWN_GROUP, UNKNOWN_PERSON, UNKNOWN_UNIT, UNKNOWN_VALUE,
    directory,
};

/// Names that are told when none is near.
const NAMES_TOLD_MAX: usize = 8;

impl Known {
    /// What an audience means.
    pub(crate) fn resolve(&self, audience: &Audience) -> Result<Resolved> {
        self.resolve_in(audience, &[])
    }

    /// The same for the audience of a group, which must not come round to the group itself.
    pub(crate) fn resolve_group(&self, group: Uuid, audience: &Audience) -> Result<Resolved> {
        self.resolve_in(audience, &[group])
    }

    /// `way` are the groups on whose behalf this is resolved, from the outermost on.
    fn resolve_in(&self, audience: &Audience, way: &[Uuid]) -> Result<Resolved> {
        audience.check()?;
        let tests = |terms: &Terms, is_excluded: bool| -> Result<Vec<Test>> {
            let tests = terms.iter().map(|(field, values)| {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                let test = self.test(audience, field, &values, way);
                test.map_err(|error| on_side(is_excluded, error))
            });
            tests.collect()
        };
        let mut resolved = Resolved {
            all: tests(&audience.include, false)?,
            none: tests(&audience.exclude, true)?,
        };
        if !audience.include.contains_key(&AudienceField::Status) {
            resolved.all.push(Test::Status(vec![PersonStatus::Active, PersonStatus::OnLeave]));
        }
        Ok(resolved)
    }

    fn test(
        &self,
        audience: &Audience,
        field: &AudienceField,
        values: &[&str],
        way: &[Uuid],
    ) -> Result<Test> {
        Ok(match field {
            AudienceField::Department => {
                let named = self.named_units(UnitKind::Department, values)?;
                let all = if audience.exact { named } else { self.units.subtrees(named, self.day) };
                Test::Department(all.into_iter().collect())
            }
            AudienceField::Location => {
                Test::Location(self.named_units(UnitKind::Location, values)?.into_iter().collect())
            }
            AudienceField::JobRole => {
                Test::JobRole(self.named_units(UnitKind::JobRole, values)?.into_iter().collect())
            }
            AudienceField::Country => Test::Country(countries(values)?),
            AudienceField::JobTitle => {
                Test::JobTitle(self.in_use(field, values, &self.job_titles)?)
            }
            AudienceField::EmploymentType => {
                Test::EmploymentType(self.in_use(field, values, &self.employment_types)?)
            }
            AudienceField::Attribute(name) => {
                let known = self.attributes.get(name).map(Vec::as_slice).unwrap_or_default();
                if known.is_empty() && !self.is_forgiving {
                    return Err(self.unknown_attribute(name));
                }
                Test::Attribute(name.clone(), self.in_use(field, values, known)?)
            }
            AudienceField::Person => {
                Test::Person(self.named_people(field, values)?.into_iter().collect())
            }
            AudienceField::Manager => {
                let named = self.named_people(field, values)?;
                let below = self.reports.get(&named).filter(|_| audience.all_reports);
                Test::Manager(below.unwrap_or(&named).iter().copied().collect())
            }
            AudienceField::AccessRole => self.holders_of(field, values)?,
            AudienceField::Group => self.members_of(values, way)?,
            AudienceField::Status => Test::Status(statuses(values)?),
            // Of several days any will do: the last before which, the first after which.
            AudienceField::HiredBefore => Test::HiredBefore(Bound::last(values, self.day)?),
            AudienceField::HiredAfter => Test::HiredAfter(Bound::first(values, self.day)?),
        })
    }

    fn named_units(&self, kind: UnitKind, values: &[&str]) -> Result<Vec<Uuid>> {
        let mut found = Vec::new();
        for value in values {
            if !is_pattern(value) {
                found.push(self.units.find(kind, value)?);
                continue;
            }
            let pattern = Pattern::new(value);
            let matching = self.units.matching(kind, |key| pattern.matches_folded(key));
            if matching.is_empty() {
                let list = format!("lmsctl {} list", kind.noun().replace(' ', "-"));
                return Err(nothing_matches(kind.as_str(), kind.noun(), value, &UNKNOWN_UNIT)
                    .with_hint(format!("`{list}` shows all")));
            }
            found.extend(matching);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    fn named_people(&self, field: &AudienceField, values: &[&str]) -> Result<Vec<Uuid>> {
        for value in values {
            let meant = self.people.get(*value);
            let people = meant.map(|meant| meant.people.as_slice()).unwrap_or_default();
            let wrong = match people {
                [] if is_pattern(value) => {
                    nothing_matches("person", "person", value, &UNKNOWN_PERSON)
                        .with_hint("`*` stands for any text in an address, a user name or a number")
                }
                [] => directory::unknown(value, meant.and_then(|meant| meant.near.clone())),
                [_] => continue,
                _ if is_pattern(value) => continue,
                several => directory::ambiguous(value, several.len()),
            };
            return Err(wrong.with_field(field.key()));
        }
        Ok(self.meant(values.iter().copied()))
    }

    fn holders_of(&self, field: &AudienceField, values: &[&str]) -> Result<Test> {
        let mut people = Vec::new();
        for value in values {
            let pattern = role_pattern(value);
            let roles: Vec<&String> =
                self.roles.iter().filter(|role| pattern.matches(role)).collect();
            if roles.is_empty() {
                return Err(UNKNOWN_ROLE
                    .error(format!("there is no access role `{value}`"))
                    .with_field(field.key())
                    .with_hints(suggest(value, &self.roles))
                    .with_hint("`lmsctl access role list` shows all"));
            }
            people.extend(roles.into_iter().filter_map(|role| self.holders.get(role)).flatten());
        }
        Ok(Test::Person(people.into_iter().collect()))
    }

    fn members_of(&self, values: &[&str], way: &[Uuid]) -> Result<Test> {
        let mut groups = Vec::new();
        for value in values {
            if is_pattern(value) {
                let matching = self.groups.meant(value);
                if matching.is_empty() {
                    return Err(nothing_matches("group", "group", value, &UNKNOWN_GROUP)
                        .with_hint("`lmsctl group list` shows all"));
                }
                groups.extend(matching);
            } else {
                groups.push(self.groups.find_open(value, self.day)?);
            }
        }
        groups.sort_unstable();
        groups.dedup();
        let (mut fixed, mut any) = (Vec::new(), Vec::new());
        for group in groups {
            match self.groups.definition(group) {
                Some(Definition::Saved(text)) => {
                    if way.contains(&group) {
                        return Err(self.comes_round(way, group));
                    }
                    let way: Vec<Uuid> = way.iter().copied().chain([group]).collect();
                    let audience = GroupFacts::read(group, text)?;
                    any.push(self.resolve_in(&audience, &way).map_err(|error| {
                        let code = self.groups.code(group);
                        error.with_field(AudienceField::Group.key()).with_hint(format!(
                            "the group `{code}` says so: `lmsctl group show {code}`"
                        ))
                    })?);
                }
                Some(Definition::Fixed) => fixed.extend(self.groups.members(group)),
                None => {}
            }
        }
        if !fixed.is_empty() || any.is_empty() {
            let listed = Test::Person(fixed.into_iter().collect());
            any.push(Resolved { all: vec![listed], none: Vec::new() });
        }
        Ok(Test::Any(any))
    }

    fn comes_round(&self, way: &[Uuid], group: Uuid) -> Error {
        let begin = way.iter().position(|id| *id == group).unwrap_or_default();
        let codes: Vec<&str> =
            way[begin..].iter().chain([&group]).map(|id| self.groups.code(*id)).collect();
        GROUP_CYCLE
            .error(format!("the group would be part of itself: {}", codes.join(" → ")))
            .with_field("group")
            .with_hint("name other groups, or change the one that leads back")
    }

    /// The stored values that are asked for; one that nobody has is an error.
    fn in_use(
        &self,
        field: &AudienceField,
        values: &[&str],
        known: &[String],
    ) -> Result<Vec<String>> {
        let mut found: Vec<String> = Vec::new();
        for value in values {
            let pattern = Pattern::new(value);
            let before = found.len();
            found.extend(known.iter().filter(|known| pattern.matches(known)).cloned());
            if found.len() == before && !self.is_forgiving {
                let noun = field.noun();
                let error = if is_pattern(value) {
                    nothing_matches(&field.key(), &noun, value, &UNKNOWN_VALUE)
                } else {
                    UNKNOWN_VALUE
                        .error(format!("nobody has the {noun} `{value}`"))
                        .with_field(field.key())
                        .with_hints(suggest(value, known))
                };
                return Err(error.with_hint(told("in use", known)));
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    fn unknown_attribute(&self, name: &str) -> Error {
        UNKNOWN_VALUE
            .error(format!("nobody has an attribute `{name}`"))
            .with_field(format!("attribute.{name}"))
            .with_hints(suggest(name, &self.attribute_names))
            .with_hint(told("the attributes in use", &self.attribute_names))
    }
}

fn countries(values: &[&str]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for value in values {
        if !is_pattern(value) {
            found.push(Country::parse(value)?.to_string());
            continue;
        }
        let pattern = Pattern::new(value);
        let before = found.len();
        found.extend(Country::codes().filter(|code| pattern.matches(code)).map(str::to_owned));
        if found.len() == before {
            return Err(nothing_matches("country", "country", value, &UNKNOWN_VALUE)
                .with_hint("a country is its two-letter ISO 3166 code, such as `DE`"));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn statuses(values: &[&str]) -> Result<Vec<PersonStatus>> {
    let mut found = Vec::new();
    for value in values {
        if !is_pattern(value) {
            found.push(PersonStatus::parse(value)?);
            continue;
        }
        let pattern = Pattern::new(&value.replace([' ', '-'], "_"));
        let matching = PersonStatus::ALL.iter().filter(|status| pattern.matches(status.as_str()));
        let before = found.len();
        found.extend(matching);
        if found.len() == before {
            let all: Vec<&str> = PersonStatus::ALL.iter().map(|status| status.as_str()).collect();
            return Err(nothing_matches("status", "status", value, &UNKNOWN_VALUE)
                .with_hint(format!("a status is one of: {}", all.join(", "))));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn nothing_matches(field: &str, noun: &str, value: &str, code: &'static ErrorCode) -> Error {
    code.error(format!("no {noun} matches `{value}`")).with_field(field)
}

fn told(what: &str, names: &[String]) -> String {
    match names {
        [] => "nobody has any so far".to_owned(),
        names => {
            let more = if names.len() > NAMES_TOLD_MAX { ", …" } else { "" };
            let shown: Vec<&str> = names.iter().take(NAMES_TOLD_MAX).map(String::as_str).collect();
            format!("{what}: {}{more}", shown.join(", "))
        }
    }
}
