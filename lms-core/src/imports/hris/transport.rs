//! Sends requests, and nothing else: with TLS, time-outs and bounds, again where that may help.

use std::time::Duration;

use reqwest::header::{
    CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LINK, LOCATION, RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde_json::Value;

use super::paging::elsewhere;
use super::request::{Body, HttpRequest, is_same_origin, place_of};
use super::retry::{Failure, Verdict, decide};
use super::template::Secret;
use super::{ANSWER, CREDENTIAL, UNREACHABLE};
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result};

const CONNECT_MAX: Duration = Duration::from_secs(10);
/// So long nothing may come at all.
const SILENCE_MAX: Duration = Duration::from_mins(1);
/// So long one answer may take: a report of everybody is made while one waits.
const ANSWER_MAX: Duration = Duration::from_mins(10);
const ANSWER_BYTES: usize = 256 << 20;
/// Bytes of an answer that says what is wrong.
const REFUSAL_BYTES: usize = 64 << 10;
const TOLD_CHARS: usize = 300;
const REDIRECTS_MAX: usize = 5;
const RESET: &str = "x-ratelimit-reset";
const BAMBOOHR_SAYS: &str = "x-bamboohr-error-message";

/// An answer.
#[derive(Debug)]
pub(super) struct HttpAnswer {
    pub(super) url: Url,
    pub(super) link: Option<String>,
    pub(super) body: Value,
}

/// What one try came to.
enum Tried {
    Answered(HttpAnswer),
    /// With an answer that is none, and what to say of it if there is no other.
    Failed(Failure, Error),
}

/// Sends requests.
#[derive(Debug)]
pub(super) struct Transport<'a> {
    core: &'a Core,
    client: Client,
    first_wait: Duration,
}

impl<'a> Transport<'a> {
    pub(super) fn new(core: &'a Core, first_wait: Duration) -> Result<Self> {
        // Another part of the process may have chosen already; either choice will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Who leads to another host is not followed, and told.
        let redirects = Policy::custom(|attempt| {
            let is_same =
                attempt.previous().last().is_some_and(|last| is_same_origin(last, attempt.url()));
            if is_same && attempt.previous().len() <= REDIRECTS_MAX {
                attempt.follow()
            } else {
                attempt.stop()
            }
        });
        let client = Client::builder()
            .user_agent(concat!("lmsctl/", env!("CARGO_PKG_VERSION")))
            .redirect(redirects)
            .referer(false)
            .connect_timeout(CONNECT_MAX)
            .read_timeout(SILENCE_MAX)
            .timeout(ANSWER_MAX)
            .build()
            .map_err(|cause| Error::internal("no client can be made").with_source(cause))?;
        Ok(Self { core, client, first_wait })
    }

    /// Sends a request until it is answered, or it is not worth another try.
    pub(super) async fn send(
        &self,
        request: &HttpRequest,
        credential: Option<&(String, String)>,
        secret: &Secret,
    ) -> Result<HttpAnswer> {
        let headers = headers(request, credential)?;
        let hidden = hidden(credential, secret);
        for attempt in 1.. {
            let (failure, error) = match self.once(request, &headers, &hidden).await? {
                Tried::Answered(answer) => return Ok(answer),
                Tried::Failed(failure, error) => (failure, error),
            };
            let jitter = f64::from(self.core.ids().secret()[0]) / 255.0;
            match decide(attempt, &failure, self.core.now(), self.first_wait, jitter) {
                Verdict::Again(wait) => {
                    tracing::info!(attempt, ?wait, place = request.place(), "asks again");
                    tokio::time::sleep(wait).await;
                }
                Verdict::GiveUp => return Err(error),
                Verdict::Exhausted => {
                    return Err(error.with_hint(format!("it was asked {attempt} times; try later")));
                }
                Verdict::TooLong(wait) => {
                    return Err(error.with_hint(format!(
                        "the system asks to be left alone for {} minutes; run it again after that",
                        wait.as_secs().div_ceil(60)
                    )));
                }
            }
        }
        Err(Error::internal("asking came to no end"))
    }

