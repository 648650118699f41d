// SPDX-License-Identifier: MIT
//
// peer: spawn in Rust, std only.

use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let program = std::env::args().nth(1).unwrap_or("/bin/true".to_string());
    match Command::new(&program).status() {
        Ok(status) => {
            println!("exit {}", status.code().unwrap_or(0));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("spawn: {program}: {error}");
            ExitCode::FAILURE
        }
    }
}
