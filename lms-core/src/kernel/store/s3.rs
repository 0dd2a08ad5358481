//! A bucket of an S3-compatible store, and what its refusals mean.
//!
//! Keys are given apart from the address, and neither `Debug` nor an error shows them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::prefix::PrefixStore;
use object_store::signer::Signer;
use object_store::{BackoffConfig, ClientOptions, RetryConfig, path::Path as Key};

use super::{FileStore, STORE, STORE_DENIED, STORE_NO_BUCKET, unusable};
use crate::kernel::error::{Error, Result};

/// An answer takes no longer than this to begin, nor a piece of it to follow: a part of an upload
/// goes through within it over a slow line.
const SILENCE_MAX: Duration = Duration::from_mins(2);
/// How long a store that is away for a moment is asked again.
const ASKED_AGAIN_FOR: Duration = Duration::from_mins(1);
const TRIES_MORE: usize = 5;
const PAUSE_MAX: Duration = Duration::from_secs(4);

const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const ALLOW_HTTP: &str = "AWS_ALLOW_HTTP";
const ENDPOINTS: [&str; 2] = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

/// How to reach an S3-compatible store.
#[derive(Clone)]
pub struct S3Options {
    bucket: String,
    prefix: String,
    settings: Vec<(&'static str, String)>,
}

/// The bucket behind a [`FileStore`].
#[derive(Clone)]
pub(super) struct Bucket {
    signer: Arc<AmazonS3>,
    prefix: Key,
    has_key: bool,
}

impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.settings.iter().map(|(name, _)| *name).collect();
        f.debug_struct("S3Options")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("settings", &names)
            .finish()
    }
}

impl S3Options {
    /// What can be [set](Self::setting), by the names that environment variables have for it.
    pub const SETTINGS: &[&str] = &[
        KEY_ID,
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        ENDPOINTS[0],
        ENDPOINTS[1],
        ALLOW_HTTP,
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_ENDPOINT_URL_STS",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_METADATA_ENDPOINT",
        "AWS_IMDSV1_FALLBACK",
        "AWS_SERVER_SIDE_ENCRYPTION",
        "AWS_SSE_KMS_KEY_ID",
    ];

    /// From `s3://BUCKET` or `s3://BUCKET/FOLDER`.
    pub fn parse(url: &str) -> Result<Self> {
        // What does not look right is not repeated: a key may stand in it.
        let wrong = || {
            Error::invalid("store", "the address of the file store does not name a bucket")
                .with_hint("write it like `s3://bucket/folder`; keys go into the environment")
        };
        let rest = url.strip_prefix("s3://").ok_or_else(wrong)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let is_strange = prefix.starts_with('/') || prefix.contains(['@', ':', '?', '#']);
        if bucket.is_empty() || !bucket.chars().all(plain) || is_strange {
            return Err(wrong());
        }
        let prefix = prefix.trim_end_matches('/');
        Key::parse(prefix).map_err(|_| wrong())?;
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned(), settings: Vec::new() })
    }

    /// With one of the [`SETTINGS`](Self::SETTINGS), as an environment variable has it; an empty one
    /// counts as not set.
    pub fn setting(mut self, name: &str, value: &str) -> Result<Self> {
        let known = Self::SETTINGS.iter().find(|known| **known == name).ok_or_else(|| {
            Error::invalid("store", format!("an S3 store has no setting `{name}`"))
        })?;
        if !value.is_empty() {
            self.settings.push((known, value.to_owned()));
        }
        Ok(self)
    }

    /// In this region.
    #[must_use]
    pub fn region(self, region: &str) -> Self {
        self.with("AWS_REGION", region)
    }

    /// At this address, for stores other than that of Amazon.
    #[must_use]
    pub fn endpoint(self, endpoint: &str) -> Self {
        self.with(ENDPOINTS[0], endpoint)
    }

    /// With this access key and its secret.
    #[must_use]
    pub fn key(self, id: &str, secret: &str) -> Self {
        self.with(KEY_ID, id).with("AWS_SECRET_ACCESS_KEY", secret)
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.settings.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// Whether requests may go over a line that others can read: to this machine itself, or because
    /// somebody said so.
    fn may_be_plain(&self) -> Result<bool> {
        let Some(endpoint) = ENDPOINTS.iter().find_map(|name| self.value(name)) else {
            return Ok(false);
        };
        let (scheme, rest) = endpoint.split_once("://").unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if !["http", "https"].contains(&scheme) || authority.is_empty() || authority.contains('@') {
            return Err(Error::invalid("store", "the endpoint of the S3 store is no web address")
                .with_hint(
                    "set `AWS_ENDPOINT_URL` to one such as `https://s3.example.com`, without keys",
                ));
        }
        if scheme == "https" || self.value(ALLOW_HTTP).is_some_and(|text| text == "true") {
            return Ok(scheme == "http");
        }
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        };
        let address = host.parse::<std::net::IpAddr>();
        if host == "localhost" || address.is_ok_and(|address| address.is_loopback()) {
            return Ok(true);
        }
        Err(Error::invalid(
            "store",
            format!("files would go to `{host}` over a line that others can read"),
        )
        .with_hint("use an endpoint that begins with `https://`")
        .with_hint("in a network that is yours alone, set `AWS_ALLOW_HTTP=true`"))
    }
}

