//! What the operator's staff do: each act a service like any other, under the name of who asked,
//! and where it takes two, of who approved. How somebody proves who they are stands in `sign_in`;
//! what a right is, in the room of the staff.

pub mod acting_staff;
pub mod alone;
pub mod by_phone;
pub mod door;
pub mod in_short;
pub mod join_link;
pub mod own_side;
mod refused_acts;
pub mod sign_in;
pub mod staff_joining;
pub mod staff_list;
pub mod two_people;
pub mod who_approves;
