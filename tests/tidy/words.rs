//! A source file as a row of words: names, `::`, and single signs, each with its line. Comments,
//! texts and lifetimes are left out, so that whoever looks for names finds only code.

/// A word of the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub line: usize,
    pub text: String,
}

/// The words of some code, in order.
pub fn words(code: &str) -> Vec<Word> {
    let signs: Vec<char> = code.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while at < signs.len() {
        let end = match word_end(&signs, at) {
            Some(end) => {
                found.push(Word { line, text: signs[at..end].iter().collect() });
                end
            }
            None => silent_end(&signs, at),
        };
        line += signs[at..end].iter().filter(|sign| **sign == '\n').count();
        at = end;
    }
    found
}

/// Where the word that begins here ends; nothing where no word begins.
fn word_end(signs: &[char], at: usize) -> Option<usize> {
    let one = signs[at];
    if silent_end(signs, at) > at {
        return None;
    }
    if one == ':' && signs.get(at + 1) == Some(&':') {
        return Some(at + 2);
    }
    if is_of_name(one) { Some(run(signs, at, is_of_name)) } else { Some(at + 1) }
}

/// Where the comment, text, lifetime or space that begins here ends; `at` where none does.
fn silent_end(signs: &[char], at: usize) -> usize {
    let next = |ahead: usize| signs.get(at + ahead).copied().unwrap_or(' ');
    match (signs[at], next(1)) {
        (space, _) if space.is_whitespace() => at + 1,
        ('/', '/') => run(signs, at, |sign| sign != '\n'),
        ('/', '*') => after(signs, at + 2, &['*', '/']),
        ('"', _) => text_end(signs, at + 1, '"'),
        // a raw text may hold quotes where it is fenced
        ('r', '"') => after(signs, at + 2, &['"']),
        ('r', '#') if next(2) == '"' => after(signs, at + 3, &['"', '#']),
        ('b', '"') => text_end(signs, at + 2, '"'),
        ('b', '\'') => text_end(signs, at + 2, '\''),
        ('\'', '\\') => text_end(signs, at + 1, '\''),
        ('\'', _) if next(2) == '\'' => at + 3,
        ('\'', _) => run(signs, at + 1, is_of_name),
        _ => at,
    }
}

fn is_of_name(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

fn run(signs: &[char], from: usize, belongs: impl Fn(char) -> bool) -> usize {
    from + signs[from..].iter().take_while(|sign| belongs(**sign)).count()
}

fn after(signs: &[char], from: usize, end: &[char]) -> usize {
    let rest = &signs[from..];
    rest.windows(end.len())
        .position(|here| here == end)
        .map_or(signs.len(), |at| from + at + end.len())
}

/// After the quote that closes a text in which a backslash makes the next sign plain.
fn text_end(signs: &[char], from: usize, quote: char) -> usize {
    let mut at = from;
    while at < signs.len() && signs[at] != quote {
        at += if signs[at] == '\\' { 2 } else { 1 };
    }
    signs.len().min(at + 1)
}

#[test]
fn only_code_is_read() {
    let code = "use a::b; // c::d\nfn f<'x>(y: &'x str) { g(\"h::i\\\"\", 'j', '\\'', r#\"k\"l\"#) \
                } /* m\n */ n";
    let texts: Vec<String> = words(code).into_iter().map(|word| word.text).collect();
    let signs = "use a :: b ; fn f < > ( y : & str ) { g ( , , , ) } n";
    assert_eq!(texts.join(" "), signs);
    assert_eq!(words(code).last().map(|word| word.line), Some(3));
}
