//! The operator's staff: what which role may do, and how somebody proves who they are. Pure rules:
//! no database, no page, no command is known here.

pub mod bands;
pub mod password;
pub mod role;
pub mod second_factor;
