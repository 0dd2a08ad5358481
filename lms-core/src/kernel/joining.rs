//! Small pieces of work of many callers, carried out together: while one lot is under way the next
//! gathers, so that nobody waits for a timer and a busy database does less for each.
//!
//! A caller is answered when its lot is done, and never before. One who goes away leaves its work
//! behind: it is carried out, and nobody is told. There is no task while there is nothing to do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use super::error::{Error, Result};

/// As many may wait; whoever comes then waits for room.
const WAITING_MAX: usize = 8_192;
/// As many are carried out together: others, in this process and elsewhere, want their turn too.
const TOGETHER_MAX: usize = 1_024;

/// Work that is carried out together with others of its kind.
pub(crate) trait Joined: Send + Sized + 'static {
    type Answer: Send + 'static;
    /// What it is carried out on.
    type On: Clone + Send + Sync + 'static;

    /// Carries all of it out, and answers each in its place.
    fn carry_out(on: &Self::On, all: Vec<Self>) -> impl Future<Output = Vec<Self::Answer>> + Send;
}

/// What waits, and whether somebody works at it; one for each open organisation.
pub(crate) struct Gathering<W: Joined> {
    room: Arc<Semaphore>,
    state: Mutex<State<W>>,
    idle: Notify,
}

struct State<W: Joined> {
    waiting: VecDeque<Waiting<W>>,
    is_at_work: bool,
}

struct Waiting<W: Joined> {
    work: W,
    answer: oneshot::Sender<W::Answer>,
    /// Its place, until it is answered.
    place: OwnedSemaphorePermit,
}

impl<W: Joined> Default for Gathering<W> {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(WAITING_MAX)),
            state: Mutex::new(State { waiting: VecDeque::new(), is_at_work: false }),
            idle: Notify::new(),
        }
    }
}

impl<W: Joined> Gathering<W> {
    /// Has a piece of work carried out with whatever else is there by then.
    pub(crate) async fn join(self: Arc<Self>, on: &W::On, work: W) -> Result<W::Answer> {
        let room = Arc::clone(&self.room).acquire_owned().await;
        let place = room.expect("the semaphore is never closed");
        let (answer, answered) = oneshot::channel();
        let is_first = {
            let mut state = self.state();
            state.waiting.push_back(Waiting { work, answer, place });
            !std::mem::replace(&mut state.is_at_work, true)
        };
        if is_first {
            let worker = Worker { of: self, is_done: false };
            tokio::spawn(worker.work(on.clone()));
        }
        answered.await.map_err(|_| Error::internal("work that was joined with others was given up"))
    }

    /// Waits until all is done that waits now, and whatever comes meanwhile.
    pub(crate) async fn drained(&self) {
        loop {
            // Whoever ends between the look and the wait is heard.
            let idle = self.idle.notified();
            if !self.state().is_at_work {
                return;
            }
            idle.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next lot, the oldest first; nothing where nothing waits, and then nobody is at work.
    fn next_lot(&self) -> Vec<Waiting<W>> {
        let mut state = self.state();
        let count = state.waiting.len().min(TOGETHER_MAX);
        state.is_at_work = count > 0;
        state.waiting.drain(..count).collect()
    }
}

/// Whoever works at it. Where they are stopped half-way, as when their runtime ends, those who wait
/// hear of it, and the next caller finds the place free.
struct Worker<W: Joined> {
    of: Arc<Gathering<W>>,
    is_done: bool,
}

impl<W: Joined> Worker<W> {
    async fn work(mut self, on: W::On) {
        loop {
            let lot = self.of.next_lot();
            if lot.is_empty() {
                self.is_done = true;
                return;
            }
            let (mut all, mut callers) = (Vec::new(), Vec::new());
            for waiting in lot {
                all.push(waiting.work);
                callers.push((waiting.answer, waiting.place));
            }
            let answers = W::carry_out(&on, all).await;
            for ((caller, _place), answer) in callers.into_iter().zip(answers) {
                // A caller may have gone away.
                let _ = caller.send(answer);
            }
            // Those who were answered may have more, which then goes with the next lot.
            tokio::task::yield_now().await;
        }
    }
}

impl<W: Joined> Drop for Worker<W> {
    fn drop(&mut self) {
        if !self.is_done {
            let mut state = self.of.state();
            state.is_at_work = false;
            state.waiting.clear();
        }
        self.of.idle.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::kernel::error::ErrorKind;

    /// Says how many were carried out with it, once the gate lets it.
    struct Counted;

    impl Joined for Counted {
        type Answer = usize;
        type On = Arc<Semaphore>;

        async fn carry_out(gate: &Self::On, all: Vec<Self>) -> Vec<usize> {
            gate.acquire().await.expect("the gate stays").forget();
            vec![all.len(); all.len()]
        }
    }

    /// Panics where it is asked to.
    struct Fragile(bool);

    impl Joined for Fragile {
        type Answer = ();
        type On = ();

        async fn carry_out((): &Self::On, all: Vec<Self>) -> Vec<()> {
            assert!(!all.iter().any(|one| one.0), "as it was asked to");
            vec![(); all.len()]
        }
    }

    async fn in_turn() {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn what_comes_while_a_lot_is_under_way_is_the_next_one() {
        let (gathering, gate) = (Arc::<Gathering<Counted>>::default(), Arc::new(Semaphore::new(0)));
        let mut callers = Vec::new();
        for n in 0..6 {
            let (gathering, gate) = (Arc::clone(&gathering), Arc::clone(&gate));
            callers.push(tokio::spawn(async move { gathering.join(&gate, Counted).await }));
            if n == 0 {
                in_turn().await;
            }
        }
        in_turn().await;
        // Whoever goes away leaves the work to the others.
        callers.pop().expect("there are six").abort();
        let draining = {
            let gathering = Arc::clone(&gathering);
            tokio::spawn(async move { gathering.drained().await })
        };
        in_turn().await;
        gate.add_permits(1);
        in_turn().await;
        assert!(!draining.is_finished(), "a lot is under way");
        gate.add_permits(1);
        let mut with = Vec::new();
        for caller in callers {
            with.push(caller.await.expect("nobody panics").expect("each is answered"));
        }
        assert_eq!(with, [1, 5, 5, 5, 5]);
        draining.await.expect("nobody panics");
        gathering.drained().await;
    }

    #[tokio::test]
    async fn a_lot_that_is_given_up_leaves_the_place_to_the_next() {
        let gathering = Arc::<Gathering<Fragile>>::default();
        let given_up = Arc::clone(&gathering).join(&(), Fragile(true)).await;
        assert_eq!(given_up.expect_err("it panicked").kind(), ErrorKind::Internal);
        let next = Arc::clone(&gathering).join(&(), Fragile(false));
        let next = tokio::time::timeout(Duration::from_secs(30), next).await;
        next.expect("somebody works at it").expect("it is answered");
        gathering.drained().await;
    }
}
