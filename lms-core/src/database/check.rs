//! Looking for damage.

use super::status::{CATALOGUE_COLUMNS, CATALOGUE_KEYS, CatalogueColumn, CatalogueKey, count};
use super::{Check, DatabaseCheck};
use crate::audit;
use crate::kernel::core::Core;
use crate::kernel::db::schema::{ACCOUNTS, TABLES, Table, type_name};
use crate::kernel::db::{Engine, One, Tx, migrate};
use crate::kernel::error::Result;
use crate::settings;

pub(super) async fn check(core: &Core) -> Result<DatabaseCheck> {
    migrate::inspect(&mut core.db().begin_read().await?).await?.require_current()?;
    let mut checks = Vec::new();
    if core.db().engine() == Engine::Sqlite {
        checks.push(sqlite_file(&mut core.db().begin_read().await?).await);
        checks.push(sqlite_references(&mut core.db().begin_read().await?).await);
    }
    // A transaction each: on PostgreSQL a statement that fails spoils those after it.
    checks.push(columns(&mut core.db().begin_read().await?).await);
    checks.push(keys(&mut core.db().begin_read().await?).await);
    checks.push(statements(&mut core.db().begin_read().await?).await);
    checks.push(rows(&mut core.db().begin_read().await?).await);
    checks.push(chain(&mut core.db().begin_read().await?).await);
    checks.push(organisation(&mut core.db().begin_read().await?).await);
    Ok(DatabaseCheck { ok: checks.iter().all(|check| check.ok), checks })
}

/// A check that could not be carried out did not hold, and says why.
fn check_of(name: &str, outcome: Result<std::result::Result<String, String>>) -> Check {
    let (ok, detail) = match outcome {
        Ok(Ok(detail)) => (true, detail),
        Ok(Err(detail)) => (false, detail),
        Err(error) => (false, error.message().to_owned()),
    };
    Check { name: name.to_owned(), ok, detail }
}

async fn sqlite_file(tx: &mut Tx) -> Check {
    let found = tx.assembled("PRAGMA integrity_check(20)".to_owned()).all::<One<String>>().await;
    check_of(
        "file",
        found.map(|found| {
            let complaints: Vec<String> =
                found.into_iter().map(|One(line)| line).filter(|line| line != "ok").collect();
            if complaints.is_empty() {
                Ok("pages and indexes are sound".to_owned())
            } else {
                Err(complaints.join("; "))
            }
        }),
    )
}

async fn sqlite_references(tx: &mut Tx) -> Check {
    let broken = tx
        .assembled("SELECT \"table\" FROM pragma_foreign_key_check()".to_owned())
        .all::<One<String>>()
        .await;
    check_of(
        "references",
        broken.map(|broken| match broken.first() {
            None => Ok("every reference leads somewhere".to_owned()),
            Some(One(table)) => Err(format!(
                "{} rows refer to what is not there, the first in `{table}`",
                broken.len()
            )),
        }),
    )
}

/// Every column of the registry is there, with its type, and no other.
async fn columns(tx: &mut Tx) -> Check {
    let engine = tx.engine();
    let found = tx.sql(&CATALOGUE_COLUMNS).all::<CatalogueColumn>().await;
    check_of(
        "schema",
        found.map(|found| {
            let wanted: Vec<CatalogueColumn> =
                TABLES.iter().flat_map(|table| declared(engine, table)).collect();
            let name = |column: &CatalogueColumn| format!("`{}.{}`", column.table, column.column);
            compared("columns", &wanted, &found, name)
        }),
    )
}

/// So is every unique key, reference and index.
async fn keys(tx: &mut Tx) -> Check {
    let found = tx.sql(&CATALOGUE_KEYS).all::<CatalogueKey>().await;
    check_of(
        "keys",
        found.map(|found| {
            let found: Vec<String> =
                found.into_iter().map(|key| format!("`{}: {}`", key.table, key.key)).collect();
            let of = |table: &&'static Table| {
                table.keys.iter().map(|key| format!("`{}: {key}`", table.name)).collect::<Vec<_>>()
            };
            let wanted: Vec<String> = TABLES.iter().flat_map(of).collect();
            compared("keys and references", &wanted, &found, String::clone)
        }),
    )
}

fn compared<T: PartialEq>(
    what: &str,
    wanted: &[T],
    found: &[T],
    name: impl Fn(&T) -> String,
) -> std::result::Result<String, String> {
    let lost: Vec<String> = wanted.iter().filter(|one| !found.contains(one)).map(&name).collect();
    let strange: Vec<String> =
        found.iter().filter(|one| !wanted.contains(one)).map(&name).collect();
    if lost.is_empty() && strange.is_empty() {
        return Ok(format!(
            "{} {what} of {} tables are as they should be",
            wanted.len(),
            TABLES.len()
        ));
    }
    Err(format!("missing or altered: {}; not ours: {}", none_or(&lost), none_or(&strange)))
}

/// Every statement of this program fits the schema.
async fn statements(tx: &mut Tx) -> Check {
    let statements = crate::statements();
    for statement in &statements {
        if let Err(error) = tx.prepare(statement).await {
            return check_of(
                "statements",
                Ok(Err(format!("`{}`: {}", statement.name, error.message()))),
            );
        }
    }
    check_of("statements", Ok(Ok(format!("{} statements fit the schema", statements.len()))))
}

fn none_or(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

pub(crate) fn declared(engine: Engine, table: &Table) -> Vec<CatalogueColumn> {
    table
        .columns
        .iter()
        .map(|column| CatalogueColumn {
            table: table.name.to_owned(),
            column: column.name.to_owned(),
            type_name: type_name(engine, column.kind).to_owned(),
            not_null: i64::from(!column.nullable),
        })
        .collect()
}

/// Every value of every row can be read as what it should be.
async fn rows(tx: &mut Tx) -> Check {
    let mut n_rows: u64 = 0;
    for table in TABLES {
        let read = tx
            .assembled(super::backup::select(table))
            .each(|row| {
                n_rows += 1;
                table
                    .columns
                    .iter()
                    .enumerate()
                    .try_for_each(|(place, column)| row.value(place, column.kind).map(|_| ()))
            })
            .await;
        if let Err(error) = read {
            return check_of("rows", Ok(Err(format!("`{}`: {}", table.name, error.message()))));
        }
    }
    check_of("rows", Ok(Ok(format!("{n_rows} rows of {} tables can be read", TABLES.len()))))
}

async fn chain(tx: &mut Tx) -> Check {
    let verified = audit::verify_in(tx, None, &mut |_, _| ()).await;
    check_of(
        "audit chain",
        verified.map(|verified| match verified.findings.first() {
            None => {
                Ok(format!("{} entries and {} changes fit", verified.entries, verified.changes))
            }
            Some(first) => {
                Err(format!("{} findings, the first: {}", verified.findings.len(), first.what))
            }
        }),
    )
}

/// There is an organisation, or nobody has made one yet.
async fn organisation(tx: &mut Tx) -> Check {
    let found = match settings::newest(tx).await {
        Ok(Some(settings)) => {
            Ok(Ok(format!("{}, settings version {}", settings.name, settings.version)))
        }
        Ok(None) => count(tx, &ACCOUNTS).await.map(|accounts| match accounts {
            0 => Ok("none yet: `lmsctl init` makes one".to_owned()),
            _ => Err("its settings are gone".to_owned()),
        }),
        Err(error) => Err(error),
    };
    check_of("organisation", found)
}
