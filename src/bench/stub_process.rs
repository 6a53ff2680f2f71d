//! The gateway's stub as whoever measures has it: a child of this program, and what it did.

use super::gateway_stub::{COUNTS_PATH, StubCounts, StubPlan};
use crate::config::GatewayAccount;
use crate::tls;
use anyhow::{Context, anyhow};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often one looks whether all is reported.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A gateway that runs, until this is dropped.
#[derive(Debug)]
pub struct StubProcess {
    child: Child,
    address: SocketAddr,
    client: reqwest::Client,
}

impl StubProcess {
    /// Starts one; `program` is this program.
    pub async fn start(program: &Path, plan: &StubPlan) -> anyhow::Result<StubProcess> {
        let mut command = Command::new(program);
        command.args(["bench", "gateway", "--answer-after-ms"]);
        command.arg(plan.answer_after.as_millis().to_string());
        if plan.is_dead {
            command.arg("--dead");
        }
        for to in &plan.report_to {
            command.arg("--report-to").arg(to.to_string());
        }
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("the gateway's stub cannot be started")?;
        let said = child.stdout.take().ok_or_else(|| anyhow!("the gateway's stub is mute"))?;
        let reading = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(said).read_line(&mut line).map(|_read| line)
        });
        let line = reading.await??;
        let address = line.trim().parse().context("the gateway's stub does not say where it is")?;
        Ok(StubProcess { child, address, client: tls::client().build()? })
    }

    /// The account that leads to it.
    pub fn account(&self) -> GatewayAccount {
        GatewayAccount {
            url: format!("http://{}", self.address),
            username: "bench".to_owned(),
            api_key: "atsk_bench".to_owned().into(),
            sender: None,
        }
    }

    /// Which process it is.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it did so far.
    pub async fn counts(&self) -> anyhow::Result<StubCounts> {
        let url = format!("http://{}{COUNTS_PATH}", self.address);
        Ok(self.client.get(url).send().await?.json().await?)
    }

    /// Waits until all that it took is reported, but no longer than this.
    pub async fn all_reported(&self, until: Instant) -> anyhow::Result<StubCounts> {
        loop {
            let counts = self.counts().await?;
            if counts.reported == counts.taken || Instant::now() >= until {
                return Ok(counts);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl Drop for StubProcess {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
