//! A visit and what is answered: what a page knows of a request and says of its answer. The server
//! that carries both is not known here.

use super::route::Method;
use super::same_site::Origin;
use crate::language::Language;
use crate::request::Fields;
use maud::Markup;
use std::net::IpAddr;
use std::sync::Arc;

/// A request.
#[derive(Debug, Clone)]
pub struct Visit {
    /// To be looked at, or a form.
    pub method: Method,
    /// The path below the root, and the query as it came, to come back to.
    pub path: String,
    /// The same with the root and what was asked for.
    pub whole: String,
    /// What the address says.
    pub query: Fields,
    /// What the form says; several of one name with a blank between.
    pub posted: Fields,
    /// The file that came with it.
    pub upload: Upload,
    /// The secret of a session, where there is one.
    pub session: Option<String>,
    /// The language that was chosen in this browser.
    pub language: Option<Language>,
    /// Where it comes from.
    pub from: Option<IpAddr>,
    /// Which page sent it.
    pub origin: Origin,
}

/// A file that comes with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upload {
    /// None.
    None,
    /// All of it.
    File(Arc<Vec<u8>>),
    /// It is larger than any.
    TooLarge,
    /// It did not come to its end, or not in time.
    Broken,
}

impl Visit {
    /// An input of the form; empty where it has none.
    pub fn typed(&self, name: &str) -> &str {
        self.posted.get(name).map(String::as_str).unwrap_or_default()
    }

    /// What the address says of something; empty where nothing.
    pub fn asked(&self, name: &str) -> &str {
        self.query.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// What the browser is to keep, or to forget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// The secret of a session,
    Session(String),
    /// no session any more,
    NoSession,
    /// or a language.
    Language(Language),
}

/// What is answered.
#[derive(Debug)]
pub enum Reply {
    /// A page.
    Page {
        /// As HTTP has it.
        status: u16,
        /// All of it.
        body: Markup,
    },
    /// Another page, to be looked at.
    Go {
        /// Its path.
        to: String,
        /// What the browser keeps.
        keep: Option<Keep>,
    },
    /// Something to keep.
    File {
        /// What it is called.
        name: String,
        /// What it is, as HTTP has it.
        kind: &'static str,
        /// All of it.
        bytes: Vec<u8>,
    },
    /// How pages look.
    Style,
}

impl Reply {
    /// To another page.
    pub fn to(path: String) -> Reply {
        Reply::Go { to: path, keep: None }
    }
}
