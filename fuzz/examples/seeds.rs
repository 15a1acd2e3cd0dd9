//! Writes the sound inputs where the fuzzer looks for what to begin from.

use std::path::Path;

use fuzz::{TARGETS, sound};

fn main() -> std::io::Result<()> {
    for (name, _) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        std::fs::create_dir_all(&folder)?;
        for (number, input) in sound(name).iter().enumerate() {
            std::fs::write(folder.join(format!("sound-{number}")), input)?;
        }
    }
    Ok(())
}
