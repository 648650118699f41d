// SPDX-License-Identifier: MIT
//
// The smallest program that uses weld.
#include <weld/print.hpp>

int main() { return weld::print("hello, world\n") ? 0 : 1; }
