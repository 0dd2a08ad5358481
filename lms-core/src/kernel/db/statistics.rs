//! What the engine knows of its tables when it chooses an index. PostgreSQL looks by itself a minute
//! later, SQLite never does: whoever writes much says so in the same transaction.

use super::schema::Table;
use super::{Engine, One, Tx, row};
use crate::kernel::error::Result;

/// Fewer new rows than this do not change what is worth choosing.
pub(crate) const WORTH_FROM: usize = 1_000;

/// Counts anew, by samples, what those of these tables hold that have grown by half since they
/// were counted last: a hundred thousand people who come a few thousand at a time are counted seven
/// times, not at every step.
pub(crate) async fn refresh(tx: &mut Tx, tables: &[&'static Table]) -> Result<()> {
    if tx.engine() == Engine::Sqlite {
        tx.script("PRAGMA analysis_limit = 1000").await?;
    }
    for table in tables {
        if size(tx, table.name).await?.has_grown() {
            tx.assembled(format!("ANALYZE {}", table.name)).run().await?;
        }
    }
    Ok(())
}

row! {
    /// How large a table was when it was counted, and is now: rows on SQLite, pages on PostgreSQL.
    struct Size {
        counted: i64,
        now: i64,
    }
}

impl Size {
    fn has_grown(&self) -> bool {
        self.now > self.counted + self.counted / 2
    }
}

/// Costs a look or two, however large the table is.
async fn size(tx: &mut Tx, table: &str) -> Result<Size> {
    let size = match tx.engine() {
        Engine::Sqlite => {
            let counts = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'";
            let One(counts): One<i64> = tx.assembled(counts.to_owned()).one().await?;
            // The first number of each index is that of the rows.
            let counted = match counts {
                0 => "0".to_owned(),
                _ => format!(
                    "(SELECT COALESCE(MAX(CAST(stat AS INTEGER)), 0) FROM sqlite_stat1
                      WHERE tbl = '{table}')"
                ),
            };
            format!("SELECT {counted}, COALESCE(MAX(rowid), 0) FROM {table}")
        }
        Engine::Postgres => format!(
            "SELECT CAST(relpages AS BIGINT),
                    pg_relation_size(oid) / CAST(current_setting('block_size') AS BIGINT)
             FROM pg_class WHERE oid = CAST('{table}' AS REGCLASS)"
        ),
    };
    tx.assembled(size).one().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_grown_by_half_or_when_it_was_never_counted() {
        let has_grown = |counted, now| Size { counted, now }.has_grown();
        assert!(has_grown(0, 1) && has_grown(100, 151));
        assert!(!has_grown(0, 0) && !has_grown(100, 150) && !has_grown(100, 50));
    }
}
