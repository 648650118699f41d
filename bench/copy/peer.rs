// SPDX-License-Identifier: MIT
//
// peer: the copy race in Rust: fs::copy.

use std::fs;
use std::time::Instant;

fn main() {
    let input = std::env::args().nth(1).expect("a file");
    let target = format!("{input}.copy");

    let start = Instant::now();
    let size = fs::copy(&input, &target).expect("a copy");
    let ns = start.elapsed().as_nanos();

    let sum = fs::metadata(&target).expect("the copy").len();
    fs::remove_file(&target).expect("the copy");
    println!("{{\"ops\": {}, \"ns\": {ns}, \"sum\": {sum}}}", size >> 20);
}
