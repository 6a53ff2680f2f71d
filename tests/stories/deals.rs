//! Safe pay: a deal between two who do not know each other, one by dialling, the other by texts:
//! agreed on, paid in, delivered, paid out; and what happens where somebody is silent, or something
//! is wrong.

use super::aids::*;
use super::world::*;
use std::time::Duration;

mod away;
mod cells;
mod freelance;
mod helpers;
mod market_races;
mod peace;
mod races;
mod staff;
mod trouble;

use helpers::*;
