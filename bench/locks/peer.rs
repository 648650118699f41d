// SPDX-License-Identifier: MIT
//
// peer: the locks race in Rust, std only.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, RwLock};
use std::thread;
use std::time::Instant;

static VALUE: Mutex<u64> = Mutex::new(0);
static SHARED: RwLock<u64> = RwLock::new(0);
static TURNED: Condvar = Condvar::new();
static READY: AtomicUsize = AtomicUsize::new(0);
static GO: AtomicBool = AtomicBool::new(false);

fn run(what: &str, parity: u64, ops: u64) -> u64 {
    let mut sum = 0;
    match what {
        "--read" => {
            for _ in 0..ops {
                sum += *SHARED.read().unwrap() + 1;
            }
        }
        "--condvar" => {
            let mut value = VALUE.lock().unwrap();
            for _ in 0..ops {
                while *value % 2 != parity {
                    value = TURNED.wait(value).unwrap();
                }
                *value += 1;
                TURNED.notify_one();
            }
        }
        _ => {
            for _ in 0..ops {
                *VALUE.lock().unwrap() += 1;
            }
        }
    }
    sum
}

fn main() {
    let (mut ops, mut workers, mut what) = (1u64, 1usize, String::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--ops" => ops = args.next().unwrap().parse().unwrap(),
            "--workers" => workers = args.next().unwrap().parse().unwrap(),
            _ => what = arg,
        }
    }
    let what: &'static str = what.leak();
    let running: Vec<_> = (0..workers)
        .map(|index| {
            thread::spawn(move || {
                READY.fetch_add(1, Ordering::SeqCst);
                while !GO.load(Ordering::Acquire) {}
                (run(what, index as u64 % 2, ops), Instant::now())
            })
        })
        .collect();
    while READY.load(Ordering::SeqCst) != workers {
        thread::yield_now();
    }
    let start = Instant::now();
    GO.store(true, Ordering::Release);
    let ended: Vec<_> = running
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    let ns = (ended.iter().map(|(_, end)| *end).max().unwrap() - start).as_nanos();
    let sum: u64 = ended.iter().map(|(sum, _)| sum).sum::<u64>() + *VALUE.lock().unwrap();
    println!(
        "{{\"ops\": {}, \"ns\": {ns}, \"sum\": {sum}}}",
        ops * workers as u64
    );
}
