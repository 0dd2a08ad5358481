//! `/api/v1/content`: files go in and come out as they stream by, out of a folder and a bucket.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::stream;
use lms_core::{
    Engine, FileStore, Item, ItemContent, ItemFile, Lms, Module, NewAccount, NewContent, NewToken,
    NewTraining, TrainingDefinition,
};
use lms_http::{Options, router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::document::Operation;
use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;
use crate::support::looks::head;
use crate::support::s3::S3Server;

on_both_engines! {
    a_file_goes_in_and_comes_out_of_a_folder,
    a_file_goes_in_and_comes_out_of_a_bucket,
    a_part_is_handed_out_and_noted,
    what_is_no_file_of_ours_is_refused,
    a_file_that_a_training_shows_stays,
    a_bucket_hands_out_addresses_and_a_folder_none,
    every_endpoint_for_every_role,
    what_is_wrong_with_the_store_is_not_told_to_callers,
    what_breaks_off_leaves_nothing,
    a_store_may_take_its_time_for_a_large_file,
}

const ALL: &str = "/api/v1/content";
const TEXT: &str = "Durch die Tür, die Treppe hinunter, über den Hof: und immer zu Fuß.";

/// An API over another store than the folder beside the database.
fn api_over(api: Api, store: FileStore, options: Options) -> Api {
    let lms = with(&api.lms, store);
    Api { router: router(lms, options), ..api }
}

fn with(lms: &Lms, store: FileStore) -> Lms {
    // The database is open already: another handle on it opens at once.
    let url = lms.url().to_string();
    let open = Lms::builder(&url).file_store(store).file_bytes_max(8 << 20).open();
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(open)).unwrap()
}

/// What the example of an operation needs: addresses are handed out by buckets only.
pub(super) async fn api_for(engine: Engine, operation: &str) -> (Api, Option<S3Server>) {
    let api = Api::on(engine).await;
    if operation != "link_content" {
        return (api, None);
    }
    let server = S3Server::start();
    (api_over(api, server.store("lms"), Options::new()), Some(server))
}

/// A request about the file of an example, with the id of one that is there.
pub(super) async fn of_a_real_file(
    api: &Api,
    operation: &Operation,
    mut request: Request<Body>,
) -> Request<Body> {
    if operation.path.starts_with("/api/v1/content/{id}") {
        let id = put(api, "ways.txt", TEXT).await.json()["value"]["id"].clone();
        let path = operation.path.replace("{id}", id.as_str().unwrap());
        *request.uri_mut() = path.parse().unwrap();
    }
    request
}

async fn send(api: &Api, name: &str, with: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let request = Request::post(format!("{ALL}/uploads?name={name}")).bearer(&api.token);
    let request = with.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    api.send(request.body(body.into()).unwrap()).await
}

async fn put(api: &Api, name: &str, text: &str) -> Answer {
    let answer = send(api, name, &[], text.to_owned()).await;
    assert!(answer.status < 300, "{}", answer.text);
    answer
}

async fn get(api: &Api, path: &str, with: &[(&str, &str)]) -> Answer {
    let request = Request::get(path).bearer(&api.token);
    let request = with.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    api.send(request.body(Body::empty()).unwrap()).await
}

