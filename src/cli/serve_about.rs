//! What the help of `serve` says above its settings. Which gateways there are is not known here.

use crate::gateway::dialects;

/// How the service runs, and where gateways find it.
pub fn about() -> String {
    let addresses = dialects::addresses().into_iter();
    let lines = addresses.map(|path| format!("  POST https://YOUR.HOST{path}?token=TOKEN"));
    format!("{ABOUT}\n{}", lines.collect::<Vec<_>>().join("\n"))
}

const ABOUT: &str = "Run the service

Refuses to start with demo secrets or a half-configured gateway, and says which setting is
wrong. SIGHUP reloads the menus; SIGTERM stops gracefully: what was acknowledged is
finished.

Point your gateway's callbacks at those of these that are its own; several gateways at once
are fine. What comes is told in `kadogo manual callbacks`.";
