//! Paper: A4 pages of text and bands, as PDF has them. All lengths are tenths of a point, whole
//! numbers. What is written on it is not known here.

use super::font::{bytes, width};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

/// The edges of what is written.
pub const LEFT: i16 = 500;
/// The other one.
pub const RIGHT: i16 = 5_450;

/// How letters look.
pub const REGULAR: Name = Name(b"F1");
/// How strong ones do.
pub const BOLD: Name = Name(b"F2");

/// Red, green and blue as PDF has them. Nothing is computed with them.
pub type Colour = [f32; 3];
/// What is read,
pub const INK: Colour = [0.13, 0.15, 0.18];
/// what is read second,
pub const PALE: Colour = [0.43, 0.46, 0.5];
/// the service's own colour,
pub const BRAND: Colour = [0.04, 0.37, 0.31];
/// what lies behind every other row,
pub const BAND: Colour = [0.93, 0.96, 0.95];
/// and what is read on the service's own.
pub const WHITE: Colour = [1.0, 1.0, 1.0];

/// A page being drawn.
pub struct Paper(Content);

impl std::fmt::Debug for Paper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Paper")
    }
}

impl Default for Paper {
    fn default() -> Paper {
        Paper::new()
    }
}

impl Paper {
    /// An empty one.
    pub fn new() -> Paper {
        let mut content = Content::new();
        content.transform([0.1, 0.0, 0.0, 0.1, 0.0, 0.0]);
        Paper(content)
    }

    /// What was drawn.
    pub fn drawn(self) -> Vec<u8> {
        self.0.finish().to_vec()
    }

    /// A text that begins at `x`.
    pub fn text(&mut self, x: i16, y: i16, (font, size, colour): (Name, i16, Colour), text: &str) {
        self.colour(colour);
        self.0.begin_text().set_font(font, size.into()).next_line(x.into(), y.into());
        self.0.show(Str(&bytes(text))).end_text();
    }

    /// A text that ends at `x`.
    pub fn right(&mut self, x: i16, y: i16, style: (Name, i16, Colour), text: &str) {
        self.text(x.saturating_sub(width(text, style.1)), y, style, text);
    }

    /// A band.
    pub fn fill(&mut self, x: i16, y: i16, wide: i16, high: i16, colour: Colour) {
        self.colour(colour);
        self.0.rect(x.into(), y.into(), wide.into(), high.into()).fill_nonzero();
    }

    fn colour(&mut self, [red, green, blue]: Colour) {
        self.0.set_fill_rgb(red, green, blue);
    }
}

/// The document of pages that were drawn.
pub fn assemble(pages: &[Vec<u8>], title: &str, producer: &str) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let catalog = Ref::new(1);
    let tree = Ref::new(2);
    let regular = Ref::new(3);
    let bold = Ref::new(4);
    let info = Ref::new(5);
    let numbers = |first: i32| (first..).step_by(2).map(Ref::new).take(pages.len());
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids(numbers(6)).count(i32::try_from(pages.len()).unwrap_or(i32::MAX));
    pdf.document_info(info).title(TextStr(title)).producer(TextStr(producer));
    for (id, name) in [(regular, Name(b"Helvetica")), (bold, Name(b"Helvetica-Bold"))] {
        pdf.type1_font(id).base_font(name).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for ((id, content), drawn) in numbers(6).zip(numbers(7)).zip(pages) {
        let mut page = pdf.page(id);
        page.media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).parent(tree).contents(content);
        page.resources().fonts().pair(REGULAR, regular).pair(BOLD, bold);
        page.finish();
        pdf.stream(content, drawn);
    }
    pdf.finish()
}
