//! Who acts, and what they may do: permissions as plain values and the one function that checks.
//!
//! Which permissions there are is each context's affair; which roles hold them is that of `access`.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::error::{Error, FORBIDDEN, NO_PERSON, Result};
use super::request_key::RequestKey;

/// The name of something that may be done, such as `settings.write`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permission {
    /// The dotted name.
    pub name: &'static str,
    /// What it lets one do, completing "may …".
    pub summary: &'static str,
    /// Whether it is about people's records, so that it can be held for some of them only.
    pub scoped: bool,
}

impl Permission {
    /// Declares a permission that is held as a whole or not at all.
    #[must_use]
    pub const fn new(name: &'static str, summary: &'static str) -> Self {
        Self { name, summary, scoped: false }
    }

    /// Declares a permission about people's records, which a scope can narrow.
    #[must_use]
    pub const fn scoped(name: &'static str, summary: &'static str) -> Self {
        Self { name, summary, scoped: true }
    }
}

/// Whose records a grant reaches, seen from the person to whom the account belongs.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Their own record.
    Self_,
    /// Those of everybody who reports to them, directly or by way of others.
    Reports,
    /// Those of everybody in the departments that they lead as head or deputy, and below.
    Department,
    /// All.
    All,
}

impl Scope {
    /// All of them, from the narrowest.
    pub const ALL: &'static [Self] = &[Self::Self_, Self::Reports, Self::Department, Self::All];

    /// The name in commands, tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Self_ => "self",
            Self::Reports => "reports",
            Self::Department => "department",
            Self::All => "all",
        }
    }
}

/// What a role gives: a permission, or a pattern over several (`*`, `area.*`, `*.verb`), and whose
/// records it reaches. It is written `people.read@reports`; without a scope it reaches all.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grant {
    /// The permission, or the pattern.
    pub permission: String,
    /// Whose records it reaches.
    pub scope: Scope,
}

impl Grant {
    pub(crate) fn all(permission: &str) -> Self {
        Self { permission: permission.to_owned(), scope: Scope::All }
    }

    /// Reads `people.read@reports`; nothing where the scope is none. Whether there is such a
    /// permission is not its affair.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (permission, scope) = text.split_once('@').unwrap_or((text, "all"));
        let scope = Scope::ALL.iter().copied().find(|known| known.as_str() == scope)?;
        Some(Self { permission: permission.to_owned(), scope })
    }

    pub(crate) fn covers(&self, permission: &str) -> bool {
        matches(&self.permission, permission)
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope {
            Scope::All => f.write_str(&self.permission),
            scope => write!(f, "{}@{}", self.permission, scope.as_str()),
        }
    }
}

impl Serialize for Grant {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whoever asks: a person at the operating system, an account, or a job of the program itself.
#[derive(Debug, Clone)]
pub struct Actor {
    label: String,
    grants: Grants,
    origin: String,
    request_id: Option<String>,
    reason: Option<String>,
    request_key: Option<Arc<RequestKey>>,
}

/// What an actor may do.
#[derive(Debug, Clone)]
pub(crate) enum Grants {
    Everything,
    /// One for the account, and one for each thing that narrows it; every one of them must allow.
    Layers(Vec<Layer>),
}

/// Grants, and the person from whom their scopes are seen. Where there is none, narrow scopes reach
/// nobody.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) grants: Vec<Grant>,
    pub(crate) person: Option<Uuid>,
}

/// What one layer leaves of a permission: the scopes, any of which may reach a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) person: Option<Uuid>,
    pub(crate) scopes: BTreeSet<Scope>,
}

impl Layer {
    fn scopes(&self, permission: &str) -> BTreeSet<Scope> {
        let covering = self.grants.iter().filter(|grant| grant.covers(permission));
        covering.map(|grant| grant.scope).collect()
    }
}

impl Actor {
    /// Whoever has the database through the command line: full rights.
    #[must_use]
    pub fn os_user(name: &str) -> Self {
        Self::with_grants(format!("os:{name}"), Grants::Everything)
    }

    /// A job of the program itself: full rights.
    #[must_use]
    pub fn system(job: &str) -> Self {
        Self::with_grants(format!("system:{job}"), Grants::Everything)
    }

    pub(crate) fn with_grants(label: String, grants: Grants) -> Self {
        let origin = "library".to_owned();
        Self { label, grants, origin, request_id: None, reason: None, request_key: None }
    }

    /// Takes over origin, request id, reason and key of another actor.
    pub(crate) fn speaking_for(mut self, other: &Self) -> Self {
        self.origin = format!("{} {}", other.origin, other.label);
        self.request_id.clone_from(&other.request_id);
        self.reason.clone_from(&other.reason);
        self.request_key.clone_from(&other.request_key);
        self
    }

