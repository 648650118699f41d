// SPDX-License-Identifier: MIT
//
// peer: the process race in Rust: Command::status.

use std::process::Command;
use std::time::Instant;

fn main() {
    let mut ops = 1u64;
    let mut heap = Vec::new();
    let mut program = String::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--ops" => ops = args.next().and_then(|n| n.parse().ok()).expect("--ops N"),
            "--heap" => heap = vec![1u8; 1 << 30],
            _ => program = arg,
        }
    }

    let mut failed = 0;
    let start = Instant::now();
    for _ in 0..ops {
        failed += u64::from(!Command::new(&program).status().expect("a status").success());
    }
    let ns = start.elapsed().as_nanos();

    assert!(heap.is_empty() || heap[heap.len() - 1] == 1);
    println!("{{\"ops\": {ops}, \"ns\": {ns}, \"sum\": {failed}}}");
}
