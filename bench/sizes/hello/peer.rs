// SPDX-License-Identifier: MIT
//
// peer: hello in Rust.

fn main() {
    println!("hello, world");
}
