//! What the program says to whoever started it.

use std::io::Write as _;

/// Writes a line. A console that is gone loses the words, nothing else: a server does not stop
/// because nobody listens.
pub fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Writes over the present line, as a progress bar does.
pub fn tell_over(text: &str) {
    let mut console = std::io::stdout();
    let _ = write!(console, "\r{text}");
    let _ = console.flush();
}
