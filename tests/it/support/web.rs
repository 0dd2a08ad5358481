//! A plain HTTP client, as anybody outside has one.

use reqwest::{Client, Response, Result};

/// Built with the cryptography that the library brings along: whichever test comes first, it is there.
pub fn client() -> Client {
    // Another test was quicker.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

/// What is behind an address.
pub async fn get(url: impl AsRef<str>) -> Result<Response> {
    client().get(url.as_ref()).send().await
}
