//! What the engine knows of its tables when it chooses an index. PostgreSQL looks by itself a minute
//! later, SQLite never does: whoever writes much says so in the same transaction.

use super::schema::Table;
use super::{Engine, Tx};
use crate::kernel::error::Result;

/// Fewer new rows than this do not change what is worth choosing.
pub(crate) const WORTH_FROM: usize = 1_000;

/// Counts anew what these tables hold, by samples: tens of milliseconds, however large they are.
pub(crate) async fn refresh(tx: &mut Tx, tables: &[&'static Table]) -> Result<()> {
    if tx.engine() == Engine::Sqlite {
        tx.script("PRAGMA analysis_limit = 1000").await?;
    }
    for table in tables {
        tx.assembled(format!("ANALYZE {}", table.name)).run().await?;
    }
    Ok(())
}
