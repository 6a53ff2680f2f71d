//! PostgreSQL: the database for who outgrows one machine. Its address, TLS, its settings, its
//! migrations.

use super::conn::{Driver, Pg};
use super::schema_version::refuse_unknown;
use super::{Conn, StoreError};
use diesel::connection::SimpleConnection;
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::{RunQueryDsl, dsl, select, sql_types};
use diesel_async::AsyncPgConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use rustls_platform_verifier::ConfigVerifierExt;
use std::path::Path;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Nodes that start at the same moment all want to migrate: one does, the others look again.
const MIGRATE_TRIES: u32 = 20;
const MIGRATE_PAUSE: Duration = Duration::from_millis(250);

/// How long the answer to one query may take, where somebody waits for it: longer than the server
/// gives a statement that writes. A commit that waits for a standby may take longer: it is given
/// up, and found out about later.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// What holds for every short query. The planner must not leave the keys for a scan of whole
/// tables: when a batch grows that costs two thirds of the rate, and a plan that was made while a
/// table was empty stays when it is not any more.
const SHORT: &[&str] = &[
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET enable_seqscan = off",
    "SET jit = off",
];

/// Settings of a connection that writes. A node that stops in the middle of a batch holds up the
/// others no longer than this.
const WRITES: &[&str] = &[
    "SET synchronous_commit = on",
    "SET statement_timeout = '20s'",
    "SET idle_in_transaction_session_timeout = '5s'",
];

/// Settings of a connection that writes what is no part of the book: it does not wait for the
/// disk. What a crash of the server takes with it is at most the last second, and is done again: a
/// message may leave twice.
const ASIDE: &[&str] = &["SET synchronous_commit = off", "SET application_name = 'kadogo aside'"];

/// Settings of a connection that cannot write.
const READS: &[&str] = &["SET default_transaction_read_only = on", "SET jit = off"];

/// Settings of a connection on which the same few statements are asked over and over, with nothing
/// in them that the planner could learn from: it plans each once.
const ASKS: &[&str] =
    &["SET plan_cache_mode = force_generic_plan", "SET application_name = 'kadogo questions'"];

/// Where a server is, and how to talk to it.
#[derive(Clone)]
pub struct Server {
    config: tokio_postgres::Config,
    tls: Option<rustls::ClientConfig>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.name())
    }
}

