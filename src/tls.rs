//! TLS, with one library of ciphers for all who speak it. Who speaks with whom is not known here.

use rustls::crypto::ring;

/// Who asks others over HTTP, as it is built.
pub fn client() -> reqwest::ClientBuilder {
    // the first one counts, and all are the same
    let _ = ring::default_provider().install_default();
    reqwest::Client::builder()
}
