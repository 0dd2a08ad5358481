//! A file that arrives: kept on disk meanwhile, piece by piece, so that memory does not grow with it.

use std::io::{self, Read};
use std::time::Duration;

use axum::body::Body;
use lms_core::imports::reading::Source;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;

use crate::error::{BODY_BROKEN, BODY_TOO_LARGE, Problem};
use crate::routes::content::Arriving;

/// More than any file of two hundred thousand rows has.
const BYTES_MAX: usize = 256 << 20;
/// So much is on its way from the one to the other.
const PIECE_BYTES: usize = 64 << 10;
const PIECES_MAX: usize = 4;

/// The whole of a body, as a file of this name.
pub(super) async fn whole(
    name: String,
    body: Body,
    silence_max: Duration,
) -> Result<Source, Problem> {
    let (mut arriving, _answering) = Arriving::new(body, silence_max);
    let (pieces, received) = mpsc::channel(PIECES_MAX);
    let keep = move || Source::reader(&name, Received { from: received, piece: Vec::new(), at: 0 });
    let kept = tokio::task::spawn_blocking(keep);
    let mut n_bytes = 0;
    loop {
        let mut piece = vec![0; PIECE_BYTES];
        let read = arriving.read(&mut piece).await.map_err(|cause| {
            BODY_BROKEN.problem(format!("the body ended before it was complete: {cause}"))
        })?;
        if read == 0 {
            break;
        }
        n_bytes += read;
        if n_bytes > BYTES_MAX {
            return Err(BODY_TOO_LARGE
                .problem(format!("the file has more than {} MiB", BYTES_MAX >> 20))
                .with_hint("split it, and import the parts one after the other"));
        }
        piece.truncate(read);
        if pieces.send(piece).await.is_err() {
            // Whoever keeps it says why it cannot.
            break;
        }
    }
    drop(pieces);
    match kept.await {
        Ok(source) => source.map_err(Problem::from),
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

/// What was received, for somebody who reads it on a thread of their own.
struct Received {
    from: mpsc::Receiver<Vec<u8>>,
    piece: Vec<u8>,
    at: usize,
}

impl Read for Received {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.piece.len() {
            let Some(piece) = self.from.blocking_recv() else { return Ok(0) };
            (self.piece, self.at) = (piece, 0);
        }
        let rest = &self.piece[self.at..];
        let n_bytes = rest.len().min(buffer.len());
        buffer[..n_bytes].copy_from_slice(&rest[..n_bytes]);
        self.at += n_bytes;
        Ok(n_bytes)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn what_arrives_in_pieces_is_one_file() {
        let pieces =
            ["email,na", "", "me\na@x.org,Ann\n"].map(|text| Ok::<_, io::Error>(Bytes::from(text)));
        let body = Body::from_stream(stream::iter(pieces));
        let source = whole("people.csv".to_owned(), body, Duration::from_secs(5)).await.unwrap();
        assert_eq!((source.name(), source.length()), ("people.csv", 23));
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_no_file() {
        let pieces = [Ok(Bytes::from("email\n")), Err(io::Error::other("gone"))];
        let body = Body::from_stream(stream::iter(pieces));
        let broken = whole("people.csv".to_owned(), body, Duration::from_secs(5)).await;
        assert!(broken.is_err());
    }
}
