//! What the greeter says.

use vestibule::grpc_error;

/// `hello Ada`.
#[must_use]
pub fn hello(name: &str) -> String {
    format!("hello {name}")
}

/// The same in four languages.
#[must_use]
pub fn hellos(name: &str) -> [String; 4] {
    ["你好", "hello", "こんにちは", "안녕하세요"].map(|word| format!("{word}{name}"))
}

/// Every question answered: `在吗？` with `在!`, and `你好吗？` with `我好!`.
#[must_use]
pub fn answer(message: &str) -> String {
    message.replace(['吗', '吧'], "").replace('你', "我").replace(['？', '?'], "!")
}

/// A greeting of many at once, one name after the other: `你好：七米q1mi`.
#[derive(Clone, Debug)]
pub struct Greeting {
    text: String,
}

impl Default for Greeting {
    /// Of nobody yet.
    fn default() -> Self {
        Self { text: "你好：".to_owned() }
    }
}

impl Greeting {
    /// How many bytes it may have. With what is around it, gRPC clients read 4 MiB.
    pub const MAX_LEN: usize = 4_000_000;

    /// Adds a name.
    ///
    /// # Errors
    ///
    /// It has become too long. Who takes all that a client sends will run out of memory.
    pub fn add(&mut self, name: &str) -> Result<(), TooLong> {
        self.text.push_str(name);
        if self.text.len() > Self::MAX_LEN { Err(TooLong) } else { Ok(()) }
    }

    /// The greeting.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

/// More names than fit into a greeting.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("too many names for one greeting")]
#[status(ResourceExhausted)]
pub struct TooLong;
