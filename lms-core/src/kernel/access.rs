//! Who acts, and what they may do: permissions as plain values and the one function that checks.
//!
//! Which permissions there are is each context's affair; which roles hold them is that of `access`.

use super::error::{Error, FORBIDDEN, Result};

/// The name of something that may be done, such as `settings.write`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permission {
    /// The dotted name.
    pub name: &'static str,
    /// What it lets one do, completing "may …".
    pub summary: &'static str,
}

impl Permission {
    /// Declares a permission.
    #[must_use]
    pub const fn new(name: &'static str, summary: &'static str) -> Self {
        Self { name, summary }
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
}

/// What an actor may do. Patterns are permission names, `*`, `area.*` or `*.verb`.
#[derive(Debug, Clone)]
pub(crate) enum Grants {
    Everything,
    /// One list per layer that narrows; each of them must allow.
    Layers(Vec<Vec<String>>),
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
        Self { label, grants, origin: "library".to_owned(), request_id: None, reason: None }
    }

    /// Takes over origin, request id and reason of another actor.
    pub(crate) fn speaking_for(mut self, other: &Self) -> Self {
        self.origin = format!("{} {}", other.origin, other.label);
        self.request_id.clone_from(&other.request_id);
        self.reason.clone_from(&other.reason);
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

    /// Whether the actor may do this.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        match &self.grants {
            Grants::Everything => true,
            Grants::Layers(layers) => {
                layers.iter().all(|layer| layer.iter().any(|pattern| matches(pattern, permission)))
            }
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

    pub(crate) fn grants(&self) -> &Grants {
        &self.grants
    }

    /// The one check: every verb calls it first.
    pub(crate) fn require(&self, permission: Permission) -> Result<()> {
        if self.may(permission.name) {
            return Ok(());
        }
        Err(FORBIDDEN
            .error(format!("you may not {}", permission.summary))
            .with_hint(format!("ask an administrator for the permission `{}`", permission.name)))
    }
}

/// Refuses what the actor could not do either: nobody gives away more than they hold.
pub(crate) fn require_all_of(actor: &Actor, names: &[String], what: &str) -> Result<()> {
    match names.iter().find(|name| !actor.may(name)) {
        None => Ok(()),
        Some(name) => Err(Error::with_hint(
            FORBIDDEN.error(format!("{what} would hold `{name}`, which you do not hold yourself")),
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

    fn narrowed(layers: &[&[&str]]) -> Actor {
        let layers =
            layers.iter().map(|layer| layer.iter().map(ToString::to_string).collect()).collect();
        Actor::with_grants("account:x".to_owned(), Grants::Layers(layers))
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
}
