//! Files that people learn from: put in, read, removed, swept; in a folder and in a bucket.

mod owner;
mod s3;
mod shelf;

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use futures_util::TryStreamExt;
use lms_core::{Changed, ContentFile, ContentFilter, Error, NewContent, Result, Timestamp};
use tokio::io::{AsyncRead, ReadBuf};

use crate::support::looks::head;
use shelf::{Shelf, on_every_shelf, with};

on_every_shelf! {
    a_file_is_put_in_read_removed_and_swept,
    the_same_bytes_are_stored_once,
    a_part_of_a_file_is_read_and_noted_once,
    a_file_that_is_named_is_never_swept,
    what_did_not_arrive_whole_leaves_nothing,
    hostile_names_and_bytes_are_refused,
    a_package_is_kept_as_it_is_and_never_unpacked,
    a_file_of_many_parts_comes_back_as_it_was,
    a_file_larger_than_allowed_is_refused_while_it_arrives,
    bytes_that_were_altered_are_not_handed_out_as_whole,
    left_behind_uploads_are_swept_after_a_day,
}

async fn a_file_is_put_in_read_removed_and_swept(shelf: Shelf) {
    let (content, admin) = (shelf.content(), shelf.test.admin());
    let bytes = [b"%PDF-1.7\n".as_slice(), &vec![7; 300_000]].concat();
    let added = shelf.add("Fire safety.pdf", &bytes).await.unwrap();
    assert!(added.operation.is_some());
    assert_eq!(added.value.media_type, "application/pdf");
    assert_eq!(added.value.size, 300_009);
    assert_eq!(shelf.read(&added.value).await.unwrap(), bytes);
    let looked = content.accesses(&admin, &added.value.id.to_string()).await.unwrap();
    assert_eq!(looked.len(), 1);
    assert_eq!((looked[0].actor.as_str(), looked[0].kind.as_str()), ("os:admin", "read"));

    let before = head(&shelf.lms).await;
    let again = shelf.add("Fire safety.pdf", &bytes).await.unwrap();
    assert_eq!((again.value.id, again.operation), (added.value.id, None));
    assert_eq!(head(&shelf.lms).await, before);
    assert_eq!(shelf.objects().len(), 1, "nothing is left of the second upload");

    content.remove(&admin, &added.value.id.to_string()).await.unwrap();
    assert!(content.remove(&admin, &added.value.id.to_string()).await.unwrap().changed.is_empty());
    assert_eq!(content.list(&admin, ContentFilter::new()).await.unwrap().items, []);
    let all = content.list(&admin, ContentFilter::new().include_removed(true)).await.unwrap();
    assert_eq!(all.items.len(), 1);
    assert_eq!(shelf.read(&added.value).await.unwrap(), bytes, "until it is swept");

    let plan = content.plan_sweep(&admin).await.unwrap();
    assert_eq!((plan.blobs, plan.orphans, plan.bytes), (1, 0, 300_009));
    assert_eq!(shelf.objects().len(), 1, "a plan sweeps nothing");
    let swept = content.sweep(&admin).await.unwrap();
    assert_eq!((swept.blobs, swept.bytes), (1, 300_009));
    assert!(shelf.objects().is_empty());
    assert_eq!(shelf.read(&added.value).await.unwrap_err().code(), "content.unknown");
    assert_eq!(content.sweep(&admin).await.unwrap().blobs, 0);

    let back = shelf.add("Fire safety.pdf", &bytes).await.unwrap();
    assert_ne!(back.value.id, added.value.id);
    assert_eq!(shelf.read(&back.value).await.unwrap(), bytes);
}

