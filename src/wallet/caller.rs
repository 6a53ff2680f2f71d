//! Who asks: a number that a gateway vouches for, whose wallet it is, and where they serve.

use crate::phone::Msisdn;
use crate::store::agents::Till;
use crate::store::members::{self, Dialler};
use crate::store::people::PersonRow;
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;

/// Who asks.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The number.
    pub msisdn: Msisdn,
    /// Its owner, once they have joined.
    pub person: Option<PersonRow>,
    /// They have a PIN. Who was registered by an agent has none until they choose it.
    pub settled: bool,
    /// Where they serve as an agent.
    pub till: Option<Till>,
    /// A payment waits for their yes.
    pub asked: bool,
}

impl Caller {
    /// Reads who has this number.
    pub fn read(conn: &mut Conn, msisdn: Msisdn, now: Timestamp) -> Result<Caller, StoreError> {
        let found = members::diallers(conn, &[msisdn.e164()], now.micros())?.pop();
        Ok(Caller::of(msisdn, found))
    }

    /// Who has this number, as they were found.
    pub fn of(msisdn: Msisdn, found: Option<Dialler>) -> Caller {
        match found {
            Some(Dialler { person, settled, till, asked }) => {
                Caller { msisdn, person: Some(person), settled, till, asked }
            }
            None => Caller { msisdn, person: None, settled: false, till: None, asked: false },
        }
    }
}
