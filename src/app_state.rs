//! What the routes share: the channels they hand their requests to, and what they must know to do
//! so. It serves nothing and knows no route.

use crate::clock_guard::ClockFault;
use crate::connections::Connections;
use crate::console::desk::Console;
use crate::notify::Notify;
use crate::sms::replying::Sms;
use crate::store::head;
use crate::ussd::conversation::Ussd;
use crate::wallet::Wallet;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// What the routes work with.
#[derive(Debug, Clone)]
pub struct AppState {
    /// Answers hops.
    pub ussd: Arc<Ussd>,
    /// Answers texts.
    pub sms: Sms,
    /// Sends messages.
    pub notify: Notify,
    /// What they all ask.
    pub wallet: Wallet,
    /// The pages of the staff, where they are reached by the same door.
    pub console: Option<Console>,
    /// What callbacks must carry, if anything.
    pub callback_token: Option<SecretString>,
    /// Who is connected to any of the doors.
    pub connections: Arc<Connections>,
    /// Whether the numbers are told at this door.
    pub has_metrics: bool,
    /// When a caller is told to wait for an SMS.
    pub answer_within: Duration,
    /// Where work goes on that outlives its request.
    pub runtime: tokio::runtime::Handle,
    /// Held by all work that is late: the program does not end before it.
    pub late: Arc<()>,
}

impl AppState {
    /// Whether it can take work: the database answers, the book commits, and all threads between
    /// them are there. If not, why, where that is for an operator to mend.
    pub async fn is_ready(&self) -> Result<(), Option<ClockFault>> {
        if let Some(fault) = self.wallet.clock_fault() {
            return Err(Some(fault));
        }
        let Wallet { store, book, .. } = &self.wallet;
        let is_well = book.is_alive() && store.is_well() && store.read(head::look).await.is_ok();
        if is_well { Ok(()) } else { Err(None) }
    }
}
