//! Files that people learn from: put in, read, removed, swept.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use futures_util::TryStreamExt;
use lms_core::testkit::TestLms;
use lms_core::{
    Changed, ContentFile, ContentFilter, Engine, Error, FileStore, Lms, NewContent, Result,
};
use tokio::io::{AsyncRead, ReadBuf};

use crate::support::engines::on_both_engines;
use crate::support::looks::head;

on_both_engines! {
    a_file_is_put_in_read_removed_and_swept,
    the_same_bytes_are_stored_once,
    a_file_that_is_named_is_never_swept,
    what_did_not_arrive_whole_leaves_nothing,
    hostile_names_and_bytes_are_refused,
    a_package_is_kept_as_it_is_and_never_unpacked,
    a_file_larger_than_allowed_is_refused_while_it_arrives,
    bytes_that_were_altered_are_not_handed_out_as_whole,
    left_behind_uploads_are_swept_after_a_day,
}

async fn add(lms: &TestLms, name: &str, bytes: &[u8]) -> Result<Changed<ContentFile>> {
    lms.content().add(&lms.admin(), NewContent::new(name), &mut &*bytes).await
}

async fn read(lms: &TestLms, file: &ContentFile) -> Result<Vec<u8>> {
    let open = lms.content().open(&lms.admin(), &file.id.to_string()).await?;
    let pieces: Vec<_> = open.bytes.try_collect().await?;
    Ok(pieces.concat())
}