impl Server {
    /// Reads an address such as `postgres://kadogo:secret@db.example.org/kadogo?sslmode=require`.
    ///
    /// TLS is used, and the certificate verified, unless the server is on this machine or
    /// `sslmode=disable` says so. `sslrootcert=FILE` names the certificate authority where it is
    /// not one that this machine trusts anyway.
    pub fn parse(url: &str) -> Result<Server, StoreError> {
        let (url, authority) = without_authority(url);
        // what the wire protocol says of it may repeat a piece of the password
        let mut config: tokio_postgres::Config =
            url.parse().map_err(|_error: tokio_postgres::Error| unreadable())?;
        // which is no part of a host: there it is what follows an @ in a password
        let torn = |host: &Host| matches!(host, Host::Tcp(name) if name.contains('@'));
        let hosts = config.get_hosts();
        if config.get_dbname().is_none() || hosts.is_empty() || hosts.iter().any(torn) {
            return Err(unreadable());
        }
        let local = config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => {
                name == "localhost"
                    || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
            }
            Host::Unix(_) => true,
        });
        let plain = match config.get_ssl_mode() {
            SslMode::Disable => true,
            SslMode::Require => false,
            SslMode::Prefer | _ => local && authority.is_none(),
        };
        config.ssl_mode(if plain { SslMode::Disable } else { SslMode::Require });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        config.application_name("kadogo");
        // a server that vanished with its machine is noticed within half a minute, also by who only
        // waits for an answer
        config
            .keepalives_idle(Duration::from_secs(10))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3);
        config.tcp_user_timeout(Duration::from_secs(15));
        if config.get_hosts().len() > 1
            && config.get_target_session_attrs() == TargetSessionAttrs::Any
        {
            // what one of them knows already the others may not know yet
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        let tls = if plain { None } else { Some(verifying(authority.as_deref())?) };
        Ok(Server { config, tls })
    }

    /// What people may read of the address: no password.
    pub fn name(&self) -> String {
        let hosts: Vec<String> = self
            .config
            .get_hosts()
            .iter()
            .map(|host| match host {
                Host::Tcp(name) => name.clone(),
                Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        format!("postgres://{}/{}", hosts.join(","), self.config.get_dbname().unwrap_or_default())
    }

    /// A connection that may write.
    pub fn writer(&self) -> Result<Conn, StoreError> {
        self.that_writes()
            .connect(&[SHORT, WRITES].concat(), Some(ANSWER_MAX))
            .map(|pg| Conn::Postgres(Box::new(pg)))
    }

    /// A connection that may write, for what is no part of the book.
    pub fn aside(&self) -> Result<Conn, StoreError> {
        self.that_writes()
            .connect(&[SHORT, WRITES, ASIDE].concat(), Some(ANSWER_MAX))
            .map(|pg| Conn::Postgres(Box::new(pg)))
    }

    /// A connection that cannot write, for short reads.
    pub fn reader(&self) -> Result<Conn, StoreError> {
        self.connect(&[SHORT, READS].concat(), Some(ANSWER_MAX))
            .map(|pg| Conn::Postgres(Box::new(pg)))
    }

    /// A connection that cannot write, for the same few questions over and over.
    pub fn asker(&self) -> Result<Conn, StoreError> {
        self.connect(&[SHORT, READS, ASKS].concat(), Some(ANSWER_MAX))
            .map(|pg| Conn::Postgres(Box::new(pg)))
    }

    /// A connection that cannot write, for reads that take their time.
    pub fn long_reader(&self) -> Result<Conn, StoreError> {
        self.connect(READS, None).map(|pg| Conn::Postgres(Box::new(pg)))
    }

    /// The same address, where a server that only follows another one counts as none: whoever was
    /// connected to it by mistake would stay so.
    fn that_writes(&self) -> Server {
        let mut server = self.clone();
        server.config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        server
    }

    fn connect(&self, settings: &[&str], answer_max: Option<Duration>) -> Result<Pg, StoreError> {
        let mut pg = Pg::connect(answer_max, |driver| self.establish(driver))?;
        // in one go: one journey instead of many
        pg.inner.batch_execute(&settings.join("; ")).map_err(StoreError::Query)?;
        Ok(pg)
    }

    async fn establish(&self, driver: Driver) -> Result<AsyncPgConnection, StoreError> {
        let trouble = |error: tokio_postgres::Error| {
            StoreError::Open(format!("{}: {}", self.name(), reason(&error)))
        };
        let ready =
            |error: diesel::ConnectionError| StoreError::Open(format!("{}: {error}", self.name()));
        match &self.tls {
            None => {
                let (client, link) =
                    self.config.connect(tokio_postgres::NoTls).await.map_err(trouble)?;
                driver.keep(link);
                AsyncPgConnection::try_from(client).await.map_err(ready)
            }
            Some(tls) => {
                let tls = MakeRustlsConnect::new(tls.clone());
                let (client, link) = self.config.connect(tls).await.map_err(trouble)?;
                driver.keep(link);
                AsyncPgConnection::try_from(client).await.map_err(ready)
            }
        }
    }

    /// Brings the schema up to date. Many nodes may do so at the same time.
    pub fn prepare(&self) -> Result<(), StoreError> {
        let mut conn = self.that_writes().connect(&[], None)?.inner;
        let mut tries: u32 = 0;
        loop {
            tries = tries.saturating_add(1);
            // even the table of what was applied is made by several at once
            let applied = conn.applied_migrations();
            if let Ok(applied) = &applied {
                refuse_newer(applied)?;
            }
            match applied.and_then(|_known| conn.run_pending_migrations(MIGRATIONS)) {
                Ok(_done) => return Ok(()),
                Err(error) if tries >= MIGRATE_TRIES => {
                    return Err(StoreError::Migrate(error.to_string()));
                }
                Err(_another_node) => std::thread::sleep(MIGRATE_PAUSE),
            }
        }
    }

    /// Refuses a database that is not Kadogo's or not of this version; changes nothing.
    pub fn inspect(&self) -> Result<(), StoreError> {
        let mut conn = self.connect(&[], None)?.inner;
        let history = "to_regclass('__diesel_schema_migrations') IS NOT NULL";
        let ours: bool = select(dsl::sql::<sql_types::Bool>(history)).get_result(&mut conn)?;
        if !ours {
            return Err(StoreError::Open(format!("{} is not a database of Kadogo's", self.name())));
        }
        // diesel's own look makes that table first, which on a standby, or for who may only read,
        // fails
        let versions = dsl::sql::<sql_types::Text>("version FROM __diesel_schema_migrations");
        let applied: Vec<String> = select(versions).load(&mut conn)?;
        let known = MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS);
        let known = known.map_err(|e| StoreError::Migrate(e.to_string()))?;
        let known: Vec<String> =
            known.iter().map(|migration| migration.name().version().to_string()).collect();
        if known.iter().any(|version| !applied.contains(version)) {
            return Err(StoreError::Migrate(
                "its schema is older than this program: start the server first".into(),
            ));
        }
        refuse_unknown(&known, &applied)
    }

    /// Bytes its tables and indexes take on the disk.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        let mut conn = self.connect(&[], None)?.inner;
        let size = "(SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class \
                    c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND \
                    c.relkind = 'r')";
        let bytes: i64 = select(dsl::sql::<sql_types::BigInt>(size)).get_result(&mut conn)?;
        Ok(u64::try_from(bytes).unwrap_or(0))
    }
}

