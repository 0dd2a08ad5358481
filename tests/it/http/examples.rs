//! No document lies: every `curl` of `docs/api.md` is sent to the API, from the first to the last, by
//! somebody who did what stands before it.

use std::collections::HashMap;
use std::iter::Peekable;
use std::str::Chars;

use axum::body::Body;
use axum::http::Request;
use lms_core::Engine;
use lms_core::sample::{Company, found};

use super::Api;
use crate::support::engines::on_both_engines;

on_both_engines! {
    every_request_of_the_documentation_works,
}

async fn every_request_of_the_documentation_works(engine: Engine) {
    let api = Api::on(engine).await;
    found(&api.lms, &api.lms.admin(), &Company::new(60, 1), &mut |_, _| ()).await.unwrap();
    let mut known = HashMap::from([("API".to_owned(), "/api/v1".to_owned())]);
    known.insert("TOKEN".to_owned(), api.token.clone());
    let mut sent = 0;
    for line in lines(include_str!("../../../docs/api.md")) {
        let words = words(&line, &known);
        match words.first().map(String::as_str) {
            Some("curl") => {
                let answer = api.send(request(&words[1..])).await;
                assert!(answer.status < 300, "{line}\n{} {}", answer.status, answer.text);
                if line.contains("/content/uploads") {
                    let id = answer.json()["value"]["id"].as_str().unwrap().to_owned();
                    known.insert("FILE".to_owned(), id);
                }
                sent += 1;
            }
            Some(word) => {
                if let Some(("ADA", value)) = word.split_once('=') {
                    known.insert("ADA".to_owned(), value.to_owned());
                }
            }
            None => {}
        }
    }
    assert!(sent > 12, "{sent} requests");
}

/// The commands of all blocks of shell; one goes on where a quotation or a backslash is open.
fn lines(document: &str) -> Vec<String> {
    let blocks = document.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut lines = Vec::new();
    for block in blocks {
        let (mut line, mut quote) = (String::new(), None);
        for c in block.replace("\\\n", " ").chars() {
            match (quote, c) {
                (None, '\n') => lines.push(std::mem::take(&mut line)),
                (Some(open), c) if open == c => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                _ => {}
            }
            if c != '\n' || quote.is_some() {
                line.push(c);
            }
        }
    }
    lines
}

/// The words of a command as a shell reads them, with what is known in the place of variables.
fn words(line: &str, known: &HashMap<String, String>) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let (mut chars, mut quote) = (line.chars().peekable(), None);
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '$') => {
                word.get_or_insert_default().push_str(&variable(&mut chars, known));
            }
            (None, ' ') => words.extend(word.take()),
            (None, '#') if word.is_none() => break,
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn variable(chars: &mut Peekable<Chars<'_>>, known: &HashMap<String, String>) -> String {
    let mut name = String::new();
    while let Some(c) = chars.next_if(char::is_ascii_uppercase) {
        name.push(c);
    }
    known.get(&name).cloned().unwrap_or_default()
}

/// What `curl` would send.
fn request(words: &[String]) -> Request<Body> {
    let (mut address, mut method, mut headers, mut body) = ("", None, Vec::new(), None);
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "-s" => {}
            "-X" => method = words.next(),
            "-H" => headers.extend(words.next().and_then(|header| header.split_once(": "))),
            "-d" => body = words.next(),
            // Any file will do whose bytes are what its name says.
            "--data-binary" => body = words.next().map(|_| "Through the door."),
            "-o" => drop(words.next()),
            _ => address = word,
        }
    }
    let method = method.unwrap_or(if body.is_some() { "POST" } else { "GET" });
    let request = Request::builder().method(method).uri(address);
    let request =
        headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    request.body(Body::from(body.unwrap_or_default().to_owned())).unwrap()
}