/// The files of the store, as they lie in its folder.
fn objects(lms: &TestLms) -> Vec<std::path::PathBuf> {
    let folder = lms.place().folder().join("files").join("content");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

async fn a_file_is_put_in_read_removed_and_swept(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (content, admin) = (lms.content(), lms.admin());
    let bytes = [b"%PDF-1.7\n".as_slice(), &vec![7; 300_000]].concat();
    let added = add(&lms, "Fire safety.pdf", &bytes).await.unwrap();
    assert!(added.operation.is_some());
    assert_eq!(added.value.media_type, "application/pdf");
    assert_eq!(added.value.size, 300_009);
    assert_eq!(read(&lms, &added.value).await.unwrap(), bytes);
    assert_eq!(
        content.link(&admin, &added.value.id.to_string(), Duration::from_mins(5)).await.unwrap(),
        None
    );
    let looked = content.accesses(&admin, &added.value.id.to_string()).await.unwrap();
    assert_eq!(looked.len(), 1);
    assert_eq!((looked[0].actor.as_str(), looked[0].kind.as_str()), ("os:admin", "read"));

    let before = head(&lms).await;
    let again = add(&lms, "Fire safety.pdf", &bytes).await.unwrap();
    assert_eq!((again.value.id, again.operation), (added.value.id, None));
    assert_eq!(head(&lms).await, before);
    assert_eq!(objects(&lms).len(), 1, "nothing is left of the second upload");

    content.remove(&admin, &added.value.id.to_string()).await.unwrap();
    assert!(content.remove(&admin, &added.value.id.to_string()).await.unwrap().changed.is_empty());
    assert_eq!(content.list(&admin, ContentFilter::new()).await.unwrap().items, []);
    let all = content.list(&admin, ContentFilter::new().include_removed(true)).await.unwrap();
    assert_eq!(all.items.len(), 1);
    assert_eq!(read(&lms, &added.value).await.unwrap(), bytes, "until it is swept");

    let plan = content.plan_sweep(&admin).await.unwrap();
    assert_eq!((plan.blobs, plan.orphans, plan.bytes), (1, 0, 300_009));
    assert_eq!(objects(&lms).len(), 1, "a plan sweeps nothing");
    let swept = content.sweep(&admin).await.unwrap();
    assert_eq!((swept.blobs, swept.bytes), (1, 300_009));
    assert!(objects(&lms).is_empty());
    assert_eq!(read(&lms, &added.value).await.unwrap_err().code(), "content.unknown");
    assert_eq!(content.sweep(&admin).await.unwrap().blobs, 0);

    let back = add(&lms, "Fire safety.pdf", &bytes).await.unwrap();
    assert_ne!(back.value.id, added.value.id);
    assert_eq!(read(&lms, &back.value).await.unwrap(), bytes);
}

async fn the_same_bytes_are_stored_once(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let one = add(&lms, "one.txt", b"the same").await.unwrap().value;
    let two = add(&lms, "two.md", b"the same").await.unwrap().value;
    assert_ne!(one.id, two.id);
    assert_eq!(one.sha256, two.sha256);
    assert_eq!(objects(&lms).len(), 1);
    lms.content().remove(&lms.admin(), &one.id.to_string()).await.unwrap();
    assert_eq!(lms.content().sweep(&lms.admin()).await.unwrap().blobs, 0);
    assert_eq!(read(&lms, &two).await.unwrap(), b"the same");
}

/// Whatever is put in and removed in whatever order: what is named can be read, what is not is gone.
async fn a_file_that_is_named_is_never_swept(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (content, admin) = (lms.content(), lms.admin());
    let mut present: Vec<ContentFile> = Vec::new();
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..60 {
        match draw(4) {
            0 | 1 => {
                let name = format!("file-{}.txt", draw(6));
                let file = add(&lms, &name, format!("bytes {}", draw(4)).as_bytes()).await;
                let file = file.unwrap().value;
                if !present.contains(&file) {
                    present.push(file);
                }
            }
            2 if !present.is_empty() => {
                let at = usize::try_from(draw(present.len() as u64)).unwrap();
                content.remove(&admin, &present.swap_remove(at).id.to_string()).await.unwrap();
            }
            _ => {
                content.sweep(&admin).await.unwrap();
                let mut kinds: Vec<&str> =
                    present.iter().map(|file| file.sha256.as_str()).collect();
                kinds.sort_unstable();
                kinds.dedup();
                assert_eq!(objects(&lms).len(), kinds.len());
                for file in &present {
                    assert!(read(&lms, file).await.unwrap().starts_with(b"bytes "));
                }
            }
        }
    }
}

/// A connection that breaks after some bytes.
struct Broken(usize);

impl AsyncRead for Broken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.0 == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let n_bytes = self.0.min(buffer.remaining());
        buffer.put_slice(&vec![b'x'; n_bytes]);
        self.0 -= n_bytes;
        Poll::Ready(Ok(()))
    }
}

async fn what_did_not_arrive_whole_leaves_nothing(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (content, admin) = (lms.content(), lms.admin());
    let before = head(&lms).await;
    let new = || NewContent::new("talk.txt");
    let refused = |outcome: Result<Changed<ContentFile>>| -> Error { outcome.unwrap_err() };
    for error in [
        refused(content.add(&admin, new(), &mut Broken(200_000)).await),
        refused(content.add(&admin, new().size(9), &mut b"only 6".as_slice()).await),
        refused(content.add(&admin, new().size(3), &mut b"too many".as_slice()).await),
        refused(content.add(&admin, new().sha256("00"), &mut b"other".as_slice()).await),
        refused(content.add(&admin, new(), &mut b"".as_slice()).await),
    ] {
        assert_eq!(error.code(), "content.incomplete", "{error:?}");
    }
    assert_eq!(head(&lms).await, before);
    assert!(objects(&lms).is_empty());
    assert_eq!(content.list(&admin, ContentFilter::new()).await.unwrap().items, []);
}

