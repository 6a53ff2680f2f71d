//! What can be done with the menus, as the command line names it.

use clap::Subcommand;

/// What can be done with the menus.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum MenusAct {
    /// Prove that every jump lands, every text exists in every language and every screen fits a
    /// phone
    Check,
    /// Print the map as a Mermaid flowchart
    Graph,
}
