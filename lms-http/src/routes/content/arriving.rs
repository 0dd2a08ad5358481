//! The body of an upload, read piece by piece as the store takes it: memory does not grow with it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::Stream;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep, sleep};

/// A body that may take its time, but not be silent for long.
pub(in crate::routes) struct Arriving {
    pieces: BodyDataStream,
    piece: Bytes,
    silence_max: Duration,
    deadline: Pin<Box<Sleep>>,
    is_waiting: bool,
    given_up: oneshot::Receiver<()>,
}

impl Arriving {
    /// With the other end of what whoever answers holds: it breaks off when that is dropped.
    pub(in crate::routes) fn new(body: Body, silence_max: Duration) -> (Self, oneshot::Sender<()>) {
        let (answering, given_up) = oneshot::channel();
        let arriving = Self {
            pieces: body.into_data_stream(),
            piece: Bytes::new(),
            silence_max,
            deadline: Box::pin(sleep(silence_max)),
            is_waiting: false,
            given_up,
        };
        (arriving, answering)
    }

    /// Nothing has come: waits for as long as one may be silent. Time in which nobody asked for
    /// more is not the client's.
    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_waiting {
            self.is_waiting = true;
            self.deadline.as_mut().reset(Instant::now() + self.silence_max);
        }
        if Pin::new(&mut self.given_up).poll(context).is_ready() {
            return Poll::Ready(Err(io::Error::other("the request was given up")));
        }
        ready!(self.deadline.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "nothing came for too long")))
    }
}

impl AsyncRead for Arriving {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.piece.is_empty() {
            match Pin::new(&mut self.pieces).poll_next(context) {
                Poll::Ready(Some(Ok(piece))) => {
                    self.piece = piece;
                    self.is_waiting = false;
                }
                Poll::Ready(Some(Err(cause))) => return Poll::Ready(Err(io::Error::other(cause))),
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending => return self.poll_silence(context),
            }
        }
        let n_bytes = self.piece.len().min(buffer.remaining());
        buffer.put_slice(&self.piece.split_to(n_bytes));
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use tokio::io::AsyncReadExt;

    use super::*;

    const SILENCE: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn pieces_are_read_in_order() {
        let pieces = ["one", "", "two"].map(|piece| Ok::<_, io::Error>(Bytes::from(piece)));
        let (mut body, _answering) =
            Arriving::new(Body::from_stream(stream::iter(pieces)), SILENCE);
        let mut text = String::new();
        body.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "onetwo");
    }

    #[tokio::test]
    async fn silence_and_a_request_that_is_given_up_break_it_off() {
        let silent = || Body::from_stream(stream::pending::<io::Result<Bytes>>());
        let (mut body, answering) = Arriving::new(silent(), SILENCE);
        let cause = body.read_u8().await.unwrap_err();
        assert_eq!(cause.kind(), io::ErrorKind::TimedOut);
        drop(answering);
        let (mut body, answering) = Arriving::new(silent(), Duration::from_hours(1));
        drop(answering);
        assert_eq!(body.read_u8().await.unwrap_err().kind(), io::ErrorKind::Other);
    }
}
