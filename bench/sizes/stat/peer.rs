// SPDX-License-Identifier: MIT
//
// peer: stat in Rust, std only.

use std::os::unix::fs::MetadataExt;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut good = true;
    for name in std::env::args().skip(1) {
        match std::fs::metadata(&name) {
            Ok(found) => println!(
                "{} {:o} {} {name}",
                found.len(),
                found.mode() & 0o777,
                found.mtime()
            ),
            Err(error) => {
                eprintln!("stat: {name}: {error}");
                good = false;
            }
        }
    }
    ExitCode::from(!good as u8)
}
