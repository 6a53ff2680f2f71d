//! Addresses of those whom secrets are sent to: the gateway and the mail server. They are compared
//! as they will be connected to, taken apart, and never by how they begin: what stands before an @
//! is no host. What is said of a wrong one repeats nothing of it.

use crate::console_url::is_here;
use reqwest::Url;

/// Whether the API key may be sent there.
pub(super) fn gateway(address: &str) -> Result<(), &'static str> {
    let url = parsed(address)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must have no name or password in it: the API key is what opens it");
    }
    let open = match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => false,
        ("http", Some(host)) => !is_here(host),
        (_, _) => true,
    };
    if open {
        return Err("must begin with https://, or the API key would travel in the open");
    }
    Ok(())
}

/// Whether the password of the mail server may be sent there, in the way that the address says.
pub(super) fn mail_server(address: &str) -> Result<(), &'static str> {
    let url = parsed(address)?;
    let tls = url.query_pairs().find(|(name, _)| name == "tls");
    let tls = tls.as_ref().map(|(_, mode)| &**mode);
    let hidden = match (url.scheme(), url.host_str(), tls) {
        ("smtps", Some(_), _) | ("smtp", Some(_), Some("required")) => true,
        ("smtp", Some(host), _) => is_here(host),
        (_, _, _) => false,
    };
    if !hidden {
        return Err("must begin with smtps://, or end with ?tls=required");
    }
    Ok(())
}

/// Whether it is the gateway that real messages go to, where the sandbox has no account.
pub(super) fn is_live(address: &str) -> bool {
    parsed(address).is_ok_and(|url| url.host_str() == Some("api.africastalking.com"))
}

fn parsed(address: &str) -> Result<Url, &'static str> {
    Url::parse(address).map_err(|_wrong| "cannot be read as an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_to_hosts_by_https_or_stays_here() {
        for address in [
            "https://api.africastalking.com",
            "https://api.sandbox.africastalking.com/",
            "HTTPS://gateway.example:8443",
            "http://127.0.0.1:4000",
            "http://localhost:4000",
            "http://[::1]:4000",
        ] {
            assert_eq!(gateway(address), Ok(()), "{address}");
            assert_eq!(is_live(address), address.contains("//api.africas"), "{address}");
        }
        for address in [
            "",
            "api.africastalking.com",
            "http://api.africastalking.com",
            "http://127.0.0.1:1@evil.example",
            "http://127.0.0.1@evil.example",
            "https://127.0.0.1:1@evil.example",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example:1",
            "http://0.0.0.0:4000",
            "ftp://127.0.0.1",
            "https://",
            "file:///etc/passwd",
        ] {
            assert!(gateway(address).is_err(), "{address}");
        }
    }

    #[test]
    fn the_password_goes_to_a_mail_server_by_tls_or_stays_here() {
        for address in [
            "smtps://me:geheim@mail.example",
            "smtp://me:geheim@mail.example?tls=required",
            "smtp://me:geheim@mail.example:587/me.example?x=1&tls=required",
            "smtp://me:geheim@localhost:25",
            "smtp://127.0.0.1",
            "smtp://[::1]:25",
        ] {
            assert_eq!(mail_server(address), Ok(()), "{address}");
        }
        for address in [
            "smtp://me:geheim@mail.example",
            "smtp://127.0.0.1:geheim@mail.example",
            "smtp://localhost:1@mail.example",
            "smtp://me:?tls=required@mail.example",
            "smtp://me:geheim@mail.example?tls=opportunistic",
            "smtp://me:geheim@mail.example?tls=opportunistic&tls=required",
            "smtp://me:geheim@mail.example/?TLS=required",
            "smtp://me:geheim@mail.example#?tls=required",
            "http://127.0.0.1",
            "mail.example",
        ] {
            let why = mail_server(address).unwrap_err();
            assert!(!why.contains("geheim"), "{why}");
        }
    }
}
