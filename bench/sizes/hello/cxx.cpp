// SPDX-License-Identifier: MIT
//
// cxx: hello with iostream.

#include <iostream>

int main() { return std::cout << "hello, world\n" ? 0 : 1; }
