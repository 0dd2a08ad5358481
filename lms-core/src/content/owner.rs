//! Whose a store is. A sweep takes away what its database does not know: of two databases that kept
//! their files in one store, each would take away those of the other. So an object in the store, the
//! mark, says to which database it belongs, and whoever writes or sweeps looks at it first.
//!
//! A database is known by the operation with which it began. Restored from a backup it is another one,
//! from the operation of its restoring on: the first one may still be at work. It reads on from the
//! store, and takes it over when somebody says so.

use futures_util::StreamExt;
use object_store::{ObjectStoreExt, PutMode, PutOptions, path::Path as Key};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::types::StoreOwner;
use super::{sql, store};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::One;
use crate::kernel::error::{Error, Result};
use crate::kernel::store::{FileStore, STORE_FOREIGN};
use crate::operations::{Changed, FieldChange, Operation, Write};

/// The object that says whose the store is.
const MARK: &str = "lms-owner.json";
/// A mark is some lines; what is longer is none.
const MARK_BYTES_MAX: u64 = 64 * 1024;

/// What the mark says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    /// The database, as it is since it was last restored.
    database: Uuid,
    /// As what it was known before.
    before: Vec<Uuid>,
    /// For people: what the organisation was called.
    organisation: String,
    /// For people: since when.
    since: Timestamp,
}

/// How an owner and a database are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Own,
    /// The owner is what this database was restored from.
    Origin,
    /// The owner was restored from this database.
    Copy,
    Stranger,
}

impl Mark {
    fn relation(&self, me: &Self) -> Relation {
        if self.database == me.database {
            Relation::Own
        } else if me.before.contains(&self.database) {
            Relation::Origin
        } else if self.before.contains(&me.database) {
            Relation::Copy
        } else {
            Relation::Stranger
        }
    }
}

/// Refuses a store that is not this database's; one that is nobody's becomes its own.
pub(super) async fn require_own(core: &Core, store: &FileStore) -> Result<()> {
    let me = identity(core).await?;
    let mark = match read(store).await? {
        Some(mark) => mark,
        None => claim(store, &me).await?,
    };
    refuse_foreign(store, &mark, &me)
}

/// As [`require_own`], for whoever changes nothing: a store without a mark stays without.
pub(super) async fn require_own_or_new(core: &Core, store: &FileStore) -> Result<()> {
    let me = identity(core).await?;
    match read(store).await? {
        Some(mark) => refuse_foreign(store, &mark, &me),
        None if has_files(store).await? => Err(unmarked(store)),
        None => Ok(()),
    }
}

pub(super) async fn plan_adopt(core: &Core) -> Result<StoreOwner> {
    let store = store(core)?;
    let me = identity(core).await?;
    Ok(told(store, read(store).await?.as_ref(), &me))
}

pub(super) async fn adopt(core: &Core, actor: &Actor) -> Result<Changed<StoreOwner>> {
    let store = store(core)?;
    let me = identity(core).await?;
    let found = read(store).await?;
    if found.as_ref().is_some_and(|mark| mark.relation(&me) == Relation::Own) {
        let value = told(store, found.as_ref(), &me);
        return Ok(Changed { value, changed: Vec::new(), operation: None });
    }
    let mut write = Write::begin(core, actor).await?;
    let owner = |mark: &Mark| json!({ "place": store.place(), "database": mark.database });
    let operation = write.record(Operation::new("content.store_adopted").change(
        "content_store",
        None,
        found.as_ref().map(owner).as_ref(),
        Some(&owner(&me)),
    ));
    write.commit().await?;
    put(store, &me, PutMode::Overwrite).await.map_err(|cause| store.failed("write to", cause))?;
    let before = found.map(|mark| mark.database.to_string());
    let after = Some(me.database.to_string());
    let changed = FieldChange::between([("database", before, after)]);
    let value = told(store, Some(&me), &me);
    Ok(Changed { value, changed, operation: Some(operation) })
}

/// What a mark of this database says.
async fn identity(core: &Core) -> Result<Mark> {
    let mut tx = core.db().begin_read().await?;
    let begun: Option<One<Uuid>> = tx.sql(&sql::BEGUN).opt().await?;
    let restored: Vec<One<Uuid>> = tx.sql(&sql::RESTORED).all().await?;
    let settings = crate::settings::newest(&mut tx).await?;
    let mut before: Vec<Uuid> = begun.into_iter().chain(restored).map(|One(id)| id).collect();
    let database = before.pop().ok_or_else(|| Error::internal("the audit log has no beginning"))?;
    Ok(Mark {
        database,
        before,
        organisation: settings.map(|settings| settings.name.to_string()).unwrap_or_default(),
        since: core.now(),
    })
}

