//! What only a bucket has: keys, addresses, and a network that may fail.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use lms_core::{Content, ContentFilter, Engine, Error, FileStore, NewContent};
use tokio::io::{AsyncRead, ReadBuf};

use super::shelf::{Shelf, with};
use crate::support::engines::on_both_engines;
use crate::support::looks::head;
use crate::support::s3::{BUCKET, KEY_ID, S3Server, SECRET};

on_both_engines! {
    an_address_hands_out_the_bytes_until_it_expires,
    a_folder_has_no_addresses,
    a_wrong_key_is_told_as_such_and_never_shown,
    a_bucket_that_is_missing_is_told_as_such,
    a_server_that_goes_away_leaves_nothing_half_done,
}

async fn an_address_hands_out_the_bytes_until_it_expires(engine: Engine) {
    let shelf = Shelf::bucket(engine).await;
    let (content, admin) = (shelf.content(), shelf.test.admin());
    let file = shelf.add("Fluchtwege für alle.txt", b"through the door").await.unwrap().value;
    let id = file.id.to_string();
    let link = content.link(&admin, &id, Duration::from_secs(2)).await.unwrap();
    assert!(!link.url.contains(SECRET), "{}", link.url);
    assert_eq!(link.expires_at, shelf.lms.now().plus(Duration::from_secs(2)));

    // Whoever has the address needs neither a key nor a token.
    let answer = crate::support::web::get(&link.url).await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/plain");
    assert!(header("content-disposition").contains("UTF-8''Fluchtwege%20f%C3%BCr%20alle.txt"));
    assert_eq!(answer.bytes().await.unwrap(), b"through the door".as_slice());
    let other = link.url.replace("/content/", "/contents/");
    assert_eq!(
        crate::support::web::get(other).await.unwrap().status(),
        403,
        "an address is for one file"
    );
    let noted = content.accesses(&admin, &id).await.unwrap();
    assert_eq!((noted.len(), noted[0].kind.as_str()), (1, "link"));

    tokio::time::sleep(Duration::from_millis(3_500)).await;
    assert_eq!(crate::support::web::get(&link.url).await.unwrap().status(), 403);
    for never in [Duration::ZERO, Duration::from_hours(169)] {
        let refused = content.link(&admin, &id, never).await;
        assert_eq!(refused.unwrap_err().code(), "input.invalid");
    }
}

async fn a_folder_has_no_addresses(engine: Engine) {
    let shelf = Shelf::folder(engine).await;
    let (content, admin) = (shelf.content(), shelf.test.admin());
    let id = shelf.add("ways.txt", b"ways").await.unwrap().value.id.to_string();
    let refused = content.link(&admin, &id, Duration::from_mins(5)).await.unwrap_err();
    assert_eq!(refused.code(), "content.no_link");
    assert!(content.accesses(&admin, &id).await.unwrap().is_empty());
}

/// Puts a file in, which does not work.
async fn refused(shelf: &Shelf, content: Content<'_>) -> Error {
    let new = NewContent::new("ways.txt");
    content.add(&shelf.test.admin(), new, &mut b"ways".as_slice()).await.unwrap_err()
}

async fn a_wrong_key_is_told_as_such_and_never_shown(engine: Engine) {
    let shelf = Shelf::bucket(engine).await;
    let server = shelf.server.as_ref().unwrap();
    let url = format!("s3://{BUCKET}/acme");
    for (id, secret) in [(KEY_ID, "not-THE-SECRET"), ("KEY-OF-NOBODY", SECRET)] {
        let store = FileStore::s3(&server.options(&url).key(id, secret)).unwrap();
        let lms = with(&shelf.test, store).open().await.unwrap();
        let error = refused(&shelf, lms.content()).await;
        assert_eq!(error.code(), "store.denied", "{error:?}");
        assert!(error.hints()[0].contains("AWS_SECRET_ACCESS_KEY"), "{error:?}");
        assert!(!format!("{error:?}").contains(secret), "{error:?}");
        let plan = lms.content().plan_sweep(&shelf.test.admin()).await;
        assert_eq!(plan.unwrap_err().code(), "store.denied");
    }
    assert!(shelf.is_clean());
}

async fn a_bucket_that_is_missing_is_told_as_such(engine: Engine) {
    let shelf = Shelf::bucket(engine).await;
    let server = shelf.server.as_ref().unwrap();
    let options = server.options("s3://not-there/acme").key(KEY_ID, SECRET);
    let lms = with(&shelf.test, FileStore::s3(&options).unwrap()).open().await.unwrap();
    let error = refused(&shelf, lms.content()).await;
    assert_eq!(error.code(), "store.no_bucket", "{error:?}");
    assert!(error.message().contains("s3://not-there/acme"), "{error:?}");
}

/// A film of 30 MB that takes the server away on its way.
struct Unlucky {
    left: usize,
    server: Option<S3Server>,
}

impl AsyncRead for Unlucky {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let n_bytes = self.left.min(buffer.remaining());
        buffer.put_slice(&vec![b'x'; n_bytes]);
        self.left -= n_bytes;
        if self.left < 15_000_000 {
            drop(self.server.take());
        }
        Poll::Ready(Ok(()))
    }
}

async fn a_server_that_goes_away_leaves_nothing_half_done(engine: Engine) {
    let mut shelf = Shelf::bucket(engine).await;
    let admin = shelf.test.admin();
    let kept = shelf.add("kept.txt", b"kept").await.unwrap().value;
    let before = head(&shelf.lms).await;

    let mut film = Unlucky { left: 30_000_000, server: shelf.server.take() };
    let new = NewContent::new("film.txt");
    let error = shelf.content().add(&admin, new, &mut film).await.unwrap_err();
    assert_eq!(error.code(), "store.unavailable", "{error:?}");
    assert!(error.message().contains("s3://files/acme/lms"), "{error:?}");
    assert_eq!(shelf.read(&kept).await.unwrap_err().code(), "store.unavailable");
    assert_eq!(head(&shelf.lms).await, before, "nothing was recorded");
    let files = shelf.content().list(&admin, ContentFilter::new()).await.unwrap().items;
    assert_eq!(files, [kept]);
}
