// SPDX-License-Identifier: MIT
//
// peer: the dispatch race in Rust, std only.
//
// Takes the same command line and prints the same line as the contenders in C.

use std::fs::{self, File};
use std::io::{Read, Result, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::FileTypeExt;
use std::time::Instant;

extern "C" {
    fn dup2(from: i32, to: i32) -> i32;
}

/// Prints lines while standard output is the null device.
fn print(ops: u64) -> Result<(u128, u64)> {
    let kept = std::io::stdout().as_fd().try_clone_to_owned()?;
    let null = File::options().write(true).open("/dev/null")?;
    assert!(unsafe { dup2(null.as_raw_fd(), 1) } == 1);
    let result = repeat(ops, || {
        println!("hello, world");
        Ok(1)
    });
    assert!(unsafe { dup2(kept.as_raw_fd(), 1) } == 1);
    result
}

/// Nanoseconds, and the sum of what `call` gave.
fn repeat(ops: u64, mut call: impl FnMut() -> Result<u64>) -> Result<(u128, u64)> {
    let mut sum = 0;
    let start = Instant::now();
    for _ in 0..ops {
        sum += call()?;
    }
    Ok((start.elapsed().as_nanos(), sum))
}

fn run(operation: &str, ops: u64) -> Result<(u128, u64)> {
    let mut buffer = [0u8];
    match operation {
        "read" => {
            let mut file = File::open("/dev/zero")?;
            repeat(ops, || Ok(file.read(&mut buffer)? as u64))
        }
        "write" => {
            let mut file = File::options().write(true).open("/dev/null")?;
            repeat(ops, || Ok(file.write(&buffer)? as u64))
        }
        "stat" => repeat(ops, || {
            Ok(fs::metadata("/dev/null")?.file_type().is_char_device() as u64)
        }),
        "fail" => repeat(ops, || Ok(fs::metadata("/nowhere").is_err() as u64)),
        "open-close" => repeat(ops, || File::open("/dev/null").map(|_| 1)),
        "print" => print(ops),
        _ => panic!("no operation {operation}"),
    }
}

fn main() {
    let (mut ops, mut divide, mut operation) = (1, 1, String::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).expect("a number");
        match arg.as_str() {
            "--ops" => ops = number(),
            "--divide" => divide = number(),
            _ => operation = arg.trim_start_matches("--").to_string(),
        }
    }
    let ops = u64::max(ops / divide, 1);
    let (ns, sum) = run(&operation, ops).expect("dispatch");
    println!("{{\"ops\": {ops}, \"ns\": {ns}, \"sum\": {sum}}}");
}
