// SPDX-License-Identifier: MIT
//
// peer: the walk race in Rust, std only: fs::read_dir by recursion, DirEntry::metadata on every entry.
//
// Takes the same command line and prints the same line as the contenders in C.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Instant;

#[derive(Default)]
struct Totals {
    count: u64,
    failed: u64,
    size: u64,
    ino: u64,
    file_size: u64,
}

impl Totals {
    fn visit(&mut self, path: &Path, metadata: std::io::Result<Metadata>) {
        let Ok(metadata) = metadata else {
            self.failed += 1;
            return;
        };
        self.count += 1;
        self.size = self.size.wrapping_add(metadata.len());
        self.ino = self.ino.wrapping_add(metadata.ino());
        if metadata.is_file() {
            self.file_size = self.file_size.wrapping_add(metadata.len());
        }
        if metadata.is_dir() {
            self.visit_entries(path);
        }
    }

    fn visit_entries(&mut self, path: &Path) {
        let Ok(entries) = fs::read_dir(path) else {
            self.failed += 1;
            return;
        };
        for entry in entries {
            match entry {
                Ok(entry) => {
                    let metadata = entry.metadata();
                    match &metadata {
                        Ok(found) if found.is_dir() => self.visit(&entry.path(), metadata),
                        _ => self.visit(Path::new(""), metadata), // only a directory needs its path
                    }
                }
                Err(_) => self.failed += 1,
            }
        }
    }
}

fn main() {
    let mut repeat = 1u64;
    let mut root = None;
    let mut args = std::env::args_os().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--repeat" {
            repeat = args.next().and_then(|n| n.to_str()?.parse().ok()).expect("--repeat N");
        } else {
            root = Some(arg);
        }
    }
    let root = root.expect("a root");
    let root = Path::new(&root);

    let mut totals = Totals::default();
    let start = Instant::now();
    for _ in 0..repeat {
        totals.visit(root, fs::symlink_metadata(root));
    }
    let ns = start.elapsed().as_nanos();

    let Totals { count, failed, size, ino, file_size } = totals;
    println!(
        "{{\"ops\": {count}, \"ns\": {ns}, \"count\": {count}, \"failed\": {failed}, \"sum_size\": {size}, \
         \"sum_ino\": {ino}, \"sum_file_size\": {file_size}}}"
    );
}
