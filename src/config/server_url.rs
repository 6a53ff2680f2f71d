//! Where a server runs, for commands that ask it: typed by people, who leave out what is clear.

use reqwest::Url;
use std::str::FromStr;

/// An address such as `http://127.0.0.1:8080`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl(String);

impl ServerUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServerUrl {
    type Err = String;

    fn from_str(typed: &str) -> Result<ServerUrl, String> {
        let typed = typed.trim();
        let whole =
            if typed.contains("://") { typed.to_owned() } else { format!("http://{typed}") };
        match Url::parse(&whole) {
            Ok(url) if ["http", "https"].contains(&url.scheme()) => {
                Ok(ServerUrl(whole.trim_end_matches('/').to_owned()))
            }
            Ok(_) | Err(_) => Err("write it like http://127.0.0.1:8080".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_clear_may_be_left_out() {
        for (typed, is) in [
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            (" localhost:8080 ", "http://localhost:8080"),
            ("https://demo.example.org/kadogo/", "https://demo.example.org/kadogo"),
            ("foo", "http://foo"),
        ] {
            assert_eq!(typed.parse(), Ok(ServerUrl(is.to_owned())), "{typed}");
        }
        for typed in ["", "http://", "ftp://127.0.0.1", "a b", "http://:8080", "127.0.0.1:port"] {
            let said = typed.parse::<ServerUrl>();
            assert!(said.is_err_and(|why| why.contains("http://127.0.0.1:8080")), "{typed}");
        }
    }
}
