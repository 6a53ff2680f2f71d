//! Who asks: a number that a gateway vouches for, whose wallet it is, and where they serve.

use crate::book::PIN_ATTEMPTS_MAX;
use crate::phone::Msisdn;
use crate::store::agent_rows::AgentPost;
use crate::store::holders::{self, CallerProfile};
use crate::store::people::PersonRow;
use crate::store::staff_rows::StaffRow;
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
    /// Too many wrong PINs were typed: only the staff let them try again.
    pub pin_locked: bool,
    /// Where they serve as an agent.
    pub post: Option<AgentPost>,
    /// A payment waits for their yes.
    pub order_waits: bool,
    /// One of the staff has this number, which proves nothing yet.
    pub is_staff: bool,
    /// They work for the operator, and have proved who they are.
    pub staff: Option<StaffRow>,
}

impl Caller {
    /// Reads who has this number.
    pub fn read(conn: &mut Conn, msisdn: Msisdn, now: Timestamp) -> Result<Caller, StoreError> {
        let found = conn.wait(async |asked| {
            holders::caller_profiles(asked, &[msisdn.e164()], now.micros()).await
        });
        Ok(Caller::of(msisdn, found?.pop()))
    }

    /// Somebody of the staff, who has proved it; nothing where what is stored of them is damaged.
    pub fn of_staff(staff: StaffRow) -> Option<Caller> {
        let msisdn = Msisdn::from_e164(&staff.msisdn)?;
        Some(Caller { staff: Some(staff), settled: true, ..Caller::of(msisdn, None) })
    }

    /// Who has this number, as they were found.
    pub fn of(msisdn: Msisdn, found: Option<CallerProfile>) -> Caller {
        match found {
            Some(CallerProfile { person, pin_attempts, post, order_waits, is_staff }) => Caller {
                msisdn,
                person: Some(person),
                settled: pin_attempts.is_some(),
                pin_locked: pin_attempts.is_some_and(|attempts| attempts >= PIN_ATTEMPTS_MAX),
                post,
                order_waits,
                is_staff,
                staff: None,
            },
            None => Caller {
                msisdn,
                person: None,
                settled: false,
                pin_locked: false,
                post: None,
                order_waits: false,
                is_staff: false,
                staff: None,
            },
        }
    }
}
