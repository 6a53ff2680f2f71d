//! XML, pulled element by element: the few elements that a statement is read from are kept, all
//! others passed over. It knows no DTD and no entities but XML's own, and what it keeps is bounded.

use super::unreadable::{Read, Unreadable, quoted};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;

/// How deep elements may stand in one another.
const DEPTH_MAX: usize = 64;
/// How many elements are kept at once.
const NODES_MAX: usize = 20_000;
/// How many bytes of an element's text are kept.
const TEXT_BYTES_MAX: usize = 8_000;

/// An element that is kept, with all in it.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Its name, without a prefix; empty for one that is not known.
    pub tag: &'static str,
    /// Its attribute `Ccy`.
    pub currency: String,
    /// Its own text.
    pub text: String,
    /// What is in it.
    pub children: Vec<Node>,
}

impl Node {
    /// The first element at the end of this path.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        match path {
            [] => Some(self),
            [tag, rest @ ..] => self.all(tag).find_map(|child| child.at(rest)),
        }
    }

    /// The text at the end of this path; empty where there is none.
    pub fn text(&self, path: &[&str]) -> &str {
        self.at(path).map_or("", |node| node.text.trim())
    }

    /// The elements of this name.
    pub fn all<'n>(&'n self, tag: &str) -> impl Iterator<Item = &'n Node> {
        self.children.iter().filter(move |child| child.tag == tag)
    }
}

/// A file that is read.
pub(super) struct Xml<'x> {
    reader: Reader<&'x [u8]>,
    text: &'x str,
    /// The names that are kept, in alphabetical order.
    known: &'static [&'static str],
    /// How many elements are open.
    depth: usize,
    /// The attribute `Ccy` of the last one that was opened.
    currency: String,
    /// Up to which byte lines are counted, and how many there are.
    counted: (usize, u64),
}

/// What comes next.
enum Step<'x> {
    Opened(&'static str),
    Closed,
    Text(Cow<'x, str>),
    End,
}

impl<'x> Xml<'x> {
    /// Reads this text, keeping elements of the `known` names.
    pub fn new(text: &'x str, known: &'static [&'static str]) -> Xml<'x> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Xml { reader, text, known, depth: 0, currency: String::new(), counted: (0, 1) }
    }

    /// The line of the file that is read now.
    pub fn line(&mut self) -> u64 {
        let (from, lines) = self.counted;
        let to = usize::try_from(self.reader.buffer_position()).unwrap_or(from);
        let passed = self.text.as_bytes().get(from..to).unwrap_or_default();
        let ends = passed.iter().filter(|byte| **byte == b'\n').count();
        self.counted = (to.max(from), lines.saturating_add(u64::try_from(ends).unwrap_or(0)));
        self.counted.1
    }

    /// The next element within the one that was opened last, which is open then; `None` where that
    /// one ends, or the file.
    pub fn child(&mut self) -> Read<Option<&'static str>> {
        loop {
            match self.step()? {
                Step::Opened(tag) => return Ok(Some(tag)),
                Step::Closed | Step::End => return Ok(None),
                Step::Text(_) => {}
            }
        }
    }

    /// Passes over the element that was opened last.
    pub fn skip(&mut self) -> Read<()> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.step()?;
        }
        Ok(())
    }

    /// The element that was opened last, with all in it.
    pub fn tree(&mut self, tag: &'static str) -> Read<Node> {
        let mut nodes = 0;
        let outside = self.depth.saturating_sub(1);
        let mut open = vec![self.node(tag)];
        loop {
            let step = self.step()?;
            let done = self.depth == outside;
            let Some(here) = open.last_mut() else { return Ok(Node::default()) };
            match step {
                Step::Opened("") => self.skip()?,
                Step::Opened(tag) => {
                    nodes = usize::saturating_add(nodes, 1);
                    if nodes > NODES_MAX {
                        let what = "what is known of one booking";
                        return Err(Unreadable::TooLong { what, max: NODES_MAX }.at(self.line()));
                    }
                    let node = self.node(tag);
                    open.push(node);
                }
                Step::Text(text) if here.text.len() < TEXT_BYTES_MAX => here.text.push_str(&text),
                Step::Text(_) => {}
                Step::Closed | Step::End => {
                    let closed = open.pop().unwrap_or_default();
                    match open.last_mut() {
                        Some(parent) if !done => parent.children.push(closed),
                        Some(_) | None => return Ok(closed),
                    }
                }
            }
        }
    }

    fn node(&mut self, tag: &'static str) -> Node {
        Node { tag, currency: std::mem::take(&mut self.currency), ..Node::default() }
    }

    fn step(&mut self) -> Read<Step<'x>> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.ill_formed(&error.to_string())),
            };
            match event {
                Event::Start(start) | Event::Empty(start) => {
                    return self.opened(&start).map(Step::Opened);
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Step::Closed);
                }
                Event::Text(text) => return Ok(Step::Text(text.xml10_content())),
                Event::CData(text) => return Ok(Step::Text(text.xml10_content())),
                Event::GeneralRef(entity) => return self.entity(&entity).map(Step::Text),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::DocType(_) => return Err(Unreadable::Doctype.at(self.line())),
                Event::Eof if self.depth > 0 => {
                    return Err(Unreadable::CutOff { what: "an element" }.at(self.line()));
                }
                Event::Eof => return Ok(Step::End),
            }
        }
    }

    fn opened(&mut self, start: &BytesStart<'_>) -> Read<&'static str> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX {
            return Err(Unreadable::TooDeep { max: DEPTH_MAX }.at(self.line()));
        }
        self.currency = match start.try_get_attribute("Ccy") {
            Ok(found) => found.map(|found| found.value.into_owned()).unwrap_or_default(),
            Err(error) => return Err(self.ill_formed(&error.to_string())),
        };
        let name = start.local_name();
        let known = self.known.binary_search(&name.as_ref());
        Ok(known.ok().and_then(|at| self.known.get(at)).copied().unwrap_or_default())
    }

    fn entity(&mut self, entity: &BytesRef<'_>) -> Read<Cow<'x, str>> {
        let number = match entity.resolve_char_ref() {
            Ok(number) => number,
            Err(error) => return Err(self.ill_formed(&error.to_string())),
        };
        let name = entity.xml10_content();
        match (number, resolve_predefined_entity(&name)) {
            (Some(letter), _) => Ok(Cow::Owned(letter.to_string())),
            (None, Some(known)) => Ok(Cow::Borrowed(known)),
            (None, None) => Err(Unreadable::Entity { name: quoted(&name) }.at(self.line())),
        }
    }

    fn ill_formed(&mut self, why: &str) -> super::unreadable::BankFileError {
        Unreadable::Xml { why: quoted(why) }.at(self.line())
    }
}
