//! What the staff can do by command, as the command line names it: each under the name of who is
//! signed in.

use crate::config::DatabaseArgs;
use crate::console_url::ConsoleUrl;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// With which session one of the staff works.
#[derive(Debug, Args)]
pub struct SessionArgs {
    /// Where the session of who is signed in is kept: a file that only you can read
    #[arg(
        long,
        env = "KADOGO_SESSION",
        default_value = ".kadogo-session",
        value_name = "FILE",
        global = true
    )]
    pub session: PathBuf,
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
}

/// What every command of the staff takes.
#[derive(Debug, Args)]
pub struct OfficeArgs {
    /// On which database.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// By whom.
    #[command(flatten)]
    pub by: SessionArgs,
    /// The folder of the menus that the service uses; the ones compiled in when not given and
    /// ./menus does not exist. A command that goes by other files than the service does nothing
    #[arg(long, env = "KADOGO_MENUS", value_name = "DIR", global = true)]
    pub menus: Option<PathBuf>,
    /// The country, a folder of menus/markets; that of the database when not given
    #[arg(long, env = "KADOGO_MARKET", value_name = "CODE", global = true)]
    pub market: Option<String>,
}

/// What can be done about the staff.
#[derive(Debug, Subcommand)]
pub enum StaffAct {
    /// Invite somebody with a link that is good once, for three days: the very first one's is
    /// printed, everybody else is sent one by SMS
    ///
    /// The very first one is an admin and needs nobody; everybody else is invited by one who is
    /// signed in, and from the second admin on it takes two. For a name that is there it is a new
    /// link, for who has lost their password or was away for long: what they had is void.
    Invite {
        /// What they sign with: small letters, digits, dots
        name: String,
        /// Their phone
        #[arg(long)]
        phone: String,
        /// As what they work, with commas between: care, care_lead, finance, finance_lead, agents,
        /// risk, admin, auditor
        #[arg(long, default_value = "admin")]
        roles: String,
        /// Why, for who asks later
        #[arg(long, default_value = "works here from now on", value_name = "WORDS")]
        why: String,
        /// Where the staff reach their pages, as `serve` is told: the link is printed whole then
        #[arg(long, env = "KADOGO_CONSOLE_URL", value_name = "URL")]
        console_url: Option<ConsoleUrl>,
    },
    /// Begin, with the link you were given: asks for a password, shows the secret of the second
    /// factor, and asks for a code of it
    ///
    /// Where nobody types, the password and a code are lines of the input, and the secret is given
    /// by --factor.
    Join {
        /// The code of the link
        link: String,
        /// The secret of the second factor, where a program keeps it: 40 hexadecimal digits
        #[arg(long, value_name = "HEX")]
        factor: Option<String>,
    },
    /// Sign in: asks for your password and a code. Where nobody types, they are the lines of the
    /// input
    SignIn {
        /// What you sign with
        name: String,
    },
    /// Sign out
    SignOut,
    /// Who works here, as what, and since when they were not seen
    List,
    /// Say as what somebody works from now on
    Roles {
        /// What they sign with
        name: String,
        /// All of their roles, with commas between
        roles: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Somebody does not work here any more: from this moment they can do nothing
    Dismiss {
        /// What they sign with
        name: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Wherever somebody is signed in, they are not any more; they may sign in again
    EndSessions {
        /// What they sign with
        name: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Choose the PIN with which you approve on your phone what waits for you, by dialling: asks
    /// for it unseen, twice. Where nobody types, it is two lines of the input
    Pin {
        /// A code of your app, where you have not shown one within five minutes
        #[arg(long)]
        code: Option<String>,
    },
    /// Print which role may ask for what, and approve it, and what the bands of amounts say
    Rights,
}

/// What can be done about what waits for a second person.
#[derive(Debug, Subcommand)]
pub enum ApproveAct {
    /// What waits: number, act, who asked, when, why
    List,
    /// Show one as it would be done now, what changed since it was asked for, and its `seen`
    Show {
        /// Its number
        request: i64,
    },
    /// Do it: as it was shown under this `seen`
    Yes {
        /// Its number
        request: i64,
        /// What `show` says
        #[arg(long, value_name = "SEEN")]
        seen: String,
        /// A code of your app, where you have not shown one within five minutes
        #[arg(long)]
        code: Option<String>,
    },
    /// Do not do it, and say why
    No {
        /// Its number
        request: i64,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Take back what you asked for yourself
    TakeBack {
        /// Its number
        request: i64,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
}

/// What `kadogo audit` takes.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Which day; today when not given
    #[arg(long, value_name = "DATE")]
    pub day: Option<jiff::civil::Date>,
    /// Only what this one of the staff did
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}
