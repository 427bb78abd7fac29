//! A lexer of PowerShell that knows only comments and strings.

/// The code of a script without its comments and without what is in its strings, and the values of the strings in single
/// quotes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lexed {
    pub(crate) code: String,
    pub(crate) comments: Vec<String>,
    pub(crate) literals: Vec<String>,
}

/// Splits a script. Unlike the grammar of tree-sitter, this lexer knows the four typographic quotation marks that
/// PowerShell treats like the apostrophe (D88).
pub(crate) fn lex(script: &str) -> Lexed {
    let is_quote = |character: char| matches!(character, '\'' | '\u{2018}'..='\u{201b}');
    let mut lexed = Lexed {
        code: String::new(),
        comments: Vec::new(),
        literals: Vec::new(),
    };
    let mut characters = script.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '#' => {
                let mut comment = String::new();
                while let Some(next) = characters.next_if(|next| *next != '\n') {
                    comment.push(next);
                }
                lexed.comments.push(comment);
            }
            '"' => {
                while let Some(next) = characters.next() {
                    match next {
                        '`' => drop(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                lexed.code.push_str("\"\"");
            }
            quote if is_quote(quote) => {
                let mut value = String::new();
                while let Some(next) = characters.next() {
                    if is_quote(next) && characters.next_if(|doubled| is_quote(*doubled)).is_none()
                    {
                        break;
                    }
                    value.push(next);
                }
                lexed.literals.push(value);
                lexed.code.push_str("''");
            }
            _ => lexed.code.push(character),
        }
    }
    lexed
}