async fn hostile_names_and_bytes_are_refused(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for name in
        ["../../etc/passwd.txt", "a/b.txt", "..\\x.txt", ".htaccess.txt", "a\u{202e}txt.exe"]
    {
        assert_eq!(add(&lms, name, b"x").await.unwrap_err().code(), "input.invalid", "{name}");
    }
    for name in ["a\0.txt", "", "..", &format!("{}.txt", "x".repeat(5_000))] {
        assert_eq!(add(&lms, name, b"x").await.unwrap_err().code(), "input.invalid", "{name:?}");
    }
    for (name, bytes) in [
        ("page.html", b"<script>".as_slice()),
        ("image.svg", b"<svg onload='alert(1)'/>"),
        ("fine.pdf", b"<html>not a pdf"),
        ("fine.png", b"MZ\x90\0"),
        ("fine.txt", b"\0\0binary"),
        ("no-ending", b"x"),
    ] {
        assert_eq!(
            add(&lms, name, bytes).await.unwrap_err().code(),
            "content.media_type",
            "{name}"
        );
    }
    assert!(objects(&lms).is_empty());
}

/// An archive whose one file says of itself that it has four gigabytes: only its own bytes count.
async fn a_package_is_kept_as_it_is_and_never_unpacked(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
    deflated.write_all(&vec![0; 4 << 20]).unwrap();
    let deflated = deflated.finish().unwrap();
    let mut bomb = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
    bomb.extend(u32::try_from(deflated.len()).unwrap().to_le_bytes());
    bomb.extend(u32::MAX.to_le_bytes());
    bomb.extend(b"\x09\0\0\0../../bad");
    bomb.extend(deflated);
    let package = add(&lms, "course.zip", &bomb).await.unwrap().value;
    assert_eq!(
        (&*package.media_type, package.size.unsigned_abs()),
        ("application/zip", bomb.len() as u64)
    );
    assert_eq!(objects(&lms).len(), 1);
    assert_eq!(std::fs::metadata(&objects(&lms)[0]).unwrap().len(), bomb.len() as u64);
    assert_eq!(read(&lms, &package).await.unwrap(), bomb);
}

async fn a_file_larger_than_allowed_is_refused_while_it_arrives(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let small = Lms::builder(lms.database_url())
        .file_store(FileStore::folder(&lms.place().folder().join("files")).unwrap())
        .file_bytes_max(100_000)
        .open()
        .await
        .unwrap();
    let error = small
        .content()
        .add(&lms.admin(), NewContent::new("endless.txt"), &mut tokio::io::repeat(b'x'))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "content.too_large");
    let announced = NewContent::new("large.txt").size(100_001);
    let error = small.content().add(&lms.admin(), announced, &mut Broken(0)).await.unwrap_err();
    assert_eq!(error.code(), "content.too_large", "before a byte is read");
    assert!(objects(&lms).is_empty());
}

async fn bytes_that_were_altered_are_not_handed_out_as_whole(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let file = add(&lms, "notes.txt", b"as it was").await.unwrap().value;
    std::fs::write(&objects(&lms)[0], b"as it is!").unwrap();
    assert_eq!(read(&lms, &file).await.unwrap_err().code(), "content.altered");
    std::fs::remove_file(&objects(&lms)[0]).unwrap();
    assert_eq!(read(&lms, &file).await.unwrap_err().code(), "store.missing");
}

async fn left_behind_uploads_are_swept_after_a_day(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let kept = add(&lms, "kept.txt", b"kept").await.unwrap().value;
    let folder = objects(&lms)[0].parent().unwrap().to_owned();
    std::fs::write(folder.join("left-behind"), b"half").unwrap();
    let (content, admin) = (lms.content(), lms.admin());
    // The store knows the real time, and the clock of the test stands before it.
    assert_eq!(content.sweep(&admin).await.unwrap().orphans, 0);
    lms.clock().set(lms_core::Timestamp::parse("2199-01-01T00:00:00Z").unwrap());
    let swept = content.sweep(&admin).await.unwrap();
    assert_eq!((swept.blobs, swept.orphans, swept.bytes), (0, 1, 4));
    assert_eq!(objects(&lms).len(), 1);
    assert_eq!(read(&lms, &kept).await.unwrap(), b"kept");
}
