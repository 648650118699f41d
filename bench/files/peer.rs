// SPDX-License-Identifier: MIT
//
// peer: the files race in Rust, std only.
//
// Takes the same command line and prints the same line as the contenders in C. An operation removes what it creates.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Result, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

const SIZE: u64 = 64 << 20;
const WIDTH: u64 = 100;

/// Operations, nanoseconds, and bytes moved or names dealt with.
type Outcome = Result<(u64, u128, u64)>;

fn in_place(
    file: &mut File,
    ops: u64,
    mut call: impl FnMut(&mut File) -> Result<usize>,
) -> Outcome {
    let (mut sum, mut position) = (0, 0);
    let start = Instant::now();
    for _ in 0..ops {
        let count = call(file)? as u64;
        sum += count;
        position += count;
        if position == SIZE {
            position = file.seek(SeekFrom::Start(0))?;
        }
    }
    Ok((ops, start.elapsed().as_nanos(), sum))
}

fn at_offset(ops: u64, mut call: impl FnMut(u64) -> Result<usize>) -> Outcome {
    let mut sum = 0;
    let start = Instant::now();
    for _ in 0..ops {
        sum += call(sum % SIZE)? as u64;
    }
    Ok((ops, start.elapsed().as_nanos(), sum))
}

fn create_remove(parent: &Path, ops: u64) -> Outcome {
    fs::create_dir(parent)?;
    let names: Vec<PathBuf> = (0..ops).map(|i| parent.join(i.to_string())).collect();
    let start = Instant::now();
    for name in &names {
        File::create(name)?;
    }
    for name in &names {
        fs::remove_file(name)?;
    }
    let ns = start.elapsed().as_nanos();
    fs::remove_dir(parent)?;
    Ok((ops, ns, ops))
}

fn remove_dir_all(root: &Path, files: u64) -> Outcome {
    let mut entries = files + 1;
    for i in 0..files {
        let directory = root.join((i / WIDTH).to_string());
        if i % WIDTH == 0 {
            fs::create_dir_all(&directory)?;
            entries += 1;
        }
        File::create(directory.join((i % WIDTH).to_string()))?;
    }
    let start = Instant::now();
    fs::remove_dir_all(root)?;
    Ok((entries, start.elapsed().as_nanos(), entries))
}

fn run(operation: &str, ops: u64, dir: &Path) -> Outcome {
    let blocks = dir.join("blocks");
    let whole = dir.join("whole");
    let mut buffer = vec![b'x'; if operation.ends_with("-64k") { 65536 } else { 1 }];
    match operation {
        "read-1" | "read-64k" => {
            in_place(&mut File::open(blocks)?, ops, |file| file.read(&mut buffer))
        }
        "write-1" | "write-64k" => {
            let mut file = OpenOptions::new().write(true).open(blocks)?;
            in_place(&mut file, ops, |file| file.write(&buffer))
        }
        "pread-1" | "pread-64k" => {
            let file = File::open(blocks)?;
            at_offset(ops, |offset| file.read_at(&mut buffer, offset))
        }
        "pwrite-1" | "pwrite-64k" => {
            let file = OpenOptions::new().write(true).open(blocks)?;
            at_offset(ops, |offset| file.write_at(&buffer, offset))
        }
        "open-close" => {
            let start = Instant::now();
            for _ in 0..ops {
                File::open(&whole)?;
            }
            Ok((ops, start.elapsed().as_nanos(), ops))
        }
        "whole-read" => {
            let mut sum = 0;
            let start = Instant::now();
            for _ in 0..ops {
                sum += fs::read(&whole)?.len() as u64;
            }
            Ok((ops, start.elapsed().as_nanos(), sum))
        }
        "create-remove" => create_remove(&dir.join("own"), ops),
        "remove-dir-all" => remove_dir_all(&dir.join("tree"), ops),
        _ => panic!("no operation {operation}"),
    }
}

fn main() {
    let (mut ops, mut divide) = (1, 1);
    let (mut operation, mut dir) = (String::new(), PathBuf::from("."));
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).expect("a number");
        match arg.strip_prefix("--") {
            Some("ops") => ops = number(),
            Some("divide") => divide = number(),
            Some(name) => operation = name.to_string(),
            None => dir = PathBuf::from(arg),
        }
    }
    let (ops, ns, sum) = run(&operation, u64::max(ops / divide, 1), &dir).expect("files");
    println!("{{\"ops\": {ops}, \"ns\": {ns}, \"sum\": {sum}}}");
}
