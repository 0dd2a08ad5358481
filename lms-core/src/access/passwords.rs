//! Passwords: what may be one, how it is kept, and signing in with it.
//!
//! A password is kept as an argon2id hash in the form that names its parameters. Hashing takes tens
//! of milliseconds by design: it happens on a thread for such work, never in a transaction.
//!
//! Signing in has one answer for everything that can be wrong, and takes the same time for it: a
//! hash is computed where there is none to compare with, and a failure is counted meanwhile. After
//! five in a row an account rests until fifteen minutes have passed without another: not even the
//! right password opens it then, so that guessing teaches nothing. Resting does not show either.

use std::fmt;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use serde_json::{Value as Json, json};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::accounts::{find_in, key};
use super::roles::grants_of;
use super::sql::{self, CountRow, SignInRow, parse_status, split};
use super::{Account, AccountStatus, NO_ACCOUNT, SIGN_IN_REFUSED, WEAK_PASSWORD};
use crate::kernel::access::{Actor, Grants, Layer, require_all_of};
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result};
use crate::operations::{Changed, FieldChange, Operation, Write};

const CHARS_MIN: usize = 12;
const CHARS_MAX: usize = 128;
/// Failures in a row after which an account rests.
const FAILURES_MAX: i64 = 5;
/// How long it rests, and how long a failure counts.
const REST: Duration = Duration::from_mins(15);

const RESTS: &str = "after several wrong passwords an account rests for a while: wait a quarter of \
                     an hour, or ask an administrator for a new password";

/// How many hashes are computed at once: each takes 19 MiB.
static HASHING: Semaphore = Semaphore::const_new(4);

/// A password on its way in. It is never shown, logged or kept.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// What somebody typed. Letters that look the same and are written in several ways are made one,
    /// so that it does not matter on which keyboard.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.nfkc().collect())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Gives an account a password, or takes it away.
pub(super) async fn set(
    core: &Core,
    actor: &Actor,
    name: &str,
    password: Option<Password>,
) -> Result<Changed<Account>> {
    let hash = match password {
        None => None,
        Some(password) => {
            let account = find_in(&mut core.db().begin_read().await?, name).await?;
            check(&password, &account)?;
            Some(hashed(core, password).await?)
        }
    };
    let mut write = Write::begin(core, actor).await?;
    let account = find_in(&mut write.tx, name).await?;
    // Whoever sets a password can sign in with it.
    let grants = grants_of(&mut write.tx, &account.roles).await?;
    require_all_of(actor, &grants, account.person_id, "the account")?;
    store(write, account, hash).await
}

/// Gives the account that acts another password, if the present one is given too. That is counted
/// as signing in is: a session that somebody left open is no way to find a password out.
pub(super) async fn change_own(
    core: &Core,
    actor: &Actor,
    present: Password,
    new: Password,
) -> Result<Changed<Account>> {
    let label = actor.label();
    let Some(id) = label.strip_prefix("account:") else {
        return Err(NO_ACCOUNT
            .error(format!("`{label}` is no account, and has no password of its own"))
            .with_hint(
                "act as one, or set the password of one: `lmsctl access user password ACCOUNT`",
            ));
    };
    let account = find_in(&mut core.db().begin_read().await?, id).await?;
    if prove(core, &account.username, present.clone()).await?.is_none() {
        return Err(SIGN_IN_REFUSED
            .error("that is not the present password")
            .with_field("present_password")
            .with_hint(RESTS));
    }
    check(&new, &account)?;
    if new.0 == present.0 {
        return Err(WEAK_PASSWORD
            .error("the new password is the present one")
            .with_field("password")
            .with_hint("choose another one"));
    }
    let hash = hashed(core, new).await?;
    let mut write = Write::begin(core, actor).await?;
    let account = find_in(&mut write.tx, id).await?;
    store(write, account, Some(hash)).await
}

