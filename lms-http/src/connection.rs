//! Connections that cannot be held for ever: a bound on how many there are, and a deadline on each.
//!
//! The server of axum has no time-out for the head of a request, so the deadline sits below it, at
//! the socket. It allows silence between two requests for the idle time-out, and from the first
//! byte of a request to the first byte of its answer what head and handling may take together. A
//! client that sends its head drop by drop, or does not read its answer, runs into it. Whoever sends
//! much gets the time anew with each piece: heads are never that large, files are. And behind more than
//! a body may have comes a file, which has to be stored before there is an answer.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

use crate::options::Options;

/// A deadline this far away never comes; later ones are beyond what an `Instant` can hold.
const NEVER: Duration = Duration::from_hours(365 * 24);

/// So much has to arrive in the time that is given for a request, or all of it.
const PIECE_BYTES: usize = 64 * 1024;

/// The HTTP library takes no larger head.
const HEAD_BYTES_MAX: usize = 512 * 1024;

/// How long a store may take to make one object of the parts of a file. Silence within the file is
/// watched where it is read.
const STORING_MAX: Duration = Duration::from_mins(15);

/// A listener that hands out at most so many connections at a time, each with deadlines.
pub(crate) struct BoundedListener {
    listener: TcpListener,
    free: Arc<Semaphore>,
    patience: Patience,
}

/// How long a connection may wait for its peer.
#[derive(Clone, Copy)]
struct Patience {
    idle: Duration,
    answer: Duration,
    /// Only a file is larger, with its head.
    request_bytes_max: usize,
}

/// A connection with its deadline and its place among those allowed.
pub(crate) struct Connection {
    stream: TcpStream,
    deadline: Pin<Box<Sleep>>,
    answering: bool,
    /// Bytes since the deadline was set.
    arrived: usize,
    /// Bytes since something was last answered.
    asked: usize,
    patience: Patience,
    _place: OwnedSemaphorePermit,
}

impl BoundedListener {
    pub(crate) fn new(listener: TcpListener, options: &Options) -> Self {
        let patience = Patience {
            idle: options.idle_timeout.min(NEVER),
            answer: options.head_timeout.saturating_add(options.request_timeout).min(NEVER),
            request_bytes_max: options.body_bytes_max.saturating_add(HEAD_BYTES_MAX),
        };
        let places = options.connections_max.min(Semaphore::MAX_PERMITS);
        Self { listener, free: Arc::new(Semaphore::new(places)), patience }
    }
}

impl Listener for BoundedListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let free = Arc::clone(&self.free);
        let place = free.acquire_owned().await.expect("the semaphore is never closed");
        let (stream, peer) = Listener::accept(&mut self.listener).await;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("answers may be delayed: {error}");
        }
        let deadline = Box::pin(sleep(self.patience.idle));
        let connection = Connection {
            stream,
            deadline,
            answering: false,
            arrived: 0,
            asked: 0,
            patience: self.patience,
            _place: place,
        };
        (connection, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connection {
    /// The peer did something: the first byte of a request, or room for more of an answer.
    fn moved(&mut self, answering: bool) {
        self.answering = answering;
        self.arrived = 0;
        let patience = match answering {
            false => self.patience.idle,
            true if self.asked > self.patience.request_bytes_max => STORING_MAX,
            true => self.patience.answer,
        };
        self.deadline.as_mut().reset(Instant::now() + patience);
    }

    /// The peer does nothing: wait until the deadline, then give up.
    fn poll_deadline<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        ready!(self.deadline.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer was silent too long")))
    }

    fn after_write(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if written.is_pending() {
            return self.poll_deadline(context);
        }
        self.asked = 0;
        self.moved(false);
        written
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let filled = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_pending() {
            return self.poll_deadline(context);
        }
        let n_bytes = buffer.filled().len() - filled;
        self.arrived += n_bytes;
        self.asked = self.asked.saturating_add(n_bytes);
        if self.arrived >= PIECE_BYTES || (!self.answering && self.arrived > 0) {
            self.moved(true);
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.after_write(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.after_write(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