    /// Ties what is done to the key of a request, so that it is done once.
    pub(crate) fn with_request_key(mut self, key: RequestKey) -> Self {
        self.request_key = Some(Arc::new(key));
        self
    }

    /// Ties what is done to the request that caused it.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// Says by which door the actor came, such as `cli` or `http`.
    #[must_use]
    pub fn with_origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = origin.into();
        self
    }

    /// Says why; it is kept in the audit entry.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Whether the actor may do this at all, be it to few records.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        match &self.grants {
            Grants::Everything => true,
            Grants::Layers(layers) => {
                layers.iter().all(|layer| !layer.scopes(permission).is_empty())
            }
        }
    }

    /// The person as whom the actor learns: the one to whom the account belongs.
    pub(crate) fn own_person(&self) -> Option<Uuid> {
        match &self.grants {
            Grants::Everything => None,
            Grants::Layers(layers) => layers.last().and_then(|layer| layer.person),
        }
    }

    /// The same for those who cannot go on without: an error where the account belongs to nobody.
    pub fn own(&self) -> Result<Uuid> {
        self.own_person().ok_or_else(|| {
            NO_PERSON.error("you act for no person of your own").with_hint(
                "say whom it is about, or sign in with an account that belongs to a person",
            )
        })
    }

    /// Whether this person stands behind the actor, be it by way of another account.
    pub(crate) fn is_person(&self, person: Uuid) -> bool {
        match &self.grants {
            Grants::Everything => false,
            Grants::Layers(layers) => layers.iter().any(|layer| layer.person == Some(person)),
        }
    }

    /// Who this is in the audit log, such as `os:ada` or `account:0197…`.
    #[must_use]
    pub fn label(&self) -> String {
        self.label.clone()
    }

    /// By which door the actor came.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The request that this belongs to.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Why, in the actor's words.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The key of the request that this belongs to, if its client gave one.
    pub(crate) fn request_key(&self) -> Option<&RequestKey> {
        self.request_key.as_deref()
    }

    pub(crate) fn grants(&self) -> &Grants {
        &self.grants
    }

    /// The one check: every verb calls it first. A permission about people's records may be held
    /// for few of them: which ones is then asked of `bounds`. Any other must be held as a whole.
    pub fn require(&self, permission: Permission) -> Result<()> {
        let held = match &self.grants {
            Grants::Everything => true,
            Grants::Layers(layers) => layers.iter().all(|layer| {
                let scopes = layer.scopes(permission.name);
                if permission.scoped { !scopes.is_empty() } else { scopes.contains(&Scope::All) }
            }),
        };
        if held {
            return Ok(());
        }
        Err(FORBIDDEN
            .error(format!("you may not {}", permission.summary))
            .with_hint(format!("ask an administrator for the permission `{}`", permission.name)))
    }

    /// For a verb that concerns everybody: the permission must be held for all records.
    pub(crate) fn require_for_all(&self, permission: Permission) -> Result<()> {
        self.require(Permission { scoped: false, ..permission })
    }

    /// What narrows a permission: one bound for each layer that does not hold it for all records.
    /// A record must be within every one of them; where there is none, all records are reached.
    pub(crate) fn bounds(&self, permission: Permission) -> Vec<Bound> {
        let Grants::Layers(layers) = &self.grants else {
            return Vec::new();
        };
        let bound = |layer: &Layer| {
            let scopes = layer.scopes(permission.name);
            (!scopes.contains(&Scope::All)).then_some(Bound { person: layer.person, scopes })
        };
        layers.iter().filter_map(bound).collect()
    }

    /// Whether the actor holds what an account of this person would be given. A narrow grant is as
    /// good as the actor's own only where both are seen from the same person: the reports of somebody
    /// else are other people.
    fn holds(&self, wanted: &Grant, person: Option<Uuid>) -> bool {
        let Grants::Layers(layers) = &self.grants else {
            return true;
        };
        layers.iter().all(|layer| {
            let scopes = layer.scopes(&wanted.permission);
            let as_seen_by_both = layer.person.is_some() && layer.person == person;
            scopes.contains(&Scope::All) || (as_seen_by_both && scopes.contains(&wanted.scope))
        })
    }
}

/// Refuses what the actor could not do either: nobody gives away more than they hold. `person` is
/// whose scopes are given, where that is known.
pub(crate) fn require_all_of(
    actor: &Actor,
    grants: &[Grant],
    person: Option<Uuid>,
    what: &str,
) -> Result<()> {
    match grants.iter().find(|grant| !actor.holds(grant, person)) {
        None => Ok(()),
        Some(grant) => Err(Error::with_hint(
            FORBIDDEN.error(format!("{what} would hold `{grant}`, which you do not hold yourself")),
            "ask a super admin to do this",
        )),
    }
}

