// SPDX-License-Identifier: MIT
//
// peer: the stat race in Rust, std only: fs::symlink_metadata on every path of the list.
//
// Takes the same command line and prints the same line as the contenders in C.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Instant;

fn main() {
    let mut repeat = 1u64;
    let mut input = None;
    let mut args = std::env::args_os().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--repeat" {
            repeat = args.next().and_then(|n| n.to_str()?.parse().ok()).expect("--repeat N");
        } else {
            input = Some(arg);
        }
    }
    let blob = std::fs::read(input.expect("a list")).expect("the list");
    let paths: Vec<&Path> = blob
        .split(|byte| *byte == 0)
        .filter(|path| !path.is_empty())
        .map(|path| Path::new(OsStr::from_bytes(path)))
        .collect();

    let (mut count, mut failed, mut size, mut ino, mut file_size) = (0u64, 0u64, 0u64, 0u64, 0u64);
    let start = Instant::now();
    for _ in 0..repeat {
        for path in &paths {
            match std::fs::symlink_metadata(path) {
                Ok(metadata) => {
                    count += 1;
                    size = size.wrapping_add(metadata.len());
                    ino = ino.wrapping_add(metadata.ino());
                    if metadata.is_file() {
                        file_size = file_size.wrapping_add(metadata.len());
                    }
                }
                Err(_) => failed += 1,
            }
        }
    }
    let ns = start.elapsed().as_nanos();

    println!(
        "{{\"ops\": {}, \"ns\": {ns}, \"count\": {count}, \"failed\": {failed}, \"sum_size\": {size}, \
         \"sum_ino\": {ino}, \"sum_file_size\": {file_size}}}",
        paths.len() as u64 * repeat
    );
}