async fn goes_in_and_comes_out(api: Api) {
    let made = put(&api, "Fluchtwege%20f%C3%BCr%20alle.txt", TEXT).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let value = made.json()["value"].clone();
    assert_eq!(
        (&value["name"], &value["media_type"]),
        (&json!("Fluchtwege für alle.txt"), &json!("text/plain"))
    );
    assert_eq!(value["size"], TEXT.len());
    let id = value["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), Some(id.as_str()), "beside `uploads`");
    let again = put(&api, "Fluchtwege%20f%C3%BCr%20alle.txt", TEXT).await;
    assert_eq!((again.status, &again.json()["operation"]), (200, &Value::Null));
    assert_eq!(again.json()["value"], value);

    let one = format!("{ALL}/{id}");
    let shown = api.get(&one).await;
    assert_eq!(shown.json(), value);
    assert_eq!(shown.header("etag"), made.header("etag"));
    assert_eq!(api.get_if_none_match(&one, shown.header("etag").unwrap()).await.status, 304);
    put(&api, "second.txt", "other").await;
    let digest = value["sha256"].as_str().unwrap();
    let listed = api.get(&format!("{ALL}?sha256={digest}")).await.json();
    assert_eq!(listed["items"], json!([value]));
    let first = api.get(&format!("{ALL}?limit=1")).await.json();
    assert_eq!(first["items"][0]["name"], "second.txt", "newest first");
    let next = first["next"].as_str().unwrap();
    assert_eq!(
        api.get(&format!("{ALL}?limit=1&cursor={next}")).await.json()["items"],
        json!([value])
    );

    let bytes = get(&api, &format!("{one}/bytes"), &[("accept-encoding", "gzip")]).await;
    assert_eq!((bytes.status, bytes.text.as_str()), (200, TEXT));
    let tag = format!("\"{digest}\"");
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", &TEXT.len().to_string()),
        ("etag", &tag),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cache-control", "private, no-cache"),
        (
            "content-disposition",
            "attachment; filename=\"Fluchtwege f_r alle.txt\"; filename*=UTF-8''Fluchtwege%20f%C3%BCr%20alle.txt",
        ),
    ] {
        assert_eq!(bytes.header(name), Some(value), "{name}");
    }
    assert_eq!(bytes.header("content-encoding"), None, "a file goes out as it is");
    assert_eq!(api.get_if_none_match(&format!("{one}/bytes"), &tag).await.status, 304);

    let gone = api.ask("DELETE", &one, "").await;
    assert_eq!(gone.status, 200, "{}", gone.text);
    assert!(gone.json()["value"]["removed_at"].is_string());
    assert_ne!(gone.header("etag"), made.header("etag"));
    assert_eq!(api.ask("DELETE", &one, "").await.json()["operation"], Value::Null);
    assert_eq!(api.get(ALL).await.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        api.get(&format!("{ALL}?removed=true")).await.json()["items"].as_array().unwrap().len(),
        2
    );
    for path in ["", "/bytes", "/accesses", "/signed-url"] {
        let unknown = api.get(&format!("{ALL}/nothing{path}")).await;
        assert_eq!((unknown.status, unknown.code().as_str()), (404, "content.unknown"), "{path}");
    }
}

async fn a_file_goes_in_and_comes_out_of_a_folder(engine: Engine) {
    goes_in_and_comes_out(Api::on(engine).await).await;
}

async fn a_file_goes_in_and_comes_out_of_a_bucket(engine: Engine) {
    let server = S3Server::start();
    let api = Api::on(engine).await;
    goes_in_and_comes_out(api_over(api, server.store("lms"), Options::new())).await;
}

async fn a_part_is_handed_out_and_noted(engine: Engine) {
    let api = Api::on(engine).await;
    let made = put(&api, "digits.txt", "0123456789").await.json();
    let one = format!("{ALL}/{}", made["value"]["id"].as_str().unwrap());
    let tag = format!("\"{}\"", made["value"]["sha256"].as_str().unwrap());
    let bytes = format!("{one}/bytes");

    // A look at the head is none at the file.
    let looked = Request::head(&bytes).bearer(&api.token).body(Body::empty()).unwrap();
    let looked = api.send(looked).await;
    assert_eq!((looked.status, looked.header("content-length")), (200, Some("10")));
    let noted = async || api.get(&format!("{one}/accesses")).await.json()["items"].clone();
    assert_eq!(noted().await, json!([]));

    for (range, part, text) in [
        ("bytes=2-4", "bytes 2-4/10", "234"),
        ("bytes=7-", "bytes 7-9/10", "789"),
        ("bytes=-1", "bytes 9-9/10", "9"),
        ("bytes=0-99", "bytes 0-9/10", "0123456789"),
    ] {
        let answer = get(&api, &bytes, &[("range", range), ("accept-encoding", "gzip")]).await;
        assert_eq!((answer.status, answer.text.as_str()), (206, text), "{range}");
        assert_eq!(answer.header("content-range"), Some(part));
        assert_eq!(answer.header("content-length"), Some(text.len().to_string().as_str()));
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
    }
    let nowhere = get(&api, &bytes, &[("range", "bytes=10-")]).await;
    assert_eq!((nowhere.status, nowhere.code().as_str()), (416, "http.range"));
    assert_eq!(nowhere.header("content-range"), Some("bytes */10"));
    for range in ["bytes=0-1,4-5", "lines=1-2", "bytes=4-2"] {
        assert_eq!(get(&api, &bytes, &[("range", range)]).await.status, 200, "{range}");
    }
    // A part of what the caller has, or the whole of what is there now.
    let same = get(&api, &bytes, &[("range", "bytes=0-0"), ("if-range", &tag)]).await;
    assert_eq!((same.status, same.text.as_str()), (206, "0"));
    let other = get(&api, &bytes, &[("range", "bytes=0-0"), ("if-range", "\"other\"")]).await;
    assert_eq!((other.status, other.text.as_str()), (200, "0123456789"));

    let noted = noted().await;
    let kinds: Vec<&str> =
        noted.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    // The parts count once; each whole file counts.
    assert_eq!(kinds, ["read"; 5]);
    assert!(noted[0]["actor"].as_str().unwrap().starts_with("account:"));
}

