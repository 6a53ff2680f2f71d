//! The sockets that a service is reached by, opened before anything else of it: what cannot be
//! reached must not make a database first. What is served behind them is not known here.

use crate::config::Settings;
use crate::console::route::ROOT;
use anyhow::Context;
use std::net::{SocketAddr, TcpListener};

/// The sockets.
#[derive(Debug)]
pub struct Doors {
    /// For gateways, and in a demo for everybody.
    pub public: TcpListener,
    /// For the staff, where they have one of their own.
    pub console: Option<TcpListener>,
    /// For whoever looks at the numbers, where they have one of their own.
    pub metrics: Option<TcpListener>,
}

impl Doors {
    /// Opens them; refused where one is taken already.
    pub fn open(settings: &Settings) -> anyhow::Result<Doors> {
        let own = |address: Option<SocketAddr>, flag| address.map(|own| listen(own, flag));
        Ok(Doors {
            public: listen(settings.listen, "--listen")?,
            console: own(settings.console_listen, "--console-listen").transpose()?,
            metrics: own(settings.metrics_listen, "--metrics-listen").transpose()?,
        })
    }

    /// Writes into the log where the own ones are.
    pub fn say(&self) -> anyhow::Result<()> {
        if let Some(own) = &self.console {
            tracing::info!(address = %own.local_addr()?, "the console is open, under {ROOT}");
        }
        if let Some(own) = &self.metrics {
            tracing::info!(address = %own.local_addr()?, "the numbers are told, under /metrics");
        }
        Ok(())
    }
}

fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .with_context(|| format!("cannot listen on {address}: choose another address with {flag}"))
}
