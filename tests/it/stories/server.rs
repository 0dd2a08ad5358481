//! `lmsctl serve` as a process, and those who write through it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::Place;

/// A server that ends with this value.
pub(super) struct Server {
    process: Child,
    address: String,
}

/// What writers saw.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// How many writes were acknowledged.
    pub(super) acknowledged: u64,
    /// The longest that anybody waited for one.
    pub(super) slowest: Duration,
    /// What went wrong.
    pub(super) complaints: Vec<String>,
}

impl Server {
    pub(super) fn start(place: &Place) -> Self {
        let mut command = place.call(&["serve", "--listen", "127.0.0.1:0"]);
        let mut process = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`lmsctl serve` starts");
        let mut talk = BufReader::new(process.stderr.take().expect("standard error is piped"));
        let mut line = String::new();
        talk.read_line(&mut line).expect("the server says something");
        let address = line
            .trim_end()
            .strip_prefix("listening on ")
            .unwrap_or_else(|| panic!("the server said: {line}"))
            .to_owned();
        // Nobody reads the rest, and nobody may be stopped by a full pipe.
        std::thread::spawn(move || talk.read_to_end(&mut Vec::new()));
        Self { process, address }
    }

    /// Asks it to stop and sees that it does so well.
    pub(super) fn stop(mut self) {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        assert!(asked.expect("`kill` starts").success());
        let status = self.process.wait().expect("the server ends");
        assert!(status.success(), "the server ended with {status}");
    }

    /// Where a path of its API is.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.address)
    }

    /// The id of its process.
    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// This many clients change a setting again and again until the time has come. A request whose
    /// answer never came is a complaint; a client ends with its first one.
    pub(super) async fn write(&self, token: &str, clients: u32, until: Instant) -> Written {
        let client = crate::support::web::client();
        let url = self.url("settings");
        let count = Arc::new(AtomicU64::new(0));
        let mut writers = JoinSet::new();
        for _ in 0..clients {
            let (client, count) = (client.clone(), Arc::clone(&count));
            let (url, token) = (url.clone(), token.to_owned());
            writers.spawn(async move {
                let mut written = Written::default();
                while Instant::now() < until && written.complaints.is_empty() {
                    // Every name is new, so that every request is a change.
                    let number = count.fetch_add(1, Ordering::Relaxed);
                    let change = serde_json::json!({ "name": format!("by HTTP {number}") });
                    let begun = Instant::now();
                    let sent = client.patch(&url).bearer_auth(&token).json(&change).send().await;
                    written.note(begun.elapsed(), read(sent).await);
                }
                written
            });
        }
        let mut all = Written::default();
        while let Some(written) = writers.join_next().await {
            all.add(written.expect("no writer panics"));
        }
        all
    }
}

/// Nothing, or what a client would complain about.
pub(super) async fn read(sent: reqwest::Result<reqwest::Response>) -> Result<(), String> {
    let answer = sent.map_err(|error| format!("no answer: {error:?}"))?;
    let status = answer.status();
    let body = answer.text().await.map_err(|error| format!("half an answer: {error:?}"))?;
    if status == 200 { Ok(()) } else { Err(format!("{status}: {body}")) }
}

impl Written {
    pub(super) fn note(&mut self, took: Duration, outcome: Result<(), String>) {
        self.slowest = self.slowest.max(took);
        match outcome {
            Ok(()) => self.acknowledged += 1,
            Err(complaint) => self.complaints.push(complaint),
        }
    }

    fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.slowest = self.slowest.max(other.slowest);
        self.complaints.extend(other.complaints);
    }

    pub(super) fn assert_no_complaints(&self) {
        let first = self.complaints.first();
        assert!(first.is_none(), "{} complaints, such as: {first:?}", self.complaints.len());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already, unless a test failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
