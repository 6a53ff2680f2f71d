//! The ways out of the house, as they are set up: for texts and for letters. What leaves is not
//! known here.

use crate::config::{GatewayAccount, Settings};
use crate::gateway::sender::{AfricasTalking, Sender};
use crate::gateway::smtp::Mailer;
use anyhow::anyhow;

/// The gateway that texts leave by; without one, nobody gets them but the phone page.
pub fn sender(account: Option<&GatewayAccount>) -> anyhow::Result<Sender> {
    Ok(match account {
        None => Sender::Simulator,
        Some(account) => Sender::AfricasTalking(AfricasTalking::new(
            &account.url,
            &account.username,
            account.api_key.clone(),
            account.sender.clone(),
        )?),
    })
}

/// The mail server that is set up; in a demo without one, nobody.
pub fn mailer(settings: &Settings) -> anyhow::Result<Mailer> {
    match &settings.mail {
        Some(account) => Mailer::smtp(account, &settings.names.brand)
            .map_err(|why| anyhow!("KADOGO_SMTP_URL: {why}")),
        None if settings.demo => Ok(Mailer::Simulator),
        None => Ok(Mailer::Off),
    }
}