    async fn once(
        &self,
        request: &HttpRequest,
        headers: &HeaderMap,
        hidden: &[&str],
    ) -> Result<Tried> {
        let method = if request.method == "POST" { Method::POST } else { Method::GET };
        let mut builder = self.client.request(method, request.url.clone()).headers(headers.clone());
        if let Some(body) = &request.body {
            builder = builder.body(match body {
                Body::Json(value) => value.to_string(),
                Body::Form(fields) => {
                    // The writer of addresses writes forms as well.
                    let mut url = request.url.clone();
                    url.query_pairs_mut().clear().extend_pairs(fields);
                    url.query().unwrap_or_default().to_owned()
                }
            });
        }
        let response = match builder.send().await {
            Ok(response) => response,
            Err(cause) => {
                return Ok(Tried::Failed(Failure::Cut, unreachable(&request.url, &cause)));
            }
        };
        let status = response.status();
        if status.is_success() {
            return answer(response).await;
        }
        if status.is_redirection() {
            let from = response.url().clone();
            let to =
                text(response.headers(), LOCATION.as_str()).and_then(|text| from.join(&text).ok());
            return Err(match to {
                Some(to) if !is_same_origin(&from, &to) => elsewhere(&from, &to),
                _ => ANSWER.error(format!("`{}` leads round in a circle", place_of(&from))),
            });
        }
        let failure = Failure::Status {
            status: status.as_u16(),
            retry_after: text(response.headers(), RETRY_AFTER.as_str()),
            reset: text(response.headers(), RESET),
        };
        Ok(Tried::Failed(failure, refusal(response, hidden).await))
    }
}

fn headers(request: &HttpRequest, credential: Option<&(String, String)>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    let mut put = |name: &str, value: &str, is_secret: bool| -> Result<()> {
        let unsendable = || {
            let what = if is_secret { "the credential" } else { name };
            CREDENTIAL
                .error(format!("{what} holds characters that cannot be sent"))
                .with_hint("copy it again, without spaces and breaks around it")
        };
        let name = HeaderName::try_from(name).map_err(|_| unsendable())?;
        let mut value = HeaderValue::try_from(value).map_err(|_| unsendable())?;
        value.set_sensitive(is_secret);
        headers.insert(name, value);
        Ok(())
    };
    for (name, value) in &request.headers {
        put(name, value, false)?;
    }
    match &request.body {
        // Exactly so: BambooHR takes any other for XML.
        Some(Body::Json(_)) => put("content-type", "application/json", false)?,
        Some(Body::Form(_)) => put("content-type", "application/x-www-form-urlencoded", false)?,
        None => {}
    }
    if let Some((name, value)) = credential {
        put(name, value, true)?;
    }
    Ok(headers)
}

async fn answer(response: Response) -> Result<Tried> {
    let url = response.url().clone();
    let link = text(response.headers(), LINK.as_str());
    let status = response.status();
    let kind = text(response.headers(), CONTENT_TYPE.as_str());
    let body = match bytes(response, ANSWER_BYTES).await {
        Ok(body) => body,
        Err(Cut::Line(cause)) => return Ok(Tried::Failed(Failure::Cut, unreachable(&url, &cause))),
        Err(Cut::TooLong) => {
            return Err(ANSWER
                .error(format!(
                    "`{}` answers with more than {} MB at once",
                    place_of(&url),
                    ANSWER_BYTES >> 20
                ))
                .with_hint("have it answer in pages, or import a file that it exports"));
        }
    };
    if status == StatusCode::NO_CONTENT || body.is_empty() {
        return Err(ANSWER.error(format!("`{}` answers with nothing", place_of(&url))));
    }
    let body = serde_json::from_slice(&body).map_err(|cause| {
        let kind = kind.map(|kind| format!(" ({kind})")).unwrap_or_default();
        ANSWER
            .error(format!("`{}` answers with something that is no JSON{kind}", place_of(&url)))
            .with_hint("the address may be that of a page for people, or of a sign-in")
            .with_source(cause)
    })?;
    Ok(Tried::Answered(HttpAnswer { url, link, body }))
}

enum Cut {
    Line(reqwest::Error),
    TooLong,
}

