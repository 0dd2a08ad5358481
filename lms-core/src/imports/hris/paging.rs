//! From one page to the next. Pure.
//!
//! A list is at its end where the source says so, or where a page is empty: never where one is short, since
//! servers give less than they are asked for, nor where a total is reached, since some count a page alone. A cursor that was there before is an error, for whoever follows
//! it goes round for ever.

use std::collections::HashSet;

use reqwest::Url;
use serde_json::Value;

use super::feed::{Paging, Place};
use super::path::Path;
use super::request::{HttpRequest, is_same_origin, place_of};
use super::{ANSWER, ELSEWHERE, REPEATED};
use crate::kernel::error::{Error, Result};

/// No list has more pages.
const PAGES_MAX: u64 = 100_000;

/// What an answer says about the next.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    pub(super) body: &'a Value,
    pub(super) url: &'a Url,
    /// The header `Link`.
    pub(super) link: Option<&'a str>,
    pub(super) n_records: u64,
}

/// Where in a list one is.
#[derive(Debug)]
pub(super) struct Pages<'a> {
    paging: &'a Paging,
    position: Position,
    seen: HashSet<String>,
    n_asked: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Position {
    First,
    Number(u64),
    Cursor(String),
    Link(Url),
}

impl<'a> Pages<'a> {
    pub(super) fn new(paging: &'a Paging) -> Self {
        let position = match paging {
            Paging::Page { first, .. } | Paging::Offset { first, .. } => Position::Number(*first),
            _ => Position::First,
        };
        Self { paging, position, seen: HashSet::new(), n_asked: 0 }
    }

    /// The request for the page where one is, made of the one for the first.
    pub(super) fn request(&self, first: &HttpRequest) -> HttpRequest {
        let mut request = first.clone();
        let (param, size) = match self.paging {
            Paging::Page { param, size_param, size, .. }
            | Paging::Offset { param, size_param, size, .. }
            | Paging::Cursor { param, size_param, size, .. } => {
                (Some(param), size_param.as_ref().zip(*size))
            }
            _ => (None, None),
        };
        let place = self.paging.place();
        let mut put = |name: &str, text: &str, value: Value| match place {
            Place::Query => request.set_query(name, text),
            Place::Body => request.set_in_body(name, value),
        };
        if let Some((name, size)) = size {
            put(name, &size.to_string(), size.into());
        }
        match (&self.position, param) {
            (Position::Number(number), Some(param)) => {
                put(param, &number.to_string(), (*number).into());
            }
            (Position::Cursor(cursor), Some(param)) => put(param, cursor, cursor.as_str().into()),
            (Position::Link(url), _) => request.url = url.clone(),
            _ => {}
        }
        request
    }

    /// Goes on to the next page; whether there is one.
    pub(super) fn advance(&mut self, answer: &Answer<'_>) -> Result<bool> {
        self.n_asked += 1;
        if self.n_asked >= PAGES_MAX {
            return Err(ANSWER.error(format!("the list has more than {PAGES_MAX} pages")));
        }
        let next = self.next(answer)?;
        let Some(next) = next else { return Ok(false) };
        let told = match &next {
            Position::First => None,
            Position::Number(number) => Some(number.to_string()),
            Position::Cursor(cursor) => Some(cursor.clone()),
            Position::Link(url) => Some(url.to_string()),
        };
        if let Some(told) = told
            && !self.seen.insert(told)
        {
            return Err(repeated(&place_of(answer.url)));
        }
        self.position = next;
        Ok(true)
    }

