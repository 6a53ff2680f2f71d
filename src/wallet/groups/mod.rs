//! Group money: some people put money together, on an account of the group's own, and it goes out
//! only where so many of them have agreed, each on their own phone. Who asks for something and who
//! gets it never count among those who agree: nobody gets the money alone, nor with the phones of
//! two others whom they brought.

pub mod about;
pub mod carrying;
pub mod contributing;

pub mod founding;
pub mod group;
pub mod group_statement;
pub mod group_view;
pub mod invitation;
pub mod inviting;
pub mod leaving;
pub mod membership;
pub mod proposal;
pub mod proposing;
pub mod rota;
pub mod tally;
#[cfg(test)]
mod tests;
pub mod unproposing;
pub mod voting;
