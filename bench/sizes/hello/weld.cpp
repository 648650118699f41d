// SPDX-License-Identifier: MIT
//
// weld: hello with weld::print.

#include <weld/print.hpp>

int main() { return weld::print("hello, world\n") ? 0 : 1; }