/// Writes the hash of an account's password, or that it has none.
async fn store(
    mut write: Write,
    account: Account,
    hash: Option<String>,
) -> Result<Changed<Account>> {
    let had_one = write.tx.sql(&sql::DELETE_PASSWORD).bind(account.id).run().await? > 0;
    let has_one = hash.is_some();
    if let Some(hash) = hash {
        let insert = write.tx.sql(&sql::INSERT_PASSWORD).bind(account.id);
        let now = write.ctx.now;
        insert.bind(hash).bind(now).run_one().await?;
    } else if !had_one {
        return Ok(Changed { value: account, changed: Vec::new(), operation: None });
    }
    let kind = if has_one { "account.password_set" } else { "account.password_removed" };
    let operation = write.record(
        Operation::new(kind)
            .count("changed", 1)
            .change("account", Some(account.id.uuid()), None::<&Json>, None::<&Json>)
            .event(kind, Some(account.id.to_string()), json!({ "account_id": account.id })),
    );
    write.commit().await?;
    let hidden = |is_there: bool| is_there.then(|| "…".to_owned());
    let field = "password".to_owned();
    let change = FieldChange { field, before: hidden(had_one), after: hidden(has_one) };
    Ok(Changed { value: account, changed: vec![change], operation: Some(operation) })
}

/// Says what is wrong with a password, and never what it is.
fn check(password: &Password, account: &Account) -> Result<()> {
    let weak = |message: String, hint: String| {
        Err(WEAK_PASSWORD.error(message).with_field("password").with_hint(hint))
    };
    let hint = "several words that do not belong together are long and easy to keep in mind";
    match password.0.chars().count() {
        n if n < CHARS_MIN => {
            return weak(
                format!("a password has at least {CHARS_MIN} characters, not {n}"),
                hint.to_owned(),
            );
        }
        n if n > CHARS_MAX => {
            return weak(
                format!("a password has at most {CHARS_MAX} characters, not {n}"),
                "choose a shorter one".to_owned(),
            );
        }
        _ => {}
    }
    let typed = key(&password.0);
    let email = account.email.as_deref().map(key);
    if typed == key(&account.username) || Some(typed) == email {
        return weak(
            "a password is not the user name or the e-mail address".to_owned(),
            hint.to_owned(),
        );
    }
    Ok(())
}

/// The actor whom user name or e-mail address and password stand for.
pub(super) async fn sign_in(core: &Core, name: &str, password: Password) -> Result<Actor> {
    let Some(row) = prove(core, name, password).await? else {
        return Err(SIGN_IN_REFUSED.error("user name and password do not fit").with_hint(RESTS));
    };
    let mut tx = core.db().begin_read().await?;
    let grants = grants_of(&mut tx, &split(&row.roles)).await?;
    let layer = Layer { grants, person: row.person_id };
    let label = format!("account:{}", row.account_id);
    Ok(Actor::with_grants(label, Grants::Layers(vec![layer])).with_origin("password"))
}

/// The account that a name and a password open now. Nothing tells apart an account that is not
/// there, is disabled or rests, has no password or another.
async fn prove(core: &Core, name: &str, password: Password) -> Result<Option<SignInRow>> {
    let found: Option<SignInRow> =
        core.db().begin_read().await?.sql(&sql::SIGN_IN).bind(key(name)).opt().await?;
    let account = found.as_ref().map(|row| row.account_id.uuid());
    let stored = found.as_ref().and_then(|row| row.hash.clone());
    let tried =
        Tried { password: password.clone(), stored: stored.clone(), salt: core.ids().secret() };
    // The attempt counts as failed before it is known whether it is: a hundred at once are not more
    // attempts than one after the other. While the hash is computed nobody can tell that it is counted.
    let (rests, outcome) = tokio::join!(count(core, account, stored.is_some()), tried.compare());
    let (rests, outcome) = (rests?, outcome?);
    let Some(row) = found else { return Ok(None) };
    let active = parse_status(&row.status)? == AccountStatus::Active;
    let (true, false, true) = (outcome != Outcome::Wrong, rests, active) else {
        return Ok(None);
    };
    let renewed = match outcome {
        Outcome::RightButWeak => Some(hashed(core, password).await?),
        _ => None,
    };
    let mut tx = core.db().begin_write().await?;
    tx.sql(&sql::CLEAR_FAILURES).bind(row.account_id).bind(renewed).bind(stored).run().await?;
    tx.commit().await?;
    Ok(Some(row))
}

