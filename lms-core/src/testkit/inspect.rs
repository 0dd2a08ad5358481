//! What contract tests hold against the databases: the registry of columns, the catalogues, the
//! statements.

use crate::Engine;
use crate::database::catalogue;
use crate::kernel::db::plans;
use crate::kernel::db::schema::{TABLES, type_name};
use crate::testkit::TestLms;

/// A column as the registry declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredColumn {
    /// `table.column`.
    pub name: String,
    /// Whether it can tell something about a person.
    pub personal: bool,
    /// The column as the catalogue of an engine must have it.
    pub catalogued: CataloguedColumn,
}

/// A column as the catalogue of a database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CataloguedColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The type, in the words of the engine.
    pub type_name: String,
    /// Whether it must have a value.
    pub not_null: bool,
}

/// The text of a statement on each engine.
#[derive(Debug, Clone, Copy)]
pub struct StatementText {
    /// Module and constant.
    pub name: &'static str,
    /// On SQLite.
    pub sqlite: &'static str,
    /// On PostgreSQL.
    pub postgres: &'static str,
}

/// A statement that a verb ran, and how the engine carries it out.
#[derive(Debug, Clone)]
pub struct StatementPlan {
    /// The statement.
    pub sql: String,
    /// The steps, in the words of the engine. PostgreSQL reads a table whole only where no index
    /// serves.
    pub steps: Vec<String>,
}

/// Runs verbs, and says how each of their reading statements is carried out.
pub async fn plans_of<T>(run: impl Future<Output = T>) -> (T, Vec<StatementPlan>) {
    let (outcome, planned) = plans::planned(run).await;
    let plans =
        planned.into_iter().map(|planned| StatementPlan { sql: planned.sql, steps: planned.steps });
    (outcome, plans.collect())
}

/// Every column of the registry, in the words of an engine.
#[must_use]
pub fn columns(engine: Engine) -> Vec<RegisteredColumn> {
    TABLES
        .iter()
        .flat_map(|table| {
            table.columns.iter().map(move |column| RegisteredColumn {
                name: format!("{}.{}", table.name, column.name),
                personal: column.personal,
                catalogued: CataloguedColumn {
                    table: table.name.to_owned(),
                    column: column.name.to_owned(),
                    type_name: type_name(engine, column.kind).to_owned(),
                    not_null: !column.nullable,
                },
            })
        })
        .collect()
}

/// Every statement of the library.
#[must_use]
pub fn statements() -> Vec<StatementText> {
    crate::statements()
        .into_iter()
        .map(|statement| StatementText {
            name: statement.name,
            sqlite: statement.text(Engine::Sqlite),
            postgres: statement.text(Engine::Postgres),
        })
        .collect()
}

impl TestLms {
    /// Every column that the database has.
    pub async fn catalogue(&self) -> Vec<CataloguedColumn> {
        let found = catalogue(self.core()).await.expect("the catalogue can be read");
        found
            .into_iter()
            .map(|column| CataloguedColumn {
                table: column.table,
                column: column.column,
                type_name: column.type_name,
                not_null: column.not_null == 1,
            })
            .collect()
    }
}
