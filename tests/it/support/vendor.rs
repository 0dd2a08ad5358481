//! Systems that keep people, as they answer: on a free port of this machine, with what they do when they are
//! not well.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Response};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

pub const KEY: &str = "key-of-the-test";

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: HeaderMap,
    pub body: String,
    /// How many came before it.
    pub nth: usize,
}

impl Asked {
    /// The text of a header; empty, where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The parameter behind the question mark; empty, where there is none.
    pub fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub enum Reply {
    Json(Value),
    /// A status, headers and a text.
    Status(u16, Vec<(&'static str, String)>, String),
    /// Half of an answer; then the line is cut.
    Cut,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self::Status(status, Vec::new(), String::new())
    }

    pub fn with(status: u16, header: &'static str, value: impl Into<String>) -> Self {
        Self::Status(status, vec![(header, value.into())], String::new())
    }
}

/// A server. It is gone when this is dropped.
pub struct VendorServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    runtime: Option<Runtime>,
}

impl VendorServer {
    /// One that answers so.
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        let app = Router::new().fallback(move |request: Request| {
            let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
            async move {
                let mut asked = read(request).await;
                {
                    let mut log = log.lock().unwrap();
                    asked.nth = log.len();
                    log.push(asked.clone());
                }
                response(answer(&asked))
            }
        });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
        Self { address, asked, runtime: Some(runtime) }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that came.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How many came.
    pub fn n_asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Drop for VendorServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn read(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let address = reqwest::Url::parse(&format!("http://x{}", parts.uri)).unwrap();
    Asked {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: address.query_pairs().into_owned().collect(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
        nth: 0,
    }
}

fn response(reply: Reply) -> Response<Body> {
    let builder = Response::builder();
    match reply {
        Reply::Json(value) => builder
            .header("content-type", "application/json")
            .body(Body::from(value.to_string()))
            .unwrap(),
        Reply::Status(status, headers, text) => {
            let builder = builder.status(status);
            let builder = headers
                .into_iter()
                .fold(builder, |builder, (name, text)| builder.header(name, text));
            builder.body(Body::from(text)).unwrap()
        }
        Reply::Cut => {
            let pieces: [Result<Bytes, std::io::Error>; 2] = [
                Ok(Bytes::from_static(b"{\"employees\": [")),
                Err(std::io::Error::other("the line is cut")),
            ];
            let body = Body::from_stream(stream::iter(pieces));
            builder.header("content-type", "application/json").body(body).unwrap()
        }
    }
}

/// `Ada`, who reports to `Bo`, and `Cy`, as BambooHR has them.
pub fn staff() -> Vec<Value> {
    vec![
        bamboo("1", "Ada", "Lovelace", "Engineering", "bo@example.com"),
        bamboo("2", "Bo", "Baker", "Engineering", ""),
        bamboo("3", "Cy", "Cole", "Sales", "bo@example.com"),
    ]
}

pub fn bamboo(id: &str, first: &str, last: &str, department: &str, manager: &str) -> Value {
    json!({
        "id": id, "employeeNumber": format!("00{id}"), "firstName": first, "lastName": last,
        "workEmail": format!("{}@example.com", first.to_lowercase()), "department": department,
        "supervisorEmail": manager, "hireDate": "2020-01-01", "terminationDate": "0000-00-00",
        "status": "Active", "homePhone": "nobody asked for it",
    })
}

/// Answers with a report of these people, as BambooHR does: to whoever has the key and sends plain JSON, with
/// the fields that were asked for.
pub fn report(asked: &Asked, people: &[Value]) -> Reply {
    if asked.header("authorization") != "Basic a2V5LW9mLXRoZS10ZXN0Ong=" {
        return Reply::with(401, "x-bamboohr-error-message", "no such key");
    }
    if asked.method != "POST" || asked.header("content-type") != "application/json" {
        return Reply::Status(400, Vec::new(), "Malformed XML".to_owned());
    }
    if asked.path != "/api/v1/reports/custom" || asked.query("format") != "JSON" {
        return Reply::status(404);
    }
    let asked = asked.json();
    let fields = asked["fields"].as_array().cloned().unwrap_or_default();
    let known = |person: &Value| {
        let fields = person.as_object().unwrap().iter();
        let fields = fields.filter(|(name, _)| fields_have(asked["fields"].as_array(), name));
        Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    let employees: Vec<Value> = people.iter().map(known).collect();
    let fields: Vec<Value> = fields.iter().map(|name| json!({"id": name})).collect();
    Reply::Json(json!({"title": "Learning", "fields": fields, "employees": employees}))
}

pub fn fields_have(fields: Option<&Vec<Value>>, name: &str) -> bool {
    fields.is_some_and(|fields| fields.iter().any(|field| field == name))
}
