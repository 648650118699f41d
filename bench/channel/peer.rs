// SPDX-License-Identifier: MIT
//
// peer: the channel race in Rust, std only.

use std::sync::mpsc;
use std::thread;
use std::time::Instant;

fn race<S: Send + 'static>(
    ops: u64,
    workers: usize,
    sender: S,
    send: fn(&S, u64),
    receiver: mpsc::Receiver<u64>,
) {
    let mut sum = 0;
    let start = Instant::now();
    if workers == 1 {
        for done in 0..ops {
            send(&sender, done);
            sum += receiver.recv().unwrap();
        }
    } else {
        let sending = thread::spawn(move || {
            for done in 0..ops {
                send(&sender, done);
            }
        });
        for message in receiver {
            sum += message;
        }
        sending.join().unwrap();
    }
    let ns = start.elapsed().as_nanos();
    println!("{{\"ops\": {ops}, \"ns\": {ns}, \"sum\": {sum}}}");
}

fn main() {
    let (mut ops, mut divide, mut workers, mut tasks, mut what) =
        (1u64, 1u64, 1usize, 1usize, String::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--ops" => ops = args.next().unwrap().parse().unwrap(),
            "--workers" => workers = args.next().unwrap().parse().unwrap(),
            "--divide" => divide = args.next().unwrap().parse().unwrap(),
            "--tasks" => tasks = args.next().unwrap().parse().unwrap(),
            _ => what = arg,
        }
    }
    let ops = (ops / divide).max(1);
    if what == "--unbounded" {
        let (sender, receiver) = mpsc::channel();
        race(ops, workers, sender, |s, v| s.send(v).unwrap(), receiver);
    } else {
        let (sender, receiver) = mpsc::sync_channel(if what == "--rendezvous" { 0 } else { tasks });
        race(ops, workers, sender, |s, v| s.send(v).unwrap(), receiver);
    }
}
