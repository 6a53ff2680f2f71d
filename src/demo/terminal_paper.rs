//! What the phone in a terminal is drawn on. A terminal is drawn on again where the phone was, so
//! that there is one phone and not a row of them; messages stay above it. Into a file or a pipe all
//! of it goes, one below the other. What a phone looks like is not known here.

use std::io::{Result, Write};

/// What is drawn on.
pub struct Paper<'a> {
    output: &'a mut (dyn Write + Send),
    redraws: bool,
    /// Lines since the phone was drawn, its own among them; none where it was not drawn yet.
    below: Option<usize>,
    /// Messages since then.
    heard: String,
}

impl<'a> Paper<'a> {
    /// A terminal, which can be drawn on again; or what cannot.
    pub fn new(output: &'a mut (dyn Write + Send), redraws: bool) -> Paper<'a> {
        Paper { output, redraws, below: None, heard: String::new() }
    }

    /// Says something below all else.
    pub(super) fn say(&mut self, text: &str) -> Result<()> {
        self.lines(text.matches('\n').count());
        self.output.write_all(text.as_bytes())?;
        self.output.flush()
    }

    /// A message came: it stays.
    pub(super) fn hear(&mut self, text: &str) -> Result<()> {
        self.heard.push_str(text);
        self.say(text)
    }

    /// Whoever types has ended a line.
    pub(super) fn typed(&mut self) {
        self.lines(1);
    }

    /// What stands there stays, and the next phone is drawn below it.
    pub(super) fn keep(&mut self) {
        (self.below, self.heard) = (None, String::new());
    }

    /// Draws the phone.
    pub(super) fn draw(&mut self, phone: &str) -> Result<()> {
        let heard = std::mem::take(&mut self.heard);
        if let Some(lines) = self.below.filter(|_| self.redraws) {
            // up to where the phone before began, and nothing below that
            let up = if lines == 0 { String::new() } else { format!("\x1b[{lines}A") };
            self.say(&format!("{up}\r\x1b[J{heard}"))?;
        }
        self.below = Some(0);
        self.say(phone)
    }

    fn lines(&mut self, count: usize) {
        self.below = self.below.map(|lines| lines.saturating_add(count));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    fn drawn(redraws: bool) -> String {
        let mut output = Vec::new();
        let mut paper = Paper::new(&mut output, redraws);
        paper.say("who?\n").unwrap();
        paper.draw("\none\n").unwrap();
        paper.say("  > ").unwrap();
        paper.typed();
        paper.hear("SMS\n").unwrap();
        paper.draw("\ntwo\n").unwrap();
        paper.keep();
        paper.draw("three\n").unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn a_terminal_shows_one_phone_and_all_messages() {
        assert_eq!(drawn(false), "who?\n\none\n  > SMS\n\ntwo\nthree\n");
        let again = "\x1b[4A\r\x1b[JSMS\n";
        assert_eq!(drawn(true), format!("who?\n\none\n  > SMS\n{again}\ntwo\nthree\n"));
    }
}
