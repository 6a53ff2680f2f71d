//! What can be done with the menus, as the command line names it.

use clap::Subcommand;
use std::path::PathBuf;

/// What can be done with the menus.
#[derive(Debug, Clone, Subcommand)]
pub enum MenusAct {
    /// Prove that every jump lands, every text exists in every language and every screen fits a
    /// phone
    Check,
    /// Print the map as a Mermaid flowchart
    Graph,
    /// Write those that are compiled in to a folder, as files to edit
    ///
    /// It holds nothing yet, or nothing is written. The files are yours alone: where the service
    /// runs under another name, let it read them.
    Export {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}
