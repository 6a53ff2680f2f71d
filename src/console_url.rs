//! Where the pages of the staff are, as people outside reach them: what ends TLS stands in front of
//! the program, so it cannot know that by itself. It knows no page.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Signs of one, at most: with a link behind it, an SMS has room for it.
const SIGNS_MAX: usize = 40;

/// An address without a path, such as `https://staff.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleUrl(String);

impl ConsoleUrl {
    /// Where somebody begins with this link.
    pub fn join(&self, link: &str) -> String {
        format!("{}/console/join/{link}", self.0)
    }
}

impl fmt::Display for ConsoleUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ConsoleUrl {
    type Err = String;

    fn from_str(typed: &str) -> Result<ConsoleUrl, String> {
        let plain = typed.trim().to_ascii_lowercase();
        let plain = plain.trim_end_matches('/');
        let plain = plain.strip_suffix("/console").unwrap_or(plain);
        let good = match plain.split_once("://") {
            Some(("https", rest)) => is_host(rest),
            Some(("http", rest)) => is_host(rest) && is_here(rest),
            Some(_) | None => false,
        };
        if !good {
            return Err("it must be https://HOST, where /console is; or http:// on this machine \
                        alone, or links would travel in the open"
                .to_owned());
        }
        if plain.len() > SIGNS_MAX {
            return Err(format!("it may have {SIGNS_MAX} signs at most, so that an SMS has room"));
        }
        Ok(ConsoleUrl(plain.to_owned()))
    }
}

/// A name or a number, perhaps with a port, and nothing behind it.
fn is_host(text: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '[' | ']');
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') && text.chars().all(sign)
}

/// Whether a host, as an address writes it, is this machine.
pub fn is_here(host: &str) -> bool {
    let bare = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(inside, _port)| inside),
        None => host.split_once(':').map_or(host, |(name, _port)| name),
    };
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|number| number.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_reached_by_https_or_on_this_machine() {
        for (typed, is) in [
            ("https://staff.example.org", "https://staff.example.org"),
            (" https://Staff.example.org:8443/console/ ", "https://staff.example.org:8443"),
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
            ("http://localhost/", "http://localhost"),
            ("http://[::1]:8081", "http://[::1]:8081"),
        ] {
            let url: ConsoleUrl = typed.parse().unwrap();
            assert_eq!(url.join("ab12"), format!("{is}/console/join/ab12"), "{typed}");
        }
        let long = format!("https://{}.org", "a".repeat(40));
        for typed in [
            "",
            "staff.example.org",
            "http://staff.example.org",
            "http://127.0.0.1.example.org",
            "ftp://127.0.0.1",
            "https://",
            "https://staff.example.org/pages",
            "https://user@example.org",
            "https://staff example.org",
            &long,
        ] {
            assert!(typed.parse::<ConsoleUrl>().is_err(), "{typed}");
        }
    }
}
