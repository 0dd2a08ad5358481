//! What the names of audiences can mean: loaded in bulk, as of a day and as known at an instant, so
//! that resolving them is pure.

use std::collections::{BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::pattern::{Pattern, is_pattern};
use super::resolved::{Reading, Resolved};
use super::{Audience, AudienceField, values};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, One, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Day;
use crate::people::group_facts::{Definition, GroupFacts};
use crate::people::reach::Reach;
use crate::people::units::{UnitKind, Units};
use crate::people::{directory, named};

/// Who a name can mean, and who may have been meant where it means nobody.
#[derive(Debug, Default)]
pub(super) struct Meant {
    pub(super) people: Vec<Uuid>,
    pub(super) near: Option<String>,
}

/// Everything that some audiences name.
#[derive(Debug)]
pub(crate) struct Known {
    pub(super) day: Day,
    /// Of the kinds that are named, as they are on the day.
    pub(super) units: Units,
    pub(super) groups: GroupFacts,
    pub(super) people: HashMap<String, Meant>,
    pub(super) job_titles: Vec<String>,
    pub(super) employment_types: Vec<String>,
    pub(super) attributes: HashMap<String, Vec<String>>,
    /// Only where an attribute is not known.
    pub(super) attribute_names: Vec<String>,
    pub(super) roles: Vec<String>,
    pub(super) holders: HashMap<String, Vec<Uuid>>,
    /// Managers in order, with all managers below them.
    pub(super) reports: HashMap<Vec<Uuid>, Vec<Uuid>>,
    /// Values that nobody has are asked for without complaint.
    pub(super) is_forgiving: bool,
}

impl Known {
    /// Loads what an audience, and the groups that it names, can mean.
    pub(crate) async fn load(
        tx: &mut Tx,
        audience: &Audience,
        day: Day,
        known_at: Option<Timestamp>,
    ) -> Result<Self> {
        Self::load_for(tx, vec![audience.clone()], day, known_at).await
    }

    pub(crate) async fn load_for(
        tx: &mut Tx,
        mut audiences: Vec<Audience>,
        day: Day,
        known_at: Option<Timestamp>,
    ) -> Result<Self> {
        let mut known = Self {
            day,
            units: Units::default(),
            groups: GroupFacts::default(),
            people: HashMap::new(),
            job_titles: Vec::new(),
            employment_types: Vec::new(),
            attributes: HashMap::new(),
            attribute_names: Vec::new(),
            roles: Vec::new(),
            holders: HashMap::new(),
            reports: HashMap::new(),
            is_forgiving: false,
        };
        if names(&audiences, &AudienceField::Group).next().is_some() {
            known.groups = GroupFacts::load(tx, day, known_at).await?;
            let fixed = known.follow_groups(&mut audiences)?;
            known.groups.load_members(tx, &fixed, day, known_at).await?;
        }
        let kinds = named_kinds(&audiences);
        if !kinds.is_empty() {
            known.units = Units::load_on(tx, &kinds, day, known_at).await?;
        }
        known.load_people(tx, &audiences).await?;
        known.load_values(tx, &audiences, known_at).await?;
        for audience in audiences.iter().filter(|audience| audience.all_reports) {
            for terms in audience.sides() {
                let managers = terms.get(&AudienceField::Manager).into_iter().flatten();
                let managers = known.meant(managers.map(String::as_str));
                if !managers.is_empty() && !known.reports.contains_key(&managers) {
                    let below =
                        values::with_managers_below(tx, &managers, day, known_at, None).await?;
                    known.reports.insert(managers, below);
                }
            }
        }
        Ok(known)
    }

    /// For standing audiences: a title or an attribute that the last person gave up is no mistake.
    /// Nobody has it; somebody may again.
    pub(crate) fn forgiving(mut self) -> Self {
        self.is_forgiving = true;
        self
    }

    /// Adds the audiences of the groups that are named, and of those that these name; gives back
    /// the fixed lists among them.
    fn follow_groups(&self, audiences: &mut Vec<Audience>) -> Result<Vec<Uuid>> {
        let (mut fixed, mut seen, mut at) = (Vec::new(), HashSet::new(), 0);
        while at < audiences.len() {
            let named: BTreeSet<String> =
                audiences[at].values_of(&AudienceField::Group).map(str::to_owned).collect();
            at += 1;
            for id in named.iter().flat_map(|name| self.groups.meant(name)) {
                if !seen.insert(id) {
                    continue;
                }
                match self.groups.definition(id) {
                    Some(Definition::Fixed) => fixed.push(id),
                    Some(Definition::Saved(text)) => audiences.push(GroupFacts::read(id, text)?),
                    None => {}
                }
            }
        }
        Ok(fixed)
    }

    async fn load_people(&mut self, tx: &mut Tx, audiences: &[Audience]) -> Result<()> {
        let named: BTreeSet<&str> = names(audiences, &AudienceField::Person)
            .chain(names(audiences, &AudienceField::Manager))
            .collect();
        let (patterns, plain): (Vec<&str>, Vec<&str>) =
            named.into_iter().partition(|name| is_pattern(name));
        let mut found = named::look_up(tx, &plain).await?;
        found.extend(named::look_up_patterns(tx, &patterns).await?);
        // Where somebody was erased, their id took the place of their name: it means nobody, and is no
        // mistake.
        let ids = plain.iter().filter(|name| found.get(**name).is_none_or(Vec::is_empty));
        let ids: Vec<Uuid> = ids.filter_map(|name| name.trim().parse().ok()).collect();
        if !ids.is_empty() {
            let closed: Vec<One<Uuid>> =
                Assembly::new("SELECT id FROM persons WHERE closed_as = 'erased' AND id IN (ids?)")
                    .bind_ids(&IdList::new(ids))
                    .on(tx)
                    .all()
                    .await?;
            let closed: HashSet<Uuid> = closed.into_iter().map(|One(id)| id).collect();
            for name in &plain {
                if let Some(id) = name.trim().parse().ok().filter(|id| closed.contains(id)) {
                    found.insert((*name).to_owned(), vec![id]);
                }
            }
        }
        for name in plain.into_iter().chain(patterns) {
            let people = found.remove(name).unwrap_or_default();
            let near = if people.is_empty() && !is_pattern(name) {
                directory::near(tx, &Reach::everybody(), name).await?
            } else {
                None
            };
            self.people.insert(name.to_owned(), Meant { people, near });
        }
        Ok(())
    }

    async fn load_values(
        &mut self,
        tx: &mut Tx,
        audiences: &[Audience],
        known_at: Option<Timestamp>,
    ) -> Result<()> {
        let is_named = |field: AudienceField| names(audiences, &field).next().is_some();
        if is_named(AudienceField::JobTitle) {
            self.job_titles = values::job_titles(tx, known_at).await?;
        }
        if is_named(AudienceField::EmploymentType) {
            self.employment_types = values::employment_types(tx, known_at).await?;
        }
        if is_named(AudienceField::AccessRole) {
            self.roles = values::roles(tx).await?;
            let asked: Vec<Pattern> =
                names(audiences, &AudienceField::AccessRole).map(role_pattern).collect();
            let is_asked = |role: &String| asked.iter().any(|pattern| pattern.matches(role));
            let roles: Vec<String> =
                self.roles.iter().filter(|role| is_asked(role)).cloned().collect();
            for holder in values::holders(tx, &roles, self.day, known_at).await? {
                self.holders.entry(holder.role).or_default().push(holder.person);
            }
        }
        let attributes: BTreeSet<&str> = audiences
            .iter()
            .flat_map(Audience::sides)
            .flat_map(|terms| terms.keys())
            .filter_map(|field| match field {
                AudienceField::Attribute(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        // Bounded by how many attributes somebody typed.
        for name in attributes {
            let values = values::attribute_values(tx, name, known_at).await?;
            if values.is_empty() && self.attribute_names.is_empty() {
                self.attribute_names = values::attribute_names(tx).await?;
            }
            self.attributes.insert(name.to_owned(), values);
        }
        Ok(())
    }

    /// The people of these names, in order; names that are not known mean nobody here.
    pub(super) fn meant<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<Uuid> {
        let mut people: Vec<Uuid> = names
            .filter_map(|name| self.people.get(name))
            .flat_map(|meant| meant.people.iter().copied())
            .collect();
        people.sort_unstable();
        people.dedup();
        people
    }
}

/// The kinds of units of which any is named.
fn named_kinds(audiences: &[Audience]) -> Vec<UnitKind> {
    let fields = [
        (AudienceField::Department, UnitKind::Department),
        (AudienceField::Location, UnitKind::Location),
        (AudienceField::JobRole, UnitKind::JobRole),
    ];
    let is_named = |field: &AudienceField| names(audiences, field).next().is_some();
    fields.iter().filter(|(field, _)| is_named(field)).map(|(_, kind)| *kind).collect()
}

/// Roles are written with `-` as well as with `_`.
pub(super) fn role_pattern(text: &str) -> Pattern {
    Pattern::new(&fold(text).replace('-', "_"))
}

/// The values that any of the audiences has for a field.
fn names<'a>(audiences: &'a [Audience], field: &'a AudienceField) -> impl Iterator<Item = &'a str> {
    audiences.iter().flat_map(move |audience| audience.values_of(field))
}

/// Resolves an audience as of a day.
pub(crate) async fn resolve(
    tx: &mut Tx,
    audience: &Audience,
    day: Day,
    known_at: Option<Timestamp>,
) -> Result<Resolved> {
    Known::load(tx, audience, day, known_at).await?.resolve(audience)
}

/// What cannot be understood of an audience as of a day: of names that nobody has each.
pub(crate) async fn wrong_in(tx: &mut Tx, audience: &Audience, day: Day) -> Result<Vec<Error>> {
    let known = Known::load(tx, audience, day, None).await?;
    let Err(wrong) = known.resolve(audience) else { return Ok(Vec::new()) };
    let each = audience.single_values();
    let each: Vec<Error> = each.iter().filter_map(|one| known.resolve(one).err()).collect();
    Ok(if each.is_empty() { vec![wrong] } else { each })
}

/// The people of an audience on a day, as far as is believed now, in the order of their ids.
pub(crate) async fn people_of(tx: &mut Tx, audience: &Audience, day: Day) -> Result<Vec<Uuid>> {
    people_of_as_known(tx, audience, day, None).await
}

/// As [`people_of`], as far as was believed at an instant.
pub(crate) async fn people_of_as_known(
    tx: &mut Tx,
    audience: &Audience,
    day: Day,
    known_at: Option<Timestamp>,
) -> Result<Vec<Uuid>> {
    let resolved = resolve(tx, audience, day, known_at).await?;
    let select = "SELECT p.person_id FROM placements p WHERE";
    let wanted = holding_on(select, "", day, known_at);
    let wanted = resolved.push(wanted.push("AND"), tx.engine(), Reading::Sought);
    let rows: Vec<One<Uuid>> = wanted.push("ORDER BY p.person_id").on(tx).all().await?;
    Ok(rows.into_iter().map(|One(id)| id).collect())
}

/// A statement up to its conditions over the placements `p` that hold on a day, as far as is believed
/// now or was at an instant. A record that was taken back, merged or erased is nobody, but was
/// somebody before.
pub(crate) fn holding_on(
    select: &'static str,
    from: &'static str,
    day: Day,
    known_at: Option<Timestamp>,
) -> Assembly {
    let assembly = Assembly::new(select)
        .push(from)
        .push("p.valid_from <= ?")
        .bind(day)
        .push("AND (p.valid_until > ? OR p.valid_until IS NULL)")
        .bind(day);
    match known_at {
        None => assembly.push(
            "AND p.retracted_at IS NULL
             AND p.person_id NOT IN (SELECT c.id FROM persons c WHERE c.closed_at IS NOT NULL)",
        ),
        Some(instant) => assembly
            .push("AND p.recorded_at <= ?")
            .bind(instant)
            .push("AND (p.retracted_at > ? OR p.retracted_at IS NULL)")
            .bind(instant)
            .push("AND p.person_id NOT IN (SELECT c.id FROM persons c WHERE c.closed_at <= ?)")
            .bind(instant),
    }
}
