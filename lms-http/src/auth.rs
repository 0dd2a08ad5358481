//! Who asks, and which organisation they ask.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use lms_core::{Actor, Lms};

use crate::error::{Problem, TOKEN_MISSING};
use crate::request_id::RequestId;
use crate::state::ApiState;

/// What every handler needs and nothing else: the organisation and who asks.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) lms: Lms,
    pub(crate) actor: Actor,
}

/// For what everybody may ask: the organisation, and nobody in particular.
pub(crate) struct Visitor {
    pub(crate) lms: Lms,
}

impl FromRequestParts<ApiState> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        Ok(Self { lms: state.organisation(parts)? })
    }
}

impl FromRequestParts<ApiState> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        if let Some(call) = parts.extensions.get::<Self>() {
            // It was found out before, for the key of the request (`idempotency`).
            return Ok(call.clone());
        }
        let lms = state.organisation(parts)?;
        let token = bearer_token(&parts.headers)?;
        let actor = lms.access().authenticate(token).await?;
        // The audit log keeps by which door the actor came, and with which token.
        let origin = format!("http {}", actor.origin());
        let mut actor = actor.with_origin(origin);
        if let Some(id) = parts.extensions.get::<RequestId>() {
            actor = actor.with_request_id(id.as_str());
        }
        Ok(Self { lms, actor })
    }
}

/// The token of `Authorization: Bearer TOKEN`. Of two such headers nobody can say which counts.
fn bearer_token(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let token = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok().and_then(token_of),
        _ => None,
    };
    token.ok_or_else(|| {
        TOKEN_MISSING
            .problem("the request has no bearer token")
            .with_hint("send one header `Authorization: Bearer TOKEN` with an API token")
            .with_hint("make one with `lmsctl access token create`")
    })
}

fn token_of(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn token(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        bearer_token(&headers).ok().map(str::to_owned)
    }

    #[test]
    fn a_bearer_token_is_taken_in_any_case_of_its_scheme() {
        assert_eq!(token(&["Bearer lms_abc"]).as_deref(), Some("lms_abc"));
        assert_eq!(token(&["bearer  lms_abc"]).as_deref(), Some("lms_abc"));
    }

    #[test]
    fn anything_else_is_no_token() {
        for values in [
            &[][..],
            &["lms_abc"],
            &["Bearer"],
            &["Bearer "],
            &["Basic YTpi"],
            &["Bearer a", "Bearer b"],
        ] {
            assert_eq!(token(values), None, "{values:?}");
        }
    }
}
