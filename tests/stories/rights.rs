//! Who may do what: each right and each missing right of each role, written by hand in `table`, and
//! held against what really happens at each door. Goal: nothing is reached without its right, and
//! whoever tries stands in the audit. Method: one of each role, and several who are nobody, walk
//! over all acts, pages and commands; whatever is new there fails until it stands in the table.

mod acts;
mod commands;
mod pages;
mod table;
mod tricks;

use super::colleagues::number_of;
use super::world::*;
use kadogo::book::{Change, Key};
use kadogo::id::{Id, PostingId};
use kadogo::staff::role::Role;
use kadogo::staff::second_factor;
use kadogo::store::Conn;
use kadogo::store::records::Record;
use kadogo::store::staff_rows::{StaffRow, StaffState};
use kadogo::store::staff_sessions::{self, StaffSession};
use kadogo::store::trail_rows::{self, TrailRow};
use kadogo::wallet::office::sign_in::{OnDuty, digest};
use std::fmt::Write;
use strum::VariantArray;

/// The secret in somebody's app.
fn factor(name: &str) -> [u8; second_factor::SECRET_BYTES] {
    let mut secret = [0; second_factor::SECRET_BYTES];
    secret.iter_mut().zip(name.bytes().cycle()).for_each(|(to, letter)| *to = letter);
    secret
}

/// What their app shows now.
pub fn code(world: &World, name: &str) -> String {
    second_factor::code_at(&factor(name), world.clock.now())
}

/// Somebody of the staff at work, and what they show for it.
pub struct Worker {
    pub duty: OnDuty,
    pub secret: String,
}

/// Somebody begins to work here, and comes to work: by the world's clock.
pub async fn at_work(world: &World, name: &str, roles: &str) -> Worker {
    let wallet = &world.app.wallet;
    let id = Id::of(wallet.book.fresh_id().await.unwrap());
    let now = wallet.clock.now().micros();
    let staff = StaffRow {
        id,
        version: 1,
        last_posting: PostingId::NONE,
        name: name.to_owned(),
        msisdn: number_of(name),
        language: "en".to_owned(),
        roles: roles.to_owned(),
        state: StaffState::Active,
        password: String::new(),
        factor: second_factor::sealed(
            wallet.config.factor_keys.first().unwrap(),
            wallet.randomness.bytes(),
            &factor(name),
        ),
        factor_step: 0,
        link: Vec::new(),
        link_until: None,
        locked_until: None,
        misses: 0,
        seen_at: now,
        out_until: 0,
    };
    let key = Key::new(wallet.clock.now(), "at work", name.as_bytes());
    let kept = Change::keep(Record::Staff(Box::new(staff.clone())), "begin_work");
    wallet.book.post(wallet.note(key, vec![kept])).await.unwrap();
    comes_to_work(world, staff).await
}

/// They sign in, past password and code: hashing them is told in another story.
pub async fn comes_to_work(world: &World, staff: StaffRow) -> Worker {
    let wallet = &world.app.wallet;
    let secret = kadogo::seal::to_hex(&wallet.randomness.bytes::<32>());
    let now = wallet.clock.now().micros();
    let session = StaffSession {
        digest: digest(&secret),
        staff: staff.id,
        begun_at: now,
        seen_at: now,
        proved_at: now,
        ended_at: None,
        misses: 0,
    };
    let begun = session.clone();
    let begin = move |conn: &mut Conn| staff_sessions::begin(conn, &begun);
    wallet.book.write(begin).await.unwrap();
    Worker { duty: OnDuty { staff, session }, secret }
}

/// One of each role, in the order of the table.
async fn one_of_each(world: &World) -> Vec<(Role, Worker)> {
    let mut all = Vec::new();
    for role in Role::VARIANTS {
        let name: &str = (*role).into();
        all.push((*role, at_work(world, &name.replace('_', "-"), name).await));
    }
    all
}

/// All that was refused and recorded, as the audit has it: who, and what.
pub async fn refused(world: &World) -> Vec<String> {
    let read = |conn: &mut Conn| trail_rows::between(conn, 1, i64::MAX);
    let all: Vec<TrailRow> = world.app.wallet.store.read(read).await.unwrap();
    let refused = all.into_iter().filter(|row| row.event == "refused");
    refused.map(|row| format!("{}: {}", row.actor.trim_start_matches("staff "), row.note)).collect()
}

/// A table for people: a line for each door, a column for each role.
fn drawn(lines: &[(String, Vec<bool>)]) -> String {
    let mut text = format!("{:44}", "");
    for role in Role::VARIANTS {
        let name: &str = (*role).into();
        write!(text, " {name:>12}").unwrap();
    }
    for (door, cells) in lines {
        write!(text, "\n{door:44}").unwrap();
        for cell in cells {
            write!(text, " {:>12}", if *cell { "may" } else { "." }).unwrap();
        }
    }
    text
}
