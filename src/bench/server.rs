//! Where a PostgreSQL server is, told to PostgreSQL's own programs the way they like it: as
//! settings in their environment. A password on a command line could be read by everyone on the
//! machine.

use std::fmt;
use std::net::IpAddr;
use std::process::Command;

/// The parameters of an address that PostgreSQL's programs know, and the names of their settings.
const PARAMETERS: [(&str, &str); 13] = [
    ("host", "PGHOST"),
    ("port", "PGPORT"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("dbname", "PGDATABASE"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("options", "PGOPTIONS"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
];

/// A server, and the database on it that an address names.
#[derive(Clone, Default)]
pub struct BenchServer {
    settings: Vec<(&'static str, String)>,
}

impl fmt::Debug for BenchServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.get("host").unwrap_or("this machine"))
    }
}

impl BenchServer {
    /// Reads `postgres://user:password@host:port/database?name=value`; `None` when it is not such
    /// an address.
    pub fn parse(url: &str) -> Option<BenchServer> {
        let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (place, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (who, hosts) = place.rsplit_once('@').unwrap_or(("", place));
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let mut server = BenchServer::default();
        server.set("user", decode(user)?);
        server.set("password", decode(password)?);
        // an address may name several hosts; both lists then have as many items
        let places: Vec<(&str, &str)> = hosts.split(',').map(host_and_port).collect();
        let hosts: Vec<&str> = places.iter().map(|(host, _)| *host).collect();
        let ports: Vec<&str> = places.iter().map(|(_, port)| *port).collect();
        server.set("host", decode(&hosts.join(","))?);
        if ports.iter().any(|port| !port.is_empty()) {
            server.set("port", ports.join(","));
        }
        server.set("dbname", decode(database)?);
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            server.set(name, decode(value)?);
        }
        server.speak_as_the_book();
        Some(server)
    }

    /// TLS where the book would have it, and nowhere else: left to themselves, PostgreSQL's
    /// programs take it wherever the server offers it.
    fn speak_as_the_book(&mut self) {
        let is_said = self.get("sslmode").is_some_and(|mode| !["allow", "prefer"].contains(&mode));
        if !is_said {
            let plain = self.is_here() && self.get("sslrootcert").is_none();
            self.set("sslmode", if plain { "disable" } else { "require" }.to_owned());
        }
    }

    /// Whether it is on this machine.
    fn is_here(&self) -> bool {
        let here = |host: &str| {
            host.is_empty()
                || host == "localhost"
                || host.starts_with('/')
                || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        };
        self.get("host").is_none_or(|hosts| hosts.split(',').all(here))
    }

    /// The database that the address names, as PostgreSQL fills it in when it names none.
    pub fn database(&self) -> &str {
        self.get("dbname").or_else(|| self.get("user")).unwrap_or("postgres")
    }

    /// Tells a program where the server is, and which database on it is meant.
    pub fn tell(&self, program: &mut Command, database: &str) {
        let named = |name: &str| {
            PARAMETERS.iter().find(|(parameter, _)| *parameter == name).map(|(_, named)| *named)
        };
        for (name, value) in &self.settings {
            if let Some(setting) = named(name) {
                program.env(setting, value);
            }
        }
        // a service file would win over what is said here
        program.env("PGDATABASE", database).env_remove("PGSERVICE");
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The last one counts; what PostgreSQL's programs do not know is not passed on.
    fn set(&mut self, name: &str, value: String) {
        let Some((known, _)) = PARAMETERS.iter().find(|(parameter, _)| *parameter == name) else {
            return;
        };
        if !value.is_empty() {
            self.settings.retain(|(before, _)| before != known);
            self.settings.push((known, value));
        }
    }
}

/// `host:port`, where the host may be an IPv6 address in brackets.
fn host_and_port(place: &str) -> (&str, &str) {
    if let Some((host, rest)) = place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.trim_start_matches(':'));
    }
    place.split_once(':').unwrap_or((place, ""))
}

/// Undoes `%41`; `None` when it does not come out as text. A plus sign is itself here, unlike in a
/// form.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(u8::try_from((high << 4) | low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    fn told(url: &str) -> Vec<(String, String)> {
        let mut program = Command::new("true");
        BenchServer::parse(url).unwrap().tell(&mut program, "other");
        let known =
            program.get_envs().filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)));
        known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn an_address_becomes_settings() {
        let settings = told(
            "postgres://kad%40go:p%2Fw+%25@db.example:5433/money?sslmode=require&application_name=x",
        );
        let expected = [
            ("PGDATABASE", "other"),
            ("PGHOST", "db.example"),
            ("PGPASSWORD", "p/w+%"),
            ("PGPORT", "5433"),
            ("PGSSLMODE", "require"),
            ("PGUSER", "kad@go"),
        ];
        assert_eq!(settings, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn tls_is_spoken_where_the_book_speaks_it() {
        for (url, mode) in [
            ("postgres://u@127.0.0.1/x", "disable"),
            ("postgres://u@localhost/x?sslmode=prefer", "disable"),
            ("postgres://u@[::1]/x", "disable"),
            ("postgres:///x?host=/tmp/pg", "disable"),
            ("postgres://u@127.0.0.1/x?sslmode=require", "require"),
            ("postgres://u@127.0.0.1,db.example/x", "require"),
            ("postgres://u@db.example/x", "require"),
            ("postgres://u@db.example/x?sslmode=disable", "disable"),
            ("postgres://u@db.example/x?sslmode=verify-full", "verify-full"),
        ] {
            assert_eq!(BenchServer::parse(url).unwrap().get("sslmode"), Some(mode), "{url}");
        }
    }

    #[test]
    fn hosts_may_be_many_sockets_or_addresses() {
        for (url, host, port) in [
            ("postgresql://a:1,b:2/x", "a,b", "1,2"),
            ("postgres://[::1]:5432/x", "::1", "5432"),
            ("postgres://u@%2Ftmp%2Fpg/x?port=5", "/tmp/pg", "5"),
            ("postgres:///x?host=/tmp/pg&port=6", "/tmp/pg", "6"),
        ] {
            let server = BenchServer::parse(url).unwrap();
            assert_eq!((server.get("host"), server.get("port")), (Some(host), Some(port)), "{url}");
            assert_eq!(server.database(), "x", "{url}");
        }
        assert_eq!(BenchServer::parse("postgres://me@h").unwrap().database(), "me");
        assert_eq!(BenchServer::parse("postgres://h").unwrap().database(), "postgres");
    }

    #[test]
    fn other_addresses_are_none() {
        for url in
            ["sqlite://kadogo.db", "postgres:", "", "postgres://u:%zz@h/x", "postgres://u:%ff@h/x"]
        {
            assert!(BenchServer::parse(url).is_none(), "{url}");
        }
        let shown = format!("{:?}", BenchServer::parse("postgres://u:geheim@h/x").unwrap());
        assert_eq!(shown, "Server(h)");
    }
}
