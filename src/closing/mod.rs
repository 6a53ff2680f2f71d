//! The close of a day: what it came to as a value, its two forms (a table for programs, pages to
//! read and sign), and the lines of a general ledger that come of it. Pure: it reads no database,
//! and knows no clock and nobody's name.

pub mod chart;
pub mod classes;
pub mod day_sheet;
pub mod day_sums;
pub mod day_table;
pub mod gl_lines;
pub mod sheet_pages;
pub mod sheet_words;
pub mod signed_files;