/// Whether a pattern (`*`, `area.*`, `*.verb` or a whole name) covers a permission.
pub(crate) fn matches(pattern: &str, permission: &str) -> bool {
    if pattern == "*" || pattern == permission {
        return true;
    }
    match (pattern.strip_suffix(".*"), pattern.strip_prefix("*.")) {
        (Some(area), _) => permission.split_once('.').is_some_and(|(of, _)| of == area),
        (_, Some(verb)) => permission.split_once('.').is_some_and(|(_, what)| what == verb),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEOPLE: Permission = Permission::scoped("people.read", "see people");
    const SETTINGS: Permission = Permission::new("settings.read", "see settings");

    fn layer(person: Option<u128>, grants: &[&str]) -> Layer {
        let grants = grants.iter().map(|text| Grant::parse(text).expect("a grant")).collect();
        Layer { grants, person: person.map(Uuid::from_u128) }
    }

    fn actor(layers: Vec<Layer>) -> Actor {
        Actor::with_grants("account:x".to_owned(), Grants::Layers(layers))
    }

    fn narrowed(layers: &[&[&str]]) -> Actor {
        actor(layers.iter().map(|grants| layer(None, grants)).collect())
    }

    #[test]
    fn patterns_cover_an_area_or_a_verb() {
        assert!(narrowed(&[&["settings.*"]]).may("settings.write"));
        assert!(narrowed(&[&["*.read"]]).may("audit.read"));
        assert!(!narrowed(&[&["*.read"]]).may("audit.verify"));
        assert!(!narrowed(&[&["settings.*"]]).may("settings_more.write"));
    }

    #[test]
    fn every_layer_must_allow() {
        let actor = narrowed(&[&["*"], &["settings.read"]]);
        assert!(actor.may("settings.read"));
        assert!(!actor.may("settings.write"));
        assert!(!narrowed(&[&["*"], &[]]).may("settings.read"));
    }

    #[test]
    fn a_grant_is_read_as_it_is_written() {
        for text in ["people.read@reports", "people.*@department", "*", "settings.read"] {
            assert_eq!(Grant::parse(text).map(|grant| grant.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Grant::parse("people.read@all"), Some(Grant::all("people.read")));
        assert_eq!(Grant::parse("people.read@boss"), None);
        assert_eq!(Grant::parse("people.read@"), None);
    }

    #[test]
    fn what_is_not_about_people_is_held_as_a_whole() {
        let narrow = narrowed(&[&["*@self"]]);
        assert!(narrow.require(PEOPLE).is_ok());
        assert!(narrow.require(SETTINGS).is_err());
        assert!(narrowed(&[&["*@self", "settings.read"]]).require(SETTINGS).is_ok());
    }

    #[test]
    fn a_bound_is_what_a_layer_leaves() {
        let free = actor(vec![layer(Some(1), &["people.*", "people.read@self"])]);
        assert_eq!(free.bounds(PEOPLE), []);
        let layers =
            vec![layer(Some(1), &["people.read@self", "*.read@reports"]), layer(None, &["*"])];
        let bounds = actor(layers).bounds(PEOPLE);
        assert_eq!(bounds.len(), 1);
        assert_eq!(bounds[0].person, Some(Uuid::from_u128(1)));
        assert_eq!(bounds[0].scopes, BTreeSet::from([Scope::Self_, Scope::Reports]));
        // Who holds nothing reaches nobody.
        assert_eq!(narrowed(&[&[]]).bounds(PEOPLE)[0].scopes, BTreeSet::new());
    }

    #[test]
    fn the_reports_of_somebody_else_are_other_people() {
        let manager = actor(vec![layer(Some(1), &["people.read@reports"])]);
        let wanted = Grant::parse("people.read@reports").expect("a grant");
        let gives = |actor: &Actor, person: Option<u128>| {
            require_all_of(actor, std::slice::from_ref(&wanted), person.map(Uuid::from_u128), "it")
        };
        assert!(gives(&manager, Some(1)).is_ok());
        assert!(gives(&manager, Some(2)).is_err());
        assert!(gives(&manager, None).is_err());
        let nobody = actor(vec![layer(None, &["people.read@reports"])]);
        assert!(gives(&nobody, None).is_err());
        assert!(gives(&actor(vec![layer(None, &["people.*"])]), Some(2)).is_ok());
    }
}
