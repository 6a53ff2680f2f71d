//! Chapters for the people who build and run Kadogo. They stand beside the code, so that they are
//! those of the version that runs: `cargo doc --open` shows them, `kadogo manual` prints them.

/// A chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chapter {
    /// What it is called.
    pub name: &'static str,
    /// What it is about, in a line.
    pub about: &'static str,
    /// All of it, in Markdown.
    pub text: &'static str,
}

/// The chapters of these names, each from the file beside this one, in the order to read them in.
macro_rules! chapters {
    ($($name:ident: $about:literal,)+) => {
        /// All chapters, in the order to read them in.
        pub const CHAPTERS: &[Chapter] = &[$(Chapter {
            name: stringify!($name),
            about: $about,
            text: include_str!(concat!(stringify!($name), ".md")),
        }),+];

        $(
            #[doc = $about]
            #[doc = ""]
            #[doc = include_str!(concat!(stringify!($name), ".md"))]
            pub mod $name {}
        )+
    };
}

chapters! {
    trying: "the demo, a shell as a phone, the tests",
    first_day: "from nothing to a paying customer",
    services: "what each service does for people",
    safe_pay: "safe pay: how a deal goes",
    agents: "outlets, cash, shifts, float, commission",
    tariffs: "what services cost, and how that is proved",
    staff: "who works here, what takes two, who calls",
    bank: "statements of banks, and closing the day",
    operating: "setting up, watching, the runbook",
    growth: "more machines, what they clear, what a check costs",
    settings: "every setting and every file",
    security: "who is trusted, and what is kept secret",
    callbacks: "what gateways send, and what receipts say",
    architecture: "the walk of a request, the rooms, the invariants",
    adding_a_service: "a new thing that people can ask for",
    adding_an_arrangement: "a new thing that waits",
    adding_a_gateway: "another aggregator",
    adding_a_market: "another country",
    glossary: "the words, one meaning each",
}

/// The chapter of this name; a stroke may stand for each `_` in it.
pub fn chapter(name: &str) -> Option<&'static Chapter> {
    let name = name.trim().to_ascii_lowercase().replace('-', "_");
    CHAPTERS.iter().find(|chapter| chapter.name == name)
}