async fn what_is_no_file_of_ours_is_refused(engine: Engine) {
    let api = Api::on(engine).await;
    let folder = FileStore::folder(&api.lms.place().folder().join("files")).unwrap();
    let api = api_over(api, folder, Options::new());
    let before = head(&api.lms).await;
    let refused = async |name: &str, with: &[(&str, &str)], body: Body| {
        let answer = send(&api, name, with, body).await;
        (answer.status, answer.code())
    };
    let of = |status: u16, code: &str| (status, code.to_owned());
    let text = || Body::from(TEXT);
    for name in ["page.html", "image.svg", "run.exe", "nothing"] {
        assert_eq!(refused(name, &[], text()).await, of(400, "content.media_type"), "{name}");
    }
    for name in ["..%2F..%2Fpasswd.txt", "a%5Cb.txt", ".htaccess.txt", "a%E2%80%AEb.txt", ""] {
        assert_eq!(refused(name, &[], text()).await, of(400, "input.invalid"), "{name}");
    }
    let nameless = Request::post(format!("{ALL}/uploads")).bearer(&api.token);
    assert_eq!(api.send(nameless.body(text()).unwrap()).await.code(), "http.query");
    assert_eq!(refused("a.pdf", &[], text()).await, of(400, "content.media_type"));
    assert_eq!(refused("a.txt", &[], Body::empty()).await, of(400, "content.incomplete"));
    assert_eq!(refused("a.txt&sha256=abc", &[], text()).await, of(400, "input.invalid"));
    let digest = "0".repeat(64);
    let other = format!("a.txt&sha256={digest}");
    assert_eq!(refused(&other, &[], text()).await, of(400, "content.incomplete"));
    assert_eq!(
        refused("a.txt", &[("content-length", "999")], text()).await,
        of(400, "content.incomplete")
    );
    for form in ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"] {
        let refused = refused("a.txt", &[("content-type", form)], text()).await;
        assert_eq!(refused, of(415, "http.media_type"), "{form}");
    }
    let coded = refused("a.txt", &[("content-encoding", "gzip")], text()).await;
    assert_eq!(coded, of(415, "http.media_type"));

    // By what it announces, and by what it sends: the body limit of other routes is not asked.
    let announced = refused("a.txt", &[("content-length", "8388609")], Body::empty()).await;
    assert_eq!(announced, of(413, "content.too_large"));
    let piece = Bytes::from(vec![b'x'; 64 * 1024]);
    let endless =
        stream::iter(std::iter::repeat_with(move || Ok::<_, std::io::Error>(piece.clone())));
    assert_eq!(
        refused("a.txt", &[], Body::from_stream(endless)).await,
        of(413, "content.too_large")
    );
    assert_eq!(head(&api.lms).await, before, "nothing was recorded");
    assert!(is_empty(&api), "nothing was kept");
    let large = "x".repeat(4 << 20);
    assert_eq!(put(&api, "large.txt", &large).await.status, 201, "and 1 MiB is not the limit");
}

