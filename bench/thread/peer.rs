// SPDX-License-Identifier: MIT
//
// peer: the thread race in Rust, std only.

use std::thread;
use std::time::Instant;

fn main() {
    let mut ops = 1u64;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--ops" {
            ops = args.next().unwrap().parse().unwrap();
        }
    }
    let mut sum = 0u64;
    let start = Instant::now();
    for _ in 0..ops {
        sum += thread::spawn(|| 1u64).join().unwrap();
    }
    let ns = start.elapsed().as_nanos();
    println!("{{\"ops\": {ops}, \"ns\": {ns}, \"sum\": {sum}}}");
}