impl FileStore {
    /// In an S3-compatible store.
    pub fn s3(options: &S3Options) -> Result<Self> {
        let slash = if options.prefix.is_empty() { "" } else { "/" };
        let place = format!("s3://{}{slash}{}", options.bucket, options.prefix);
        // Another part of the process may have chosen already; either choice will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = ClientOptions::new()
            .with_timeout_disabled()
            .with_read_timeout(SILENCE_MAX)
            .with_allow_http(options.may_be_plain()?);
        let retry = RetryConfig {
            max_retries: TRIES_MORE,
            retry_timeout: ASKED_AGAIN_FOR,
            backoff: BackoffConfig { max_backoff: PAUSE_MAX, ..BackoffConfig::default() },
        };
        let mut builder = AmazonS3Builder::new().with_region("us-east-1");
        for (name, value) in options.settings.iter().filter(|(name, _)| *name != ALLOW_HTTP) {
            let key: AmazonS3ConfigKey =
                name.to_lowercase().parse().map_err(|cause| unusable(&place, cause))?;
            builder = builder.with_config(key, value);
        }
        let builder =
            builder.with_bucket_name(&options.bucket).with_client_options(client).with_retry(retry);
        let store = Arc::new(builder.build().map_err(|cause| {
            STORE
                .error(format!("the file store `{place}` cannot be used as it is set up"))
                .with_hint("set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` together, and check the other `AWS_…` variables")
                .with_source(cause)
        })?);
        let prefix = Key::from(options.prefix.as_str());
        Ok(Self {
            objects: Arc::new(PrefixStore::new(Arc::clone(&store), prefix.clone())),
            bucket: Some(Bucket {
                signer: store,
                prefix,
                has_key: options.value(KEY_ID).is_some(),
            }),
            place,
        })
    }
}

impl Bucket {
    pub(super) async fn signed_url(
        &self,
        key: &Key,
        valid: Duration,
    ) -> object_store::Result<String> {
        let whole: Key = self.prefix.parts().chain(key.parts()).collect();
        Ok(self.signer.signed_url(http::Method::GET, &whole, valid).await?.to_string())
    }

    /// What a bucket in particular means by a failure.
    pub(super) fn explained(&self, place: &str, cause: &object_store::Error) -> Option<Error> {
        use object_store::Error as Cause;
        let said = chain(cause);
        if said.contains("NoSuchBucket") {
            return Some(
                STORE_NO_BUCKET
                    .error(format!("the bucket of the file store `{place}` does not exist"))
                    .with_hint("make it, or correct `files.url`, the region and the endpoint"),
            );
        }
        if said.contains("RequestTimeTooSkewed") {
            return Some(
                STORE_DENIED
                    .error(format!("the file store `{place}` finds that our clock is wrong"))
                    .with_hint("set the clock of this machine; signatures go by it"),
            );
        }
        let is_denied =
            matches!(cause, Cause::PermissionDenied { .. } | Cause::Unauthenticated { .. });
        if !self.has_key && (is_denied || matches!(cause, Cause::Generic { .. })) {
            return Some(
                STORE_DENIED
                    .error(format!("there is no key for the file store `{place}`"))
                    .with_hint("put `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` into the environment")
                    .with_hint("without them, only a machine or container with a role of its own is let in"),
            );
        }
        is_denied.then(|| {
            STORE_DENIED
                .error(format!("the file store `{place}` does not accept the key, or not for this"))
                .with_hint(
                    "check `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`",
                )
                .with_hint(
                    "whoever has the key must be allowed to list, read, write and delete there",
                )
        })
    }
}

/// An error with all that caused it.
fn chain(cause: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(cause), |cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_bucket_and_no_keys() {
        for good in ["s3://files", "s3://files/", "s3://acme-files/lms/2026"] {
            S3Options::parse(good).unwrap();
        }
        for bad in [
            "s3://",
            "s3:///x",
            "https://files",
            "s3://SECRET:word@files",
            "s3://files/SECRET@x",
            "s3://files?key=SECRET",
            "s3://files/../SECRET",
            "s3://files//SECRET",
        ] {
            let error = S3Options::parse(bad).unwrap_err();
            assert!(!format!("{error:?}").contains("SECRET"), "{bad}: {error:?}");
        }
    }

    #[test]
    fn a_line_that_others_can_read_is_asked_for() {
        let plain = |endpoint: &str| {
            S3Options::parse("s3://files").unwrap().endpoint(endpoint).may_be_plain().ok()
        };
        assert_eq!(plain("https://s3.example.com"), Some(false));
        for here in ["http://127.0.0.1:9000", "http://localhost:9000/", "http://[::1]:9000"] {
            assert_eq!(plain(here), Some(true), "{here}");
        }
        for elsewhere in [
            "http://s3.example.com",
            "http://localhost.example.com",
            "s3.example.com",
            "http://a:b@[::1]",
        ] {
            assert_eq!(plain(elsewhere), None, "{elsewhere}");
        }
        let asked = S3Options::parse("s3://files").unwrap().endpoint("http://minio:9000");
        assert!(asked.setting(ALLOW_HTTP, "true").unwrap().may_be_plain().unwrap());
    }

    #[test]
    fn keys_are_never_shown() {
        let options = S3Options::parse("s3://files").unwrap().key("KEY-ID", "hush");
        let store = FileStore::s3(&options).unwrap();
        for shown in [format!("{options:?}"), format!("{store:?}")] {
            assert!(!shown.contains("hush") && !shown.contains("KEY-ID"), "{shown}");
        }
        let half = S3Options::parse("s3://files").unwrap().with("AWS_SECRET_ACCESS_KEY", "hush");
        let error = FileStore::s3(&half).unwrap_err();
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
        assert!(options.setting("AWS_BUCKET", "other").is_err());
    }
}
