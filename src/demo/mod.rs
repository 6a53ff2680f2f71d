//! A phone to try the service with: in a browser and in a terminal. Both talk through the gateway's own
//! endpoints, so that nothing about them is special to the service.

/// The phone in a terminal.
pub mod terminal;
