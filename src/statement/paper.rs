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

/// A document of ours with one more page, added as PDF adds one: what was there stays as it is, to
/// the byte, and what changes stands behind its end. Nothing where it is none of ours.
pub fn with_page(document: &[u8], drawn: &[u8]) -> Option<Vec<u8>> {
    let before = number_behind(document, b"startxref")?;
    let count = number_behind(document, b"/Count")?;
    let page = count.checked_mul(2)?.checked_add(FIRST_PAGE)?;
    let content = page.checked_add(1)?;
    let kids: Vec<String> = (FIRST_PAGE..=page).step_by(2).map(|id| format!("{id} 0 R")).collect();
    let mut added = Added { bytes: document.to_vec(), places: Vec::new() };
    let tree =
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), count.checked_add(1)?);
    added.object(2, tree.as_bytes());
    let leaf = format!(
        "<< /Type /Page /MediaBox [0 0 595 842] /Parent 2 0 R /Contents {content} 0 R /Resources \
         << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
    );
    added.object(page, leaf.as_bytes());
    let head = format!("<< /Length {} >>\nstream\n", drawn.len());
    added.object(content, &[head.as_bytes(), drawn, b"\nendstream"].concat());
    let begins = added.bytes.len();
    let [tree, leaf, stream] = added.places.as_slice() else { return None };
    let table = format!(
        "xref\n2 1\n{tree:010} 00000 n \n{page} 2\n{leaf:010} 00000 n \n{stream:010} 00000 n \n\
         trailer\n<< /Size {} /Root 1 0 R /Info 5 0 R /Prev {before} >>\nstartxref\n{begins}\n\
         %%EOF\n",
        content.checked_add(1)?
    );
    added.bytes.extend_from_slice(table.as_bytes());
    Some(added.bytes)
}

/// The number of the first page; its drawing has the next one, and so on.
const FIRST_PAGE: usize = 6;

/// What is added, and where each object of it stands.
struct Added {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Added {
    fn object(&mut self, number: usize, body: &[u8]) {
        self.bytes.push(b'\n');
        self.places.push(self.bytes.len());
        let parts = [format!("{number} 0 obj\n").as_bytes(), body, b"\nendobj\n"].concat();
        self.bytes.extend_from_slice(&parts);
    }
}

/// The number that stands behind the last of these words.
fn number_behind(document: &[u8], word: &[u8]) -> Option<usize> {
    let at = document.windows(word.len()).rposition(|window| window == word)?;
    let rest = document.get(at.checked_add(word.len())?..)?;
    let digits = rest.iter().skip_while(|byte| byte.is_ascii_whitespace());
    let digits: Vec<u8> = digits.take_while(|byte| byte.is_ascii_digit()).copied().collect();
    String::from_utf8(digits).ok()?.parse().ok()
}
