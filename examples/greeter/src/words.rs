//! The texts of the greeter.

use vestibule::grpc_error;

/// Greets a name: `hello Ada`.
#[must_use]
pub fn hello(name: &str) -> String {
    format!("hello {name}")
}

/// Greets a name in four languages.
#[must_use]
pub fn hellos(name: &str) -> [String; 4] {
    ["你好", "hello", "こんにちは", "안녕하세요"].map(|word| format!("{word}{name}"))
}

/// Answers a question: `在吗？` with `在!`, and `你好吗？` with `我好!`.
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
    /// Begins a greeting without names.
    fn default() -> Self {
        Self { text: "你好：".to_owned() }
    }
}

impl Greeting {
    /// The largest size in bytes. gRPC clients read messages of 4 MiB, and the rest of the message needs
    /// some of that.
    pub const MAX_LEN: usize = 4_000_000;

    /// Adds a name.
    ///
    /// # Errors
    ///
    /// Fails if the greeting becomes too long. Without a limit, a client could fill the memory.
    pub fn add(&mut self, name: &str) -> Result<(), TooLong> {
        self.text.push_str(name);
        if self.text.len() > Self::MAX_LEN { Err(TooLong) } else { Ok(()) }
    }

    /// Returns the greeting.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

/// The error for more names than fit into a greeting.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("too many names for one greeting")]
#[status(ResourceExhausted)]
pub struct TooLong;
