//! Writes an expression in one line, as rustfmt would.

#[cfg(test)]
mod tests;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// Writes an expression in one line.
pub(crate) fn one_line(expression: &impl ToTokens) -> String {
    let mut line = Line { text: String::new(), last: Last::Nothing, is_in_closure: false };
    line.tokens(expression.to_token_stream());
    line.text
}

/// The token before the next one.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    /// There is none, or it may stand directly before any token.
    Nothing,
    /// A keyword.
    Keyword,
    /// The end of an operand: a name, a literal or a closing bracket.
    Operand,
    /// It stands before a space.
    Separator,
}

struct Line {
    text: String,
    last: Last,
    /// True between the bars of a closure's parameters.
    is_in_closure: bool,
}

impl Line {
    fn tokens(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    let is_keyword = KEYWORDS.contains(&&*word);
                    self.word(&word, if is_keyword { Last::Keyword } else { Last::Operand });
                }
                TokenTree::Literal(literal) => self.word(&literal.to_string(), Last::Operand),
                TokenTree::Group(group) => self.group(&group),
                TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                    let name = tokens.next().map(|name| name.to_string()).unwrap_or_default();
                    self.word(&format!("'{name}"), Last::Operand);
                }
                TokenTree::Punct(first) => {
                    let (mut operator, mut spacing) = (first.as_char().to_string(), first.spacing());
                    while let (Spacing::Joint, Some(TokenTree::Punct(next))) = (spacing, tokens.peek()) {
                        operator.push(next.as_char());
                        spacing = next.spacing();
                        tokens.next();
                    }
                    self.operator(&operator);
                }
            }
        }
    }

    fn word(&mut self, word: &str, last: Last) {
        if self.last != Last::Nothing {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.last = last;
    }

    fn group(&mut self, group: &Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace if group.stream().is_empty() => ("{", "}"),
            Delimiter::Brace => ("{ ", " }"),
            Delimiter::None => return self.tokens(group.stream()),
        };
        let is_block = group.delimiter() == Delimiter::Brace && self.last == Last::Operand;
        if is_block || matches!(self.last, Last::Separator | Last::Keyword) {
            self.text.push(' ');
        }
        self.text.push_str(open);
        self.last = Last::Nothing;
        self.tokens(group.stream());
        self.text.push_str(close);
        self.last = Last::Operand;
    }

    fn operator(&mut self, operator: &str) {
        let is_behind_operand = self.last == Last::Operand;
        let is_bar = operator == "|" && (self.is_in_closure || !is_behind_operand);
        let is_binary =
            SPACED.contains(&operator) || is_behind_operand && BINARY.contains(&operator) && !is_bar;
        let needs_space =
            matches!(self.last, Last::Separator | Last::Keyword) && !(is_bar && self.is_in_closure);
        if needs_space || is_binary && self.last != Last::Nothing {
            self.text.push(' ');
        }
        self.text.push_str(operator);
        let ends_parameters = is_bar && self.is_in_closure || operator == "||" && !is_behind_operand;
        self.is_in_closure ^= is_bar;
        self.last = match operator {
            "?" => Last::Operand,
            "," | ";" | ":" => Last::Separator,
            _ if is_binary || ends_parameters => Last::Separator,
            _ => Last::Nothing,
        };
    }
}

/// The keywords after which an operand begins.
const KEYWORDS: [&str; 11] =
    ["as", "async", "dyn", "else", "if", "impl", "in", "match", "move", "mut", "return"];

/// The operators between spaces.
const SPACED: [&str; 9] = ["=", "==", "!=", "<=", ">=", "=>", "->", "+", "+="];

/// The operators between spaces if they stand behind an operand.
const BINARY: [&str; 8] = ["&&", "||", "*", "/", "-", "%", "&", "|"];