async fn read(store: &FileStore) -> Result<Option<Mark>> {
    let found = match store.objects().get(&Key::from(MARK)).await {
        Ok(found) => found,
        Err(cause) => {
            let is_absent = matches!(cause, object_store::Error::NotFound { .. });
            let error = store.failed("read from", cause);
            let is_absent = is_absent && error.code() == crate::kernel::store::STORE_MISSING.code;
            return if is_absent { Ok(None) } else { Err(error) };
        }
    };
    if found.meta.size > MARK_BYTES_MAX {
        return Err(unreadable(store));
    }
    let bytes = found.bytes().await.map_err(|cause| store.failed("read from", cause))?;
    serde_json::from_slice(&bytes).map(Some).map_err(|cause| unreadable(store).with_source(cause))
}

/// Makes a store without a mark this database's own. Of several that do so at once one wins, and all
/// see who it was.
async fn claim(store: &FileStore, me: &Mark) -> Result<Mark> {
    if has_files(store).await? {
        // Somebody may have claimed it since we looked, and put a file in.
        return read(store).await?.ok_or_else(|| unmarked(store));
    }
    match put(store, me, PutMode::Create).await {
        Ok(()) | Err(object_store::Error::AlreadyExists { .. }) => {}
        Err(cause) => return Err(store.failed("write to", cause)),
    }
    // A store that knows no conditions keeps what was written last.
    read(store).await?.ok_or_else(|| unmarked(store))
}

async fn put(store: &FileStore, mark: &Mark, mode: PutMode) -> object_store::Result<()> {
    let mut text = serde_json::to_vec_pretty(mark).expect("a mark is plain data");
    text.push(b'\n');
    let options = PutOptions { mode, ..PutOptions::default() };
    store.objects().put_opts(&Key::from(MARK), text.into(), options).await.map(drop)
}

async fn has_files(store: &FileStore) -> Result<bool> {
    match store.objects().list(Some(&Key::from("content"))).next().await {
        None => Ok(false),
        Some(Ok(_)) => Ok(true),
        Some(Err(cause)) => Err(store.failed("look through", cause)),
    }
}

fn refuse_foreign(store: &FileStore, mark: &Mark, me: &Mark) -> Result<()> {
    let (place, since) = (store.place(), mark.since);
    let whose = match mark.relation(me) {
        Relation::Own => return Ok(()),
        Relation::Origin => "the database that this one was restored from".to_owned(),
        Relation::Copy => "a database that was restored from this one".to_owned(),
        Relation::Stranger => {
            format!("another database, of `{}`", mark.organisation.escape_debug())
        }
    };
    Err(STORE_FOREIGN
        .error(format!("the file store `{place}` belongs to {whose}, since {since}"))
        .with_hint(
            "name another folder or bucket with `files.url`; two databases in one would sweep away each other's files",
        )
        .with_hint(
            "where this database takes the place of that one: `lmsctl training content adopt`",
        ))
}

/// Files whose mark was lost may be anybody's.
fn unmarked(store: &FileStore) -> Error {
    STORE_FOREIGN
        .error(format!(
            "there are files in the file store `{}`, and nothing says to which database they belong",
            store.place()
        ))
        .with_hint("name another folder or bucket with `files.url`")
        .with_hint("where the files are this database's, say so: `lmsctl training content adopt`")
}

fn unreadable(store: &FileStore) -> Error {
    STORE_FOREIGN
        .error(format!("`{MARK}` in the file store `{}` is not what we wrote", store.place()))
        .with_hint("restore it from the backup of the store, or delete it and run `lmsctl training content adopt`")
}

fn told(store: &FileStore, mark: Option<&Mark>, me: &Mark) -> StoreOwner {
    StoreOwner {
        place: store.place().to_owned(),
        database: mark.map(|mark| mark.database.to_string()),
        organisation: mark.map(|mark| mark.organisation.clone()),
        since: mark.map(|mark| mark.since),
        is_own: mark.is_some_and(|mark| mark.relation(me) == Relation::Own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(database: u128, before: &[u128]) -> Mark {
        Mark {
            database: Uuid::from_u128(database),
            before: before.iter().copied().map(Uuid::from_u128).collect(),
            organisation: "Acme".to_owned(),
            since: Timestamp::parse("2026-03-31T12:00:00Z").unwrap(),
        }
    }

    #[test]
    fn a_copy_is_not_its_origin() {
        let first = mark(1, &[]);
        let copy = mark(2, &[1]);
        assert_eq!(first.relation(&first), Relation::Own);
        assert_eq!(first.relation(&copy), Relation::Origin);
        assert_eq!(copy.relation(&first), Relation::Copy);
        assert_eq!(copy.relation(&mark(3, &[1])), Relation::Stranger, "two copies of one origin");
        assert_eq!(mark(9, &[]).relation(&first), Relation::Stranger);
    }
}