/// Whether nothing lies in the folder of the store.
fn is_empty(api: &Api) -> bool {
    let folder = api.lms.place().folder().join("files/content");
    std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

async fn a_file_that_a_training_shows_stays(engine: Engine) {
    let api = Api::on(engine).await;
    let made = put(&api, "ways.txt", TEXT).await.json()["value"].clone();
    let file = ItemFile {
        file: "ways.txt".to_owned(),
        sha256: made["sha256"].as_str().map(str::to_owned),
    };
    let mut module = Module::new("Alarm");
    module.items.push(Item::new("Ways", ItemContent::Document(file)));
    let mut definition = TrainingDefinition::new("Fire safety");
    definition.modules = vec![module];
    let new = NewTraining::new("FIRE", "").definition(definition);
    api.lms.catalog().add(&api.lms.admin(), new).await.unwrap();
    let one = format!("{ALL}/{}", made["id"].as_str().unwrap());
    let refused = api.ask("DELETE", &one, "").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "content.in_use"));
    assert!(refused.text.contains("`FIRE` 1.0 (draft)"), "{}", refused.text);
    assert_eq!(api.get(&one).await.json()["removed_at"], Value::Null);
}

async fn a_bucket_hands_out_addresses_and_a_folder_none(engine: Engine) {
    let (api, _server) = api_for(engine, "link_content").await;
    let id = put(&api, "ways.txt", TEXT).await.json()["value"]["id"].clone();
    let one = format!("{ALL}/{}", id.as_str().unwrap());
    let link = api.get(&format!("{one}/signed-url?minutes=5")).await;
    assert_eq!(link.status, 200, "{}", link.text);
    let url = link.json()["url"].as_str().unwrap().to_owned();
    assert_eq!(crate::support::web::get(url).await.unwrap().text().await.unwrap(), TEXT);
    let noted = api.get(&format!("{one}/accesses")).await.json();
    assert_eq!(noted["items"][0]["kind"], "link");
    for minutes in ["0", "10081", "-1", "x"] {
        let refused = api.get(&format!("{one}/signed-url?minutes={minutes}")).await;
        assert_eq!(refused.status, 400, "{minutes}: {}", refused.text);
    }

    let api = Api::on(engine).await;
    let id = put(&api, "ways.txt", TEXT).await.json()["value"]["id"].clone();
    let none = api.get(&format!("{ALL}/{}/signed-url", id.as_str().unwrap())).await;
    assert_eq!((none.status, none.code().as_str()), (409, "content.no_link"));
}

/// Which role may do what, written by hand.
const ROLES: &[(&str, bool, bool)] = &[
    ("employee", false, false),
    ("instructor", true, true),
    ("manager", false, false),
    ("hr", true, true),
    ("auditor", true, false),
    ("admin", true, true),
    ("super_admin", true, true),
];

async fn every_endpoint_for_every_role(engine: Engine) {
    let (api, _server) = api_for(engine, "link_content").await;
    let (access, admin) = (api.lms.access(), api.lms.admin());
    for (role, reads, writes) in ROLES {
        access.add_account(&admin, NewAccount::new(role).role(role)).await.unwrap();
        let token = access.create_token(&admin, NewToken::new(role, role)).await.unwrap().secret;
        let file = put(&api, "kept.txt", role).await.json()["value"].clone();
        let one = format!("{ALL}/{}", file["id"].as_str().unwrap());
        let uploads = format!("{ALL}/uploads?name={role}.txt");
        for (method, address, may) in [
            ("GET", ALL, reads),
            ("GET", &one, reads),
            ("GET", &format!("{one}/bytes"), reads),
            ("HEAD", &format!("{one}/bytes"), reads),
            ("GET", &format!("{one}/signed-url"), reads),
            ("GET", &format!("{one}/accesses"), writes),
            ("POST", &uploads, writes),
            ("DELETE", &one, writes),
        ] {
            let request = Request::builder().method(method).uri(address).bearer(&token);
            let body = if method == "POST" { Body::from(TEXT) } else { Body::empty() };
            let answer = api.send(request.body(body).unwrap()).await;
            let case = format!("{method} {address} as {role}: {} {}", answer.status, answer.text);
            assert_eq!(answer.status < 300, *may, "{case}");
            assert!(*may || answer.status == 403, "{case}");
        }
        let after = api.get(&one).await.json();
        assert_eq!(after["removed_at"].is_string(), *writes, "{role}");
    }
}

