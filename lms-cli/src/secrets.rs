//! Credentials of systems that are asked: where they are found, and where they are kept.
//!
//! What the environment says holds: a variable, a file that a variable names, a credential of systemd. Else the
//! keyring of whoever is signed in, where there is one. A credential is in no argument and in no
//! configuration file, and whoever uses one says where it came from.

use std::fmt;
use std::path::{Path, PathBuf};

use lms_core::Secret;

use crate::config::refuse_readable_by_others;
use crate::error::{Result, SECRET, io_reason};

/// Under which our entries stand in a keyring.
const SERVICE: &str = "lmsctl";
/// What a credential may have.
const BYTES_MAX: u64 = 64 << 10;

/// Where a credential came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Variable(String),
    File { variable: String, path: PathBuf },
    Systemd(String),
    Keyring,
}

/// A credential, and where it came from.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) secret: Secret,
    pub(crate) place: Place,
}

/// Where the credential of one connection is kept. A system at another address has another one, so that
/// nobody sends it there by changing the address.
#[derive(Debug)]
pub(crate) struct Keeper {
    name: String,
    origin: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::File { variable, path } => write!(f, "{variable} ({})", path.display()),
            Self::Systemd(name) => write!(f, "systemd credential {name}"),
            Self::Keyring => f.write_str("keyring"),
        }
    }
}

impl Keeper {
    /// Of the connection of this name, at this address.
    pub(crate) fn new(name: &str, origin: &str) -> Self {
        Self { name: name.to_owned(), origin: origin.to_owned() }
    }

    /// The variable that may hold it: `LMSCTL_HR_TOKEN`.
    pub(crate) fn variable(&self) -> String {
        let letter = |letter: char| {
            if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' }
        };
        format!("LMSCTL_{}_TOKEN", self.name.chars().map(letter).collect::<String>())
    }

    /// What to give where nobody can be asked.
    pub(crate) fn ways(&self) -> String {
        let variable = self.variable();
        format!(
            "it in `{variable}`, a file that only you may read in `{variable}_FILE`, or the systemd \
             credential `{}`",
            variable.to_lowercase()
        )
    }

    /// Looks for it.
    pub(crate) fn find(&self) -> Result<Option<Found>> {
        if let Some(found) = self.in_environment()? {
            return Ok(Some(found));
        }
        let found = in_keyring(self.entry(), |entry| entry.get_password()).ok().flatten();
        Ok(found.map(|text| Found { secret: Secret::new(&text), place: Place::Keyring }))
    }

    fn in_environment(&self) -> Result<Option<Found>> {
        let variable = self.variable();
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        if let Some(value) = set(&variable) {
            let Some(text) = value.to_str() else {
                return Err(SECRET.error(format!("`{variable}` is no text")).into());
            };
            let place = Place::Variable(variable);
            return Ok(Some(Found { secret: Secret::new(text), place }));
        }
        let in_file = format!("{variable}_FILE");
        if let Some(path) = set(&in_file).map(PathBuf::from) {
            refuse_readable_by_others(&format!("the file of `{in_file}`"), &path)?;
            let secret = read(&path, &in_file)?;
            return Ok(Some(Found { secret, place: Place::File { variable: in_file, path } }));
        }
        let named = variable.to_lowercase();
        let folder = set("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        match folder.map(|folder| folder.join(&named)).filter(|path| path.is_file()) {
            Some(path) => {
                let secret = read(&path, &named)?;
                Ok(Some(Found { secret, place: Place::Systemd(named) }))
            }
            None => Ok(None),
        }
    }

    /// Keeps it in the keyring; why not, where there is none.
    pub(crate) fn keep(&self, typed: String) -> std::result::Result<(), String> {
        in_keyring(self.entry(), move |entry| entry.set_password(&typed)).map(drop)
    }

    /// Takes it out of the keyring; whether it was there.
    pub(crate) fn forget(&self) -> bool {
        let gone = in_keyring(self.entry(), |entry| entry.delete_credential());
        gone.is_ok_and(|gone| gone.is_some())
    }

    fn entry(&self) -> String {
        format!("{} {}", self.name, self.origin)
    }
}

fn read(path: &Path, what: &str) -> Result<Secret> {
    let about = std::fs::metadata(path);
    if about.as_ref().is_ok_and(|about| about.len() > BYTES_MAX) {
        let path = path.display();
        return Err(SECRET.error(format!("`{path}` is too large for a credential")).into());
    }
    let text = std::fs::read_to_string(path).map_err(|cause| {
        let reason = io_reason(&cause);
        SECRET
            .error(format!("cannot read `{}`: {reason}", path.display()))
            .with_hint(format!("correct `{what}`, or make the file"))
    })?;
    let secret = Secret::new(&text);
    if secret.is_empty() {
        return Err(SECRET
            .error(format!("`{}` holds no credential", path.display()))
            .with_hint("write it into the file, as its only line")
            .into());
    }
    Ok(secret)
}

/// Does something with an entry of the keyring; nothing where there is no such entry. A keyring may have a
/// runtime of its own, and gets a thread for it.
fn in_keyring<T: Send + 'static>(
    entry: String,
    act: impl FnOnce(keyring::Entry) -> keyring::Result<T> + Send + 'static,
) -> std::result::Result<Option<T>, String> {
    let work = move || match keyring::Entry::new(SERVICE, &entry).and_then(act) {
        Ok(done) => Ok(Some(done)),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(cause) => Err(cause.to_string()),
    };
    match std::thread::Builder::new().spawn(work).map(std::thread::JoinHandle::join) {
        Ok(Ok(done)) => done,
        _ => Err("it cannot be asked".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_connections_are_names_of_variables() {
        let keeper = |name| Keeper::new(name, "https://x.org");
        assert_eq!(keeper("hr").variable(), "LMSCTL_HR_TOKEN");
        assert_eq!(keeper("acme-hr.2").variable(), "LMSCTL_ACME_HR_2_TOKEN");
        assert!(keeper("hr").ways().contains("`lmsctl_hr_token`"));
        assert_ne!(keeper("hr").entry(), Keeper::new("hr", "https://y.org").entry());
    }
}
