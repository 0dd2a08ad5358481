//! The database itself: opening what fits, refusing what does not, looking for damage, and copies.

mod backup;
mod backup_refusals;
mod damage;
mod migrate;
mod opening;

use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use lms_core::testkit::{TestDatabase, TestLms};
use lms_core::{BackupSummary, Error, Lms, Result, SchemaMode};
use sha2::{Digest, Sha256};

use crate::support::looks::os_admin;
use crate::support::raw::hex;

/// A backup, and what the library said of it.
pub async fn backup(lms: &Lms) -> (Vec<u8>, BackupSummary) {
    let mut file = Vec::new();
    let summary = lms.database().backup(&os_admin(), &mut file, &mut |_, _| ()).await.unwrap();
    (file, summary)
}

pub async fn restore(lms: &Lms, mut file: &[u8]) -> Result<BackupSummary> {
    lms.database().restore(&os_admin(), &mut file, &mut |_, _| ()).await
}

/// An empty place, opened to restore into. Its clock goes ahead of all before it, so that seeded
/// ids do not come twice in one chain.
pub async fn open_to_restore(place: TestDatabase) -> TestLms {
    static HOURS: AtomicU64 = AtomicU64::new(0);
    let lms = TestLms::open(place, SchemaMode::Create).await;
    let hours = HOURS.fetch_add(1, Ordering::Relaxed) + 40 * 24;
    lms.clock().advance(Duration::from_hours(hours));
    lms
}

/// The lines of a backup.
pub fn unpacked(file: &[u8]) -> Vec<String> {
    contents(file).unwrap().lines().map(str::to_owned).collect()
}

/// What a file unpacks to, where it does.
fn contents(file: &[u8]) -> Option<String> {
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).ok().map(|_| text)
}

fn packed(lines: &[String]) -> Vec<u8> {
    let text = lines.iter().fold(String::new(), |text, line| text + line + "\n");
    let mut file = Vec::new();
    GzEncoder::new(text.as_bytes(), Compression::fast()).read_to_end(&mut file).unwrap();
    file
}

/// A backup of these lines whose check sum fits, as a forger would make it.
fn packed_with_sum(mut lines: Vec<String>) -> Vec<u8> {
    lines.pop();
    let n_rows = lines.iter().filter(|line| line.starts_with('[')).count();
    let mut hash = Sha256::new();
    for line in &lines {
        hash.update(line);
        hash.update("\n");
    }
    let sha256 = hex(&hash.finalize());
    lines.push(format!("{{\"end\":true,\"rows\":{n_rows},\"sha256\":\"{sha256}\"}}"));
    packed(&lines)
}

/// What every refusal owes to a user: one line that begins in lower case and has no full stop, and
/// what to do about it; no SQL.
fn assert_well_put(error: &Error) {
    let message = error.message();
    assert!(!message.contains('\n'), "{error:?}");
    assert!(!message.ends_with('.'), "{error:?}");
    assert!(
        !message.starts_with(char::is_uppercase) || message.starts_with("PostgreSQL"),
        "{error:?}"
    );
    assert!(!error.hints().is_empty(), "{error:?}");
    for sql in ["SELECT", "INSERT", "schema_migrations", "sqlx"] {
        assert!(!format!("{message}{:?}", error.hints()).contains(sql), "{error:?}");
    }
}