/// Counts an attempt as failed, unless the account rests; whether it does.
async fn count(core: &Core, account: Option<Uuid>, has_password: bool) -> Result<bool> {
    // Everybody waits for their turn to write, so that waiting does not tell who has a password.
    let mut tx = core.db().begin_write().await?;
    let (Some(account), true) = (account, has_password) else {
        return Ok(false);
    };
    let row: Option<CountRow> = tx.sql(&sql::FAILURES).bind(account).opt().await?;
    let Some(row) = row else {
        return Ok(false);
    };
    let now = core.now();
    let recent = row.last_failed_at.is_some_and(|last| now < last.plus(REST));
    if recent && row.n_failed >= FAILURES_MAX {
        return Ok(true);
    }
    let n_failed = if recent { row.n_failed + 1 } else { 1 };
    tx.sql(&sql::COUNT_FAILURE).bind(account).bind(n_failed).bind(now).run().await?;
    tx.commit().await?;
    Ok(false)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Wrong,
    Right,
    /// Right, and kept in a way that is no longer good enough.
    RightButWeak,
}

/// A password that somebody tried, and the hash that it is compared with.
struct Tried {
    password: Password,
    stored: Option<String>,
    salt: [u8; 32],
}

impl Tried {
    async fn compare(self) -> Result<Outcome> {
        on_a_thread(move || match &self.stored {
            Some(stored) => verify(&self.password, stored),
            None => hash(&self.password, self.salt).map(|_| Outcome::Wrong),
        })
        .await
    }
}

async fn hashed(core: &Core, password: Password) -> Result<String> {
    let salt = core.ids().secret();
    on_a_thread(move || hash(&password, salt)).await
}

async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let _turn = HASHING
        .acquire()
        .await
        .map_err(|cause| Error::internal("nobody hashes passwords any more").with_source(cause))?;
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|cause| Error::internal("hashing a password was broken off").with_source(cause))?
}

/// The parameters are the first that OWASP recommends: 19 MiB, two passes, one lane.
fn hash(password: &Password, salt: [u8; 32]) -> Result<String> {
    let hash = Argon2::default().hash_password_with_salt(password.0.as_bytes(), &salt[..16]);
    hash.map(|hash: PasswordHash| hash.to_string())
        .map_err(|cause| Error::internal("a password cannot be hashed").with_source(cause))
}

fn verify(password: &Password, stored: &str) -> Result<Outcome> {
    let parsed = PasswordHash::new(stored)
        .map_err(|cause| Error::inconsistent("account_passwords.hash", cause))?;
    if Argon2::default().verify_password(password.0.as_bytes(), &parsed).is_err() {
        return Ok(Outcome::Wrong);
    }
    let ours = Argon2::default();
    let same = parsed.algorithm == argon2::ARGON2ID_IDENT
        && argon2::Params::try_from(&parsed).is_ok_and(|params| {
            let ours = ours.params();
            (params.m_cost(), params.t_cost(), params.p_cost())
                == (ours.m_cost(), ours.t_cost(), ours.p_cost())
        });
    Ok(if same { Outcome::Right } else { Outcome::RightButWeak })
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Params, Version};

    use super::*;

    #[test]
    fn a_hash_names_what_made_it_and_only_the_right_password_fits() {
        let password = Password::new("correct horse battery");
        let stored = hash(&password, [7; 32]).expect("it can be hashed");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(verify(&password, &stored).ok(), Some(Outcome::Right));
        let other = Password::new("correct horse batterz");
        assert_eq!(verify(&other, &stored).ok(), Some(Outcome::Wrong));
        assert!(verify(&password, "no hash").is_err());
    }

    #[test]
    fn a_hash_of_other_parameters_is_to_be_renewed() {
        let params = Params::new(8, 1, 1, None).expect("they are allowed");
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let made: PasswordHash =
            old.hash_password_with_salt(b"correct horse", &[1; 16]).expect("it can be hashed");
        let outcome = verify(&Password::new("correct horse"), &made.to_string());
        assert_eq!(outcome.ok(), Some(Outcome::RightButWeak));
    }

    #[test]
    fn one_password_typed_in_two_ways_is_one() {
        let stored = hash(&Password::new("Zürich ist schön"), [1; 32]).expect("it can be hashed");
        let typed = Password::new("Zu\u{308}rich ist scho\u{308}n");
        assert_eq!(verify(&typed, &stored).ok(), Some(Outcome::Right));
        assert_eq!(format!("{typed:?}"), "Password(…)");
    }
}