fn unreadable() -> StoreError {
    StoreError::Address(
        "it must look like postgres://USER:PASSWORD@HOST/DATABASE, with %40 for an @ in a password"
            .into(),
    )
}

/// Takes `sslrootcert` out of an address: the wire protocol below knows nothing of it.
fn without_authority(url: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let (ours, theirs): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|pair| pair.starts_with("sslrootcert="));
    let authority =
        ours.first().and_then(|pair| pair.split_once('=')).map(|(_, file)| file.to_owned());
    // `verify-full` is what others call what is always done here
    let theirs: Vec<String> =
        theirs.iter().map(|pair| pair.replace("sslmode=verify-full", "sslmode=require")).collect();
    let query = if theirs.is_empty() { String::new() } else { format!("?{}", theirs.join("&")) };
    (format!("{base}{query}"), authority)
}

/// TLS that verifies the server's certificate: against the authority in the file, or against those
/// this machine trusts.
fn verifying(authority: Option<&str>) -> Result<rustls::ClientConfig, StoreError> {
    let trouble = |error: rustls::Error| StoreError::Open(format!("TLS: {error}"));
    let Some(file) = authority else {
        return rustls::ClientConfig::with_platform_verifier().map_err(trouble);
    };
    let certificates = rustls::pki_types::pem::PemObject::pem_file_iter(Path::new(file))
        .and_then(|pems| {
            pems.collect::<Result<Vec<rustls::pki_types::CertificateDer<'static>>, _>>()
        })
        .map_err(|error| StoreError::Open(format!("sslrootcert {file}: {error}")))?;
    let mut roots = rustls::RootCertStore::empty();
    if roots.add_parsable_certificates(certificates).0 == 0 {
        return Err(StoreError::Open(format!("sslrootcert {file}: there is no certificate in it")));
    }
    Ok(rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

/// What went wrong, with what the server said.
fn reason(error: &tokio_postgres::Error) -> String {
    let cause =
        std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

fn trouble(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Migrate(error.to_string())
}

fn refuse_newer(applied: &[MigrationVersion<'static>]) -> Result<(), StoreError> {
    let known = MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS).map_err(trouble)?;
    let known: Vec<_> = known.iter().map(|m| m.name().version().as_owned()).collect();
    refuse_unknown(&known, applied)
}