async fn the_same_bytes_are_stored_once(shelf: Shelf) {
    let one = shelf.add("one.txt", b"the same").await.unwrap().value;
    let two = shelf.add("two.md", b"the same").await.unwrap().value;
    assert_ne!(one.id, two.id);
    assert_eq!(one.sha256, two.sha256);
    assert_eq!(shelf.objects().len(), 1);
    shelf.content().remove(&shelf.test.admin(), &one.id.to_string()).await.unwrap();
    assert_eq!(shelf.content().sweep(&shelf.test.admin()).await.unwrap().blobs, 0);
    assert_eq!(shelf.read(&two).await.unwrap(), b"the same");
}

/// Whatever is put in and removed in whatever order: what is named can be read, what is not is gone.
async fn a_file_that_is_named_is_never_swept(shelf: Shelf) {
    let (content, admin) = (shelf.content(), shelf.test.admin());
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
                let file = shelf.add(&name, format!("bytes {}", draw(4)).as_bytes()).await;
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
                assert_eq!(shelf.objects().len(), kinds.len());
                for file in &present {
                    assert!(shelf.read(file).await.unwrap().starts_with(b"bytes "));
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

async fn what_did_not_arrive_whole_leaves_nothing(shelf: Shelf) {
    let (content, admin) = (shelf.content(), shelf.test.admin());
    let before = head(&shelf.lms).await;
    let new = || NewContent::new("talk.txt");
    let refused = |outcome: Result<Changed<ContentFile>>| -> Error { outcome.unwrap_err() };
    for error in [
        refused(content.add(&admin, new(), &mut Broken(200_000)).await),
        refused(content.add(&admin, new().size(9), &mut b"only 6".as_slice()).await),
        refused(content.add(&admin, new().size(3), &mut b"too many".as_slice()).await),
        refused(
            content.add(&admin, new().sha256(&"00".repeat(32)), &mut b"other".as_slice()).await,
        ),
        refused(content.add(&admin, new(), &mut b"".as_slice()).await),
    ] {
        assert_eq!(error.code(), "content.incomplete", "{error:?}");
    }
    assert_eq!(head(&shelf.lms).await, before);
    assert!(shelf.is_clean());
    assert_eq!(content.list(&admin, ContentFilter::new()).await.unwrap().items, []);
}

async fn hostile_names_and_bytes_are_refused(shelf: Shelf) {
    for name in
        ["../../etc/passwd.txt", "a/b.txt", "..\\x.txt", ".htaccess.txt", "a\u{202e}txt.exe"]
    {
        assert_eq!(shelf.add(name, b"x").await.unwrap_err().code(), "input.invalid", "{name}");
    }
    for name in ["a\0.txt", "", "..", &format!("{}.txt", "x".repeat(5_000))] {
        assert_eq!(shelf.add(name, b"x").await.unwrap_err().code(), "input.invalid", "{name:?}");
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
            shelf.add(name, bytes).await.unwrap_err().code(),
            "content.media_type",
            "{name}"
        );
    }
    assert!(shelf.is_clean());
}

/// More than a part of an upload, and more parts than are under way at once.
async fn a_file_of_many_parts_comes_back_as_it_was(shelf: Shelf) {
    let bytes: Vec<u8> =
        (0..6_000_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    let bytes = [b"%PDF-1.7\n".as_slice(), &bytes].concat();
    let file = shelf.add("plan.pdf", &bytes).await.unwrap().value;
    assert_eq!(file.size.unsigned_abs(), bytes.len() as u64);
    assert!(shelf.read(&file).await.unwrap() == bytes);
}

async fn a_part_of_a_file_is_read_and_noted_once(shelf: Shelf) {
    let (content, admin) = (shelf.content(), shelf.test.admin());
    let file = shelf.add("ways.txt", b"0123456789").await.unwrap().value;
    let id = file.id.to_string();
    let part = async |part: std::ops::Range<u64>| -> Result<Vec<u8>> {
        let open = content.open_part(&admin, &id, part).await?;
        let pieces: Vec<_> = open.bytes.try_collect().await?;
        Ok(pieces.concat())
    };
    let noted = async || content.accesses(&admin, &id).await.unwrap().len();
    assert_eq!(part(2..5).await.unwrap(), b"234");
    assert_eq!(part(0..10).await.unwrap(), b"0123456789");
    assert_eq!(part(9..10).await.unwrap(), b"9");
    assert_eq!(noted().await, 1, "parts of one reading");
    shelf.test.clock().advance(std::time::Duration::from_mins(61));
    assert_eq!(part(0..1).await.unwrap(), b"0");
    assert_eq!(noted().await, 2);
    for nowhere in [10..11, 0..11, 3..3] {
        assert_eq!(part(nowhere).await.unwrap_err().code(), "input.invalid");
    }
    assert_eq!(noted().await, 2, "what was refused is no reading");
}

/// An archive whose one file says of itself that it has four gigabytes: only its own bytes count.
async fn a_package_is_kept_as_it_is_and_never_unpacked(shelf: Shelf) {
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
    deflated.write_all(&vec![0; 4 << 20]).unwrap();
    let deflated = deflated.finish().unwrap();
    let mut bomb = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
    bomb.extend(u32::try_from(deflated.len()).unwrap().to_le_bytes());
    bomb.extend(u32::MAX.to_le_bytes());
    bomb.extend(b"\x09\0\0\0../../bad");
    bomb.extend(deflated);
    let package = shelf.add("course.zip", &bomb).await.unwrap().value;
    assert_eq!(
        (&*package.media_type, package.size.unsigned_abs()),
        ("application/zip", bomb.len() as u64)
    );
    assert_eq!(shelf.objects().len(), 1);
    assert_eq!(std::fs::metadata(&shelf.objects()[0]).unwrap().len(), bomb.len() as u64);
    assert_eq!(shelf.read(&package).await.unwrap(), bomb);
}

async fn a_file_larger_than_allowed_is_refused_while_it_arrives(shelf: Shelf) {
    let admin = shelf.test.admin();
    let small = with(&shelf.test, shelf.store()).file_bytes_max(12 << 20).open().await.unwrap();
    let endless = NewContent::new("endless.txt");
    let endless = small.content().add(&admin, endless, &mut tokio::io::repeat(b'x')).await;
    assert_eq!(endless.unwrap_err().code(), "content.too_large");
    let announced = NewContent::new("large.txt").size((12 << 20) + 1);
    let error = small.content().add(&admin, announced, &mut Broken(0)).await.unwrap_err();
    assert_eq!(error.code(), "content.too_large", "before a byte is read");
    assert!(shelf.is_clean());
}

async fn bytes_that_were_altered_are_not_handed_out_as_whole(shelf: Shelf) {
    let file = shelf.add("notes.txt", b"as it was").await.unwrap().value;
    std::fs::write(&shelf.objects()[0], b"as it is!").unwrap();
    assert_eq!(shelf.read(&file).await.unwrap_err().code(), "content.altered");
    std::fs::remove_file(&shelf.objects()[0]).unwrap();
    assert_eq!(shelf.read(&file).await.unwrap_err().code(), "store.missing");
}

async fn left_behind_uploads_are_swept_after_a_day(shelf: Shelf) {
    let kept = shelf.add("kept.txt", b"kept").await.unwrap().value;
    let folder = shelf.objects()[0].parent().unwrap().to_owned();
    std::fs::write(folder.join("left-behind"), b"half").unwrap();
    let (content, admin) = (shelf.content(), shelf.test.admin());
    // The store knows the real time, and the clock of the test stands before it.
    assert_eq!(content.sweep(&admin).await.unwrap().orphans, 0);
    shelf.test.clock().set(Timestamp::parse("2199-01-01T00:00:00Z").unwrap());
    let swept = content.sweep(&admin).await.unwrap();
    assert_eq!((swept.blobs, swept.orphans, swept.bytes), (0, 1, 4));
    assert_eq!(shelf.objects().len(), 1);
    assert_eq!(shelf.read(&kept).await.unwrap(), b"kept");
}
