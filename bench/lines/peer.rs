// SPDX-License-Identifier: MIT
//
// peer: the lines race in Rust: BufRead::lines, a String a line.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::time::Instant;

fn main() {
    let mut repeat = 1;
    let mut input = None;
    let mut args = std::env::args_os().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--repeat" {
            repeat = args.next().and_then(|n| n.to_str()?.parse().ok()).expect("--repeat N");
        } else {
            input = Some(arg);
        }
    }
    let input = input.expect("a text");
    let (mut lines, mut sum) = (0u64, 0u64);

    let start = Instant::now();
    for _ in 0..repeat {
        for line in BufReader::new(File::open(&input).expect("the text")).lines() {
            lines += 1;
            sum += line.expect("a line").len() as u64;
        }
    }
    let ns = start.elapsed().as_nanos();

    println!("{{\"ops\": {lines}, \"ns\": {ns}, \"sum\": {sum}}}");
}
