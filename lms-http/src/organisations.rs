//! Which organisation a request is for.
//!
//! An organisation is one database, opened as one [`Lms`]. Its host name is the only thing that
//! tells requests of different organisations apart; headers that a client or a proxy may add, such
//! as `X-Forwarded-Host`, are not believed.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

use lms_core::Lms;

/// Finds the organisation that a request is for.
pub trait Organisations: Send + Sync + 'static {
    /// The organisation at a host, or nothing where there is none. The name comes without port
    /// and trailing dot, and in lower case; it is empty where the request names no host.
    fn at(&self, host: &str) -> Option<Lms>;

    /// Every organisation that is served: readiness asks each of them.
    fn all(&self) -> Vec<Lms>;
}

/// One organisation, under whatever name it is reached.
impl Organisations for Lms {
    fn at(&self, _host: &str) -> Option<Lms> {
        Some(self.clone())
    }

    fn all(&self) -> Vec<Lms> {
        vec![self.clone()]
    }
}

/// Organisations by host name.
impl Organisations for BTreeMap<String, Lms> {
    fn at(&self, host: &str) -> Option<Lms> {
        self.get(host).or_else(|| regardless_of_case(self.iter(), host)).cloned()
    }

    fn all(&self) -> Vec<Lms> {
        self.values().cloned().collect()
    }
}

/// Organisations by host name.
impl<S: BuildHasher + Send + Sync + 'static> Organisations for HashMap<String, Lms, S> {
    fn at(&self, host: &str) -> Option<Lms> {
        self.get(host).or_else(|| regardless_of_case(self.iter(), host)).cloned()
    }

    fn all(&self) -> Vec<Lms> {
        self.values().cloned().collect()
    }
}

impl<T: Organisations + ?Sized> Organisations for Arc<T> {
    fn at(&self, host: &str) -> Option<Lms> {
        (**self).at(host)
    }

    fn all(&self) -> Vec<Lms> {
        (**self).all()
    }
}

/// Host names have no case, so a key written with capitals must be found as well.
fn regardless_of_case<'a, V>(
    mut entries: impl Iterator<Item = (&'a String, &'a V)>,
    host: &str,
) -> Option<&'a V> {
    entries.find(|(name, _)| name.eq_ignore_ascii_case(host)).map(|(_, value)| value)
}

/// The host name of an authority such as `Learn.Example.com:8443`, as [`Organisations::at`] gets it.
pub(crate) fn host_name(authority: &str) -> String {
    let name = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(address, _)| address),
        None => authority.split_once(':').map_or(authority, |(name, _)| name),
    };
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_has_no_port_no_case_and_no_trailing_dot() {
        assert_eq!(host_name("Learn.Example.com:8443"), "learn.example.com");
        assert_eq!(host_name("learn.example.com."), "learn.example.com");
        assert_eq!(host_name("[::1]:8080"), "::1");
        assert_eq!(host_name("[::1"), "::1");
        assert_eq!(host_name(""), "");
    }

    #[test]
    fn a_name_is_found_in_any_case() {
        let names = HashMap::from([("Learn.Example.com".to_owned(), 1)]);
        assert_eq!(regardless_of_case(names.iter(), "learn.example.com"), Some(&1));
        assert_eq!(regardless_of_case(names.iter(), "example.com"), None);
    }
}
