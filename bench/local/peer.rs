// SPDX-License-Identifier: MIT
//
// peer: the local race in Rust, with thread_local!.
//
// On constant-initialised values, and with --lazy on values that the first access creates. The rounds are those of
// local/access.h.

use std::cell::Cell;
use std::time::Instant;

const ACCESSES: u64 = 32;

/// Whatever is in memory has to be there now, and may be another one afterwards.
fn barrier() {
    unsafe { std::arch::asm!("", options(nostack, preserves_flags)) }
}

fn made() -> u64 {
    std::hint::black_box(0)
}

macro_rules! declare {
    ($initial:tt, $($name:ident)*) => { $(declare!(@one $initial, $name);)* };
    (@one [$($initial:tt)*], $name:ident) => {
        thread_local! { static $name: Cell<u64> = $($initial)*; }
    };
}

macro_rules! kind_of_local {
    ($module:ident, [$($initial:tt)*]) => {
        kind_of_local!($module, [$($initial)*], A0 A1 A2 A3 A4 A5 A6 A7 B0 B1 B2 B3 B4 B5 B6 B7
                                          C0 C1 C2 C3 C4 C5 C6 C7 D0 D1 D2 D3 D4 D5 D6 D7);
    };
    ($module:ident, [$($initial:tt)*], $($name:ident)*) => {
        mod $module {
            use super::*;
            declare!([$($initial)*], $($name)*);
            macro_rules! one {
                ($key:ident) => {
                    $key.with(|value| value.set(value.get() + 1));
                    barrier();
                };
            }
            macro_rules! eight {
                ($k0:ident $k1:ident $k2:ident $k3:ident $k4:ident $k5:ident $k6:ident $k7:ident) => {
                    one!($k0); one!($k1); one!($k2); one!($k3); one!($k4); one!($k5); one!($k6); one!($k7);
                };
            }
            pub fn run(keys: u64, rounds: u64) {
                for _ in 0..rounds {
                    match keys {
                        1 => {
                            eight!(A0 A0 A0 A0 A0 A0 A0 A0); eight!(A0 A0 A0 A0 A0 A0 A0 A0);
                            eight!(A0 A0 A0 A0 A0 A0 A0 A0); eight!(A0 A0 A0 A0 A0 A0 A0 A0);
                        }
                        8 => {
                            eight!(A0 A1 A2 A3 A4 A5 A6 A7); eight!(A0 A1 A2 A3 A4 A5 A6 A7);
                            eight!(A0 A1 A2 A3 A4 A5 A6 A7); eight!(A0 A1 A2 A3 A4 A5 A6 A7);
                        }
                        32 => {
                            $(one!($name);)*
                        }
                        _ => panic!("--tasks takes 1, 8 or 32"),
                    }
                }
            }
            pub fn sum() -> u64 {
                [$($name.with(Cell::get)),*].iter().sum()
            }
        }
    };
}

kind_of_local!(constant, [const { Cell::new(0) }]);
kind_of_local!(lazy, [Cell::new(made())]);

fn main() {
    let (mut ops, mut keys, mut is_lazy) = (1, 1, false);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).expect("a number");
        match arg.as_str() {
            "--ops" => ops = number(),
            "--tasks" => keys = number(),
            _ => is_lazy = arg == "--lazy",
        }
    }
    let rounds = u64::max(ops / ACCESSES, 1);
    let start = Instant::now();
    if is_lazy {
        lazy::run(keys, rounds);
    } else {
        constant::run(keys, rounds);
    }
    let ns = start.elapsed().as_nanos();
    let sum = if is_lazy {
        lazy::sum()
    } else {
        constant::sum()
    };
    println!(
        "{{\"ops\": {}, \"ns\": {ns}, \"sum\": {sum}}}",
        rounds * ACCESSES
    );
}
