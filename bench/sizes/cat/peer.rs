// SPDX-License-Identifier: MIT
//
// peer: cat in Rust, std only.

use std::fs::File;
use std::io;
use std::process::ExitCode;

fn copy(from: io::Result<impl io::Read>, name: &str) -> bool {
    let copied = from.and_then(|mut from| io::copy(&mut from, &mut io::stdout().lock()));
    if let Err(error) = &copied {
        eprintln!("cat: {name}: {error}");
    }
    copied.is_ok()
}

fn main() -> ExitCode {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let mut good = !names.is_empty() || copy(Ok(io::stdin()), "standard input");
    for name in &names {
        good &= copy(File::open(name), name);
    }
    if let Err(error) = io::Write::flush(&mut io::stdout()) {
        eprintln!("cat: standard output: {error}");
        good = false;
    }
    ExitCode::from(!good as u8)
}
