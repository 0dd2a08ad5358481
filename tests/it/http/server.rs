//! A real server on a loopback socket: shutting down, slow and silent clients, time-outs.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use lms_core::testkit::TestLms;
use lms_core::{Engine, Lms};
use lms_http::{Metrics, Options, serve, serve_metrics};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::super_admin_token;
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_shutdown_lets_a_slow_request_finish,
    a_shutdown_gives_up_what_takes_too_long,
}

const BODY: &str = r#"{"name": "Bolt"}"#;

/// A server with its database, its counters and the way to stop it.
pub(super) struct Server {
    pub(super) lms: TestLms,
    pub(super) token: String,
    pub(super) address: SocketAddr,
    metrics: Metrics,
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub(super) async fn start(engine: Engine, options: Options) -> Self {
        let lms = TestLms::organisation(engine).await;
        let token = super_admin_token(&lms).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let metrics = Metrics::new();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
        };
        let options = options.metrics(metrics.clone());
        let served = tokio::spawn(serve(Lms::clone(&lms), options, listener, shutdown));
        Self { lms, token, address, metrics, stop, served }
    }

    /// A request whose body is half sent, and which the server has begun to handle.
    async fn half_a_request(&self) -> TcpStream {
        let mut client = TcpStream::connect(self.address).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let head = format!(
            "PATCH /api/v1/settings HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.token,
            BODY.len()
        );
        client.write_all(head.as_bytes()).unwrap();
        client.write_all(&BODY.as_bytes()[..4]).unwrap();
        self.wait_for("lms_http_requests_in_flight 1\n").await;
        client
    }

    async fn wait_for(&self, line: &str) {
        let begun = Instant::now();
        while !self.metrics.encode().contains(line) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{}", self.metrics.encode());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn a_shutdown_lets_a_slow_request_finish(engine: Engine) {
    let server = Server::start(engine, Options::new()).await;
    let idle = crate::support::web::client();
    assert_eq!(idle.get(server.url("/readyz")).send().await.unwrap().status(), 200);

    let mut client = server.half_a_request().await;
    server.stop.send(()).unwrap();
    // The door closes at once, for those who come anew.
    let begun = Instant::now();
    while TcpStream::connect(server.address).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!server.served.is_finished());

    client.write_all(&BODY.as_bytes()[4..]).unwrap();
    server.served.await.unwrap().unwrap();
    let answer = read_all(client).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains(r#""after":"Bolt""#), "{answer}");
    let settings = server.lms.settings().show(&server.lms.admin()).await.unwrap();
    assert_eq!(settings.name.as_str(), "Bolt");
}

async fn a_shutdown_gives_up_what_takes_too_long(engine: Engine) {
    let options = Options::new().drain_timeout(Duration::from_millis(200));
    let server = Server::start(engine, options).await;
    let client = server.half_a_request().await;
    server.stop.send(()).unwrap();

    let begun = Instant::now();
    server.served.await.unwrap().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10));
    let answer = read_all(client).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains(r#""code":"http.shutting_down""#), "{answer}");
    assert!(answer.contains("retry-after: 5\r\n"), "{answer}");
    let settings = server.lms.settings().show(&server.lms.admin()).await.unwrap();
    assert_ne!(settings.name.as_str(), "Bolt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_takes_too_long_is_given_up() {
    let options = Options::new().request_timeout(Duration::from_millis(200));
    let server = Server::start(Engine::Sqlite, options).await;
    let answer = read_answer(server.half_a_request().await).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains(r#""code":"http.timeout""#), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_never_ends_is_cut_off() {
    let options = Options::new()
        .head_timeout(Duration::from_millis(200))
        .request_timeout(Duration::from_millis(200));
    let server = Server::start(Engine::Sqlite, options).await;
    let mut client = TcpStream::connect(server.address).unwrap();
    client.write_all(b"GET /healthz HTTP/1.1\r\n").unwrap();
    let begun = Instant::now();
    // A byte now and then keeps no connection alive.
    while client.write_all(b"x").is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_connections_make_room_for_others() {
    let options = Options::new().connections_max(1).idle_timeout(Duration::from_millis(300));
    let server = Server::start(Engine::Sqlite, options).await;
    let silent = TcpStream::connect(server.address).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;

    // The only place is taken; the next in line gets it when patience with the first has ended.
    let begun = Instant::now();
    let client = crate::support::web::client();
    assert_eq!(client.get(server.url("/healthz")).send().await.unwrap().status(), 200);
    assert!(begun.elapsed() >= Duration::from_millis(150), "{:?}", begun.elapsed());
    assert_eq!(read_all(silent).await, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_can_have_a_listener_of_their_own() {
    let options = Options::new().metrics_route(false);
    let server = Server::start(Engine::Sqlite, options).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let served = tokio::spawn(serve_metrics(server.metrics.clone(), listener, shutdown));

    let client = crate::support::web::client();
    let hidden =
        client.get(server.url("/metrics")).bearer_auth(&server.token).send().await.unwrap();
    assert_eq!(hidden.status(), 404);
    let shown = client.get(format!("http://{address}/metrics")).send().await.unwrap();
    let content_type = shown.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(content_type.starts_with("application/openmetrics-text"), "{content_type}");
    let text = shown.text().await.unwrap();
    assert!(text.contains(r#"route="unmatched",status="404"} 1"#), "{text}");

    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
}

/// Everything until the server hangs up.
async fn read_all(mut client: TcpStream) -> String {
    let read = move || {
        let mut bytes = Vec::new();
        client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // A server that gives up may reset the connection; what came before it counts.
        let _ = client.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    tokio::task::spawn_blocking(read).await.unwrap()
}

/// The first bytes of an answer on a connection that stays open.
async fn read_answer(mut client: TcpStream) -> String {
    let read = move || {
        let mut bytes = vec![0; 16 * 1024];
        let mut length = 0;
        while !bytes[..length].ends_with(b"}") {
            let read = client.read(&mut bytes[length..]).unwrap();
            assert_ne!(read, 0, "{}", String::from_utf8_lossy(&bytes[..length]));
            length += read;
        }
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    tokio::task::spawn_blocking(read).await.unwrap()
}