/// The body, of which no more than so much is kept.
async fn bytes(mut response: Response, bytes_max: usize) -> std::result::Result<Vec<u8>, Cut> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(Cut::Line)? {
        if body.len() + piece.len() > bytes_max {
            return Err(Cut::TooLong);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// What to say of an answer that is none.
async fn refusal(response: Response, hidden: &[&str]) -> Error {
    let place = place_of(response.url());
    let status = response.status();
    let in_header = text(response.headers(), BAMBOOHR_SAYS);
    let said = match in_header {
        Some(said) => Some(said),
        None => bytes(response, REFUSAL_BYTES).await.ok().and_then(|body| said_in(&body)),
    };
    let said = said.map(|said| format!(": {}", shown(&said, hidden))).unwrap_or_default();
    let number = status.as_u16();
    match number {
        401 | 403 => CREDENTIAL
            .error(format!("`{place}` does not take the credential ({number}){said}"))
            .with_hint(
                "it may have expired, or lack a permission: docs/hris.md says which are needed",
            )
            .with_hint("it is not tried again: systems lock those out who do"),
        429 => UNREACHABLE.error(format!("`{place}` was asked too often ({number}){said}")),
        404 => ANSWER
            .error(format!("`{place}` is not there ({number}){said}"))
            .with_hint("look at the address and the options of the connection"),
        500..=599 | 408 | 425 => {
            UNREACHABLE.error(format!("`{place}` is not well ({number}){said}"))
        }
        _ => ANSWER.error(format!("`{place}` refuses the request ({number}){said}")),
    }
}

/// What an answer says in words, where systems say it.
fn said_in(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    ["/error/message", "/error_description", "/detail", "/message", "/errors/0/detail", "/error"]
        .iter()
        .find_map(|at| body.pointer(at)?.as_str().map(str::to_owned))
}

/// What is not shown, whoever says it: the credential, and what was made of it.
fn hidden<'a>(credential: Option<&'a (String, String)>, secret: &'a Secret) -> Vec<&'a str> {
    let sent = credential.and_then(|(_, value)| value.rsplit(' ').next());
    let all = std::iter::once(secret.reveal()).chain(sent);
    all.filter(|text| !text.trim().is_empty()).collect()
}

/// What others say, fit to be shown: short, on one line, and without the credential.
fn shown(said: &str, hidden: &[&str]) -> String {
    let said = hidden.iter().fold(said.to_owned(), |said, hidden| said.replace(hidden, "…"));
    let visible = said.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    visible.take(TOLD_CHARS).collect::<String>().trim().to_owned()
}

fn unreachable(url: &Url, cause: &reqwest::Error) -> Error {
    let host = url.host_str().unwrap_or_default();
    let why = if cause.is_timeout() {
        "it takes too long"
    } else if cause.is_connect() {
        "nobody answers"
    } else {
        "the line was cut"
    };
    let mut deepest: &dyn std::error::Error = cause;
    while let Some(below) = deepest.source() {
        deepest = below;
    }
    UNREACHABLE.error(format!("`{host}` cannot be reached: {why} ({deepest})"))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_is_shown_without_the_credential_and_on_one_line() {
        let (secret, sent) =
            (Secret::new("hunter2"), ("a".to_owned(), "Basic aHVudGVyMg".to_owned()));
        let hidden = hidden(Some(&sent), &secret);
        let said = "no\u{1b}[31m\nkey hunter2 (aHVudGVyMg)";
        assert_eq!(shown(said, &hidden), "no [31m key … (…)");
        assert_eq!(shown(&"x".repeat(1_000), &hidden).len(), TOLD_CHARS);
    }

    #[test]
    fn a_credential_with_a_break_in_it_is_told_and_not_shown() {
        let request = HttpRequest {
            method: "GET".to_owned(),
            url: Url::parse("https://x.org").unwrap(),
            headers: Vec::new(),
            body: None,
        };
        let credential = ("authorization".to_owned(), "Bearer hun\nter2".to_owned());
        let error = headers(&request, Some(&credential)).unwrap_err();
        assert!(error.is(&CREDENTIAL) && !format!("{error:?}").contains("ter2"), "{error:?}");
        let fine = ("authorization".to_owned(), "Bearer hunter2".to_owned());
        let sent = headers(&request, Some(&fine)).unwrap();
        assert!(!format!("{sent:?}").contains("hunter2"));
    }
}
