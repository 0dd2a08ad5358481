//! Making sure that what was deleted is not in the files any more.

use super::Db;
use crate::kernel::error::Result;

impl Db {
    /// Writes an embedded database anew without what was deleted, and empties its log.
    ///
    /// SQLite marks what is deleted as free and leaves the bytes; overwriting them at once
    /// (`secure_delete`) would miss the copies that lie about since pages were split. It takes the
    /// time of copying the file, in which nobody else writes. A server's free space is reused and
    /// cannot be reached from here: `docs/operations.md` says what to do.
    #[cfg_attr(
        not(feature = "sqlite"),
        expect(clippy::unused_async, reason = "SQLite has to wait")
    )]
    pub(crate) async fn scrub(&self) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite { write, turn, wait, .. } => sqlite::scrub(write, turn, *wait).await,
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => Ok(()),
        }
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use std::time::Duration;

    use sqlx::Row;
    use tokio::sync::Mutex;
    use tokio::time::{Instant, sleep, timeout_at};

    use crate::kernel::db::failure::{LOCKED, explain};
    use crate::kernel::error::Result;

    const LOOK_AGAIN: Duration = Duration::from_millis(5);

    pub(super) async fn scrub(
        pool: &sqlx::SqlitePool,
        turn: &Mutex<()>,
        wait: Duration,
    ) -> Result<()> {
        let deadline = Instant::now() + wait;
        let busy = || explain(sqlx::Error::PoolTimedOut);
        let _turn = timeout_at(deadline, turn.lock()).await.map_err(|_| busy())?;
        loop {
            match sqlx::raw_sql("VACUUM").execute(pool).await.map_err(explain) {
                Ok(_) => break,
                Err(error) if error.is(&LOCKED) && Instant::now() < deadline => {}
                Err(error) => return Err(error),
            }
            sleep(LOOK_AGAIN).await;
        }
        loop {
            // It answers whether a reader still needs the log.
            let done = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .fetch_one(pool)
                .await
                .and_then(|row| row.try_get::<i64, _>(0));
            match done.map_err(explain) {
                Ok(0) => return Ok(()),
                Ok(_) if Instant::now() < deadline => {}
                Ok(_) => return Err(busy()),
                Err(error) if error.is(&LOCKED) && Instant::now() < deadline => {}
                Err(error) => return Err(error),
            }
            sleep(LOOK_AGAIN).await;
        }
    }
}
