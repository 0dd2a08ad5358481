//! How the engine finds what a verb asks for: every statement that runs within [`planned`] is
//! explained first. For tests only.

use std::cell::RefCell;

use sqlx::{AssertSqlSafe, Row as _};

use super::failure::explain;
use super::tx::Tx;
use super::value::Parameter;
#[cfg(feature = "postgres")]
use super::value::postgres_arguments;
#[cfg(feature = "sqlite")]
use super::value::sqlite_arguments;
use crate::kernel::error::Result;

/// A statement, and the steps by which the engine would carry it out.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) sql: String,
    pub(crate) steps: Vec<String>,
}

tokio::task_local! {
    static PLANS: RefCell<Vec<Planned>>;
}

/// Runs something, and says how its statements are carried out.
pub(crate) async fn planned<T>(run: impl Future<Output = T>) -> (T, Vec<Planned>) {
    let watched = async {
        let outcome = run.await;
        (outcome, PLANS.with(RefCell::take))
    };
    PLANS.scope(RefCell::default(), watched).await
}

/// Explains a statement, where somebody wants to know.
pub(super) async fn note(tx: &mut Tx, sql: &str, parameters: &[Parameter]) -> Result<()> {
    let is_wanted = PLANS.try_with(|_| ()).is_ok();
    if !is_wanted || !["SELECT", "WITH"].iter().any(|verb| sql.trim_start().starts_with(verb)) {
        return Ok(());
    }
    let parameters = parameters.to_vec();
    let steps = match tx {
        #[cfg(feature = "sqlite")]
        Tx::Sqlite(tx) => {
            let text = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let query = sqlx::query_with(text, sqlite_arguments(parameters)?).persistent(false);
            let rows = query.fetch_all(&mut **tx).await.map_err(explain)?;
            rows.iter().map(|row| row.try_get(3)).collect::<std::result::Result<Vec<_>, _>>()
        }
        #[cfg(feature = "postgres")]
        Tx::Postgres(tx) => {
            // A small table is read whole whatever the indexes; what counts is whether there are any.
            sqlx::raw_sql("SET LOCAL enable_seqscan = off")
                .execute(&mut **tx)
                .await
                .map_err(explain)?;
            let text = AssertSqlSafe(format!("EXPLAIN {sql}"));
            let query = sqlx::query_with(text, postgres_arguments(parameters)?).persistent(false);
            let rows = query.fetch_all(&mut **tx).await.map_err(explain)?;
            rows.iter().map(|row| row.try_get(0)).collect::<std::result::Result<Vec<_>, _>>()
        }
    };
    let steps = steps.map_err(explain)?;
    PLANS.with(|plans| plans.borrow_mut().push(Planned { sql: sql.to_owned(), steps }));
    Ok(())
}
