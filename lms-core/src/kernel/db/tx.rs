//! Transactions and the statements that run in them.

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr, SqlStr};

use super::Engine;
use super::failure::explain;
use super::statement::Statement;
#[cfg(feature = "postgres")]
use super::value::postgres_arguments;
#[cfg(feature = "sqlite")]
use super::value::sqlite_arguments;
use super::value::{Field, FromRow, Parameter, Row, Value};
use crate::kernel::error::{Error, Result};

/// A transaction on either engine; dropping it rolls back.
pub(crate) enum Tx {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Tx {
    pub(crate) fn engine(&self) -> Engine {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Engine::Sqlite,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// A named statement of a context.
    pub(crate) fn sql(&mut self, statement: &'static Statement) -> Query<'_> {
        let text = statement.text(self.engine());
        self.query(text.into_sql_str(), true)
    }

    /// A statement put together from the table registry; never from input.
    pub(crate) fn assembled(&mut self, text: String) -> Query<'_> {
        self.query(AssertSqlSafe(text).into_sql_str(), false)
    }

    fn query(&mut self, text: SqlStr, persistent: bool) -> Query<'_> {
        Query { tx: self, text, persistent, packed: false, parameters: Vec::new() }
    }

    /// Lets the engine parse and plan a statement without running it.
    pub(crate) async fn prepare(&mut self, statement: &'static Statement) -> Result<()> {
        let text = statement.text(self.engine()).into_sql_str();
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => tx.prepare(text).await.map(|_| ()),
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => tx.prepare(text).await.map(|_| ()),
        }
        .map_err(explain)
    }

    /// Several statements without parameters: a migration.
    pub(crate) async fn script(&mut self, text: &'static str) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(|_| ()),
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(|_| ()),
        }
        .map_err(explain)
    }

    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => tx.commit().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(explain)
    }
}

/// A statement with its values, ready to run.
pub(crate) struct Query<'t> {
    tx: &'t mut Tx,
    text: SqlStr,
    /// Whether the engine keeps it prepared: not what is put together anew each time.
    persistent: bool,
    /// Whether a row can come packed into one text.
    packed: bool,
    parameters: Vec<Parameter>,
}

/// Runs `$run` with the query, the connection and the kind of row of the engine at hand.
macro_rules! on_engine {
    ($self:ident, |$query:ident, $connection:ident, $row:ident| $run:expr) => {
        match $self.tx {
            #[cfg(feature = "sqlite")]
            Tx::Sqlite(tx) => {
                let packed = $self.packed;
                let $row = |row: sqlx::sqlite::SqliteRow| Row::of_sqlite(row, packed);
                let $connection = &mut **tx;
                let arguments = sqlite_arguments($self.parameters)?;
                let $query = sqlx::query_with::<sqlx::Sqlite, _>($self.text, arguments)
                    .persistent($self.persistent);
                $run
            }
            #[cfg(feature = "postgres")]
            Tx::Postgres(tx) => {
                let $row = |row: sqlx::postgres::PgRow| -> Result<Row> { Ok(Row::Postgres(row)) };
                let $connection = &mut **tx;
                let arguments = postgres_arguments($self.parameters)?;
                let $query = sqlx::query_with::<sqlx::Postgres, _>($self.text, arguments)
                    .persistent($self.persistent);
                $run
            }
        }
    };
}

impl Query<'_> {
    /// Binds the next parameter, `$1` first.
    pub(crate) fn bind(mut self, value: impl Field) -> Self {
        self.parameters.push(value.into_value().into());
        self
    }

    pub(crate) fn values(self, values: Vec<Value>) -> Self {
        self.parameters(values.into_iter().map(Parameter::One).collect())
    }

    pub(super) fn parameters(mut self, parameters: Vec<Parameter>) -> Self {
        self.parameters = parameters;
        self
    }

    /// Says that an assembled text comes again and again, so that it is worth keeping prepared.
    pub(crate) fn recurring(mut self, recurring: bool) -> Self {
        self.persistent = recurring;
        self
    }

    pub(super) fn packed(mut self, packed: bool) -> Self {
        self.packed = packed;
        self
    }

    /// Runs it for its effect; the number of rows touched.
    pub(crate) async fn run(self) -> Result<u64> {
        on_engine!(self, |query, connection, _row| {
            query.execute(connection).await.map(|done| done.rows_affected()).map_err(explain)
        })
    }

    /// Runs it and insists that it touched exactly one row.
    pub(crate) async fn run_one(self) -> Result<()> {
        let text = self.text.clone();
        match self.run().await? {
            1 => Ok(()),
            n => Err(Error::internal(format!(
                "expected to touch one row, touched {n}: {}",
                text.as_str()
            ))),
        }
    }

    /// Streams the rows, so that memory stays flat.
    pub(crate) async fn each(self, mut take: impl FnMut(&Row) -> Result<()> + Send) -> Result<()> {
        #[cfg(feature = "testkit")]
        super::plans::note(self.tx, self.text.as_str(), &self.parameters).await?;
        on_engine!(self, |query, connection, to_row| {
            let mut rows = query.fetch(connection);
            while let Some(row) = rows.try_next().await.map_err(explain)? {
                take(&to_row(row)?)?;
            }
            Ok(())
        })
    }

    pub(crate) async fn all<R: FromRow + Send>(self) -> Result<Vec<R>> {
        let mut rows = Vec::new();
        self.each(|row| {
            rows.push(R::from_row(row)?);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    pub(crate) async fn opt<R: FromRow + Send>(self) -> Result<Option<R>> {
        Ok(self.all().await?.into_iter().next())
    }

    pub(crate) async fn one<R: FromRow + Send>(self) -> Result<R> {
        let text = self.text.clone();
        self.opt()
            .await?
            .ok_or_else(|| Error::internal(format!("expected a row: {}", text.as_str())))
    }
}
