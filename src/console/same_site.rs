//! Whether a form was sent from a page of the console itself: what the browser says of that, which
//! no page of somebody else's can make it say. It knows no session.

/// What a browser says of where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// `Sec-Fetch-Site`, where it says that.
    pub fetch_site: Option<String>,
    /// `Origin`, where it says that.
    pub origin: Option<String>,
    /// `Host`: what it was sent to.
    pub host: String,
}

impl Origin {
    /// Whether it is a page of ours. What says nothing is no browser of the last years, and is
    /// not trusted.
    pub fn is_own(&self) -> bool {
        match (&self.fetch_site, &self.origin) {
            (Some(site), _) => site == "same-origin",
            (None, Some(origin)) => {
                let host = origin.split_once("://").map(|(_, host)| host);
                host.is_some_and(|host| !host.is_empty() && host == self.host)
            }
            (None, None) => false,
        }
    }
}

/// What every answer of the console says to the browser: nothing is loaded from elsewhere, nothing
/// runs, nobody frames it, nothing is kept, and nobody is told where somebody came from.
pub const HEADERS: [(&str, &str); 6] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
    ),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn said(fetch_site: Option<&str>, origin: Option<&str>) -> bool {
        let [fetch_site, origin] = [fetch_site, origin].map(|text| text.map(str::to_owned));
        Origin { fetch_site, origin, host: "console.example:8443".to_owned() }.is_own()
    }

    #[test]
    fn only_a_page_of_ours_sends_forms() {
        assert!(said(Some("same-origin"), None));
        // a page that tells nobody where one came from has no origin to tell
        assert!(said(Some("same-origin"), Some("null")));
        assert!(said(None, Some("https://console.example:8443")));
        for site in ["cross-site", "same-site", "none", "", "Same-Origin"] {
            assert!(!said(Some(site), Some("https://console.example:8443")), "{site}");
        }
        for origin in
            ["null", "", "https://", "https://console.example", "https://evil.example:8443"]
        {
            assert!(!said(None, Some(origin)), "{origin}");
        }
        assert!(!said(None, None));
    }
}