async fn what_is_wrong_with_the_store_is_not_told_to_callers(engine: Engine) {
    let api = Api::on(engine).await;
    put(&api, "ours.txt", TEXT).await;
    let folder = api.lms.place().folder().join("files");
    std::fs::remove_file(folder.join("lms-owner.json")).unwrap();
    let refused = send(&api, "more.txt", &[], "more").await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "store.foreign"));
    assert!(!refused.text.contains(folder.to_str().unwrap()), "{}", refused.text);

    let lms = Lms::open(&api.lms.url().to_string()).await.unwrap();
    let without = Api { router: router(lms, Options::new()), ..api };
    let refused = send(&without, "more.txt", &[], "more").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "content.no_store"));
    assert!(refused.text.contains("files.url"), "{}", refused.text);
}

/// How long a [`Line`] bears silence: short for a test, long for a busy machine.
const PATIENCE: Duration = Duration::from_secs(3);

/// A server whose patience with silence is short, and a connection to it.
struct Line {
    api: Api,
    address: std::net::SocketAddr,
}

impl Line {
    async fn open(engine: Engine) -> Self {
        let api = Api::on(engine).await;
        let lms = Lms::clone(&api.lms);
        Self::to(api, lms).await
    }

    async fn to(api: Api, lms: Lms) -> Self {
        let options = Options::new().request_timeout(PATIENCE).head_timeout(PATIENCE);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(lms_http::serve(lms, options, listener, std::future::pending()));
        Self { api, address }
    }

    /// Begins to put a file in, of which so many bytes are announced.
    fn begin(&self, name: &str, announced: usize) -> TcpStream {
        let mut client = TcpStream::connect(self.address).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let head = format!(
            "POST {ALL}/uploads?name={name} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
             content-length: {announced}\r\nconnection: close\r\n\r\n",
            self.api.token
        );
        client.write_all(head.as_bytes()).unwrap();
        client
    }

    /// Waits until nothing is left of what was sent.
    async fn becomes_empty(&self) {
        for _ in 0..400 {
            if is_empty(&self.api) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("something was left behind");
    }
}

async fn what_breaks_off_leaves_nothing(engine: Engine) {
    let line = Line::open(engine).await;
    let before = head(&line.api.lms).await;
    let half = vec![b'x'; 6 << 20];

    // The client goes away in the middle.
    let mut client = line.begin("gone.txt", 12 << 20);
    client.write_all(&half).unwrap();
    client.shutdown(Shutdown::Both).unwrap();
    drop(client);
    line.becomes_empty().await;

    // It says nothing for too long.
    let mut client = line.begin("silent.txt", 12 << 20);
    client.write_all(&half).unwrap();
    let mut answer = String::new();
    let _ = client.read_to_string(&mut answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    line.becomes_empty().await;
    assert_eq!(head(&line.api.lms).await, before, "nothing was recorded");

    // It is slow, but not silent: that takes longer than any other request may.
    let mut client = line.begin("slow.txt", 12 * 70_000);
    for _ in 0..12 {
        client.write_all(&vec![b'x'; 70_000]).unwrap();
        tokio::time::sleep(PATIENCE / 10).await;
    }
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");

    // What was altered in the store is not handed out.
    let (lms, admin) = (&line.api.lms, line.api.lms.admin());
    let new = NewContent::new("notes.txt");
    let file = lms.content().add(&admin, new, &mut TEXT.as_bytes()).await.unwrap().value;
    for entry in std::fs::read_dir(lms.place().folder().join("files/content")).unwrap() {
        let path = entry.unwrap().path();
        if std::fs::metadata(&path).unwrap().len() == TEXT.len() as u64 {
            std::fs::write(path, "y".repeat(TEXT.len())).unwrap();
        }
    }
    let url = format!("http://{}{ALL}/{}/bytes", line.address, file.id);
    let client = crate::support::web::client();
    let answer = client.get(url).bearer_auth(&line.api.token).send().await.unwrap();
    assert_eq!(answer.status(), 500, "it is known before anything is sent");
    assert!(answer.text().await.unwrap().contains("content.altered"));
}

/// To make one object of many parts takes longer than any other request may.
async fn a_store_may_take_its_time_for_a_large_file(engine: Engine) {
    let server = S3Server::that_takes(PATIENCE + Duration::from_secs(1));
    let api = Api::on(engine).await;
    let lms = with(&api.lms, server.store("lms"));
    let line = Line::to(api, lms).await;
    let mut client = line.begin("film.txt", 3 << 20);
    client.write_all(&vec![b'x'; 3 << 20]).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}
