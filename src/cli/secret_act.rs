//! What can be done with the secrets in use, as the command line names it.

use crate::config::DatabaseArgs;
use clap::Subcommand;

/// What can be done with the secrets in use.
///
/// A secret is changed one node after the other, each of which is started anew. First each gets
/// the new one in KADOGO_OLD_SECRETS too, so that all can read what is kept under it; then each
/// gets the new one in KADOGO_SECRET and the old one in KADOGO_OLD_SECRETS. One node alone needs
/// only the second round. A PIN under a secret that a node was not given is answered with "in a
/// minute" there, and costs no try. When all have both, each PIN moves to the new secret as it is
/// typed rightly.
#[derive(Debug, Subcommand)]
pub enum SecretAct {
    /// How many PINs, codes and second factors are kept under each of them
    List(DatabaseArgs),
    /// Retire all but KADOGO_SECRET: from then on no node starts with another one, and nothing that
    /// is kept under another one is opened
    ///
    /// A secret that others may know is retired at once, with --anyway; whoever has not typed their
    /// PIN since it was changed then needs a new one.
    Retire {
        /// The database, and the secrets.
        #[command(flatten)]
        database: DatabaseArgs,
        /// Also while PINs, codes or second factors are left under older ones
        #[arg(long)]
        anyway: bool,
    },
}