    fn next(&self, answer: &Answer<'_>) -> Result<Option<Position>> {
        let more = |at: &Option<String>| -> Result<Option<bool>> {
            let Some(at) = at else { return Ok(None) };
            Ok(Path::parse(at)?.find(answer.body).and_then(Value::as_bool))
        };
        let is_empty = answer.n_records == 0;
        match (self.paging, &self.position) {
            (Paging::Page { pages_at, more_at, .. }, Position::Number(number)) => {
                let pages = match pages_at {
                    Some(at) => Path::parse(at)?.find(answer.body).and_then(count),
                    None => None,
                };
                let is_last = match (more(more_at)?, pages) {
                    (Some(more), _) => !more,
                    (None, Some(pages)) => self.n_asked >= pages,
                    (None, None) => is_empty,
                };
                Ok((!is_last).then_some(Position::Number(number + 1)))
            }
            (Paging::Offset { more_at, .. }, Position::Number(number)) => {
                let is_last = is_empty || more(more_at)? == Some(false);
                Ok((!is_last).then_some(Position::Number(number + answer.n_records)))
            }
            (Paging::Cursor { cursor_at, .. }, _) => {
                let cursor = match Path::parse(cursor_at)?.find(answer.body) {
                    Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
                    Some(Value::Number(number)) => Some(number.to_string()),
                    _ => None,
                };
                Ok(cursor.map(Position::Cursor))
            }
            (Paging::Link { next_at }, _) => match Path::parse(next_at)?.find(answer.body) {
                Some(Value::String(text)) if !text.is_empty() => follow(text, answer.url),
                _ => Ok(None),
            },
            (Paging::LinkHeader, _) => match answer.link.and_then(next_link) {
                Some(text) => follow(text, answer.url),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }
}

/// A count, which some write as a text.
pub(super) fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// What to say of a list that goes round in a circle.
pub(super) fn repeated(place: &str) -> Error {
    REPEATED
        .error(format!("`{place}` led to a page that was there already: the list would never end"))
        .with_hint("ask who runs the system; a description of it may name the wrong parameter")
}

/// The next page, which has to be where the last one was.
fn follow(text: &str, from: &Url) -> Result<Option<Position>> {
    let url = from.join(text).map_err(|cause| {
        ANSWER.error(format!("`{}` names no address for the next page: {cause}", place_of(from)))
    })?;
    if !is_same_origin(&url, from) {
        return Err(elsewhere(from, &url));
    }
    Ok(Some(Position::Link(url)))
}

/// What to say of an answer that leads to another machine.
pub(super) fn elsewhere(from: &Url, to: &Url) -> Error {
    ELSEWHERE
        .error(format!(
            "`{}` leads to `{}`, which is another host: the credential is not sent there",
            place_of(from),
            to.host_str().unwrap_or_default()
        ))
        .with_hint("if the system has moved, connect it again with its new address")
}

/// The address behind `rel="next"`.
fn next_link(header: &str) -> Option<&str> {
    header.split(',').find_map(|link| {
        let (address, about) = link.split_once('>')?;
        let is_next = about.split(';').any(|part| {
            let part = part.trim().replace('"', "").to_lowercase();
            part == "rel=next"
        });
        is_next.then(|| address.trim().strip_prefix('<')).flatten()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn first() -> HttpRequest {
        HttpRequest {
            method: "GET".to_owned(),
            url: url("https://hr.example.com/people?x=1"),
            headers: Vec::new(),
            body: None,
        }
    }

    fn paging(text: &str) -> Paging {
        toml::from_str(text).unwrap()
    }

    /// Where each page was asked for, given what the answers say.
    fn walk(paging: &Paging, answers: &[(Value, u64)]) -> Result<Vec<String>> {
        let mut pages = Pages::new(paging);
        let mut asked = Vec::new();
        for (body, n_records) in answers {
            let request = pages.request(&first());
            asked.push(request.url.to_string().replace("https://hr.example.com", ""));
            let answer = Answer {
                body,
                url: &request.url,
                link: body["link"].as_str(),
                n_records: *n_records,
            };
            if !pages.advance(&answer)? {
                asked.push("end".to_owned());
                break;
            }
        }
        Ok(asked)
    }

    #[test]
    fn numbers_of_pages_rise_until_one_is_empty_or_the_last_is_known() {
        let by_number = paging("kind = 'page'\nparam = 'page'\nsize_param = 'n'\nsize = 2");
        let asked = walk(&by_number, &[(json!({}), 2), (json!({}), 1), (json!({}), 0)]);
        let wanted =
            ["/people?x=1&n=2&page=1", "/people?x=1&n=2&page=2", "/people?x=1&n=2&page=3", "end"];
        assert_eq!(asked.unwrap(), wanted, "a short page is not the last");
        let known = paging("kind = 'page'\nparam = 'page'\npages_at = '/pages'");
        let two = json!({"pages": "2"});
        let asked = walk(&known, &[(two.clone(), 2), (two, 2)]).unwrap();
        assert_eq!(asked, ["/people?x=1&page=1", "/people?x=1&page=2", "end"]);
    }

    #[test]
    fn offsets_go_on_by_what_came_and_not_by_what_was_asked_for() {
        let scim = paging(
            "kind = 'offset'\nparam = 'startIndex'\nfirst = 1\nsize_param = 'count'\nsize = 100",
        );
        let asked = walk(&scim, &[(json!({}), 50), (json!({}), 20), (json!({}), 0)]).unwrap();
        let at = |index: u32| format!("/people?x=1&count=100&startIndex={index}");
        assert_eq!(asked, [at(1), at(51), at(71), "end".to_owned()]);
    }

    #[test]
    fn cursors_are_followed_and_one_that_returns_is_an_error() {
        let cursor = paging("kind = 'cursor'\nparam = 'after'\ncursor_at = '/next'");
        let asked = walk(&cursor, &[(json!({"next": "b"}), 1), (json!({"next": null}), 1)]);
        assert_eq!(asked.unwrap(), ["/people?x=1", "/people?x=1&after=b", "end"]);
        let round = [(json!({"next": "b"}), 1), (json!({"next": "b"}), 1)];
        assert!(walk(&cursor, &round).unwrap_err().is(&REPEATED));
    }

    #[test]
    fn links_stay_on_their_host() {
        let link = paging("kind = 'link'\nnext_at = '/next'");
        let to = |text: &str| [(json!({"next": text}), 1), (json!({}), 1)];
        assert_eq!(walk(&link, &to("?page=2")).unwrap(), ["/people?x=1", "/people?page=2", "end"]);
        let elsewhere = walk(&link, &to("https://evil.example/people"));
        assert!(elsewhere.unwrap_err().is(&ELSEWHERE));
        let header = paging("kind = 'link_header'");
        let told = json!({"link": "<https://hr.example.com/people?a=1>; rel=\"self\", <https://hr.example.com/people?a=2>; rel=\"next\""});
        let asked = walk(&header, &[(told, 1), (json!({}), 1)]).unwrap();
        assert_eq!(asked, ["/people?x=1", "/people?a=2", "end"]);
    }
}
